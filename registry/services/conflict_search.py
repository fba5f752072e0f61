"""Looking for conflicts: what matching finds between vocabularies, kept as a standing register.

New ones are opened, open ones whose cause is gone are closed, settled ones are left alone until a concept they are
about changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.conflicts import ConflictsFound, FindConflicts, Kind, State
from registry.errors import RefusedError
from registry.matching.conflicts import Clash, Relation, label_clashes
from registry.matching.disagreements import disagreements
from registry.matching.reason import incoherences
from registry.matching.vocabulary import Vocabulary
from registry.rdf.terms import DCTERMS, LEX, RDF, XSD
from registry.rdf.text import fold_label
from registry.services.arbiters import arbiter_between
from registry.services.coherence import BINDING, premises
from registry.services.conflict_records import (
    KINDS,
    STATES,
    UNSETTLED,
    ConflictRecord,
    conflict_nodes,
    conflict_records,
)
from registry.services.gathered import Gathered
from registry.services.mapping_records import nodes_between, records
from registry.services.references import require_scheme
from registry.services.vocabularies import compared_vocabulary
from registry.store.quads import Value
from registry.store.work import Work

DECISION = (LEX.decidedBy, LEX.decisionReason, LEX.fingerprint, LEX.conflictRemedy, LEX.governs, LEX.transitionUntil,
            LEX.dissent)  # fmt: skip
"""What a decision says; gone when the conflict is open again."""
CAUSE_GONE = "The cause is gone: the concepts no longer meet, or a mapping approved by both sides joins them."
"""The reason on record for a conflict that was closed by looking again."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A clash as the register holds it; `told`: its key tells what each side says now, and does not name it."""

    kind: Kind
    label_key: str
    pair: Pair
    about: tuple[str, ...]
    told: bool = False

    def node(self, work: Work) -> NamedNode:
        """Its IRI, which follows from what it is about."""
        key = "" if self.told else self.label_key
        return work.names.hashed("conflict", self.kind, key, "~".join(self.pair), *self.about)


@dataclass(frozen=True, slots=True)
class _Parties:
    """The departments behind a pair of vocabularies, and their arbiter."""

    departments: tuple[NamedNode, ...]
    arbiter: NamedNode | None


@dataclass(frozen=True, slots=True)
class _Change:
    """How a standing conflict changes."""

    record: ConflictRecord
    graph: NamedNode
    state: State


def search(work: Work, request: FindConflicts) -> ConflictsFound:
    """What looking again changed; RefusedError with fewer than two vocabularies to compare."""
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    pairs = _pairs(work, gathered, request)
    found = _found(work, gathered, pairs)
    standing = _standing(work, pairs)
    fresh = {node: clash for node, clash in found.items() if node not in standing}
    changes = list(_changes(gathered, found, standing))
    parties = _parties(work, gathered, pairs)
    for node, clash in fresh.items():
        work.add(_quads(work, node, clash, parties[clash.pair]))
    for change in changes:
        _apply(work, change)
    _retell(work, found, standing)
    counted = Counter(change.state for change in changes)
    work.summary = f"conflicts: {len(fresh)} opened, {counted['open']} reopened, {counted['applied']} closed"
    return _answer(pairs, fresh, changes, standing)


def _pairs(work: Work, gathered: Gathered, request: FindConflicts) -> list[Pair]:
    """The pairs of vocabularies to compare: those with different owners, of whom one at least is a department."""
    for key in request.scheme:
        require_scheme(work.reader, work.names, key)
    keys = sorted(set(request.scheme) or gathered.schemes)
    if len(keys) < 2:
        raise RefusedError("There is nothing to compare.", advice="Name two vocabularies, or import another one.")
    owner = {key: gathered.schemes[key].owner(work.names) for key in keys}
    return [(one, other) for one, other in combinations(keys, 2) if owner[one] != owner[other]]


