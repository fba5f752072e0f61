"""A vocabulary as a document: what the journal holds of it at the asked state, and nothing more."""

from __future__ import annotations

from pyoxigraph import Quad

from registry.contract.operation import Document
from registry.contract.schemes import ExportScheme
from registry.errors import InvalidInputError
from registry.rdf.skolem import deskolemize
from registry.rdf.syntax import media_type, serialize_document
from registry.rdf.terms import triples
from registry.services.scheme_facts import SchemeFacts, scheme_facts
from registry.skos import to_csv
from registry.store.work import Work

WITH_GRAPHS = ("trig", "nquads")
"""Formats that can keep curation apart from content."""
ENDINGS = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "trig": "trig", "rdfxml": "rdf", "jsonld": "jsonld"}
"""What the file of each format is called."""


def export(work: Work, request: ExportScheme) -> Document:
    """The document; the same state has the same bytes, and importing it again changes nothing."""
    facts = scheme_facts(work.reader, work.names, request.key)
    if request.curation and request.format not in WITH_GRAPHS:
        raise InvalidInputError(
            f"{request.format} cannot keep curation apart from content.", advice="Export it as trig or nquads."
        )
    if request.format in ("csv", "tsv"):
        return _table(work, request)
    body = serialize_document(_quads(work, request), request.format, prefixes=_prefixes(facts))
    return Document(media_type(request.format), f"{facts.key}.{ENDINGS[request.format]}", [body])


def _quads(work: Work, request: ExportScheme) -> list[Quad]:
    names = work.names
    quads = deskolemize(work.reader.quads(graph=names.scheme_graph(request.key)), names.skolem)
    if request.format not in WITH_GRAPHS:
        return list(triples(quads))
    if request.curation:
        quads += work.reader.quads(graph=names.curation_graph(request.key))
    return quads


def _table(work: Work, request: ExportScheme) -> Document:
    delimiter = "," if request.format == "csv" else "\t"
    text = to_csv(work.reader.quads(graph=work.names.scheme_graph(request.key)), delimiter=delimiter)
    media = "text/csv" if request.format == "csv" else "text/tab-separated-values"
    return Document(f"{media}; charset=utf-8", f"{request.key}.{request.format}", [text.encode()])


def _prefixes(facts: SchemeFacts) -> dict[str, str]:
    usable = facts.namespace.endswith(("/", "#")) and facts.key not in ("rdf", "xsd", "xml")
    return {facts.key: facts.namespace} if usable else {}
