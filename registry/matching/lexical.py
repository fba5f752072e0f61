"""The lexical stage alone, for lists of labels too long for anything slower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from registry.matching.normalise import normalise
from registry.matching.trigrams import (
    Floats,
    Integers,
    Matrix,
    Neighbours,
    affordable,
    nearest,
    trigram_vectors,
    word_sorted,
)

CANDIDATES = 12
LEAST_COSINE = 0.2
COSINE_SHARE = 0.3
"""How much the cosine of trigrams counts beside the edit similarity: it knows which letters are rare."""
ROWS_AT_ONCE = 25_000


@dataclass(frozen=True, slots=True)
class NearestLabels:
    """For pairs of positions in two lists their edit similarity, best first for each left one."""

    left: Integers
    right: Integers
    similarity: Floats


def nearest_labels(subjects: Sequence[str], objects: Sequence[str], *, top: int = 1) -> NearestLabels:
    """Return for each subject label its `top` most similar object labels, as far as any is near.

    Candidates come from character trigrams; those too frequent to part labels are passed over when the lists are long
    (see `affordable`). Works in blocks of rows, so that memory grows with the lists and not with their product.
    """
    ours, theirs = _keys(subjects), _keys(objects)
    vectors = affordable(*trigram_vectors(ours.word_sorted, theirs.word_sorted))
    starts = range(0, len(subjects), ROWS_AT_ONCE)
    blocks = [_rescored(ours, theirs, _block(*vectors, start), max(top, 1)) for start in starts]
    empty = np.zeros(0, dtype=np.int64)
    blocks.append(NearestLabels(empty, empty, empty.astype(np.float32)))
    return NearestLabels(
        np.concatenate([block.left for block in blocks]),
        np.concatenate([block.right for block in blocks]),
        np.concatenate([block.similarity for block in blocks]),
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    plain: list[str]
    word_sorted: list[str]


def _keys(labels: Sequence[str]) -> _Keys:
    plain = [normalise(label) for label in labels]
    return _Keys(plain, [word_sorted(key) for key in plain])


def _block(left: Matrix, right: Matrix, start: int) -> Neighbours:
    found = nearest(left[start : start + ROWS_AT_ONCE], right, CANDIDATES, LEAST_COSINE)
    return Neighbours(found.left + start, found.right, found.cosine)


def _rescored(ours: _Keys, theirs: _Keys, found: Neighbours, top: int) -> NearestLabels:
    """Return the best candidates by edit similarity, in the order of the words or not, whichever is more."""
    similarity = np.maximum(
        _ratio(ours.plain, theirs.plain, found), _ratio(ours.word_sorted, theirs.word_sorted, found)
    )
    order = np.lexsort((found.right, -(similarity + COSINE_SHARE * found.cosine), found.left))
    first = np.searchsorted(found.left[order], found.left[order])
    kept = order[np.arange(len(order)) - first < top]
    return NearestLabels(found.left[kept], found.right[kept], similarity[kept])


def _ratio(ours: Sequence[str], theirs: Sequence[str], found: Neighbours) -> Floats:
    left, right = [ours[row] for row in found.left.tolist()], [theirs[row] for row in found.right.tolist()]
    return np.asarray(process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.float32) / 100, dtype=np.float32)
