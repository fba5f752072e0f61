"""Deciding a term with authority: context chooses the sense, grants decide only between those who mean one thing.

Total and pure: every question over any facts and grants gets one of the outcomes, whatever their order. Only grants of
the owners and endorsers of candidates are looked at, so that an outsider's changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from registry.authority import reasons as words
from registry.authority.applicable import Bearing, Bench, consider, reach_of
from registry.authority.compare import NO_POLICY, Policy, Weighed, outranks, strongest
from registry.authority.contested import joined, mandated, nearest_setting
from registry.authority.context import nearest
from registry.authority.disputes import between, settled
from registry.authority.explain import context, nothing
from registry.authority.explanation import Change, Dispute, Dissent, Explanation, Verdict
from registry.authority.grants import FOREVER, IMPLICIT, IMPLICIT_RANK, Grant, Register, Tier
from registry.authority.scopes import Hierarchy, Scope
from registry.authority.senses import Fork, Seed, Sense, senses
from registry.authority.terms import (
    Case,
    case_of,
    decision_of,
    inside,
    match_of,
    members_of,
    narrowed,
    replacements,
    standing_for_all,
    unclear,
)  # fmt: skip
from registry.model.decisions import Match, Outcome, TermConcept, TermDecision, TermFacts, TermQuestion
from registry.rdf.text import fold_label

MOST_CHANGES = 3
"""How many of the deciding grants are tried without, for what would change the answer."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may decide: grants, what lies above what, conflicts that say concepts mean to define one thing, policy.

    `settings`: the subject area, jurisdiction and usage a concept belongs to, where that is said.
    """

    register: Register = field(default_factory=Register)
    hierarchy: Hierarchy = field(default_factory=Hierarchy)
    disputes: tuple[tuple[str, ...], ...] = ()
    settings: Mapping[str, Scope] = field(default_factory=dict)
    policy: Policy = NO_POLICY


@dataclass(frozen=True, slots=True)
class _Court:
    """A question before its judges."""

    case: Case
    authority: Authority
    asked: Scope
    bench: Bench


def weigh_term(
    question: TermQuestion, facts: TermFacts, asked: Scope, at: datetime, authority: Authority
) -> Explanation:
    """The decision on a term with its whole explanation; never raises, never picks arbitrarily.

    `asked` names subject area, jurisdiction and usage; without a usage it is that of the asker's department.
    """
    usage = asked.usage or (question.lineage[0] if question.lineage else None)
    hierarchy = _with_lineage(authority.hierarchy, question.lineage, usage)
    court = _Court(
        case_of(question, facts), authority, replace(asked, concept=None, usage=usage),
        Bench(authority.register, hierarchy, at),
    )  # fmt: skip
    leads = narrowed(court.case)
    seeds, forks = [x for x in leads if isinstance(x, Seed)], [x for x in leads if isinstance(x, Fork)]
    found = senses(seeds, forks, court.case.class_of)
    if not found:
        said = nothing(question, court.case.met, facts.concepts)
        return Explanation(decision_of(court.case, Outcome.NO_CANDIDATE, (), said))
    return _heard(court, found)


def _heard(court: _Court, found: tuple[Sense, ...]) -> Explanation:
    question, concepts = court.case.question, court.case.concepts
    members = sorted({iri for sense in found if not sense.fork for iri in members_of(court.case, sense)})
    bearing = _bearing(court, members)
    groups = joined(found, [*court.authority.disputes, *mandated(bearing, members, court.bench.hierarchy)])
    chosen, department = nearest(groups, question, concepts)
    because = context(question, len(groups), len(chosen), department)
    if len(chosen) > 1:
        settled_by = nearest_setting(chosen, court.asked, court.authority.settings, court.bench.hierarchy)
        because += words.setting(len(chosen), len(settled_by), court.asked)
        chosen = settled_by
    if len(chosen) > 1 or chosen[0].fork:
        return Explanation(
            unclear(court.case, chosen, because),
            rejected=bearing.rejected(),
            valid_until=min(_turns_of_mandates(bearing), default=None),
        )
    sense = chosen[0]
    turns = _turns_of_mandates(bearing)
    bearing = bearing.of(members_of(court.case, sense))
    classes = {court.case.class_of[iri] for iri in members_of(court.case, sense)}
    made = _contested if len(classes) > 1 else _agreed
    explained = made(court, sense, bearing, because)
    until = min([*turns, *([explained.valid_until] if explained.valid_until else [])], default=None)
    return replace(explained, rejected=bearing.rejected(), valid_until=until)


def _bearing(court: _Court, members: Sequence[str]) -> Bearing:
    """What bears on the question: for each member the grants of its owner and endorsers, one of them implied."""
    bearing = Bearing()
    register = court.authority.register
    for iri in members:
        concept = court.case.concepts[iri]
        reach = reach_of(court.bench, court.asked, iri)
        for holder in concept.speakers:
            consider(court.bench, bearing, iri, register.held_by(holder, "term", reach), reach)
        implied = implicit_grant(concept)
        if implied is not None:
            consider(court.bench, bearing, iri, [(implied.scope.steps(), [implied])], reach)
    return bearing


def implicit_grant(concept: TermConcept) -> Grant | None:
    """The authority that owning a vocabulary gives over its concepts: a hub's for all, another's for its own usage."""
    if concept.owner is None or concept.kind == "external":
        return None
    usage = None if concept.kind == "hub" else concept.owner
    return Grant(f"{IMPLICIT}{concept.scheme}", concept.owner, scope=Scope(usage=usage), rank=IMPLICIT_RANK)


def _agreed(court: _Court, sense: Sense, bearing: Bearing, because: list[str]) -> Explanation:
    """Inside one agreed class: the hub's concept, the asker's own, else by grants, else nobody's."""
    plain = inside(court.case, sense, list(because))
    if plain.outcome is not Outcome.AGREED_UNOWNED:
        return Explanation(plain)
    top, how = strongest(bearing.applying, court.authority.policy)
    winners = sorted({one.candidate for one in top})
    safe = court.authority.policy.safe_when_unowned
    if len(winners) != 1:
        return Explanation(
            replace(plain, safe_to_use=safe), sharper_answer_needs=bearing.sharper(),
            valid_until=_until(court, top, bearing),
        )  # fmt: skip
    outcome = Outcome.PROVISIONAL if all(one.grant.tier is Tier.FALLBACK for one in top) else Outcome.AGREED
    decided_by = tuple(sorted({one.grant.iri for one in top}))
    verdict = Verdict(outcome, winners[0], decided_by, settled(how))
    members = members_of(court.case, sense)
    said = [*because, *replacements(court.case, sense), words.decided(verdict, top, court.case.concepts)]
    decision = _ruled(court, sense, verdict, said, dict.fromkeys(members, "means the same"))
    return Explanation(decision, decided_by, verdict.how, sharper_answer_needs=bearing.sharper(),
                       valid_until=_until(court, top, bearing))  # fmt: skip


