"""The code that checks one field of a record: absent, a string, a list of strings, a language map, another scalar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.compiled import CompiledShape, ValueTest
from registry.shacl.context import LANGUAGE_TAG, FieldRule, RecordContext
from registry.shacl.datatypes import is_plain_date
from registry.shacl.graph import DataGraph
from registry.shacl.ordering import comparable_text, compare
from registry.shacl.raw_tests import (
    Inline,
    NeverAccepted,
    inline_test,
    iri_test,
    of_tag_only,
    remembered,
)
from registry.shacl.records import OutsideContext, literal_of
from registry.shacl.shapes import Constraint, Shape, ShapeNode
from registry.shacl.value_checks import value_check
from registry.shacl.vocabulary import RDF_TYPE, XSD, XSD_STRING

ORDERS: Final = {"lessThan": frozenset({-1}), "lessThanOrEquals": frozenset({-1, 0})}
_LEXICAL: Final = frozenset({"datatype", "nodeKind", "pattern", "minLength", "maxLength", "in", "languageIn"})
_OF_VALUES: Final = _LEXICAL | {
    *("class", "singleLine", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive", "inBranch", "rootClass"),
    *("not", "node", "and", "or", "xone"),
}


class NoQuickCheck(Exception):  # noqa: N818  a signal inside the generator
    """The shapes ask for something the quick check does not cover."""


@dataclass(slots=True)
class Code:
    """Lines of a module in the making, and the values its names stand for."""

    lines: list[str] = field(default_factory=list)
    names: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        """Return a fresh name for the value."""
        name = f"b{len(self.names)}"
        self.names[name] = value
        return name

    def write(self, depth: int, line: str) -> None:
        """Append a line, indented."""
        self.lines.append("    " * depth + line)

    def part(self) -> Code:
        """Return an empty piece of code that shares the names."""
        return Code([], self.names)

    def compiled(self) -> dict[str, Any]:
        """Return the functions by name. The code is of our own templates: values are bound, field names quoted."""
        namespace = dict(self.names)
        exec(compile("\n".join(self.lines), "<generated record check>", "exec"), namespace)  # noqa: S102
        return namespace


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """Everything the shapes say about one field: counts, constraints on values, on sets, and nested shapes."""

    name: str
    rule: FieldRule
    shapes: tuple[Shape, ...]
    least: int
    most: int | None
    of_values: tuple[Constraint, ...]
    of_sets: tuple[Constraint, ...]
    properties: tuple[ShapeNode, ...]
    parts: tuple[FieldPlan, ...] = ()

    @classmethod
    def of(cls, name: str, rule: FieldRule, shapes: list[Shape]) -> FieldPlan:
        """Return the plan of the property shapes on the field's property."""
        constraints = [constraint for shape in shapes for constraint in shape.constraints]
        lows = [each.argument for each in constraints if each.name == "minCount"]
        highs = [each.argument for each in constraints if each.name == "maxCount"]
        rest = [each for each in constraints if each.name not in ("minCount", "maxCount")]
        return cls(
            name,
            rule,
            tuple(shapes),
            max([0, *lows]),
            min(highs, default=None),
            tuple(each for each in rest if each.name in _OF_VALUES),
            tuple(each for each in rest if each.name not in _OF_VALUES),
            tuple(node for shape in shapes for node in shape.properties),
        )

    @classmethod
    def of_several(cls, rules: dict[str, FieldRule], shapes: list[Shape]) -> FieldPlan:
        """Return the plan of a property that several fields have: each field is a part, counted together.

        Raises NoQuickCheck for language maps, and for constraints on sets other than counts and sh:uniqueLang.
        """
        name, rule = next(iter(rules.items()))
        whole = cls.of(name, rule, shapes)
        languages = [each.language for each in rules.values()]
        one_of_each = None not in languages and len(set(languages)) == len(languages)
        if whole.least > 1 or any(each.language_map for each in rules.values()):
            raise NoQuickCheck
        if any(each.name != "uniqueLang" or not one_of_each for each in whole.of_sets):
            raise NoQuickCheck
        parts = (replace(whole, name=name, rule=rule, least=0, most=None) for name, rule in rules.items())
        return replace(whole, parts=tuple(parts))

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that the plan is about."""
        return tuple(part.name for part in self.parts) or (self.name,)

    @property
    def is_unique_lang(self) -> bool:
        """Whether no two values may be in one language."""
        return any(each.name == "uniqueLang" for each in self.of_sets)

    @property
    def one_is_wrong(self) -> bool:
        """Whether a single value is too few or too many."""
        return self.least > 1 or self.most == 0


class FieldWriter:
    """Writes the code of fields for one set of shapes, one context and one background."""

    def __init__(self, compiled: dict[ShapeNode, CompiledShape], context: RecordContext, graph: DataGraph) -> None:
        self.compiled = compiled
        self.context = context
        self.graph = graph
        self.plain_iri = iri_test(context)
        self.id_keys = ("@id", *(alias for alias, keyword in context.aliases.items() if keyword == "@id"))
        self.known = graph.background.forward if graph.background else {}
        self.by_property: dict[ox.NamedNode, list[str]] = {}
        for name, rule in context.fields.items():
            self.by_property.setdefault(rule.property, []).append(name)

    def write(self, code: Code, plan: FieldPlan, nested: str | None) -> None:
        """Write the check of one field; `nested` names the function that checks objects in it."""
        if plan.parts:
            self._several(code, plan)
            return
        code.write(1, f"v = r.get({plan.name!r})")
        code.write(1, "if v is None:")
        code.write(2, "return False" if plan.least else "pass")
        if plan.rule.language_map:
            self._language_map(code, plan)
        else:
            self._scalars(code, plan, nested)
        for constraint in plan.of_sets:
            if constraint.name in ORDERS:
                self._order(code, plan, constraint)
            elif constraint.name == "hasValue":
                self._has_value(code, plan, constraint.argument)
            elif constraint.name != "uniqueLang":
                raise NoQuickCheck

    def _several(self, code: Code, plan: FieldPlan) -> None:
        """Write the check of a property that several fields have: each for itself, then how many values there are."""
        code.write(1, "n = 0")
        for part in plan.parts:
            self.write(code, part, None)
            code.write(1, "if v is not None: n += len(v) if v.__class__ is list else 1")
        code.write(1, f"if n < {plan.least}: return False")
        if plan.most is not None:
            code.write(1, f"if n > {plan.most}: return False")

    def _scalars(self, code: Code, plan: FieldPlan, nested: str | None) -> None:
        tests = self._tests(code, plan)
        code.write(1, "elif v.__class__ is str:")
        if tests is None or plan.one_is_wrong:
            code.write(2, "return False")
        else:
            _write_tests(code, 2, "v", tests)
        languages = plan.is_unique_lang and plan.rule.language is not None
        object_ = None if plan.one_is_wrong or languages else code.bind(self._object_test(plan))
        if object_ is not None:
            inside = f" and not (v and {nested}(v, i))" if nested is not None else ""
            code.write(1, "elif v.__class__ is dict:")
            code.write(2, f"if not {object_}(v, i){inside}: return False")
        code.write(1, "elif v.__class__ is list:")
        if languages:
            code.write(2, "return False")
        else:
            self._list(code, plan, tests, None if plan.is_unique_lang or plan.least > 1 else object_)
        self._other_scalars(code, plan)

    def _list(self, code: Code, plan: FieldPlan, tests: list[str] | None, object_: str | None) -> None:
        """Write the check of a list. Repeated values are one value, which matters only to a least number above one."""
        code.write(2, f"if len(v) < {plan.least}: return False")
        if plan.most is not None:
            code.write(2, f"if len(v) > {plan.most}: return False")
        code.write(2, "for x in v:")
        code.write(3, "if x.__class__ is str:")
        if tests is None:
            code.write(4, "return False")
        else:
            _write_tests(code, 4, "x", tests)
        code.write(3, f"elif x.__class__ is not dict or not {object_}(x, i): return False" if object_ is not None
                   else "else: return False")  # fmt: skip
        if plan.least > 1:
            code.write(2, f"if len(set(v)) < {plan.least}: return False")

    def _object_test(self, plan: FieldPlan) -> Callable[[dict[str, Any], Any], bool]:
        """Return the test of an object that is a reference (only an @id) or a text in a language (@value, @language).

        Such an object says nothing of the node it refers to, so it is judged as the value alone.
        """
        memo, judge = self._remembered(plan, self._referent)
        tests = [self._value_test(each) for each in plan.of_values]
        shapes = [self.compiled[node] for node in plan.properties]
        id_keys, graph = frozenset(self.id_keys), self.graph

        def test(value: dict[str, Any], identity: Any) -> bool:
            if len(value) == 1:
                [(key, text)] = value.items()
                if key not in id_keys or text.__class__ is not str or text == identity:
                    return False
                verdict = memo.get(text)
                return judge(text) if verdict is None else verdict
            term = _text_object(value)
            return term is not None and (
                all(each(term, graph) for each in tests) and all(shape.conforms(term, graph) for shape in shapes)
            )

        return test

    def _referent(self, text: str) -> Term | None:
        """Return the node an @id names; None for what is neither written whole nor known to the background."""
        if self.plain_iri(text):
            return ox.NamedNode(text)
        iri = None if text.startswith("_:") else self.context.expand(text)
        node = None if iri is None else ox.NamedNode(iri)
        # The record itself is none of the background's nodes, so that a compact IRI among those is not the record's.
        return node if node in self.known else None

    def _other_scalars(self, code: Code, plan: FieldPlan) -> None:
        if not plan.one_is_wrong:
            memo, judge = self._remembered(plan, lambda key: _scalar(key[1], plan.rule))
            code.write(1, "elif v.__class__ is int or v.__class__ is bool or v.__class__ is float:")
            code.write(2, "k = (v.__class__, v)")
            code.write(2, f"if not {_recall(code, memo, judge, 'k')}: return False")
        code.write(1, "else: return False")

    def _tests(self, code: Code, plan: FieldPlan) -> list[str] | None:
        """Return conditions on `{v}`, or None when no string can pass."""
        try:
            inline = [inline_test(constraint, plan.rule) for constraint in plan.of_values]
        except NeverAccepted:
            return None
        refers = bool(plan.properties) or any(each.name not in _LEXICAL for each in plan.of_values)
        if plan.properties or None in inline:
            make = self._referent if refers and plan.rule.is_iri else self.term_maker(plan.rule)
            test = _recall(code, *self._remembered(plan, make), "{v}")
            return ["{v} != i", test] if plan.rule.is_iri and refers else [test]
        tests = [_spelled(code, each) for each in inline if each is not None and each.code != "True"]
        if not plan.rule.is_iri:
            return tests
        whole = " and ".join([f"{code.bind(self.plain_iri)}({{v}})", *(f"({each})" for each in tests)])
        return [f"({whole}) or {_recall(code, *self._remembered(plan, self.term_maker(plan.rule)), '{v}')}"]

    def term_maker(self, rule: FieldRule) -> Callable[[str], Term | None]:
        """Return the function from a field's string to its term, None where only JSON-LD can tell."""
        if rule.is_iri:
            return self._iri
        return lambda text: literal_of(text, rule.datatype, rule.language)

    def _iri(self, text: str) -> Term | None:
        iri = None if text.startswith("_:") else self.context.expand(text)
        return None if iri is None else ox.NamedNode(iri)

    def _remembered(
        self, plan: FieldPlan, make: Callable[[Any], Term | None]
    ) -> tuple[dict[Any, bool], Callable[[Any], bool]]:
        tests = [self._value_test(each) for each in plan.of_values]
        return remembered([*tests, *(self.compiled[node].conforms for node in plan.properties)], make, self.graph)

    def _value_test(self, constraint: Constraint) -> ValueTest:
        check = value_check(constraint, self.compiled.__getitem__)
        assert check is not None  # the plan keeps only constraints on values here
        return check.test

    def _language_map(self, code: Code, plan: FieldPlan) -> None:
        """Write the check of an object from language tags to single texts."""
        of_tag = [each for each in plan.of_values if of_tag_only(each, self.compiled.__getitem__)]
        inline = [_text_test(each) for each in plan.of_values if each not in of_tag]
        memo, judge = remembered([self._value_test(each) for each in of_tag], _tagged, self.graph)
        code.write(1, "elif v.__class__ is dict:")
        if plan.properties or None in inline:
            code.write(2, "return False")
        tests = [_spelled(code, each) for each in inline if each is not None]
        code.write(2, "n = 0")
        code.write(2, "for l, x in v.items():")
        code.write(3, f"if not {_recall(code, memo, judge, 'l')}: return False")
        code.write(3, "if x.__class__ is str:")
        code.write(4, "n += 1")
        _write_tests(code, 4, "x", tests)
        code.write(3, "elif x.__class__ is list:")
        code.write(4, "n += len(x)")
        if plan.is_unique_lang or plan.least > 1:
            code.write(4, "if len(x) > 1: return False")
        code.write(4, "for y in x:")
        code.write(5, "if y.__class__ is not str: return False")
        _write_tests(code, 5, "y", tests)
        code.write(3, "else: return False")
        code.write(2, f"if n < {plan.least}: return False")
        if plan.most is not None:
            code.write(2, f"if n > {plan.most}: return False")
        code.write(2, "if len(v) > 1 and len({l.lower() for l in v}) < len(v): return False")
        code.write(1, "else: return False")

    def _order(self, code: Code, plan: FieldPlan, constraint: Constraint) -> None:
        names = self.by_property.get(constraint.argument, [])
        rules = [plan.rule, *(self.context.fields[name] for name in names)]
        if len(names) > 1 or any(rule.language_map for rule in rules):
            raise NoQuickCheck
        if not names:
            return
        in_order = code.bind(_comparison(rules[0], rules[1], ORDERS[constraint.name]))
        code.write(1, f"w = r.get({names[0]!r})")
        code.write(1, "if v is not None and w is not None:")
        code.write(2, f"if v.__class__ is not str or w.__class__ is not str or not {in_order}(v, w): return False")

    def _has_value(self, code: Code, plan: FieldPlan, wanted: Term) -> None:
        if plan.rule.language_map or self.term_maker(plan.rule)(wanted.value) != wanted:
            raise NoQuickCheck
        text = code.bind(wanted.value)
        code.write(1, f"if v != {text} and (v.__class__ is not list or {text} not in v): return False")