def _found(work: Work, gathered: Gathered, pairs: list[Pair]) -> dict[NamedNode, _Found]:
    keys = sorted({key for pair in pairs for key in pair})
    vocabularies = {key: compared_vocabulary(work.reader, work.names, key) for key in keys}
    mapped = [node for one, other in pairs for node in nodes_between(work.reader, work.names, one, other)]
    standing = records(gathered, mapped)
    relations, wanted = premises(standing), set(pairs)
    clashes = [
        *(one for clash in label_clashes(vocabularies.values(), relations) for one in _by_pair(clash)),
        *(one for pair in pairs for one in _disagreeing(pair, vocabularies, relations)),
        *_incoherent(premises(standing, BINDING), vocabularies),
    ]
    return {clash.node(work): clash for clash in clashes if clash.pair in wanted}


def _disagreeing(pair: Pair, vocabularies: Mapping[str, Vocabulary], relations: Iterable[Relation]) -> Iterator[_Found]:
    """What concepts that are taken for the same do not agree in; one clash of a kind for every two concepts."""
    said: dict[tuple[Kind, Pair], list[str]] = defaultdict(list)
    for one in disagreements(vocabularies[pair[0]], vocabularies[pair[1]], relations):
        said[one.kind, one.concepts].append(one.said)
    for (kind, concepts), several in said.items():
        told = "; ".join(dict.fromkeys(filter(None, several)))
        yield _Found(kind, told, pair, tuple(sorted(set(concepts))), told=True)


def _incoherent(said: Iterable[Relation], vocabularies: Mapping[str, Vocabulary]) -> Iterator[_Found]:
    """Mappings that cannot all be right, for every two vocabularies they join."""
    known = list(said)
    home = {entry.id: key for key, vocabulary in vocabularies.items() for entry in vocabulary.entries}
    for fault in incoherences(known, vocabularies.values()):
        ends = {end for step in fault.path for end in (step.subject_id, step.object_id)} & home.keys()
        joined = {tuple(sorted((home[s.subject_id], home[s.object_id]))) for s in fault.path
                  if s.subject_id in home and s.object_id in home}  # fmt: skip
        for one, other in sorted(joined):
            about = tuple(sorted(end for end in ends if home[end] in (one, other)))
            yield _Found("mapping_clash", fault.kind.replace("_", " "), (one, other), about)


def _by_pair(clash: Clash) -> Iterator[_Found]:
    """A clash for every two of its vocabularies: the register keeps conflicts between two."""
    concepts: dict[str, set[str]] = defaultdict(set)
    for party in clash.parties:
        concepts[party.vocabulary].add(party.concept_id)
    key = fold_label(clash.shared[0]) if clash.shared else ""
    for one, other in combinations(sorted(concepts), 2):
        yield _Found(clash.kind, key, (one, other), tuple(sorted(concepts[one] | concepts[other])))


def _standing(work: Work, pairs: Iterable[Pair]) -> dict[NamedNode, tuple[ConflictRecord, NamedNode]]:
    """The conflicts on record between these pairs of vocabularies, each with its graph."""
    wanted = {work.names.pair_graph("conflicts", *pair) for pair in pairs}
    graphs = {
        node: quad.graph_name
        for node, quad in conflict_nodes(work.reader, work.names).items()
        if quad.graph_name in wanted
    }
    found = conflict_records(work.reader, graphs)
    return {r.node: (r, graphs[r.node]) for r in found if r.kind in _SEARCHED}  # type: ignore[misc]


_SEARCHED: frozenset[Kind] = frozenset(
    {
        "homonym",
        "synonym_without_mapping",
        "preferred_elsewhere_alternative",
        "same_code_other_meaning",
        "opposite_hierarchy",
        "definitions_disagree",
        "different_unit_or_formula",
        "different_granularity",
        "different_value_list",
        "mapping_clash",
        "competing_owners",
    }
)
"""The kinds that looking finds; others are recorded by people, and only people close them."""


