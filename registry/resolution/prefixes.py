"""Autocomplete over folded labels: which rows have a word that begins with the characters typed so far.

The beginnings of all words stand sorted, as offsets into one text; a prefix is a range found by bisection. A long range
is never read at question time: its best rows were put down when the list was built.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.resolution.labels import Place
from registry.resolution.words import CONTINUOUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[Any]

LONG_RANGE = 256
BEST_KEPT = 64
_SORTED_BY = 48
_PLACES = (Place.PREFIX, Place.WORD_START)
_WORD_STARTS = re.compile(rf"(?:(?<=[ \n])|\A)[^ \n]|{CONTINUOUS}")


@dataclass(frozen=True, slots=True)
class WordStarts:
    """Where words begin in a list of folded texts, sorted by what follows.

    A code is a row, plus the number of rows when the word is not the row's first: codes sort as (place, row) does.
    """

    text: str
    rows: int
    offsets: array[int]
    codes: array[int]
    best: dict[str, tuple[int, ...]]

    @staticmethod
    def build(texts: Sequence[str]) -> WordStarts:
        """The list of texts without line ends; a row is a text's position, and a lower row goes first in answers."""
        text = "\n".join(texts) + "\n"
        line_starts = array("Q", _line_starts(texts))
        offsets = sorted(_word_starts(text), key=lambda at: text[at : at + _SORTED_BY])
        codes = array("Q", (_code(at, line_starts) for at in offsets))
        starts = WordStarts(text, len(texts), array("Q", offsets), codes, {})
        starts.best.update(starts._long_ranges())
        return starts

    def beginning(self, prefix: str) -> tuple[Iterator[tuple[int, Place]], bool]:
        """Rows with a word that begins with a folded prefix, best first, and whether that is all.

        Of a long range it is the best 64. A row comes once for each such word.
        """
        kept = self.best.get(prefix)
        return self._places(sorted(self._range(prefix)) if kept is None else kept), kept is None

    def all_beginning(self, prefix: str, allowed: Mask | None = None) -> Iterator[tuple[int, Place]]:
        """All rows with a word that begins with a folded prefix, best first; of `allowed` rows only, if given."""
        codes = self._range(prefix)
        if allowed is None:
            return self._places(sorted(codes))
        import numpy as np

        found = np.array(codes, dtype=np.int64)
        kept: list[int] = np.sort(found[allowed[found % self.rows]]).tolist()
        return self._places(kept)

    def _places(self, codes: Iterable[int]) -> Iterator[tuple[int, Place]]:
        rows = self.rows
        return ((code % rows, _PLACES[code // rows]) for code in codes)

    def _range(self, prefix: str) -> Sequence[int]:
        """The codes of the words that begin so; what is longer than the sorting looked at is compared one by one."""
        low, high = self._bounds(prefix[:_SORTED_BY], 0, len(self.offsets))
        if len(prefix) <= _SORTED_BY:
            return self.codes[low:high]
        return [self.codes[at] for at in range(low, high) if self.text.startswith(prefix, self.offsets[at])]

    def _bounds(self, prefix: str, low: int, high: int) -> tuple[int, int]:
        text, length = self.text, len(prefix)
        low = bisect_left(self.offsets, prefix, low, high, key=lambda at: text[at : at + length])
        return low, bisect_right(self.offsets, prefix, low, high, key=lambda at: text[at : at + length])

    def _long_ranges(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Every prefix that more than LONG_RANGE words begin with, and its best codes."""
        waiting = [("", 0, len(self.offsets))]
        while waiting:
            prefix, low, high = waiting.pop()
            if prefix:
                yield prefix, tuple(sorted(self.codes[low:high])[:BEST_KEPT])
            at = low
            while at < high:
                longer = self.text[self.offsets[at] : self.offsets[at] + len(prefix) + 1]
                at, end = self._bounds(longer, at, high)
                if end - at > LONG_RANGE and longer[-1] != "\n" and len(longer) < _SORTED_BY:
                    waiting.append((longer, at, end))
                at = end


def _line_starts(texts: Sequence[str]) -> Iterator[int]:
    at = 0
    for text in texts:
        yield at
        at += len(text) + 1


def _word_starts(text: str) -> Iterator[int]:
    return (match.start() for match in _WORD_STARTS.finditer(text))


def _code(at: int, line_starts: array[int]) -> int:
    row = bisect_right(line_starts, at) - 1
    return row if line_starts[row] == at else row + len(line_starts)
