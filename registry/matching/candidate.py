"""What matching answers: candidate mappings, each with the evidence a steward needs to judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from registry.matching.vocabulary import Label

Rule = Literal["exact", "stem", "spaceless", "code", "acronym", "similar"]
"""What brought two labels together: equal keys, equal stems, equal but for blanks, code, acronym, or likeness alone."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike the two matched labels are, each measure from 0 to 1; 1 throughout when they are equal."""

    tokens: float
    token_sort: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Structure:
    """How far the neighbours agree under the mappings found so far, from 0 to 1; None where none are mapped."""

    ancestors: float | None = None
    descendants: float | None = None
    domains: float | None = None

    def agreement(self) -> float | None:
        """Return the mean of what is known, None when nothing is."""
        known = [value for value in (self.ancestors, self.descendants, self.domains) if value is not None]
        return sum(known) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class Context:
    """What speaks for a pair beyond its best labels, from 0 to 1; None where there is nothing to compare.

    `definitions`: how near the definitions are; `fields`: how near all words of all labels are; `votes`: how many
    labels stand behind the pair. Each as a share of the best either concept has, or of what is usual between the two
    vocabularies when that is more.
    """

    definitions: float | None = None
    fields: float | None = None
    votes: float | None = None


@dataclass(frozen=True, slots=True)
class Competitor:
    """Another object considered for the same subject, with the confidence it reached."""

    object_id: str
    object_label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a candidate is offered.

    The two labels that matched best and the rule that brought them together; similarities of these labels; agreement
    of neighbours; context beyond the labels; token rules that were applied ("car = automobil", stems); what else was
    considered for the subject and by how much the best of it was beaten (`margin`, negative when this is not the
    best); warnings in plain words. `decided` says that a person has accepted the pair; `homonym` how likely its equal
    labels mean different things, None where they are not equal or nothing has been learnt.
    """

    subject_match: Label
    object_match: Label
    rule: Rule
    similarity: Similarity
    structure: Structure = Structure()
    context: Context = Context()
    token_rules: tuple[str, ...] = ()
    competing: tuple[Competitor, ...] = ()
    margin: float = 1.0
    warnings: tuple[str, ...] = ()
    decided: bool = False
    homonym: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggested mapping in SSSOM's words; `predicate_id` is a CURIE in skos, `confidence` runs from 0 to 1."""

    subject_id: str
    subject_label: str
    object_id: str
    object_label: str
    predicate_id: str
    confidence: float
    evidence: Evidence

    @property
    def pair(self) -> tuple[str, str]:
        """Return the identifiers of both ends."""
        return (self.subject_id, self.object_id)
