"""Graphs for the tests of the SKOS engine: Turtle in a line, the real vocabularies, and generated schemes."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from registry.rdf.terms import DCTERMS, LEX, OWL, RDF, RDFS, SKOS, SKOSXL, SSSOM, XSD
from registry.skos import SchemeIndex
from registry.skos.checks import PROLOGUE

_REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("LEXICORD_SHARED", _REPOSITORY / ".." / "shared"))

# A shared machine may take its time.
unhurried = settings(deadline=None)

STW_2017, STW_2018 = "stw-9.04-2017.ttl", "stw-9.06-2018.ttl"
UNESCO, NAICS = "unesco-thesaurus-2019-10.ttl", "naics-2012.ttl"


def ex(local: str) -> NamedNode:
    return NamedNode(f"http://example.org/{local}")


def quads(turtle: str) -> list[Quad]:
    return list(parse((PROLOGUE + turtle).encode(), format=RdfFormat.TURTLE, lenient=True))


def index(turtle: str) -> SchemeIndex:
    return SchemeIndex.of(quads(turtle))


@lru_cache(maxsize=2)
def vocabulary(name: str) -> tuple[Quad, ...]:
    path = SHARED / "data" / "vocabularies" / name
    if not path.exists():
        pytest.skip("the real data is not beside the repository")
    return tuple(parse(path=path, format=RdfFormat.TURTLE))


# Only a lenient parser lets such an IRI in, and files have them.
_ODD = quads("<urn:x:with|bar and space> a skos:Concept .")[0].subject
_CONCEPTS = [*(ex(f"c{number}") for number in range(6)), _ODD]
_OTHERS = [ex("s"), ex("t"), ex("g"), NamedNode("http://elsewhere.org/x"), BlankNode("b")]
_TEXTS = st.text(alphabet=st.sampled_from(' |\\,;"\t\n\r=@ab#é\x00\u2028'), max_size=6) | st.text(max_size=5)
_LANGUAGES = st.sampled_from([None, "en", "de", "en-gb", "xx"])
_LITERALS = st.builds(lambda text, language: Literal(text, language=language), _TEXTS, _LANGUAGES) | st.sampled_from(
    [
        Literal("1", datatype=XSD.integer),
        Literal("1"),
        Literal("1", datatype=ex("code")),
        Literal("true", language="en"),
        Literal("2024-01-31", datatype=XSD.date),
        Literal("2024-02-30"),
    ]
)
_TEXT_PROPERTIES = [
    SKOS.prefLabel,
    SKOS.altLabel,
    SKOS.hiddenLabel,
    SKOS.definition,
    SKOS.scopeNote,
    SKOS.example,
    SKOS.notation,
    SKOS.changeNote,
    LEX.facet,
    LEX.reviewBy,
    RDFS.label,
    DCTERMS.modified,
    SSSOM.mapping_date,
    SKOSXL.literalForm,
    SKOSXL.prefLabel,
]
_LINK_PROPERTIES = [
    SKOS.broader,
    SKOS.narrower,
    SKOS.related,
    SKOS.broaderTransitive,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
    SKOS.inScheme,
    SKOS.topConceptOf,
    SKOS.member,
    DCTERMS.isReplacedBy,
    OWL.annotatedSource,
    OWL.annotatedTarget,
    SKOSXL.prefLabel,
    SKOSXL.altLabel,
    SKOS.hasTopConcept,
    SKOS.narrowerTransitive,
    LEX.facet,
]
_STATUSES = [LEX.Draft, LEX.Approved, LEX.Deprecated, ex("other-status")]
_TYPES = [SKOS.Concept, SKOS.Concept, SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection]

_SUBJECTS = st.sampled_from(_CONCEPTS + _OTHERS)
_STATEMENTS = st.one_of(
    st.builds(Quad, _SUBJECTS, st.just(RDF["type"]), st.sampled_from(_TYPES)),
    st.builds(Quad, _SUBJECTS, st.sampled_from(_TEXT_PROPERTIES), _LITERALS),
    st.builds(Quad, _SUBJECTS, st.sampled_from(_LINK_PROPERTIES), _SUBJECTS),
    st.builds(Quad, _SUBJECTS, st.just(LEX.status), st.sampled_from(_STATUSES)),
    st.builds(Quad, _SUBJECTS, st.just(OWL.deprecated), st.just(Literal("true", datatype=XSD.boolean))),
)


_MANY: st.SearchStrategy[list[Quad]] = st.just([]) | st.lists(_STATEMENTS, min_size=15, max_size=40)
# Most of a generated graph is about typed concepts of one scheme, or nothing in it would be about anything.
_BODIES = st.sets(st.sampled_from(_CONCEPTS), min_size=2).map(
    lambda concepts: [Quad(concept, RDF["type"], SKOS.Concept) for concept in sorted(concepts, key=str)]
)


def schemes() -> st.SearchStrategy[list[Quad]]:
    """Graphs with every dirt that a file may bring: cycles, clashes, blank nodes, odd texts, entries without type."""
    return st.builds(_together, _BODIES | _BODIES | st.just([]), st.lists(_STATEMENTS, min_size=0, max_size=8), _MANY)


def _together(*parts: list[Quad]) -> list[Quad]:
    return list(dict.fromkeys(quad for part in parts for quad in part))


_KNOT = st.sampled_from(_CONCEPTS[:4])
_WORDS = st.builds(
    lambda text, language: Literal(text, language=language), st.sampled_from("AB"), st.sampled_from([None, "en"])
)
_ROPES = [
    *(SKOS.broader, SKOS.narrower, SKOS.related, SKOS.broaderTransitive),
    *(SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, DCTERMS.isReplacedBy),
]
_NAMES = st.builds(Quad, _KNOT, st.sampled_from(_TEXT_PROPERTIES[:3]), _WORDS)
_TIES = st.builds(Quad, _KNOT, st.sampled_from(_ROPES), _KNOT)
_HALF = [Quad(concept, RDF["type"], SKOS.Concept) for concept in _CONCEPTS[:2]]


def tangles() -> st.SearchStrategy[list[Quad]]:
    """Graphs of four concepts, densely related or alike in their labels, so that the clauses are broken often."""
    ties = st.lists(_TIES, min_size=6, max_size=16)
    labels = st.lists(_NAMES, min_size=6, max_size=16)
    return st.builds(_together, st.just(_HALF), ties | labels)
