"""Mappings: put forward, approved by both sides, rejected with a reason, left open as unsure, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyoxigraph import Literal, NamedNode

from registry.contract.mappings import (
    AddMapping,
    ApproveMapping,
    ListMappings,
    Mappings,
    MappingWritten,
    Predicate,
    RejectMapping,
    UnsureMapping,
    WithdrawMapping,
)
from registry.errors import AlreadyExistsError, ConflictError, NotFoundError, NotPermittedError
from registry.rdf.terms import LEX
from registry.services.coherence import require_coherent
from registry.services.gathered import Gathered
from registry.services.mapping_pairs import Pair, gathered_for, named, require_either_side
from registry.services.mapping_pairs import pair as pair_named
from registry.services.mapping_records import LIVE, MappingRecord, nodes_by_subject, records
from registry.services.mapping_rules import require_compatible, require_in_force, require_no_clique
from registry.services.mapping_views import mapping_views
from registry.services.mapping_writing import (
    asker_node,
    assert_plainly,
    write_confidence,
    write_mapping,
    write_rejection,
    write_state,
)
from registry.services.paging import page
from registry.services.references import require_scheme
from registry.store.work import Work


def find(work: Work, request: ListMappings) -> Mappings:
    """Mappings in view, by their subjects; NotFoundError for an unknown vocabulary."""
    gathered = gathered_for(work)
    nodes = _listed(work, request)
    if request.state is None:
        shown, following = page(nodes, request)
        return Mappings(mappings=mapping_views(work, gathered, records(gathered, shown)), total=len(nodes),
                        next=following)  # fmt: skip
    found = [record for record in records(gathered, nodes) if record.state == request.state]
    kept, following = page(found, request)
    return Mappings(mappings=mapping_views(work, gathered, kept), total=len(found), next=following)


def add(work: Work, request: AddMapping) -> Callable[[Work], MappingWritten]:
    """Put a mapping forward; AlreadyExistsError when it stands, ConflictError when it was rejected or contradicts."""
    gathered = gathered_for(work)
    pair = pair_named(work, gathered, request.subject, request.object)
    require_either_side(work, pair, "propose")
    standing = pair.with_predicate(request.predicate)
    _require_new(gathered, pair, standing, request.predicate, request.reconsider)
    require_compatible(gathered, pair.subject, request.predicate, pair.live())
    require_in_force(gathered, (pair.subject, pair.object))
    node = write_mapping(work, pair, request.predicate, standing)
    write_state(work, pair, node, "suggested")
    write_confidence(work, pair, node, request.confidence)
    work.summary = "mapping suggested"
    return lambda after: _answer(after, node)


def approve(work: Work, request: ApproveMapping) -> Callable[[Work], MappingWritten]:
    """Approve for each side the asker may approve for; approved once both have, one-sided until then.

    Approvals given for what an end said before it changed no longer count. NotPermittedError when the asker may
    approve for neither side, or is no person.
    """
    if work.asker.principal.kind != "person":
        raise NotPermittedError("Only people approve mappings.", advice="Put it forward with: lexicord mapping add")
    gathered = gathered_for(work)
    pair, predicate = named(work, gathered, request)
    sides = require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    _require_not_rejected(standing, request.reconsider)
    _give_way(work, pair, standing)
    require_compatible(gathered, pair.subject, predicate, [r for r in pair.live() if r.state != "suggested"])
    require_in_force(gathered, (pair.subject, pair.object))
    if predicate == "exact":
        require_no_clique(gathered, pair.subject, pair.object)
    require_coherent(gathered, pair.subject, predicate, pair.object)
    node = write_mapping(work, pair, predicate, standing)
    approvals = _approvals(work, standing, pair, sides)
    fingerprint = gathered.fingerprint(*pair.ends(standing))
    write_state(work, pair, node, "approved" if len(approvals) == 2 else "one_sided", approvals, fingerprint)
    write_confidence(work, pair, node, request.confidence)
    assert_plainly(work, pair, standing, predicate, holds=len(approvals) == 2)
    work.summary = "mapping approved" if len(approvals) == 2 else "mapping approved by one side"
    return lambda after: _answer(after, node)


def reject(work: Work, request: RejectMapping) -> Callable[[Work], MappingWritten]:
    """Reject a mapping or a pair never put forward; remembered with what both ends said then."""
    gathered = gathered_for(work)
    pair, predicate = named(work, gathered, request)
    require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    node = write_mapping(work, pair, predicate, standing)
    write_state(work, pair, node, "rejected", fingerprint=gathered.fingerprint(*pair.ends(standing)))
    write_rejection(work, pair, node, request.reason, request.mismatch)
    assert_plainly(work, pair, standing, predicate, holds=False)
    work.summary = "mapping rejected"
    return lambda after: _answer(after, node)


def unsure(work: Work, request: UnsureMapping) -> Callable[[Work], MappingWritten]:
    """Leave a pair open: somebody has looked and could not tell. It is not offered again until an end changes."""
    gathered = gathered_for(work)
    pair, predicate = named(work, gathered, request)
    require_either_side(work, pair, "propose")
    standing = pair.with_predicate(predicate)
    if standing is not None and standing.state in ("one_sided", "approved", "rejected") and standing.unchanged:
        raise ConflictError(
            f"{gathered.reference(pair.subject)} {predicate} {gathered.reference(pair.object)} is "
            f"{standing.state.replace('_', ' ')} already.",
            advice="Withdraw that first, or leave it.",
            mapping=standing.node.value,
        )
    node = write_mapping(work, pair, predicate, standing)
    write_state(work, pair, node, "unsure", fingerprint=gathered.fingerprint(*pair.ends(standing)))
    work.summary = "mapping left open"
    return lambda after: _answer(after, node)


def withdraw(work: Work, request: WithdrawMapping) -> Callable[[Work], MappingWritten]:
    """Take a mapping back; NotFoundError when nobody stands behind one."""
    gathered = gathered_for(work)
    pair, predicate = named(work, gathered, request)
    require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    if standing is None or standing.state not in LIVE:
        raise NotFoundError(
            f"There is no {predicate} mapping between {gathered.reference(pair.subject)} and "
            f"{gathered.reference(pair.object)} to withdraw.",
            advice="List what there is with: lexicord mapping list",
        )
    write_state(work, pair, standing.node, "withdrawn")
    assert_plainly(work, pair, standing, predicate, holds=False)
    work.summary = "mapping withdrawn"
    return lambda after: _answer(after, standing.node)


def _listed(work: Work, request: ListMappings) -> list[NamedNode]:
    """The mappings asked for, by the IRI of their subject."""
    for key in filter(None, (request.scheme, request.other)):
        require_scheme(work.reader, work.names, key)
    return nodes_by_subject(work.reader, work.names, [key for key in (request.scheme, request.other) if key])


def _require_new(
    gathered: Gathered, pair: Pair, standing: MappingRecord | None, predicate: Predicate, reconsider: bool
) -> None:
    _require_not_rejected(standing, reconsider)
    if standing is not None and standing.state in LIVE:
        raise AlreadyExistsError(
            f"{gathered.reference(pair.subject)} {predicate} {gathered.reference(pair.object)} is {standing.state} "
            "already.",
            advice="Approve, reject or withdraw it.",
            mapping=standing.node.value,
        )


def _require_not_rejected(standing: MappingRecord | None, reconsider: bool) -> None:
    """A rejection holds while both ends say what they said then, unless somebody reconsiders it."""
    if standing is not None and standing.state == "rejected" and standing.unchanged and not reconsider:
        reason = standing.said.get(LEX.rejectionReason, (Literal(""),))[0].value
        raise ConflictError(
            f"This mapping was rejected: {reason}",
            advice="If the reason no longer holds, say so with --reconsider.",
            mapping=standing.node.value,
        )


def _give_way(work: Work, pair: Pair, standing: MappingRecord | None) -> None:
    """Other suggestions for the pair fall to the one that is approved."""
    for other in pair.live():
        if other.state == "suggested" and (standing is None or other.node != standing.node):
            write_state(work, pair, other.node, "withdrawn")


def _approvals(
    work: Work, standing: MappingRecord | None, pair: Pair, sides: Sequence[NamedNode]
) -> dict[NamedNode, NamedNode]:
    """Who has approved, by slot: earlier approvals of what still stands, and the asker's."""
    subject, object_ = pair.ends(standing)
    given = {}
    for slot, end in ((LEX.approvedBySubjectSide, subject), (LEX.approvedByObjectSide, object_)):
        earlier = standing.approver(end) if standing and standing.unchanged else None
        approver = earlier or (asker_node(work) if end in sides else None)
        if approver is not None:
            given[slot] = approver
    return given


def _answer(after: Work, node: NamedNode) -> MappingWritten:
    gathered = gathered_for(after)
    return MappingWritten(mapping=mapping_views(after, gathered, records(gathered, [node]))[0])
