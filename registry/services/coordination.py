"""How much of the integration arithmetic is covered: per concept that two departments both use, never only per pair."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from pyoxigraph import Literal, NamedNode

from registry.authority import classes
from registry.contract.coordination import Age, CoordinationReport, PairCoverage, ReportCoordination
from registry.rdf.terms import DCTERMS, LEX, OWL, SKOS
from registry.rdf.text import fold_label
from registry.services.conflict_records import UNSETTLED, ConflictRecord, conflict_nodes, conflict_records
from registry.services.gathered import Gathered
from registry.services.integration_points import integration_points
from registry.services.mapping_records import MappingRecord, nodes_by_subject, records
from registry.store.work import Work

Concepts = frozenset[NamedNode]
Departments = tuple[str, str]
AGES = (("this week", 7), ("this month", 31), ("this quarter", 92))
"""Ages of open conflicts, each with the days up to which it reaches; what is left is older."""
_RETIRED = frozenset({LEX.Deprecated, LEX.Archived, LEX.Rejected})


@dataclass(slots=True)
class _Pair:
    """Two departments' shared meanings, each a pair of concepts."""

    overlap: set[Concepts] = field(default_factory=set)
    agreed: set[Concepts] = field(default_factory=set)
    through_hub: set[Concepts] = field(default_factory=set)
    disputed: set[Concepts] = field(default_factory=set)
    different: set[Concepts] = field(default_factory=set)

    def coverage(self, one: str, other: str) -> PairCoverage:
        """The counts; each meaning counts once, the most settled state first."""
        different = self.different - self.agreed
        disputed = self.disputed - self.agreed - different
        untouched = self.overlap - self.agreed - different - disputed
        settled = len(self.agreed) + len(different)
        shared = settled + len(disputed) + len(untouched)
        return PairCoverage(
            one=one, other=other, shared=shared, agreed=len(self.agreed), through_hub=len(self.through_hub),
            disputed=len(disputed), different=len(different), untouched=len(untouched),
            coverage=round(settled / shared, 4) if shared else None,
        )  # fmt: skip


def report(work: Work, request: ReportCoordination) -> CoordinationReport:
    """The coverage of the integration arithmetic over the asker's view."""
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    owners = _owners(work, gathered)
    mappings = records(gathered, nodes_by_subject(work.reader, work.names))
    conflicts = conflict_records(work.reader, conflict_nodes(work.reader, work.names))
    pairs = _pairs(gathered, owners, mappings, conflicts)
    covered = [pairs[key].coverage(*key) for key in sorted(pairs)]
    shared = sorted((c for c in covered if c.shared), key=lambda c: (c.coverage or 0.0, -c.shared, c.one, c.other))
    departments, (sources, bound) = _departments(work), _sources(work)
    sums = {name: sum(getattr(c, name) for c in shared) for name in ("shared", "agreed", "disputed", "different")}
    settled = sums["agreed"] + sums["different"]
    owning = len(set(owners.values()))
    unsettled = [record for record in conflicts if record.state in UNSETTLED]
    return CoordinationReport(
        departments=departments,
        sources=sources,
        sources_bound=bound,
        departments_with_vocabulary=owning,
        points=integration_points(owning, 0, sources, None),
        pairs=shared,
        pairs_without_overlap=owning * (owning - 1) // 2 - len(shared),
        untouched=sum(c.untouched for c in shared),
        coverage=round(settled / sums["shared"], 4) if sums["shared"] else None,
        open_conflicts=len(unsettled),
        ages=_ages(unsettled, work.now),
        mappings=dict(sorted(Counter(record.state for record in mappings).items())),
        **sums,
    )


def _owners(work: Work, gathered: Gathered) -> dict[str, str]:
    """The department behind each department vocabulary, by the vocabulary's key."""
    found = {key: facts.owner(work.names) for key, facts in gathered.schemes.items() if facts.kind == "department"}
    return {key: owner for key, owner in found.items() if owner}


def _pairs(
    gathered: Gathered,
    owners: Mapping[str, str],
    mappings: Iterable[MappingRecord],
    conflicts: Iterable[ConflictRecord],
) -> dict[Departments, _Pair]:
    pairs: dict[Departments, _Pair] = defaultdict(_Pair)
    for departments, concepts in _overlaps(gathered, owners):
        pairs[departments].overlap.add(concepts)
    hubs = {key for key, facts in gathered.schemes.items() if facts.kind == "hub"}
    _agreements(gathered, owners, hubs, mappings, pairs)
    for conflict in conflicts:
        gathered.load(conflict.about)
        for departments, concepts in _across(gathered, owners, conflict.about):
            _of_conflict(pairs[departments], conflict).add(concepts)
    return pairs