def _contested(court: _Court, sense: Sense, bearing: Bearing, because: list[str]) -> Explanation:
    """Between contested classes: by the grants, or an outcome that says why not."""
    case, policy = court.case, court.authority.policy
    members = members_of(case, sense)
    verdict = _verdict(court, bearing, members)
    top, _ = strongest(bearing.applying, policy)
    said = [*because, *replacements(case, sense), words.contested(members, case.concepts)]
    said += words.verdict(verdict, top, bearing.sharper(), case.concepts)
    own = case.class_of[verdict.winner] if verdict.winner else ()
    reasons = {iri: "means the same" if iri in own else words.OPEN[verdict.outcome] for iri in members}
    explained = Explanation(
        _ruled(court, sense, verdict, said, reasons),
        verdict.decided_by,
        verdict.how,
        dissent=_dissent(case, members, own) if verdict.winner else (),
        splits=verdict.splits,
        sharper_answer_needs=bearing.sharper(),
        valid_until=_until(court, top, bearing),
        would_change_if=_changes(court, bearing, members, verdict),
    )
    if verdict.outcome not in (Outcome.TIE, Outcome.INCOMPARABLE, Outcome.CYCLE, Outcome.NO_AUTHORITY):
        return explained
    return replace(explained, dispute=_dispute(court, members, verdict))


