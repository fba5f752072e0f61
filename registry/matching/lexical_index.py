"""A kept index of labels: what resembles one new term, answered in milliseconds and brought up to date in as many.

A value like every other here: a change gives a new index, which shares what did not change with the old one. What an
index answers depends on the entries it holds alone, not on the changes that led there. It can be pickled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from registry.matching.lexical import COSINE_SHARE
from registry.matching.normalise import normalise
from registry.matching.trigrams import Floats, Integers, word_sorted
from registry.matching.vocabulary import Entry, Label, Vocabulary

POSTINGS = 60_000
"""How many occurrences of trigrams one question reads, those of the rarest trigrams first."""
LEAST_TRIGRAMS = 3
"""How many trigrams are read whatever they cost, as a short label has no rarer ones."""
CANDIDATES = 64
_BITS = 21
"""A code point of Unicode fits into 21 bits, a trigram of them into one number."""


@dataclass(frozen=True, slots=True)
class NearConcept:
    """A concept whose `label` resembles the term asked for, with their edit similarity from 0 to 1."""

    concept_id: str
    label: Label
    similarity: float


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """The labels of a vocabulary by their trigrams, in segments of which each is at least twice as long as the next."""

    segments: tuple[_Segment, ...] = ()

    @classmethod
    def build(cls, vocabulary: Vocabulary) -> LexicalIndex:
        """Return an index of every label of a vocabulary."""
        return cls().with_changes(vocabulary.entries)

    def __len__(self) -> int:
        return sum(segment.live for segment in self.segments)

    def nearest(self, label: Label | str, top: int = 10) -> tuple[NearConcept, ...]:
        """Return up to `top` concepts with the label of each that is most like the one given, best first.

        Like `nearest_labels`: candidates by trigrams, then edit similarity in the order of the words or not. Among
        equals go labels of the same language and preferred ones first.
        """
        asked = label if isinstance(label, Label) else Label(label)
        key = normalise(asked.text, asked.primary_language)
        best: dict[str, NearConcept] = {}
        for found in sorted(self._candidates(key), key=lambda found: _rank(found, asked)):
            best.setdefault(found.concept_id, NearConcept(found.concept_id, found.label, round(found.similarity, 4)))
        return tuple(best.values())[: max(top, 0)]

    def with_changes(self, added: Iterable[Entry] = (), removed: Iterable[str] = ()) -> LexicalIndex:
        """Return the index with entries added, or put in place of those of the same identifier, and others removed.

        Costs as much as the change is long, and now and then the merging of segments. An identifier to be removed that
        the index does not hold is passed over; of several entries with one identifier the last is added.
        """
        new = {entry.id: entry for entry in added}
        outdated = sorted({*new, *removed})
        kept = [segment.without(outdated) for segment in self.segments]
        rows = [(entry.id, label) for entry in new.values() for label in dict.fromkeys(entry.labels)]
        return LexicalIndex(tuple(_merged([*kept, _segment(rows)] if rows else kept)))

    def _candidates(self, key: str) -> Iterator[_Found]:
        """Yield the labels with most of the trigrams of a key, weighed by how rare these are."""
        words = word_sorted(key)
        grams, weight, read = self._weighed(words)
        if not len(read):
            return
        shares = [segment.shares(grams[read], weight[read]) for segment in self.segments]
        scale = np.sqrt(len(grams)) / weight.sum()
        least = _kth_largest(np.concatenate(shares), CANDIDATES)
        for segment, share in zip(self.segments, shares, strict=True):
            for row in np.flatnonzero(share >= least).tolist():
                edit = max(fuzz.ratio(key, segment.plain[row]), fuzz.ratio(words, segment.word_sorted[row])) / 100
                likeness = min(float(share[row] * scale), 1.0)
                yield _Found(segment.ids[row], segment.labels[row], edit, edit + COSINE_SHARE * likeness)

    def _weighed(self, words: str) -> tuple[Integers, Floats, Integers]:
        """Return the trigrams of a text, the squared IDF of each, and which of them are worth reading, rarest first."""
        grams = np.unique(_grams([words])[0])
        found = sum((segment.frequency(grams) for segment in self.segments), np.zeros(len(grams), dtype=np.int64))
        weight = (np.log((1 + len(self)) / (1 + found)) + 1) ** 2
        rarest = np.argsort(found, kind="stable")
        rarest = rarest[found[rarest] > 0]
        cheap = np.cumsum(found[rarest]) <= POSTINGS
        cheap[:LEAST_TRIGRAMS] = True
        return grams, weight, rarest[cheap]


@dataclass(frozen=True, slots=True)
class _Found:
    concept_id: str
    label: Label
    similarity: float
    score: float


def _rank(found: _Found, asked: Label) -> tuple[Any, ...]:
    foreign = found.label.primary_language != asked.primary_language
    return (-found.score, foreign, found.label.sort_key(), found.concept_id)


@dataclass(frozen=True, slots=True)
class _Segment:
    """Labels ordered by concept: `rows[starts[g]:starts[g + 1]]` are those with the trigram `grams[g]`.

    `sizes` counts the trigrams of each label, `found` the labels not removed with each trigram; `alive` marks these.
    """

    ids: tuple[str, ...]
    labels: tuple[Label, ...]
    plain: tuple[str, ...]
    word_sorted: tuple[str, ...]
    grams: Integers
    starts: Integers
    rows: NDArray[np.int32]
    sizes: Integers
    alive: NDArray[np.bool_]
    found: Integers

    @property
    def live(self) -> int:
        return int(np.count_nonzero(self.alive))

    def remaining(self) -> list[tuple[str, Label]]:
        return [(self.ids[row], self.labels[row]) for row in np.flatnonzero(self.alive).tolist()]

    def without(self, ids: Sequence[str]) -> _Segment:
        """Return the segment without the labels of some concepts; itself when it has none of them."""
        ranges = ((bisect_left(self.ids, one), bisect_right(self.ids, one)) for one in ids)
        gone = [row for first, last in ranges for row in range(first, last) if self.alive[row]]
        if not gone:
            return self
        alive, found = self.alive.copy(), self.found.copy()
        alive[gone] = False
        grams, _ = _grams([self.word_sorted[row] for row in gone])
        np.subtract.at(found, np.searchsorted(self.grams, grams), 1)
        return replace(self, alive=alive, found=found)

    def frequency(self, grams: Integers) -> Integers:
        """Return how many labels not removed hold each trigram."""
        place, known = self._places(grams)
        return np.where(known, self.found[place], 0) if len(self.grams) else np.zeros(len(grams), dtype=np.int64)

    def shares(self, grams: Integers, weight: Floats) -> Floats:
        """Return for each label the weight of the trigrams it holds over the root of how many it has in all."""
        place, known = self._places(grams)
        lists = [self.rows[self.starts[at] : self.starts[at + 1]] for at in place[known].tolist()]
        rows = np.concatenate(lists) if lists else self.rows[:0]
        each = np.repeat(weight[known], [len(several) for several in lists])
        held = np.bincount(rows, weights=each, minlength=len(self.ids))
        return np.asarray(held * self.alive / np.sqrt(np.maximum(self.sizes, 1)))

    def _places(self, grams: Integers) -> tuple[Integers, NDArray[np.bool_]]:
        place = np.minimum(np.searchsorted(self.grams, grams), max(len(self.grams) - 1, 0))
        known = self.grams[place] == grams if len(self.grams) else np.zeros(len(grams), dtype=bool)
        return place, known


def _segment(labels: Iterable[tuple[str, Label]]) -> _Segment:
    """Return a segment of labels, each with the identifier of its concept."""
    ordered = sorted(labels, key=lambda row: (row[0], row[1].sort_key()))
    plain = tuple(normalise(label.text, label.primary_language) for _, label in ordered)
    words = tuple(word_sorted(key) for key in plain)
    grams, rows = _grams(words)
    order = np.argsort(grams, kind="stable")
    distinct, starts = np.unique(grams[order], return_index=True)
    ends = np.append(starts, len(grams))
    return _Segment(
        ids=tuple(concept for concept, _ in ordered),
        labels=tuple(label for _, label in ordered),
        plain=plain,
        word_sorted=words,
        grams=distinct,
        starts=ends,
        rows=rows[order].astype(np.int32),
        sizes=np.bincount(rows, minlength=len(ordered)),
        alive=np.ones(len(ordered), dtype=bool),
        found=np.diff(ends),
    )


def _merged(segments: Iterable[_Segment]) -> Iterator[_Segment]:
    """Yield segments of which each is at least twice as long as the next, those with few labels left built anew."""
    waiting: list[_Segment] = []
    for segment in segments:
        current = segment if 2 * segment.live >= len(segment.ids) else _segment(segment.remaining())
        while waiting and waiting[-1].live < 2 * current.live:
            current = _segment([*waiting.pop().remaining(), *current.remaining()])
        waiting.append(current)
    yield from (segment for segment in waiting if segment.live)


def _kth_largest(values: Floats, k: int) -> float:
    """Return the k-th largest of the values above 0, the smallest such value when there are fewer; else infinity."""
    positive = values[values > 0]
    if not len(positive):
        return float("inf")
    place = max(len(positive) - k, 0)
    return float(np.partition(positive, place)[place])


def _grams(texts: Sequence[str]) -> tuple[Integers, Integers]:
    """Return the distinct trigrams of texts as numbers, each with the position of its text, in the order of texts."""
    codes = np.frombuffer("".join(f" {text} " for text in texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    wide = codes.astype(np.int64)
    text = np.repeat(np.arange(len(texts), dtype=np.int64), [len(text) + 2 for text in texts])
    grams = (wide[:-2] << 2 * _BITS) | (wide[1:-1] << _BITS) | wide[2:]
    within = text[:-2] == text[2:]
    grams, text = grams[within], text[:-2][within]
    order = np.lexsort((grams, text))
    grams, text = grams[order], text[order]
    first = np.ones(len(grams), dtype=bool)
    first[1:] = (grams[1:] != grams[:-1]) | (text[1:] != text[:-1])
    return grams[first], text[first]
