"""The constraint components that judge one value node at a time (SHACL, sections 4.1, 4.3, 4.4, 4.6 and 4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.compiled import CompiledShape, ValueCheck, ValueTest
from registry.shacl.datatypes import lexical_check
from registry.shacl.graph import DataGraph
from registry.shacl.messages import short, short_list
from registry.shacl.ordering import comparable, compare
from registry.shacl.regex import Pattern
from registry.shacl.shapes import Constraint, ShapeNode
from registry.shacl.vocabulary import NODE_KINDS, RDFS_SUBCLASS_OF

Resolve = Callable[[ShapeNode], CompiledShape]
Made = tuple[ValueTest, str]


def value_check(constraint: Constraint, resolve: Resolve) -> ValueCheck | None:
    """Return the check of a constraint on single values, or None when it is on sets of values."""
    if constraint.name in _OF_VALUES:
        test, expected = _OF_VALUES[constraint.name](constraint.argument)
    elif constraint.name in _OF_SHAPES:
        argument = constraint.argument
        nodes = argument if isinstance(argument, tuple) else (argument,)
        test, expected = _OF_SHAPES[constraint.name]([resolve(node) for node in nodes])
    else:
        return None
    return ValueCheck(constraint.component, constraint.name, test, expected)


def _datatype(datatypes: tuple[ox.NamedNode, ...]) -> Made:
    expected = f"a value of datatype {' or '.join(short(each) for each in datatypes)}"
    if len(datatypes) > 1:
        tests = [_datatype((each,))[0] for each in datatypes]
        return lambda value, graph: any(test(value, graph) for test in tests), expected
    [datatype] = datatypes
    check = lexical_check(datatype.value)

    def test(value: Term, _: DataGraph) -> bool:
        return isinstance(value, ox.Literal) and value.datatype == datatype and (check is None or check(value.value))

    return test, expected


def _class(classes: tuple[ox.NamedNode, ...]) -> Made:
    def test(value: Term, graph: DataGraph) -> bool:
        return not isinstance(value, ox.Literal) and any(graph.is_instance(value, each) for each in classes)

    return test, f"an instance of {' or '.join(short(each) for each in classes)}"


def _node_kind(kind: ox.NamedNode) -> Made:
    iri, blank, literal = NODE_KINDS[kind.value]
    allowed = {ox.NamedNode: iri, ox.BlankNode: blank, ox.Literal: literal}
    names = [name for name, yes in (("an IRI", iri), ("a blank node", blank), ("a literal", literal)) if yes]
    return lambda value, _: allowed[type(value)], " or ".join(names)


def _text(value: Term) -> str | None:
    """Return the string that length and pattern look at, code point by code point; blank nodes have none."""
    return None if isinstance(value, ox.BlankNode) else value.value


def _min_length(least: int) -> Made:
    def test(value: Term, _: DataGraph) -> bool:
        text = _text(value)
        return text is not None and len(text) >= least

    return test, f"at least {least} characters"


def _max_length(most: int) -> Made:
    def test(value: Term, _: DataGraph) -> bool:
        text = _text(value)
        return text is not None and len(text) <= most

    return test, f"at most {most} characters"


def _pattern(pattern: Pattern) -> Made:
    def test(value: Term, _: DataGraph) -> bool:
        text = _text(value)
        return text is not None and pattern.search(text)

    flags = f" (flags {pattern.flags})" if pattern.flags else ""
    return test, f"a value matching the pattern {pattern.source}{flags}"


def _single_line(_: bool) -> Made:
    def test(value: Term, _: DataGraph) -> bool:
        text = _text(value)
        return text is not None and not any(char in "\n\f\r" for char in text)

    return test, "a single line"


def _bound(words: str, accepted: frozenset[int]) -> Callable[[ox.Literal], Made]:
    def make(limit: ox.Literal) -> Made:
        other = comparable(limit)
        return lambda value, _: compare(comparable(value), other) in accepted, f"a value {words} {short(limit)}"

    return make


def _in(terms: tuple[Term, ...]) -> Made:
    allowed = frozenset(terms)
    return lambda value, _: value in allowed, f"one of {short_list(terms)}"


def _language_in(tags: tuple[str, ...]) -> Made:
    ranges = tuple(tag.lower() for tag in tags)

    def test(value: Term, _: DataGraph) -> bool:
        language = value.language if isinstance(value, ox.Literal) else None
        return language is not None and language_matches(language.lower(), ranges)

    return test, f"a text in one of the languages {', '.join(tags)}"


def language_matches(language: str, ranges: tuple[str, ...]) -> bool:
    """Say whether a lower-case tag is in one of the ranges (SPARQL langMatches, RFC 4647 basic filtering)."""
    return any(language == each or each == "*" or language.startswith(each + "-") for each in ranges)


def _in_branch(concept: ox.NamedNode) -> Made:
    return lambda value, graph: graph.is_below(value, concept), f"a concept at or below {short(concept)}"


def _root_class(root: ox.NamedNode) -> Made:
    def test(value: Term, graph: DataGraph) -> bool:
        return not isinstance(value, ox.Literal) and value in graph.subclasses(root)

    return test, f"a class at or below {short(root)} ({short(RDFS_SUBCLASS_OF)})"


def _not(shapes: list[CompiledShape]) -> Made:
    [shape] = shapes
    return lambda value, graph: not shape.conforms(value, graph), f"a value that does not meet {_name(shape)}"


def _node(shapes: list[CompiledShape]) -> Made:
    [shape] = shapes
    return shape.conforms, f"a value that meets {_name(shape)}"


def _and(shapes: list[CompiledShape]) -> Made:
    return lambda value, graph: all(each.conforms(value, graph) for each in shapes), _of("all", shapes)


def _or(shapes: list[CompiledShape]) -> Made:
    return lambda value, graph: any(each.conforms(value, graph) for each in shapes), _of("at least one", shapes)


def _xone(shapes: list[CompiledShape]) -> Made:
    return lambda value, graph: sum(each.conforms(value, graph) for each in shapes) == 1, _of("exactly one", shapes)


def _of(how_many: str, shapes: list[CompiledShape]) -> str:
    return f"a value that meets {how_many} of: {'; '.join(_name(each) for each in shapes)}"


def _name(shape: CompiledShape) -> str:
    """Return what the shape wants, in the words of its checks, or its IRI."""
    if isinstance(shape.node, ox.NamedNode):
        return f"the shape {short(shape.node)}"
    wanted = [each.expected for each in shape.value_checks] + [each.expected for each in shape.set_checks]
    return " and ".join(wanted) if wanted else "its shape"


_OF_VALUES: Final[dict[str, Callable[[Any], Made]]] = {
    "datatype": _datatype,
    "class": _class,
    "nodeKind": _node_kind,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "singleLine": _single_line,
    "minExclusive": _bound("above", frozenset({1})),
    "minInclusive": _bound("of at least", frozenset({0, 1})),
    "maxExclusive": _bound("below", frozenset({-1})),
    "maxInclusive": _bound("of at most", frozenset({-1, 0})),
    "in": _in,
    "languageIn": _language_in,
    "inBranch": _in_branch,
    "rootClass": _root_class,
}
_OF_SHAPES: Final[dict[str, Callable[[list[CompiledShape]], Made]]] = {
    "not": _not,
    "node": _node,
    "and": _and,
    "or": _or,
    "xone": _xone,
}
