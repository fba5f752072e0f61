"""Labels as TF-IDF vectors of character trigrams, and the nearest neighbours between two lists of them.

Imported only by what has asked for the extra `matching` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sparse_dot_topn import sp_matmul_topn

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Matrix = Any  # scipy ships no types

MULTIPLICATIONS_PER_ROW = 12_000
_GRAMS_AT_ONCE = 40_000_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs (left[k], right[k]) of positions in two lists with their cosine, ordered by left, then by cosine."""

    left: Integers
    right: Integers
    cosine: Floats


def word_sorted(key: str) -> str:
    """Return a normalised label with its words in alphabetical order, so that word order does not count."""
    return " ".join(sorted(key.split())) if " " in key else key


def trigram_vectors(left: Sequence[str], right: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Return one row of unit length per text: sublinear TF times smooth IDF of character trigrams over both lists.

    A text is padded with one blank on either side; one too short for a trigram has an empty row.
    """
    counts = _trigram_counts([*left, *right])
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + counts.shape[0]) / (1 + documents)) + 1).astype(np.float32)
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    norms = np.sqrt(np.add.reduceat(np.append(counts.data**2, 0), counts.indptr[:-1]))
    norms[np.diff(counts.indptr) == 0] = 1
    counts.data /= np.repeat(norms, np.diff(counts.indptr)).astype(np.float32)
    return counts[: len(left)], counts[len(left) :]


def affordable(left: Matrix, right: Matrix, per_row: int = MULTIPLICATIONS_PER_ROW) -> tuple[Matrix, Matrix]:
    """Return the vectors without the most frequent trigrams, as many as it takes to keep the product affordable.

    Affordable is `per_row` multiplications for each row of `left`, on average. Short lists keep every trigram; in long
    ones those of "tion" part nothing, and cost the most. The cosines become lower bounds.
    """
    work = np.bincount(left.indices, minlength=left.shape[1]).astype(np.int64)
    work *= np.bincount(right.indices, minlength=right.shape[1])
    cheapest = np.argsort(work, kind="stable")
    kept = np.zeros(len(work), dtype=bool)
    kept[cheapest[np.cumsum(work[cheapest]) <= per_row * left.shape[0]]] = True
    if kept.all():
        return left, right
    return left[:, kept], right[:, kept]


def nearest(left: Matrix, right: Matrix, top: int, at_least: float) -> Neighbours:
    """Return for each row of `left` its `top` rows of `right` by cosine, those of `at_least` only."""
    found = sp_matmul_topn(left, right.T.tocsr(), top_n=top, threshold=at_least, sort=True, n_threads=1)
    rows = np.repeat(np.arange(found.shape[0], dtype=np.int64), np.diff(found.indptr))
    return Neighbours(rows, found.indices.astype(np.int64), found.data.astype(np.float32))


def _trigram_counts(texts: Sequence[str]) -> Matrix:
    """Return how often each trigram (column) stands in each text (row), columns without any dropped."""
    padded = "".join(f" {text} " for text in texts)
    codes = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    alphabet, letters = _compact(codes)
    rows = np.repeat(np.arange(len(texts), dtype=np.int64), [len(text) + 2 for text in texts])
    grams = (letters[:-2] * alphabet + letters[1:-1]) * alphabet + letters[2:]
    within = rows[:-2] == rows[2:]
    width, columns = _compact(grams[within])
    ones = np.ones(len(columns), dtype=np.float32)
    counts = sparse.coo_matrix((ones, (rows[:-2][within], columns)), shape=(len(texts), max(width, 1))).tocsr()
    counts.sum_duplicates()
    return counts


def _compact(values: NDArray[Any]) -> tuple[int, Integers]:
    """Return how many different values there are and each value's rank among them."""
    if len(values) == 0:
        return 0, np.zeros(0, dtype=np.int64)
    largest = int(values.max())
    if largest > _GRAMS_AT_ONCE:
        distinct, ranks = np.unique(values, return_inverse=True)
        return len(distinct), ranks.astype(np.int64)
    present = np.zeros(largest + 1, dtype=bool)
    present[values] = True
    ranks = np.cumsum(present, dtype=np.int64) - 1
    return int(ranks[-1]) + 1, ranks[values]
