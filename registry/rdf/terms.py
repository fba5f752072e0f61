"""Canonical RDF terms and the namespaces we speak.

Engines rewrite terms differently ("01" becomes "1" in one, a date loses its time zone in another), so one gate gives
every term the form that the RDF store itself would give back: what is journalled is what every projection answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from registry.errors import InvalidInputError

Subject = NamedNode | BlankNode | Triple
Term = NamedNode | BlankNode | Literal | Triple


class Namespace:
    """A vocabulary's IRI prefix: `SKOS.prefLabel` and `SKOS["prefLabel"]` are its terms."""

    __slots__ = ("iri",)

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        return _named_node(self.iri + name)

    def __getitem__(self, name: str) -> NamedNode:
        return _named_node(self.iri + name)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(self.iri)

    def __repr__(self) -> str:
        return f"Namespace({self.iri!r})"


@lru_cache(maxsize=4096)
def _named_node(iri: str) -> NamedNode:
    return NamedNode(iri)


DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
ISO_THES = Namespace("http://purl.org/iso25964/skos-thes#")
LEX = Namespace("https://w3id.org/lexicord/ns#")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SEMAPV = Namespace("https://w3id.org/semapv/vocab/")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
SSSOM = Namespace("https://w3id.org/sssom/")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

PREFIXES: dict[str, str] = {
    "dcat": DCAT.iri,
    "dcterms": DCTERMS.iri,
    "iso-thes": ISO_THES.iri,
    "lex": LEX.iri,
    "org": ORG.iri,
    "owl": OWL.iri,
    "prov": PROV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "semapv": SEMAPV.iri,
    "sh": SH.iri,
    "skos": SKOS.iri,
    "skosxl": SKOSXL.iri,
    "sssom": SSSOM.iri,
    "xsd": XSD.iri,
}
"""The prefixes that our own documents are written with."""

_STRING = XSD.iri + "string"
_SUBJECT = NamedNode("urn:x-lexicord:subject")
_PREDICATE = NamedNode("urn:x-lexicord:predicate")


def named_node(iri: str) -> NamedNode:
    """The IRI as a term; InvalidInputError when it is relative or holds characters that RFC 3987 forbids."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise InvalidInputError(
            f"{iri!r} is not an absolute IRI: {error}.",
            advice="Write it whole, such as https://vocab.example.org/finance/account.",
        ) from error


@lru_cache(maxsize=65536)
def canonical_literal(literal: Literal) -> Literal:
    """The literal as the RDF store gives it back: canonical number, boolean and date forms, lower-case language tags.

    Forms outside their datatype's lexical space are kept as they are: an ill-typed literal is a finding, not a loss.
    """
    if literal.language is not None:
        return literal if literal.language.islower() else Literal(literal.value, language=literal.language.lower())
    if literal.datatype.value == _STRING:
        return literal
    scratch = Store()
    scratch.add(Quad(_SUBJECT, _PREDICATE, literal))
    stored = next(iter(scratch)).object
    assert isinstance(stored, Literal)
    return stored


def canonical_quads(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Quad]:
    """The quads as they enter the journal: in `graph`, every literal canonical. Blank nodes must be skolemised before.

    Raises InvalidInputError for a blank node, a triple term, or a text holding U+0000, which no SQL database stores.
    """
    for quad in quads:
        yield canonical_quad(quad, graph)


def canonical_quad(quad: Quad, graph: NamedNode) -> Quad:
    """One quad as it enters the journal; see `canonical_quads`."""
    subject, value = quad.subject, quad.object
    if isinstance(value, Literal):
        if "\x00" in value.value:
            raise InvalidInputError(f"A text of {quad.subject} holds the character U+0000.", advice="Remove it.")
        value = canonical_literal(value)
    elif not isinstance(value, NamedNode):
        raise InvalidInputError(f"{value} of {quad.subject} cannot be journalled: only IRIs and literals can.")
    if not isinstance(subject, NamedNode):
        raise InvalidInputError(f"{subject} cannot be journalled: only IRIs can be subjects.")
    return Quad(subject, quad.predicate, value, graph)


def local_name(iri: str) -> str:
    """The part of an IRI after its last `#`, `/` or `:`, for display only."""
    for mark in ("#", "/", ":"):
        head, found, tail = iri.rpartition(mark)
        if found and tail and head:
            return tail
    return iri


def triples(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads in the default graph: what a document without named graphs says."""
    default = DefaultGraph()
    for quad in quads:
        yield Quad(quad.subject, quad.predicate, quad.object, default)
