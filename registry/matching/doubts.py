"""What should make a steward look twice at a candidate, in plain words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from registry.matching.candidate import Evidence
from registry.matching.labels import LabelTable
from registry.matching.pipeline import Compared

FAR_DEFINITIONS = 0.5
ENOUGH_DECISIONS = 5
"""How many decisions it takes to say something about how often candidates of a pair of vocabularies are refused."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is known about two vocabularies as a whole: shared labels, languages in common, decisions so far."""

    subject_uses: Mapping[str, int]
    object_uses: Mapping[str, int]
    share_language: bool
    accepted: int
    rejected: int


def doubts(compared: Compared) -> Doubts:
    """Return what is doubtful about two vocabularies, counted once."""
    ours, theirs = compared.left.entries, compared.right.entries
    spoken = [{label.primary_language for label in table.labels} - {""} for table in (compared.left, compared.right)]
    return Doubts(
        subject_uses=_uses(compared.left),
        object_uses=_uses(compared.right),
        share_language=not all(spoken) or bool(spoken[0] & spoken[1]),
        accepted=len(compared.accepted),
        rejected=sum(ours[a].id != theirs[b].id for a, b in compared.rejected),
    )


def warnings(known: Doubts, evidence: Evidence, subject_key: str, object_key: str) -> tuple[str, ...]:
    """Return every reason to doubt a candidate."""
    said = [*_about_labels(known, evidence, subject_key, object_key), *_about_neighbours(evidence)]
    decided = known.accepted + known.rejected
    if decided >= ENOUGH_DECISIONS and known.rejected > known.accepted:
        said.append(f"{known.rejected} of {decided} decided pairs of these vocabularies were rejected")
    return tuple(said)


def _about_labels(known: Doubts, evidence: Evidence, subject_key: str, object_key: str) -> Iterator[str]:
    ours, theirs = evidence.subject_match, evidence.object_match
    if not known.share_language:
        yield "the vocabularies have no language in common: only spelling brings them together"
    elif ours.language and theirs.language and ours.primary_language != theirs.primary_language:
        yield f"the labels are in different languages ({ours.language} and {theirs.language})"
    for text, uses, side in (
        (ours.text, known.subject_uses.get(subject_key, 0), "subject"),
        (theirs.text, known.object_uses.get(object_key, 0), "object"),
    ):
        if uses > 1:
            yield f"the label {text!r} names {uses} concepts of the {side} vocabulary"
    if evidence.rule == "acronym" or _is_acronym(ours.text) or _is_acronym(theirs.text):
        yield "an acronym can stand for other words"
    if evidence.rule == "exact" and _symbols(ours.text) != _symbols(theirs.text):
        yield f"the labels differ in symbols: {ours.text!r} and {theirs.text!r}"


def _about_neighbours(evidence: Evidence) -> Iterator[str]:
    if evidence.structure.ancestors == 0.0:
        yield "the broader concepts are mapped elsewhere"
    if evidence.structure.descendants == 0.0:
        yield "the narrower concepts are mapped elsewhere"
    if evidence.context.definitions is not None and evidence.context.definitions < FAR_DEFINITIONS:
        yield "the definitions have little in common"


def _uses(table: LabelTable) -> Counter[str]:
    concepts: dict[str, set[int]] = defaultdict(set)
    for place, key in zip(table.entry.tolist(), table.keys, strict=True):
        concepts[key].add(place)
    return Counter({key: len(several) for key, several in concepts.items() if len(several) > 1})


def _is_acronym(text: str) -> bool:
    return text.isalpha() and text.isupper() and 2 <= len(text) <= 6


def _symbols(text: str) -> str:
    """Return the signs of a text that can change what it means ("C++", "C#", "< 5", "50 %")."""
    return "".join(sign for sign in text if sign in "+#%<>=*€$£°")
