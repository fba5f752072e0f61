"""Whatever a mapping set says, its file says it too; whatever follows from mappings has a path that holds."""

from __future__ import annotations

import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.matching.conflicts import Relation
from registry.matching.header import read_header, write_header
from registry.matching.mapping_set import Mapping, MappingSet
from registry.matching.reason import infer
from registry.matching.sssom import from_json, from_tsv, to_json, to_tsv
from registry.matching.sssom_rdf import from_rdf, to_rdf

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=20)
VALUE = TEXT.filter(lambda text: not text.endswith("\\") and "\\|" not in text)
LOCAL = st.text("abc123/-_.#", min_size=1, max_size=8).filter(lambda text: text.strip("#/"))
IRI = st.sampled_from(["https://a.example/", "https://b.example/v#", "urn:x:"]).flatmap(
    lambda space: LOCAL.map(lambda local: space + local)
)


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    return Mapping(
        subject_id=draw(IRI),
        subject_label=draw(st.just("") | TEXT),
        predicate_id="http://www.w3.org/2004/02/skos/core#" + draw(st.sampled_from(["exactMatch", "broadMatch"])),
        predicate_modifier=draw(st.sampled_from(["", "Not"])),
        object_id=draw(IRI),
        mapping_justification="https://w3id.org/semapv/vocab/MappingReview",
        author_label=tuple(draw(st.lists(VALUE, max_size=3))),
        confidence=draw(st.none() | st.floats(0, 1)),
        comment=draw(st.just("") | TEXT),
        extensions=tuple((name, draw(TEXT)) for name in draw(st.sampled_from([(), ("ext_a",), ("ext_a", "ext_b")]))),
    )


@settings(deadline=None)
@given(
    st.lists(mappings(), max_size=4), st.dictionaries(st.sampled_from(["mapping_set_title", "other"]), TEXT, max_size=2)
)
def test_what_is_written_is_read_back_equal(rows: list[Mapping], metadata: dict[str, str]) -> None:
    whole = MappingSet(mapping_set_id="https://x.example/1", mappings=tuple(rows), metadata=metadata)
    assert from_tsv(to_tsv(whole)) == whole
    assert from_json(to_json(whole)) == whole


@settings(deadline=None)
@given(st.lists(mappings(), max_size=4))
def test_what_is_said_in_rdf_is_read_back_equal_but_for_order(rows: list[Mapping]) -> None:
    whole = MappingSet(mapping_set_id="https://x.example/1", mappings=tuple(rows))
    assume(all(iri.count("#") < 2 for row in rows for iri in (row.subject_id, row.object_id)))
    read = from_rdf(to_rdf(whole))
    assert from_rdf(to_rdf(read)) == read
    said = [(row.subject_id, row.object_id, row.comment, row.confidence, row.extensions) for row in rows]
    for row in read.mappings:
        said.remove((row.subject_id, row.object_id, row.comment, row.confidence, row.extensions))
    assert not said


VALUES = st.recursive(
    TEXT | st.just(""),
    lambda inner: (
        st.lists(inner.filter(lambda v: not isinstance(v, list)), max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_a_header_is_read_back_equal(header: dict[str, object]) -> None:
    assert read_header(list(write_header(header))) == header  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["#a: b", "#curie_map:", "#  x: y", "a\tb", "#- z", '"', "\t"])).map("\n".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = from_tsv(text)
    except InvalidInputError:
        return
    assert from_tsv(to_tsv(read)) == read


KEYS = st.sampled_from(
    ["mapping_set_id", "license", "mappings", "curie_map", "subject_id", "confidence", "author_label", "x", "@context"]
)
NAMES = st.sampled_from("abcdef")
RELATIONS = st.builds(
    Relation,
    NAMES,
    st.sampled_from(["skos:exactMatch", "skos:broadMatch", "skos:narrowMatch", "skos:closeMatch", "skos:relatedMatch"]),
    NAMES,
    st.booleans(),
)


@given(st.lists(RELATIONS, max_size=8), st.booleans())
def test_every_conclusion_has_a_connected_path_of_assertions(relations: list[Relation], weak: bool) -> None:
    for conclusion in infer(relations, weak=weak):
        assert 1 <= len(conclusion.path) <= 3
        assert set(conclusion.path) <= {relation for relation in relations if not relation.negative}
        place = conclusion.subject_id
        for link in conclusion.path:
            assert place in (link.subject_id, link.object_id)
            place = link.object_id if place == link.subject_id else link.subject_id
        assert place == conclusion.object_id != conclusion.subject_id


@given(st.lists(RELATIONS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_mappings_means_nothing(relations: list[Relation], chance: object) -> None:
    mixed = list(relations)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert infer(mixed) == infer(relations)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_any_json_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        read = from_json(json.dumps(document))
        table = to_tsv(read)
    except InvalidInputError:
        return
    assert from_json(to_json(read)) == from_tsv(table) == read
