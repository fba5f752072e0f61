"""Concepts shown and found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.concepts import (
    Concept,
    ConceptMapping,
    ConceptRef,
    Concepts,
    FindConcepts,
    FoundConcept,
    Note,
    ShowConcept,
)
from registry.model.labels import best_label
from registry.rdf.terms import DCTERMS, LEX, OWL, SKOS, local_name
from registry.services.lifecycle import NODES, Status, status_of
from registry.services.paging import offset
from registry.services.references import first, home_key, local_of, require_concept
from registry.services.scheme_facts import SchemeFacts, all_facts, scheme_facts
from registry.store.quads import Description, Value
from registry.store.search import LabelHit, LabelKind, labels_containing, search_key
from registry.store.work import Work

MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
NOTES = (SKOS.example, SKOS.changeNote, SKOS.historyNote, SKOS.editorialNote, SKOS.note)
LOOKED_AT = 5_000
"""Labels that a search looks at; beyond, it says that there are more."""
BATCH = 200
"""Matching labels whose owners are looked up at a time."""
_INVERSE = (SKOS.broader, SKOS.narrower, SKOS.related, SKOS.hasTopConcept, OWL.annotatedSource, OWL.annotatedTarget)
_KINDS = {
    LabelKind.PREFERRED: "pref_label",
    LabelKind.ALTERNATIVE: "alt_label",
    LabelKind.HIDDEN: "hidden_label",
    LabelKind.NOTATION: "notation",
}


def show(work: Work, request: ShowConcept) -> Concept:
    """One concept with everything around it; NotFoundError when nothing in view says anything of it."""
    node = require_concept(work.reader, work.names, request.concept)
    return page_of(work, node, home_key(work.reader, work.names, request.concept, node))


def page_of(work: Work, node: NamedNode, key: str) -> Concept:
    """A concept's page, as its home vocabulary has it. Six queries, however much stands on it."""
    facts = scheme_facts(work.reader, work.names, key)
    said = _said_at_home(work, node, key)
    around = _Around.of(work, node, said)
    languages = work.settings.languages
    return Concept(
        iri=node.value, scheme=key, scheme_title=facts.title(languages), local=local_of(node, facts.namespace),
        label=label_of(said, node, languages), status=_status(said),
        owner=_owner(work, said) or facts.owner(work.names),
        pref_label=_one_each(said, SKOS.prefLabel, languages), alt_label=_many_each(said, SKOS.altLabel, languages),
        hidden_label=_many_each(said, SKOS.hiddenLabel, languages),
        notation=[value.value for value in said.get(SKOS.notation, ())],
        definition=_one_each(said, SKOS.definition, languages), scope_note=_one_each(said, SKOS.scopeNote, languages),
        broader=around.refs(around.broader), narrower=around.refs(around.narrower), related=around.refs(around.related),
        top_concept_of=around.top_of(), mappings=around.mappings(),
        replaced_by=around.refs(_nodes(said, DCTERMS.isReplacedBy)), facet=_local(first(said, LEX.facet)),
        effective_from=first(said, LEX.effectiveFrom), effective_until=first(said, LEX.effectiveUntil),
        reason=first(said, LEX.changeReason), notes=_notes(said), version=work.reader.version(node),
    )  # fmt: skip


def label_of(said: Description, node: NamedNode, languages: Sequence[str]) -> str:
    """The label to show for a concept that is described so; its local name when it has none."""
    for predicate in (SKOS.prefLabel, SKOS.altLabel, NamedNode("http://www.w3.org/2000/01/rdf-schema#label")):
        best = best_label([value for value in said.get(predicate, ()) if isinstance(value, Literal)], languages)
        if best is not None:
            return best.value
    return first(said, SKOS.notation) or local_name(node.value)


