"""Mappings: put forward, approved by both sides, rejected with a reason, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.mappings import (
    AddMapping,
    ApproveMapping,
    ListMappings,
    Mappings,
    MappingWritten,
    Predicate,
    RejectMapping,
    State,
    WithdrawMapping,
)
from registry.errors import AlreadyExistsError, ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from registry.model.principals import Verb
from registry.rdf.terms import LEX, OWL, RDF, SEMAPV, SSSOM, XSD, named_node
from registry.services.gathered import Gathered
from registry.services.mapping_records import (
    LIVE,
    PREDICATES,
    STATES,
    MappingRecord,
    mapping_node,
    nodes_by_subject,
    records,
    records_touching,
)
from registry.services.mapping_rules import (
    require_compatible,
    require_in_force,
    require_no_clique,
    require_two_vocabularies,
)
from registry.services.mapping_views import mapping_views
from registry.services.paging import page
from registry.services.references import require_concept, require_scheme, scheme_resource
from registry.store.quads import Value
from registry.store.work import Work

Named = ApproveMapping | RejectMapping | WithdrawMapping
_AUTHOR = SSSOM.author_id
_DATE = SSSOM.mapping_date


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two concepts of two vocabularies, with every mapping there is or was between them."""

    subject: NamedNode
    object: NamedNode
    homes: tuple[str, str]
    known: tuple[MappingRecord, ...]

    def with_predicate(self, predicate: Predicate) -> MappingRecord | None:
        """The mapping with that predicate, as read from the subject."""
        return next((record for record in self.known if record.seen_from(self.subject) == predicate), None)

    def live(self) -> list[MappingRecord]:
        """The mappings that somebody still stands behind."""
        return [record for record in self.known if record.state in LIVE]


def find(work: Work, request: ListMappings) -> Mappings:
    """Mappings in view, by their subjects; NotFoundError for an unknown vocabulary."""
    gathered = _gathered(work)
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
    gathered = _gathered(work)
    pair = _pair(work, gathered, request.subject, request.object)
    _require_either_side(work, pair, "propose")
    standing = pair.with_predicate(request.predicate)
    _require_new(gathered, pair, standing, request.predicate, request.reconsider)
    require_compatible(gathered, pair.subject, request.predicate, pair.live())
    require_in_force(gathered, (pair.subject, pair.object))
    node = _written(work, pair, request.predicate, standing)
    _decided(work, pair, node, "suggested")
    _confidence(work, pair, node, request.confidence)
    work.summary = "mapping suggested"
    return lambda after: _answer(after, node)


def approve(work: Work, request: ApproveMapping) -> Callable[[Work], MappingWritten]:
    """Approve for each side the asker may approve for; approved once both have, one-sided until then.

    Approvals given for what an end said before it changed no longer count. NotPermittedError when the asker may
    approve for neither side, or is no person.
    """
    if work.asker.principal.kind != "person":
        raise NotPermittedError("Only people approve mappings.", advice="Put it forward with: lexicord mapping add")
    gathered = _gathered(work)
    pair, predicate = _named(work, gathered, request)
    sides = _require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    _require_not_rejected(standing, request.reconsider)
    _give_way(work, pair, standing)
    require_compatible(gathered, pair.subject, predicate, [r for r in pair.live() if r.state != "suggested"])
    require_in_force(gathered, (pair.subject, pair.object))
    if predicate == "exact":
        require_no_clique(gathered, pair.subject, pair.object)
    node = _written(work, pair, predicate, standing)
    approvals = _approvals(work, standing, pair, sides)
    fingerprint = gathered.fingerprint(*_ends(standing, pair))
    _decided(work, pair, node, "approved" if len(approvals) == 2 else "one_sided", approvals, fingerprint)
    _confidence(work, pair, node, request.confidence)
    _assert_plainly(work, pair, standing, predicate, holds=len(approvals) == 2)
    work.summary = "mapping approved" if len(approvals) == 2 else "mapping approved by one side"
    return lambda after: _answer(after, node)


