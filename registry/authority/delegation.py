"""Delegation: authority passed on may only shrink, ends with the one it came from, and never runs in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.authority.grants import Grant, Register
from registry.authority.scopes import Hierarchy

Reason = Literal[
    "draft",
    "suspended",
    "revoked",
    "not_yet_valid",
    "expired",
    "delegator_missing",
    "delegation_cycle",
    "delegator_inactive",
    "delegator_not_in_time",
    "not_delegable",
    "kind_differs",
    "tier_above_delegator",
    "scope_exceeds_delegator",
    "delegated_too_often",
]
WORDS: Mapping[Reason, str] = {
    "draft": "is a draft",
    "suspended": "is suspended",
    "revoked": "was revoked",
    "not_yet_valid": "is not in force yet",
    "expired": "is no longer in force",
    "delegator_missing": "was passed on from a grant that does not exist",
    "delegation_cycle": "was passed on in a circle",
    "delegator_inactive": "was passed on from a grant that is not active",
    "delegator_not_in_time": "was passed on from a grant that is not in force",
    "not_delegable": "was passed on from a grant that may not be passed on",
    "kind_differs": "was passed on from a grant of the other kind",
    "tier_above_delegator": "claims a higher tier than the grant it was passed on from",
    "scope_exceeds_delegator": "claims a wider scope than the grant it was passed on from",
    "delegated_too_often": "was passed on more often than allowed",
}
"""Each reason for which a grant does not count, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a grant counts at a moment, why not, and between which moments it could."""

    reason: Reason | None
    since: datetime
    until: datetime


def standing(grant: Grant, register: Register, hierarchy: Hierarchy, at: datetime) -> Standing:
    """Whether a grant counts at a moment; its time is cut to that of every grant it was passed on from."""
    since, until = grant.valid_from, grant.valid_until
    if grant.status != "active":
        return Standing(grant.status, since, until)
    reason = None if grant.delegated_from is None else flaw(grant, register, hierarchy)
    for parent in ancestors(grant, register) if grant.delegated_from else ():
        since, until = max(since, parent.valid_from), min(until, parent.valid_until)
    if reason is None and not since <= at < until:
        own = grant.valid_from <= at < grant.valid_until
        reason = "delegator_not_in_time" if own else ("not_yet_valid" if at < grant.valid_from else "expired")
    return Standing(reason, since, until)


def flaw(grant: Grant, register: Register, hierarchy: Hierarchy) -> Reason | None:
    """What is wrong with how a grant was passed on, whatever the moment; None when nothing is."""
    here, depth, met = grant, 0, {grant.iri}
    while here.delegated_from is not None:
        parent = register.grants.get(here.delegated_from)
        if parent is None:
            return "delegator_missing"
        if parent.iri in met:
            return "delegation_cycle"
        depth += 1
        wrong = _step(here, parent, depth, hierarchy)
        if wrong is not None:
            return "delegation_cycle" if cycle(grant, register) else wrong
        met.add(parent.iri)
        here = parent
    return None


def ancestors(grant: Grant, register: Register) -> Iterator[Grant]:
    """The grants it was passed on from, nearest first; each once, so that a circle ends."""
    met, here = {grant.iri}, grant
    while here.delegated_from is not None and here.delegated_from not in met:
        parent = register.grants.get(here.delegated_from)
        if parent is None:
            return
        met.add(parent.iri)
        yield parent
        here = parent


def cycle(grant: Grant, register: Register) -> tuple[str, ...]:
    """The circle in which a grant's authority runs, as a path of IRIs that ends where it begins; empty without one."""
    path, here = [grant.iri], grant
    while here.delegated_from is not None:
        if here.delegated_from in path:
            return (*path[path.index(here.delegated_from) :], here.delegated_from)
        parent = register.grants.get(here.delegated_from)
        if parent is None:
            return ()
        path.append(parent.iri)
        here = parent
    return ()


def _step(child: Grant, parent: Grant, depth: int, hierarchy: Hierarchy) -> Reason | None:
    if parent.status != "active":
        return "delegator_inactive"
    if not parent.delegable:
        return "not_delegable"
    if child.kind != parent.kind:
        return "kind_differs"
    if child.tier < parent.tier:
        return "tier_above_delegator"
    if not hierarchy.within(child.scope, parent.scope):
        return "scope_exceeds_delegator"
    return "delegated_too_often" if depth > parent.max_depth else None
