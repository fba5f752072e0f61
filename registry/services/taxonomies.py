"""What records are held against: the concepts of a source's vocabularies and the departments, frozen, built once.

Built from the reader, so views and the past hold by themselves; kept in the process under the heads of its graphs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.terms import DCTERMS, LEX, ORG, OWL, RDF, SKOS, VOID, XSD, local_name
from registry.rdf.text import fold_label
from registry.services.references import first
from registry.store.database import rows
from registry.store.quads import Reader, term_id
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.shacl import Background

_LABELS = {SKOS.prefLabel: 0, SKOS.altLabel: 1, SKOS.hiddenLabel: 2, SKOS.notation: 1}
_CITEABLE = frozenset({"Approved", "Deprecated", ""})
_TRUE = Literal("true", datatype=XSD.boolean)
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Cited:
    """A concept found by its words: its IRI and how binding the label is (0 preferred, then alternative, hidden)."""

    iri: str
    rank: int


@dataclass(frozen=True)
class Taxonomy:
    """Concepts and departments as validation needs them; never changed once built.

    `background` is what shapes see: citeable concepts only. The rest serves advice: `labels` by folded text,
    `replacements` of retired concepts, `pending` concepts that may not be cited yet with their status, `hubs` the
    concepts of hubs, `namespaces` of all vocabularies in view, `departments` by folded name and key.
    """

    version: str
    background: Background
    labels: Mapping[str, tuple[Cited, ...]]
    titles: Mapping[str, str]
    replacements: Mapping[str, tuple[str, ...]]
    retired: frozenset[str]
    pending: Mapping[str, str]
    hubs: frozenset[str]
    keys: frozenset[str]
    departments: Mapping[str, str]
    namespaces: tuple[tuple[str, str], ...] = ()


def taxonomy_of(work: Work, vocabularies: Iterable[NamedNode]) -> Taxonomy:
    """The taxonomy of these vocabularies at the reader's seq; of all in view, when there are none."""
    known = _vocabularies(work)
    keys = _keys(known, vocabularies)
    namespaces = tuple(sorted(((one.namespace, one.key) for one in known if one.namespace), key=_longest_first))
    graphs = [work.names.graph("organisation")]
    for key in keys:
        graphs += [work.names.scheme_graph(key), work.names.curation_graph(key), work.names.overlay_graph(key)]
    seen = [graph for graph in graphs if term_id(graph) not in work.reader.hidden]
    if work.reader.at is not None:
        return replace(_built(work, keys, seen, str(work.reader.at)), namespaces=namespaces)
    heads = _heads(work.reader, seen)
    made = _CACHE.get((*sorted(heads.items()), *keys), lambda: _built(work, keys, seen, _version(heads)))
    return made if made.namespaces == namespaces else replace(made, namespaces=namespaces)


def _longest_first(pair: tuple[str, str]) -> tuple[int, str]:
    return -len(pair[0]), pair[0]


class _Cache:
    """The newest taxonomies of this process, by the heads of their graphs: equal heads are equal content."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, Taxonomy] = OrderedDict()

    def get(self, key: object, build: Callable[[], Taxonomy]) -> Taxonomy:
        """The taxonomy under a key, built when it is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found

        made = build()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


_CACHE = _Cache()


@dataclass(slots=True)
class _Collected:
    """What a build has gathered so far."""

    quads: list[Quad] = field(default_factory=list)
    labels: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    titles: dict[str, str] = field(default_factory=dict)
    replacements: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    retired: set[str] = field(default_factory=set)
    status: dict[str, str] = field(default_factory=dict)
    hubs: set[str] = field(default_factory=set)


def _built(work: Work, keys: tuple[str, ...], graphs: list[NamedNode], version: str) -> Taxonomy:
    from registry.shacl import Background

    collected = _Collected()
    for key in keys:
        mine = [graph for graph in graphs if key in work.names.schemes_of(graph.value)]
        _collect(work.reader, mine, collected)
    organisation = work.reader.quads(graph=graphs[0]) if work.names.graph("organisation") in graphs else []
    pending = {iri: status for iri, status in collected.status.items() if status not in _CITEABLE}
    shown = [quad for quad in collected.quads if quad.subject.value not in pending]  # type: ignore[union-attr]
    return Taxonomy(
        version=version,
        background=Background([*shown, *organisation], version=f"{version}:{','.join(keys)}"),
        labels={text: _ranked(found, pending, collected.retired) for text, found in collected.labels.items()},
        titles=collected.titles,
        replacements={iri: tuple(sorted(others)) for iri, others in collected.replacements.items()},
        retired=frozenset(collected.retired),
        pending=pending,
        hubs=frozenset(collected.hubs),
        keys=frozenset(keys),
        departments=_departments(organisation),
    )


