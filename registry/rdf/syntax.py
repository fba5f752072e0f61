"""RDF documents in and out: Turtle, N-Triples, N-Quads, TriG, RDF/XML and JSON-LD, through pyoxigraph.

Nothing a document names is ever fetched: a remote JSON-LD context is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from pyoxigraph import Quad, RdfFormat, parse, serialize

from registry.errors import InvalidInputError, RegistryError, SyntaxFaultError, TooLargeError
from registry.rdf.skolem import deskolemize, skolemize
from registry.rdf.terms import PREFIXES

FORMATS: dict[str, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
"""The formats by the names users type."""

MEDIA_TYPES: dict[str, str] = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
"""Media types that name a format; the first of each format is the one we answer with."""

_ENDINGS = {
    "ttl": "turtle", "turtle": "turtle", "nt": "ntriples", "nq": "nquads", "trig": "trig", "rdf": "rdfxml",
    "xml": "rdfxml", "owl": "rdfxml", "jsonld": "jsonld", "json": "jsonld",
}  # fmt: skip
_BLANK = "urn:x-lexicord:blank:"
_PLACE = re.compile(r"line (\d+)(?: (?:between columns|column) (\d+))?")


def media_type(format_name: str) -> str:
    """The media type of a format's documents."""
    return next(media for media, name in MEDIA_TYPES.items() if name == format_name)


def format_of(name: str = "", media: str = "") -> str:
    """The format that a media type or a file name's ending says; InvalidInputError when neither says one."""
    by_media = MEDIA_TYPES.get(media.partition(";")[0].strip().lower())
    if by_media:
        return by_media
    by_ending = _ENDINGS.get(name.rpartition(".")[2].lower())
    if by_ending:
        return by_ending
    raise InvalidInputError(
        f"The format of {name or media or 'the document'} cannot be told from its name.",
        advice=f"Name one of {', '.join(FORMATS)} with --format.",
    )


def parse_document(source: bytes | IO[bytes], format_name: str, *, base_iri: str | None = None) -> Iterator[Quad]:
    """The document's quads, as they are read.

    Raises SyntaxFaultError with line and column (from one) where the document breaks, and for relative IRIs when no
    `base_iri` is given.
    """
    if format_name not in FORMATS:
        raise InvalidInputError(f"There is no format {format_name!r}.", advice=f"Formats: {', '.join(FORMATS)}.")
    try:
        yield from parse(source, FORMATS[format_name], base_iri=base_iri, rename_blank_nodes=True)
    except SyntaxError as error:
        raise _fault(error) from error
    except MemoryError as error:
        raise TooLargeError(
            "A single line, text or comment of the document is longer than the parser's buffer of 16 MiB.",
            advice="Nothing was changed. If it is genuine, break it up.",
            limit=16 * 1024 * 1024,
        ) from error
    except (ValueError, OSError) as error:
        if isinstance(error.__cause__, RegistryError):
            raise error.__cause__ from error
        raise SyntaxFaultError(f"The document does not parse: {error}.", advice="Nothing was changed.") from error


def serialize_document(quads: Iterable[Quad], format_name: str, *, prefixes: Mapping[str, str] | None = None) -> bytes:
    """The quads as a document, sorted, blank nodes labelled by what is said of them: the same state has the same bytes.

    Formats without named graphs get the triples; give the quads in the default graph for those.
    """
    known = {**PREFIXES, **(prefixes or {})}
    used = {} if format_name in ("ntriples", "nquads") else known
    named = deskolemize(skolemize(quads, _BLANK), _BLANK)
    text = serialize(sorted(named, key=str), format=FORMATS[format_name], prefixes=used)
    assert text is not None
    return text


def _fault(error: SyntaxError) -> SyntaxFaultError:
    message = error.msg or str(error)
    found = _PLACE.search(message)
    line = error.lineno or (int(found[1]) if found else None)
    column = error.offset or (int(found[2]) if found and found[2] else None)
    advice = "Nothing was changed."
    if "No scheme found" in message or "relative" in message.lower():
        advice = "It uses a relative IRI: give --base-iri to resolve it against, or write the IRI whole."
    if "LoadDocumentCallback" in message:
        message, advice = "it names a remote context", "Contexts are never fetched: put the context into the document."
    if "UTF-8" in message:
        advice = "Save the document as UTF-8."
    where = f" at line {line}, column {column}" if line and column else f" at line {line}" if line else ""
    detail = re.sub(r"^Parser error at line \d+ (?:between columns \d+ and \d+|column \d+): ?", "", message)
    return SyntaxFaultError(
        f"The document does not parse{where}: {detail.rstrip('.')}.", advice=advice, line=line, column=column
    )