@dataclass(frozen=True, slots=True)
class _Around:
    """A concept's neighbours: what it points to, what points to it, and what is said of them all."""

    work: Work
    node: NamedNode
    broader: list[NamedNode]
    narrower: list[NamedNode]
    related: list[NamedNode]
    tops: list[NamedNode]
    published: list[tuple[NamedNode, NamedNode]]
    recorded: list[NamedNode]
    described: dict[NamedNode, Description]
    facts: dict[str, SchemeFacts]
    homes: dict[NamedNode, str]

    @classmethod
    def of(cls, work: Work, node: NamedNode, said: Description) -> _Around:
        """One query for what points here, two for what is said of everything around."""
        to = defaultdict(list)
        for quad in work.reader.pointing(_INVERSE, [node]):
            if isinstance(quad.subject, NamedNode):
                to[quad.predicate].append(quad.subject)
        recorded = [*to[OWL.annotatedSource], *to[OWL.annotatedTarget]]
        published = [(predicate, end) for predicate in MAPPINGS for end in _nodes(said, predicate)]
        broader = _sorted([*_nodes(said, SKOS.broader), *to[SKOS.narrower]])
        narrower = _sorted([*_nodes(said, SKOS.narrower), *to[SKOS.broader]])
        related = _sorted([*_nodes(said, SKOS.related), *to[SKOS.related]])
        quads = work.reader.about(recorded)
        ends = [q.object for q in quads if q.predicate in (OWL.annotatedSource, OWL.annotatedTarget)]
        wanted = {*broader, *narrower, *related, *_nodes(said, DCTERMS.isReplacedBy), *(end for _, end in published)}
        wanted |= {end for end in ends if isinstance(end, NamedNode)}
        about = work.reader.about(sorted(wanted, key=lambda n: n.value))
        tops = _sorted([*_nodes(said, SKOS.topConceptOf), *to[SKOS.hasTopConcept]])
        known = {**described(about), **described(quads)}
        facts = all_facts(work.reader, work.names)
        return cls(
            work, node, broader, narrower, related, tops, published, _sorted(recorded), known, facts, homes(work, about)
        )

    def refs(self, nodes: Iterable[NamedNode]) -> list[ConceptRef]:
        """Concepts as they are named here, by label."""
        found = [ref(self.work, node, self.described.get(node, {}), self.homes, self.facts) for node in nodes]
        return sorted(found, key=lambda item: (item.label.casefold(), item.iri))

    def top_of(self) -> list[str]:
        """Keys of the vocabularies whose top concept it is."""
        keys = {facts.node: key for key, facts in self.facts.items()}
        return sorted(keys[node] for node in self.tops if node in keys)

    def mappings(self) -> list[ConceptMapping]:
        """What is recorded with a state, then what the vocabulary itself states."""
        found = [self._recorded(mapping) for mapping in self.recorded]
        told = {(mapping.iri, mapping.predicate) for mapping in found}
        for predicate, end in self.published:
            if (end.value, local_name(predicate.value)) not in told:
                found.append(self._mapping(end, local_name(predicate.value), "published"))
        return sorted(found, key=lambda item: (item.predicate, item.label.casefold(), item.iri))

    def _recorded(self, mapping: NamedNode) -> ConceptMapping:
        said = self.described[mapping]
        subject, target = (_nodes(said, end)[0] for end in (OWL.annotatedSource, OWL.annotatedTarget))
        predicate = _local(first(said, OWL.annotatedProperty)) or ""
        if target == self.node:
            return self._mapping(subject, _INVERSES.get(predicate, predicate), _state(said))
        return self._mapping(target, predicate, _state(said))

    def _mapping(self, end: NamedNode, predicate: str, state: str) -> ConceptMapping:
        label = label_of(self.described.get(end, {}), end, self.work.settings.languages)
        return ConceptMapping(iri=end.value, label=label, scheme=self.homes.get(end), predicate=predicate, state=state)


_INVERSES = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}


def ref(
    work: Work, node: NamedNode, said: Description, known: dict[NamedNode, str], facts: dict[str, SchemeFacts]
) -> ConceptRef:
    """A concept as it is named where another one is shown."""
    key = known.get(node)
    namespace = facts[key].namespace if key in facts else ""
    return ConceptRef(
        iri=node.value, label=label_of(said, node, work.settings.languages), scheme=key,
        local=local_of(node, namespace) if key else "", status=_status(said),
    )  # fmt: skip