def _comparison(left: FieldRule, right: FieldRule, accepted: frozenset[int]) -> Callable[[str, str], bool]:
    """Return the comparison of two fields' strings; IRIs and texts in a language have no order."""
    if left.is_iri or right.is_iri or left.language is not None or right.language is not None:
        return lambda *_: False
    a_type, b_type = (rule.datatype or XSD_STRING for rule in (left, right))
    a_name, b_name = a_type.value, b_type.value

    def in_order(a: str, b: str) -> bool:
        if dates and is_plain_date(a) and is_plain_date(b):
            return a < b or (a == b and 0 in accepted)
        return compare(comparable_text(a, a_name), comparable_text(b, b_name)) in accepted

    dates = a_name == b_name == XSD + "date"
    return in_order


def _text_test(constraint: Constraint) -> Inline | None:
    """Return the test of a constraint on a text in any language."""
    if constraint.name not in ("minLength", "maxLength", "pattern"):
        return None
    return inline_test(constraint, FieldRule(RDF_TYPE))


def _scalar(value: Any, rule: FieldRule) -> Term | None:
    try:
        return literal_of(value, rule.datatype, rule.language)
    except OutsideContext:
        return None


def _text_object(value: dict[str, Any]) -> ox.Literal | None:
    """Return the text in a language that a value object is, or None for any other object."""
    text, tag = value.get("@value"), value.get("@language")
    if len(value) != 2 or text.__class__ is not str or tag.__class__ is not str:
        return None
    return ox.Literal(str(text), language=str(tag)) if LANGUAGE_TAG.match(str(tag)) else None


def _tagged(tag: str) -> Term | None:
    """Return a text in the language, or None for what is no language tag ("@none" among others)."""
    return ox.Literal("", language=tag) if LANGUAGE_TAG.match(tag) else None


def _recall(code: Code, memo: object, judge: object, key: str) -> str:
    """Return the expression of a remembered verdict."""
    return f"({code.bind(judge)}({key}) if (m := {code.bind(memo)}.get({key})) is None else m)"


def _spelled(code: Code, inline: Inline) -> str:
    return inline.code if inline.value is None else inline.code.replace("{0}", code.bind(inline.value))


def _write_tests(code: Code, depth: int, variable: str, tests: list[str]) -> None:
    if not tests:
        code.write(depth, "pass")
    for test in tests:
        code.write(depth, f"if not ({test.replace('{v}', variable)}): return False")
