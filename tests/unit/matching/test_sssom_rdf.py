"""SSSOM as RDF: the triples the format asks for, and the same set read back."""

from dataclasses import replace

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

from registry.errors import InvalidInputError
from registry.matching.mapping_set import Mapping, MappingSet
from registry.matching.sssom_rdf import from_rdf, to_rdf
from registry.rdf.terms import OWL, RDF, SSSOM, XSD

SKOS = "http://www.w3.org/2004/02/skos/core#"
SEMAPV = "https://w3id.org/semapv/vocab/"
RISK = {"slot_name": "ext_risk", "property": "https://vocab.example/risk"}


def mapping(number: int = 1, **slots: object) -> Mapping:
    given: dict[str, object] = {
        "subject_id": f"https://vocab.example/finance/{number}",
        "predicate_id": SKOS + "exactMatch",
        "object_id": f"https://other.example/sales#{number}",
        "mapping_justification": SEMAPV + "ManualMappingCuration",
    }
    return Mapping(**{**given, **slots})  # type: ignore[arg-type]


def mapping_set(*mappings: Mapping, **slots: object) -> MappingSet:
    return MappingSet(mapping_set_id="https://vocab.example/mappings/1", mappings=mappings, **slots)  # type: ignore[arg-type]


FULL = mapping(
    subject_label='Account, "current"\twith a tab',
    subject_type="skos concept",
    predicate_modifier="Not",
    author_id=("https://orcid.org/0000-0000-0000-0001", "https://orcid.org/0000-0000-0000-0002"),
    match_string=("a|b", "c"),
    confidence=0.9,
    reviewer_agreement=-0.5,
    reviewer_label=("Ada",),
    mapping_date="2026-01-30",
    review_date="2026-01-31",
    license="https://creativecommons.org/publicdomain/zero/1.0/",
    mapping_cardinality="1:n",
    comment="two\nlines",
    record_id="https://vocab.example/mappings/1/1",
    extensions=(("ext_note", "of its own"), ("ext_risk", "low")),
)


def test_what_is_written_is_read_back_equal() -> None:
    metadata = {
        "mapping_set_title": "Finance: sales",
        "mapping_set_confidence": "0.9",
        "creator_id": ["https://orcid.org/0000-0000-0000-0001"],
        "extension_definitions": [RISK],
    }
    whole = mapping_set(FULL, metadata=metadata)
    assert from_rdf(to_rdf(whole)) == whole
    text = serialize(to_rdf(whole), format=RdfFormat.TURTLE)
    assert from_rdf(parse(text or b"", format=RdfFormat.TURTLE)) == whole


def test_the_triples_as_the_format_asks_for_them() -> None:
    said = {(quad.subject, quad.predicate): quad.object for quad in to_rdf(mapping_set(FULL))}
    node = NamedNode(FULL.record_id)
    assert said[node, RDF.type] == OWL.Axiom
    assert said[node, OWL.annotatedSource] == NamedNode(FULL.subject_id)
    assert said[node, SSSOM.predicate_modifier] == SSSOM.NegatedPredicate
    assert said[node, SSSOM.subject_type] == NamedNode(SKOS + "Concept")
    assert said[node, SSSOM.confidence] == Literal("0.9", datatype=XSD.double)
    assert said[node, SSSOM.review_date] == Literal("2026-01-31", datatype=XSD.date)
    assert (node, SSSOM.record_id) not in said
    assert said[NamedNode("https://vocab.example/mappings/1"), SSSOM.mappings] == node


def test_a_mapping_without_a_record_is_a_blank_node_and_order_is_that_of_its_ends() -> None:
    quads = to_rdf(mapping_set(mapping(2), mapping(1)))
    nodes = [quad.object for quad in quads if quad.predicate == SSSOM.mappings]
    assert all(isinstance(node, BlankNode) for node in nodes)
    assert from_rdf(quads) == mapping_set(mapping(1), mapping(2))


def test_what_the_header_says_for_all_is_said_in_each() -> None:
    whole = mapping_set(mapping(), metadata={"mapping_tool": "Lexicord"})
    assert from_rdf(to_rdf(whole)) == mapping_set(mapping(mapping_tool="Lexicord"))


def test_a_mapping_about_a_class_of_the_standard_keeps_its_identifier() -> None:
    whole = mapping_set(mapping(subject_id=SKOS + "Concept"))
    assert from_rdf(to_rdf(whole)) == whole


def test_files_from_before_the_format_was_settled_are_read() -> None:
    whole, axiom = mapping_set(replace(FULL, extensions=(), record_id="")), BlankNode("m0")
    old = {
        SSSOM.predicate_modifier: Quad(axiom, SSSOM.predicate_modifier, Literal("Not")),
        NamedNode("http://purl.org/dc/terms/created"): Quad(
            axiom, NamedNode("http://purl.org/pav/authoredOn"), Literal("2026-01-30", datatype=XSD.date)
        ),
    }
    assert from_rdf(old.get(quad.predicate, quad) for quad in to_rdf(whole)) == whole
    name, blank = NamedNode(whole.mapping_set_id), BlankNode("set")
    unnamed = [replaced(quad, name, blank) for quad in to_rdf(whole)]
    assert from_rdf([*unnamed, Quad(blank, SSSOM.mapping_set_id, Literal(name.value, datatype=XSD.anyURI))]) == whole


def replaced(quad: Quad, before: NamedNode, after: BlankNode) -> Quad:
    return Quad(after, quad.predicate, quad.object) if quad.subject == before else quad


@pytest.mark.parametrize(
    ("quads", "said"),
    [
        ((), "0 mapping sets"),
        ((*to_rdf(mapping_set()), *to_rdf(replace(mapping_set(), mapping_set_id="https://x.example/2"))), "2 mapping"),
        (tuple(quad for quad in to_rdf(mapping_set(FULL)) if quad.predicate != OWL.annotatedTarget), "object_id"),
    ],
)
def test_what_is_no_mapping_set_is_refused(quads: tuple[Quad, ...], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        from_rdf(quads)


def test_a_header_that_has_no_form_in_rdf_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no form in RDF"):
        to_rdf(mapping_set(metadata={"other": {"a": "b"}}))
