"""Vocabularies read from SKOS and OWL quads."""

import pyoxigraph

from registry.matching import Label
from registry.matching.load import local_name, vocabulary_from_quads

PREFIXES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix ex: <http://example.org/v#> .
"""


def load(turtle: str):  # type: ignore[no-untyped-def]
    quads = pyoxigraph.parse(input=PREFIXES + turtle, format=pyoxigraph.RdfFormat.TURTLE)
    return {entry.id.partition("#")[2]: entry for entry in vocabulary_from_quads("v", quads).entries}


def test_skos_concepts_with_labels_hierarchy_and_codes() -> None:
    entries = load("""
        ex:scheme a skos:ConceptScheme ; skos:hasTopConcept ex:a ; skos:prefLabel "Scheme" .
        ex:a a skos:Concept ; skos:prefLabel "Account"@EN, "Konto"@de ; skos:altLabel "A/C"@en ;
            skos:hiddenLabel "acct" ;
            skos:definition "A record." ; skos:notation "A1" ; skos:narrower ex:b .
        ex:b a skos:Concept ; skos:prefLabel "Current account"@en ; skos:related ex:a .
    """)
    assert set(entries) == {"a", "b"}
    assert entries["a"].labels == (
        Label("Konto", "de"),
        Label("Account", "en"),
        Label("A/C", "en", "alt"),
        Label("acct", "", "hidden"),
    )
    assert (entries["a"].definition, entries["a"].notation, entries["a"].broader) == ("A record.", ("A1",), ())
    assert entries["b"].broader == ("http://example.org/v#a",)
    assert entries["b"].related == ("http://example.org/v#a",)


def test_an_entry_known_only_by_its_scheme_is_a_concept() -> None:
    entries = load(
        'ex:x skos:inScheme ex:scheme ; skos:prefLabel "X" . ex:c a skos:Collection ; skos:inScheme ex:scheme .'
    )
    assert {key: entry.kind for key, entry in entries.items()} == {"x": "concept"}


def test_owl_terms_take_their_local_names_and_their_union_domains() -> None:
    entries = load("""
        ex:Person a owl:Class . ex:Company a owl:Class ; rdfs:subClassOf ex:Agent . ex:Agent a owl:Class ;
            rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:employs ; owl:someValuesFrom ex:Person ] .
        ex:employs a owl:ObjectProperty ; rdfs:domain [ owl:unionOf ( ex:Person ex:Company ) ] .
        [] a owl:Class .
    """)
    assert entries["Company"].labels == (Label("Company"),)
    assert (entries["Company"].kind, entries["employs"].kind) == ("class", "object_property")
    assert entries["employs"].domain == ("http://example.org/v#Company", "http://example.org/v#Person")
    assert entries["Agent"].related == ("http://example.org/v#Person",)


def test_labels_written_on_nodes_of_their_own() -> None:
    entries = load('ex:a a skos:Concept ; skosxl:prefLabel [ skosxl:literalForm "Account"@en ] .')
    assert entries["a"].labels == (Label("Account", "en"),)


def test_local_names() -> None:
    assert local_name("http://example.org/v#Account") == "Account"
    assert local_name("http://example.org/v/accounts/") == "accounts"
    assert local_name("urn:uuid:1234") == "1234"
    assert local_name("#") == "#"
