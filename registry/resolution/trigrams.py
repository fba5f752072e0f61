"""Labels that are spelt like a term: candidates by shared character trigrams, then a measure that counts edits.

Candidates come from posting lists, rarest trigrams first, until a budget of postings is read: what is common parts
nothing and costs the most. Their similarity is the best of three readings of the two texts: edits of neighbouring
characters (optimal string alignment), the same words in another order, and one text inside the other.
numpy is imported when the first list is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from registry.errors import EnvironmentFaultError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[Any]

POSTINGS_READ, SHARE_READ = 10_000, 0.1
"""How many postings a term may cost: this many, or this share of the texts when that is more."""
LISTS_READ = 5
RESCORED = 40
FUZZY_FROM, FUZZY_UP_TO = 5, 500
"""A term or label of fewer characters is never matched by spelling: one letter makes another word of it. Nor is a term
of more: it is a text, and to be annotated."""
_OTHER_ORDER, _INSIDE, _LENGTH_POWER = 0.97, 0.9, 0.3
_CEILING = 0.96
_END = "\n"


@dataclass(frozen=True, slots=True)
class Trigrams:
    """Posting lists of folded texts: `rows[starts[g]:starts[g + 1]]` are the rows with trigram g, ascending."""

    texts: Sequence[str]
    number: dict[str, int]
    starts: list[int]
    rows: Integers
    sizes: Integers
    lengths: Integers
    longest: int

    @staticmethod
    def build(texts: Sequence[str]) -> Trigrams:
        """Posting lists of texts without line ends. Raises EnvironmentFaultError when numpy is not installed."""
        require("numpy")
        return _build(texts)

    def similar(self, term: str, allowed: Integers | None = None, at_least: float = 0.6) -> list[tuple[int, float]]:
        """Rows spelt like a folded term, with their similarity from 0 to 0.96, best first, then by row.

        `allowed` says row by row which may answer. Nothing for a term of four characters or fewer, or of more than
        500, and no label of four characters or fewer.
        """
        if not FUZZY_FROM <= len(term) <= FUZZY_UP_TO:
            return []
        rows = self._candidates(term, allowed)
        scores = _similarities(term, [self.texts[row] for row in rows.tolist()], self.lengths[rows])
        found = [(-score, row) for row, score in zip(rows.tolist(), scores.tolist(), strict=True) if score >= at_least]
        return [(row, -score) for score, row in sorted(found)]

    def containing(self, part: str, allowed: Integers | None = None) -> list[int]:
        """Rows that may contain a folded text of three characters or more, ascending; those that do are among them.

        `allowed` says row by row which may answer.
        """
        if len(part) > self.longest:
            return []
        lists = [self._list(gram) for gram in {part[at : at + 3] for at in range(len(part) - 2)}]
        lists.sort(key=len)
        rows = lists[0] if allowed is None else lists[0][allowed[lists[0]]]
        for other in lists[1:]:
            if len(rows) > RESCORED:
                rows = rows[_contained(other, rows)]
        found: list[int] = rows.tolist()
        return found

    def _list(self, gram: str) -> Integers:
        at = self.number.get(gram)
        return self.rows[:0] if at is None else self.rows[self.starts[at] : self.starts[at + 1]]

    def _candidates(self, term: str, allowed: Integers | None) -> Integers:
        """The rows that share most trigrams with the term, as Dice of those read, and two at least."""
        import numpy as np

        grams = trigrams(term)
        read = np.concatenate([self.rows[:0], *self._rarest(grams)])
        shared = np.bincount(read, minlength=len(self.texts))
        rows = np.flatnonzero(shared > 1)
        if allowed is not None:
            rows = rows[allowed[rows]]
        rows = rows[self.lengths[rows] >= FUZZY_FROM]
        return _largest(rows, shared[rows] / (len(grams) + self.sizes[rows]))

    def _rarest(self, grams: set[str]) -> list[Integers]:
        starts = self.starts
        known = sorted(
            (starts[at + 1] - starts[at], starts[at]) for gram in grams if (at := self.number.get(gram)) is not None
        )
        taken: list[Integers] = []
        total, budget = 0, max(POSTINGS_READ, SHARE_READ * len(self.texts))
        for length, start in known:
            total += length
            if total > budget and len(taken) >= LISTS_READ:
                break
            taken.append(self.rows[start : start + length])
        return taken


def trigrams(text: str) -> set[str]:
    """The character trigrams of a text, padded with two blanks before and one after: its beginning counts more."""
    padded = f"  {text} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def require(library: str) -> None:
    """Return when an optional library is installed; EnvironmentFaultError naming the extra when it is not."""
    if find_spec(library) is None:
        raise EnvironmentFaultError(
            f"This part of the label index needs {library}.",
            advice="Install the extra: pip install 'lexicord[resolution]'.",
            missing=(library,),
        )


def _similarities(term: str, texts: list[str], lengths: Integers) -> Integers:
    """The best of three readings of how alike a term and texts of these lengths are."""
    import numpy as np

    edits = process.cdist([term], texts, scorer=OSA.normalized_similarity)[0]
    order = process.cdist([term], texts, scorer=fuzz.token_sort_ratio)[0] / 100
    inside = process.cdist([term], texts, scorer=fuzz.token_set_ratio)[0] / 100
    shortness = np.minimum(lengths, len(term)) / np.maximum(lengths, len(term))
    best = np.maximum(edits, np.maximum(_OTHER_ORDER * order, _INSIDE * inside * shortness**_LENGTH_POWER))
    return np.asarray(np.round(np.minimum(best.astype(np.float64), _CEILING), 4))


def _largest(rows: Integers, shared: Integers) -> Integers:
    """The rows with the largest share; of equal ones at the edge the lowest rows, so that the choice is repeatable."""
    import numpy as np

    if len(rows) <= RESCORED:
        return rows
    edge = np.partition(shared, -RESCORED)[-RESCORED]
    above, at_edge = rows[shared > edge], rows[shared == edge]
    return np.concatenate((above, at_edge[: RESCORED - len(above)]))


def _contained(among: Integers, rows: Integers) -> Integers:
    import numpy as np

    places = np.searchsorted(among, rows)
    places[places == len(among)] = 0
    return np.asarray(among[places] == rows) if len(among) else np.zeros(len(rows), dtype=bool)


def _build(texts: Sequence[str]) -> Trigrams:
    import numpy as np

    alphabet, letters, within, row_of = _letters(texts)
    gram = (letters[:-2] * len(alphabet) + letters[1:-1]) * len(alphabet) + letters[2:]
    # One number for trigram and row: sorting it sorts postings by trigram, then row, and finds repetitions.
    both = gram[within] * (len(texts) + 1) + row_of[:-2][within]
    del gram, letters, within, row_of
    both.sort()
    both = both[np.concatenate(([True], both[1:] != both[:-1]))] if len(both) else both
    rows = (both % (len(texts) + 1)).astype(np.int32)
    grams = both // (len(texts) + 1)
    first = np.concatenate(([0], np.flatnonzero(grams[1:] != grams[:-1]) + 1)) if len(grams) else np.zeros(0, np.int64)
    number = {_spelt(code, alphabet): at for at, code in enumerate(grams[first].tolist())}
    lengths = np.fromiter(map(len, texts), dtype=np.int32, count=len(texts))
    sizes = np.bincount(rows, minlength=len(texts)).astype(np.int32)
    return Trigrams(texts, number, [*first.tolist(), len(rows)], rows, sizes, lengths, int(lengths.max(initial=0)))


def _letters(texts: Sequence[str]) -> tuple[list[str], Integers, Integers, Integers]:
    """The alphabet; every character of the padded texts as a number in it; where a trigram may begin; rows."""
    import numpy as np

    padded = "".join([f"  {text} {_END}" for text in texts]) + _END * 2
    codes = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    present = np.unique(codes)
    letters = np.searchsorted(present, codes).astype(np.int64)
    ends = codes == ord(_END)
    row_of = (np.cumsum(ends) - ends).astype(np.int64)
    return [chr(code) for code in present.tolist()], letters, ~(ends[:-2] | ends[1:-1] | ends[2:]), row_of


def _spelt(code: int, alphabet: list[str]) -> str:
    rest, last = divmod(code, len(alphabet))
    first, middle = divmod(rest, len(alphabet))
    return alphabet[first] + alphabet[middle] + alphabet[last]
