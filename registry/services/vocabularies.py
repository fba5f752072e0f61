"""Whole vocabularies as matching compares them: read in one query, without what is no longer to be used."""

from __future__ import annotations

from registry.matching.load import vocabulary_from_quads
from registry.matching.vocabulary import Vocabulary
from registry.model.names import Names
from registry.rdf.terms import DCTERMS, LEX, OWL, RDF, SKOS
from registry.store.quads import Reader

_LABELS = ("prefLabel", "altLabel", "hiddenLabel", "notation", "definition", "scopeNote")
_LINKS = ("inScheme", "topConceptOf", "broader", "narrower", "related")
COMPARED = frozenset({RDF.type, DCTERMS.isReplacedBy, OWL.deprecated, *(SKOS[name] for name in (*_LABELS, *_LINKS))})
"""What two vocabularies are compared by."""
_RETIRED = (LEX.Deprecated, LEX.Archived, LEX.Rejected)


def compared_vocabulary(reader: Reader, names: Names, key: str) -> Vocabulary:
    """A vocabulary's concepts that are in force or in the making; local labels of its overlay count as its own."""
    graphs = (names.scheme_graph(key), names.overlay_graph(key))
    quads = [quad for graph in graphs for quad in reader.quads(graph=graph) if quad.predicate in COMPARED]
    standing = reader.quads(predicate=LEX.status, graph=names.curation_graph(key))
    stated = {quad.subject for quad in standing}
    retired = {quad.subject for quad in standing if quad.object in _RETIRED}
    retired |= {quad.subject for quad in quads if quad.predicate in (OWL.deprecated, DCTERMS.isReplacedBy)} - stated
    return vocabulary_from_quads(key, (quad for quad in quads if quad.subject not in retired))
