"""How well labels match, and from that how well concepts do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from registry.matching.blocking import LabelPairs
from registry.matching.labels import LabelTable
from registry.matching.tokens import SoftDice
from registry.matching.trigrams import Floats, Integers, word_sorted

EXACT, STEM, CODE, ACRONYM = 1.0, 0.97, 0.88, 0.80
TOKENS, TOKEN_SORT, COSINE = 0.55, 0.25, 0.20
WORTH_WORDS = 15
OTHER_LANGUAGE, FALSE_FRIEND = 0.9, 0.75
"""What a match between labels of different languages is worth, and what when the concepts also have labels in one
language, which should have matched then."""


@dataclass(frozen=True, slots=True)
class LabelSimilarities:
    """What does not depend on learnt rules, one value per pair of labels.

    `worth_words` marks those to be compared word by word: they differ, and are among the `WORTH_WORDS` likeliest at
    first sight for either label.
    """

    equal: NDArray[np.bool_]
    same_stems: NDArray[np.bool_]
    same_letters: NDArray[np.bool_]
    token_sort: Floats
    weight: Floats
    worth_words: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ConceptPairs:
    """Pairs of concepts by their places, ordered, with the score of their best labels and where those stand."""

    left: Integers
    right: Integers
    score: NDArray[np.float64]
    row: Integers

    def __len__(self) -> int:
        return len(self.left)

    def without(self, rejected: Iterable[tuple[int, int]]) -> ConceptPairs:
        """Return the pairs that were not rejected."""
        refused = frozenset(rejected)
        if not refused:
            return self
        pairs = zip(self.left.tolist(), self.right.tolist(), strict=True)
        kept = np.array([pair not in refused for pair in pairs], dtype=bool)
        return ConceptPairs(self.left[kept], self.right[kept], self.score[kept], self.row[kept])


def label_similarities(left: LabelTable, right: LabelTable, pairs: LabelPairs) -> LabelSimilarities:
    """Return equality of keys, of stems and of letters, word-sorted edit similarity, and the weight of each pair."""
    ours, theirs = [word_sorted(key) for key in left.keys], [word_sorted(key) for key in right.keys]
    same_language, comparable = _languages(left, right, pairs)
    language = np.select([same_language, comparable], [1.0, FALSE_FRIEND], OTHER_LANGUAGE)
    stems = _equal([tuple(sorted(b)) for b in left.stems], [tuple(sorted(b)) for b in right.stems], pairs)
    ratio = _ratio([ours[row] for row in pairs.left.tolist()], [theirs[row] for row in pairs.right.tolist()])
    return LabelSimilarities(
        equal=_equal(left.keys, right.keys, pairs),
        same_stems=stems & same_language,
        same_letters=_equal([k.replace(" ", "") for k in left.keys], [k.replace(" ", "") for k in right.keys], pairs),
        token_sort=ratio,
        weight=np.asarray(language * left.weight[pairs.left] * right.weight[pairs.right], dtype=np.float32),
        worth_words=~stems & _likeliest(pairs, TOKEN_SORT * ratio + COSINE * pairs.cosine),
    )


def token_similarities(
    left: LabelTable, right: LabelTable, pairs: LabelPairs, similar: LabelSimilarities, dice: SoftDice
) -> Floats:
    """Return the soft Dice coefficient of pairs of labels: 1 for equal stems, 0 where words are not worth a look."""
    return refreshed(
        similar.same_stems.astype(np.float32), left, right, pairs, np.flatnonzero(similar.worth_words), dice
    )


def refreshed(
    tokens: Floats, left: LabelTable, right: LabelTable, pairs: LabelPairs, rows: Integers, dice: SoftDice
) -> Floats:
    """Return token similarities with those of some rows worked out anew."""
    ours, theirs = left.stems, right.stems
    compared = zip(pairs.left[rows].tolist(), pairs.right[rows].tolist(), strict=True)
    tokens = tokens.copy()
    tokens[rows] = np.fromiter((dice(ours[i], theirs[j]) for i, j in compared), np.float32, len(rows))
    return tokens


def label_scores(pairs: LabelPairs, similar: LabelSimilarities, tokens: Floats) -> NDArray[np.float64]:
    """Return the score of each pair of labels: what its rule is worth, or the mixture of similarities, weighted."""
    mixture = TOKENS * tokens + TOKEN_SORT * similar.token_sort + COSINE * pairs.cosine
    base = np.select(
        [similar.equal, similar.same_stems | similar.same_letters, pairs.code, pairs.acronym],
        [EXACT, STEM, np.maximum(CODE, mixture), np.maximum(ACRONYM, mixture)],
        mixture,
    )
    return np.asarray(base * similar.weight, dtype=np.float64)


def concept_pairs(left: LabelTable, right: LabelTable, pairs: LabelPairs, scores: NDArray[np.float64]) -> ConceptPairs:
    """Return for each pair of concepts its best pair of labels; among equals the one that stands first."""
    width = max(len(right.entries), 1)
    number = left.entry[pairs.left] * width + right.entry[pairs.right]
    if not len(number):
        return ConceptPairs(number, number, scores, number)
    order = np.argsort(number, kind="stable")
    ordered, scored = number[order], scores[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    lengths = np.diff(np.append(starts, len(ordered)))
    is_best = np.flatnonzero(scored == np.repeat(np.maximum.reduceat(scored, starts), lengths))
    row = order[is_best[np.searchsorted(is_best, starts)]]
    return ConceptPairs(number[row] // width, number[row] % width, scores[row], row)


def _likeliest(pairs: LabelPairs, likeness: Floats) -> NDArray[np.bool_]:
    chosen = np.zeros(len(pairs), dtype=bool)
    for rows in (pairs.left, pairs.right):
        order = np.lexsort((-likeness, rows))
        first = np.searchsorted(rows[order], rows[order])
        chosen[order[np.arange(len(order)) - first < WORTH_WORDS]] = True
    return chosen


def _equal(ours: Sequence[Hashable], theirs: Sequence[Hashable], pairs: LabelPairs) -> NDArray[np.bool_]:
    number: dict[Hashable, int] = {}
    left = np.array([number.setdefault(key, len(number)) for key in ours], dtype=np.int64)
    right = np.array([number.setdefault(key, len(number)) for key in theirs], dtype=np.int64)
    return np.asarray(left[pairs.left] == right[pairs.right], dtype=bool)


def _ratio(ours: Sequence[str], theirs: Sequence[str]) -> Floats:
    return np.asarray(process.cpdist(ours, theirs, scorer=fuzz.ratio, dtype=np.float32) / 100, dtype=np.float32)


def _languages(left: LabelTable, right: LabelTable, pairs: LabelPairs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs are of one language (or an unknown one), and which concepts could have been compared in one.

    Languages are bits, so that those of a concept are one number; beyond 62 of them the rest share a bit.
    """
    number: dict[str, int] = {"": 0}
    for table in (left, right):
        for label in table.labels:
            number.setdefault(label.primary_language, min(len(number), 62))
    own, spoken = [], []
    for table, rows in ((left, pairs.left), (right, pairs.right)):
        bits = np.array([1 << number[label.primary_language] for label in table.labels], dtype=np.int64)
        every = np.zeros(len(table.entries), dtype=np.int64)
        np.bitwise_or.at(every, table.entry, bits)
        own.append(bits[rows])
        spoken.append(every[table.entry[rows]] & ~1)
    same = (own[0] == own[1]) | (own[0] == 1) | (own[1] == 1)
    return np.asarray(same, dtype=bool), np.asarray((spoken[0] & spoken[1]) != 0, dtype=bool)
