"""Which labels are worth comparing: a few candidates for each instead of every pair."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from registry.matching.labels import LabelTable, kind_group
from registry.matching.trigrams import Floats, Integers, nearest, trigram_vectors, word_sorted

LEAST_COSINE = 0.2
SHARED_KEY_LIMIT = 30
"""How many objects one shared key may bring together: a label used more often tells nothing."""

Keys: TypeAlias = Sequence[Iterable[str]]

_CODE = re.compile(r"([a-z])(\d{1,3})")
_ACRONYM = re.compile(r"(?<![^\W_])[A-Z]{2,6}(?![^\W_])")
_LONGEST_ACRONYM = 6


@dataclass(frozen=True, slots=True)
class LabelPairs:
    """Rows of two label tables to be compared, ordered by subject row, then object row.

    `cosine` is that of their trigrams, 0 for pairs only an index brought together; `code` and `acronym` say whether
    one is the other with a word and a number written as a code ("C5 vertebra"), or its initials.
    """

    left: Integers
    right: Integers
    cosine: Floats
    code: NDArray[np.bool_]
    acronym: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.left)


def label_pairs(left: LabelTable, right: LabelTable, top: int, known: Iterable[tuple[int, int]] = ()) -> LabelPairs:
    """Return each left label with the `top` nearest right ones of its kind, and those an index finds.

    The indexes: all stems equal, equal but for blanks, code for word and number, acronym for words. Entries already
    `known` to match are compared by their first labels at least.
    """
    width = max(len(right), 1)
    near = _trigram_pairs(left, right, top)
    code = _joined(left, right, (_codes, _words_with_number), (_words_with_number, _codes))
    acronym = _joined(left, right, (_acronyms, _initials), (_initials, _acronyms))
    other = _joined(left, right, (_stem_bags, _stem_bags), (_blankless, _blankless))
    firsts = [(_first_row(left, ours), _first_row(right, theirs)) for ours, theirs in known]
    numbers = [_numbers(pairs, width) for pairs in (code, acronym, other, firsts)]
    near_numbers = near[0] * width + near[1]
    every = np.unique(np.concatenate([near_numbers, *numbers]))
    cosine = np.zeros(len(every), dtype=np.float32)
    cosine[np.searchsorted(every, near_numbers)] = near[2]
    return LabelPairs(every // width, every % width, cosine, np.isin(every, numbers[0]), np.isin(every, numbers[1]))


def _trigram_pairs(left: LabelTable, right: LabelTable, top: int) -> tuple[Integers, Integers, Floats]:
    ours, theirs = trigram_vectors([word_sorted(key) for key in left.keys], [word_sorted(key) for key in right.keys])
    found: list[tuple[Integers, Integers, Floats]] = []
    for group in sorted({kind_group(entry) for entry in left.entries}):
        rows, columns = left.rows_of_kind(group), right.rows_of_kind(group)
        if len(rows) and len(columns):
            near = nearest(ours[rows], theirs[columns], top, LEAST_COSINE)
            found.append((rows[near.left], columns[near.right], near.cosine))
    empty = np.zeros(0, dtype=np.int64)
    found.append((empty, empty, empty.astype(np.float32)))
    return tuple(np.concatenate(columns) for columns in zip(*found, strict=True))  # type: ignore[return-value]


def _joined(
    left: LabelTable, right: LabelTable, *ways: tuple[Callable[[LabelTable], Keys], Callable[[LabelTable], Keys]]
) -> list[tuple[int, int]]:
    """Return the rows that share a key in one of several ways, at most `SHARED_KEY_LIMIT` right ones per key."""
    found: set[tuple[int, int]] = set()
    for ours, theirs in ways:
        index: dict[str, list[int]] = defaultdict(list)
        for row, keys in enumerate(theirs(right)):
            for key in keys:
                index[key].append(row)
        for row, keys in enumerate(ours(left)):
            found.update((row, other) for key in keys for other in index.get(key, ())[:SHARED_KEY_LIMIT])
    return sorted(found)


def _groups(table: LabelTable) -> list[str]:
    groups = [kind_group(entry) for entry in table.entries]
    return [groups[place] for place in table.entry.tolist()]


def _stem_bags(table: LabelTable) -> Keys:
    return [(_key(group, bag),) for group, bag in zip(_groups(table), table.stems, strict=True)]


def _blankless(table: LabelTable) -> Keys:
    return [(_key(group, (key.replace(" ", ""),)),) for group, key in zip(_groups(table), table.keys, strict=True)]


def _codes(table: LabelTable) -> Keys:
    """Return for "C5 vertebra" the key (c, 5, {vertebra})."""
    return [
        [
            _key(group, _without(bag, token), *found.groups())
            for token in bag
            if (found := _CODE.fullmatch(token)) is not None
        ]
        for group, bag in zip(_groups(table), table.stems, strict=True)
    ]


def _words_with_number(table: LabelTable) -> Keys:
    """Return for "cervical vertebra 5" the keys (c, 5, {vertebra}) and (v, 5, {cervical})."""
    return [
        [
            _key(group, _without(bag, word, number), word[0], number)
            for number in bag
            if number.isdigit()
            for word in bag
            if word.isalpha() and len(word) > 2
        ]
        for group, bag in zip(_groups(table), table.stems, strict=True)
    ]


def _acronyms(table: LabelTable) -> Keys:
    """Return for "Chair PC" the key (pc, {chair}), for "WHO" the key (who, {})."""
    return [
        [
            _key(group, _without(key.split(), acronym.lower()), acronym.lower())
            for acronym in _written_acronyms(label.text)
        ]
        for group, label, key in zip(_groups(table), table.labels, table.keys, strict=True)
    ]


def _written_acronyms(text: str) -> list[str]:
    """Return the words in capitals of a text that is not all in capitals, or is one such word."""
    several = text.isupper() and not text.strip().isalpha()
    return [] if several else _ACRONYM.findall(text)


def _initials(table: LabelTable) -> Keys:
    """Return for "Program Committee Chair" the keys (pc, {chair}), (cc, {program}) and (pcc, {})."""
    words = (key.split() for key in table.keys)
    return [list(_initial_keys(group, several)) for group, several in zip(_groups(table), words, strict=True)]


def _initial_keys(group: str, words: list[str]) -> Iterator[str]:
    for first, last in combinations(range(min(len(words), _LONGEST_ACRONYM) + 1), 2):
        several, rest = words[first:last], words[:first] + words[last:]
        if len(several) >= (2 if rest else 3):
            yield _key(group, rest, "".join([word[0] for word in several]))
    important = [word for word in words if len(word) > 3]
    if 3 <= len(important) < len(words):
        yield _key(group, (), "".join([word[0] for word in important]))


def _key(group: str, words: Iterable[str], *parts: str) -> str:
    """Return one text for a kind, parts in their order and a set of words: cheaper to keep by the million than sets."""
    return "\x1f".join((group, *parts, " ".join(sorted(set(words)))))


def _without(words: Iterable[str], *excluded: str) -> list[str]:
    return [word for word in words if word not in excluded]


def _first_row(table: LabelTable, place: int) -> int:
    return int(np.searchsorted(table.entry, place))


def _numbers(pairs: Sequence[tuple[int, int]], width: int) -> Integers:
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return columns[:, 0] * width + columns[:, 1]
