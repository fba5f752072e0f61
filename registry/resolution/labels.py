"""What a label index is made of and what it answers: label entries, tiers, hits, suggestions, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

PREF, ALT, HIDDEN, NOTATION = range(4)
"""The kinds of a label entry, the most binding first: skos:prefLabel, altLabel, hiddenLabel, notation."""


class LabelEntry(NamedTuple):
    """One label of one concept; `language` is a lower-case BCP 47 tag, or "" when the label states none.

    A tuple, because a registry holds a million of them.
    """

    concept: str
    scheme: str
    kind: int
    language: str
    text: str

    def speaks(self, language: str | None) -> bool:
        """Whether it answers to the language asked for: see `speaks`."""
        return self.language == language or speaks(self.language, language)


class Tier(IntEnum):
    """How a term met a label, the surest first."""

    EXACT = 0
    """Character by character."""
    FOLDED = 1
    """But for case, accents and punctuation."""
    TOKENS = 2
    """But for the order of words and plurals."""
    FUZZY = 3
    """Spelt alike: a suggestion, never a decision."""


TIER_SCORES: Mapping[Tier, float] = {Tier.EXACT: 1.0, Tier.FOLDED: 0.99, Tier.TOKENS: 0.97}
"""A rank for display; a fuzzy hit has the similarity of its spelling, below 0.97."""


class Hit(NamedTuple):
    """A label that answers to a term, the tier it was met in, and a score from 0 to 1."""

    entry: LabelEntry
    kind: Tier
    score: float


class Place(IntEnum):
    """Where in a label the characters typed so far stand."""

    PREFIX = 0
    WORD_START = 1
    SUBSTRING = 2


class Suggestion(NamedTuple):
    """A concept offered while somebody types, by its closest label; the entry's scheme tells equal labels apart."""

    entry: LabelEntry
    place: Place


def speaks(language: str, asked: str | None) -> bool:
    """Whether a label's language answers to the one asked for: equal, or a variety of it (RFC 4647 §3.3.1).

    Everything answers when none is asked for, and so does a label that states none.
    """
    if not asked or not language:
        return True
    wanted = asked.lower()
    return language == wanted or language.startswith(f"{wanted}-") or wanted.startswith(f"{language}-")
