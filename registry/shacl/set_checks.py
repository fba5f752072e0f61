"""The constraint components that judge a focus node's value nodes together (SHACL, 4.2, 4.5, 4.7.3 and 4.8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.compiled import CompiledShape, Finding, SetCheck, SetTest
from registry.shacl.graph import DataGraph
from registry.shacl.messages import short
from registry.shacl.ordering import comparable, compare
from registry.shacl.shapes import Constraint, PropertiesByTypes, Qualified
from registry.shacl.value_checks import Resolve
from registry.shacl.vocabulary import RDF_TYPE

Made = tuple[SetTest, str]


def set_check(constraint: Constraint, resolve: Resolve) -> SetCheck | None:
    """Return the check of a constraint on sets of values, or None when it is on single values or in SPARQL."""
    if constraint.name in _MAKERS:
        test, expected = _MAKERS[constraint.name](constraint.argument)
    elif isinstance(constraint.argument, Qualified):
        test, expected = _qualified(constraint.name, constraint.argument, resolve)
    else:
        return None
    return SetCheck(constraint.component, constraint.name, test, expected)


def _plural(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"


def _min_count(least: int) -> Made:
    def test(_: Term, values: Collection[Term], __: DataGraph) -> Iterable[Finding]:
        return (Finding(found=str(len(values) or "none")),) if len(values) < least else ()

    return test, f"at least {_plural(least)}"


def _max_count(most: int) -> Made:
    def test(_: Term, values: Collection[Term], __: DataGraph) -> Iterable[Finding]:
        return (Finding(found=str(len(values))),) if len(values) > most else ()

    return test, f"at most {_plural(most)}"


def _unique_lang(_: bool) -> Made:
    def test(_: Term, values: Collection[Term], __: DataGraph) -> Iterator[Finding]:
        if len(values) < 2:
            return
        languages = Counter(each.language.lower() for each in values if isinstance(each, ox.Literal) and each.language)
        for language, count in languages.items():
            if count > 1:
                yield Finding(found=f"{count} in {language}")

    return test, "no two values in the same language"


def _equals(predicate: ox.NamedNode) -> Made:
    def test(focus: Term, values: Collection[Term], graph: DataGraph) -> Iterator[Finding]:
        others = graph.objects(focus, predicate)
        yield from (Finding(value) for value in values if value not in others)
        yield from (Finding(value) for value in others if value not in values)

    return test, f"the same values as {short(predicate)}"


def _disjoint(predicate: ox.NamedNode) -> Made:
    def test(focus: Term, values: Collection[Term], graph: DataGraph) -> Iterator[Finding]:
        others = graph.objects(focus, predicate)
        yield from (Finding(value) for value in values if value in others)

    return test, f"no value in common with {short(predicate)}"


def _less_than(words: str, accepted: frozenset[int]) -> Callable[[ox.NamedNode], Made]:
    def make(predicate: ox.NamedNode) -> Made:
        def test(focus: Term, values: Collection[Term], graph: DataGraph) -> Iterator[Finding]:
            for other in graph.objects(focus, predicate):
                right = comparable(other)
                for value in values:
                    if compare(comparable(value), right) not in accepted:
                        yield Finding(value)

        return test, f"a value {words} every value of {short(predicate)}"

    return make


def _has_value(wanted: Term) -> Made:
    def test(_: Term, values: Collection[Term], __: DataGraph) -> Iterable[Finding]:
        return () if wanted in values else (Finding(),)

    return test, f"{short(wanted)} among the values"


def _closed(allowed: frozenset[ox.NamedNode]) -> Made:
    def test(_: Term, values: Collection[Term], graph: DataGraph) -> Iterator[Finding]:
        for value in values:
            for predicate, object_ in graph.statements(value):
                if predicate not in allowed:
                    yield Finding(object_, predicate, found=f"{short(predicate)} {short(object_)}")

    return test, "no property but those of the shape"


def _closed_by_types(permitted: PropertiesByTypes) -> Made:
    none: frozenset[ox.NamedNode] = frozenset()

    def test(_: Term, values: Collection[Term], graph: DataGraph) -> Iterator[Finding]:
        for value in values:
            types = graph.objects(value, RDF_TYPE)
            allowed = permitted.always.union(*(permitted.declared.get(each, none) for each in types))
            for predicate, object_ in graph.statements(value):
                if predicate not in allowed:
                    yield Finding(object_, predicate, found=f"{short(predicate)} {short(object_)}")

    return test, "no property but those declared for its types"


def _qualified(name: str, wanted: Qualified, resolve: Resolve) -> Made:
    shape = resolve(wanted.shape)
    siblings = [resolve(each) for each in wanted.siblings]
    least = wanted.low if name == "qualifiedMinCount" and wanted.low is not None else 0
    most = wanted.high if name == "qualifiedMaxCount" else None

    def test(_: Term, values: Collection[Term], graph: DataGraph) -> Iterable[Finding]:
        count = sum(_meets(value, shape, siblings, graph) for value in values)
        return (Finding(found=str(count)),) if count < least or (most is not None and count > most) else ()

    how_many = f"at least {_plural(least)}" if most is None else f"at most {_plural(most)}"
    return test, f"{how_many} meeting the qualified value shape"


def _meets(value: Term, shape: CompiledShape, siblings: list[CompiledShape], graph: DataGraph) -> bool:
    return shape.conforms(value, graph) and not any(each.conforms(value, graph) for each in siblings)


_MAKERS: Final[dict[str, Callable[[Any], Made]]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less_than("below", frozenset({-1})),
    "lessThanOrEquals": _less_than("not above", frozenset({-1, 0})),
    "hasValue": _has_value,
    "closed": _closed,
    "closedByTypes": _closed_by_types,
}
