"""Mappings as an SSSOM file: what both sides approved, or what was rejected, as negated mappings."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import NamedNode

from registry.contract.mappings import ExportMappings
from registry.contract.operation import Document
from registry.matching.mapping_set import SEMAPV, Mapping, MappingSet
from registry.matching.sssom import to_tsv
from registry.rdf.terms import LEX, OWL, SSSOM
from registry.services.gathered import Gathered
from registry.services.mapping_records import INVERSE, PREDICATES, MappingRecord, nodes_between, records
from registry.services.references import first, require_scheme
from registry.store.work import Work

MEDIA_TYPE = "text/tab-separated-values; charset=utf-8"


def export(work: Work, request: ExportMappings) -> Document:
    """The SSSOM TSV document; the same state has the same bytes. NotFoundError for an unknown vocabulary."""
    for key in (request.scheme, request.other):
        require_scheme(work.reader, work.names, key)
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    state = "rejected" if request.negatives else "approved"
    found = records(gathered, nodes_between(work.reader, work.names, request.scheme, request.other))
    rows = [_row(gathered, request, record) for record in found if record.state == state]
    identity = work.names.pair_graph("mappings", request.scheme, request.other).value
    mapping_set = MappingSet(
        mapping_set_id=f"{identity}/negative" if request.negatives else identity,
        mappings=tuple(sorted(rows, key=lambda row: (row.subject_id, row.object_id, row.predicate_id))),
        curie_map=_prefixes(gathered, (request.scheme, request.other)),
    )
    name = f"{request.scheme}-{request.other}{'-negative' if request.negatives else ''}.sssom.tsv"
    return Document(MEDIA_TYPE, name, [to_tsv(mapping_set).encode()])


def _row(gathered: Gathered, request: ExportMappings, record: MappingRecord) -> Mapping:
    """One mapping with its subject in the asked vocabulary."""
    turned = gathered.entries[record.subject].home != request.scheme
    subject, object_ = (record.object, record.subject) if turned else (record.subject, record.object)
    confidence = first(record.said, SSSOM.confidence)
    negative = record.state == "rejected"
    reviewers = (LEX.rejectedBy,) if negative else (LEX.approvedBySubjectSide, LEX.approvedByObjectSide)
    return Mapping(
        subject_id=subject.value,
        subject_label=gathered.label(subject),
        predicate_id=PREDICATES[INVERSE[record.predicate] if turned else record.predicate].value,
        predicate_modifier="Not" if negative else "",
        object_id=object_.value,
        object_label=gathered.label(object_),
        mapping_justification=first(record.said, SSSOM.mapping_justification) or f"{SEMAPV}ManualMappingCuration",
        author_id=_values(record, SSSOM.author_id),
        reviewer_id=tuple(dict.fromkeys(iri for slot in reviewers for iri in _values(record, slot))),
        subject_source=_source(gathered, subject),
        subject_source_version=_edition(gathered, subject),
        object_source=_source(gathered, object_),
        object_source_version=_edition(gathered, object_),
        mapping_date=first(record.said, SSSOM.mapping_date) or "",
        confidence=None if confidence is None else float(confidence),
        comment=first(record.said, LEX.rejectionReason) or "",
        record_id=record.node.value,
    )


def _values(record: MappingRecord, slot: NamedNode) -> tuple[str, ...]:
    return tuple(value.value for value in record.said.get(slot, ()))


def _source(gathered: Gathered, concept: NamedNode) -> str:
    facts = gathered.schemes.get(gathered.entries[concept].home or "")
    return facts.node.value if facts else ""


def _edition(gathered: Gathered, concept: NamedNode) -> str:
    facts = gathered.schemes.get(gathered.entries[concept].home or "")
    return (facts.text(OWL.versionInfo) or "") if facts else ""


def _prefixes(gathered: Gathered, keys: Sequence[str]) -> dict[str, str]:
    spaces = {key: gathered.schemes[key].namespace for key in keys if key in gathered.schemes}
    return {key.replace("-", "_"): space for key, space in spaces.items() if space.endswith(("/", "#"))}
