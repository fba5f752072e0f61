"""Grants compared: tier, then Pareto specificity, then rank; what cannot be compared is not compared by chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from registry.authority.grants import Grant
from registry.authority.scopes import DIMENSIONS, Dimension, Vector

How = Literal["sole_authority", "tier", "specificity", "rank", "dimension_order", "incomparable", "equal"]


class Weighed(NamedTuple):
    """A grant that applies to a question, for one candidate, at these distances and until that moment."""

    grant: Grant
    vector: Vector
    candidate: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation decided beforehand: when grants are incomparable, and what may be used without a person."""

    by_dimension_order: bool = False
    dimension_order: tuple[Dimension, ...] = DIMENSIONS
    safe_when_provisional: bool = False
    safe_when_unowned: bool = False
    version: int = 0


NO_POLICY = Policy()
"""What holds where nothing was decided beforehand."""


def dominates(one: Vector, other: Vector) -> bool:
    """Whether one is at least as specific in every dimension and more specific in some."""
    return one != other and all(near <= far for near, far in zip(one, other, strict=True))


def strongest(weighed: Iterable[Weighed], policy: Policy) -> tuple[tuple[Weighed, ...], How]:
    """The grants nothing outranks, sorted, and which comparison settled it; empty for none.

    `incomparable`: those left differ in scope and none is more specific everywhere.
    """
    left = list(weighed)
    if not left:
        return (), "equal"
    how: How = "sole_authority" if len({one.grant.iri for one in left}) == 1 else "equal"
    tier = min([one.grant.tier for one in left])
    left, how = _kept(left, [one for one in left if one.grant.tier == tier], how, "tier")
    front = _front({one.vector for one in left})
    left, how = _kept(left, [one for one in left if one.vector in front], how, "specificity")
    first = {vector: min(one.grant.rank for one in left if one.vector == vector) for vector in front}
    left, how = _kept(left, [one for one in left if one.grant.rank == first[one.vector]], how, "rank")
    left.sort(key=_order)
    if len(front) == 1:
        return tuple(left), how
    if not policy.by_dimension_order:
        return tuple(left), "incomparable"
    nearest = min(front, key=lambda vector: _declared(vector, policy))
    return tuple(one for one in left if one.vector == nearest), "dimension_order"


def outranks(newcomer: Weighed, top: Sequence[Weighed], policy: Policy) -> bool:
    """Whether a grant would change what the strongest are."""
    after, _ = strongest([*top, newcomer], policy)
    return newcomer in after


def _kept(before: list[Weighed], after: list[Weighed], how: How, step: How) -> tuple[list[Weighed], How]:
    return after, (step if len(after) < len(before) else how)


def _front(vectors: set[Vector]) -> set[Vector]:
    return {one for one in vectors if not any(dominates(other, one) for other in vectors)}


def _declared(vector: Vector, policy: Policy) -> Vector:
    order = [*policy.dimension_order, *(name for name in DIMENSIONS if name not in policy.dimension_order)]
    return tuple(vector[DIMENSIONS.index(name)] for name in order)


def _order(one: Weighed) -> tuple[str, str]:
    return one.grant.iri, one.candidate
