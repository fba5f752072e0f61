"""What follows from the mappings in view, with its path, and which of them cannot all be right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode

from registry.contract.mapping_reasoning import (
    CheckMappings,
    IncoherentMappings,
    InferMappings,
    InferredMapping,
    InferredMappings,
    MappingCheck,
    Step,
)
from registry.matching import reason
from registry.matching.conflicts import Relation
from registry.services.coherence import BINDING, above, premises, relation
from registry.services.gathered import Gathered
from registry.services.lifecycle import Status
from registry.services.mapping_pairs import gathered_for
from registry.services.mapping_records import MappingRecord, nodes_by_subject, records
from registry.services.paging import page
from registry.services.references import require_scheme
from registry.store.work import Work

RETIRED = (Status.DEPRECATED, Status.ARCHIVED)


def infer(work: Work, request: InferMappings) -> InferredMappings:
    """What follows from what both sides approved; NotFoundError for an unknown vocabulary.

    Kept apart from what is asserted by being computed each time: it falls with its premises.
    """
    gathered = gathered_for(work)
    _require(work, (request.scheme, request.other))
    found = records(gathered, nodes_by_subject(work.reader, work.names))
    inferred = reason.infer(premises(r for r in found if r.state == "approved"), weak=request.weak)
    wanted = [one for one in inferred if _wanted(gathered, one, request)]
    shown, following = page(wanted, request)
    return InferredMappings(mappings=[_inferred(gathered, one) for one in shown], total=len(wanted), next=following)


def check(work: Work, request: CheckMappings) -> MappingCheck:
    """Every contradiction among mappings that somebody approved; NotFoundError for an unknown vocabulary."""
    gathered = gathered_for(work)
    _require(work, (request.scheme, request.other))
    found = records(gathered, nodes_by_subject(work.reader, work.names))
    asked = {key for key in (request.scheme, request.other) if key}
    results = [
        _incoherent(gathered, one)
        for one in (*_incoherences(gathered, found), *_deprecated(gathered, found))
        if asked <= {gathered.entry(NamedNode(end)).home for end in _concerned(one)}
    ]
    counts = Counter(result.kind for result in results)
    binding = sum(record.state in BINDING for record in found)
    return MappingCheck(results=results, counts=dict(sorted(counts.items())), mappings=binding)


def _require(work: Work, keys: Iterable[str | None]) -> None:
    for key in filter(None, keys):
        require_scheme(work.reader, work.names, key)


def _incoherences(gathered: Gathered, found: Sequence[MappingRecord]) -> tuple[reason.Incoherence, ...]:
    said = premises(found, BINDING)
    ends = {NamedNode(end) for one in said for end in (one.subject_id, one.object_id)}
    return reason.incoherences(said, above(gathered, ends))


def _deprecated(gathered: Gathered, found: Iterable[MappingRecord]) -> Iterator[reason.Incoherence]:
    """A mapping with an end that is no longer to be used; the engine has no word for it but a missing end."""
    for record in found:
        for end in sorted(record.pair, key=str) if record.state in BINDING else ():
            entry = gathered.entry(end)
            if entry.status() in RETIRED:
                message = f"{gathered.reference(end)} is {entry.status().value}"
                yield reason.Incoherence("unknown_end", (end.value,), (relation(record),), message)


def _concerned(one: reason.Incoherence) -> set[str]:
    return set(one.concepts).union(*((step.subject_id, step.object_id) for step in one.path))


def _wanted(gathered: Gathered, one: reason.Inferred, request: InferMappings) -> bool:
    homes = [gathered.entry(NamedNode(end)).home for end in (one.subject_id, one.object_id)]
    return request.scheme in (None, homes[0]) and request.other in (None, homes[1]) and homes[0] != homes[1]


def _inferred(gathered: Gathered, one: reason.Inferred) -> InferredMapping:
    ends = _ends(gathered, one.subject_id, one.object_id)
    justification = "MappingChaining" if one.rule == "chain" else "MappingInversion"
    return InferredMapping.model_validate(
        {**ends, "predicate_id": one.predicate_id, "mapping_justification": justification,
         "path": [_step(gathered, step) for step in one.path]}
    )  # fmt: skip


def _incoherent(gathered: Gathered, one: reason.Incoherence) -> IncoherentMappings:
    retired = one.kind == "unknown_end" and gathered.entry(NamedNode(one.concepts[0])).status() in RETIRED
    message = one.message
    for concept in one.concepts:
        node = NamedNode(concept)
        message = message.replace(concept, f"{gathered.reference(node)} ({gathered.label(node)})")
    return IncoherentMappings(
        kind="deprecated_end" if retired else one.kind,
        concepts=[gathered.reference(NamedNode(concept)) for concept in one.concepts],
        message=message,
        path=[_step(gathered, step) for step in one.path],
    )


def _step(gathered: Gathered, step: Relation) -> Step:
    ends = _ends(gathered, step.subject_id, step.object_id)
    predicate = f"skos:{step.predicate_id.rpartition('#')[2].removeprefix('skos:')}"
    return Step.model_validate({**ends, "predicate_id": predicate, "negative": step.negative})


def _ends(gathered: Gathered, subject: str, object_: str) -> dict[str, str]:
    one, other = NamedNode(subject), NamedNode(object_)
    return {
        "subject": gathered.reference(one), "subject_label": gathered.label(one),
        "object": gathered.reference(other), "object_label": gathered.label(other),
    }  # fmt: skip
