"""The explanation that every decision carries, as frozen values: who won, by what, against whom, and until when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from registry.authority.applicable import Refused
from registry.authority.compare import How
from registry.authority.scopes import Dimension, Scope
from registry.model.decisions import Outcome, TermDecision


@dataclass(frozen=True, slots=True)
class Dissent:
    """A concept that defines the same thing otherwise and did not win, and in which words it differs."""

    concept: str
    owner: str | None
    differs: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would make the answer another one, and which one: an outcome, with a winner where there is one."""

    condition: str
    outcome: Outcome
    winner: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """The winner under one jurisdiction, where jurisdictions differ."""

    jurisdiction: str
    winner: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a conflict would be about: the same parts name the same conflict, before it exists and after."""

    label_key: str
    classes: tuple[str, ...]
    scope: Scope
    arbiter: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """What the conflict's IRI is a hash of."""
        said = (f"{name}={value}" for name, value in sorted(self.scope.named().items()))
        return ("contested", self.label_key, *self.classes, *said)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision on a term with everything that made it; sorted by IRI throughout, and without a clock.

    `valid_until`: the first moment at which the answer may be another one, None when no moment is known.
    """

    decision: TermDecision
    decided_by: tuple[str, ...] = ()
    how: How | None = None
    rejected: tuple[Refused, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    splits: tuple[Split, ...] = ()
    sharper_answer_needs: tuple[Dimension, ...] = ()
    valid_until: datetime | None = None
    would_change_if: tuple[Change, ...] = ()
    dispute: Dispute | None = None

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return self.decision.outcome

    @property
    def winner(self) -> str | None:
        """The concept that won, if one did."""
        return self.decision.winner


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the grants say between contested classes, before it is put into words."""

    outcome: Outcome
    winner: str | None = None
    decided_by: tuple[str, ...] = ()
    how: How | None = None
    arbiter: str | None = None
    splits: tuple[Split, ...] = field(default=())
