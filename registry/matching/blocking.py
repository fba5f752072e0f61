"""Which labels are worth comparing: a few candidates for each instead of every pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from registry.matching.labels import LabelTable, kind_group
from registry.matching.trigrams import Floats, Integers, nearest, trigram_vectors, word_sorted

LEAST_COSINE = 0.2
SHARED_KEY_LIMIT = 30
"""How many objects one shared key may bring together: a label used more often tells nothing."""


@dataclass(frozen=True, slots=True)
class LabelPairs:
    """Rows of two label tables to be compared, ordered by subject row, then object row, with their cosine."""

    left: Integers
    right: Integers
    cosine: Floats


def label_pairs(
    subject: LabelTable,
    object: LabelTable,  # noqa: A002  (SSSOM's word)
    top: int,
    known: Iterable[tuple[int, int]] = (),
) -> LabelPairs:
    """Return each subject label with the `top` nearest object labels of its kind and those sharing all its stems.

    Pairs of entries already `known` to match are compared by their first labels at least.
    """
    cosine = dict(_trigram_pairs(subject, object, top))
    for ours, theirs in known:
        first = (int(np.searchsorted(subject.entry, ours)), int(np.searchsorted(object.entry, theirs)))
        cosine.setdefault(first, 0.0)
    for pair in _shared(_bags(subject), _bags(object)):
        cosine.setdefault(pair, 0.0)
    return _in_columns(cosine)


def _trigram_pairs(subject: LabelTable, object: LabelTable, top: int) -> Iterator[tuple[tuple[int, int], float]]:  # noqa: A002
    vectors = trigram_vectors([word_sorted(key) for key in subject.keys], [word_sorted(key) for key in object.keys])
    for group in sorted({kind_group(entry) for entry in subject.entries}):
        left, right = subject.rows_of_kind(group), object.rows_of_kind(group)
        if len(left) and len(right):
            found = nearest(vectors[0][left], vectors[1][right], top, LEAST_COSINE)
            pairs = zip(left[found.left].tolist(), right[found.right].tolist(), strict=True)
            yield from zip(pairs, found.cosine.tolist(), strict=True)


def _bags(table: LabelTable) -> list[Hashable]:
    groups = [kind_group(entry) for entry in table.entries]
    return [(groups[place], *sorted(set(bag))) for place, bag in zip(table.entry.tolist(), table.stems, strict=True)]


def _shared(left: Sequence[Hashable], right: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """Return the positions of equal keys, at most `SHARED_KEY_LIMIT` on the right for each on the left."""
    index: dict[Hashable, list[int]] = defaultdict(list)
    for position, key in enumerate(right):
        index[key].append(position)
    for position, key in enumerate(left):
        for other in index.get(key, ())[:SHARED_KEY_LIMIT]:
            yield position, other


def _in_columns(cosine: dict[tuple[int, int], float]) -> LabelPairs:
    pairs = sorted(cosine)
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return LabelPairs(columns[:, 0], columns[:, 1], np.array([cosine[pair] for pair in pairs], dtype=np.float32))
