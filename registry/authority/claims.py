"""Claims of content sources about one property, and the answer to which of them is right, as frozen values."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal

from registry.authority.applicable import Refused
from registry.authority.scopes import DIMENSIONS, Dimension, Scope

Strategy = Literal["authority", "trust", "recency", "independent_majority", "completeness", "escalate"]
Canonical = Literal["exact", "text", "number"]
DropReason = Literal["null", "shape_violation", "future_dated", "too_old", "blocked"]


class ValueOutcome(StrEnum):
    """How a decision on a value ended."""

    AGREED = "AGREED"
    """All claims that count say the same."""
    RESOLVED = "RESOLVED"
    """They differ, and an override, authority or a strategy settled it."""
    PROVISIONAL = "PROVISIONAL"
    """Settled by a fallback grant alone."""
    NEEDS_CONTEXT = "NEEDS_CONTEXT"
    """Those who may decide may do so for some cases only, and the question leaves out which it is."""
    TIE = "TIE"
    """They differ, and nothing sets them apart far enough."""
    INCOMPARABLE = "INCOMPARABLE"
    """Grants of different sources cannot be compared."""
    CYCLE = "CYCLE"
    """The only authority was passed on in a circle."""
    NO_AUTHORITY = "NO_AUTHORITY"
    """Authority is required and nobody has it."""
    NO_CANDIDATE = "NO_CANDIDATE"
    """No claim counts."""
    BLOCKED = "BLOCKED"
    """The record made of the winning values breaks its shape."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says. `roots` are the origins it goes back to, none when unknown; `completeness` from 0 to 1."""

    source: str
    value: str | None
    observed: datetime
    roots: frozenset[str] = frozenset()
    valid: bool = True
    blocked: bool = False
    completeness: float = 0.0

    @property
    def digest(self) -> str:
        """A hash of source and value, by which an override notices that the claim changed."""
        return hashlib.blake2b(f"{self.source}\x1f{self.value}".encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Override:
    """A value pinned by people until a moment, with the hash of the claim it was pinned against."""

    iri: str
    value: str
    until: datetime
    overridden: str


@dataclass(frozen=True, slots=True)
class ValueQuestion:
    """Which value of a property of an entity is right, in this context and at that moment."""

    entity: str
    asked: Scope
    at: datetime


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """How competing values are decided: strategies in order, the lead each needs, what counts and what is required.

    `max_age` in seconds; leads in the strategy's own measure: points of trust, seconds, votes, share of filled fields.
    """

    strategies: tuple[Strategy, ...] = ("authority",)
    margins: Mapping[Strategy, float] = field(default_factory=dict)
    max_age: float | None = None
    authority_required: bool = False
    by_dimension_order: bool = False
    dimension_order: tuple[Dimension, ...] = DIMENSIONS
    safe_when_provisional: bool = False
    canonical: Canonical = "text"
    version: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that does not count, and why."""

    source: str
    reason: DropReason


@dataclass(frozen=True, slots=True)
class Group:
    """Claims that say the same: their canonical value, sources, and the score of the last strategy tried."""

    value: str
    sources: tuple[str, ...]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ValueDecision:
    """The answer to a value question, with everything that made it; without a clock."""

    outcome: ValueOutcome
    value: str | None = None
    sources: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    how: str | None = None
    because: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    rejected: tuple[Refused, ...] = ()
    silent: tuple[str, ...] = ()
    sharper_answer_needs: tuple[Dimension, ...] = ()
    valid_until: datetime | None = None
    arbiter: str | None = None
    stale_override: bool = False
    safe_to_use: bool = False


def canonical(value: str, form: Canonical) -> str:
    """The form in which equal values are equal.

    `text`: NFC, outer blanks removed and inner ones collapsed; `number`: its shortest decimal, text where it is none.
    """
    if form == "exact":
        return value
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", value)).strip()
    if form == "number":
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        return text if not number.is_finite() else "0" if not number else f"{number.normalize():f}"
    return text
