"""Mappings as a file: what both sides approved, or what was rejected, as negated mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode, Quad

from registry.contract.mappings import ExportMappings, State
from registry.contract.operation import Document
from registry.matching.exchange import write_mappings
from registry.matching.mapping_set import NO_TERM_FOUND, SEMAPV, Mapping, MappingSet
from registry.rdf.syntax import serialize_document
from registry.rdf.terms import LEX, OWL, PREFIXES, RDFS, SSSOM, triples
from registry.services.gathered import Gathered
from registry.services.mapping_pairs import gathered_for
from registry.services.mapping_records import INVERSE, PREDICATES, MappingRecord, nodes_between, records
from registry.services.mapping_slots import with_slots
from registry.services.no_match import missed
from registry.services.references import first, require_scheme
from registry.store.work import Work

WRITTEN = {
    "sssom": ("text/tab-separated-values; charset=utf-8", "sssom.tsv"),
    "sssom-json": ("application/json", "sssom.json"),
    "jskos": ("application/json", "jskos.json"),
    "rdf": ("text/turtle", "ttl"),
}
"""Media type and ending of each format."""


def export(work: Work, request: ExportMappings) -> Document:
    """The document; the same state has the same bytes. NotFoundError for an unknown vocabulary.

    What is rejected goes to a file of its own, and what follows from mappings into none.
    """
    for key in (request.scheme, request.other):
        require_scheme(work.reader, work.names, key)
    gathered = gathered_for(work)
    state: State = "rejected" if request.negatives else request.state or "approved"
    known = records(gathered, nodes_between(work.reader, work.names, request.scheme, request.other))
    found = [record for record in known if record.state == state]
    media, ending = WRITTEN[request.format]
    suffix = "-negative" if state == "rejected" else "" if state == "approved" else f"-{state.replace('_', '-')}"
    name = f"{request.scheme}-{request.other}{suffix}.{ending}"
    if request.format == "rdf":
        return Document(media, name, [_rdf(work, request, found)])
    mapping_set = _mapping_set(work, gathered, request, found, suffix)
    return Document(media, name, [write_mappings(mapping_set, request.format).encode()])


def _mapping_set(
    work: Work, gathered: Gathered, request: ExportMappings, found: Sequence[MappingRecord], suffix: str
) -> MappingSet:
    identity = work.names.pair_graph("mappings", request.scheme, request.other).value
    rows = [with_slots(_row(gathered, request, record), record.said) for record in found]
    if not suffix:
        rows += _missed_rows(work, gathered, request)
    return MappingSet(
        mapping_set_id=f"{identity}/{suffix[1:]}" if suffix else identity,
        mappings=tuple(sorted(rows, key=lambda row: (row.subject_id, row.object_id, row.predicate_id))),
        curie_map=_prefixes(gathered, (request.scheme, request.other)),
    )


def _missed_rows(work: Work, gathered: Gathered, request: ExportMappings) -> Iterator[Mapping]:
    """The concepts of the asked vocabulary for which the other holds no match."""
    for one in missed(gathered, work.reader, work.names, request.scheme, request.other):
        if one.unchanged and gathered.entry(one.concept).home == request.scheme:
            yield Mapping(
                subject_id=one.concept.value,
                subject_label=gathered.label(one.concept),
                predicate_id=PREDICATES["exact"].value,
                object_id=NO_TERM_FOUND,
                mapping_justification=f"{SEMAPV}ManualMappingCuration",
                author_id=tuple(value.value for value in one.said.get(SSSOM.author_id, ())),
                subject_source=_source(gathered, one.concept),
                object_source=one.scheme.value,
                mapping_date=first(one.said, SSSOM.mapping_date) or "",
                comment=first(one.said, RDFS.comment) or "",
                record_id=one.node.value,
            )


def _rdf(work: Work, request: ExportMappings, found: Sequence[MappingRecord]) -> bytes:
    """The records as annotated axioms, and what both sides approved as plain SKOS triples."""
    graph = work.names.pair_graph("mappings", request.scheme, request.other)
    quads = [q for q in work.reader.about([r.node for r in found]) if q.graph_name == graph]
    quads += [Quad(r.subject, PREDICATES[r.predicate], r.object, graph) for r in found if r.state == "approved"]
    return serialize_document(sorted(triples(quads), key=str), "turtle", prefixes=PREFIXES)


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
        reviewer_agreement=_agreement(record),
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


def _agreement(record: MappingRecord) -> float | None:
    """How far reviewers agree, where the state tells: 1 approved, -1 rejected."""
    return {"approved": 1.0, "rejected": -1.0}.get(record.state)


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
