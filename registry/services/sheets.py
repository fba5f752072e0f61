"""A CSV or TSV sheet as a document: what it says is laid over what the vocabulary holds now."""

from __future__ import annotations

from typing import IO

from pyoxigraph import NamedNode, Quad

from registry.errors import SyntaxFaultError
from registry.rdf.terms import RDF, SKOS
from registry.services.scheme_facts import SchemeFacts
from registry.skos import from_csv
from registry.store.work import Work

DELIMITERS = {"csv": ",", "tsv": "\t"}
"""The formats that are sheets."""
SHEETS = {"text/csv": "csv", "text/tab-separated-values": "tsv"}
"""The media types of sheets."""


def read_sheet(work: Work, stream: IO[bytes], format_name: str, key: str, standing: SchemeFacts | None) -> list[Quad]:
    """The vocabulary's quads as a sheet says they should be; see `registry.skos.from_csv`.

    A new vocabulary gets a scheme of its own for its rows to join. SyntaxFaultError for text that is not UTF-8,
    InvalidInputError with line and column for cells that say nothing sound.
    """
    graph = work.names.scheme_graph(key)
    before = work.reader.quads(graph=graph) if standing else [_scheme(work.names.thing("scheme", key), graph)]
    mint = work.names.new_concept
    return list(from_csv(_text(stream), before, delimiter=DELIMITERS[format_name], mint=lambda: mint(key)))


def _scheme(node: NamedNode, graph: NamedNode) -> Quad:
    return Quad(node, RDF.type, SKOS.ConceptScheme, graph)


def _text(stream: IO[bytes]) -> str:
    try:
        return stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SyntaxFaultError("The sheet is not UTF-8.", advice="Save it as CSV UTF-8.") from error