def _of_conflict(pair: _Pair, conflict: ConflictRecord) -> set[Concepts]:
    """Where a conflict's meanings count: settled, in discussion, or found and left lying."""
    if conflict.state not in UNSETTLED:
        return pair.different
    return pair.disputed if conflict.state == "assigned" or conflict.kind == "contested" else pair.overlap


def _agreements(
    gathered: Gathered,
    owners: Mapping[str, str],
    hubs: set[str],
    mappings: Iterable[MappingRecord],
    pairs: dict[Departments, _Pair],
) -> None:
    """Count what mappings settle: exact ones join whole senses, others and rejections say that two differ."""
    known = list(mappings)
    exact = [(r.subject.value, r.object.value) for r in known if r.state == "approved" and r.predicate == "exact"]
    direct = {frozenset(pair) for pair in exact}
    for members in set(classes({end for pair in exact for end in pair}, exact).values()):
        nodes = [NamedNode(iri) for iri in members]
        with_hub = any(gathered.entry(node).home in hubs for node in nodes)
        for departments, concepts in _across(gathered, owners, nodes):
            pairs[departments].agreed.add(concepts)
            if with_hub and frozenset(node.value for node in concepts) not in direct:
                pairs[departments].through_hub.add(concepts)
    for record in known:
        for departments, concepts in _across(gathered, owners, record.pair):
            if (record.state == "approved" and record.predicate != "exact") or _turned_down(record):
                pairs[departments].different.add(concepts)
            elif record.state in ("one_sided", "needs_review"):
                pairs[departments].disputed.add(concepts)


def _turned_down(record: MappingRecord) -> bool:
    return record.state == "rejected" and record.unchanged


def _across(
    gathered: Gathered, owners: Mapping[str, str], nodes: Iterable[NamedNode]
) -> Iterator[tuple[Departments, Concepts]]:
    """The pairs of concepts among these that two different departments own."""
    owned = [(owner, node) for node in nodes if (owner := owners.get(gathered.entry(node).home or ""))]
    for (one, a), (other, b) in combinations(sorted(owned, key=str), 2):
        if one != other:
            yield (one, other), frozenset((a, b))


def _overlaps(gathered: Gathered, owners: Mapping[str, str]) -> Iterator[tuple[Departments, Concepts]]:
    """The pairs of concepts in force that two departments give a label in common."""
    meeting: dict[str, set[tuple[str, NamedNode]]] = defaultdict(set)
    for key, owner in owners.items():
        for label, concept in _labels(gathered, key):
            meeting[label].add((owner, concept))
    for users in meeting.values():
        if len({owner for owner, _ in users}) > 1:
            for (one, a), (other, b) in combinations(sorted(users, key=str), 2):
                if one != other:
                    yield (one, other), frozenset((a, b))


def _labels(gathered: Gathered, key: str) -> Iterator[tuple[str, NamedNode]]:
    reader, names = gathered.reader, gathered.names
    content, curation = names.scheme_graph(key), names.curation_graph(key)
    retired = {q.subject for q in reader.quads(predicate=LEX.status, graph=curation) if q.object in _RETIRED}
    retired |= {q.subject for q in reader.quads(predicate=OWL.deprecated, graph=content)}
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for quad in reader.quads(predicate=predicate, graph=content):
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode) and quad.subject not in retired:
                yield fold_label(quad.object.value), quad.subject


def _departments(work: Work) -> int:
    return len(work.reader.subjects(LEX.key, None, work.names.graph("organisation")))


def _sources(work: Work) -> tuple[int, int]:
    """How many content sources there are, and how many have both a profile and a vocabulary."""
    graph = work.names.graph("sources")
    known = set(work.reader.subjects(LEX.key, None, graph))
    profiled = {quad.subject for quad in work.reader.quads(predicate=DCTERMS.conformsTo, graph=graph)}
    worded = {quad.subject for quad in work.reader.quads(predicate=LEX.usesVocabulary, graph=graph)}
    return len(known), len(known & profiled & worded)


def _ages(conflicts: Iterable[ConflictRecord], now: datetime) -> list[Age]:
    counted = Counter(_age(record.found, now) for record in conflicts)
    return [Age(age=age, conflicts=counted[age]) for age in [*(name for name, _ in AGES), "older"] if counted[age]]


def _age(found: str | None, now: datetime) -> str:
    if found is None:
        return "older"
    days = (now - datetime.fromisoformat(found)).days
    return next((name for name, reach in AGES if days < reach), "older")