def reject(work: Work, request: RejectMapping) -> Callable[[Work], MappingWritten]:
    """Reject a mapping or a pair never put forward; remembered with what both ends said then."""
    gathered = _gathered(work)
    pair, predicate = _named(work, gathered, request)
    _require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    node = _written(work, pair, predicate, standing)
    _decided(work, pair, node, "rejected", fingerprint=gathered.fingerprint(*_ends(standing, pair)))
    graph = _graph(work, pair)
    work.put(graph, node, LEX.rejectedBy, _me(work))
    work.put(graph, node, LEX.rejectionReason, Literal(request.reason))
    _assert_plainly(work, pair, standing, predicate, holds=False)
    work.summary = "mapping rejected"
    return lambda after: _answer(after, node)


def withdraw(work: Work, request: WithdrawMapping) -> Callable[[Work], MappingWritten]:
    """Take a mapping back; NotFoundError when nobody stands behind one."""
    gathered = _gathered(work)
    pair, predicate = _named(work, gathered, request)
    _require_either_side(work, pair, "approve")
    standing = pair.with_predicate(predicate)
    if standing is None or standing.state not in LIVE:
        raise NotFoundError(
            f"There is no {predicate} mapping between {gathered.reference(pair.subject)} and "
            f"{gathered.reference(pair.object)} to withdraw.",
            advice="List what there is with: lexicord mapping list",
        )
    _decided(work, pair, standing.node, "withdrawn")
    _assert_plainly(work, pair, standing, predicate, holds=False)
    work.summary = "mapping withdrawn"
    return lambda after: _answer(after, standing.node)


def _gathered(work: Work) -> Gathered:
    return Gathered(work.reader, work.names, work.settings.languages)


def _listed(work: Work, request: ListMappings) -> list[NamedNode]:
    """The mappings asked for, by the IRI of their subject."""
    for key in filter(None, (request.scheme, request.other)):
        require_scheme(work.reader, work.names, key)
    return nodes_by_subject(work.reader, work.names, [key for key in (request.scheme, request.other) if key])


def _pair(work: Work, gathered: Gathered, subject: str, object_: str) -> _Pair:
    ends = (require_concept(work.reader, work.names, subject), require_concept(work.reader, work.names, object_))
    return _pair_of(gathered, *ends)


def _pair_of(gathered: Gathered, subject: NamedNode, object_: NamedNode) -> _Pair:
    homes = require_two_vocabularies(gathered, subject, object_)
    wanted = frozenset((subject, object_))
    known = [record for record in records_touching(gathered, [subject]) if record.pair == wanted]
    return _Pair(subject, object_, homes, tuple(known))


def _named(work: Work, gathered: Gathered, request: Named) -> tuple[_Pair, Predicate]:
    """The pair a request names, and the predicate it means: the stated one, else the only live one's, else exact."""
    if request.mapping is None:
        assert request.subject is not None
        assert request.object is not None
        pair = _pair(work, gathered, request.subject, request.object)
        live = pair.live()
        return pair, request.predicate or (live[0].seen_from(pair.subject) if len(live) == 1 else "exact")
    found = records(gathered, [_mapping_node(work, request.mapping)])
    if not found:
        raise NotFoundError(f"There is no mapping {request.mapping!r}.", advice="List: lexicord mapping list")
    return _pair_of(gathered, found[0].subject, found[0].object), request.predicate or found[0].predicate


def _mapping_node(work: Work, name: str) -> NamedNode:
    """The mapping of that IRI or short id."""
    if ":" in name:
        return named_node(name)
    if not name.isalnum():
        raise InvalidInputError(f"{name!r} names no mapping.", advice="Name both concepts, or the mapping's IRI.")
    return work.names.thing("mapping", name)


def _require_either_side(work: Work, pair: _Pair, verb: Verb) -> list[NamedNode]:
    """The ends on whose side the asker may do that; NotPermittedError when there is none.

    A dry run shows those who may not what would come of it if both sides did.
    """
    ends = (pair.subject, pair.object)
    sides = zip(ends, pair.homes, strict=True)
    mine = [end for end, key in sides if work.may(verb, scheme_resource(work.reader, work.names, key))]
    if not mine and work.dry_run:
        return list(ends)
    if not mine:
        work.require(verb, scheme_resource(work.reader, work.names, *pair.homes))
    return mine


