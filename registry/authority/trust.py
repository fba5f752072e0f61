"""Trust that falls with age, and votes that copies do not multiply: the measures of the strategies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from registry.authority.claims import Canonical, Claim, Strategy, canonical
from registry.authority.grants import Trust
from registry.authority.senses import classes

UNKNOWN_ROOT = "unknown"
"""The one origin that all claims share whose origin is not known."""
_NO_TRUST = Trust()


def decayed(trust: Trust, age: float) -> float:
    """The trust in a value of that age in seconds, between the minimum and the maximum."""
    span = trust.maximum - trust.minimum
    if trust.decay == "none" or span <= 0 or trust.period <= 0:
        return trust.maximum
    periods = max(age, 0.0) / trust.period
    left = 1 - min(1.0, periods) if trust.decay == "linear" else 2.0**-periods
    return trust.minimum + span * left


def votes(claims: Sequence[Claim], form: Canonical) -> int:
    """How many independent origins say so: copies of one are one vote.

    Origins whose claims share a moment of observation, or a spelling that is not the canonical one, count as one.
    """
    origins = {root for claim in claims for root in roots_of(claim)}
    marks: dict[str, list[str]] = {}
    for claim in claims:
        own = sorted(roots_of(claim))
        odd = claim.value is not None and canonical(claim.value, form) != claim.value
        for mark in (f"at {claim.observed.isoformat()}", *([f"as {claim.value}"] if odd else [])):
            marks.setdefault(mark, []).append(own[0])
    pairs = [(some[0], other) for some in marks.values() for other in some[1:]]
    return len(set(classes(origins, pairs).values()))


def roots_of(claim: Claim) -> frozenset[str]:
    """The origins a claim goes back to; the shared unknown one where none is named."""
    return claim.roots or frozenset({UNKNOWN_ROOT})


def measure(
    strategy: Strategy, trusts: Mapping[str, Trust], at: datetime, form: Canonical
) -> Callable[[Sequence[Claim]], float]:
    """What a strategy measures of the claims that say the same."""
    if strategy == "trust":
        return lambda claims: max(
            decayed(trusts.get(claim.source, _NO_TRUST), (at - claim.observed).total_seconds()) for claim in claims
        )
    if strategy == "recency":
        return lambda claims: max(claim.observed for claim in claims).timestamp()
    if strategy == "independent_majority":
        return lambda claims: votes(claims, form)
    return lambda claims: max(claim.completeness for claim in claims)
