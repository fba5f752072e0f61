"""Suggested mappings between two vocabularies: what matching offers, less what people have decided already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from pyoxigraph import NamedNode

from registry.contract.mappings import Candidate, Candidates, Competing, Evidence, MatchedLabel, SuggestMappings
from registry.errors import RefusedError
from registry.matching import Candidate as Offer
from registry.matching import Label, MatchSettings, common_languages
from registry.matching import suggest as match
from registry.services.gathered import Gathered
from registry.services.mapping_records import LIVE, MappingRecord, nodes_between, records
from registry.services.references import require_scheme
from registry.services.vocabularies import compared_vocabulary
from registry.store.work import Work

Pair = tuple[str, str]


def suggest(work: Work, request: SuggestMappings) -> Candidates:
    """Candidates between two vocabularies, the most confident first; pairs that people have decided are left out.

    What is approved teaches the rest. A rejected pair is offered again once a label or a definition of an end changed.
    """
    for key in (request.scheme, request.other):
        require_scheme(work.reader, work.names, key)
    if request.scheme == request.other:
        raise RefusedError("A vocabulary is not mapped to itself.", advice="Name two vocabularies.")
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    known = records(gathered, nodes_between(work.reader, work.names, request.scheme, request.other))
    subject, object_ = (compared_vocabulary(work.reader, work.names, key) for key in (request.scheme, request.other))
    rejected, decided = _rejected(known), _decided(known)
    settings = MatchSettings(floor=request.min_confidence)
    offers = match(subject, object_, settings=settings, accepted=_accepted(known), rejected=rejected)
    kept = [offer for offer in offers if offer.pair not in decided]
    shown = kept[: request.limit]
    gathered.load(NamedNode(end) for offer in shown for end in offer.pair)
    return Candidates(
        candidates=[_candidate(gathered, offer) for offer in shown],
        total=len(kept),
        passed_over=len(rejected | decided) // 2,
        common_languages=sorted(common_languages(subject, object_)),
    )


def _accepted(known: Sequence[MappingRecord]) -> set[Pair]:
    return _both_ways(r for r in known if r.state == "approved" and r.predicate == "exact")


def _rejected(known: Sequence[MappingRecord]) -> set[Pair]:
    """Pairs rejected as they are; what was approved since under another predicate is no longer among them."""
    return _both_ways(r for r in known if r.state == "rejected" and r.unchanged) - _accepted(known)


def _decided(known: Sequence[MappingRecord]) -> set[Pair]:
    return _both_ways(record for record in known if record.state in LIVE)


def _both_ways(found: Iterable[MappingRecord]) -> set[Pair]:
    pairs = [(r.subject.value, r.object.value) for r in found]
    return {*pairs, *((other, one) for one, other in pairs)}


def _candidate(gathered: Gathered, offer: Offer) -> Candidate:
    subject, object_ = NamedNode(offer.subject_id), NamedNode(offer.object_id)
    return Candidate(
        subject_id=offer.subject_id,
        subject_label=offer.subject_label,
        subject=gathered.reference(subject),
        object_id=offer.object_id,
        object_label=offer.object_label,
        object=gathered.reference(object_),
        predicate_id=offer.predicate_id,
        confidence=round(offer.confidence, 4),
        evidence=_evidence(gathered, offer, subject, object_),
    )


def _evidence(gathered: Gathered, offer: Offer, subject: NamedNode, object_: NamedNode) -> Evidence:
    said = offer.evidence
    return Evidence(
        subject_match=_label(said.subject_match),
        object_match=_label(said.object_match),
        rule=said.rule,
        similarity=asdict(said.similarity),
        structure=said.structure.agreement(),
        context={name: value for name, value in asdict(said.context).items() if value is not None},
        margin=said.margin,
        token_rules=list(said.token_rules),
        competing=[Competing(**asdict(rival)) for rival in said.competing],
        warnings=list(said.warnings),
        subject_definition=gathered.entry(subject).definition(gathered.languages),
        object_definition=gathered.entry(object_).definition(gathered.languages),
    )


def _label(label: Label) -> MatchedLabel:
    return MatchedLabel(text=label.text, language=label.language, kind=label.kind)
