"""Which grants bear on a question: those that apply, those refused with their reason, those that need a sharper one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from registry.authority.compare import Weighed
from registry.authority.delegation import Reason, Standing, standing
from registry.authority.grants import Grant, Register
from registry.authority.scopes import Dimension, Hierarchy, Reach, Scope, Steps, cover


@dataclass(frozen=True, slots=True)
class Refused:
    """A grant in scope that does not count, and why."""

    grant: str
    reason: Reason


class Conditional(NamedTuple):
    """A grant that would apply if the question said more, and what it would have to say."""

    weighed: Weighed
    missing: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A grant that will apply from a later moment on."""

    weighed: Weighed
    since: datetime


@dataclass(slots=True)
class Bearing:
    """All that bears on a question."""

    applying: list[Weighed] = field(default_factory=list)
    refused: dict[tuple[str, str], Reason] = field(default_factory=dict)
    """By candidate and grant."""
    conditional: list[Conditional] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)

    def of(self, candidates: Iterable[str]) -> Bearing:
        """What bears on some of the candidates."""
        wanted = set(candidates)
        return Bearing(
            [one for one in self.applying if one.candidate in wanted],
            {key: reason for key, reason in self.refused.items() if key[0] in wanted},
            [one for one in self.conditional if one.weighed.candidate in wanted],
            [one for one in self.coming if one.weighed.candidate in wanted],
        )

    def rejected(self) -> tuple[Refused, ...]:
        """The grants in scope that do not count, each once, sorted."""
        return tuple(Refused(*one) for one in sorted({(iri, reason) for (_, iri), reason in self.refused.items()}))

    def sharper(self) -> tuple[Dimension, ...]:
        """The dimensions a sharper question would name, sorted."""
        return tuple(sorted({name for one in self.conditional for name in one.missing}))


@dataclass(frozen=True, slots=True)
class Bench:
    """What grants are read against: the register, what lies above what, the moment."""

    register: Register
    hierarchy: Hierarchy
    at: datetime


def consider(
    bench: Bench, bearing: Bearing, candidate: str, sheet: Iterable[tuple[Steps, Iterable[Grant]]], reach: Reach
) -> None:
    """Sort grants, given by their scope, into what bears on the question for one candidate."""
    at, applying = bench.at, bearing.applying
    for steps, grants in sheet:
        covering = cover(steps, reach)
        if covering is None:
            continue
        vector, missing = covering
        for grant in grants:
            plain = grant.delegated_from is None and grant.status == "active"
            if plain and grant.valid_from <= at < grant.valid_until:
                weighed = Weighed(grant, vector, candidate, grant.valid_until)
            else:
                stands = standing(grant, bench.register, bench.hierarchy, at)
                weighed = Weighed(grant, vector, candidate, stands.until)
                if stands.reason is not None:
                    _refuse(bearing, weighed, stands, at)
                    continue
            if missing:
                bearing.conditional.append(Conditional(weighed, missing))
            else:
                applying.append(weighed)


def _refuse(bearing: Bearing, weighed: Weighed, stands: Standing, at: datetime) -> None:
    assert stands.reason is not None
    bearing.refused[weighed.candidate, weighed.grant.iri] = stands.reason
    if stands.reason in ("not_yet_valid", "delegator_not_in_time") and at < stands.since < stands.until:
        bearing.coming.append(Coming(weighed, stands.since))


def reach_of(bench: Bench, asked: Scope, candidate: str | None = None) -> Reach:
    """What covers a question about one candidate."""
    return bench.hierarchy.reach(asked if candidate is None else replace(asked, concept=candidate))
