"""Mappings as they are answered: labels in the reader's language, handles of principals, who has yet to approve."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode

from registry.contract.mappings import Mapping
from registry.rdf.terms import LEX, SSSOM
from registry.services.gathered import Gathered
from registry.services.mapping_records import PREDICATES, MappingRecord
from registry.services.mapping_writing import MISMATCHES
from registry.services.references import first
from registry.store import principals as people
from registry.store.work import Work

_MISMATCH_NAMES = {node.value: mismatch for mismatch, node in MISMATCHES.items()}


def mapping_views(work: Work, gathered: Gathered, found: Iterable[MappingRecord]) -> list[Mapping]:
    """These mappings as answers."""
    handles = {person.id: person.handle for person in people.principals(work.reader.connection)}
    return [_view(work, gathered, record, handles) for record in found]


def predicate_id(node: NamedNode) -> str:
    """A SKOS predicate as a CURIE."""
    return f"skos:{node.value.rpartition('#')[2]}"


def _view(work: Work, gathered: Gathered, record: MappingRecord, handles: dict[str, str]) -> Mapping:
    said = record.said

    def who(slot: NamedNode) -> str | None:
        iri = first(said, slot)
        return None if iri is None else handles.get(work.names.key_of(iri), work.names.key_of(iri))

    confidence = first(said, SSSOM.confidence)
    return Mapping(
        iri=record.node.value,
        subject_id=record.subject.value,
        subject_label=gathered.label(record.subject),
        subject=gathered.reference(record.subject),
        predicate_id=predicate_id(PREDICATES[record.predicate]),
        object_id=record.object.value,
        object_label=gathered.label(record.object),
        object=gathered.reference(record.object),
        state=record.state,
        confidence=None if confidence is None else float(confidence),
        mapping_justification=(first(said, SSSOM.mapping_justification) or "").rpartition("/")[2],
        approved_by_subject_side=who(LEX.approvedBySubjectSide),
        approved_by_object_side=who(LEX.approvedByObjectSide),
        waiting_for=_waiting_for(gathered, record),
        rejected_by=who(LEX.rejectedBy),
        rejection_reason=first(said, LEX.rejectionReason),
        mismatch=_MISMATCH_NAMES.get(first(said, LEX.mismatch) or ""),
    )


def _waiting_for(gathered: Gathered, record: MappingRecord) -> list[str]:
    """The vocabularies whose side has not approved what now stands."""
    if record.state in ("approved", "rejected", "unsure", "withdrawn"):
        return []
    missing = [end for end in (record.subject, record.object) if not record.unchanged or record.approver(end) is None]
    return [key for end in missing if (key := gathered.entries[end].home)]
