"""What a decision about a term is made of: outcomes, matches, concepts, the question and its answer, as frozen values.

Outcomes are exhaustive: an answer always has one of them, and only a safe one may be used without a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

VocabularyKind = Literal["department", "hub", "external"]
Status = Literal["draft", "in_review", "approved", "deprecated", "archived", "rejected"]
LabelProperty = Literal["iri", "notation", "pref_label", "alt_label", "hidden_label"]


class Outcome(StrEnum):
    """How a decision ended."""

    UNCONTESTED = "UNCONTESTED"
    """One candidate."""
    AGREED = "AGREED"
    """Several concepts that all sides hold to be one, and one of them stands for all."""
    RESOLVED = "RESOLVED"
    """Contested, and decided by authority; dissent is listed."""
    PROVISIONAL = "PROVISIONAL"
    """Decided by a fallback grant alone."""
    AGREED_UNOWNED = "AGREED_UNOWNED"
    """All sides agree on the sense, and nobody's concept stands for all."""
    NEEDS_CONTEXT = "NEEDS_CONTEXT"
    """More than one sense: one question has to be answered first."""
    SPLIT = "SPLIT"
    """It differs by jurisdiction."""
    TIE = "TIE"
    """Equal authorities disagree."""
    INCOMPARABLE = "INCOMPARABLE"
    """Authorities disagree, each more specific in another dimension."""
    CYCLE = "CYCLE"
    """Authority was delegated in a circle."""
    NO_AUTHORITY = "NO_AUTHORITY"
    """Contested, and nobody may decide."""
    NO_CANDIDATE = "NO_CANDIDATE"
    """Nothing in view answers to the term."""


class MatchKind(StrEnum):
    """How a term met a concept, the most binding first."""

    IRI = "iri"
    NOTATION = "notation"
    EXACT_PREF_LABEL = "exact_pref_label"
    EXACT_ALT_LABEL = "exact_alt_label"
    HIDDEN_LABEL = "hidden_label"
    NORMALISED = "normalised"
    MAPPING = "mapping"


SCORES: Mapping[MatchKind, float] = {
    MatchKind.IRI: 1.0,
    MatchKind.NOTATION: 1.0,
    MatchKind.EXACT_PREF_LABEL: 1.0,
    MatchKind.EXACT_ALT_LABEL: 0.95,
    MatchKind.HIDDEN_LABEL: 0.9,
    MatchKind.NORMALISED: 0.9,
    MatchKind.MAPPING: 0.85,
}
"""A rank for display, from 0 to 1; nothing is decided by it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The label by which a term met a concept; `of` is the property the label stands in."""

    kind: MatchKind
    of: LabelProperty
    label: str
    language: str = ""

    @property
    def score(self) -> float:
        """The rank of its kind."""
        return SCORES[self.kind]

    def speaks(self, language: str | None) -> bool:
        """Whether its language answers to the one asked for: equal, or a variety of it (RFC 4647 §3.3.1).

        Everything answers when no language is asked for, and so does a label that states none.
        """
        if not language or not self.language:
            return True
        tag, wanted = self.language.lower(), language.lower()
        return tag == wanted or tag.startswith(f"{wanted}-") or wanted.startswith(f"{tag}-")


@dataclass(frozen=True, slots=True)
class Found:
    """A concept that a term met, and how."""

    concept: str
    match: Match


@dataclass(frozen=True, slots=True)
class TermConcept:
    """What a decision needs to know of a concept; `owner` and `endorsers` are keys of departments."""

    iri: str
    scheme: str
    pref_label: str = ""
    definition: str | None = None
    kind: VocabularyKind = "department"
    owner: str | None = None
    endorsers: tuple[str, ...] = ()
    status: Status = "approved"
    replaced_by: tuple[str, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """The departments whose concept it is: its owner and those that adopted it."""
        return tuple(dict.fromkeys([*([self.owner] if self.owner else []), *self.endorsers]))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A mapping that joins nothing for now: one side has not approved it, or an end changed since."""

    one: str
    other: str
    state: Literal["one_sided", "needs_review"]


@dataclass(frozen=True, slots=True)
class TermQuestion:
    """A term with the context it is asked in; `lineage` is the asker's department, then those above it."""

    term: str
    lineage: tuple[str, ...] = ()
    language: str | None = None
    schemes: tuple[str, ...] = ()
    include_drafts: bool = False


@dataclass(frozen=True, slots=True)
class TermFacts:
    """Everything in the asker's view that bears on a question.

    `found`: concepts whose labels met the term. `concepts`: these, their replacements, and all that mappings lead to.
    `joins`: pairs of concepts held to be one by exact mappings that both sides approved and that are up to date.
    """

    concepts: Mapping[str, TermConcept] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    joins: tuple[tuple[str, str], ...] = ()
    unsettled: tuple[Unsettled, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to the question that was asked back, with the concepts it would lead to."""

    value: str
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskBack:
    """The one question that separates most: what it is about, its words, and the possible answers."""

    about: Literal["department", "language", "scheme", "concept"]
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A concept that was considered and did not win, and why."""

    concept: str
    match: Match | None
    reason: str


@dataclass(frozen=True, slots=True)
class TermDecision:
    """The answer to a question about a term."""

    outcome: Outcome
    winner: str | None = None
    match: Match | None = None
    alternatives: tuple[Alternative, ...] = ()
    because: tuple[str, ...] = ()
    ask: AskBack | None = None
    safe_to_use: bool = False
