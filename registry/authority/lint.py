"""What is wrong with who may decide: cells with nobody or two equals, grants that end, chains that end in nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from registry.authority.applicable import Bearing, Bench, consider, reach_of
from registry.authority.compare import Policy, strongest
from registry.authority.delegation import WORDS, standing
from registry.authority.grants import FOREVER, Grant, GrantKind, Register, Tier
from registry.authority.scopes import Hierarchy, Scope

State = Literal["covered", "nobody", "contested", "fallback_only", "expiring"]
Severity = Literal["error", "warning", "info"]
WARN_DAYS = (7, 30, 90)
"""How many days before its end a grant is warned of, the most urgent first."""
MANY_MANDATES = 0.2
"""The share of mandates above which they no longer mark the exception."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Who may decide in one scope: the strongest grants, and whether that is a settled matter."""

    kind: GrantKind
    scope: Scope
    state: State
    holders: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: the rule, the grant or scope it is about, and a sentence."""

    severity: Severity
    rule: str
    about: str
    message: str


def cells(
    scopes: Iterable[tuple[GrantKind, Scope]], register: Register, hierarchy: Hierarchy, at: datetime, policy: Policy
) -> list[Cell]:
    """For each scope who may decide in it, in the order given."""
    return [_cell(kind, scope, Bench(register, hierarchy, at), policy) for kind, scope in scopes]


def findings(register: Register, hierarchy: Hierarchy, at: datetime) -> list[Finding]:
    """What is wrong with the grants themselves, the gravest first, then by what they are about."""
    found = [finding for iri in sorted(register.grants) for finding in _of_grant(register.grants[iri], register,
             hierarchy, at)]  # fmt: skip
    found += _too_many_mandates(register.grants.values())
    order: Sequence[Severity] = ("error", "warning", "info")
    return sorted(found, key=lambda one: (order.index(one.severity), one.rule, one.about))


def of_cells(found: Iterable[Cell]) -> list[Finding]:
    """What is wrong with the cells of the map."""
    said: dict[State, tuple[Severity, str]] = {
        "nobody": ("warning", "Nobody may decide"),
        "contested": ("error", "Equals may decide, and nothing sets them apart"),
        "fallback_only": ("info", "Only a fallback decides"),
        "expiring": ("warning", "Authority ends soon"),
    }
    found_in = ((cell, *said[cell.state]) for cell in found if cell.state in said)
    return [
        Finding(severity, cell.state, where(cell.scope), f"{text}: {cell.kind}s, {where(cell.scope)}")
        for cell, severity, text in found_in
    ]


def _cell(kind: GrantKind, scope: Scope, bench: Bench, policy: Policy) -> Cell:
    bearing, reach = Bearing(), reach_of(bench, scope)
    for grant in bench.register.grants.values():
        if grant.kind == kind:
            consider(bench, bearing, grant.holder, [(grant.scope.steps(), [grant])], reach)
    top, _ = strongest(bearing.applying, policy)
    holders = tuple(sorted({one.grant.holder for one in top}))
    named = tuple(sorted({one.grant.iri for one in top}))
    until = min((one.until for one in top if one.until < FOREVER), default=None)
    state = _state(top_tiers={one.grant.tier for one in top}, holders=holders, until=until, at=bench.at)
    return Cell(kind, scope, state, holders, named, until)


def _state(*, top_tiers: set[Tier], holders: Sequence[str], until: datetime | None, at: datetime) -> State:
    if not holders:
        return "nobody"
    if len(holders) > 1:
        return "contested"
    if until is not None and until - at <= timedelta(days=max(WARN_DAYS)):
        return "expiring"
    return "fallback_only" if top_tiers == {Tier.FALLBACK} else "covered"


def _of_grant(grant: Grant, register: Register, hierarchy: Hierarchy, at: datetime) -> Iterator[Finding]:
    stands = standing(grant, register, hierarchy, at)
    if grant.status == "suspended":
        yield Finding("warning", "suspended", grant.iri, "Is suspended and waits for its arbiter.")
    if grant.status != "active":
        return
    if stands.reason is not None and stands.reason not in ("not_yet_valid", "expired"):
        yield Finding("error", stands.reason, grant.iri, f"Counts for nothing: it {WORDS[stands.reason]}.")
    if stands.reason is None and stands.until < FOREVER:
        days = next((d for d in WARN_DAYS if stands.until - at <= timedelta(days=d)), None)
        if days is not None:
            yield Finding("warning", "expiring", grant.iri, f"Ends within {days} days.")
    if grant.tier is Tier.MANDATE and grant.review_by is None:
        yield Finding("warning", "mandate_without_review", grant.iri, "Is a mandate without a review date.")
    if grant.tier is Tier.MANDATE and not grant.scope.named():
        yield Finding("warning", "mandate_over_all", grant.iri, "Is a mandate over everything: it contests every term.")
    if grant.review_by is not None and date.fromisoformat(grant.review_by) < at.date():
        yield Finding("warning", "review_overdue", grant.iri, f"Was to be reviewed by {grant.review_by}.")
    if grant.arbiter is None:
        yield Finding("info", "no_arbiter", grant.iri, "Names no arbiter; a tie goes to the department above.")


def _too_many_mandates(grants: Iterable[Grant]) -> list[Finding]:
    active = [grant for grant in grants if grant.status == "active"]
    mandates = sum(grant.tier is Tier.MANDATE for grant in active)
    if len(active) < 5 or mandates <= MANY_MANDATES * len(active):
        return []
    said = f"{mandates} of {len(active)} active grants are mandates; they should be the exception."
    return [Finding("warning", "many_mandates", "the register", said)]


def where(scope: Scope) -> str:
    """A scope in words."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in scope.named().items()) or "everything"
