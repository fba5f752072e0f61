"""The facts that bear on terms, read in bulk for all terms of a request: labels, mappings, replacements."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from registry.errors import RegistryError
from registry.model.decisions import Found, LabelProperty, TermConcept, TermFacts, Unsettled
from registry.model.names import Names
from registry.rdf.terms import LEX, ORG
from registry.resolution import LabelFact, best_match
from registry.services.gathered import Gathered
from registry.services.mapping_records import MappingRecord, nodes_touching, records
from registry.services.references import find_concept
from registry.store.quads import Reader
from registry.store.search import LabelHit, LabelKind, labels_equal, search_key

_PROPERTIES: Mapping[LabelKind, LabelProperty] = {
    LabelKind.PREFERRED: "pref_label",
    LabelKind.ALTERNATIVE: "alt_label",
    LabelKind.HIDDEN: "hidden_label",
    LabelKind.NOTATION: "notation",
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_REFERENCE = re.compile(r"([a-z][a-z0-9-]{1,62})/\S+\Z")


@dataclass(slots=True)
class TermReader:
    """Reads what bears on terms; concepts and mappings met once are not read again."""

    gathered: Gathered
    language: str | None = None
    mappings: dict[NamedNode, MappingRecord] = field(default_factory=dict)
    _at: dict[NamedNode, list[MappingRecord]] = field(default_factory=lambda: defaultdict(list))
    _expanded: set[NamedNode] = field(default_factory=set)
    _versions: dict[NamedNode, int] = field(default_factory=dict)

    def facts(self, terms: Sequence[str]) -> list[TermFacts]:
        """The facts that bear on each term, with as many queries for a thousand terms as for one."""
        hits = self._hits(terms)
        named = [self._named(term) for term in terms]
        found = [self._found(term, hits[search_key(term)], iri) for term, iri in zip(terms, named, strict=True)]
        self._expand({NamedNode(one.concept) for met in found for one in met})
        links = self._links()
        return [self._facts(met, links) for met in found]

    def inputs(self, facts: TermFacts) -> list[NamedNode]:
        """Everything an answer from these facts rests on: concepts, their vocabularies, the mappings at them."""
        concepts = [NamedNode(iri) for iri in facts.concepts]
        keys = {concept.scheme for concept in facts.concepts.values()}
        schemes = [self.gathered.schemes[key].node for key in sorted(keys)]
        return [*concepts, *schemes, *(record.node for record in self._mappings_at(concepts))]

    def version(self, nodes: Iterable[NamedNode]) -> int:
        """The last seq that touched any of these; 0 when none was ever touched."""
        for node in nodes:
            if node not in self._versions:
                self._versions[node] = self.gathered.reader.version(node)
        return max((self._versions[node] for node in nodes), default=0)

    def _hits(self, terms: Sequence[str]) -> dict[str, list[LabelHit]]:
        grouped: dict[str, list[LabelHit]] = defaultdict(list)
        for hit in labels_equal(self.gathered.reader, map(search_key, terms)):
            grouped[hit.folded].append(hit)
        self.gathered.load(hit.concept for hits in grouped.values() for hit in hits)
        return grouped

    def _named(self, term: str) -> NamedNode | None:
        """The concept that the term names outright, as an IRI or as SCHEME/LOCAL."""
        reference = _REFERENCE.match(term)
        if not (_IRI.match(term) or (reference and reference[1] in self.gathered.schemes)):
            return None
        try:
            return find_concept(self.gathered.reader, self.gathered.names, term)
        except RegistryError:
            return None  # it only looks like a reference: what its labels say still counts

    def _found(self, term: str, hits: Iterable[LabelHit], named: NamedNode | None) -> tuple[Found, ...]:
        labels: dict[NamedNode, list[LabelFact]] = defaultdict(list)
        for hit in hits:
            if self._speaks_of_its_own(hit):
                labels[hit.concept].append(LabelFact(_PROPERTIES[hit.kind], hit.text, hit.language))
        if named is not None:
            labels[named].append(LabelFact("iri", term))
        met = ((node, best_match(term, self.language, facts)) for node, facts in labels.items())
        found = [Found(node.value, match) for node, match in met if match is not None]
        return tuple(sorted(found, key=lambda one: one.concept))

    def _speaks_of_its_own(self, hit: LabelHit) -> bool:
        home = self.gathered.entry(hit.concept).home
        return home is not None and home in self.gathered.names.schemes_of(hit.graph.value)

    def _expand(self, concepts: set[NamedNode]) -> None:
        """Read what mappings and replacements lead to, level by level, until nothing new is met."""
        frontier = concepts
        while frontier:
            self._expanded |= frontier
            self.gathered.load(frontier)
            nodes = [node for node in nodes_touching(self.gathered.reader, frontier) if node not in self.mappings]
            fresh = records(self.gathered, nodes)
            self._keep(fresh)
            onward = {end for record in fresh if _joins(record) for end in record.pair}
            onward |= {node for end in frontier for node in self.gathered.entries[end].replaced_by()}
            frontier = onward - self._expanded

    def _keep(self, fresh: Iterable[MappingRecord]) -> None:
        for record in fresh:
            self.mappings[record.node] = record
            for end in record.pair:
                self._at[end].append(record)

    def _mappings_at(self, concepts: Iterable[NamedNode]) -> list[MappingRecord]:
        found = {record.node: record for node in concepts for record in self._at.get(node, ())}
        return [found[node] for node in sorted(found, key=str)]

    def _links(self) -> dict[NamedNode, set[NamedNode]]:
        """What each concept leads to: the other ends of mappings that hold, and its replacements."""
        links: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for record in self.mappings.values():
            if _joins(record):
                links[record.subject].add(record.object)
                links[record.object].add(record.subject)
        for node in self._expanded:
            links[node].update(self.gathered.entries[node].replaced_by())
        return links

    def _facts(self, found: tuple[Found, ...], links: Mapping[NamedNode, set[NamedNode]]) -> TermFacts:
        reached = _closure([NamedNode(one.concept) for one in found], links)
        concepts = {node.value: concept for node in sorted(reached, key=str) if (concept := self._concept(node))}
        here = self._mappings_at(reached)
        joins = sorted((r.subject.value, r.object.value) for r in here if _joins(r))
        open_ = [r for r in here if r.predicate == "exact" and r.state in ("one_sided", "needs_review")]
        self.gathered.load(end for record in open_ for end in record.pair)
        unsettled = [Unsettled(r.subject.value, r.object.value, r.state) for r in open_]  # type: ignore[arg-type]
        return TermFacts(concepts, found, tuple(joins), tuple(sorted(unsettled, key=str)))

    def _concept(self, node: NamedNode) -> TermConcept | None:
        entry = self.gathered.entry(node)
        scheme = self.gathered.schemes.get(entry.home or "")
        if scheme is None:
            return None
        languages = [*([self.language] if self.language else []), *self.gathered.languages]
        endorsers = sorted(self.gathered.names.key_of(by.value) for by in entry.curated(LEX.endorsedBy))
        return TermConcept(
            node.value, scheme.key, entry.label(languages), entry.definition(languages), scheme.kind,
            self.gathered.owner(node), tuple(endorsers), entry.status().value,
            tuple(replacement.value for replacement in entry.replaced_by()),
        )  # fmt: skip


def lineage(reader: Reader, names: Names, department: NamedNode) -> tuple[NamedNode, ...]:
    """A department and those above it, nearest first; each once, so that a circle ends."""
    graph = names.graph("organisation")
    above: dict[NamedNode, NamedNode] = {}
    for predicate in (ORG.subOrganizationOf, ORG.unitOf):
        for quad in sorted(reader.quads(predicate=predicate, graph=graph), key=str):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                above[quad.subject] = quad.object
    line = [department]
    while (up := above.get(line[-1])) is not None and up not in line:
        line.append(up)
    return tuple(line)


def _joins(record: MappingRecord) -> bool:
    return record.predicate == "exact" and record.state == "approved"


def _closure(start: Iterable[NamedNode], links: Mapping[NamedNode, set[NamedNode]]) -> set[NamedNode]:
    reached, frontier = set(start), list(start)
    while frontier:
        for node in links.get(frontier.pop(), ()):
            if node not in reached:
                reached.add(node)
                frontier.append(node)
    return reached
