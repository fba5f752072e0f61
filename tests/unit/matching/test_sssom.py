"""SSSOM in and out: what is written is read back equal, and what breaks the standard is refused with its place."""

import pytest

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching import Entry, Label, Vocabulary, suggest
from registry.matching.justify import Sources, mappings_from
from registry.matching.mapping_set import Mapping, MappingSet, propagated, split_negatives
from registry.matching.sssom import from_json, from_tsv, to_json, to_tsv

SKOS = "http://www.w3.org/2004/02/skos/core#"
CURATED = "https://w3id.org/semapv/vocab/ManualMappingCuration"


def mapping(number: int = 1, **slots: object) -> Mapping:
    given: dict[str, object] = {
        "subject_id": f"https://vocab.example/finance/{number}",
        "predicate_id": SKOS + "exactMatch",
        "object_id": f"https://other.example/sales#{number}",
        "mapping_justification": CURATED,
    }
    return Mapping(**{**given, **slots})  # type: ignore[arg-type]


def mapping_set(*mappings: Mapping, **slots: object) -> MappingSet:
    return MappingSet(mapping_set_id="https://vocab.example/mappings/1", mappings=mappings, **slots)  # type: ignore[arg-type]


FULL = mapping(
    subject_label='Account, "current"\twith a tab',
    author_id=("https://orcid.org/0000-0000-0000-0001", "https://orcid.org/0000-0000-0000-0002"),
    match_string=("a|b", "c"),
    confidence=0.9,
    reviewer_agreement=-0.5,
    reviewer_label=("Ada",),
    review_date="2026-01-31",
    mapping_cardinality="1:n",
    predicate_modifier="Not",
    comment="two\nlines",
    record_id="https://vocab.example/mappings/1/1",
    extensions=(("ext_risk", "low"),),
)
METADATA = {
    "mapping_set_title": "Finance: sales",
    "creator_id": ["https://orcid.org/0000-0000-0000-0001"],
    "mapping_date": "2026-01-31",
    "other": "yes",
    "extension_definitions": [{"slot_name": "ext_risk", "property": "https://vocab.example/risk"}],
}


def test_what_is_written_is_read_back_equal() -> None:
    whole = mapping_set(FULL, license="https://creativecommons.org/publicdomain/zero/1.0/", metadata=METADATA)
    assert from_tsv(to_tsv(whole)) == whole


def test_the_file_as_others_read_it() -> None:
    text = to_tsv(mapping_set(mapping(), curie_map={"fin": "https://vocab.example/finance/"}))
    assert text.splitlines() == [
        '#sssom_version: "1.1"',
        "#curie_map:",
        "#  fin: https://vocab.example/finance/",
        "#  ns1: https://other.example/sales#",
        "#  semapv: https://w3id.org/semapv/vocab/",
        "#  skos: http://www.w3.org/2004/02/skos/core#",
        "#mapping_set_id: https://vocab.example/mappings/1",
        "#license: https://w3id.org/sssom/license/unspecified",
        "subject_id\tpredicate_id\tobject_id\tmapping_justification",
        "fin:1\tskos:exactMatch\tns1:1\tsemapv:ManualMappingCuration",
    ]


def test_an_empty_set_is_a_file_too() -> None:
    assert from_tsv(to_tsv(mapping_set())) == mapping_set()


def test_prefixes_are_presentation() -> None:
    one, other = mapping_set(mapping()), mapping_set(mapping(), curie_map={"x": "https://vocab.example/"})
    assert one == other
    assert to_tsv(one) != to_tsv(other)


def test_headers_say_things_once_for_all() -> None:
    once = mapping_set(
        mapping(), mapping(2, mapping_tool="hand"), metadata={"mapping_tool": "Lexicord", "mapping_set_title": "T"}
    )
    each = propagated(once)
    assert [each_mapping.mapping_tool for each_mapping in each.mappings] == ["Lexicord", "hand"]
    assert each.metadata == {"mapping_set_title": "T"}


def test_negatives_go_to_a_file_of_their_own() -> None:
    positive, negative = split_negatives(mapping_set(mapping(1), mapping(2, predicate_modifier="Not")))
    assert [m.subject_id[-1] for m in positive.mappings] == ["1"]
    assert [m.subject_id[-1] for m in negative.mappings] == ["2"]
    assert positive.mapping_set_id != negative.mapping_set_id


