"""A content source inferred from a sample: what its fields mean, where values come from, a first profile."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson
import pytest

from registry.contract import shapes, sources, validation
from registry.contract.departments import ADD, AddDepartment
from registry.errors import InvalidInputError
from registry.services.inferred_profile import common_pattern
from registry.services.samples import form_of, read_sample
from tests.adapters.registries import Registry

RECORDS: list[dict[str, Any]] = [
    {
        "id": f"https://site.example/{n}",
        "pageTitle": {"en": f"Page {n}", "de": f"Seite {n}"},
        "docNumber": f"DOC-{n:04d}",
        "created": "2026-01-01",
        "updatedAt": "2026-01-02T10:00:00Z",
        "tags": ["one", "two"] if n % 2 else ["three"],
        "state": ("draft", "final", "old")[n % 3],
        "words": n * 10,
        "owner": {"iri": f"https://people.example/{n % 4}"},
    }
    for n in range(40)
]


def inferred(registry: Registry, body: bytes, **fields: Any) -> sources.SourceInference:
    asked = sources.InferSource(key="site", **fields)
    found: sources.SourceInference = registry.call(sources.INFER, asked, io.BytesIO(body))
    return found


def ndjson(records: list[dict[str, Any]]) -> bytes:
    return b"\n".join(orjson.dumps(record) for record in records)


def test_what_a_sample_shows_is_told_with_its_evidence(registry: Registry) -> None:
    found = {one.field: one for one in inferred(registry, ndjson(RECORDS)).fields}
    assert found["id"].property == "@id"
    assert (found["pageTitle"].property, found["pageTitle"].value_type) == (
        "http://purl.org/dc/terms/title",
        "@language",
    )
    assert found["created"].property.endswith("issued")
    assert found["updatedAt"].value_type == "http://www.w3.org/2001/XMLSchema#dateTime"
    assert found["tags"].several
    assert found["state"].values == ["draft", "final", "old"]
    assert found["words"].value_type == "http://www.w3.org/2001/XMLSchema#integer"
    assert (found["owner"].value_type, found["owner"].reference_keys) == ("@id", ["iri"])
    assert all(0 < one.confidence <= 1 and "of 40 records" in one.evidence for one in found.values())


def test_the_sample_conforms_to_its_first_profile_and_what_breaks_the_rules_does_not(registry: Registry) -> None:
    found = inferred(registry, ndjson(RECORDS))
    registry.call(ADD, AddDepartment(key="web", name="Web"))
    registry.call(shapes.PUBLISH, shapes.PublishShapes(key="site", owner="web"), io.BytesIO(found.profile.encode()))
    registry.call(sources.REGISTER, sources.RegisterSource(key="site", owner="web", title="Site",
                                                           context=found.context, profile="site"))  # fmt: skip
    stream = registry.call(validation.STREAM, validation.ValidateStream(source="site"), io.BytesIO(ndjson(RECORDS)))
    answers = [orjson.loads(line) for line in stream.read().splitlines()]
    assert answers[-1]["summary"]["conforming"] == 40, answers[0]
    for change in ({"state": "lost"}, {"docNumber": "DOC-1"}, {"created": "yesterday"}, {"words": "many"},
                   {"docNumber": None}, {"owner": "somebody"}):  # fmt: skip
        body = io.BytesIO(orjson.dumps({**RECORDS[0], **change}))
        assert not registry.call(validation.VALIDATE, validation.ValidateRecord(source="site"), body).conforms, change


def test_faults_and_slips_in_a_sample_are_named_not_learnt(registry: Registry) -> None:
    records = [*RECORDS, {**RECORDS[0], "id": "https://site.example/x", "created": "5 Mar 2024", "sttate": "draft"}]
    found = {one.field: one for one in inferred(registry, ndjson(records)).fields}
    assert found["created"].value_type == "http://www.w3.org/2001/XMLSchema#date"
    assert "probably wrong: 5 Mar 2024" in found["created"].evidence
    assert "slip for state" in found["sttate"].evidence
    assert "sttate" not in inferred(registry, ndjson(records)).profile


def test_a_sample_may_be_a_list_one_object_or_a_table(registry: Registry) -> None:
    table = io.StringIO()
    writer = csv.DictWriter(table, ("number", "day"), delimiter=";")
    writer.writeheader()
    writer.writerows({"number": f"A-{n:03d}", "day": "2026-02-03"} for n in range(30))
    found = inferred(registry, table.getvalue().encode())
    assert [one.field for one in found.fields] == ["number", "day"]
    assert "^[A-Z]\\\\-[0-9]{3}$" in found.profile
    assert inferred(registry, orjson.dumps(RECORDS)).records == 40
    assert inferred(registry, orjson.dumps(RECORDS[0], option=orjson.OPT_INDENT_2)).records == 1
    for body in (b"", b"[1]", b"just words", b"\xff,\xfe\n", b"a,b\n1,2,3\n", b'{"a": 1, "a": 2}'):
        with pytest.raises(InvalidInputError):
            inferred(registry, body)


@pytest.mark.parametrize(
    ("value", "form"),
    [(True, "truth value"), (1, "integer"), (1.0, "integer"), (1.5, "number"), ("2026-02-30", "text"),
     ("2026-02-03", "date"), ("3.2.2026", "other date"), ({"en": "x"}, "language map"), ({"a": 1, "b": 2}, "object"),
     ({"iri": "https://x.example/"}, "reference"), ("007", "text"), ("7", "integer as text"), ([1], "list")],
)  # fmt: skip
def test_forms_of_values(value: Any, form: str) -> None:
    assert form_of(value) == form


def test_a_pattern_is_only_what_all_of_many_values_share() -> None:
    assert common_pattern([f"AB-{n:03d}" for n in range(20)]) == r"^[A-Z]{2}\-[0-9]{3}$"
    assert common_pattern([f"AB-{n:03d}" for n in range(5)]) is None
    assert common_pattern(["a"] * 20) is None
    assert common_pattern([f"A{n}" for n in range(20)]) is None
    assert list(read_sample(b"")) == []
