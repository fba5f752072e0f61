"""Suggested mappings between two vocabularies: what matching offers, less what people have decided already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from pyoxigraph import NamedNode

from registry.contract.mappings import Candidate, Candidates, Competing, Evidence, MatchedLabel, SuggestMappings
from registry.errors import RefusedError
from registry.matching import Candidate as Offer
from registry.matching import Entry, Label, MatchSettings, Vocabulary, common_languages
from registry.matching import suggest as match
from registry.services.gathered import Gathered
from registry.services.judgements import Learnt, judgements, learnt
from registry.services.mapping_pairs import gathered_for
from registry.services.mapping_records import LIVE, MappingRecord, nodes_between, records
from registry.services.no_match import missed, unmatched
from registry.services.queue import ordered
from registry.services.references import require_scheme
from registry.services.vocabularies import compared_vocabulary
from registry.store.work import Work

Pair = tuple[str, str]
NEIGHBOURS = 5
"""How many concepts above and beside an end are told."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What matching offers between two vocabularies, undecided, with everything known about the two."""

    vocabularies: tuple[Vocabulary, Vocabulary]
    offers: tuple[Offer, ...]
    passed_over: int
    learnt: Learnt
    gathered: Gathered
    known: tuple[MappingRecord, ...]


def suggest(work: Work, request: SuggestMappings) -> Candidates:
    """Candidates between two vocabularies, the most confident first; pairs that people have decided are left out.

    What is approved teaches the rest. A rejected pair is offered again once a label or a definition of an end changed.
    """
    found = offered(work, request.scheme, request.other, request.min_confidence)
    chosen: Sequence[tuple[Offer, float]] = [(offer, 0.0) for offer in found.offers]
    if request.order == "queue":
        chosen = ordered(work, (request.scheme, request.other), found.offers, found.learnt)
    shown = chosen[: request.limit]
    found.gathered.load(NamedNode(end) for offer, _ in shown for end in offer.pair)
    around = tuple(_Neighbours.of(vocabulary) for vocabulary in found.vocabularies)
    return Candidates(
        candidates=[_candidate(found, offer, priority, around) for offer, priority in shown],
        total=len(chosen),
        passed_over=found.passed_over,
        common_languages=sorted(common_languages(*found.vocabularies)),
        judged=len(found.learnt.judged),
    )


def offered(work: Work, scheme: str, other: str, floor: float) -> Offered:
    """What matching offers and nobody has decided; NotFoundError for an unknown vocabulary, RefusedError for one."""
    for key in (scheme, other):
        require_scheme(work.reader, work.names, key)
    if scheme == other:
        raise RefusedError("A vocabulary is not mapped to itself.", advice="Name two vocabularies.")
    gathered = gathered_for(work)
    known = records(gathered, nodes_between(work.reader, work.names, scheme, other))
    subject, object_ = (compared_vocabulary(work.reader, work.names, key) for key in (scheme, other))
    rejected, decided = _rejected(known), _decided(known)
    without = unmatched(missed(gathered, work.reader, work.names, scheme, other))
    offers = match(subject, object_, settings=MatchSettings(floor=floor), accepted=_accepted(known), rejected=rejected)
    kept = tuple(offer for offer in offers if offer.pair not in decided and without.isdisjoint(offer.pair))
    taught = learnt(judgements(work.reader, work.names, scheme, other))
    return Offered(
        (subject, object_), kept, len(rejected | decided) // 2 + len(without), taught, gathered, tuple(known)
    )


def _accepted(known: Sequence[MappingRecord]) -> set[Pair]:
    return _both_ways(r for r in known if r.state == "approved" and r.predicate == "exact")


def _rejected(known: Sequence[MappingRecord]) -> set[Pair]:
    """Pairs rejected as they are; what was approved since under another predicate is no longer among them."""
    return _both_ways(r for r in known if r.state == "rejected" and r.unchanged) - _accepted(known)


def _decided(known: Sequence[MappingRecord]) -> set[Pair]:
    """Pairs that somebody stands behind, or has looked at as they are and could not tell."""
    return _both_ways(r for r in known if r.state in LIVE or (r.state == "unsure" and r.unchanged))


def _both_ways(found: Iterable[MappingRecord]) -> set[Pair]:
    pairs = [(r.subject.value, r.object.value) for r in found]
    return {*pairs, *((other, one) for one, other in pairs)}


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """What stands above and beside the concepts of a vocabulary."""

    entries: Mapping[str, Entry]
    below: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> _Neighbours:
        """Read from the vocabulary that was compared."""
        below = defaultdict(list)
        for entry in vocabulary.entries:
            for parent in entry.broader:
                below[parent].append(entry.id)
        return cls({entry.id: entry for entry in vocabulary.entries}, below)

    def broader(self, concept: str) -> list[str]:
        """Labels of the concepts above one."""
        return [self.entries[above].name for above in self.entries[concept].broader][:NEIGHBOURS]

    def siblings(self, concept: str) -> list[str]:
        """Labels of the concepts beside one."""
        beside = {one for above in self.entries[concept].broader for one in self.below[above]} - {concept}
        return sorted(self.entries[one].name for one in beside)[:NEIGHBOURS]


def _candidate(found: Offered, offer: Offer, priority: float, around: Sequence[_Neighbours]) -> Candidate:
    gathered = found.gathered
    subject, object_ = NamedNode(offer.subject_id), NamedNode(offer.object_id)
    return Candidate(
        subject_id=offer.subject_id,
        subject_label=offer.subject_label,
        subject=gathered.reference(subject),
        object_id=offer.object_id,
        object_label=offer.object_label,
        object=gathered.reference(object_),
        predicate_id=offer.predicate_id,
        confidence=found.learnt.confidence(offer.confidence),
        score=round(offer.confidence, 4),
        priority=round(priority, 4),
        evidence=_evidence(gathered, offer, subject, object_, around),
    )


def _evidence(
    gathered: Gathered, offer: Offer, subject: NamedNode, object_: NamedNode, around: Sequence[_Neighbours]
) -> Evidence:
    said, (here, there) = offer.evidence, around
    return Evidence(
        subject_match=label_view(said.subject_match),
        object_match=label_view(said.object_match),
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
        subject_broader=here.broader(offer.subject_id),
        object_broader=there.broader(offer.object_id),
        subject_siblings=here.siblings(offer.subject_id),
        object_siblings=there.siblings(offer.object_id),
    )


def label_view(label: Label) -> MatchedLabel:
    """A label that took part in a match, as it is answered."""
    return MatchedLabel(text=label.text, language=label.language, kind=label.kind)
