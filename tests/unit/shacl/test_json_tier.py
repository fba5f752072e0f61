"""The JSON tier: every trap of JSON records, with the same verdict as JSON-LD and the graph tier give."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyoxigraph as ox
import pytest

from registry.errors import InvalidInputError, SyntaxFaultError, TooLargeError
from registry.shacl import Background, FieldRule, RecordContext, RecordValidator
from registry.shacl.json_text import parse_record
from registry.shacl.records import canonical_double, parse_json_ld
from tests.unit.shacl.worlds import CONTEXT, EX, TAXONOMY, XSD, compiled, pointed, quads, records, signature

SHAPES = """
ex:DocumentShape a sh:NodeShape ; sh:targetClass ex:Document ; sh:closed true ;
    sh:ignoredProperties ( rdf:type ex:author ex:size ) ; sh:property ex:title, ex:code, ex:tag, ex:topic, ex:issued,
    ex:pages, ex:steps, ex:authorName .
ex:title sh:path ex:title ; sh:uniqueLang true ; sh:languageIn ( "en" "de" ) ; sh:maxCount 3 .
ex:code sh:path ex:code ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:pattern "^[A-Z]{3}$" .
ex:tag sh:path ex:tag ; sh:minCount 2 ; sh:minLength 1 .
ex:topic sh:path ex:topic ; sh:nodeKind sh:IRI ; lex:inBranch ex:leave .
ex:issued sh:path ex:issued ; sh:datatype xsd:date ; sh:lessThan ex:changed .
ex:pages sh:path ex:pages ; sh:datatype xsd:integer ; sh:minInclusive 1 .
ex:steps sh:path ex:steps ; sh:maxCount 1 .
ex:authorName sh:path ex:author ; sh:node [ sh:property [ sh:path ex:name ; sh:minCount 1 ] ] .
"""
GOOD: dict[str, Any] = {
    "id": EX + "one",
    "@type": "Document",
    "title": {"en": "Leave policy", "de": "Urlaub"},
    "code": "ABC",
    "tags": ["a", "b"],
    "topic": EX + "annual",
    "issued": "2021-02-03",
    "pages": "12",
    "author": {"name": "Ada"},
}

CASES: dict[str, tuple[dict[str, Any], set[tuple[str | None, str]]]] = {
    "nothing wrong": ({}, set()),
    "duplicate array values are one value": ({"tags": ["a", "a"]}, {("/tags", "MinCount")}),
    "a list of one": ({"code": ["ABC"]}, set()),
    "an empty list": ({"code": []}, {("/code", "MinCount")}),
    "null": ({"code": None}, {("/code", "MinCount")}),
    "a text with a line feed": ({"code": "ABC\n"}, {("/code", "Pattern")}),
    "a number where a string is due": ({"code": 5}, {("/code", "Datatype"), ("/code", "Pattern")}),
    "a number for an integer": ({"pages": 12}, set()),
    "1.0 is an integer of JSON-LD": ({"pages": 1.0}, set()),
    "1.5 is none": ({"pages": 1.5}, {("/pages", "Datatype"), ("/pages", "MinInclusive")}),
    "1e3": ({"pages": 1e3}, set()),
    "an integer of twenty-one digits": ({"pages": 10**20}, set()),
    "an integer of thirty-one digits": ({"pages": 10**30}, {("/pages", "Datatype"), ("/pages", "MinInclusive")}),
    "true": ({"pages": True}, {("/pages", "Datatype"), ("/pages", "MinInclusive")}),
    "a language map with @none": ({"title": {"@none": "x"}}, {("/title/@none", "LanguageIn")}),
    "a language map with null": ({"title": {"en": None}}, set()),
    "a language map with a list": ({"title": {"en": ["a", "b"]}}, {("/title", "UniqueLang")}),
    "languages that differ in case": ({"title": {"en": "a", "EN": "b"}}, {("/title", "UniqueLang")}),
    "a language that is not allowed": ({"title": {"fr": "a"}}, {("/title/fr", "LanguageIn")}),
    "a text that should be a map": ({"title": "plain"}, {("/title", "LanguageIn")}),
    "a value object": ({"code": {"@value": "ABC"}}, set()),
    "a typed value object": ({"pages": {"@value": "7", "@type": XSD + "integer"}}, set()),
    "a set object": ({"tags": {"@set": ["a", "b"]}}, set()),
    "a label where a concept is due": ({"topic": "Annual leave"}, {("/topic", "NodeKind"), ("/topic", "InBranch")}),
    "a concept outside the branch": ({"topic": EX + "pay"}, {("/topic", "InBranch")}),
    "an IRI with a control character": ({"topic": "a:\x7f"}, {("/topic", "NodeKind"), ("/topic", "InBranch")}),
    "a compact IRI": ({"topic": "ex:annual"}, set()),
    "a reference object": ({"topic": {"@id": EX + "annual"}}, set()),
    "a concept that is declared": (
        {"topic": {"@id": EX + "new", "@type": "http://www.w3.org/2004/02/skos/core#Concept"}},
        {("/topic", "InBranch")},
    ),
    "a date that does not exist": ({"issued": "2021-02-30"}, {("/issued", "Datatype")}),
    "a date after the change": ({"changed": "2021-01-01"}, {("/issued", "LessThan"), ("/changed", "Closed")}),
    "a field the shape does not know": ({"note": "x"}, {("/note", "Closed")}),
    "a field the context does not know": ({"unknown": {"@id": EX + "y", "@type": "Document"}}, set()),
    "a nested node without a name": ({"author": {"size": 1}}, {("/author", "Node")}),
    "a nested node that is itself a target": (
        {"author": {"@id": EX + "two", "@type": "Document", "name": "x", "code": "ABC", "tags": ["a", "b"]}},
        {("/author/name", "Closed")},
    ),
    "the same @id twice": ({"author": {"@id": EX + "one", "name": "x"}}, {("/author/name", "Closed")}),
    "a reference to itself": ({"topic": EX + "one"}, {("/topic", "InBranch")}),
    "several faults": ({"code": "x", "pages": "0"}, {("/code", "Pattern"), ("/pages", "MinInclusive")}),
}  # fmt: skip

OUTSIDE: dict[str, dict[str, Any]] = {
    "@list": {"steps": ["a", "b"]},
    "@reverse": {"parent": {"@id": EX + "p"}},
    "@nest": {"more": {"code": "ABD"}},
    "a blank node": {"topic": "_:b"},
    "a list in a list": {"tags": [["a"], "b"]},
    "its own context": {"@context": {"code": EX + "other"}},
    "an index nobody declared": {"@index": "x"},
    "a huge integer beside it": {"pages": 10**30, "more": {"code": "ABD"}},
    "an empty object": {"author": {}},
    "a graph": {"@graph": [{"@type": "Document", "code": "x"}]},
}


def _graph_tier(validator: RecordValidator, record: dict[str, Any]) -> Any:
    return validator.shapes.validate_graph(parse_json_ld(record, validator.context), validator.background)


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES.keys())
def test_a_record_gets_these_results_at_these_places(
    change: dict[str, Any], expected: set[tuple[str | None, str]]
) -> None:
    validator = records(SHAPES)
    record = {**GOOD, **change}
    before = json.dumps(record)
    answer = validator.validate(record)
    assert pointed(answer) == expected
    assert signature(answer) == signature(_graph_tier(validator, record))
    assert json.dumps(record) == before
    assert signature(validator.validate(record)) == signature(answer)


@pytest.mark.parametrize("change", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_what_the_context_cannot_tell_is_read_as_json_ld(change: dict[str, Any]) -> None:
    validator = records(SHAPES)
    record = {**GOOD, **change}
    assert signature(validator.validate(record)) == signature(_graph_tier(validator, record))


def test_good_records_never_become_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    validator = records(SHAPES)
    assert validator.validate(GOOD).conforms

    def forbidden(*_: object) -> None:
        raise AssertionError("a record that passes the quick check was made into terms")

    monkeypatch.setattr("registry.shacl.record_validator.translate", forbidden)
    assert validator.validate(dict(GOOD)).conforms


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S sh:targetSubjectsOf ex:code ; sh:nodeKind sh:BlankNode .",
        "ex:S sh:targetObjectsOf ex:topic ; sh:nodeKind sh:BlankNode .",
        "ex:S sh:targetNode ex:one ; sh:nodeKind sh:BlankNode .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path [ sh:inversePath ex:topic ] ; sh:minCount 1 ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ( ex:author ex:name ) ; sh:maxCount 0 ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path rdf:type ; sh:maxCount 0 ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:absent ; sh:minCount 1 ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:absent ; sh:hasValue 1 ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:code ; sh:equals ex:name ] .",
        'ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:tag ; sh:hasValue "c" ] .',
        "ex:S sh:targetClass ex:Document ; sh:nodeKind sh:BlankNode .",
        "ex:S sh:targetClass ex:Document ; sh:class ex:Other .",
        "ex:S sh:targetClass ex:Document ; sh:closed true .",
        "ex:S sh:targetClass ex:Document ; sh:closed true ; sh:ignoredProperties ( rdf:type ) .",
        "ex:S sh:targetClass ex:Document ; sh:node [ sh:property [ sh:path ex:code ; sh:maxCount 0 ] ] .",
        "ex:S sh:targetClass ex:Document ; sh:and ( [ sh:property [ sh:path ex:code ; sh:maxLength 2 ] ] ) .",
        "ex:S sh:targetClass ex:Document ; sh:or ( [ sh:property [ sh:path ex:code ; sh:maxLength 2 ] ] ) .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:topic ; sh:property [ sh:path skos:broader ; "
        "sh:hasValue ex:pay ] ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:author ; sh:property [ sh:path ex:name ; "
        "sh:maxLength 1 ] ] .",
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:author ; sh:node [ sh:closed true ] ] .",
        'ex:S sh:targetClass ex:Document ; sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o }" ] .',
    ],
)
def test_every_kind_of_shape_gets_the_verdict_of_the_graph_tier(shapes: str) -> None:
    validator = records(shapes)
    answer = validator.validate(GOOD)
    assert not answer.conforms
    assert signature(answer) == signature(_graph_tier(validator, GOOD))


def test_a_class_below_the_targeted_one_is_checked_too() -> None:
    assert pointed(records(SHAPES).validate({**GOOD, "@type": "Policy", "code": "x"})) == {("/code", "Pattern")}


def test_a_record_about_a_node_of_the_background_is_judged_with_what_the_background_says() -> None:
    shapes = "ex:S sh:targetClass ex:Document ; sh:property [ sh:path skos:broader ; sh:maxCount 0 ] ."
    validator = records(shapes)
    assert validator.validate(GOOD).conforms
    assert not validator.validate({**GOOD, "id": EX + "annual"}).conforms


def test_a_plain_mapping_reports_fields_it_does_not_know() -> None:
    context = RecordContext.from_mapping(
        {"code": FieldRule(ox.NamedNode(EX + "code")), "titel/de": FieldRule(ox.NamedNode(EX + "title"))},
        record_class=EX + "Document",
        id_field="key",
        type_field="kind",
    )
    shapes = (
        "ex:S sh:targetClass ex:Document ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; "
        "sh:property [ sh:path ex:code ; sh:minCount 1 ] , [ sh:path ex:title ; sh:maxLength 1 ] ."
    )
    validator = compiled(shapes).for_records(context)
    assert validator.validate({"code": "a"}).conforms
    assert pointed(validator.validate({"key": EX + "x", "titel/de": "ab", "cod": "a"})) == {
        ("/code", "MinCount"),
        ("/titel~1de", "MaxLength"),
        ("/cod", "Closed"),
    }


def test_a_context_of_prefixes_vocabulary_language_and_base() -> None:
    context = {"@vocab": EX, "@language": "en", "@base": EX, "code": {"@id": "code", "@language": None}}
    shapes = (
        "ex:S sh:targetClass ex:Document ; sh:property [ sh:path ex:code ; sh:datatype xsd:string ] , "
        '[ sh:path ex:free ; sh:languageIn ( "en" ) ; sh:minLength 3 ] .'
    )
    validator = records(shapes, context)
    for record in ({"code": "a", "free": "abc"}, {"code": "a", "free": "ab"}, {"@id": "rel", "free": 1}):
        record = {"@type": "Document", **record}
        assert signature(validator.validate(record)) == signature(_graph_tier(validator, record))


@pytest.mark.parametrize("record", [[], "text", None, 5, True])
def test_what_is_no_object_is_refused(record: Any) -> None:
    with pytest.raises(InvalidInputError, match="JSON object"):
        records(SHAPES).validate(record)


def test_an_empty_object_has_no_focus_node() -> None:
    assert records(SHAPES).validate({}).conforms


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_numbers_json_does_not_have_are_refused(number: float) -> None:
    with pytest.raises(InvalidInputError):
        records(SHAPES).validate({**GOOD, "pages": number})


@pytest.mark.parametrize("field", ["author", "unknown", "steps", "note"])
def test_bottomless_nesting_is_refused(field: str) -> None:
    nested: dict[str, Any] = {}
    for _ in range(10_000):
        nested = {"author": nested}
    with pytest.raises(InvalidInputError, match="deeper"):
        records(SHAPES).validate({**GOOD, field: nested, "more": {}})


def test_an_identity_that_is_no_iri_is_refused_not_dropped() -> None:
    for record in (
        {**GOOD, "id": "17"},
        {**GOOD, "author": {"@id": "a b", "name": "x"}},
        {**GOOD, "id": "17", "more": {}},
    ):
        with pytest.raises(InvalidInputError, match="absolute IRI"):
            records(SHAPES).validate(record)


def test_remote_contexts_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        records(SHAPES).validate({**GOOD, "@context": "http://192.0.2.1/context.jsonld"})
    with pytest.raises(InvalidInputError, match="not fetched"):
        RecordContext.from_json_ld("http://192.0.2.1/context.jsonld")  # type: ignore[arg-type]


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        records(SHAPES).validate({**GOOD, "code": "\ud800"})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b'{"a": NaN}', InvalidInputError),
        (b'{"a": "\\ud800"}', InvalidInputError),
        (b'{"a": 1', SyntaxFaultError),
        (b'{"a": "\xff"}', SyntaxFaultError),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, InvalidInputError),
        (b"[1]", InvalidInputError),
        (b'{"a": 1, "a": 2}', InvalidInputError),
        (b'{"a": {"b": 1, "b" : 2}}', InvalidInputError),
        (b'{"a": "' + b"x" * 2000 + b'"}', TooLargeError),
    ],
)
def test_text_that_is_no_record_is_refused(text: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_record(text, largest=1000 if error is TooLargeError else 200_000)


def test_text_that_only_looks_as_if_it_named_a_member_twice_is_a_record() -> None:
    assert parse_record('{"a": "x\\":y", "b" : {"a": [{"a": 1}]}}') == {"a": 'x":y', "b": {"a": [{"a": 1}]}}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((1.5, "1.5E0"), (0.1, "1.0E-1"), (-19.99, "-1.999E1"), (1e300, "1.0E300"), (123456.75, "1.2345675E5")),
        *((0.0, "0.0E0"), (5e-324, "5.0E-324"), (1e21, "1.0E21")),
    ],
)
def test_doubles_are_written_as_json_ld_writes_them(number: float, text: str) -> None:
    assert canonical_double(number) == text


def test_results_do_not_depend_on_what_was_validated_before() -> None:
    one, other = records(SHAPES), records(SHAPES)
    sequence = [{**GOOD, **change} for change, _ in CASES.values()]
    forwards = [signature(one.validate(record)) for record in sequence]
    backwards = [signature(other.validate(record)) for record in reversed(sequence)]
    assert forwards == backwards[::-1]


def test_a_validator_belongs_to_one_background() -> None:
    shapes = compiled(SHAPES)
    context = RecordContext.from_json_ld(CONTEXT)
    record = {**GOOD, "topic": EX + "new"}
    old = shapes.for_records(context, Background(quads(TAXONOMY)))
    new = shapes.for_records(context, Background(quads(TAXONOMY + "ex:new skos:broader ex:leave .")))
    assert (old.validate(record).conforms, new.validate(record).conforms) == (False, True)


def test_a_record_read_as_json_ld_has_pointers_to_its_own_fields() -> None:
    validator = records(SHAPES)
    assert pointed(validator.validate({**GOOD, "code": "abc", "steps": ["a"]})) == {("/code", "Pattern")}
    listed = {**GOOD, "topic": ["ex:annual", "Leave"], "steps": ["a"]}
    assert pointed(validator.validate(listed)) == {("/topic/1", "NodeKind"), ("/topic/1", "InBranch")}
    inner = {"@type": "Document", "id": EX + "two", "code": "abc", "tags": ["a", "b"]}
    assert pointed(validator.validate({**GOOD, "parent": inner})) == {(None, "Closed"), (None, "Pattern")}
    nameless = {name: value for name, value in GOOD.items() if name != "id"}
    assert pointed(validator.validate({**nameless, "code": "abc", "steps": ["a"]})) == {(None, "Pattern")}


def test_threads_may_share_a_validator() -> None:
    validator, expected = records(SHAPES), records(SHAPES)
    sequence = [{**GOOD, **change} for change, _ in CASES.values()] * 5
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(validator.validate, sequence))
    assert [signature(each) for each in answers] == [signature(expected.validate(record)) for record in sequence]


@pytest.mark.parametrize(
    "text", ["PTO", "a.b", "a b", "../x", "#x", "?x", "/x", "x/y", ".", "", "a:b:c", "x%20y", "@id"]
)
def test_texts_beside_a_base_are_resolved_as_json_ld_resolves_them(text: str) -> None:
    for base in (EX + "unresolved/", EX + "a/b", "https://example.org", "urn:x:y"):
        validator = records(SHAPES, {**CONTEXT, "@base": base})
        record = {**GOOD, "topic": text}
        answer = validator.validate(record)
        assert signature(answer) == signature(_graph_tier(validator, record))
    assert text != "PTO" or pointed(records(SHAPES, {**CONTEXT, "@base": EX + "x/"}).validate(record)) == {
        ("/topic", "InBranch")
    }
