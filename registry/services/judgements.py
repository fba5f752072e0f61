"""What people said of random samples of suggestions, and what scores have turned out to mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from registry.contract.mapping_review import BandEstimate
from registry.matching.calibration import BandEstimate as Estimate
from registry.matching.calibration import Judgement, calibrated, estimates, least_share
from registry.model.names import Names
from registry.rdf.terms import LEX, RDF, SSSOM
from registry.services.references import first
from registry.store.quads import Description, Reader

PRIOR_WEIGHT = 4.0
"""How many judgements it takes to weigh as much as what is usual."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged pair, with the score it had."""

    subject: str
    object: str
    score: float
    correct: bool

    def within(self, low: float, high: float) -> bool:
        """Whether its score lies in a band."""
        return in_band(self.score, low, high)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What judgements teach about scores; without any, a score stands for itself."""

    judged: tuple[Judged, ...]
    bands: tuple[Estimate, ...]

    def confidence(self, score: float) -> float:
        """How often pairs of this score are right: learnt where the band was judged, else the score itself."""
        band = next((b for b in reversed(self.bands) if score >= b.at_least), None)
        if band is None or not band.judged:
            return round(score, 4)
        return round(calibrated(min(score, 1.0), self.bands), 4)


def in_band(score: float, low: float, high: float) -> bool:
    """Whether a score lies in a band; its end is without, unless it is 1."""
    return low <= score and (score < high or high >= 1.0)


def judgements(reader: Reader, names: Names, one: str, other: str) -> tuple[Judged, ...]:
    """The judged pairs of two vocabularies. Two queries."""
    nodes = reader.subjects(RDF.type, LEX.Judgement, names.pair_graph("mappings", one, other))
    return tuple(_judged(said) for said in reader.describe(nodes).values())


def learnt(judged: Iterable[Judged]) -> Learnt:
    """What these judgements teach."""
    known = tuple(judged)
    return Learnt(known, estimates(Judgement(one.score, one.correct) for one in known))


def band_estimate(judged: Sequence[Judged], low: float, high: float) -> BandEstimate:
    """How often the pairs of any band are right: expected, and at the least with 95 % assurance."""
    inside = [one.correct for one in judged if one.within(low, high)]
    right, count = sum(inside), len(inside)
    usual = [band.expected for band in estimates() if band.below > low and band.at_least < high]
    prior = sum(usual) / len(usual) if usual else 0.5
    return BandEstimate(
        low=low, high=high, judged=count, correct=right,
        expected=round((right + PRIOR_WEIGHT * prior) / (count + PRIOR_WEIGHT), 4),
        at_worst=round(least_share(right, count), 4) if count else 0.0,
    )  # fmt: skip


def proof_needed(target: float) -> int:
    """How many judged pairs without a fault prove that a share of `target` is right, with 95 % assurance."""
    count = 1
    while least_share(count, count) < target:
        count += 1
    return count


def _judged(said: Description) -> Judged:
    subject, object_ = (said[slot][0] for slot in (LEX.judgedSubject, LEX.judgedObject))
    assert isinstance(subject, NamedNode)
    assert isinstance(object_, NamedNode)
    return Judged(subject.value, object_.value, float(first(said, SSSOM.confidence) or 0.0),
                  first(said, LEX.judgedRight) == "true")  # fmt: skip
