"""A vocabulary to match, read from the quads of a SKOS or OWL file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.matching.vocabulary import Entry, Label, LabelKind, Vocabulary

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
_OBO = "http://www.geneontology.org/formats/oboInOwl#"
_W3C = "http://www.w3.org/"

_KINDS: Mapping[str, str] = {
    _SKOS + "Concept": "concept",
    _OWL + "Class": "class",
    _RDFS + "Class": "class",
    _OWL + "DatatypeProperty": "datatype_property",
    _OWL + "ObjectProperty": "object_property",
    _RDF + "Property": "object_property",
}
_NOT_ENTRIES = frozenset({_SKOS + "ConceptScheme", _SKOS + "Collection", _SKOS + "OrderedCollection"})
_LABEL_KINDS: Mapping[str, LabelKind] = {
    _SKOS + "prefLabel": "pref",
    _RDFS + "label": "pref",
    _SKOSXL + "prefLabel": "pref",
    _SKOS + "altLabel": "alt",
    _SKOSXL + "altLabel": "alt",
    _SKOS + "hiddenLabel": "hidden",
    _SKOSXL + "hiddenLabel": "hidden",
}
_SYNONYM = re.compile(r"(alt|alternative)_?(label|term)|synonym", re.IGNORECASE)
_DEFINITION = re.compile(r"definition|comment|description|scope_?note|elucidation", re.IGNORECASE)
_LOCAL_NAME = re.compile(r"[^#/:]+(?=[#/:]*$)")

Node: TypeAlias = NamedNode | BlankNode
Statements: TypeAlias = dict[Node, dict[str, list[object]]]


def vocabulary_from_quads(key: str, quads: Iterable[Quad]) -> Vocabulary:
    """Return every SKOS concept, and every OWL or RDFS class and property, of a file as a vocabulary to match.

    An entry without a preferred label takes its local name for one, as ontologies do that name things in their IRIs.
    What stands in a concept scheme without being typed skos:Concept counts as a concept. Graph names are ignored;
    anonymous classes and terms of the W3C's own namespaces are left out.
    """
    statements, inverse = _by_subject(quads)
    kinds = {node.value: kind for node, kind in _entries(statements)}
    ordered = sorted(kinds.items())
    return Vocabulary(key, tuple(_entry(NamedNode(iri), kind, statements, inverse, kinds) for iri, kind in ordered))


def local_name(iri: str) -> str:
    """Return the last part of an IRI, after its last "#", "/" or ":" that is followed by anything."""
    found = _LOCAL_NAME.search(iri)
    return found.group() if found else iri


def _by_subject(quads: Iterable[Quad]) -> tuple[Statements, Mapping[NamedNode, list[str]]]:
    statements: Statements = defaultdict(lambda: defaultdict(list))
    broader_by_narrower: dict[NamedNode, list[str]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, NamedNode | BlankNode):
            statements[quad.subject][quad.predicate.value].append(quad.object)
            narrower = quad.predicate.value in (_SKOS + "narrower", _SKOS + "hasTopConcept")
            if narrower and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                broader_by_narrower[quad.object].append(quad.subject.value)
    return statements, broader_by_narrower


def _entries(statements: Statements) -> Iterator[tuple[NamedNode, str]]:
    for node, properties in statements.items():
        if isinstance(node, NamedNode) and not node.value.startswith((_W3C, _OBO)):
            kind = _kind(properties)
            if kind:
                yield node, kind


def _kind(properties: Mapping[str, list[object]]) -> str | None:
    types = {value.value for value in properties.get(_RDF + "type", ()) if isinstance(value, NamedNode)}
    for iri, kind in _KINDS.items():
        if iri in types:
            return kind
    in_scheme = _SKOS + "inScheme" in properties or _SKOS + "topConceptOf" in properties
    return "concept" if in_scheme and not types & _NOT_ENTRIES else None


def _entry(
    node: NamedNode,
    kind: str,
    statements: Statements,
    broader_by_narrower: Mapping[NamedNode, list[str]],
    kinds: Mapping[str, str],
) -> Entry:
    properties = statements[node]
    parents = [*_parents(properties), *broader_by_narrower.get(node, ())]

    def others(named: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({iri for iri in named if iri in kinds and iri != node.value}))

    return Entry(
        id=node.value,
        labels=_labels(node, properties, statements),
        broader=others(parents),
        related=others(_related(properties, statements)),
        definition=_definition(properties, statements),
        notation=tuple(sorted(value.value for value in _literals(properties, _SKOS + "notation"))),
        kind=kind,
        domain=others(_classes(properties, _RDFS + "domain", statements)),
    )


def _labels(node: NamedNode, properties: Mapping[str, list[object]], statements: Statements) -> tuple[Label, ...]:
    found = {
        Label(text.value, (text.language or "").lower(), kind)
        for predicate, values in properties.items()
        if (kind := _label_kind(predicate)) is not None
        for value in values
        for text in _texts(value, statements)
        if text.value.strip()
    }
    if not any(label.kind == "pref" for label in found):
        found.add(Label(local_name(node.value)))
    return tuple(sorted(found, key=Label.sort_key))


@lru_cache(maxsize=1024)
def _label_kind(predicate: str) -> LabelKind | None:
    if predicate in _LABEL_KINDS:
        return _LABEL_KINDS[predicate]
    return "alt" if _SYNONYM.search(local_name(predicate)) else None


def _texts(value: object, statements: Statements) -> Iterator[Literal]:
    """Return a label itself, or the texts of the node it is written on (SKOS-XL, OBO synonyms and definitions)."""
    if isinstance(value, Literal):
        yield value
    elif isinstance(value, NamedNode | BlankNode) and value in statements:
        for predicate in (_SKOSXL + "literalForm", _RDFS + "label"):
            yield from _literals(statements[value], predicate)


@lru_cache(maxsize=1024)
def _says_definition(predicate: str) -> bool:
    return _DEFINITION.search(local_name(predicate)) is not None


def _definition(properties: Mapping[str, list[object]], statements: Statements) -> str:
    texts = {
        text.value
        for predicate, values in properties.items()
        if _says_definition(predicate)
        for value in values
        for text in _texts(value, statements)
    }
    return "\n".join(sorted(texts))


def _parents(properties: Mapping[str, list[object]]) -> Iterator[str]:
    for predicate in (_SKOS + "broader", _RDFS + "subClassOf", _RDFS + "subPropertyOf"):
        yield from (value.value for value in properties.get(predicate, ()) if isinstance(value, NamedNode))


def _related(properties: Mapping[str, list[object]], statements: Statements) -> Iterator[str]:
    """Return related concepts, and the classes an OWL restriction says some value must come from."""
    yield from (value.value for value in properties.get(_SKOS + "related", ()) if isinstance(value, NamedNode))
    for value in properties.get(_RDFS + "subClassOf", ()):
        if isinstance(value, BlankNode) and value in statements:
            yield from _classes(statements[value], _OWL + "someValuesFrom", statements)


def _classes(properties: Mapping[str, list[object]], predicate: str, statements: Statements) -> Iterator[str]:
    """Return the classes a property points at, members of a union included."""
    for value in properties.get(predicate, ()):
        if isinstance(value, NamedNode):
            yield value.value
        elif isinstance(value, BlankNode) and value in statements:
            for collection in statements[value].get(_OWL + "unionOf", ()):
                yield from _members(collection, statements)


def _members(head: object, statements: Statements) -> Iterator[str]:
    seen: set[object] = set()
    while isinstance(head, BlankNode) and head in statements and head not in seen:
        seen.add(head)
        first = statements[head].get(_RDF + "first", ())
        yield from (value.value for value in first if isinstance(value, NamedNode))
        head = next(iter(statements[head].get(_RDF + "rest", ())), None)


def _literals(properties: Mapping[str, list[object]], predicate: str) -> Iterator[Literal]:
    return (value for value in properties.get(predicate, ()) if isinstance(value, Literal))
