"""An immutable part of a label index: rows of equal folded labels, and every way to meet them.

A row holds all entries of one kind with one folded key. Rows stand in the order in which they are offered: kind, then
length, then key. What a question needs first is built with the segment; posting lists, word starts and the phrase
scanner are built when first asked for, or by `warm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from registry.rdf.text import fold_label
from registry.resolution.labels import NOTATION, Hit, LabelEntry, Place, Suggestion, Tier, speaks
from registry.resolution.prefixes import WordStarts
from registry.resolution.scanner import PhraseScanner
from registry.resolution.stems import FAMILIES, family, token_key, token_keys
from registry.resolution.trigrams import Trigrams
from registry.resolution.words import BREAK, phrases_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[Any]

Rows = int | tuple[int, ...]
_LANGUAGE_BITS = 62
SUBSTRING_FROM = 3


@dataclass(frozen=True, eq=False)
class Segment:
    """Rows of label entries; `keys[row]` is what `entries[row]` fold to, `labels` how many rows are no notations."""

    keys: tuple[str, ...]
    entries: tuple[tuple[LabelEntry, ...], ...]
    labels: int
    count: int
    by_key: Mapping[str, Rows]
    by_tokens: tuple[Mapping[str, Rows], ...]

    @staticmethod
    def build(entries: Iterable[LabelEntry]) -> Segment:
        """The segment of distinct entries, whatever their order; labels without any character are left out."""
        grouped: dict[tuple[int, str], list[LabelEntry]] = {}
        for entry in set(entries):
            if key := fold_label(entry.text):
                grouped.setdefault((entry.kind, key), []).append(entry)
        order = sorted(grouped, key=lambda row: (row[0], len(row[1]), row[1]))
        keys = tuple(key for _, key in order)
        rows = tuple(tuple(sorted(grouped[row])) for row in order)
        labels = sum(kind != NOTATION for kind, _ in order)
        count = sum(map(len, rows))
        return Segment(
            keys,
            rows,
            labels,
            count,
            _grouped((key, row) for row, key in enumerate(keys)),
            _by_tokens(keys[:labels], rows),
        )

    def warm(self) -> None:
        """Build now what is otherwise built when first asked for."""
        if not self.count:
            return
        for part in (self.trigrams, self.word_starts, self.scanner, self._languages):
            assert part is not None

    def __len__(self) -> int:
        return self.count

    def __contains__(self, entry: object) -> bool:
        if not isinstance(entry, LabelEntry):
            return False
        return entry in self.entries_of(fold_label(entry.text))

    def __iter__(self) -> Iterator[LabelEntry]:
        for row in self.entries:
            yield from row

    def entries_of(self, key: str) -> tuple[LabelEntry, ...]:
        """The entries with a folded key, in the order of offer."""
        rows = self.by_key.get(key)
        if rows is None:
            return ()
        return self.entries[rows] if isinstance(rows, int) else self.entries_at(rows)

    def entries_at(self, rows: Iterable[int]) -> tuple[LabelEntry, ...]:
        """The entries of several rows, in the order of offer when the rows ascend."""
        return tuple([entry for row in rows for entry in self.entries[row]])

    def entries_by_tokens(self, key: str, language: str | None) -> tuple[LabelEntry, ...]:
        """The entries whose words are those of a folded key, in any order and number; no notations."""
        found: list[tuple[int, LabelEntry]] = []
        for of, tokens, rows in zip(FAMILIES, token_keys(key), self.by_tokens, strict=True):
            if tokens in rows and (not language or of in (family(language), "en")):
                for row in _several(rows[tokens]):
                    found += [(row, entry) for entry in self.entries[row] if family(entry[3]) == of]
        found.sort()
        return tuple([entry for _, entry in found])

    def entries_of_phrase(self, phrase: str) -> tuple[LabelEntry, ...]:
        """The entries that a phrase of running text stands for, in the order of offer; no notations."""
        rows = self.by_key.get(phrase, ())
        if phrase in self._phrases:
            rows = tuple(sorted({*_several(rows), *_several(self._phrases[phrase])}))
        if isinstance(rows, int) and BREAK not in phrase:
            return self.entries[rows] if rows < self.labels else ()
        entries = self.entries_at(row for row in _several(rows) if row < self.labels)
        return tuple([one for one in entries if phrase in phrases_of(one.text)]) if BREAK in phrase else entries

    def similar(self, key: str, language: str | None) -> Iterator[Hit]:
        """Entries spelt like a folded key, best first, then in the order of offer; no notations."""
        for row, score in self.trigrams.similar(key, self._speaking(language)):
            for entry in self.entries[row]:
                yield Hit(entry, Tier.FUZZY, score)

    def beginning(self, prefix: str) -> tuple[Iterator[Suggestion], bool]:
        """Entries with a word that begins with a folded prefix, in the order of offer, and whether that is all."""
        places, complete = self.word_starts.beginning(prefix)
        return self._suggestions(places), complete

    def all_beginning(self, prefix: str, language: str | None) -> Iterator[Suggestion]:
        """All of them; those of other languages may be left out beforehand."""
        allowed = self._speaking(language) if find_spec("numpy") else None
        return self._suggestions(self.word_starts.all_beginning(prefix, allowed))

    def _suggestions(self, places: Iterable[tuple[int, Place]]) -> Iterator[Suggestion]:
        return (Suggestion(entry, place) for row, place in places for entry in self.entries[row])

    def containing(self, part: str, language: str | None) -> Iterator[Suggestion]:
        """Entries that contain three folded characters or more anywhere, in the order of offer; no notations.

        Those of other languages than the one asked for may be left out beforehand.
        """
        posted = self.trigrams
        for row in posted.containing(part, self._speaking(language)):
            if part in self.keys[row]:
                for entry in self.entries[row]:
                    yield Suggestion(entry, Place.SUBSTRING)

    @cached_property
    def trigrams(self) -> Trigrams:
        """Posting lists of every label that is no notation."""
        return Trigrams.build(self.keys[: self.labels])

    @cached_property
    def word_starts(self) -> WordStarts:
        """The beginnings of the words of every label."""
        return WordStarts.build(self.keys)

    @cached_property
    def scanner(self) -> PhraseScanner:
        """Finds every label in running text."""
        plain = (key for key in self.keys[: self.labels] if any(map(str.isalnum, key)))
        return PhraseScanner.build({*plain, *self._phrases})

    @cached_property
    def _phrases(self) -> Mapping[str, Rows]:
        """Phrases that are not the folded key of the label they stand for, with its rows."""
        return _grouped((phrase, row) for row in range(self.labels) for phrase in self._own_phrases(row))

    @cached_property
    def _languages(self) -> tuple[tuple[str, ...], Mask]:
        """The languages of all entries, and row by row which of them it speaks, as bits; rare ones share the last."""
        import numpy as np

        languages = tuple(sorted({entry.language for entry in self}))
        bit = {language: 1 << min(place, _LANGUAGE_BITS) for place, language in enumerate(languages)}
        rows = (sum({bit[entry.language] for entry in row}) for row in self.entries)
        return languages, np.fromiter(rows, dtype=np.int64, count=len(self.entries))

    @cached_property
    def _masks(self) -> dict[int, Mask]:
        """Masks made so far, by the languages they let through: as many as there are sets of languages asked for."""
        return {}

    def _speaking(self, language: str | None) -> Mask | None:
        """Row by row whether one of its entries may speak the language asked for; None when every row does."""
        if not language:
            return None
        languages, spoken = self._languages
        asked = sum({1 << min(at, _LANGUAGE_BITS) for at, known in enumerate(languages) if speaks(known, language)})
        if asked not in self._masks:
            self._masks[asked] = (spoken & asked) != 0
        return self._masks[asked]

    def _own_phrases(self, row: int) -> Iterator[str]:
        for entry in self.entries[row]:
            yield from (phrase for phrase in phrases_of(entry.text) if phrase != self.keys[row])


def _by_tokens(keys: tuple[str, ...], rows: tuple[tuple[LabelEntry, ...], ...]) -> tuple[dict[str, Rows], ...]:
    """Per family of languages, in their order: token key to the rows with an entry of that family."""
    pairs: dict[str, list[tuple[str, int]]] = {of: [] for of in FAMILIES}
    for row, key in enumerate(keys):
        for of in {family(entry.language) for entry in rows[row]}:
            pairs[of].append((token_key(key, of), row))
    return tuple(_grouped(pairs[of]) for of in FAMILIES)


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, Rows]:
    """Rows by text, one row as itself: most texts have one, and a million tuples are not free."""
    grouped: dict[str, Rows] = {}
    for text, row in pairs:
        already = _several(grouped.get(text, ()))
        if row not in already:
            grouped[text] = (*already, row) if already else row
    return grouped


def _several(rows: Rows) -> tuple[int, ...]:
    return (rows,) if isinstance(rows, int) else rows
