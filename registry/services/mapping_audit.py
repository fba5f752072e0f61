"""Blind samples of suggestions: drawn at random from a band, judged without the score, learnt from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.mapping_review import (
    BandEstimate,
    BlindCandidate,
    BlindSample,
    Calibration,
    JudgeMapping,
    JudgementWritten,
    SampleMappings,
    ShowCalibration,
)
from registry.errors import InvalidInputError, NotPermittedError
from registry.matching import Candidate as Offer
from registry.matching.evaluate import BAND_EDGES, select
from registry.rdf.terms import DCTERMS, LEX, RDF, SSSOM, XSD
from registry.services.judgements import band_estimate, in_band, judgements
from registry.services.mapping_pairs import gathered_for, pair, require_either_side
from registry.services.mapping_writing import asker_node, pair_graph
from registry.services.references import require_scheme
from registry.services.suggestions import Offered, label_view, offered
from registry.store.work import Work


def sample(work: Work, request: SampleMappings) -> BlindSample:
    """A random sample of the undecided best suggestions in a band; the same seed and state draw the same."""
    require_band(request.low, request.high)
    found = offered(work, request.scheme, request.other, request.low)
    judged = {frozenset((one.subject, one.object)) for one in found.learnt.judged}
    population = band_offers(found, request.low, request.high)
    fresh = [offer for offer in population if frozenset(offer.pair) not in judged]
    drawn = sorted(fresh, key=lambda offer: _draw(offer, request.seed))[: request.sample]
    found.gathered.load(NamedNode(end) for offer in drawn for end in offer.pair)
    before = sum(one.within(request.low, request.high) for one in found.learnt.judged)
    return BlindSample(candidates=[_blind(found, offer) for offer in drawn], population=len(population), judged=before)


def calibration(work: Work, request: ShowCalibration) -> Calibration:
    """How often each band of scores has been right between two vocabularies."""
    for key in (request.scheme, request.other):
        require_scheme(work.reader, work.names, key)
    judged = judgements(work.reader, work.names, request.scheme, request.other)
    ends = (*BAND_EDGES[1:], 1.0)
    bands = [band_estimate(judged, low, high) for low, high in zip(BAND_EDGES, ends, strict=True)]
    return Calibration(bands=bands, judged=len(judged))


def judge(work: Work, request: JudgeMapping) -> Callable[[Work], JudgementWritten]:
    """Record whether a pair of a sample is right; judging it again replaces what was said before."""
    if work.asker.principal.kind != "person":
        raise NotPermittedError("Only people judge samples.", advice="Let a person judge, without the score in view.")
    gathered = gathered_for(work)
    judged = pair(work, gathered, request.subject, request.object)
    require_either_side(work, judged, "approve")
    node = work.names.hashed("judgement", judged.subject.value, judged.object.value)
    graph = pair_graph(work, judged)
    work.add([Quad(node, RDF.type, LEX.Judgement, graph), Quad(node, LEX.judgedSubject, judged.subject, graph),
              Quad(node, LEX.judgedObject, judged.object, graph)])  # fmt: skip
    work.put(graph, node, SSSOM.confidence, Literal(f"{request.score:.4f}", datatype=XSD.decimal))
    work.put(graph, node, LEX.judgedRight, Literal(request.correct))
    work.put(graph, node, LEX.judgedBy, asker_node(work))
    work.put(graph, node, DCTERMS.created, Literal(work.now.isoformat(timespec="seconds"), datatype=XSD.dateTime))
    work.summary = "suggestion judged"
    return lambda after: JudgementWritten(band=_band_of(after, judged.homes, request.score))


def band_offers(found: Offered, low: float, high: float) -> list[Offer]:
    """The best suggestions of a band: one for each subject and object."""
    return [offer for offer in select(found.offers, "one-to-one", 0.0) if in_band(offer.confidence, low, high)]


def require_band(low: float, high: float) -> None:
    """Nothing, when it is a band; InvalidInputError otherwise."""
    if low >= high:
        raise InvalidInputError(f"{low}..{high} is no band.", advice="Give the lower end first: 0.95..1.")


def _band_of(work: Work, homes: tuple[str, str], score: float) -> BandEstimate:
    low = max(edge for edge in BAND_EDGES if score >= edge)
    high = next((edge for edge in BAND_EDGES if edge > low), 1.0)
    return band_estimate(judgements(work.reader, work.names, *homes), low, high)


def _draw(offer: Offer, seed: str) -> bytes:
    return hashlib.sha256("\x1f".join((seed, *offer.pair)).encode("utf-8", "surrogatepass")).digest()


def _blind(found: Offered, offer: Offer) -> BlindCandidate:
    gathered = found.gathered
    subject, object_ = NamedNode(offer.subject_id), NamedNode(offer.object_id)
    return BlindCandidate(
        subject=gathered.reference(subject),
        subject_label=offer.subject_label,
        subject_definition=gathered.entry(subject).definition(gathered.languages),
        object=gathered.reference(object_),
        object_label=offer.object_label,
        object_definition=gathered.entry(object_).definition(gathered.languages),
        subject_match=label_view(offer.evidence.subject_match),
        object_match=label_view(offer.evidence.object_match),
        score=round(offer.confidence, 4),
    )
