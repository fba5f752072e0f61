"""Constraints as tests on the strings of a record, before any term is made of them.

What such a test accepts, the constraint accepts; what it does not, the full validation decides.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.compiled import CompiledShape, ValueTest
from registry.shacl.context import FieldRule, RecordContext, is_absolute_iri
from registry.shacl.datatypes import INTEGER_TYPES, lexical_check, parse_integer
from registry.shacl.graph import DataGraph
from registry.shacl.records import literal_of
from registry.shacl.regex import Pattern
from registry.shacl.shapes import Constraint
from registry.shacl.value_checks import language_matches
from registry.shacl.vocabulary import NODE_KINDS, RDF_LANG_STRING, XSD, XSD_STRING

RawTest = Callable[[str], object]
_MOST_REMEMBERED: Final = 100_000
_REPEATING: Final = frozenset(XSD + name for name in ("gYear", "gYearMonth", "boolean", "language"))
_OF_TAG: Final = frozenset({"datatype", "languageIn", "nodeKind"})
_XML_TEXT: Final = re.compile(r"[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]*").fullmatch


@dataclass(frozen=True, slots=True)
class Inline:
    """A test written into the generated code, with `{v}` for the string; `{0}` names the bound value, if any."""

    code: str
    value: object = None


class NeverAccepted(Exception):  # noqa: N818  a signal inside the generator
    """No string can pass."""


def inline_test(constraint: Constraint, rule: FieldRule) -> Inline | None:
    """Return the test of a constraint on the strings of a field, or None where a term is needed.

    Raises NeverAccepted where the rule alone makes every string fail.
    """
    maker = _MAKERS.get(constraint.name)
    return None if maker is None else maker(constraint.argument, rule)


def _always() -> Inline:
    return Inline("True")


def _datatype(datatypes: tuple[ox.NamedNode, ...], rule: FieldRule) -> Inline | None:
    if len(datatypes) > 1:
        return None
    if rule.is_iri or datatypes[0] != _datatype_of(rule):
        raise NeverAccepted
    datatype = datatypes[0].value
    if datatype in _REPEATING:
        return None  # few different values: remembering the verdict is quicker than any test
    if datatype == XSD_STRING.value:
        return Inline("({v}.isprintable() or {0}({v}))", _XML_TEXT)
    check = lexical_check(datatype)
    return _always() if check is None else Inline("{0}({v})", check)


def _datatype_of(rule: FieldRule) -> ox.NamedNode:
    if rule.datatype is not None:
        return rule.datatype
    return RDF_LANG_STRING if rule.language is not None else XSD_STRING


def _node_kind(kind: ox.NamedNode, rule: FieldRule) -> Inline:
    iri, _, literal = NODE_KINDS[kind.value]
    if not (iri if rule.is_iri else literal):
        raise NeverAccepted
    return _always()


def _min_length(least: int, _: FieldRule) -> Inline:
    return Inline(f"len({{v}}) >= {least}")


def _max_length(most: int, _: FieldRule) -> Inline:
    return Inline(f"len({{v}}) <= {most}")


def _pattern(pattern: Pattern, _: FieldRule) -> Inline:
    return Inline("{0}({v})", pattern.quick_search)


def _in(terms: tuple[Term, ...], rule: FieldRule) -> Inline:
    accepted = frozenset(term.value for term in terms if term == _term(term.value, rule))
    return Inline("{v} in {0}", accepted)


def _term(text: str, rule: FieldRule) -> Term | None:
    if rule.is_iri:
        return ox.NamedNode(text) if is_absolute_iri(text) else None
    return literal_of(text, rule.datatype, rule.language)


def _language_in(tags: tuple[str, ...], rule: FieldRule) -> Inline:
    ranges = tuple(tag.lower() for tag in tags)
    if rule.is_iri or rule.datatype or rule.language is None or not language_matches(rule.language.lower(), ranges):
        raise NeverAccepted
    return _always()


def _range(holds: Callable[[int, int], bool]) -> Callable[[ox.Literal, FieldRule], Inline | None]:
    """Return the maker of a range's test on integers; other ranges need a term."""

    def make(limit: ox.Literal, rule: FieldRule) -> Inline | None:
        datatype = "" if rule.datatype is None or rule.is_iri else rule.datatype.value
        check, of_limit = lexical_check(datatype), lexical_check(limit.datatype.value)
        if not (datatype in INTEGER_TYPES and limit.datatype.value in INTEGER_TYPES and check and of_limit):
            return None
        if not of_limit(limit.value):
            raise NeverAccepted
        bound = parse_integer(limit.value)
        return Inline("{0}({v})", lambda text: check(text) and holds(parse_integer(text), bound))

    return make


_MAKERS: Final[dict[str, Callable[[Any, FieldRule], Inline | None]]] = {
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "in": _in,
    "minInclusive": _range(operator.ge),
    "minExclusive": _range(operator.gt),
    "maxInclusive": _range(operator.le),
    "maxExclusive": _range(operator.lt),
    "languageIn": _language_in,
}


def iri_test(context: RecordContext) -> RawTest:
    """Return the test that a string is an absolute IRI as it stands, not a compact one of the context."""
    prefixes = frozenset(context.prefixes)

    def test(text: str) -> bool:
        head, _, rest = text.partition(":")
        return is_absolute_iri(text) and (head not in prefixes or rest.startswith("//"))

    return test


def of_tag_only(constraint: Constraint, compiled: Callable[[Any], CompiledShape]) -> bool:
    """Say whether the verdict on a text in a language depends on its language tag alone."""
    if constraint.name in ("or", "and", "xone", "not", "node"):
        nodes = constraint.argument if isinstance(constraint.argument, tuple) else (constraint.argument,)
        return all(_shape_of_tag_only(compiled(node)) for node in nodes)
    return constraint.name in _OF_TAG


def _shape_of_tag_only(shape: CompiledShape) -> bool:
    plain = shape.walk is None and not shape.set_checks and not shape.properties
    return plain and all(check.name in _OF_TAG for check in shape.value_checks)


def remembered(
    tests: Sequence[ValueTest], make: Callable[[Any], Term | None], graph: DataGraph
) -> tuple[dict[Any, bool], Callable[[Any], bool]]:
    """Return a memo, and the function that fills it with the verdict of all tests on the term made of a key.

    The memo belongs to one frozen background, so its version is part of every key by construction. It forgets
    everything when it has grown to 100,000 keys.
    """
    memo: dict[Any, bool] = {}

    def judge(key: Any) -> bool:
        if len(memo) >= _MOST_REMEMBERED:
            memo.clear()
        term = make(key)
        verdict = memo[key] = term is not None and all(test(term, graph) for test in tests)
        return verdict

    return memo, judge
