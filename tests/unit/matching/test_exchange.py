"""Mapping sets in every format: read back equal, told from one another, compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching.exchange import Format, difference, format_of_mappings, line_of, read_mappings, write_mappings
from registry.matching.mapping_set import NO_TERM_FOUND, SEMAPV, Mapping, MappingSet

SKOS = "http://www.w3.org/2004/02/skos/core#"
ONE = Mapping(
    subject_id="https://a.example/1", subject_label="One", predicate_id=SKOS + "broadMatch",
    object_id="https://b.example/1", object_label="Eins", mapping_justification=SEMAPV + "ManualMappingCuration",
    confidence=0.75, mapping_date="2026-02-01", author_id=("https://orcid.org/0000-0000-0000-0001",), comment="So.",
    subject_source="https://a.example/", object_source="https://b.example/",
)  # fmt: skip
NOTHING = replace(ONE, subject_id="https://a.example/2", object_id=NO_TERM_FOUND, object_label="", confidence=None)
SET = MappingSet(mapping_set_id="https://a.example/set", mappings=(ONE, NOTHING))
ALIGNMENT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://knowledgeweb.semanticweb.org/heterogeneity/alignment"><Alignment><map><Cell>
  <entity1 rdf:resource="https://a.example/1"/><entity2 rdf:resource="https://b.example/1"/>
  <relation>&lt;</relation><measure>0.5</measure></Cell></map></Alignment></rdf:RDF>"""


@pytest.mark.parametrize("format_name", ["sssom", "sssom-json", "jskos"])
def test_what_is_written_reads_back_equal_and_is_told(format_name: Any) -> None:
    text = write_mappings(SET, format_name)
    assert format_of_mappings(text) == format_name
    for back in (read_mappings(text), read_mappings(text, format_name)):
        assert back.mappings == SET.mappings


def test_an_alignment_is_read() -> None:
    assert format_of_mappings(ALIGNMENT) == "alignment"
    (only,) = read_mappings(ALIGNMENT).mappings
    assert (only.subject_id, only.predicate_id, only.confidence) == (ONE.subject_id, ONE.predicate_id, 0.5)


def test_negated_mappings_have_no_place_in_jskos() -> None:
    negative = replace(SET, mappings=(replace(ONE, predicate_modifier="Not"), NOTHING))
    assert read_mappings(write_mappings(negative, "jskos")).mappings == (NOTHING,)


@pytest.mark.parametrize("text", ["{", "[1]", '[{"from": {"memberSet": []}, "to": {"memberSet": []}}]',
                                  '{"mappings": 3}', '[{"from": 3}]', "<a/>", "no\ttable\nat\tall\tx\n"])  # fmt: skip
def test_what_is_no_mapping_set_is_refused(text: str) -> None:
    with pytest.raises((SyntaxFaultError, InvalidInputError)):
        read_mappings(text)


def test_a_format_of_another_name_is_refused() -> None:
    assert "csv" not in get_args(Format)
    with pytest.raises(InvalidInputError):
        read_mappings("", "csv")  # type: ignore[arg-type]


def test_rows_are_found_again_in_the_file() -> None:
    text = write_mappings(SET, "sssom")
    for place, one in enumerate(sorted(SET.mappings, key=lambda row: row.subject_id)):
        assert one.subject_label in text.split("\n")[line_of(text, place) - 1]
    assert line_of("[]", 4) == 5


def test_sets_differ_in_rows_and_in_slots() -> None:
    after = replace(SET, mappings=(replace(ONE, confidence=0.9), replace(NOTHING, subject_id="https://a.example/3")))
    found = difference(SET, after)
    assert [one.subject_id for one in found.added] == ["https://a.example/3"]
    assert [one.subject_id for one in found.removed] == ["https://a.example/2"]
    assert [dict(one.slots) for one in found.changed] == [{"confidence": (0.75, 0.9)}]
    assert difference(SET, SET) == difference(after, after)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["positive", "negative", "unsure"])
def test_published_curation_reads_back_equal(shared: Path, name: str) -> None:
    text = (shared / "mappings" / "biomappings" / f"{name}.sssom.tsv").read_text(encoding="utf-8")
    published = read_mappings(text)
    assert len(published.mappings) > 100
    for format_name in ("sssom", "sssom-json"):
        assert read_mappings(write_mappings(published, format_name)) == published
