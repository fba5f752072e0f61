"""What happened to a concept: every change, by whom, why, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.concepts import ConceptHistory, HistoryEntry, ShowHistory
from registry.rdf.terms import LEX, PROV, SKOS, local_name
from registry.services.concepts import described, label_of
from registry.services.lifecycle import STATUSES, spoken
from registry.services.paging import page
from registry.services.references import require_concept
from registry.store import journal
from registry.store import principals as people
from registry.store.journal import Logged
from registry.store.payloads import read_payloads
from registry.store.work import Work

_SAID = {
    SKOS.prefLabel: "preferred label",
    SKOS.altLabel: "alternative label",
    SKOS.hiddenLabel: "hidden label",
    SKOS.scopeNote: "scope note",
    SKOS.changeNote: "change note",
    SKOS.topConceptOf: "top concept of",
    SKOS.inScheme: "in",
    LEX.changeReason: "reason",
}
_UNSAID = (PROV.wasAttributedTo,)


def show(work: Work, request: ShowHistory) -> ConceptHistory:
    """Every change of a concept in view, newest first; a reason that was erased is left out."""
    node = require_concept(work.reader, work.names, request.concept)
    changes: dict[int, list[tuple[bool, Quad]]] = defaultdict(list)
    for seq, added, quad in work.reader.touches(node):
        changes[seq].append((added, quad))
    seqs, following = page(sorted(changes, reverse=True), request)
    labels = _labels(work, [quad for seq in seqs for _, quad in changes[seq]])
    records = _records(work, seqs)
    reasons = _reasons(work, seqs)
    handles = _handles(work, records)
    about = described(work.reader.quads(node))
    return ConceptHistory(
        iri=node.value,
        label=label_of(about.get(node, {}), node, work.settings.languages),
        changes=[_entry(records[seq], changes[seq], handles, reasons.get(seq), labels) for seq in seqs],
        next=following,
    )


def _entry(
    record: Logged, changes: Sequence[tuple[bool, Quad]], handles: Mapping[str, str], reason: str | None,
    labels: Mapping[NamedNode, str],
) -> HistoryEntry:  # fmt: skip
    def told(wanted: bool) -> list[str]:
        quads = [quad for added, quad in changes if added is wanted and quad.predicate not in _UNSAID]
        return sorted(_words(quad, labels) for quad in quads)

    return HistoryEntry(
        seq=record.seq, at=record.recorded_at, who=handles.get(record.principal, record.principal),
        operation=record.operation, reason=reason, added=told(True), removed=told(False),
    )  # fmt: skip


def _words(quad: Quad, labels: Mapping[NamedNode, str]) -> str:
    name = _SAID.get(quad.predicate, local_name(quad.predicate.value))
    value = quad.object
    if isinstance(value, Literal):
        return f"{name}: {value.value}" + (f" @{value.language}" if value.language else "")
    assert isinstance(value, NamedNode)
    if value in STATUSES:
        return f"{name}: {spoken(STATUSES[value])}"
    return f"{name}: {labels.get(value) or local_name(value.value)}"


def _labels(work: Work, quads: Sequence[Quad]) -> dict[NamedNode, str]:
    ends = sorted({quad.object for quad in quads if isinstance(quad.object, NamedNode)}, key=lambda n: n.value)
    about = described(work.reader.about(ends))
    return {node: label_of(said, node, work.settings.languages) for node, said in about.items()}


def _records(work: Work, seqs: Sequence[int]) -> dict[int, Logged]:
    if not seqs:
        return {}
    where = f"r.seq IN ({', '.join(map(str, seqs))})"
    return {record.seq: record for record in journal.read(work.reader.connection, where=where)}


def _reasons(work: Work, seqs: Sequence[int]) -> dict[int, str]:
    found = {}
    for seq, payloads in read_payloads(work.reader.connection, list(seqs)).items():
        body: Any = payloads.get("request")
        if isinstance(body, dict) and (reason := body.get("request", {}).get("reason")):
            found[seq] = str(reason)
    return found


def _handles(work: Work, records: Mapping[int, Logged]) -> dict[str, str]:
    found = {}
    for id_ in sorted({record.principal for record in records.values()}):
        principal = people.principal_by_id(work.reader.connection, id_)
        if principal is not None:
            found[id_] = principal.handle
    return found