def _collect(reader: Reader, graphs: list[NamedNode], collected: _Collected) -> None:
    """Add one vocabulary: its concepts with what the registry takes for granted about them written out."""
    quads = [quad for graph in graphs for quad in reader.quads(graph=graph)]
    concepts = {quad.subject for quad in quads if quad.predicate in (SKOS.inScheme, SKOS.topConceptOf)}
    concepts |= {q.subject for q in quads if q.predicate == RDF.type and q.object == SKOS.Concept}
    is_hub = any(quad.predicate == LEX.kind and quad.object == LEX.Hub for quad in quads)
    for quad in quads:
        subject, value = quad.subject, quad.object
        assert isinstance(subject, NamedNode)
        if quad.predicate == LEX.kind:
            collected.quads.append(quad)
        elif subject in concepts:
            _note(subject, quad.predicate, value, collected)
    for concept in concepts:
        assert isinstance(concept, NamedNode)
        collected.quads.append(Quad(concept, RDF.type, SKOS.Concept))
        if is_hub:
            collected.hubs.add(concept.value)


def _note(concept: NamedNode, predicate: NamedNode, value: object, collected: _Collected) -> None:
    """Take one statement about a concept: into the background, and into what advice is made of."""
    if isinstance(value, Literal):
        if predicate in _LABELS:
            _note_label(concept.value, _LABELS[predicate], value, collected)
        if predicate == SKOS.prefLabel:
            collected.quads.append(Quad(concept, predicate, value))
        elif predicate == OWL.deprecated and value.value == "true":
            _retire(concept, collected)
        return
    assert isinstance(value, NamedNode)
    if predicate == LEX.status:
        collected.status[concept.value] = local_name(value.value)
        if value == LEX.Deprecated:
            _retire(concept, collected)
    elif predicate == DCTERMS.isReplacedBy:
        collected.replacements[concept.value].append(value.value)
    elif predicate in (SKOS.inScheme, SKOS.topConceptOf):
        collected.quads.append(Quad(concept, SKOS.inScheme, value))
    elif predicate == SKOS.broader:
        collected.quads.append(Quad(concept, SKOS.broader, value))
    elif predicate == SKOS.narrower:
        collected.quads.append(Quad(value, SKOS.broader, concept))


def _note_label(iri: str, rank: int, label: Literal, collected: _Collected) -> None:
    known = collected.labels[fold_label(label.value)]
    known[iri] = min(rank, known.get(iri, rank))
    if rank == 0 and (iri not in collected.titles or (label.language or "").startswith("en")):
        collected.titles[iri] = label.value


def _retire(concept: NamedNode, collected: _Collected) -> None:
    if concept.value not in collected.retired:
        collected.retired.add(concept.value)
        collected.quads.append(Quad(concept, OWL.deprecated, _TRUE))


def _ranked(found: Mapping[str, int], pending: Mapping[str, str], retired: set[str]) -> tuple[Cited, ...]:
    """The concepts of a label that may be cited, those in force first."""
    usable = [Cited(iri, rank) for iri, rank in found.items() if iri not in pending]
    return tuple(sorted(usable, key=lambda one: (one.iri in retired, one.rank, one.iri)))


def _keys(known: Iterable[_Vocabulary], vocabularies: Iterable[NamedNode]) -> tuple[str, ...]:
    wanted = set(vocabularies)
    return tuple(sorted(one.key for one in known if not wanted or one.node in wanted))


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """A vocabulary in view."""

    key: str
    node: NamedNode
    namespace: str


def _vocabularies(work: Work) -> list[_Vocabulary]:
    """The vocabularies in view, by two indexed queries."""
    kinds = [LEX.Hub, LEX.DepartmentVocabulary, LEX.ExternalVocabulary]
    found = work.reader.pointing([LEX.kind], kinds)
    nodes = sorted({quad.subject for quad in found if isinstance(quad.subject, NamedNode)}, key=str)
    said = work.reader.describe(nodes)
    return [_Vocabulary(first(said[n], LEX.key) or "", n, first(said[n], VOID.uriSpace) or "") for n in nodes]


def _departments(quads: Iterable[Quad]) -> dict[str, str]:
    known: dict[str, str] = {}
    for quad in quads:
        if quad.predicate in (LEX.key, SKOS.prefLabel, SKOS.altLabel, ORG.identifier):
            known.setdefault(fold_label(str(quad.object.value)), quad.subject.value)  # type: ignore[union-attr]
    return known


def _heads(reader: Reader, graphs: Iterable[NamedNode]) -> dict[str, tuple[int, str]]:
    wanted = {graph.value for graph in graphs}
    found = rows(reader.connection, "SELECT scope, seq, hash FROM head WHERE scope <> '*'")
    return {row[0]: (row[1], row[2]) for row in found if row[0] in wanted}


def _version(heads: Mapping[str, tuple[int, str]]) -> str:
    return str(max((seq for seq, _ in heads.values()), default=0))
