"""Deciding a value: overrides first, then what counts, then agreement, then authority, then the policy's strategies.

Total and pure, and independent of the order of claims and grants; a value that wins was claimed, and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.authority.applicable import Bearing, Bench, consider, reach_of
from registry.authority.claims import (
    Claim,
    Dropped,
    DropReason,
    Group,
    Override,
    ValueDecision,
    ValueOutcome,
    ValuePolicy,
    ValueQuestion,
    canonical,
)
from registry.authority.compare import Policy, Weighed, strongest
from registry.authority.disputes import arbiter_of, settled
from registry.authority.grants import FOREVER, Register, Tier, Trust
from registry.authority.scopes import Hierarchy
from registry.authority.trust import measure

AHEAD = timedelta(minutes=5)
"""How far a clock of a source may run ahead."""

Grouped = Mapping[str, Sequence[Claim]]


@dataclass(frozen=True, slots=True)
class _Matter:
    """What is known of a question once its claims are sorted."""

    question: ValueQuestion
    policy: ValuePolicy
    bearing: Bearing
    groups: Grouped
    base: ValueDecision


def decide_value(
    question: ValueQuestion,
    claims: Iterable[Claim],
    register: Register,
    hierarchy: Hierarchy,
    policy: ValuePolicy,
    override: Override | None = None,
) -> ValueDecision:
    """The decision on a value; never raises, never picks arbitrarily."""
    ordered = sorted(claims, key=_order)
    if override is not None and question.at < override.until:
        return _pinned(override, ordered)
    live = [claim for claim in ordered if _flaw(claim, question.at, policy) is None]
    dropped = tuple(Dropped(c.source, why) for c in ordered if (why := _flaw(c, question.at, policy)) is not None)
    groups: dict[str, list[Claim]] = {}
    for claim in live:
        groups.setdefault(canonical(claim.value or "", policy.canonical), []).append(claim)
    bearing = _bearing(question, {c.source for c in ordered}, register, hierarchy)
    heard = bearing.of({claim.source for claim in live})
    base = ValueDecision(
        ValueOutcome.NO_CANDIDATE, groups=_groups(groups), dropped=dropped, rejected=bearing.rejected(),
        silent=_silent(bearing, heard, policy), sharper_answer_needs=heard.sharper(),
        because=("No claim counts.",),
    )  # fmt: skip
    if not groups:
        return base
    matter = _Matter(question, policy, heard, {value: groups[value] for value in sorted(groups)}, base)
    if len(groups) == 1:
        return replace(_won(matter, next(iter(groups)), ValueOutcome.AGREED, None, "All that count say the same."),
                       sources=tuple(sorted({claim.source for claim in live})))  # fmt: skip
    return _judged(matter)


def decide_group(
    question: ValueQuestion,
    records: Mapping[str, Sequence[Claim]],
    register: Register,
    hierarchy: Hierarchy,
    policy: ValuePolicy,
) -> tuple[ValueDecision, dict[str, str | None]]:
    """The decision on properties that belong together, and the value of each: all of one source, or none at all."""
    whole = _combined(records, policy)
    decision = decide_value(question, whole, register, hierarchy, replace(policy, canonical="exact"))
    source = next(iter(decision.sources), None)
    if decision.value is None or source is None:
        return decision, {}
    taken = {
        name: next((c.value for c in sorted(claims, key=_latest, reverse=True) if c.source == source), None)
        for name, claims in sorted(records.items())
    }
    return decision, taken


def blocked(decision: ValueDecision, faults: Sequence[str]) -> ValueDecision:
    """The decision, unless the record it leads to has faults: then BLOCKED, with them."""
    if not faults or decision.value is None:
        return decision
    said = (*decision.because, *(f"The record breaks its shape: {fault}" for fault in faults))
    return replace(decision, outcome=ValueOutcome.BLOCKED, value=None, safe_to_use=False, because=said)


def _combined(records: Mapping[str, Sequence[Claim]], policy: ValuePolicy) -> list[Claim]:
    """One claim a source: what it says of all the properties, as old as the oldest and as good as the worst."""
    newest: dict[str, dict[str, Claim]] = {}
    for name, claims in records.items():
        for claim in sorted(claims, key=_latest):
            newest.setdefault(claim.source, {})[name] = claim
    whole = []
    for source in sorted(newest):
        parts = newest[source]
        said = [parts[n].value if n in parts else None for n in sorted(records)]
        form = policy.canonical
        text = "\x1f".join("\x00" if value is None else canonical(value, form) for value in said)
        each = list(parts.values())
        whole.append(
            Claim(source, text if any(v is not None for v in said) else None, min(c.observed for c in each),
                  frozenset(root for c in each for root in c.roots), all(c.valid for c in each),
                  any(c.blocked for c in each), sum(v is not None for v in said) / len(records))
        )  # fmt: skip
    return whole


def _judged(matter: _Matter) -> ValueDecision:
    """Several values: authority, then the strategies among what authority leaves."""
    top, how = strongest(matter.bearing.applying, _terms(matter.policy))
    holders = {one.candidate for one in top}
    backed = [value for value, claims in matter.groups.items() if any(claim.source in holders for claim in claims)]
    if not top and matter.policy.authority_required:
        return _nobody(matter)
    if how == "incomparable" and len(backed) > 1:
        return _open(matter, ValueOutcome.INCOMPARABLE, top, "Sources hold authority that cannot be compared.")
    if len(backed) == 1:
        outcome = ValueOutcome.PROVISIONAL if _only_fallback(top) else ValueOutcome.RESOLVED
        said = f"{' and '.join(sorted(holders))} decides ({top[0].grant.tier.name.lower()} authority)."
        return _won(matter, backed[0], outcome, settled(how), said, top)
    return _by_strategies(matter, backed or list(matter.groups), top)


def _by_strategies(matter: _Matter, left: list[str], top: Sequence[Weighed]) -> ValueDecision:
    """The first strategy whose winner leads far enough; those that trail too far are out for the next one."""
    trusts = _trusts(matter.bearing)
    scores: dict[str, float] = {}
    for strategy in matter.policy.strategies:
        if strategy == "authority":
            continue
        if strategy == "escalate":
            break
        score = measure(strategy, trusts, matter.question.at, matter.policy.canonical)
        scores = {value: score(matter.groups[value]) for value in left}
        best = max(scores.values())
        left = [value for value in left if best - scores[value] <= matter.policy.margins.get(strategy, 0.0)]
        if len(left) == 1:
            said = f"Decided by {strategy.replace('_', ' ')}."
            outcome = ValueOutcome.PROVISIONAL if top and _only_fallback(top) else ValueOutcome.RESOLVED
            return _scored(_won(matter, left[0], outcome, strategy, said, top), scores)
    tied = _open(matter, ValueOutcome.TIE, top, f"{len(left)} values are left, and nothing sets them apart far enough.")
    return _scored(tied, scores)


def _nobody(matter: _Matter) -> ValueDecision:
    if matter.bearing.conditional:
        return _open(matter, ValueOutcome.NEEDS_CONTEXT, (), "Sources hold authority for some cases only.")
    if "delegation_cycle" in matter.bearing.refused.values():
        return _open(matter, ValueOutcome.CYCLE, (), "The only authority was passed on in a circle.")
    return _open(matter, ValueOutcome.NO_AUTHORITY, (), "Authority is required, and no source that counts has it.")


def _won(
    matter: _Matter, value: str, outcome: ValueOutcome, how: str | None, said: str, top: Sequence[Weighed] = ()
) -> ValueDecision:
    claims = matter.groups[value]
    holders = {one.candidate for one in top}
    spoken = max(claims, key=lambda c: (c.source in holders, c.observed, c.source, c.value or ""))
    sources = sorted({claim.source for claim in claims}, key=lambda source: (source not in holders, source))
    safe = outcome is not ValueOutcome.PROVISIONAL or matter.policy.safe_when_provisional
    return replace(
        matter.base, outcome=outcome, value=spoken.value, sources=tuple(sources), how=how, because=(said,),
        decided_by=_named(top), valid_until=_until(top, matter.bearing), safe_to_use=safe,
    )  # fmt: skip


def _open(matter: _Matter, outcome: ValueOutcome, top: Sequence[Weighed], said: str) -> ValueDecision:
    return replace(matter.base, outcome=outcome, because=(said,), decided_by=_named(top), arbiter=arbiter_of(top),
                   valid_until=_until(top, matter.bearing))  # fmt: skip


def _pinned(override: Override, claims: Sequence[Claim]) -> ValueDecision:
    stale = override.overridden not in {claim.digest for claim in claims}
    said = ["An override holds."] + (["The claim it was made against has changed since."] if stale else [])
    return ValueDecision(
        ValueOutcome.RESOLVED, override.value, (), (override.iri,), "override", tuple(said),
        valid_until=override.until, stale_override=stale, safe_to_use=not stale,
    )  # fmt: skip


def _bearing(question: ValueQuestion, sources: set[str], register: Register, hierarchy: Hierarchy) -> Bearing:
    bench, bearing = Bench(register, hierarchy, question.at), Bearing()
    reach = reach_of(bench, question.asked)
    for source in sorted(sources):
        consider(bench, bearing, source, register.held_by(source, "value", reach), reach)
    return bearing


def _flaw(claim: Claim, at: datetime, policy: ValuePolicy) -> DropReason | None:
    """Why a claim does not count; None when it does."""
    checks: tuple[tuple[DropReason, Callable[[], bool]], ...] = (
        ("null", lambda: claim.value is None or not claim.value.strip()),
        ("blocked", lambda: claim.blocked),
        ("shape_violation", lambda: not claim.valid),
        ("future_dated", lambda: claim.observed - at > AHEAD),
        ("too_old", lambda: policy.max_age is not None and (at - claim.observed).total_seconds() > policy.max_age),
    )
    return next((reason for reason, holds in checks if holds()), None)


def _silent(bearing: Bearing, heard: Bearing, policy: ValuePolicy) -> tuple[str, ...]:
    """Sources with the strongest authority whose claims do not count."""
    top, _ = strongest(bearing.applying, _terms(policy))
    audible = {one.candidate for one in heard.applying}
    return tuple(sorted({one.candidate for one in top} - audible))


def _trusts(bearing: Bearing) -> dict[str, Trust]:
    """The trust in each source: of its most specific grant that states one."""
    stated: dict[str, tuple[tuple[int, ...], str, Trust]] = {}
    for one in bearing.applying:
        if one.grant.trust is not None:
            said = (one.vector, one.grant.iri, one.grant.trust)
            stated[one.candidate] = min(said, stated.get(one.candidate, said), key=lambda each: each[:2])
    return {source: trust for source, (_, _, trust) in stated.items()}


def _until(top: Sequence[Weighed], bearing: Bearing) -> datetime | None:
    moments = [one.until for one in top] + [one.since for one in bearing.coming]
    return min((moment for moment in moments if moment < FOREVER), default=None)


def _terms(policy: ValuePolicy) -> Policy:
    return Policy(policy.by_dimension_order, policy.dimension_order)


def _only_fallback(top: Sequence[Weighed]) -> bool:
    return all(one.grant.tier is Tier.FALLBACK for one in top)


def _named(top: Sequence[Weighed]) -> tuple[str, ...]:
    return tuple(sorted({one.grant.iri for one in top}))


def _scored(decision: ValueDecision, scores: Mapping[str, float]) -> ValueDecision:
    groups = (replace(g, score=round(scores[g.value], 6) if g.value in scores else None) for g in decision.groups)
    return replace(decision, groups=tuple(groups))


def _groups(groups: Grouped) -> tuple[Group, ...]:
    return tuple(Group(value, tuple(sorted({c.source for c in claims}))) for value, claims in sorted(groups.items()))


def _order(claim: Claim) -> tuple[str, str, str, bool, bool, list[str]]:
    return (
        claim.source,
        claim.value or "",
        claim.observed.isoformat(),
        claim.valid,
        claim.blocked,
        sorted(claim.roots),
    )


def _latest(claim: Claim) -> tuple[datetime, str]:
    return claim.observed, claim.value or ""
