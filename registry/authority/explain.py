"""The reasons of a decision as sentences, in the words of the people who will read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry.authority.senses import Seed
from registry.model.decisions import Found, Match, MatchKind, TermConcept, TermQuestion, Unsettled

Concepts = Mapping[str, TermConcept]

_PROPERTIES = {
    "iri": "identifier",
    "notation": "notation",
    "pref_label": "preferred label",
    "alt_label": "alternative label",
    "hidden_label": "hidden label",
}


def named(concept: TermConcept) -> str:
    """A concept as it is called in a sentence: its preferred label and its vocabulary."""
    return f'"{concept.pref_label or concept.iri}" of {concept.scheme}'


def met(found: Found, concept: TermConcept) -> str:
    """How the term met a concept."""
    match = found.match
    if match.kind is MatchKind.IRI:
        return f"The term names {named(concept)} by its identifier."
    tongue = f" in {match.language}" if match.language else ""
    how = " (case, accents and punctuation aside)" if match.kind is MatchKind.NORMALISED else ""
    return f'"{match.label}" is the {_PROPERTIES[match.of]}{tongue} of {named(concept)}{how}.'


def context(question: TermQuestion, all_senses: int, left: int, department: str | None) -> list[str]:
    """What the asker's department did to the choice of sense; nothing when there was no choice."""
    if all_senses < 2 or not question.lineage:
        return []
    asker = question.lineage[0]
    if department is None:
        return [f"{asker} has no concept of its own among them, nor has a department above it."]
    whose = "its own" if department == asker else f"that of {department}, the nearest department above it"
    unit = "meaning" if left == 1 else "meanings"
    return [f"Asked by {asker}: {whose} {unit} counts; the others mean something else." if left == 1
            else f"Asked by {asker}: {left} {unit} are {whose}."]  # fmt: skip


def agreed(members: Iterable[str], concepts: Concepts) -> str:
    """That both sides approved that these mean the same."""
    listed = ", ".join(named(concepts[iri]) for iri in members)
    return f"Exact mappings approved by both sides join {listed}."


def only(concept: TermConcept) -> str:
    """That there is no other candidate."""
    return f"{named(concept)} is the only concept with this meaning."


def hub(concept: TermConcept) -> str:
    """That the hub's concept stands for all."""
    return f"{named(concept)} stands in a hub, which speaks for all that map to it."


def own(concept: TermConcept, department: str) -> str:
    """That the asker's own concept stands for all."""
    return f"No hub has this meaning; {named(concept)} is {department}'s own."


def unowned() -> str:
    """That nobody's concept stands for all."""
    return "Neither a hub nor the asker's department has a concept among them, so none stands for the others."


def replaced(old: str, seeds: Sequence[Seed], concepts: Concepts) -> str:
    """That a deprecated concept leads on to its replacement."""
    ends = sorted({seed.concept for seed in seeds if old in seed.through})
    return f"{named(concepts[old])} is deprecated and replaced by {', '.join(named(concepts[iri]) for iri in ends)}."


def fork(old: str, replacements: Iterable[str], concepts: Concepts) -> str:
    """That a deprecated concept has several replacements."""
    listed = " and ".join(named(concepts[iri]) for iri in replacements)
    return f"{named(concepts[old])} is deprecated and was divided into {listed}."


def senses(count: int) -> str:
    """That more than one sense is left."""
    return f"{count} meanings are left, and nobody has agreed that they are one."


def unsettled(pair: Unsettled, concepts: Concepts) -> str:
    """That a mapping does not count for now."""
    why = (
        "was approved by one side only" if pair.state == "one_sided" else "needs review, since one of them has changed"
    )
    return f"A mapping between {_name(pair.one, concepts)} and {_name(pair.other, concepts)} {why}; it joins nothing."


def foreign(match: Match, question: TermQuestion) -> str:
    """That the label is in another language than the one asked for."""
    return f'No concept has "{question.term}" in {question.language}; "{match.label}" is {match.language}.'


def unapproved(concept: TermConcept) -> str:
    """That the winner is not in force."""
    return f"{named(concept)} is {concept.status.replace('_', ' ')}: its department may still change it."


def passed_over(concept: TermConcept, winner: TermConcept | None, match: Match | None, question: TermQuestion) -> str:
    """Why a concept that the term met did not win."""
    if concept.status != "approved":
        return f"is {concept.status.replace('_', ' ')}"
    if match is not None and not match.speaks(question.language):
        return f"has the label in {match.language} only"
    if winner is not None and concept.scheme == winner.scheme:
        return f"is a weaker match in {concept.scheme}"
    return "means something else"


def nothing(question: TermQuestion, found: Sequence[Found], concepts: Concepts) -> list[str]:
    """Why there is no candidate."""
    if not found:
        where = f" in {', '.join(question.schemes)}" if question.schemes else ""
        return [f'No label, notation or identifier{where} in your view equals "{question.term}".']
    return [_dead_end(concepts[one.concept]) for one in found]


def _dead_end(concept: TermConcept) -> str:
    if concept.status in ("draft", "in_review"):
        return f"{named(concept)} is {concept.status.replace('_', ' ')}; ask with drafts included to see it."
    return f"{named(concept)} is {concept.status} and names no replacement that could answer."


def _name(iri: str, concepts: Concepts) -> str:
    return named(concepts[iri]) if iri in concepts else iri
