"""Conflicts assigned, decided with their change-set, and reopened.

Nobody's wording is taken away: what a decision writes are mappings, rejections and dates; the losing department keeps
its labels for its own usage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from pyoxigraph import Literal, NamedNode

from registry.contract.conflicts import (
    AssignConflict,
    Conflict,
    ConflictWritten,
    DecideConflict,
    How,
    ReopenConflict,
    State,
)
from registry.contract.mappings import Predicate
from registry.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from registry.model.principals import Resource, Verb
from registry.rdf.terms import LEX, XSD
from registry.services.coherence import require_coherent
from registry.services.conflict_records import STATES, UNSETTLED, ConflictRecord, conflict_nodes, conflict_records
from registry.services.conflict_search import DECISION
from registry.services.conflicts import conflict_views, effective
from registry.services.gathered import Gathered
from registry.services.mapping_pairs import Pair, gathered_for, pair_of
from registry.services.mapping_rules import require_no_clique
from registry.services.mapping_writing import (
    asker_node,
    assert_plainly,
    write_mapping,
    write_rejection,
    write_state,
)
from registry.services.references import require_concept, require_department, scheme_resource
from registry.services.term_facts import lineage
from registry.store.work import Work

LARGEST = 40
"""Pairs of concepts that one decision maps or parts."""
_MAPPED: dict[How, Predicate] = {"merge": "exact", "one-governs": "close", "transition": "close", "broader": "broad"}
"""What a decision maps the losing side's concepts as, to those of the side that governs."""
_STATE: dict[How, State] = {
    "keep-both": "accepted_as_different", "merge": "applied", "one-governs": "applied", "transition": "applied",
    "broader": "applied", "split": "decided",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """A conflict on the table."""

    record: ConflictRecord
    graph: NamedNode
    gathered: Gathered

    @property
    def schemes(self) -> list[str]:
        """The vocabularies concerned."""
        return sorted({home for node in self.record.about if (home := self.gathered.entry(node).home)})


def assign(work: Work, request: AssignConflict) -> Callable[[Work], ConflictWritten]:
    """Give a conflict a due date, and an arbiter other than the one found for it; ConflictError when it is settled."""
    case = _case(work, request.conflict)
    _require_any(work, case, "approve")
    if effective(case.gathered, case.record) not in UNSETTLED:
        raise ConflictError(f"It is {case.record.state.replace('_', ' ')} already.", advice="Reopen it first.")
    _clear(work, case)
    if request.arbiter is not None:
        arbiter = require_department(work.reader, work.names, request.arbiter)
        if arbiter in case.record.parties:
            raise RefusedError(f"{request.arbiter} is a party.", advice="Name a department that is none.")
        work.put(case.graph, case.record.node, LEX.arbiter, arbiter)
    due = request.due_by.isoformat(timespec="seconds")
    work.put(case.graph, case.record.node, LEX.dueBy, Literal(due, datatype=XSD.dateTime))
    work.put(case.graph, case.record.node, LEX.state, LEX.Assigned)
    work.summary = "conflict assigned"
    return _answer(case)


def decide(work: Work, request: DecideConflict) -> Callable[[Work], ConflictWritten]:
    """Settle a conflict and write what follows for mappings; who decides is no party, or speaks for both.

    NotPermittedError otherwise; InvalidInputError when the way chosen needs to know more; ConflictError when it is
    settled, or what follows contradicts other mappings.
    """
    case = _case(work, request.conflict)
    _require_judge(work, case)
    if effective(case.gathered, case.record) not in UNSETTLED:
        raise ConflictError(
            f"It was decided already: {_reason(case.record)}", advice="Reopen it first: lexicord conflict reopen"
        )
    changes = _change_set(work, case, request)
    _clear(work, case)
    _write(work, case, request)
    work.summary = f"conflict decided: {request.how}"
    return _answer(case, changes)


def reopen(work: Work, request: ReopenConflict) -> Callable[[Work], ConflictWritten]:
    """Open a settled conflict again; what its decision wrote stands until another decision replaces it.

    With `appeal` the next department above the arbiter is to decide; there is one appeal.
    """
    case = _case(work, request.conflict)
    _require_any(work, case, "approve")
    if case.record.state in UNSETTLED:
        raise ConflictError("It is open.", advice="Decide it with: lexicord conflict decide")
    if request.appeal:
        _appeal(work, case)
    _clear(work, case)
    work.put(case.graph, case.record.node, LEX.state, LEX.Open)
    work.summary = "conflict reopened"
    return _answer(case)


def _case(work: Work, name: str) -> _Case:
    node = work.names.thing("conflict", name)
    known = conflict_nodes(work.reader, work.names)
    found = conflict_records(work.reader, [node]) if node in known else []
    if not found:
        raise NotFoundError(f"There is no conflict {name!r}.", advice="List them with: lexicord conflict list")
    graph = known[node].graph_name
    assert isinstance(graph, NamedNode)
    gathered = gathered_for(work)
    gathered.load(found[0].about)
    return _Case(found[0], graph, gathered)


def _require_any(work: Work, case: _Case, verb: Verb) -> None:
    """Nothing, when the asker may do that on one side, or is the arbiter."""
    if not (work.dry_run or _is_arbiter(work, case)):
        work.require(verb, scheme_resource(work.reader, work.names, *case.schemes))


def _require_judge(work: Work, case: _Case) -> None:
    """Nothing, when the asker decides for the arbiter, or may approve or decide on every side."""
    if work.dry_run or _is_arbiter(work, case):
        return
    sides = [scheme_resource(work.reader, work.names, key) for key in case.schemes]
    for verb in ("decide", "approve"):
        if sides and all(work.may(verb, side) for side in sides):
            return
    for side in sides:
        work.require("decide", side)


def _is_arbiter(work: Work, case: _Case) -> bool:
    named = [work.names.key_of(node.value) for node in case.record.said.get(LEX.arbiter, ())]
    return any(work.may("decide", Resource("conflict", (), (key,))) for key in named)


def _change_set(work: Work, case: _Case, request: DecideConflict) -> int:
    """Write what follows for mappings and dates; how many pairs it concerns."""
    if request.how == "split":
        return 0
    if request.how == "keep-both":
        pairs = list(_across(case, case.record.about, case.record.about))
        for pair in pairs:
            _part(work, case, pair, request.reason)
        return len(pairs)
    upper = _governing(work, case, request)
    lower = [node for node in case.record.about if node not in upper]
    pairs = list(_across(case, lower, upper))
    for pair in pairs:
        _join(work, case, pair, _MAPPED[request.how])
    if request.how == "transition":
        _end(work, case, lower, request)
    return len(pairs)


def _governing(work: Work, case: _Case, request: DecideConflict) -> list[NamedNode]:
    """The concepts that the others are mapped to."""
    about = case.record.about
    if request.how == "broader":
        if request.broader is None:
            raise InvalidInputError("Which concept is the broader one is not said.", advice="Name it with --broader.")
        broader = require_concept(work.reader, work.names, request.broader)
        if broader not in about:
            raise InvalidInputError(f"{request.broader} is not in this conflict.", advice="Name one of its concepts.")
        return [broader]
    if request.how == "merge" and request.governs is None:
        home = case.gathered.entries[about[0]].home
        return [node for node in about if case.gathered.entries[node].home == home]
    if request.governs is None:
        raise InvalidInputError("Whose meaning governs is not said.", advice="Name the department with --governs.")
    if require_department(work.reader, work.names, request.governs) not in case.record.parties:
        raise InvalidInputError(f"{request.governs} is no party.", advice="Name one of the departments involved.")
    return [node for node in about if case.gathered.owner(node) == request.governs]


def _across(case: _Case, ones: Sequence[NamedNode], others: Sequence[NamedNode]) -> Iterator[Pair]:
    """The pairs of concepts of different vocabularies, each once."""
    wanted: dict[frozenset[NamedNode], tuple[NamedNode, NamedNode]] = {}
    for ends in product(ones, others):
        if len({case.gathered.entries[end].home for end in ends} - {None}) == 2:
            wanted.setdefault(frozenset(ends), ends)
    if len(wanted) > LARGEST:
        raise RefusedError(
            f"{len(wanted)} pairs of concepts are too many for one decision.",
            advice="Decide about the concepts one by one, as mappings.",
        )
    return (pair_of(case.gathered, *ends) for ends in wanted.values())


def _part(work: Work, case: _Case, pair: Pair, reason: str) -> None:
    """The two are not the same: on record as a rejection, in place of what said so."""
    _withdraw_others(work, pair, "exact")
    standing = pair.with_predicate("exact")
    node = write_mapping(work, pair, "exact", standing)
    write_state(work, pair, node, "rejected", fingerprint=case.gathered.fingerprint(*pair.ends(standing)))
    write_rejection(work, pair, node, reason, "homonym" if case.record.kind == "homonym" else None)
    assert_plainly(work, pair, standing, "exact", holds=False)


def _join(work: Work, case: _Case, pair: Pair, predicate: Predicate) -> None:
    """The two are mapped so, approved for both sides by who decides."""
    _withdraw_others(work, pair, predicate)
    if predicate == "exact":
        require_no_clique(case.gathered, pair.subject, pair.object)
    if not pair.live():
        require_coherent(case.gathered, pair.subject, predicate, pair.object)
    standing, me = pair.with_predicate(predicate), asker_node(work)
    node = write_mapping(work, pair, predicate, standing)
    approvals = {LEX.approvedBySubjectSide: me, LEX.approvedByObjectSide: me}
    write_state(work, pair, node, "approved", approvals, case.gathered.fingerprint(*pair.ends(standing)))
    assert_plainly(work, pair, standing, predicate, holds=True)


def _withdraw_others(work: Work, pair: Pair, predicate: Predicate) -> None:
    for record in pair.live():
        if record.seen_from(pair.subject) != predicate:
            write_state(work, pair, record.node, "withdrawn")
            assert_plainly(work, pair, record, record.predicate, holds=False)


def _end(work: Work, case: _Case, losing: Sequence[NamedNode], request: DecideConflict) -> None:
    """What the decision replaces is valid until a day."""
    if request.until is None:
        raise InvalidInputError("Until when the old one is valid is not said.", advice="Name the day with --until.")
    until = Literal(request.until.isoformat(), datatype=XSD.date)
    for node in losing:
        curation = case.gathered.entries[node].curation
        if curation is not None:
            work.put(curation, node, LEX.effectiveUntil, until)


def _clear(work: Work, case: _Case) -> None:
    for predicate in DECISION:
        work.put(case.graph, case.record.node, predicate)


def _write(work: Work, case: _Case, request: DecideConflict) -> None:
    graph, node = case.graph, case.record.node
    work.put(graph, node, LEX.state, STATES[_STATE[request.how]])
    work.put(graph, node, LEX.decidedBy, asker_node(work))
    work.put(graph, node, LEX.decisionReason, Literal(request.reason))
    work.put(graph, node, LEX.conflictRemedy, Literal(request.how))
    work.put(graph, node, LEX.fingerprint, Literal(case.gathered.fingerprint(*case.record.about)))
    work.put(graph, node, LEX.dissent, *([Literal(request.dissent)] if request.dissent else []))
    if request.governs is not None:
        work.put(graph, node, LEX.governs, work.names.thing("department", request.governs))
    if request.until is not None:
        work.put(graph, node, LEX.transitionUntil, Literal(request.until.isoformat(), datatype=XSD.date))


def _appeal(work: Work, case: _Case) -> None:
    """Hand the conflict to the next arbiter, once."""
    graph, node = case.graph, case.record.node
    if case.record.said.get(LEX.appealedFrom):
        raise RefusedError("It was appealed once already.", advice="The second decision stands.")
    arbiters = [v for v in case.record.said.get(LEX.arbiter, ()) if isinstance(v, NamedNode)]
    line = lineage(work.reader, work.names, arbiters[0])[1:] if arbiters else ()
    following = next((d for d in line if d not in case.record.parties and d not in arbiters), None)
    if following is None:
        raise RefusedError("There is no next arbiter to appeal to.", advice="Reopen it without an appeal.")
    work.put(graph, node, LEX.appealedFrom, arbiters[0])
    work.put(graph, node, LEX.arbiter, following)


def _reason(record: ConflictRecord) -> str:
    values = record.said.get(LEX.decisionReason, ())
    return str(values[0].value) if values else record.state.replace("_", " ")


def _answer(case: _Case, changes: int = 0) -> Callable[[Work], ConflictWritten]:
    def answered(after: Work) -> ConflictWritten:
        found: list[Conflict] = conflict_views(after, conflict_records(after.reader, [case.record.node]))
        return ConflictWritten(conflict=found[0], mappings_changed=changes)

    return answered
