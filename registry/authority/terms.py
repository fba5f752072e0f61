"""Deciding a term: candidates, senses, the sense that is meant, and the concept that stands for all in it.

Total and pure: every question over any facts gets an outcome, and the order of the facts does not matter. Grants are
not weighed here: inside one agreed sense the hub's concept goes first, then the asker's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.authority import explain
from registry.authority.context import ask_back, nearest
from registry.authority.senses import LIVE, Fork, Seed, Sense, classes, follow, senses
from registry.model.decisions import (
    Alternative,
    Found,
    Match,
    MatchKind,
    Outcome,
    TermConcept,
    TermDecision,
    TermFacts,
    TermQuestion,
)

SAFE = frozenset({Outcome.UNCONTESTED, Outcome.AGREED, Outcome.RESOLVED})
_SAME_VOCABULARY_ORDER = {"iri": 0, "notation": 0, "pref_label": 0, "alt_label": 1, "hidden_label": 2}


@dataclass(frozen=True, slots=True)
class Case:
    """The question with its facts, and what may answer."""

    question: TermQuestion
    facts: TermFacts
    answerable: frozenset[str]
    met: tuple[Found, ...]
    led: Mapping[Found, Seed | Fork]
    class_of: Mapping[str, tuple[str, ...]]

    @property
    def concepts(self) -> Mapping[str, TermConcept]:
        """The concepts that bear on it, by IRI."""
        return self.facts.concepts


def decide_term(question: TermQuestion, facts: TermFacts) -> TermDecision:
    """The decision on a term; never raises, never picks arbitrarily."""
    case = case_of(question, facts)
    leads = narrowed(case)
    seeds = [lead for lead in leads if isinstance(lead, Seed)]
    forks = [lead for lead in leads if isinstance(lead, Fork)]
    found = senses(seeds, forks, case.class_of)
    if not found:
        return decision_of(case, Outcome.NO_CANDIDATE, (), explain.nothing(question, case.met, facts.concepts))
    chosen, department = nearest(found, question, facts.concepts)
    because = explain.context(question, len(found), len(chosen), department)
    if len(chosen) > 1 or chosen[0].fork:
        return unclear(case, chosen, because)
    return inside(case, chosen[0], because)


def case_of(question: TermQuestion, facts: TermFacts) -> Case:
    """The question with what met it and may answer; an identifier leaves everything else out."""
    wanted = LIVE if question.include_drafts else ("approved",)
    answerable = frozenset(iri for iri, concept in facts.concepts.items() if concept.status in wanted)
    inside = [found for found in facts.found if found.concept in facts.concepts and _asked(question, facts, found)]
    named = [found for found in inside if found.match.kind is MatchKind.IRI]
    met = tuple(sorted(set(named or inside), key=lambda found: (found.concept, str(found.match))))
    led = {one: lead for one in met if (lead := follow(one, facts.concepts, answerable)) is not None}
    return Case(question, facts, answerable, met, led, classes(facts.concepts, facts.joins))


def _asked(question: TermQuestion, facts: TermFacts, found: Found) -> bool:
    return not question.schemes or facts.concepts[found.concept].scheme in question.schemes


def narrowed(case: Case) -> list[Seed | Fork]:
    """What the term leads to: in the asked language where any is, and of each vocabulary its closest label only."""
    spoken = [found for found in case.led if found.match.speaks(case.question.language)]
    kept = spoken or list(case.led)
    closest: dict[str, tuple[int, bool]] = {}
    for found in kept:
        scheme = case.concepts[found.concept].scheme
        closest[scheme] = min(closest.get(scheme, (9, True)), _closeness(case, found))
    return [case.led[f] for f in kept if _closeness(case, f) == closest[case.concepts[f.concept].scheme]]


def _closeness(case: Case, found: Found) -> tuple[int, bool]:
    return _SAME_VOCABULARY_ORDER[found.match.of], found.concept not in case.answerable


def unclear(case: Case, left: tuple[Sense, ...], because: list[str]) -> TermDecision:
    """NEEDS_CONTEXT with the one question that separates most."""
    ask = ask_back(left, case.question, case.concepts)
    named = {iri for option in ask.options for iri in option.concepts}
    reasons = dict.fromkeys(named, "one of the meanings in question")
    forks = [sense.fork for sense in left if sense.fork]
    because.extend(explain.fork(fork.concept, fork.replacements, case.concepts) for fork in forks)
    because.append(explain.senses(len(left) if len(left) > 1 else len(named)))
    decided = decision_of(case, Outcome.NEEDS_CONTEXT, (), because, reasons)
    return TermDecision(
        decided.outcome, alternatives=decided.alternatives, because=decided.because, ask=ask, safe_to_use=False
    )


def inside(case: Case, sense: Sense, because: list[str]) -> TermDecision:
    """The decision inside one sense: its only member, the hub's concept, the asker's own, or nobody's."""
    members = members_of(case, sense)
    because[:0] = replacements(case, sense)
    winner, why = standing_for_all(case, members)
    agreed = len(members) > 1
    if agreed:
        because.append(explain.agreed(members, case.concepts))
    if winner is None:
        reasons = dict.fromkeys(members, "agreed to mean the same; nobody's concept stands for all")
        return decision_of(case, Outcome.AGREED_UNOWNED, (), [*because, explain.unowned()], reasons)
    because.append(why)
    outcome = Outcome.AGREED if agreed else Outcome.UNCONTESTED
    return decision_of(
        case, outcome, (winner, match_of(sense, winner)), because, dict.fromkeys(members, "means the same")
    )