def _require_new(
    gathered: Gathered, pair: _Pair, standing: MappingRecord | None, predicate: Predicate, reconsider: bool
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


def _give_way(work: Work, pair: _Pair, standing: MappingRecord | None) -> None:
    """Other suggestions for the pair fall to the one that is approved."""
    for other in pair.live():
        if other.state == "suggested" and (standing is None or other.node != standing.node):
            _decided(work, pair, other.node, "withdrawn")


def _written(work: Work, pair: _Pair, predicate: Predicate, standing: MappingRecord | None) -> NamedNode:
    """The mapping's node, its ends and provenance written when it is new."""
    if standing is not None:
        return standing.node
    node, graph = mapping_node(work.names, pair.subject, predicate, pair.object), _graph(work, pair)
    facts: Sequence[tuple[NamedNode, Value]] = (
        (RDF.type, SSSOM.Mapping),
        (OWL.annotatedSource, pair.subject),
        (OWL.annotatedProperty, PREDICATES[predicate]),
        (OWL.annotatedTarget, pair.object),
        (SSSOM.mapping_justification, SEMAPV.ManualMappingCuration),
        (_AUTHOR, _me(work)),
        (_DATE, Literal(work.now.date().isoformat(), datatype=XSD.date)),
    )
    work.add(Quad(node, slot, value, graph) for slot, value in facts)
    return node


def _decided(
    work: Work,
    pair: _Pair,
    node: NamedNode,
    state: State,
    approvals: dict[NamedNode, NamedNode] | None = None,
    fingerprint: str | None = None,
) -> None:
    """Write the state with what it rests on, and drop what an earlier state rested on."""
    graph, given = _graph(work, pair), approvals or {}
    work.put(graph, node, LEX.mappingState, STATES[state])
    for slot in (LEX.approvedBySubjectSide, LEX.approvedByObjectSide):
        work.put(graph, node, slot, *([given[slot]] if slot in given else []))
    work.put(graph, node, LEX.fingerprint, *([Literal(fingerprint)] if fingerprint else []))
    for slot in (LEX.rejectedBy, LEX.rejectionReason):
        work.put(graph, node, slot)


def _approvals(
    work: Work, standing: MappingRecord | None, pair: _Pair, sides: Sequence[NamedNode]
) -> dict[NamedNode, NamedNode]:
    """Who has approved, by slot: earlier approvals of what still stands, and the asker's."""
    subject, object_ = _ends(standing, pair)
    given = {}
    for slot, end in ((LEX.approvedBySubjectSide, subject), (LEX.approvedByObjectSide, object_)):
        earlier = standing.approver(end) if standing and standing.unchanged else None
        approver = earlier or (_me(work) if end in sides else None)
        if approver is not None:
            given[slot] = approver
    return given


def _ends(standing: MappingRecord | None, pair: _Pair) -> tuple[NamedNode, NamedNode]:
    return (standing.subject, standing.object) if standing else (pair.subject, pair.object)


def _confidence(work: Work, pair: _Pair, node: NamedNode, confidence: float | None) -> None:
    if confidence is not None:
        work.put(_graph(work, pair), node, SSSOM.confidence, Literal(str(confidence), datatype=XSD.decimal))


def _assert_plainly(
    work: Work, pair: _Pair, standing: MappingRecord | None, predicate: Predicate, *, holds: bool
) -> None:
    """An approved mapping is asserted as the plain SKOS triple beside its record; any other is not."""
    subject, object_ = _ends(standing, pair)
    spoken = standing.predicate if standing else predicate
    quad = Quad(subject, PREDICATES[spoken], object_, _graph(work, pair))
    if holds:
        work.add([quad])
    else:
        work.remove([quad])


def _graph(work: Work, pair: _Pair) -> NamedNode:
    return work.names.pair_graph("mappings", *pair.homes)


def _me(work: Work) -> NamedNode:
    return work.names.thing("principal", work.asker.principal.id or work.asker.principal.handle)


def _answer(after: Work, node: NamedNode) -> MappingWritten:
    gathered = _gathered(after)
    return MappingWritten(mapping=mapping_views(after, gathered, records(gathered, [node]))[0])
