"""The parameters of SHACL Core: how each is read from a shape, and what makes it ill-formed (SHACL, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Literal, cast

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.closed_by_types import declared_properties, properties_by_types
from registry.shacl.datatypes import lexical_check, parse_integer
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.paths import read_list
from registry.shacl.queries import query_active, read_query
from registry.shacl.regex import compile_pattern
from registry.shacl.shapes import Constraint, Qualified, ShapeNode
from registry.shacl.vocabulary import (
    BY_TYPES,
    IN_BRANCH,
    IN_BRANCH_COMPONENT,
    NODE_KINDS,
    RDF_LANG_STRING,
    RDF_NIL,
    XSD,
    XSD_STRING,
    component,
    sh,
)


class ParameterReader:
    """Reads the values a shape gives its parameters, checked; collects the shapes it refers to in `referred`."""

    def __init__(self, graph: DataGraph, node: ShapeNode, version: Literal["1.0", "1.2"]) -> None:
        self.graph = graph
        self.node = node
        self.version = version
        self.referred: dict[ShapeNode, None] = {}

    @property
    def is_property_shape(self) -> bool:
        """Whether the shape has a path."""
        return bool(self.values("path"))

    def objects(self, predicate: ox.NamedNode) -> list[Term]:
        """Return the values of any predicate."""
        return list(self.graph.objects(self.node, predicate))

    def values(self, name: str) -> list[Term]:
        """Return the values of a `sh:` parameter."""
        return self.objects(sh(name))

    def optional(self, name: str) -> Term | None:
        """Return the one value of a parameter that may stand once at most, or None."""
        values = self.values(name)
        if len(values) > 1:
            raise ShapesError(
                f"{self.node} has {len(values)} values of sh:{name}.", advice="Give it one value at most."
            )
        return values[0] if values else None

    def iris(self, name: str) -> list[ox.NamedNode]:
        """Return the values of a parameter whose values are IRIs."""
        return [self._iri(name, value) for value in self.values(name)]

    def _iri(self, name: str, value: Term) -> ox.NamedNode:
        if not isinstance(value, ox.NamedNode):
            raise self.fault(name, value, "an IRI")
        return value

    def iri(self, name: str) -> ox.NamedNode | None:
        """Return the one IRI of a parameter, or None."""
        value = self.optional(name)
        return None if value is None else self._iri(name, value)

    def integer(self, name: str) -> int | None:
        """Return the one xsd:integer of a parameter, or None."""
        value = self.optional(name)
        if value is None:
            return None
        check = lexical_check(XSD + "integer")
        if (
            not isinstance(value, ox.Literal)
            or value.datatype.value != XSD + "integer"
            or not (check and check(value.value))
        ):
            raise self.fault(name, value, "an xsd:integer")
        return parse_integer(value.value)

    def literal(self, name: str) -> ox.Literal | None:
        """Return the one literal of a parameter, or None."""
        value = self.optional(name)
        if value is not None and not isinstance(value, ox.Literal):
            raise self.fault(name, value, "a literal")
        return value

    def string(self, name: str) -> str | None:
        """Return the one xsd:string of a parameter, or None."""
        value = self.literal(name)
        if value is not None and value.datatype != XSD_STRING:
            raise self.fault(name, value, "an xsd:string")
        return None if value is None else value.value

    def flag(self, name: str) -> bool:
        """Return whether the parameter is `true`. "1" is of the same value but another term: it switches nothing on."""
        value = self.literal(name)
        if value is None:
            return False
        if value.datatype.value != XSD + "boolean" or value.value not in ("true", "false", "1", "0"):
            raise self.fault(name, value, "true or false")
        return value.value == "true"

    def terms(self, name: str) -> tuple[Term, ...] | None:
        """Return the members of the one list of a parameter, or None."""
        head = self.optional(name)
        return None if head is None else read_list(self.graph, head)

    def shape(self, name: str, value: Term) -> ShapeNode:
        """Return a value that refers to a shape; the shape has to be described in the shapes graph."""
        if isinstance(value, ox.Literal):
            raise self.fault(name, value, "a shape")
        if value not in self.graph.forward:
            raise self.fault(name, value, "a shape that the shapes graph describes")
        self.referred[value] = None
        return value

    def property_shapes(self) -> Iterator[ShapeNode]:
        """Yield the values of sh:property; each must have a path."""
        for value in self.values("property"):
            if not self.graph.objects(value, sh("path")):
                raise self.fault("property", value, "a property shape, with a sh:path")
            yield self.shape("property", value)

    def severity(self, default: ox.NamedNode) -> ox.NamedNode:
        """Return the severity of the shape's results."""
        return self.iri("severity") or default

    def messages(self) -> tuple[ox.Literal, ...]:
        """Return the shape's own messages, strings with or without a language."""
        return tuple(self._message(value) for value in self.values("message"))

    def _message(self, value: Term) -> ox.Literal:
        if not isinstance(value, ox.Literal) or value.datatype not in (XSD_STRING, RDF_LANG_STRING):
            raise self.fault("message", value, "a string")
        return value

    def fault(self, name: str, value: Term, expected: str) -> ShapesError:
        """Return the error that says what was expected of a parameter's value."""
        return ShapesError(f"{self.node}: sh:{name} is {value}.", advice=f"It has to be {expected}.")

    def require_path(self, name: str) -> None:
        """Raise ShapesError when a parameter of property shapes stands on a node shape."""
        if not self.is_property_shape:
            raise ShapesError(f"The node shape {self.node} has sh:{name}.", advice="It belongs on a property shape.")


