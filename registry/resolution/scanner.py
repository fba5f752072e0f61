"""Every phrase of a large list that stands in a text as whole words, in one pass (Aho and Corasick, 1975).

Phrases and text are delimited by blanks, which are part of the patterns: a boundary tested afterwards would lose the
phrases that a longer overlap hid. ahocorasick_rs is imported when the first scanner is built.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.resolution.trigrams import require
from registry.resolution.words import Words

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick


@dataclass(frozen=True, slots=True)
class PhraseScanner:
    """An automaton over phrases; None for no phrases."""

    automaton: AhoCorasick | None

    @staticmethod
    def build(phrases: Iterable[str]) -> PhraseScanner:
        """The scanner of distinct phrases: words parted by one blank.

        Raises EnvironmentFaultError when ahocorasick_rs is not installed.
        """
        require("ahocorasick_rs")
        from ahocorasick_rs import AhoCorasick

        patterns = [f" {phrase} " for phrase in sorted(phrases)]
        return PhraseScanner(AhoCorasick(patterns, store_patterns=False) if patterns else None)

    def phrases_in(self, text: Words) -> list[tuple[int, int, str]]:
        """(first word, word after the last, phrase) of every phrase that stands in the text, overlapping ones too."""
        if self.automaton is None:
            return []
        found = []
        for _, start, end in self.automaton.find_matches_as_indexes(text.joined, overlapping=True):
            phrase = text.joined[start + 1 : end - 1]
            first = bisect_left(text.starts, start + 1)
            found.append((first, first + 1 + phrase.count(" "), phrase))
        return found
