"""Repair advice: what is proposed for the faults people make, and how sure it is."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from registry.errors import InvalidInputError
from registry.model.validation import PatchOperation, Repair
from registry.shacl import FieldRule, RecordContext
from registry.shacl.json_patch import apply_patch, resolve_pointer
from registry.shacl.repair import Knowledge, Suggestion, advise, json_value
from registry.shacl.repair_values import rewritings
from tests.unit.shacl.test_json_tier import GOOD, SHAPES
from tests.unit.shacl.worlds import EX, XSD, compiled, records

REPAIRABLE = SHAPES + (
    "ex:DocumentShape sh:property ex:kind, ex:day, ex:open . "
    'ex:kind sh:path ex:note ; sh:in ( "policy" "contract" ) . '
    "ex:day sh:path ex:changed ; sh:datatype xsd:date . ex:open sh:path ex:size ; sh:datatype xsd:boolean ."
)
LABELS = {"anual leave": (EX + "annual", "Annual leave", 0.94), "annual leave": (EX + "annual", "Annual leave", 1.0)}


def _nearest(text: str, _: str | None) -> list[Suggestion]:
    found = LABELS.get(text.casefold())
    return [] if found is None else [Suggestion(ox.NamedNode(found[0]), found[1], found[2])]


def _replacements(concept: ox.NamedNode) -> list[ox.NamedNode]:
    names = {"old": ["annual"], "split": ["annual", "summer"]}.get(concept.value.removeprefix(EX), [])
    return [ox.NamedNode(EX + name) for name in names]


def _repairs(change: dict[str, Any]) -> list[Repair]:
    validator = records(REPAIRABLE)
    record = {**GOOD, **change}
    advised = advise(record, validator.validate(record), validator, Knowledge(_nearest, _replacements))
    return [each.repair for each in advised.results if each.repair is not None]


def _replace(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


@pytest.mark.parametrize(
    ("change", "patch", "repair_class"),
    [
        ({"topic": "Anual Leave"}, _replace("/topic", EX + "annual"), "review"),
        ({"topic": "annual leave"}, _replace("/topic", EX + "annual"), "auto"),
        ({"topic": ["ex:leave", "annual leave"]}, _replace("/topic/1", EX + "annual"), "auto"),
        ({"topic": EX + "old"}, _replace("/topic", EX + "annual"), "auto"),
        ({"topic": EX + "split"}, _replace("/topic", EX + "annual"), "review"),
        ({"topic": {"@value": EX + "annual"}}, _replace("/topic", EX + "annual"), "auto"),
        ({"issued": "3.2.2021"}, _replace("/issued", "2021-02-03"), "auto"),
        ({"issued": {"@value": "2021-02-03"}}, _replace("/issued", "2021-02-03"), "auto"),
        ({"pages": "1'200"}, _replace("/pages", "1200"), "auto"),
        ({"pages": "12.0"}, _replace("/pages", "12"), "auto"),
        ({"size": "Yes"}, _replace("/size", {"@value": "true", "@type": XSD + "boolean"}), "auto"),
        ({"code": " ABC"}, _replace("/code", "ABC"), "auto"),
        ({"code": "abc"}, _replace("/code", "ABC"), "review"),
        ({"note": "Policy"}, _replace("/note", "policy"), "auto"),
        ({"note": "contrakt"}, _replace("/note", "contract"), "review"),
        ({"title": {"ger": "Urlaub"}}, [{"op": "move", "from": "/title/ger", "path": "/title/de"}], "auto"),
    ],
)
def test_a_fault_gets_this_repair(change: dict[str, Any], patch: list[dict[str, Any]], repair_class: str) -> None:
    repair = _repairs(change)[0]
    assert [operation.to_json() for operation in repair.patch] == patch
    assert repair.repair_class == repair_class
    assert 0 < repair.confidence <= 1
    assert len(repair.explanation) > 10


@pytest.mark.parametrize(
    "change", [{"code": "12"}, {"topic": "Nothing known"}, {"issued": "soon"}, {"pages": "many"}, {"code": None}]
)
def test_without_a_repair_that_works_none_is_given(change: dict[str, Any]) -> None:
    assert _repairs(change) == []


def test_a_misspelt_field_is_moved_to_the_one_that_is_meant() -> None:
    fields = {name: FieldRule(ox.NamedNode(EX + name)) for name in ("title", "code")}
    shapes = (
        "ex:S sh:targetClass ex:Document ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property "
        "[ sh:path ex:title ; sh:minCount 1 ] , [ sh:path ex:code ; sh:defaultValue 'X' ; sh:minCount 1 ] ."
    )
    validator = compiled(shapes).for_records(RecordContext.from_mapping(fields, record_class=EX + "Document"))
    record = {"titel": "a"}
    advised = advise(record, validator.validate(record), validator)
    patches = [[each.to_json() for each in result.repair.patch] for result in advised.results if result.repair]
    assert [{"op": "move", "from": "/titel", "path": "/title"}] in patches
    assert [{"op": "add", "path": "/code", "value": "X"}] in patches
    assert {result.repair.repair_class for result in advised.results if result.repair} == {"review"}


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("2021-2-3", "date", "2021-02-03"),
        ("2021/02/03", "date", "2021-02-03"),
        ("20210203", "date", "2021-02-03"),
        ("3 February 2021", "date", "2021-02-03"),
        ("February 3rd, 2021", "date", "2021-02-03"),
        ("3. März 2021", "date", "2021-03-03"),
        ("2021-02-03T10:00:00Z", "date", "2021-02-03"),
        ("13/02/2021", "date", "2021-02-13"),
        ("02/13/2021", "date", "2021-02-13"),
        ("2021-02-03 10:00", "dateTime", "2021-02-03T10:00:00"),
        ("2021-02-03T10:00:00+0100", "dateTime", "2021-02-03T10:00:00+01:00"),
        ("2021-02-03", "dateTime", "2021-02-03T00:00:00"),
        (" 7 ", "integer", "7"),
        ("1,000", "integer", "1000"),
        ("1,5", "decimal", "1.5"),
        ("TRUE", "boolean", "true"),
        ("nein", "boolean", "false"),
    ],
)
def test_a_text_is_rewritten_in_its_datatype(text: str, datatype: str, expected: str) -> None:
    assert next(rewritings(text, XSD + datatype)).text == expected


@pytest.mark.parametrize("text", ["2021-02-30", "31.02.2021", "yesterday", "2021", "", "99/99/2021"])
def test_what_is_no_date_is_not_made_one(text: str) -> None:
    assert list(rewritings(text, XSD + "date")) == []


def test_a_date_of_two_readings_is_never_certain() -> None:
    found = list(rewritings("03/02/2021", XSD + "date"))
    assert [each.text for each in found] == ["2021-02-03", "2021-03-02"]
    assert not any(each.certain for each in found)


COPIED = [PatchOperation("copy", "/b", from_="/a"), PatchOperation("remove", "/a/x")]


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": 1}, [PatchOperation("add", "/b", [1])], {"a": 1, "b": [1]}),
        ({"a": [1, 3]}, [PatchOperation("add", "/a/1", 2)], {"a": [1, 2, 3]}),
        ({"a": [1]}, [PatchOperation("add", "/a/-", 2)], {"a": [1, 2]}),
        ({"a": [1, 2]}, [PatchOperation("remove", "/a/0")], {"a": [2]}),
        ({"a": 1}, [PatchOperation("replace", "", [1])], [1]),
        ({"a": 1}, [PatchOperation("move", "/b", from_="/a")], {"b": 1}),
        ({"a": {"x": 1}}, COPIED, {"a": {}, "b": {"x": 1}}),
        ({"a/b~": 1}, [PatchOperation("test", "/a~1b~0", 1), PatchOperation("add", "", None)], None),
    ],
)  # fmt: skip
def test_patches_are_applied_as_rfc_6902_says(document: Any, patch: list[PatchOperation], expected: Any) -> None:
    assert apply_patch(document, patch) == expected


@pytest.mark.parametrize(
    "patch",
    [
        PatchOperation("remove", "/z"),
        PatchOperation("replace", "/z", 1),
        PatchOperation("add", "/z/y", 1),
        PatchOperation("add", "/a/2", 1),
        PatchOperation("remove", "/a/01x"),
        PatchOperation("test", "/a", 2),
        PatchOperation("add", "a", 2),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_and_changes_nothing(patch: PatchOperation) -> None:
    document = {"a": [1]}
    with pytest.raises(InvalidInputError):
        apply_patch(document, [PatchOperation("add", "/b", 1), patch])
    assert document == {"a": [1]}


def test_a_pointer_resolves() -> None:
    assert resolve_pointer({"a": [{"": 5}]}, "/a/0/") == 5


@pytest.mark.parametrize(
    ("term", "rule", "value"),
    [
        (ox.NamedNode(EX + "x"), FieldRule(ox.NamedNode(EX + "p"), is_iri=True), EX + "x"),
        (ox.NamedNode(EX + "x"), None, {"@id": EX + "x"}),
        (ox.Literal("a", language="en"), FieldRule(ox.NamedNode(EX + "p"), language="en"), "a"),
        (ox.Literal("a", language="en"), None, {"@value": "a", "@language": "en"}),
        (ox.Literal("a"), None, {"@value": "a"}),
        (ox.BlankNode("b"), None, {"@id": "_:b"}),
    ],
)
def test_terms_become_values_of_a_field(term: Any, rule: FieldRule | None, value: Any) -> None:
    assert json_value(term, rule, in_map=False) == value
