"""What authority did to an answer, as sentences for the people who will read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.authority.compare import How, Weighed
from registry.authority.explanation import Verdict
from registry.authority.grants import Tier
from registry.authority.scopes import Dimension, Scope
from registry.model.decisions import Outcome, TermConcept

Concepts = Mapping[str, TermConcept]

HOW: Mapping[How, str] = {
    "sole_authority": "nobody else holds authority for this question",
    "tier": "its tier outweighs that of the others",
    "specificity": "it is the most specific for this question",
    "rank": "it goes first by rank among equally specific ones",
    "dimension_order": "it is nearest by the declared order of dimensions",
    "incomparable": "neither is more specific everywhere",
    "equal": "nothing sets them apart",
}
OPEN: Mapping[Outcome, str] = {
    Outcome.RESOLVED: "defines the same thing otherwise, and was outweighed",
    Outcome.PROVISIONAL: "defines the same thing otherwise, and was outweighed for now",
    Outcome.TIE: "an equal authority defines it so",
    Outcome.INCOMPARABLE: "an authority that cannot be compared defines it so",
    Outcome.SPLIT: "holds in some jurisdictions only",
    Outcome.CYCLE: "its authority was passed on in a circle",
    Outcome.NO_AUTHORITY: "nobody may decide whether it holds",
    Outcome.NEEDS_CONTEXT: "whether it holds depends on what the question leaves out",
}
"""Why a concept in a dispute is not the answer, by outcome."""


def setting(before: int, after: int, asked: Scope) -> list[str]:
    """What subject, jurisdiction and usage did to the choice of sense; nothing when they did nothing."""
    if after == before:
        return []
    said = ", ".join(f"{_word(name)} {value}" for name, value in asked.named().items())
    return [f"{after} of {before} meanings {'is' if after == 1 else 'are'} nearest to {said}."]


def contested(members: Sequence[str], concepts: Concepts) -> str:
    """That these mean to define one thing."""
    listed = ", ".join(f'"{concepts[iri].pref_label or iri}" of {concepts[iri].scheme}' for iri in members)
    return f"{listed} mean to define one thing and differ."


def decided(verdict: Verdict, top: Sequence[Weighed], concepts: Concepts) -> str:
    """Which grants decided, whose they are, and by which comparison."""
    holders = " and ".join(sorted({one.grant.holder for one in top}))
    tier = top[0].grant.tier.name.lower()
    why = HOW[verdict.how or "sole_authority"]
    winner = concepts[verdict.winner].scheme if verdict.winner else ""
    source = "by owning its vocabulary" if all(one.grant.implicit for one in top) else ", ".join(verdict.decided_by)
    return f"{holders} decides for {winner} ({tier} authority, {source}): {why}."


def verdict(found: Verdict, top: Sequence[Weighed], sharper: Sequence[Dimension], concepts: Concepts) -> list[str]:
    """The verdict in sentences."""
    if found.winner is not None:
        return [decided(found, top, concepts)]
    said = [_open(found, top)]
    if found.outcome is Outcome.SPLIT:
        said += [f"Under {one.jurisdiction} it is that of {concepts[one.winner].scheme}." for one in found.splits]
    if sharper:
        said.append(f"A sharper answer needs: {', '.join(map(_word, sharper))}.")
    return said


def _open(found: Verdict, top: Sequence[Weighed]) -> str:
    holders = " and ".join(sorted({one.grant.holder for one in top}))
    return {
        Outcome.TIE: f"{holders} hold equal authority and disagree; the arbiter decides.",
        Outcome.INCOMPARABLE: f"{holders} hold authority that cannot be compared: {HOW['incomparable']}.",
        Outcome.SPLIT: "It differs by jurisdiction.",
        Outcome.CYCLE: "The only authority was passed on in a circle, and so counts for nothing.",
        Outcome.NO_AUTHORITY: "Nobody holds authority to decide this question.",
        Outcome.NEEDS_CONTEXT: "Those who may decide hold authority for some cases only.",
    }[found.outcome] if not (found.outcome is Outcome.TIE and any(one.grant.tier is Tier.FALLBACK for one in top)) \
        else f"{holders} hold equal fallback authority and disagree; the arbiter decides."  # fmt: skip


def _word(name: str) -> str:
    return name.replace("_", " ")
