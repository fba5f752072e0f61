"""Between contested classes the grants of their owners and endorsers decide, or say why they cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from registry.authority.applicable import Bearing
from registry.authority.compare import How, Policy, Weighed, strongest
from registry.authority.explanation import Split, Verdict
from registry.authority.grants import Tier
from registry.authority.scopes import Dimension
from registry.model.decisions import Outcome

ClassOf = Mapping[str, tuple[str, ...]]
Chosen = Callable[[Sequence[str], Sequence[str]], str]
"""The concept that stands for a class: from all its members, and those that the winning grants are for."""


def between(bearing: Bearing, class_of: ClassOf, members: Sequence[str], chosen: Chosen, policy: Policy) -> Verdict:
    """The verdict of the grants between the classes of these members."""
    top, how = strongest(bearing.applying, policy)
    if not top:
        return _without(bearing, class_of, members, chosen, policy)
    named = tuple(sorted({one.grant.iri for one in top}))
    arbiter = arbiter_of(top)
    if len({class_of[one.candidate] for one in top}) > 1:
        outcome = Outcome.INCOMPARABLE if how == "incomparable" else Outcome.TIE
        return Verdict(outcome, None, named, how, arbiter)
    winner = _stands(top, class_of, members, chosen)
    outcome = Outcome.PROVISIONAL if _only_fallback(top) else Outcome.RESOLVED
    return Verdict(outcome, winner, named, settled(how), arbiter)


def arbiter_of(top: Sequence[Weighed]) -> str | None:
    """The arbiter that all of the grants name which name one; None when they differ, or none does."""
    named = {one.grant.arbiter for one in top if one.grant.arbiter}
    return named.pop() if len(named) == 1 else None


def settled(how: How) -> How:
    """How it was settled where those left speak for one class: incomparable or equal is no matter."""
    return "sole_authority" if how in ("incomparable", "equal") else how


def _stands(top: Sequence[Weighed], class_of: ClassOf, members: Sequence[str], chosen: Chosen) -> str:
    same = class_of[top[0].candidate]
    return chosen([iri for iri in members if class_of[iri] == same], sorted({one.candidate for one in top}))


def _only_fallback(top: Sequence[Weighed]) -> bool:
    return all(one.grant.tier is Tier.FALLBACK for one in top)


def _without(bearing: Bearing, class_of: ClassOf, members: Sequence[str], chosen: Chosen, policy: Policy) -> Verdict:
    """The verdict where no grant applies as the question stands."""
    splits = _splits(bearing, class_of, members, chosen, policy)
    if len({class_of[split.winner] for split in splits}) > 1:
        return Verdict(Outcome.SPLIT, splits=splits, decided_by=_conditions(bearing, "jurisdiction"))
    if "delegation_cycle" in bearing.refused.values():
        return Verdict(Outcome.CYCLE)
    return Verdict(Outcome.NEEDS_CONTEXT if bearing.conditional else Outcome.NO_AUTHORITY)


def _splits(
    bearing: Bearing, class_of: ClassOf, members: Sequence[str], chosen: Chosen, policy: Policy
) -> tuple[Split, ...]:
    """For each jurisdiction that a grant names and the question leaves out: who would win there."""
    by_place: dict[str, list[Weighed]] = {}
    for one in bearing.conditional:
        place = one.weighed.grant.scope.jurisdiction
        if one.missing == ("jurisdiction",) and place is not None:
            by_place.setdefault(place, []).append(one.weighed)
    found = []
    for place in sorted(by_place):
        top, _ = strongest(by_place[place], policy)
        if len({class_of[one.candidate] for one in top}) == 1:
            found.append(Split(place, _stands(top, class_of, members, chosen)))
    return tuple(found)


def _conditions(bearing: Bearing, dimension: Dimension) -> tuple[str, ...]:
    return tuple(sorted({one.weighed.grant.iri for one in bearing.conditional if one.missing == (dimension,)}))
