"""The index of a vocabulary: what it counts, and what it reads from either side of a relation."""

import pytest
from hypothesis import given
from pyoxigraph import Quad

from registry.skos import SchemeIndex, display_label
from tests.unit.skos.graphs import NAICS, STW_2018, UNESCO, ex, index, quads, schemes, unhurried, vocabulary


def test_entries_add_what_is_only_in_a_scheme_and_no_collection() -> None:
    found = index("ex:a a skos:Concept . ex:b skos:inScheme ex:s . ex:g a skos:Collection ; skos:inScheme ex:s .")
    assert found.concepts == {ex("a")}
    assert found.entries == {ex("a"), ex("b")}


def test_a_triple_in_two_graphs_counts_once() -> None:
    once = quads('ex:a a skos:Concept ; skos:prefLabel "Account"@en .')
    twice = [*once, *(Quad(quad.subject, quad.predicate, quad.object, ex("graph")) for quad in once)]
    assert SchemeIndex.of(twice).quads_read == len(once)
    assert SchemeIndex.of(twice).label_count == 1


def test_relations_are_read_from_either_side() -> None:
    found = index("ex:a skos:broader ex:b . ex:c skos:narrower ex:a . ex:d skos:related ex:a .")
    assert found.parents[ex("a")] == {ex("b"), ex("c")}
    assert found.children[ex("b")] == {ex("a")}
    assert found.related[ex("a")] == {ex("d")}


def test_top_concepts_are_named_by_the_scheme_or_by_themselves() -> None:
    assert index("ex:s skos:hasTopConcept ex:a . ex:b skos:topConceptOf ex:s .").top_concepts == {ex("a"), ex("b")}


def test_deprecated_is_a_flag_or_a_status() -> None:
    found = index(
        "ex:a owl:deprecated true . ex:b lex:status lex:Archived ."
        "ex:c owl:deprecated false . ex:d lex:status lex:Draft ."
    )
    assert found.deprecated == {ex("a"), ex("b")}


def test_xl_labels_are_spelt_out() -> None:
    found = index('ex:a a skos:Concept ; skosxl:altLabel ex:l . ex:l skosxl:literalForm "Client"@en .')
    assert found.languages == {"en": 1}
    assert display_label(found, ex("a")) == "Client"


def test_labels_of_other_resources_are_not_counted() -> None:
    found = index(
        'ex:s a skos:ConceptScheme ; skos:prefLabel "All"@en . ex:a a skos:Concept ; skos:altLabel "A", "B"@de .'
    )
    assert found.languages == {"": 1, "de": 1}


@pytest.mark.parametrize(
    ("iris", "namespace"),
    [
        (["http://e.org/v/a", "http://e.org/v/b", "http://e.org/w/c"], "http://e.org/v/"),
        (["http://e.org/v#a", "http://e.org/v#b"], "http://e.org/v#"),
        (["urn:uuid:1", "urn:uuid:2"], "urn:uuid:"),
        (["http://e.org/v/a/", "http://e.org/v/b/"], "http://e.org/v/"),
        (["http://a.org/x", "http://b.org/x"], None),
        ([], None),
    ],
)
def test_the_namespace_is_what_most_share(iris: list[str], namespace: str | None) -> None:
    assert index(" ".join(f"<{iri}> a skos:Concept ." for iri in iris)).namespace() == namespace


def test_the_namespace_of_all_is_shorter_than_that_of_most() -> None:
    found = index(
        "<http://e.org/v/a> a skos:Concept . <http://e.org/v/b> a skos:Concept . <http://e.org/c> a skos:Concept ."
    )
    assert found.namespace(share=1) == "http://e.org/"


@unhurried
@given(schemes())
def test_the_order_of_the_triples_does_not_matter(graph: list[Quad]) -> None:
    one, other = SchemeIndex.of(graph), SchemeIndex.of(reversed(graph))
    assert one.entries == other.entries
    assert one.languages == other.languages
    assert one.parents == other.parents
    assert one.namespace() == other.namespace()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "concepts", "entries", "triples"),
    [(STW_2018, 6244, 7394, 109_659), (UNESCO, 4420, 4420, 75_156), (NAICS, 0, 2212, 35_390)],
)
def test_the_real_vocabularies_are_counted_as_published(name: str, concepts: int, entries: int, triples: int) -> None:
    found = SchemeIndex.of(vocabulary(name))
    assert (len(found.concepts), len(found.entries), found.quads_read) == (concepts, entries, triples)
