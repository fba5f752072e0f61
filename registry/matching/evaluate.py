"""How good suggested mappings are, measured against mappings known to be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from registry.errors import InvalidInputError
from registry.matching.candidate import Candidate
from registry.matching.settings import AUTO_THRESHOLD, Cardinality
from registry.matching.vocabulary import Vocabulary

Pair = tuple[str, str]
Threshold = float | Literal["auto"]

BAND_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
"""Where bands of confidence begin; the last one ends with 1."""


@dataclass(frozen=True, slots=True)
class Band:
    """How many selected candidates of one band of confidence there are, and how many of them are right."""

    at_least: float
    below: float
    candidates: int
    correct: int

    @property
    def precision(self) -> float | None:
        """Return the share that is right, None for an empty band."""
        return self.correct / self.candidates if self.candidates else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Precision, recall and F1 of the selected candidates; recall among the first k of each subject; bands.

    `gold` counts the pairs known to be right; `gold_unknown` those of them with an end in neither vocabulary, which no
    method can find and which count as missed all the same.
    """

    precision: float
    recall: float
    f1: float
    recall_at: Mapping[int, float]
    threshold: float
    bands: tuple[Band, ...]
    selected: int
    correct: int
    gold: int
    gold_unknown: int = 0


def select(
    candidates: Iterable[Candidate], cardinality: Cardinality = "one-to-one", threshold: Threshold = "auto"
) -> tuple[Candidate, ...]:
    """Return the alignment candidates stand for: the best of each subject, one-to-one also the best of each object.

    Pairs are taken in the order of their confidence as long as their ends are free, so that each is the mutual best
    of what was left; ties go to the smaller identifiers. `threshold` is the least confidence taken.
    """
    least = threshold_value(threshold)
    subjects: set[str] = set()
    objects: set[str] = set()
    selected = []
    for candidate in sorted(candidates, key=lambda candidate: (-candidate.confidence, candidate.pair)):
        taken = candidate.subject_id in subjects or (cardinality == "one-to-one" and candidate.object_id in objects)
        if candidate.confidence >= least and not taken:
            subjects.add(candidate.subject_id)
            objects.add(candidate.object_id)
            selected.append(candidate)
    return tuple(selected)


def threshold_value(threshold: Threshold) -> float:
    """Return the number a threshold stands for; raise InvalidInputError when it is no confidence."""
    value = AUTO_THRESHOLD if threshold == "auto" else threshold
    if not 0.0 <= value <= 1.0:
        raise InvalidInputError(f"The threshold {threshold} is no confidence.", advice="Say auto or one from 0 to 1.")
    return value


def evaluate(
    candidates: Sequence[Candidate],
    gold: Collection[Pair],
    *,
    cardinality: Cardinality = "one-to-one",
    threshold: Threshold = "auto",
    ranks: Sequence[int] = (1, 5),
    vocabularies: tuple[Vocabulary, Vocabulary] | None = None,
) -> Evaluation:
    """Return how the candidates compare with the pairs known to be right.

    Raises InvalidInputError when there is no gold, or none of it speaks of the two vocabularies (when they are given):
    a wrong file must not look like a bad result.
    """
    known = frozenset(gold)
    if not known:
        raise InvalidInputError("The gold set is empty.", advice="Send at least one mapping known to be right.")
    unknown = _count_unknown(known, vocabularies)
    if unknown == len(known):
        raise InvalidInputError(
            "No pair of the gold set has both ends in the two vocabularies.",
            advice="Check that the gold set belongs to them and that subject and object are not swapped.",
        )
    selected = select(candidates, cardinality, threshold)
    correct = sum(candidate.pair in known for candidate in selected)
    precision, recall = correct / len(selected) if selected else 0.0, correct / len(known)
    return Evaluation(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if correct else 0.0,
        recall_at=_recall_at(candidates, known, ranks),
        threshold=threshold_value(threshold),
        bands=precision_bands(selected, known),
        selected=len(selected),
        correct=correct,
        gold=len(known),
        gold_unknown=unknown,
    )


def precision_bands(candidates: Iterable[Candidate], gold: Collection[Pair]) -> tuple[Band, ...]:
    """Return the bands of confidence, lowest first, with what was found in each and how much of it is in the gold."""
    found: dict[int, list[bool]] = defaultdict(list)
    for candidate in candidates:
        place = max(place for place, edge in enumerate(BAND_EDGES) if candidate.confidence >= edge)
        found[place].append(candidate.pair in gold)
    ends = (*BAND_EDGES[1:], 1.0)
    return tuple(
        Band(at_least, below, len(found[place]), sum(found[place]))
        for place, (at_least, below) in enumerate(zip(BAND_EDGES, ends, strict=True))
    )


def _recall_at(candidates: Iterable[Candidate], gold: frozenset[Pair], ranks: Sequence[int]) -> dict[int, float]:
    by_subject: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_subject[candidate.subject_id].append(candidate)
    rank: dict[Pair, int] = {}
    for several in by_subject.values():
        several.sort(key=lambda candidate: (-candidate.confidence, candidate.object_id))
        rank |= {candidate.pair: place for place, candidate in enumerate(several, 1)}
    return {k: sum(rank.get(pair, k + 1) <= k for pair in gold) / len(gold) for k in ranks}


def _count_unknown(gold: frozenset[Pair], vocabularies: tuple[Vocabulary, Vocabulary] | None) -> int:
    if vocabularies is None:
        return 0
    subjects, objects = ({entry.id for entry in vocabulary.entries} for vocabulary in vocabularies)
    return sum(subject not in subjects or object_ not in objects for subject, object_ in gold)
