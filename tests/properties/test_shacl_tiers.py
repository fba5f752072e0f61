"""Properties: the tiers agree on generated and mutated records, repairs work, the regex engines agree."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks import shacl_workload as workload
from registry.errors import InvalidInputError
from registry.model.validation import ValidationReport
from registry.shacl import Background, RecordContext, RecordValidator, ShapesError, compile_shapes
from registry.shacl.datatypes import lexical_check
from registry.shacl.json_patch import apply_patch
from registry.shacl.json_text import parse_record
from registry.shacl.records import parse_json_ld
from registry.shacl.regex import compile_pattern
from registry.shacl.regex.automaton import build_automaton
from registry.shacl.repair import Knowledge, Suggestion, advise
from registry.shacl.repair_values import rewritings
from tests.conftest import LONG
from tests.unit.shacl.worlds import XSD, signature

QUICK = settings(
    max_examples=20_000 if LONG else 300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CONCEPT = workload.concept(5)
TEXTS = st.one_of(
    st.sampled_from(
        [
            *("x", "DOC-000001", "DOC-000001\n", "2021-02-03", "2021-02-30", "1999-12-31Z", "2035-01-01", "true", "5"),
            *("2021-02-03T10:00:00", "2021-02-03T25:00:00Z", "01", "+7", "1.0", "0", "-5", "999999", "1000000", "ééé"),
            *(CONCEPT, workload.concept(19_999), "mailto:a@b", "dct:x", "ftp://x", "https://ok/", "rel", "urn:a:b"),
            *("_:b7", "http://a b", "https://example.org/n", "", "en"),
        ]
    ),
    st.text(max_size=12),
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none())
LANGUAGES = st.sampled_from(["en", "de", "EN", "es", "@none", "fr-CA", "not a tag"])
NODES = st.sampled_from(
    [
        {"@id": CONCEPT},
        {"@id": workload.concept(19_999), "@type": workload.SKOS + "Concept"},
        {"@id": "https://example.org/n", "@type": "Document", "identifier": "DOC-000001"},
        {"@id": "https://example.org/new", "@type": workload.SKOS + "Concept"},
        {"name": "x", "email": "mailto:a@b"},
        {"name": "x", "email": ["mailto:a", "http://b"]},
        {"name": "q", "@type": "https://example.org/T"},
        {"name": None},
        {"@value": "a", "@language": "EN"},
        {"@value": "2021-02-03", "@type": XSD + "date"},
        {"@value": "1", "@type": XSD + "integer"},
        {"@set": ["a", CONCEPT]},
        {"@list": ["a"]},
        {},
    ]
)
MAPS = st.dictionaries(LANGUAGES, st.one_of(TEXTS, st.lists(TEXTS, max_size=2), st.none()), max_size=3)
SINGLE = st.one_of(TEXTS, NUMBERS, NODES, MAPS)
VALUES = st.one_of(SINGLE, st.lists(SINGLE, max_size=3))
FIELDS = st.sampled_from(
    [name for name in workload.CONTEXT if name not in ("dct", "schema", "dcat", "Document")]
    + ["@id", "@type", "unknown", "dct:title", "https://example.org/p", "@nest"]
)
CHANGES = st.dictionaries(FIELDS, VALUES, max_size=3)


@cache
def _validator() -> RecordValidator:
    context = RecordContext.from_json_ld(workload.CONTEXT)
    return compile_shapes(workload.shapes()).for_records(context, Background(workload.taxonomy(), version="1"))


@cache
def _base() -> list[dict[str, Any]]:
    return list(workload.records(50))


def _outcome(answer: Any) -> ValidationReport | None:
    try:
        result: ValidationReport = answer()
    except InvalidInputError:
        return None
    return result


@QUICK
@given(number=st.integers(0, 49), changes=CHANGES, dropped=st.sets(FIELDS, max_size=2))
def test_the_json_tier_and_the_graph_tier_agree(number: int, changes: dict[str, Any], dropped: set[str]) -> None:
    validator = _validator()
    record = {name: value for name, value in (_base()[number] | changes).items() if name not in dropped}
    record = json.loads(json.dumps(record))
    fast = _outcome(lambda: validator.validate(record))
    slow = _outcome(
        lambda: validator.shapes.validate_graph(parse_json_ld(record, validator.context), validator.background)
    )
    assert (fast is None) is (slow is None)
    if fast is not None and slow is not None:
        assert fast.conforms is slow.conforms
        assert signature(fast) == signature(slow)


@QUICK
@given(number=st.integers(0, 49), changes=CHANGES)
def test_a_pointer_leads_to_a_value_or_to_where_one_is_missing(number: int, changes: dict[str, Any]) -> None:
    record = _base()[number] | changes
    answer = _outcome(lambda: _validator().validate(record))
    for result in answer.results if answer else ():
        if result.pointer:
            home, _, name = result.pointer.rpartition("/")
            value: Any = record
            for token in home.split("/")[1:]:
                token = token.replace("~1", "/").replace("~0", "~")
                value = value[int(token)] if isinstance(value, list) else value[token]
            assert isinstance(value, list | dict)
            assert result.value is None or not isinstance(value, list) or int(name) < len(value)


def _nearest(text: str, _: str | None) -> list[Suggestion]:
    return [Suggestion(ox.NamedNode(CONCEPT), "Concept 5", 0.9)] if text else []


@QUICK
@given(number=st.integers(0, 49), changes=CHANGES)
def test_a_repair_applied_makes_its_result_disappear(number: int, changes: dict[str, Any]) -> None:
    record = _base()[number] | changes
    validator = _validator()
    before = _outcome(lambda: validator.validate(record))
    assume(before is not None and not before.conforms)
    assert before is not None
    copied = json.dumps(record)
    advised = advise(record, before, validator, Knowledge(_nearest))
    assert json.dumps(record) == copied
    for result in advised.results:
        if result.repair is not None:
            after = validator.validate(apply_patch(record, result.repair.patch))
            assert len(after.results) < len(before.results)
            assert all(
                (each.focus_node, each.result_path, each.value, each.source_constraint_component)
                != (result.focus_node, result.result_path, result.value, result.source_constraint_component)
                for each in after.results
                if each.source_shape == result.source_shape
            )


@QUICK
@given(
    text=st.text(alphabet="0123456789-/. TZ:abcMärzjul,", max_size=20),
    name=st.sampled_from(["date", "dateTime", "integer", "boolean", "decimal"]),
)
def test_a_rewriting_is_always_in_the_lexical_space(text: str, name: str) -> None:
    check = lexical_check(XSD + name)
    assert check is not None
    assert all(check(each.text) and 0 < each.confidence <= 1 for each in rewritings(text, XSD + name))


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "(a|b)", "(?:ab)", "^", "$", "|", "(a*)", "(b+a?)"])
QUANTITIES = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{0,}"])


@QUICK
@given(
    parts=st.lists(st.tuples(ATOMS, QUANTITIES), max_size=6),
    text=st.text("ab1\n", max_size=12),
    flags=st.sampled_from(["", "m", "s", "i"]),
)
def test_the_automaton_and_the_backtracking_matcher_agree(parts: list[tuple[str, str]], text: str, flags: str) -> None:
    source = "".join(atom + ("" if atom in "^$|" else quantity) for atom, quantity in parts)
    pattern = compile_pattern(source, flags)
    options = re.IGNORECASE if "i" in flags else 0
    automaton = build_automaton(pattern.tree, flags=options, multiline="m" in flags)
    assert automaton.search(text) == (pattern._matcher(text) is not None)


@QUICK
@given(source=st.text(alphabet=r"ab[]()^$.*+?{}|\-dwpL12,:=!<i", max_size=12))
def test_any_text_is_a_pattern_or_is_refused(source: str) -> None:
    try:
        pattern = compile_pattern(source)
    except ShapesError:
        return
    assert pattern.search("abcaab1") in (True, False)


@QUICK
@given(
    st.recursive(
        NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8
    )
)
def test_every_json_object_parses_to_itself(value: Any) -> None:
    record = {"value": value, "": 1}
    assume(not any(isinstance(each, int) and abs(each) >= 2**63 for each in _scalars(record)))
    for text in (json.dumps(record), json.dumps(record, indent=1, separators=(", ", " : "))):
        assert parse_record(text) == record


def _scalars(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for each in value.values() for inner in _scalars(each)]
    return [inner for each in value for inner in _scalars(each)] if isinstance(value, list) else [value]
