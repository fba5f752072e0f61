"""Conflicts read: listed with the unsettled first, shown with both meanings side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from pyoxigraph import Literal, NamedNode

from registry.contract.conflicts import Conflict, Conflicts, How, Kind, ListConflicts, ShowConflict, Side, State
from registry.errors import NotFoundError
from registry.rdf.terms import LEX, SKOS
from registry.services.conflict_records import UNSETTLED, ConflictRecord, conflict_nodes, conflict_records
from registry.services.gathered import Gathered
from registry.services.paging import page
from registry.services.references import first, require_department, require_scheme
from registry.store import principals as people
from registry.store.work import Work

EVIDENCE: dict[Kind, str] = {
    "homonym": 'Both call it "{key}", and no mapping says that they mean the same.',
    "synonym_without_mapping": "Their words seem to mean the same, and no mapping says so.",
    "preferred_elsewhere_alternative": 'One prefers "{key}", to the other it is only an alternative label.',
    "opposite_hierarchy": "One places the first above the second, the other the second above the first.",
    "definitions_disagree": "They are mapped as the same, and their definitions may not agree: {key}.",
    "same_code_other_meaning": 'Both use the code "{key}", for different things.',
    "different_unit_or_formula": "They count it in different units or by different formulas: {key}.",
    "different_granularity": "One distinguishes more finely, or over another period, than the other: {key}.",
    "different_value_list": "They take its values from different lists; only here and only there: {key}.",
    "mapping_clash": "Mappings contradict each other or the vocabularies: {key}.",
    "competing_owners": "The vocabularies of more than one department describe it as their own.",
    "contested": "Both mean to define one thing, and define it differently.",
}
"""What makes each kind a conflict; `{key}` is the label key."""


def find(work: Work, request: ListConflicts) -> Conflicts:
    """Conflicts in view, unsettled first, then by label; NotFoundError for an unknown vocabulary or department."""
    records = _asked(work, request)
    counts = Counter(record.kind for record in records)
    shown, following = page(sorted(records, key=_order), request)
    return Conflicts(
        conflicts=conflict_views(work, shown), total=len(records), counts=dict(sorted(counts.items())), next=following
    )


def show(work: Work, request: ShowConflict) -> Conflict:
    """One conflict by IRI or short id; NotFoundError when there is none in view."""
    node = work.names.thing("conflict", request.conflict)
    known = conflict_nodes(work.reader, work.names)
    records = conflict_records(work.reader, [node]) if node in known else []
    if not records:
        raise NotFoundError(
            f"There is no conflict {request.conflict!r}.", advice="List them with: lexicord conflict list"
        )
    return conflict_views(work, records)[0]


def conflict_views(work: Work, records: Sequence[ConflictRecord]) -> list[Conflict]:
    """These conflicts as answers; three queries for all."""
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    gathered.load(node for record in records for node in record.about)
    above = [v for r in records for node in r.about for v in gathered.entries[node].values(SKOS.broader)]
    gathered.load(node for node in above if isinstance(node, NamedNode))
    handles = {person.id: person.handle for person in people.principals(work.reader.connection)}
    return [_view(work, gathered, record, handles) for record in records]


def effective(gathered: Gathered, record: ConflictRecord) -> State:
    """Where a conflict stands: a settled one is open again once a concept it is about has changed."""
    if record.state in UNSETTLED or record.fingerprint is None:
        return record.state
    return record.state if record.fingerprint == gathered.fingerprint(*record.about) else "open"


def _asked(work: Work, request: ListConflicts) -> list[ConflictRecord]:
    schemes = frozenset([request.scheme] if request.scheme else [])
    for key in schemes:
        require_scheme(work.reader, work.names, key)
    party = require_department(work.reader, work.names, request.department) if request.department else None
    records = _current(work, conflict_records(work.reader, conflict_nodes(work.reader, work.names, schemes)))
    return [
        record
        for record in records
        if (party is None or party in record.parties)
        and request.kind in (None, record.kind)
        and request.state in (None, record.state)
    ]


def _current(work: Work, found: Sequence[ConflictRecord]) -> list[ConflictRecord]:
    """The records with the state they are effectively in; one query for all that were settled."""
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    gathered.load(node for record in found if record.state not in UNSETTLED for node in record.about)
    return [replace(record, state=effective(gathered, record)) for record in found]


def _order(record: ConflictRecord) -> tuple[bool, str, str, str]:
    return (record.state not in UNSETTLED, record.kind, record.label_key or "", record.node.value)


def _view(work: Work, gathered: Gathered, record: ConflictRecord, handles: dict[str, str]) -> Conflict:
    def who(slot: NamedNode) -> str | None:
        iri = first(record.said, slot)
        return None if iri is None else handles.get(work.names.key_of(iri), work.names.key_of(iri))

    state, until, how = effective(gathered, record), first(record.said, LEX.transitionUntil), _how(record)
    return Conflict(
        id=work.names.key_of(record.node.value),
        iri=record.node.value,
        kind=record.kind,
        label_key=record.label_key,
        parties=sorted(work.names.key_of(party.value) for party in record.parties),
        schemes=sorted({home for node in record.about if (home := gathered.entries[node].home)}),
        sides=[_side(gathered, node) for node in record.about],
        evidence=EVIDENCE[record.kind].format(key=record.label_key or ""),
        state=state,
        found=record.found,
        arbiter=who(LEX.arbiter),
        due_by=first(record.said, LEX.dueBy),
        decided_by=who(LEX.decidedBy),
        reason=first(record.said, LEX.decisionReason),
        how=how,
        governs=who(LEX.governs),
        until=date.fromisoformat(until) if until else None,
        dissent=first(record.said, LEX.dissent),
        appealed_from=who(LEX.appealedFrom),
        changed_since=state == "open" and first(record.said, LEX.state) not in (LEX.Open.value, None),
    )


def _how(record: ConflictRecord) -> How | None:
    said = first(record.said, LEX.conflictRemedy)
    return next((how for how in get_args(How) if how == said), None)


def _side(gathered: Gathered, node: NamedNode) -> Side:
    entry, languages = gathered.entries[node], gathered.languages
    above = sorted(gathered.label(value) for value in entry.values(SKOS.broader) if isinstance(value, NamedNode))
    return Side(
        concept=node.value,
        reference=gathered.reference(node),
        scheme=entry.home,
        owner=gathered.owner(node),
        pref_label=entry.label(languages),
        alt_label=sorted({value.value for value in entry.values(SKOS.altLabel) if isinstance(value, Literal)}),
        definition=entry.definition(languages),
        broader=above,
    )
