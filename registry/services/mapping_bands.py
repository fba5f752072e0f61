"""Whole bands of suggestions accepted at once, when judged samples prove them right often enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from registry.contract.mapping_review import AcceptBand, BandAccepted
from registry.errors import NotPermittedError, RefusedError
from registry.matching import Candidate as Offer
from registry.rdf.terms import LEX, SEMAPV
from registry.services.gathered import Gathered
from registry.services.judgements import band_estimate, judgements, proof_needed
from registry.services.lifecycle import Status
from registry.services.mapping_audit import band_offers, require_band
from registry.services.mapping_pairs import Pair
from registry.services.mapping_records import nodes_by_subject, records
from registry.services.mapping_writing import (
    asker_node,
    assert_plainly,
    write_confidence,
    write_mapping,
    write_state,
)
from registry.services.references import scheme_resource
from registry.services.suggestions import Offered, offered
from registry.store.work import Work

SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Cliques:
    """Which concepts exact mappings join, and from which vocabulary each is: for many new mappings at once."""

    gathered: Gathered
    members: dict[NamedNode, frozenset[NamedNode]]

    def clash(self, one: NamedNode, other: NamedNode) -> str | None:
        """Why the two cannot be joined; None when they can, and then they are."""
        joined = self.members.get(one, frozenset([one])) | self.members.get(other, frozenset([other]))
        self.gathered.load(joined)
        homes = [self.gathered.entries[node].home for node in joined]
        if len(set(homes)) < len(homes):
            return "two concepts of one vocabulary would become one"
        self.members.update(dict.fromkeys(joined, joined))
        return None


def accept_band(work: Work, request: AcceptBand) -> Callable[[Work], BandAccepted]:
    """Approve the best suggestions of a band for every side the asker may approve for.

    RefusedError when what was judged does not prove the target: the lower 95 % bound counts, not the share seen.
    """
    require_band(request.low, request.high)
    _require_person(work)
    sides = _sides(work, request)
    _require_proof(work, request)
    found = offered(work, request.scheme, request.other, request.low)
    accepted, left_out = 0, []
    for offer, reason in _judged_offers(work, found, request):
        if reason is not None:
            left_out.append(f"{offer.subject_label} = {offer.object_label}: {reason}")
            continue
        _approve(work, found, offer, (request.scheme, request.other), sides)
        accepted += 1
    band = band_estimate(found.learnt.judged, request.low, request.high)
    work.summary = f"band of mappings accepted: {accepted}"
    work.watched.add(work.names.pair_graph("mappings", request.scheme, request.other))
    return lambda _after: BandAccepted(accepted=accepted, left_out=len(left_out), band=band, reasons=left_out[:SHOWN])


def _require_person(work: Work) -> None:
    if work.asker.principal.kind != "person":
        raise NotPermittedError("Only people approve mappings.", advice="Ask an approver.")


def _sides(work: Work, request: AcceptBand) -> tuple[bool, bool]:
    """For which sides the asker may approve."""
    resources = [scheme_resource(work.reader, work.names, key) for key in (request.scheme, request.other)]
    mine = (work.may("approve", resources[0]), work.may("approve", resources[1]))
    if not any(mine) and not work.dry_run:
        work.require("approve", scheme_resource(work.reader, work.names, request.scheme, request.other))
    return mine if any(mine) else (True, True)


def _require_proof(work: Work, request: AcceptBand) -> None:
    judged = judgements(work.reader, work.names, request.scheme, request.other)
    band = band_estimate(judged, request.low, request.high)
    if band.at_worst >= request.target:
        return
    needed = proof_needed(request.target)
    raise RefusedError(
        f"{band.judged} judged pairs of {request.low:g}..{request.high:g}, {band.correct} of them right, prove no more "
        f"than {band.at_worst:.1%} with 95 % assurance; the target is {request.target:.1%}. Even {needed} without a "
        f"fault would be needed (50 prove at most 6 % error, 100 at most 3 %).",
        advice="Judge more with: lexicord mapping audit, or ask for a narrower band.",
        judged=band.judged,
        correct=band.correct,
        at_worst=band.at_worst,
    )


def _judged_offers(work: Work, found: Offered, request: AcceptBand) -> Iterator[tuple[Offer, str | None]]:
    """The suggestions of the band, each with the reason why it is left out, if any."""
    wrong = {frozenset((one.subject, one.object)) for one in found.learnt.judged if not one.correct}
    offers = band_offers(found, request.low, request.high)
    found.gathered.load(NamedNode(end) for offer in offers for end in offer.pair)
    cliques = _Cliques(found.gathered, _joined(work, found.gathered))
    mapped = {record.pair for record in found.known if record.state not in ("withdrawn", "suggested")}
    for offer in offers:
        one, other = NamedNode(offer.subject_id), NamedNode(offer.object_id)
        if frozenset(offer.pair) in wrong:
            yield offer, "judged wrong"
        elif offer.predicate_id != "skos:exactMatch":
            yield offer, f"offered as {offer.predicate_id}"
        elif frozenset((one, other)) in mapped:
            yield offer, "decided otherwise before"
        elif any(found.gathered.entries[n].status() in (Status.DEPRECATED, Status.ARCHIVED) for n in (one, other)):
            yield offer, "one of them is deprecated"
        else:
            yield offer, cliques.clash(one, other)


def _joined(work: Work, gathered: Gathered) -> dict[NamedNode, frozenset[NamedNode]]:
    """The cliques of exact mappings that somebody approved."""
    members: dict[NamedNode, frozenset[NamedNode]] = {}
    for record in records(gathered, nodes_by_subject(work.reader, work.names)):
        if record.predicate == "exact" and record.state in ("one_sided", "approved", "needs_review"):
            ends = (members.get(end, frozenset([end])) for end in record.pair)
            joined = frozenset().union(*ends)
            members.update(dict.fromkeys(joined, joined))
    return members


def _approve(work: Work, found: Offered, offer: Offer, homes: tuple[str, str], sides: tuple[bool, bool]) -> None:
    ends = frozenset((NamedNode(offer.subject_id), NamedNode(offer.object_id)))
    known = tuple(record for record in found.known if record.pair == ends)
    pair = Pair(NamedNode(offer.subject_id), NamedNode(offer.object_id), homes, known)
    standing, me = pair.with_predicate("exact"), asker_node(work)
    subject, object_ = pair.ends(standing)
    mine = {end for end, may in zip((pair.subject, pair.object), sides, strict=True) if may}
    slots = ((LEX.approvedBySubjectSide, subject), (LEX.approvedByObjectSide, object_))
    node = write_mapping(work, pair, "exact", standing, SEMAPV.LexicalSimilarityThresholdMatching)
    approvals = {slot: me for slot, end in slots if end in mine}
    fingerprint = found.gathered.fingerprint(subject, object_)
    write_state(work, pair, node, "approved" if all(sides) else "one_sided", approvals, fingerprint)
    write_confidence(work, pair, node, round(offer.confidence, 4))
    assert_plainly(work, pair, standing, "exact", holds=all(sides))
