"""SSSOM as RDF: a mapping set as quads for those who ask in SPARQL, and back.

The SSSOM/RDF serialisation format of SSSOM 1.1. Every mapping is an `owl:Axiom`, named by its record_id or blank; what
the header says for all is said in each, as readers who know nothing of SSSOM need it. RDF keeps no order: mappings and
the values of a slot come back sorted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from registry.errors import InvalidInputError
from registry.matching.header import Value
from registry.matching.mapping_set import (
    MANY,
    NUMBERS,
    REFERENCES,
    SLOTS,
    UNSPECIFIED_LICENSE,
    Mapping,
    MappingSet,
    check,
    is_set,
    propagated,
    text_of,
    value_of,
)
from registry.matching.prefixes import expand
from registry.rdf.terms import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, SSSOM, XSD, Namespace, local_name, named_node

VERSION = "1.1"
PAV = Namespace("http://purl.org/pav/")
UNDEFINED = "http://sssom.invalid/"
"""Where extensions stand that no definition gives a property."""

Node = NamedNode | BlankNode
Said = Dictionary[NamedNode, list[Any]]
Statement = tuple[Node, NamedNode, Any]

_OWN_PROPERTIES: Dictionary[str, NamedNode] = {
    "subject_id": OWL.annotatedSource,
    "predicate_id": OWL.annotatedProperty,
    "object_id": OWL.annotatedTarget,
    "author_id": PAV.authoredBy,
    "creator_id": DCTERMS.creator,
    "license": DCTERMS.license,
    "mapping_date": DCTERMS.created,
    "publication_date": DCTERMS.issued,
    "see_also": RDFS.seeAlso,
    "comment": RDFS.comment,
    "mapping_set_version": OWL.versionInfo,
    "mapping_set_title": DCTERMS.title,
    "mapping_set_description": DCTERMS.description,
    "mapping_set_source": PROV.wasDerivedFrom,
}
_SLOT_OF = {property_: slot for slot, property_ in _OWN_PROPERTIES.items()} | {PAV.authoredOn: "mapping_date"}
"""The slot each property stands for; `pav:authoredOn` is what files before 1.1 say for the date of a mapping."""

_MEANINGS: Dictionary[str, NamedNode] = {
    "Not": SSSOM.NegatedPredicate,
    "owl class": OWL.Class,
    "owl object property": OWL.ObjectProperty,
    "owl data property": OWL.DataProperty,
    "owl annotation property": OWL.AnnotationProperty,
    "owl named individual": OWL.NamedIndividual,
    "skos concept": SKOS.Concept,
    "rdfs resource": RDFS.Resource,
    "rdfs class": RDFS.Class,
    "rdfs literal": RDFS.Literal,
    "rdfs datatype": RDFS.Datatype,
    "rdf property": RDF.Property,
    "composed entity expression": SSSOM.ComposedEntityExpression,
}
_TEXT_OF = {meaning: text for text, meaning in _MEANINGS.items()}
_ENUMERATIONS = frozenset({"predicate_modifier", "subject_type", "object_type", "predicate_type"})
_URIS = frozenset({"license", "mapping_provider", "see_also", "issue_tracker", "mapping_set_source"})
_DATES = frozenset({"mapping_date", "publication_date", "review_date"})
_NOT_IN_HEADER = frozenset({RDF.type, SSSOM.mappings, SSSOM.extension_definitions, SSSOM.sssom_version})
_DOUBLES = NUMBERS | {"mapping_set_confidence"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def to_rdf(mapping_set: MappingSet) -> tuple[Quad, ...]:
    """Return the set as quads in the default graph.

    Raises InvalidInputError as `to_tsv` does, and for an identifier that is no IRI or a slot that has no form in RDF.
    """
    check(mapping_set)
    whole = propagated(mapping_set)
    return tuple(Quad(*triple, DefaultGraph()) for triple in (*_about_set(whole), *_about_mappings(whole)))


def from_rdf(quads: Iterable[Quad]) -> MappingSet:
    """Return the one mapping set that quads hold, in whatever graphs they stand.

    What is said of the set beyond SSSOM is passed over. Raises InvalidInputError when there is none or several, or when
    it breaks the standard.
    """
    said: dict[Node, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if not isinstance(quad.subject, Triple):
            said[quad.subject][quad.predicate].append(quad.object)
    sets = [node for node, about in said.items() if SSSOM.MappingSet in about.get(RDF.type, ())]
    if len(sets) != 1:
        raise InvalidInputError(
            f"The graph holds {len(sets)} mapping sets.", advice="Send one sssom:MappingSet at a time."
        )
    return _mapping_set(sets[0], said)


def _about_set(whole: MappingSet) -> Iterator[Statement]:
    name = named_node(whole.mapping_set_id)
    yield name, RDF.type, SSSOM.MappingSet
    yield name, SSSOM.sssom_version, SSSOM["version" + VERSION]
    for slot, value in {"license": whole.license, **whole.metadata}.items():
        if slot != "extension_definitions":
            yield from ((name, _property(slot), term) for term in _terms(slot, value))
    for place, definition in enumerate(_definitions(whole)):
        node = BlankNode(f"x{place}")
        yield name, SSSOM.extension_definitions, node
        yield node, RDF.type, SSSOM.ExtensionDefinition
        yield from ((node, SSSOM[key], _defining(key, text, whole)) for key, text in definition.items())


def _about_mappings(whole: MappingSet) -> Iterator[Statement]:
    name, defined = named_node(whole.mapping_set_id), _definitions(whole)
    properties = {
        one["slot_name"]: _defining("property", one["property"], whole)
        for one in defined
        if {"slot_name", "property"} <= one.keys()
    }
    for place, mapping in enumerate(whole.mappings):
        node = named_node(mapping.record_id) if mapping.record_id else BlankNode(f"m{place}")
        yield name, SSSOM.mappings, node
        yield node, RDF.type, OWL.Axiom
        for slot in SLOTS:
            value = getattr(mapping, slot)
            if slot != "record_id" and is_set(value):
                yield from ((node, _property(slot), term) for term in _terms(slot, value))
        for slot, text in mapping.extensions:
            yield node, properties.get(slot) or named_node(UNDEFINED + slot), Literal(text)


def _definitions(whole: MappingSet) -> list[dict[str, str]]:
    """Return the definitions of extension slots in the header, as texts."""
    given = whole.metadata.get("extension_definitions", [])
    several = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return [{key: text_of(key, value) for key, value in one.items()} for one in several]


def _defining(key: str, text: str, whole: MappingSet) -> Any:
    return named_node(expand(text, whole.curie_map)) if key in ("property", "type_hint") else Literal(text)


def _property(slot: str) -> NamedNode:
    return _OWN_PROPERTIES.get(slot) or SSSOM[slot]


def _terms(slot: str, value: Any) -> Iterator[NamedNode | Literal]:
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, dict | list):
            raise InvalidInputError(
                f"The slot {slot} of the header has no form in RDF.", advice="Write the set as TSV or JSON."
            )
        yield _term(slot, str(one))


def _term(slot: str, text: str) -> NamedNode | Literal:
    if slot in REFERENCES or (slot in _URIS and _ABSOLUTE.fullmatch(text)):
        return named_node(text)
    if slot in _ENUMERATIONS and text in _MEANINGS:
        return _MEANINGS[text]
    if slot in _DOUBLES:
        return Literal(text, datatype=XSD.double)
    return Literal(text, datatype=XSD.date) if slot in _DATES else Literal(text)


def _mapping_set(name: Node, said: Dictionary[Node, Said]) -> MappingSet:
    about = said[name]
    definitions = [_definition(said[node]) for node in about.get(SSSOM.extension_definitions, ())]
    defined = [one for one in definitions if {"slot_name", "property"} <= one.keys()]
    extensions = {named_node(one["property"]): one["slot_name"] for one in defined}
    header = {_slot(property_): terms for property_, terms in about.items() if property_ not in _NOT_IN_HEADER}
    values = {slot: _header_value(slot, _texts(slot, terms)) for slot, terms in header.items() if slot}
    identifier, license_ = values.pop("mapping_set_id", ""), values.pop("license", UNSPECIFIED_LICENSE)
    if definitions:
        values["extension_definitions"] = [{**one} for one in definitions]
    mappings = (_mapping(node, said[node], extensions) for node in about.get(SSSOM.mappings, ()))
    whole = MappingSet(
        mapping_set_id=name.value if isinstance(name, NamedNode) else text_of("mapping_set_id", identifier),
        license=text_of("license", license_),
        mappings=tuple(sorted(mappings, key=_order)),
        metadata=values,
    )
    check(whole)
    return whole


def _definition(about: Said) -> dict[str, str]:
    slots = ((local_name(property_.value), terms) for property_, terms in about.items() if property_ != RDF.type)
    return {slot: _texts(slot, terms)[0] for slot, terms in slots if terms}


def _header_value(slot: str, texts: list[str]) -> Value:
    return [*texts] if slot in MANY or len(texts) > 1 else "".join(texts)


def _mapping(node: Node, about: Said, extensions: Dictionary[NamedNode, str]) -> Mapping:
    known: dict[str, Any] = {"record_id": node.value} if isinstance(node, NamedNode) else {}
    other: list[tuple[str, str]] = []
    for property_, terms in about.items():
        slot = _slot(property_)
        texts = _texts(slot, terms)
        if slot in SLOTS:
            known[slot] = value_of(slot, _header_value(slot, texts))
        elif property_ != RDF.type and texts:
            other.append((extensions.get(property_) or property_.value.removeprefix(UNDEFINED), texts[0]))
    return Mapping(**known, extensions=tuple(sorted(other)))


def _slot(property_: NamedNode) -> str:
    """Return the slot a property stands for, "" when it is none of SSSOM's."""
    known = _SLOT_OF.get(property_)
    return known or (property_.value.removeprefix(SSSOM.iri) if property_ in SSSOM else "")


def _texts(slot: str, terms: Iterable[Any]) -> list[str]:
    """Return terms as the texts of a slot, sorted; a blank node says nothing here."""
    meant = _TEXT_OF if slot in _ENUMERATIONS else {}
    return sorted(meant.get(term, term.value) for term in terms if not isinstance(term, BlankNode))


def _order(mapping: Mapping) -> tuple[str, ...]:
    return (mapping.subject_id, mapping.predicate_id, mapping.object_id, mapping.record_id, repr(mapping))