Reader = Callable[[ParameterReader], Iterator[Constraint]]


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _each_iri(name: str, *, property_only: bool = False) -> Reader:
    def read(shape: ParameterReader) -> Iterator[Constraint]:
        for value in shape.iris(name):
            if property_only:
                shape.require_path(name)
            yield Constraint(component(_capital(name)), name, value)

    return read


def _class(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.values("class"):
        if isinstance(value, ox.BlankNode) and shape.version == "1.2":
            classes = tuple(read_list(shape.graph, value))
        else:
            classes = (value,)
        if not classes or not all(isinstance(each, ox.NamedNode) for each in classes):
            raise shape.fault("class", value, "an IRI")
        yield Constraint(component("Class"), "class", classes)


def _datatype(shape: ParameterReader) -> Iterator[Constraint]:
    value = shape.optional("datatype")
    if value is None:
        return
    listed = isinstance(value, ox.BlankNode) and shape.version == "1.2"
    datatypes = read_list(shape.graph, value) if listed else (value,)
    if not datatypes or not all(isinstance(each, ox.NamedNode) for each in datatypes):
        raise shape.fault("datatype", value, "an IRI")
    yield Constraint(component("Datatype"), "datatype", datatypes)


def _node_kind(shape: ParameterReader) -> Iterator[Constraint]:
    value = shape.iri("nodeKind")
    if value is None:
        return
    if value.value not in NODE_KINDS:
        raise shape.fault("nodeKind", value, "one of the six node kinds")
    yield Constraint(component("NodeKind"), "nodeKind", value)


def _integer(name: str, *, property_only: bool = False) -> Reader:
    def read(shape: ParameterReader) -> Iterator[Constraint]:
        value = shape.integer(name)
        if value is not None:
            if property_only:
                shape.require_path(name)
            yield Constraint(component(_capital(name)), name, value)

    return read


def _bound(name: str) -> Reader:
    def read(shape: ParameterReader) -> Iterator[Constraint]:
        value = shape.literal(name)
        if value is not None:
            yield Constraint(component(_capital(name)), name, value)

    return read


def _pattern(shape: ParameterReader) -> Iterator[Constraint]:
    source, flags = shape.string("pattern"), shape.string("flags")
    if source is not None:
        yield Constraint(component("Pattern"), "pattern", compile_pattern(source, flags or ""))


def _language_in(shape: ParameterReader) -> Iterator[Constraint]:
    tags = shape.terms("languageIn")
    if tags is None:
        return
    if not all(isinstance(tag, ox.Literal) and tag.datatype == XSD_STRING for tag in tags):
        raise shape.fault("languageIn", shape.values("languageIn")[0], "a list of strings")
    yield Constraint(component("LanguageIn"), "languageIn", tuple(tag.value for tag in tags))


def _unique_lang(shape: ParameterReader) -> Iterator[Constraint]:
    if shape.values("uniqueLang"):
        shape.require_path("uniqueLang")
    if shape.flag("uniqueLang"):
        yield Constraint(component("UniqueLang"), "uniqueLang", True)


def _single_line(shape: ParameterReader) -> Iterator[Constraint]:
    if shape.flag("singleLine"):
        yield Constraint(component("SingleLine"), "singleLine", True)


def _has_value(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.values("hasValue"):
        yield Constraint(component("HasValue"), "hasValue", value)


def _in(shape: ParameterReader) -> Iterator[Constraint]:
    terms = shape.terms("in")
    if terms is not None:
        yield Constraint(component("In"), "in", terms)


def _shape_reference(name: str) -> Reader:
    def read(shape: ParameterReader) -> Iterator[Constraint]:
        for value in shape.values(name):
            node = shape.shape(name, value)
            if name == "node" and shape.graph.objects(node, sh("path")):
                raise shape.fault(name, value, "a node shape, without a sh:path")
            yield Constraint(component(_capital(name)), name, node)

    return read


def _shape_list(name: str) -> Reader:
    def read(shape: ParameterReader) -> Iterator[Constraint]:
        for head in shape.values(name):
            nodes = tuple(shape.shape(name, member) for member in read_list(shape.graph, head))
            yield Constraint(component(_capital(name)), name, nodes)

    return read


def _qualified(shape: ParameterReader) -> Iterator[Constraint]:
    low, high = shape.integer("qualifiedMinCount"), shape.integer("qualifiedMaxCount")
    disjoint = shape.flag("qualifiedValueShapesDisjoint")
    for value in shape.values("qualifiedValueShape"):
        shape.require_path("qualifiedValueShape")
        node = shape.shape("qualifiedValueShape", value)
        siblings = tuple(_siblings(shape, node)) if disjoint else ()
        argument = Qualified(node, low, high, siblings)
        if low is not None:
            yield Constraint(component("QualifiedMinCount"), "qualifiedMinCount", argument)
        if high is not None:
            yield Constraint(component("QualifiedMaxCount"), "qualifiedMaxCount", argument)


def _siblings(shape: ParameterReader, own: ShapeNode) -> Iterator[ShapeNode]:
    """Yield the qualified value shapes of the parents' other property shapes (SHACL, section 4.7.3)."""
    found: dict[Term, None] = {}
    for parent in shape.graph.subjects(shape.node, sh("property")):
        for sibling in shape.graph.objects(parent, sh("property")):
            found |= dict.fromkeys(shape.graph.objects(sibling, sh("qualifiedValueShape")))
    for each in found:
        if each != own:
            yield shape.shape("qualifiedValueShape", each)


def _closed(shape: ParameterReader) -> Iterator[Constraint]:
    ignored = shape.terms("ignoredProperties") or ()
    if not all(isinstance(each, ox.NamedNode) for each in ignored):
        raise shape.fault("ignoredProperties", shape.values("ignoredProperties")[0], "a list of IRIs")
    if shape.version == "1.2" and shape.optional("closed") == BY_TYPES:
        by_types = properties_by_types(shape.graph, frozenset(ignored))
        yield Constraint(component("Closed"), "closedByTypes", by_types)
    elif shape.flag("closed"):
        allowed = {*declared_properties(shape.graph, shape.node), *ignored}
        yield Constraint(component("Closed"), "closed", frozenset(allowed))


def _sparql(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.values("sparql"):
        if query_active(shape.graph, value):
            query = read_query(shape.graph, value, form="select", prebound=frozenset({"this"}))
            yield Constraint(component("SPARQL"), "sparql", query)


def _in_branch(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.objects(IN_BRANCH):
        if not isinstance(value, ox.NamedNode):
            raise ShapesError(f"{shape.node}: lex:inBranch is {value}.", advice="It has to be the IRI of a concept.")
        yield Constraint(IN_BRANCH_COMPONENT, "inBranch", value)


def _root_class(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.iris("rootClass"):
        yield Constraint(component("RootClass"), "rootClass", cast(Term, value))


def _unique_values_for(shape: ParameterReader) -> Iterator[Constraint]:
    for value in shape.values("uniqueValuesFor"):
        properties = (value,) if isinstance(value, ox.NamedNode) and value != RDF_NIL else read_list(shape.graph, value)
        if not properties or not all(isinstance(each, ox.NamedNode) for each in properties):
            raise shape.fault("uniqueValuesFor", value, "an IRI or a list of IRIs")
        yield Constraint(component("UniqueValuesFor"), "uniqueValuesFor", properties)


READERS: Final[dict[str, Reader]] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minCount": _integer("minCount", property_only=True),
    "maxCount": _integer("maxCount", property_only=True),
    "minExclusive": _bound("minExclusive"),
    "minInclusive": _bound("minInclusive"),
    "maxExclusive": _bound("maxExclusive"),
    "maxInclusive": _bound("maxInclusive"),
    "minLength": _integer("minLength"),
    "maxLength": _integer("maxLength"),
    "pattern": _pattern,
    "singleLine": _single_line,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
    "equals": _each_iri("equals"),
    "disjoint": _each_iri("disjoint"),
    "lessThan": _each_iri("lessThan", property_only=True),
    "lessThanOrEquals": _each_iri("lessThanOrEquals", property_only=True),
    "not": _shape_reference("not"),
    "and": _shape_list("and"),
    "or": _shape_list("or"),
    "xone": _shape_list("xone"),
    "node": _shape_reference("node"),
    "qualifiedValueShape": _qualified,
    "closed": _closed,
    "hasValue": _has_value,
    "in": _in,
    "rootClass": _root_class,
    "uniqueValuesFor": _unique_values_for,
    "sparql": _sparql,
    "inBranch": _in_branch,
}
