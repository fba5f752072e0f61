"""A quick check written as Python code for one class of records: True means conforms, False means look closely.

The check is sound and not complete: whatever it does not understand, it leaves to the full validation. So it may
assume what holds for nearly every record (scalars, lists of scalars, language maps, nested objects without @id).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from registry.shacl.background import Background
from registry.shacl.compile import CompiledShapes
from registry.shacl.compiled import CompiledShape
from registry.shacl.context import FieldRule, RecordContext
from registry.shacl.field_code import ORDERS, Code, FieldPlan, FieldWriter, NoQuickCheck
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import Shape, ShapeNode
from registry.shacl.vocabulary import NODE_KINDS, RDF_TYPE, RDFS_SUBCLASS_OF

Record = dict[str, Any]
Accepts = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """The quick check of one field alone: the fields it reads, and the property shapes to run when it fails.

    `holds` is called with the record and its @id. `shapes` is None where only a whole validation can tell.
    """

    names: tuple[str, ...]
    holds: Callable[[Record, Any], bool]
    shapes: tuple[CompiledShape, ...] | None


@dataclass(frozen=True, slots=True)
class QuickCheck:
    """The quick check of a class: of whole records, of all but the fields that shapes are about, and field by field.

    `order` lists the property shapes as a whole validation would run them; `targets` says whether any shape looks at
    the class.
    """

    accepts: Accepts
    frame: Accepts
    fields: tuple[FieldCheck, ...]
    order: tuple[CompiledShape, ...]
    identity: Callable[[Record], Any]
    targets: bool

    def failing(self, record: Record) -> tuple[list[CompiledShape], set[str]] | None:
        """Return the property shapes a record may violate and the fields they read; None where any may be violated."""
        if not self.frame(record):
            return None
        identity = self.identity(record)
        failed = [check for check in self.fields if not check.holds(record, identity)]
        shapes: set[CompiledShape] = set()
        for check in failed:
            if check.shapes is None:
                return None
            shapes.update(check.shapes)
        return [each for each in self.order if each in shapes], {name for check in failed for name in check.names}


class Generator:
    """Writes quick checks for one set of shapes, context and background."""

    def __init__(self, shapes: CompiledShapes, context: RecordContext, background: Background | None) -> None:
        self.shapes = shapes
        self.context = context
        self.background = background
        self.graph = DataGraph({}, background)
        self.writer = FieldWriter(shapes.compiled, context, self.graph)
        aliases = {keyword: alias for alias, keyword in context.aliases.items()}
        self.type_key = aliases.get("@type", "@type")
        self.id_keys = self.writer.id_keys
        self.identity = _identity_of(self.id_keys)

    def quick_check(self, class_: ox.NamedNode) -> QuickCheck | None:
        """Return the quick check for records whose only type is the class, or None where none is possible."""
        by_property = self.writer.by_property
        if RDF_TYPE in by_property or RDFS_SUBCLASS_OF in by_property:
            return None
        if any(target.kind != "class" for shape in self.shapes.targeted for target in shape.targets):
            return None
        try:
            return self._built([shape for shape in self.shapes.targeted if self._selects(shape, class_)])
        except NoQuickCheck:
            return None

    def _selects(self, shape: Shape, class_: ox.NamedNode) -> bool:
        return any(class_ in self.graph.subclasses(target.value) for target in shape.targets)

    def _built(self, targeted: list[Shape]) -> QuickCheck:
        code = Code()
        plans = self._function(code, "accepts", self._flattened(targeted), nested=False)
        functions = code.compiled()
        order = [node for shape in targeted for node in shape.properties if not self.shapes.shapes[node].deactivated]
        fields = [
            FieldCheck(
                (*plan.names, *self._compared(plan)),
                functions[f"field{at}"],
                self._compiled(plan) if all(shape.node in order for shape in plan.shapes) else None,
            )
            for at, plan in enumerate(plans)
        ]
        compiled = tuple(self.shapes.compiled[node] for node in order)
        accepts, frame = functions["accepts"], functions["frame"]
        return QuickCheck(accepts, frame, tuple(fields), compiled, self.identity, bool(targeted))

    def _compiled(self, plan: FieldPlan) -> tuple[CompiledShape, ...]:
        return tuple(self.shapes.compiled[shape.node] for shape in plan.shapes)

    def _compared(self, plan: FieldPlan) -> Iterator[str]:
        """Yield the fields the plan's constraints compare with."""
        for constraint in plan.of_sets:
            if constraint.name in ORDERS:
                yield from self.writer.by_property.get(constraint.argument, ())

    def _flattened(self, shapes: Iterable[Shape]) -> list[Shape]:
        """Return the node shapes with those they include by sh:node and sh:and, which apply to the same node."""
        found: dict[ShapeNode, Shape] = {}
        waiting = list(shapes)
        while waiting:
            shape = waiting.pop(0)
            if shape.node in found or shape.deactivated:
                continue
            if shape.path is not None:
                raise NoQuickCheck
            found[shape.node] = shape
            for constraint in shape.constraints:
                if constraint.name == "node":
                    waiting.append(self.shapes.shapes[constraint.argument])
                elif constraint.name == "and":
                    waiting.extend(self.shapes.shapes[node] for node in constraint.argument)
        return list(found.values())

    def _function(self, code: Code, name: str, shapes: list[Shape], *, nested: bool) -> list[FieldPlan]:
        """Write the function that checks an object against node shapes; nested objects are blank nodes without type.

        For whole records, the checks of the frame and of each field are written as functions of their own, too.
        """
        plans = list(self._plans(shapes))
        closed = self._closed(shapes, typed=not nested)
        known = {name for plan in plans if closed is None or plan.rule.property in closed for name in plan.names}
        inner = {plan.name: self._nested_function(code, plan) for plan in plans}
        identity = self._identity(code, shapes, nested=nested)
        if not nested:
            known |= {*self.id_keys, self.type_key}
        parts = [code.part() for _ in plans]
        for part, plan in zip(parts, plans, strict=True):
            self.writer.write(part, plan, inner[plan.name])
        extras = code.bind(self._extras(known, {plan.rule.property for plan in plans}, closed))
        end = f"    return r.keys() <= {code.bind(frozenset(known))} or {extras}(r)"
        body = [line for part in parts for line in part.lines]
        code.lines += [f"def {name}(r{', i' if nested else ''}):", *identity, *body, end]
        if not nested:
            code.lines += ["def frame(r):", *identity, end]
            for at, part in enumerate(parts):
                code.lines += [f"def field{at}(r, i):", *part.lines, "    return True"]
        return plans

    def _identity(self, code: Code, shapes: list[Shape], *, nested: bool) -> list[str]:
        """Return the lines that check what the object is: an IRI the background does not describe, or a blank node."""
        kinds: list[tuple[bool, bool, bool]] = []
        for constraint in (each for shape in shapes for each in shape.constraints):
            if constraint.name == "nodeKind":
                kinds.append(NODE_KINDS[constraint.argument.value])
            elif constraint.name not in ("node", "and", "closed"):
                raise NoQuickCheck
        iri_ok, blank_ok = all(iri for iri, _, _ in kinds), all(blank for _, blank, _ in kinds)
        if not (blank_ok if nested else iri_ok or blank_ok):
            raise NoQuickCheck
        if nested:
            return []
        about = self.background.forward if self.background else {}
        described = code.bind(frozenset(node.value for node in about if isinstance(node, ox.NamedNode)))
        plain = code.bind(self.writer.plain_iri)
        named = f"i.__class__ is not str or not {plain}(i) or i in {described}" if iri_ok else "True"
        nameless = f"not r.keys().isdisjoint({code.bind(self.id_keys)})" if blank_ok else "True"
        identity = code.bind(self.identity)
        return [f"    i = {identity}(r)", f"    if {nameless} if i is None else {named}: return False"]

    def _closed(self, shapes: list[Shape], *, typed: bool) -> frozenset[ox.NamedNode] | None:
        """Return the properties that closed shapes allow, or None when none is closed."""
        closed = [each.argument for shape in shapes for each in shape.constraints if each.name == "closed"]
        if not closed:
            return None
        allowed: frozenset[ox.NamedNode] = frozenset.intersection(*closed)
        if typed and RDF_TYPE not in allowed:
            raise NoQuickCheck
        return allowed

    def _plans(self, shapes: list[Shape]) -> Iterator[FieldPlan]:
        by_path: dict[ox.NamedNode, list[Shape]] = {}
        for shape in shapes:
            for property_shape in (self.shapes.shapes[node] for node in shape.properties):
                if not isinstance(property_shape.path, ox.NamedNode) or property_shape.path == RDF_TYPE:
                    raise NoQuickCheck
                if not property_shape.deactivated:
                    by_path.setdefault(property_shape.path, []).append(property_shape)
        for path, on_path in by_path.items():
            plan = self._plan(path, on_path)
            if plan.name:
                yield plan
            elif plan.least or any(each.name not in ORDERS and each.name != "uniqueLang" for each in plan.of_sets):
                raise NoQuickCheck

    def _plan(self, path: ox.NamedNode, shapes: list[Shape]) -> FieldPlan:
        """Return the plan of a path; its name is empty where no field has that property, so that it has no values."""
        names = self.writer.by_property.get(path, [])
        if len(names) > 1:
            return FieldPlan.of_several({name: self.context.fields[name] for name in names}, shapes)
        if not names:
            return FieldPlan.of("", FieldRule(path), shapes)
        return FieldPlan.of(names[0], self.context.fields[names[0]], shapes)

    def _nested_function(self, code: Code, plan: FieldPlan) -> str | None:
        """Write the check of nested objects, and return its name; None where they are left to the full validation."""
        wanted = [each for each in plan.of_values if each.name == "node"]
        kinds = [NODE_KINDS[each.argument.value] for each in plan.of_values if each.name == "nodeKind"]
        if len(wanted) + len(kinds) < len(plan.of_values) or not all(blank for _, blank, _ in kinds):
            return None
        if plan.rule.language_map or plan.parts or not (wanted or plan.properties):
            return None
        holder = Shape(ox.BlankNode("holder"), properties=plan.properties)
        included = [self.shapes.shapes[each.argument] for each in wanted]
        name = f"nested{len(code.names)}"
        code.names[name] = None
        try:
            self._function(code, name, self._flattened([holder, *included]), nested=True)
        except NoQuickCheck:
            return None
        return name

    def _extras(
        self, known: set[str], shaped: set[ox.NamedNode], closed: frozenset[ox.NamedNode] | None
    ) -> Callable[[Record], bool]:
        """Return the test of an object's fields that no shape is about: they must be plain, and allowed."""
        context = self.context
        free = {
            name: rule
            for name, rule in context.fields.items()
            if rule.property not in shaped and (closed is None or rule.property in closed)
        }

        def extras(record: Record) -> bool:
            return all(
                (name in free and _is_plain(value, free[name])) or context.ignores(name)
                for name, value in record.items()
                if name not in known
            )

        return extras


def _identity_of(keys: tuple[str, ...]) -> Callable[[Record], Any]:
    """Return the function from a record to what its @id says, under whichever name; None without one or with two."""
    if len(keys) == 1:
        return lambda record: record.get("@id")

    def identity(record: Record) -> Any:
        given = [record[key] for key in keys if key in record]
        return given[0] if len(given) == 1 else None

    return identity


def _is_plain(value: Any, rule: FieldRule) -> bool:
    """Say whether the value is of scalars only, so that no node of its own can hide in it."""
    if isinstance(value, dict):
        return rule.language_map and all(isinstance(text, str) for text in value.values())
    if isinstance(value, list):
        return all(isinstance(each, str | int) for each in value)
    return value is None or isinstance(value, str | int)