def _verdict(court: _Court, bearing: Bearing, members: Sequence[str]) -> Verdict:
    def chosen(same: Sequence[str], granted: Sequence[str]) -> str:
        winner, _ = standing_for_all(court.case, list(same))
        return winner if winner is not None else granted[0]

    return between(bearing, court.case.class_of, members, chosen, court.authority.policy)


def _ruled(court: _Court, sense: Sense, verdict: Verdict, said: list[str], reasons: Mapping[str, str]) -> TermDecision:
    won: tuple[str, Match] | tuple[()] = (verdict.winner, match_of(sense, verdict.winner)) if verdict.winner else ()
    decision = decision_of(court.case, verdict.outcome, won, said, reasons)
    if verdict.outcome is Outcome.PROVISIONAL and court.authority.policy.safe_when_provisional and decision.match:
        spoken = decision.match.speaks(court.case.question.language)
        in_force = verdict.winner is not None and court.case.concepts[verdict.winner].status == "approved"
        return replace(decision, safe_to_use=spoken and in_force)
    return decision


def _dissent(case: Case, members: Sequence[str], own: Sequence[str]) -> tuple[Dissent, ...]:
    others = [case.concepts[iri] for iri in sorted(members) if iri not in own]
    return tuple(Dissent(c.iri, c.owner, c.definition or f'has no definition of "{c.pref_label}"') for c in others)


def _dispute(court: _Court, members: Sequence[str], verdict: Verdict) -> Dispute:
    classes = sorted({court.case.class_of[iri][0] for iri in members})
    applying = verdict.arbiter
    return Dispute(fold_label(court.case.question.term), tuple(classes), court.asked, applying)


def _until(court: _Court, top: Sequence[Weighed], bearing: Bearing) -> datetime | None:
    """The earliest end among the grants used, and the next start of one that would outrank them."""
    moments = [one.until for one in top]
    if not top:
        moments += [one.weighed.until for one in bearing.conditional]
    moments += [one.since for one in bearing.coming if outranks(one.weighed, top, court.authority.policy)]
    return min((moment for moment in moments if moment < FOREVER), default=None)


def _turns_of_mandates(bearing: Bearing) -> list[datetime]:
    """The moments at which a mandate begins or ceases to make senses one dispute."""
    ends = [one.until for one in bearing.applying if one.grant.tier is Tier.MANDATE and one.until < FOREVER]
    return ends + [one.since for one in bearing.coming if one.weighed.grant.tier is Tier.MANDATE]


def _changes(court: _Court, bearing: Bearing, members: Sequence[str], verdict: Verdict) -> tuple[Change, ...]:
    """What the answer would be without each of the deciding grants, where it would be another."""
    found = []
    for iri in [iri for iri in verdict.decided_by if not iri.startswith(IMPLICIT)][:MOST_CHANGES]:
        left = Bearing([one for one in bearing.applying if one.grant.iri != iri], bearing.refused,
                       bearing.conditional, bearing.coming)  # fmt: skip
        after = _verdict(court, left, members)
        if (after.outcome, after.winner) != (verdict.outcome, verdict.winner):
            found.append(Change(f"{iri} did not count", after.outcome, after.winner))
    return tuple(found)


def _with_lineage(hierarchy: Hierarchy, lineage: Sequence[str], usage: str | None) -> Hierarchy:
    """The hierarchy with the asker's own line of departments, where usage is that of the asker and nothing is known."""
    known = hierarchy.broader.get("usage", {})
    if not lineage or usage != lineage[0] or usage in known or len(lineage) == 1:
        return hierarchy
    line = {below: (above,) for below, above in pairwise(lineage)}
    return Hierarchy({**hierarchy.broader, "usage": {**known, **line}})