def members_of(case: Case, sense: Sense) -> list[str]:
    """The members of a sense that may win."""
    return [iri for iri in sense.members if iri in case.answerable and _may_win(case, iri, sense)]


def replacements(case: Case, sense: Sense) -> list[str]:
    """A sentence for each deprecated concept that led here."""
    through = {step for seed in sense.seeds for step in seed.through}
    return [explain.replaced(iri, sense.seeds, case.concepts) for iri in sorted(through)]


def _may_win(case: Case, iri: str, sense: Sense) -> bool:
    """Whether a member is within what was asked for: its vocabulary was named, or the term led straight to it."""
    schemes = case.question.schemes
    return not schemes or case.concepts[iri].scheme in schemes or any(seed.concept == iri for seed in sense.seeds)


def standing_for_all(case: Case, members: list[str]) -> tuple[str | None, str]:
    """The member that stands for all, and why; None when none does."""
    if len(members) == 1:
        return members[0], explain.only(case.concepts[members[0]])
    hubs = [iri for iri in members if case.concepts[iri].kind == "hub"]
    if len(hubs) == 1:
        return hubs[0], explain.hub(case.concepts[hubs[0]])
    for department in case.question.lineage:
        own = [iri for iri in members if department in case.concepts[iri].speakers]
        if len(own) == 1 and not hubs:
            return own[0], explain.own(case.concepts[own[0]], department)
    return None, ""


def match_of(sense: Sense, winner: str) -> Match:
    """How the term met the winner: by its own label, by one of a concept it replaces, or by a mapping."""
    own = [seed.match for seed in sense.seeds if seed.concept == winner]
    if own:
        return own[0]
    met = sense.seeds[0].match
    return Match(MatchKind.MAPPING, met.of, met.label, met.language)


def decision_of(
    case: Case,
    outcome: Outcome,
    won: tuple[str, Match] | tuple[()],
    because: list[str],
    reasons: Mapping[str, str] | None = None,
) -> TermDecision:
    """The decision with its sentences, the others that were considered, and whether it is safe to use."""
    winner, match = won if won else (None, None)
    said = [
        explain.met(found, case.concepts[found.concept])
        for found in case.met
        if winner is None or _led(case, found, winner)
    ]
    said += because
    concerned = {winner} if winner else set(reasons or ())
    said += [
        explain.unsettled(pair, case.concepts)
        for pair in sorted(case.facts.unsettled, key=str)
        if {pair.one, pair.other} & concerned
    ]
    safe = outcome in SAFE and match is not None
    if match is not None and not match.speaks(case.question.language):
        safe = False
        said.append(explain.foreign(match, case.question))
    if winner and case.concepts[winner].status != "approved":
        safe = False
        said.append(explain.unapproved(case.concepts[winner]))
    others = _alternatives(case, winner, reasons or {})
    return TermDecision(outcome, winner, match, others, tuple(dict.fromkeys(said)), None, safe)


def _led(case: Case, found: Found, winner: str) -> bool:
    lead = case.led.get(found)
    return isinstance(lead, Seed) and winner in case.class_of[lead.concept]


def _alternatives(case: Case, winner: str | None, reasons: Mapping[str, str]) -> tuple[Alternative, ...]:
    """Everything else that was considered, sorted by IRI, each with the reason why it did not win."""
    matches = {found.concept: found.match for found in reversed(case.met)}
    won = case.concepts[winner] if winner else None

    def reason(iri: str) -> str:
        return reasons.get(iri) or explain.passed_over(case.concepts[iri], won, matches.get(iri), case.question)

    considered = (set(matches) | set(reasons)) - {winner}
    return tuple(Alternative(iri, matches.get(iri), reason(iri)) for iri in sorted(considered))
