"""Candidates as SSSOM mappings: what was compared, how, and how alike it was, in the standard's slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.matching.candidate import Candidate, Evidence
from registry.matching.mapping_set import SEMAPV, Mapping
from registry.matching.prefixes import expand
from registry.matching.vocabulary import Label
from registry.rdf.text import strip_accents

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_FIELDS = {"pref": _SKOS + "prefLabel", "alt": _SKOS + "altLabel", "hidden": _SKOS + "hiddenLabel"}
TOOL = "Lexicord"
MEASURE = "soft IDF Dice, word-sorted edit similarity and trigram cosine"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where both ends of mappings come from, and which tool suggested them when (a date written YYYY-MM-DD)."""

    subject_source: str = ""
    subject_source_version: str = ""
    object_source: str = ""
    object_source_version: str = ""
    tool_version: str = ""
    date: str = ""


def mappings_from(candidates: Sequence[Candidate], sources: Sources = Sources()) -> tuple[Mapping, ...]:
    """Return candidates as mappings in their order; cardinality counts the candidates given, so select them first.

    `sources` is a frozen value, so that the default is safe to share.
    """
    subjects = Counter(candidate.subject_id for candidate in candidates)
    objects = Counter(candidate.object_id for candidate in candidates)
    return tuple(
        _mapping(candidate, sources, f"{_side(objects[candidate.object_id])}:{_side(subjects[candidate.subject_id])}")
        for candidate in candidates
    )


def _mapping(candidate: Candidate, sources: Sources, cardinality: str) -> Mapping:
    evidence, similarity = candidate.evidence, candidate.evidence.similarity
    alike = evidence.rule == "similar"
    return Mapping(
        subject_id=candidate.subject_id,
        subject_label=candidate.subject_label,
        predicate_id=expand(candidate.predicate_id, {}),
        object_id=candidate.object_id,
        object_label=candidate.object_label,
        mapping_justification=SEMAPV + _justification(evidence),
        confidence=candidate.confidence,
        subject_match_field=(_FIELDS[evidence.subject_match.kind],),
        object_match_field=(_FIELDS[evidence.object_match.kind],),
        match_string=() if alike else (_shown(evidence.object_match),),
        subject_preprocessing=tuple(_preprocessing(evidence.subject_match, evidence)),
        object_preprocessing=tuple(_preprocessing(evidence.object_match, evidence)),
        similarity_score=round((similarity.tokens + similarity.token_sort + similarity.cosine) / 3, 4)
        if alike
        else None,
        similarity_measure=MEASURE if alike else "",
        mapping_cardinality=cardinality,
        mapping_tool=TOOL,
        mapping_tool_version=sources.tool_version,
        mapping_date=sources.date,
        subject_source=sources.subject_source,
        subject_source_version=sources.subject_source_version,
        object_source=sources.object_source,
        object_source_version=sources.object_source_version,
        comment="; ".join(evidence.warnings),
    )


def _justification(evidence: Evidence) -> str:
    if evidence.decided:
        return "ManualMappingCuration"
    context = evidence.context
    beyond = (evidence.structure.agreement(), context.definitions, context.fields, context.votes)
    if any(value is not None for value in beyond):
        return "CompositeMatching"
    return "LexicalSimilarityThresholdMatching" if evidence.rule == "similar" else "LexicalMatching"


def _preprocessing(label: Label, evidence: Evidence) -> Iterable[str]:
    """Yield the steps that changed the label on the way to the match, none that left it alone."""
    text = label.text
    if text != text.casefold():
        yield SEMAPV + "CaseNormalization"
    if strip_accents(text) != text:
        yield SEMAPV + "DiacriticsSuppression"
    if evidence.rule == "stem":
        yield SEMAPV + "Stemming"
    if evidence.rule == "spaceless" and " " in text:
        yield SEMAPV + "BlankNormalisation"


def _shown(label: Label) -> str:
    """Return a label as one value of a slot: no line breaks, no backslash at its end."""
    return " ".join(label.text.split()).rstrip("\\") or "-"


def _side(count: int) -> str:
    return "1" if count == 1 else "n"
