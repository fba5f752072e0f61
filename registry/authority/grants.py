"""Authority grants as values, and the register in which those of a holder are found without looking at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Literal

from registry.authority.scopes import Reach, Scope, Steps

GrantKind = Literal["term", "value"]
GrantStatus = Literal["draft", "active", "suspended", "revoked"]
BasisClass = Literal["law", "regulation", "board_decision", "policy", "agreement"]
Decay = Literal["none", "linear", "half_life"]

ALWAYS = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
USUAL_RANK = 100
IMPLICIT_RANK = 1_000_000
"""The rank of authority that follows from owning a vocabulary: whoever was granted the same in writing goes first."""
IMPLICIT = "implicit:"
"""What the name of a grant starts with that follows from owning a vocabulary."""
EVERYWHERE = Scope()
"""The scope that leaves every dimension open."""
_AREA = 3


class Tier(IntEnum):
    """The weight of a grant; the smaller outweighs the larger."""

    MANDATE = 0
    NORMAL = 1
    FALLBACK = 2


@dataclass(frozen=True, slots=True)
class Trust:
    """How much a source's value weighs, from 0 to 100; `period` of decay in seconds."""

    maximum: float = 50.0
    minimum: float = 0.0
    decay: Decay = "none"
    period: float = 0.0


@dataclass(frozen=True, slots=True)
class Grant:
    """That a holder decides, within a scope and from `valid_from` until, not including, `valid_until`."""

    iri: str
    holder: str
    kind: GrantKind = "term"
    scope: Scope = EVERYWHERE
    tier: Tier = Tier.NORMAL
    rank: int = USUAL_RANK
    valid_from: datetime = ALWAYS
    valid_until: datetime = FOREVER
    status: GrantStatus = "active"
    delegated_from: str | None = None
    delegable: bool = False
    max_depth: int = 1
    arbiter: str | None = None
    attribute_group: str | None = None
    trust: Trust | None = None
    basis: str | None = None
    basis_class: BasisClass | None = None
    review_by: str | None = None

    @property
    def implicit(self) -> bool:
        """Whether it follows from owning a vocabulary and was never written down."""
        return self.iri.startswith(IMPLICIT)


Sheet = tuple[tuple[Steps, tuple[Grant, ...]], ...]
"""Grants by their scope."""


@dataclass(frozen=True, slots=True)
class Register:
    """Grants by IRI and, indexed, by holder and subject area. Made by `register_of`."""

    grants: Mapping[str, Grant] = field(default_factory=dict)
    _of: Mapping[tuple[str, str], Mapping[str | None, Sheet]] = field(default_factory=dict, repr=False)

    def held_by(self, holder: str, kind: GrantKind, reach: Reach) -> Iterator[tuple[Steps, tuple[Grant, ...]]]:
        """The holder's grants by scope, those whose subject area may cover the question; all when it names no area."""
        by_area = self._of.get((holder, kind), {})
        area = reach[_AREA]
        if area is None:
            for sheet in by_area.values():
                yield from sheet
            return
        yield from by_area.get(None, ())
        for covering in area if len(area) < len(by_area) else [key for key in by_area if key in area]:
            yield from by_area.get(covering, ())

    def without(self, iri: str) -> Register:
        """The register as it would be without one grant."""
        return register_of(grant for grant in self.grants.values() if grant.iri != iri)


def register_of(grants: Iterable[Grant]) -> Register:
    """The register of these grants; the last one wins where two have one IRI."""
    known = {grant.iri: grant for grant in grants}
    held: dict[tuple[str, str], dict[str | None, dict[Steps, list[Grant]]]] = {}
    for iri in sorted(known):
        grant = known[iri]
        areas = held.setdefault((grant.holder, grant.kind), {})
        areas.setdefault(grant.scope.subject_area, {}).setdefault(grant.scope.steps(), []).append(grant)
    frozen = {who: {area: _sheet(scopes) for area, scopes in areas.items()} for who, areas in held.items()}
    return Register(known, frozen)


def _sheet(scopes: Mapping[Steps, list[Grant]]) -> Sheet:
    return tuple((steps, tuple(grants)) for steps, grants in scopes.items())