def test_a_literal_needs_its_label_instead_of_an_identifier() -> None:
    whole = mapping_set(mapping(subject_id="", subject_label="account", subject_type="rdfs literal"))
    assert from_tsv(to_tsv(whole)) == whole


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ({"predicate_id": ""}, "/mappings/0/predicate_id is required"),
        ({"mapping_justification": ""}, "/mappings/0/mapping_justification is required"),
        ({"object_id": ""}, "/mappings/0/object_id is required"),
        ({"predicate_modifier": "No"}, "may be Not"),
        ({"mapping_cardinality": "2:1"}, "may be 1:1"),
        ({"confidence": 1.5}, "between 0 and 1"),
        ({"reviewer_agreement": 0.5}, "reviewer_id is required"),
        ({"review_date": "2026-01-31"}, "reviewer_id is required"),
        ({"mapping_date": "31.1.2026"}, "YYYY-MM-DD"),
        ({"author_label": ("",)}, "empty value"),
    ],
)
def test_what_breaks_the_standard_is_not_written(slots: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        to_tsv(mapping_set(mapping(**slots)))  # type: ignore[arg-type]


def test_record_ids_are_on_all_rows_or_none() -> None:
    with pytest.raises(InvalidInputError, match="all rows or none"):
        to_tsv(mapping_set(mapping(1, record_id="https://vocab.example/r/1"), mapping(2)))


HEADER = "#mapping_set_id: https://x.example/1\n#curie_map:\n#  a: https://a.example/\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
ROW = "a:1\tskos:exactMatch\ta:2\tsemapv:MappingReview\n"


def test_a_file_by_hand_is_read() -> None:
    (read,) = from_tsv("\ufeff" + (HEADER + COLUMNS + ROW).replace("\n", "\r\n")).mappings
    assert (read.subject_id, read.object_id) == ("https://a.example/1", "https://a.example/2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (COLUMNS + ROW.replace("a:", "skos:"), "mapping_set_id is required"),
        (HEADER + COLUMNS + ROW.replace("a:2", "b:2"), "Line 5: The prefix 'b'"),
        (HEADER + COLUMNS + ROW.replace("a:2", "two words"), "no CURIE"),
        (HEADER + COLUMNS.replace("predicate_id", "predicate") + ROW, "predicate_id is required"),
        (HEADER + COLUMNS + ROW.replace("semapv:MappingReview", ""), "mapping_justification is required"),
        (HEADER + COLUMNS.strip() + "\tconfidence\n" + ROW.strip() + "\thigh\n", "Line 5: The confidence 'high'"),
        (HEADER, "no table"),
        ("", "no table"),
        (HEADER + "subject_id\tsubject_id\n", "twice"),
        ("#sssom_version: 9.9\n" + HEADER + COLUMNS, "not known"),
        ("#curie_map: nothing\n" + COLUMNS, "no map"),
        ("#mapping_set_id:\n#  - a\n" + COLUMNS + ROW.replace("a:", "skos:"), "list or map"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        from_tsv(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("#mapping_set_id: https://x.example/1\n#just words\n" + COLUMNS, 2),
        ("#other: {a: b}\n" + COLUMNS, 1),
        ("#other: a\n#other: b\n" + COLUMNS, 2),
        (HEADER + COLUMNS + ROW.strip() + "\textra\n", 5),
        (HEADER + COLUMNS + '"never closed\n', 5),
    ],
)
def test_a_file_that_cannot_be_read_says_the_line(text: str, line: int) -> None:
    with pytest.raises(SyntaxFaultError) as raised:
        from_tsv(text)
    assert raised.value.facts["line"] == line


def test_candidates_become_justified_mappings() -> None:
    left = Vocabulary("a", (Entry("https://a.example/1", (Label("Café accounts", "en"),)),))
    right = Vocabulary("b", (Entry("https://b.example/1", (Label("cafe account", "en"),)),))
    (made,) = mappings_from(suggest(left, right), Sources(tool_version="1", date="2026-01-31"))
    assert made.mapping_justification.endswith("LexicalMatching")
    assert [step.rpartition("/")[2] for step in made.subject_preprocessing] == [
        "CaseNormalization",
        "DiacriticsSuppression",
        "Stemming",
    ]
    assert made.subject_match_field == (SKOS + "prefLabel",)
    assert made.mapping_cardinality == "1:1"
    whole = mapping_set(made)
    assert from_tsv(to_tsv(whole)) == whole


def test_json_says_the_same_as_the_table() -> None:
    whole = mapping_set(FULL, metadata=METADATA)
    assert from_json(to_json(whole)) == whole == from_tsv(to_tsv(whole))
    assert from_json(to_json(mapping_set())) == mapping_set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[]", "is an object"),
        ('{"mappings": {}}', "no list of objects"),
        ('{"mappings": [1]}', "no list of objects"),
        ('{"mapping_set_id": "https://x.example/1", "mappings": [{}]}', "predicate_id is required"),
        ('{"mapping_set_id": "https://x.example/1", "mappings": [{"subject_id": "zz:1"}]}', "/mappings/0: The prefix"),
        ('{"mapping_set_id": "https://x.example/1", "mappings": [{"subject_id": 1}]}', "no CURIE"),
        ('{"mapping_set_id": "https://x.example/1", "mappings": [{"confidence": "high"}]}', "no number"),
        ('{"mapping_set_id": "https://x.example/1", "mappings": [{"author_label": {"a": "b"}}]}', "list or map"),
    ],
)
def test_broken_json_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        from_json(text)