def _changes(
    gathered: Gathered,
    found: Mapping[NamedNode, _Found],
    standing: Mapping[NamedNode, tuple[ConflictRecord, NamedNode]],
) -> Iterator[_Change]:
    settled = [record for record, _ in standing.values() if record.state not in UNSETTLED and record.node in found]
    gathered.load(node for record in settled for node in record.about)
    for record, graph in standing.values():
        if record.state in UNSETTLED:
            if record.node not in found:
                yield _Change(record, graph, "applied")
        elif record.node in found and _stirred(gathered, record):
            yield _Change(record, graph, "open")


def _stirred(gathered: Gathered, record: ConflictRecord) -> bool:
    """Whether a settled conflict is to be looked at again: a concept changed, or what was mended is back."""
    if record.fingerprint is None:
        return record.state == "applied"
    return record.fingerprint != gathered.fingerprint(*record.about)


def _parties(work: Work, gathered: Gathered, pairs: Iterable[Pair]) -> dict[Pair, _Parties]:
    """Between whom conflicts of each pair of vocabularies are, and who decides if they cannot."""
    found = {}
    for pair in pairs:
        owners = sorted({owner for key in pair if (owner := gathered.schemes[key].owner(work.names))})
        departments = [work.names.thing("department", owner) for owner in owners]
        arbiter = arbiter_between(work.reader, work.names, departments) if len(departments) > 1 else None
        found[pair] = _Parties(tuple(departments), arbiter)
    return found


def _quads(work: Work, node: NamedNode, clash: _Found, parties: _Parties) -> Iterator[Quad]:
    graph = work.names.pair_graph("conflicts", *clash.pair)
    facts: list[tuple[NamedNode, Value]] = [
        (RDF.type, LEX.Conflict),
        (LEX.conflictKind, KINDS[clash.kind]),
        (LEX.state, LEX.Open),
        (DCTERMS.created, Literal(work.now.isoformat(timespec="seconds"), datatype=XSD.dateTime)),
        *((LEX.about, NamedNode(iri)) for iri in clash.about),
        *((LEX.party, department) for department in parties.departments),
    ]
    if clash.label_key:
        facts.append((LEX.labelKey, Literal(clash.label_key)))
    if parties.arbiter is not None:
        facts.append((LEX.arbiter, parties.arbiter))
    return (Quad(node, predicate, value, graph) for predicate, value in facts)


def _apply(work: Work, change: _Change) -> None:
    """Write a new state over the old one, with what a settled state has to say."""
    node, said = change.record.node, change.record.said
    for predicate in (LEX.state, *DECISION):
        work.remove(Quad(node, predicate, value, change.graph) for value in said.get(predicate, ()))
    work.add([Quad(node, LEX.state, STATES[change.state], change.graph)])
    if change.state == "applied":
        principal = work.asker.principal
        who = work.names.thing("principal", principal.id or principal.handle)
        work.add([Quad(node, LEX.decidedBy, who, change.graph),
                  Quad(node, LEX.decisionReason, Literal(CAUSE_GONE), change.graph)])  # fmt: skip


def _retell(
    work: Work, found: Mapping[NamedNode, _Found], standing: Mapping[NamedNode, tuple[ConflictRecord, NamedNode]]
) -> None:
    """Say of unsettled conflicts what the sides say now."""
    for node, (record, graph) in standing.items():
        clash = found.get(node)
        if clash is not None and clash.label_key and clash.label_key != record.label_key:
            work.put(graph, node, LEX.labelKey, Literal(clash.label_key))


def _answer(
    pairs: list[Pair],
    fresh: Mapping[NamedNode, _Found],
    changes: Iterable[_Change],
    standing: Mapping[NamedNode, tuple[ConflictRecord, NamedNode]],
) -> ConflictsFound:
    state = {node: record.state for node, (record, _) in standing.items()}
    state.update({change.record.node: change.state for change in changes})
    kinds = Counter(clash.kind for clash in fresh.values())
    kinds.update(record.kind for node, (record, _) in standing.items() if state[node] in UNSETTLED)
    counted = Counter(change.state for change in changes)
    return ConflictsFound(
        opened=len(fresh), reopened=counted["open"], closed=counted["applied"], standing=sum(kinds.values()),
        kinds=dict(sorted(kinds.items())), pairs=len(pairs),
    )  # fmt: skip
