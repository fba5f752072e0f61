"""Mentions of concepts in running text, with their places in code points.

A mention is a label that stands in the text as whole words, but for case, accents and punctuation; of overlapping ones
the leftmost longest is kept. A label of up to four characters written in capitals (IT, WHO) is met by capitals only.
When a mention may be of several concepts, a function handed in chooses, and is told which concepts the rest of the
text names without doubt; without an answer the mention stays undecided and lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from registry.errors import InvalidInputError
from registry.rdf.text import fold_label
from registry.resolution.index import LabelIndex
from registry.resolution.labels import ALT, HIDDEN, PREF, TIER_SCORES, LabelEntry, Tier
from registry.resolution.words import BREAK, Words, words_of

ACRONYM_LENGTH = 4
_KIND_SCORES = {PREF: 1.0, ALT: 0.95, HIDDEN: 0.9}
_KIND_NAMES = {PREF: "preferred label", ALT: "alternative label", HIDDEN: "hidden label"}
_UNDECIDED = 0.5
Entries = Sequence[LabelEntry]


class Mention(NamedTuple):
    """A label in a text: `text[start:end]`, what it may mean, and what it was taken to mean.

    `candidates` has one entry a concept, closest label first; `chosen` is one of them, or None while nothing decides.
    `score` is a rank for display, from 0 to 1; `reason` says in words what it stands on.
    """

    start: int
    end: int
    text: str
    candidates: tuple[LabelEntry, ...]
    chosen: LabelEntry | None
    score: float
    reason: str

    @property
    def concept(self) -> str | None:
        """The IRI of the chosen concept."""
        return self.chosen.concept if self.chosen else None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which concept a mention is taken for, and why."""

    concept: str
    reason: str


Choose = Callable[[Mention, frozenset[str]], Choice | None]
"""Picks among the candidates of a mention, given the concepts that the text names without doubt; None for no answer."""


@dataclass(frozen=True, slots=True)
class Annotating:
    """What counts as a mention.

    `language` keeps labels that speak it; `minimum_length` counts folded characters; `stop` holds labels that are never
    mentions, in any writing; `numbers` admits labels of digits alone; `overlaps` keeps mentions inside others.
    """

    language: str | None = None
    minimum_length: int = 2
    stop: frozenset[str] = frozenset()
    numbers: bool = False
    overlaps: bool = False

    def __post_init__(self) -> None:
        if self.minimum_length < 1:
            raise InvalidInputError("The minimum length of a mention is 1.", advice="Leave it out for 2.")
        object.__setattr__(self, "stop", frozenset(map(fold_label, self.stop)))


def annotate(
    text: str, index: LabelIndex, asked: Annotating = Annotating(), choose: Choose | None = None
) -> tuple[Mention, ...]:
    """The mentions of a text in the order in which they stand in it. Needs ahocorasick_rs."""
    words = words_of(text)
    mentions = [_mention(text, start, end, entries) for start, end, entries in _spans(text, words, index, asked)]
    return tuple(_decided(mentions, choose) if choose else mentions)


def prefer_schemes(schemes: Sequence[str]) -> Choose:
    """Chooses the one candidate of the first of these schemes that has any: a department's own before the hub's."""

    def choose(mention: Mention, settled: frozenset[str]) -> Choice | None:
        for scheme in schemes:
            own = [entry for entry in mention.candidates if entry.scheme == scheme]
            if own:
                return Choice(own[0].concept, f"of {scheme}") if len(own) == 1 else None
        return None

    return choose


def prefer_related(neighbours: Callable[[str], Collection[str]]) -> Choose:
    """Chooses the candidate that most of the concepts named without doubt are neighbours of; None when two tie."""

    def choose(mention: Mention, settled: frozenset[str]) -> Choice | None:
        near = {entry.concept: len(settled.intersection(neighbours(entry.concept))) for entry in mention.candidates}
        most = max(near.values())
        nearest = [concept for concept, number in near.items() if number == most]
        return Choice(nearest[0], f"beside {most} related in the text") if most and len(nearest) == 1 else None

    return choose


def first_answer(*choosers: Choose) -> Choose:
    """Asks one after the other until one answers."""

    def choose(mention: Mention, settled: frozenset[str]) -> Choice | None:
        return next(filter(None, (chooser(mention, settled) for chooser in choosers)), None)

    return choose


def _spans(text: str, words: Words, index: LabelIndex, asked: Annotating) -> Iterator[tuple[int, int, Entries]]:
    """Where mentions begin and end, and their entries, in order of place, longest first; overlapping only if asked."""
    behind = 0
    for first, last, phrase in sorted(index.phrases_in(words), key=lambda span: (span[0], -span[1])):
        if (first < behind and not asked.overlaps) or not _counts(phrase, asked):
            continue
        start, end = words.begins[first], words.ends[last - 1]
        entries = [
            entry for entry in index.entries_of_phrase(phrase, asked.language) if _answers(entry, text, start, end)
        ]
        if entries:
            behind = last
            yield start, end, entries


def _counts(phrase: str, asked: Annotating) -> bool:
    plain = phrase.replace(f"{BREAK} ", "") if BREAK in phrase else phrase
    if len(plain) < asked.minimum_length or plain in asked.stop:
        return False
    return asked.numbers or not plain[0].isdigit() or not plain.replace(" ", "").isdigit()


def _answers(entry: LabelEntry, text: str, start: int, end: int) -> bool:
    """Whether a label answers as it is written in the text: one in capitals, when short, to capitals only."""
    label = entry.text
    return len(label) > ACRONYM_LENGTH or not label.isupper() or text[start:end].isupper()


def _mention(text: str, start: int, end: int, entries: Entries) -> Mention:
    surface = text[start:end]
    if len(entries) > 1:
        closest: dict[str, LabelEntry] = {}
        for entry in sorted(entries, key=lambda entry: _closeness(entry, surface)):
            closest.setdefault(entry.concept, entry)
        entries = tuple(closest.values())
    if len(entries) > 1:
        return Mention(start, end, surface, tuple(entries), None, _UNDECIDED, f"one of {len(entries)} concepts")
    only = entries[0]
    return Mention(start, end, surface, (only,), only, _score(only, surface), _KIND_NAMES[only.kind])


def _closeness(entry: LabelEntry, surface: str) -> tuple[int, bool, LabelEntry]:
    return entry.kind, entry.text != surface, entry


def _score(entry: LabelEntry, surface: str) -> float:
    tier = Tier.EXACT if entry.text == surface else Tier.FOLDED
    return round(_KIND_SCORES[entry.kind] * TIER_SCORES[tier], 4)


def _decided(mentions: Iterable[Mention], choose: Choose) -> list[Mention]:
    """The mentions with those of several concepts put to the chooser; a concept that is no candidate is an error."""
    mentions = list(mentions)
    settled = frozenset(mention.chosen.concept for mention in mentions if mention.chosen)
    return [mention if mention.chosen else _put(mention, choose(mention, settled)) for mention in mentions]


def _put(mention: Mention, choice: Choice | None) -> Mention:
    if choice is None:
        return mention
    by_concept: Mapping[str, LabelEntry] = {entry.concept: entry for entry in mention.candidates}
    if choice.concept not in by_concept:
        raise InvalidInputError(f"{choice.concept} was chosen for {mention.text!r}, which it is no meaning of.")
    chosen = by_concept[choice.concept]
    reason = f"{_KIND_NAMES[chosen.kind]}, {choice.reason}"
    return mention._replace(chosen=chosen, score=_score(chosen, mention.text), reason=reason)
