"""Data elements: registered, bound to fields of sources, and held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

import orjson
from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.properties import (
    AddElement,
    BindField,
    BoundField,
    ClashKind,
    DataElement,
    DataElements,
    DataElementWritten,
    ElementClash,
    ElementClashes,
    ListClashes,
    ListElements,
    ShowElement,
)
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError
from registry.model.names import valid_key
from registry.rdf.terms import LEX, RDF, SKOS, XSD, local_name
from registry.rdf.text import fold_label
from registry.services.references import first, require_concept, require_department, require_scheme
from registry.services.sources import require_source
from registry.store.quads import Description
from registry.store.work import Work


def add(work: Work, request: AddElement) -> Callable[[Work], DataElementWritten]:
    """Register a data element.

    AlreadyExistsError when the key is taken, NotFoundError for an unknown department, concept or vocabulary.
    """
    key = valid_key(request.key, "data element")
    node, graph = work.names.thing("property", key), work.names.graph("properties")
    if work.reader.description(node):
        raise AlreadyExistsError(f"There is a data element {key!r} already.", advice="Choose another key.")
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, LEX.DataElement),
        (LEX.key, Literal(key)),
        (SKOS.prefLabel, Literal(request.name)),
        (LEX.owner, require_department(work.reader, work.names, request.owner)),
        (LEX.valueDomain, _domain(work, request.value_domain)),
    ]
    if request.concept:
        facts.append((LEX.dataElementConcept, require_concept(work.reader, work.names, request.concept)))
    if request.unit:
        facts.append((LEX.unit, Literal(request.unit)))
    if request.definition:
        facts.append((SKOS.definition, Literal(request.definition)))
    work.add(Quad(node, predicate, value, graph) for predicate, value in facts)
    work.summary = f"data element {key}"
    return lambda after: DataElementWritten(element=_elements(after, [node])[0])


def find(work: Work, request: ListElements) -> DataElements:
    """All data elements, by key."""
    return DataElements(elements=_all(work))


def show(work: Work, request: ShowElement) -> DataElement:
    """One data element; NotFoundError when there is none."""
    return _elements(work, [_require(work, request.key)])[0]


def bind(work: Work, request: BindField) -> Callable[[Work], DataElementWritten]:
    """Bind a field; one that is bound already is bound anew. InvalidInputError for a field the context lacks."""
    source = require_source(work.reader, work.names, request.source)
    element = _require(work, request.element)
    known = orjson.loads(source.context or "{}")
    if request.field not in known:
        raise InvalidInputError(
            f"The source {request.source} has no field {request.field!r}.",
            advice=f"See its fields with: lexicord source show {request.source}",
        )
    graph = work.names.graph("properties")
    node = work.names.hashed("binding", request.source, request.field)
    work.put(graph, node, RDF.type, LEX.FieldBinding)
    work.put(graph, node, LEX.source, source.node)
    work.put(graph, node, LEX.field, Literal(request.field))
    work.put(graph, node, LEX.dataElement, element)
    work.summary = f"field {request.field} of {request.source} bound to {request.element}"
    return lambda after: DataElementWritten(element=_elements(after, [element])[0])


def clashes(work: Work, request: ListClashes) -> ElementClashes:
    """Where one name has two meanings, value domains or units, one meaning two names, one field two elements."""
    known = _all(work)
    found = [*_of_one_name(known), *_of_one_meaning(known), *_of_one_field(known)]
    return ElementClashes(clashes=sorted(found, key=lambda one: (one.label, one.one, one.other, one.kind)))


def _of_one_name(known: Iterable[DataElement]) -> Iterator[ElementClash]:
    for name, alike in _grouped((fold_label(one.name), one) for one in known).items():
        for one, other in combinations(alike, 2):
            for kind, a, b in (("meaning", one.concept, other.concept), ("unit", one.unit, other.unit),
                               ("value domain", one.value_domain, other.value_domain)):  # fmt: skip
                if a != b:
                    yield _clash(kind, str(name), one, other, a, b)  # type: ignore[arg-type]


def _of_one_meaning(known: Iterable[DataElement]) -> Iterator[ElementClash]:
    for concept, alike in _grouped((one.concept, one) for one in known if one.concept).items():
        for one, other in combinations(alike, 2):
            if fold_label(one.name) != fold_label(other.name):
                yield _clash("name", str(concept), one, other, one.name, other.name)


def _of_one_field(known: Iterable[DataElement]) -> Iterator[ElementClash]:
    fields = _grouped((fold_label(bound.field), one) for one in known for bound in one.fields)
    for field, alike in fields.items():
        for one, other in combinations({each.key: each for each in alike}.values(), 2):
            yield _clash("field", str(field), one, other, one.name, other.name)


def _clash(
    kind: ClashKind, label: str, one: DataElement, other: DataElement, a: str | None, b: str | None
) -> ElementClash:
    parties = sorted({one.owner, other.owner})
    said = f"{one.key} says {a or 'nothing'}, {other.key} says {b or 'nothing'}"
    return ElementClash(kind=kind, label=label, one=one.key, other=other.key, parties=parties, said=said)


def _grouped(pairs: Iterable[tuple[str | None, DataElement]]) -> Mapping[str | None, list[DataElement]]:
    found: dict[str | None, list[DataElement]] = defaultdict(list)
    for key, one in pairs:
        found[key].append(one)
    return found


def _domain(work: Work, text: str) -> NamedNode:
    """A datatype written as xsd:NAME, or the vocabulary with that key."""
    if text.startswith("xsd:"):
        from registry.shacl.datatypes import lexical_check

        node = XSD[text.removeprefix("xsd:")]
        if lexical_check(node.value) is None and node not in (XSD.string, XSD.anyURI):
            raise InvalidInputError(f"{text} is no datatype.", advice="Name one, such as xsd:date or xsd:decimal.")
        return node
    return require_scheme(work.reader, work.names, text)


def _require(work: Work, key: str) -> NamedNode:
    node = work.names.thing("property", key)
    if not work.reader.description(node):
        raise NotFoundError(f"There is no data element {key!r}.", advice="List them with: lexicord property list")
    return node


def _all(work: Work) -> list[DataElement]:
    nodes = work.reader.subjects(RDF.type, LEX.DataElement, work.names.graph("properties"))
    return sorted(_elements(work, nodes), key=lambda one: one.key)


def _elements(work: Work, nodes: list[NamedNode]) -> list[DataElement]:
    """Data elements with their bindings. Three queries for all."""
    bindings = [q.subject for q in work.reader.pointing([LEX.dataElement], nodes) if isinstance(q.subject, NamedNode)]
    bound: dict[str, list[BoundField]] = defaultdict(list)
    for said in work.reader.describe(bindings).values():
        field = BoundField(source=local_name(first(said, LEX.source) or ""), field=first(said, LEX.field) or "")
        bound[first(said, LEX.dataElement) or ""].append(field)
    return [_element(work, node, said, bound[node.value]) for node, said in work.reader.describe(nodes).items()]


def _element(work: Work, node: NamedNode, said: Description, fields: list[BoundField]) -> DataElement:
    return DataElement(
        key=first(said, LEX.key) or "",
        iri=node.value,
        name=first(said, SKOS.prefLabel) or "",
        owner=work.names.key_of(first(said, LEX.owner) or ""),
        concept=first(said, LEX.dataElementConcept),
        value_domain=first(said, LEX.valueDomain) or "",
        unit=first(said, LEX.unit),
        definition=first(said, SKOS.definition),
        fields=sorted(fields, key=lambda one: (one.source, one.field)),
    )