def described(quads: Iterable[Quad]) -> dict[NamedNode, Description]:
    """Quads as descriptions of their subjects."""
    found: dict[NamedNode, dict[NamedNode, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for quad in sorted(quads, key=str):
        values = found[quad.subject][quad.predicate]  # type: ignore[index]
        if quad.object not in values:
            values.append(quad.object)  # type: ignore[arg-type]
    return {node: {p: tuple(v) for p, v in said.items()} for node, said in found.items()}


def homes(work: Work, quads: Iterable[Quad]) -> dict[NamedNode, str]:
    """The key of each subject's vocabulary: the one that curates it, else the first that speaks of it."""
    curated: dict[NamedNode, str] = {}
    spoken: dict[NamedNode, str] = {}
    for quad in sorted(quads, key=str):
        graph, subject = quad.graph_name, quad.subject
        if (
            not isinstance(graph, NamedNode)
            or not isinstance(subject, NamedNode)
            or "/graph/scheme/" not in graph.value
        ):
            continue
        key = work.names.schemes_of(graph.value)[0]
        spoken.setdefault(subject, key)
        if quad.predicate == LEX.status:
            curated.setdefault(subject, key)
    return {**spoken, **curated}


def find(work: Work, request: FindConcepts) -> Concepts:
    """Concepts by their words: exact before prefix before part, preferred labels first, each concept once."""
    hits = labels_containing(work.reader, request.text, limit=LOOKED_AT)
    best = _best_hits(work, request, hits)
    start = offset(request)
    shown, end = _filled(work, best, start, request)
    return Concepts(
        concepts=_found(work, request, shown),
        total=len(best),
        more=len(hits) >= LOOKED_AT,
        next=str(end) if end < len(best) else None,
    )


def _filled(work: Work, hits: Sequence[LabelHit], start: int, request: FindConcepts) -> tuple[list[LabelHit], int]:
    """A page of those hits that are concepts (of the asked status), from `start` on, and where the next one starts."""
    wanted = NODES[Status(request.status)] if request.status else None
    shown: list[LabelHit] = []
    for begin in range(start, len(hits), BATCH):
        batch = hits[begin : begin + BATCH]
        statuses = {
            quad.subject: quad.object
            for quad in work.reader.about([hit.concept for hit in batch])
            if quad.predicate == LEX.status
        }
        for place, hit in enumerate(batch, begin + 1):
            status = statuses.get(hit.concept)
            if status is None or wanted not in (None, status) or (wanted is None and status == LEX.Archived):
                continue
            shown.append(hit)
            if len(shown) == request.limit:
                return shown, place
    return shown, len(hits)


def _best_hits(work: Work, request: FindConcepts, hits: Iterable[LabelHit]) -> list[LabelHit]:
    key = search_key(request.text)
    graph = work.names.scheme_graph(request.scheme) if request.scheme else None
    if request.scheme:
        scheme_facts(work.reader, work.names, request.scheme)
    language = request.language.lower() if request.language else None
    best: dict[NamedNode, LabelHit] = {}
    for hit in hits:
        if graph not in (None, hit.graph) or not _speaks(hit.language, language):
            continue
        if hit.concept not in best or _rank(hit, key) < _rank(best[hit.concept], key):
            best[hit.concept] = hit
    return sorted(best.values(), key=lambda hit: _rank(hit, key))


def _speaks(tag: str, language: str | None) -> bool:
    return language is None or tag == language or tag.startswith(language + "-")


def _rank(hit: LabelHit, key: str) -> tuple[int, int, int, str, str, str]:
    return _closeness(hit, key), int(hit.kind), len(hit.folded), hit.folded, hit.concept.value, hit.language


def _closeness(hit: LabelHit, key: str) -> int:
    return 0 if hit.folded == key else 1 if hit.folded.startswith(key) else 2


def _found(work: Work, request: FindConcepts, hits: Sequence[LabelHit]) -> list[FoundConcept]:
    quads = work.reader.about([hit.concept for hit in hits])
    about, known, facts = described(quads), homes(work, quads), all_facts(work.reader, work.names)
    key = search_key(request.text)
    found = []
    for hit in hits:
        said = about[hit.concept]
        definition = best_label(
            [v for v in said.get(SKOS.definition, ()) if isinstance(v, Literal)], work.settings.languages
        )
        found.append(FoundConcept(
            **ref(work, hit.concept, said, known, facts).model_dump(), matched=hit.text, kind=_KINDS[hit.kind],
            match=("exact", "prefix", "part")[_closeness(hit, key)], language=hit.language,
            definition=definition.value if definition else None,
        ))  # fmt: skip
    return found


def _said_at_home(work: Work, node: NamedNode, key: str) -> Description:
    names = work.names
    graphs = (names.scheme_graph(key), names.curation_graph(key), names.overlay_graph(key))
    return described(quad for quad in work.reader.quads(node) if quad.graph_name in graphs).get(node, {})


def _status(said: Description) -> str | None:
    status = status_of(said)
    return status.value if status else None


def _owner(work: Work, said: Description) -> str | None:
    owner = first(said, LEX.owner)
    return work.names.key_of(owner) if owner else None


def _state(said: Description) -> str:
    state = _local(first(said, LEX.mappingState)) or "published"
    spelt = "".join(f"_{c.lower()}" if c.isupper() else c for c in state.removeprefix("Mapping"))
    return spelt.lstrip("_")


def _one_each(said: Description, predicate: NamedNode, languages: Sequence[str]) -> dict[str, str]:
    return {language: " ".join(texts) for language, texts in _many_each(said, predicate, languages).items()}


def _many_each(said: Description, predicate: NamedNode, languages: Sequence[str]) -> dict[str, list[str]]:
    """Texts by language, the display languages first."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in said.get(predicate, ()):
        if isinstance(value, Literal):
            found[value.language or ""].append(value.value)
    ordered = sorted(found, key=lambda tag: (languages.index(tag) if tag in languages else len(languages), tag))
    return {language: sorted(found[language]) for language in ordered}


def _notes(said: Description) -> list[Note]:
    return [
        Note(kind=local_name(predicate.value), text=value.value, language=getattr(value, "language", None) or "")
        for predicate in NOTES
        for value in said.get(predicate, ())
    ]


def _nodes(said: Description, predicate: NamedNode) -> list[NamedNode]:
    return [value for value in said.get(predicate, ()) if isinstance(value, NamedNode)]


def _sorted(nodes: Iterable[NamedNode]) -> list[NamedNode]:
    return sorted(set(nodes), key=lambda node: node.value)


def _local(iri: str | None) -> str | None:
    return None if iri is None else local_name(iri)
