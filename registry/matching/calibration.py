"""What a confidence has turned out to mean between two vocabularies, learnt from judged samples.

A score says how alike two concepts look, not how often such pairs are right: that differs from one pair of vocabularies
to the next. Only candidates drawn at random from a band and judged without seeing the score can tell. Decisions taken
from the top of a queue, and acceptances in bulk, are no samples and must not be fed in.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.errors import InvalidInputError
from registry.matching.candidate import Candidate
from registry.matching.evaluate import BAND_EDGES

PRIOR: Mapping[float, float] = {
    0.0: 0.05,
    0.5: 0.13,
    0.6: 0.26,
    0.7: 0.43,
    0.8: 0.49,
    0.85: 0.52,
    0.9: 0.68,
    0.95: 0.77,
    0.99: 0.93,
}
"""How often the best candidate was right, by the band it began in, over the OAEI conference and digital humanities
tracks and ESCO to O*NET together (their gold is incomplete, so that these are on the low side)."""
PRIOR_WEIGHT = 4.0
"""How many judgements of these vocabularies it takes to weigh as much as the prior."""
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a candidate of a random sample was right, judged without its confidence in view."""

    confidence: float
    correct: bool


@dataclass(frozen=True, slots=True)
class BandEstimate:
    """How often candidates of a band are right: expected, and the least it can be with 95 % assurance.

    `expected` is the mean of a beta-binomial posterior; `at_worst` the one-sided Clopper-Pearson bound, which owes
    nothing to the prior. 50 judgements without a fault put it at 94 %, 100 at 97 %.
    """

    at_least: float
    below: float
    judged: int
    correct: int
    expected: float
    at_worst: float

    def may_be_accepted_in_bulk(self, target: float) -> bool:
        """Return whether the whole band is right as often as `target` asks, with 95 % assurance."""
        return self.judged > 0 and self.at_worst >= target


def estimates(judgements: Iterable[Judgement] = ()) -> tuple[BandEstimate, ...]:
    """Return an estimate for every band, lowest first; without judgements, the prior's."""
    found: dict[float, list[bool]] = defaultdict(list)
    for judgement in judgements:
        found[_band(judgement.confidence)].append(judgement.correct)
    ends = (*BAND_EDGES[1:], 1.0)
    return tuple(_estimate(edge, end, found[edge]) for edge, end in zip(BAND_EDGES, ends, strict=True))


def calibrated(confidence: float, learnt: Iterable[BandEstimate]) -> float:
    """Return how often candidates of this confidence are expected to be right."""
    return next(band.expected for band in learnt if band.at_least == _band(confidence))


def sample(candidates: Iterable[Candidate], per_band: int, *, seed: str = "") -> tuple[Candidate, ...]:
    """Return up to `per_band` candidates of each band as if at random, in an order that does not betray the band.

    The draw depends on the candidates and the seed alone, so that it can be repeated and audited.
    """
    if per_band < 1:
        raise InvalidInputError(f"A sample of {per_band} candidates tells nothing.", advice="Draw at least one.")
    by_band: dict[float, list[Candidate]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda candidate: _draw(candidate, seed)):
        by_band[_band(candidate.confidence)].append(candidate)
    drawn = (candidate for several in by_band.values() for candidate in several[:per_band])
    return tuple(sorted(drawn, key=lambda candidate: _draw(candidate, seed)))


def least_share(correct: int, judged: int, assurance: float = SURE) -> float:
    """Return the share that is right at the very least, given how many of a random sample were (Clopper-Pearson)."""
    if correct == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_least(correct, judged, middle) < 1 - assurance:
            low = middle
        else:
            high = middle
    return low


def _estimate(edge: float, end: float, judged: list[bool]) -> BandEstimate:
    correct, count = sum(judged), len(judged)
    expected = (correct + PRIOR_WEIGHT * PRIOR[edge]) / (count + PRIOR_WEIGHT)
    return BandEstimate(edge, end, count, correct, round(expected, 4), round(least_share(correct, count), 4))


def _at_least(correct: int, judged: int, share: float) -> float:
    """Return the probability of `correct` or more right ones when a `share` of all is right."""
    if share <= 0.0 or share >= 1.0:
        return float(share >= 1.0)
    rows = range(correct, judged + 1)
    return sum(math.exp(_log_choose(judged, k) + k * math.log(share) + (judged - k) * math.log1p(-share)) for k in rows)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _band(confidence: float) -> float:
    return max(edge for edge in BAND_EDGES if confidence >= edge)


def _draw(candidate: Candidate, seed: str) -> bytes:
    return hashlib.sha256("\x1f".join((seed, *candidate.pair)).encode("utf-8", "surrogatepass")).digest()
