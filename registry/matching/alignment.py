"""Reference alignments in the Alignment API's RDF format, as OAEI publishes them.

The format: J. Euzenat, An API for ontology alignment (2004). It is read as XML, because many published files are
not well-formed RDF.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from registry.errors import InvalidInputError, SyntaxFaultError

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PREDICATES = {
    "=": "skos:exactMatch",
    "?": "skos:exactMatch",
    "": "skos:exactMatch",
    "<": "skos:broadMatch",
    ">": "skos:narrowMatch",
    "~": "skos:relatedMatch",
    "%": "skos:relatedMatch",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One correspondence: both ends, a SKOS mapping predicate as a CURIE, and how sure its author was (0 to 1)."""

    subject_id: str
    object_id: str
    predicate_id: str = "skos:exactMatch"
    measure: float = 1.0

    @property
    def pair(self) -> tuple[str, str]:
        """Return the identifiers of both ends."""
        return (self.subject_id, self.object_id)


def read_alignment(text: str) -> tuple[Cell, ...]:
    """Return the cells of an alignment in the order they stand.

    Raises SyntaxFaultError when it is no XML, InvalidInputError when it is no alignment, declares a document type (no
    entity is ever expanded) or a cell lacks an end. A relation outside = ? < > ~ % is read as relatedMatch.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidInputError("The alignment declares a document type.", advice="Remove its DOCTYPE declaration.")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  (a document type, and with it every entity, is refused above)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise SyntaxFaultError(f"The alignment is no XML: {error}.", line=line, column=column + 1) from error
    if not any(_name(element) == "Alignment" for element in root.iter()):
        raise InvalidInputError("The file holds no Alignment element.", advice="Send an Alignment API file or SSSOM.")
    return tuple(_cells(root))


def _cells(root: ElementTree.Element) -> Iterator[Cell]:
    cells = (element for element in root.iter() if _name(element) == "Cell")
    for number, element in enumerate(cells, 1):
        parts = {_name(part): part for part in element}
        yield Cell(
            _end(parts, "entity1", number),
            _end(parts, "entity2", number),
            _PREDICATES.get(_text(parts, "relation"), "skos:relatedMatch"),
            _measure(_text(parts, "measure"), number),
        )


def _end(parts: dict[str, ElementTree.Element], name: str, number: int) -> str:
    for element in parts[name].iter() if name in parts else ():
        iri = element.get(_RDF + "resource") or element.get(_RDF + "about")
        if iri:
            return iri
    raise InvalidInputError(f"Cell {number} has no {name}.", advice="Give both ends of every cell an rdf:resource.")


def _text(parts: dict[str, ElementTree.Element], name: str) -> str:
    return (parts[name].text or "").strip() if name in parts else ""


def _measure(text: str, number: int) -> float:
    try:
        return float(text or "1")
    except ValueError as error:
        raise InvalidInputError(f"The measure {text!r} of cell {number} is no number.") from error


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
