"""What a steward is shown: for each subject its best pairs as candidates with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from registry.matching.candidate import Candidate, Competitor, Context, Evidence, Rule, Similarity, Structure
from registry.matching.doubts import Doubts, doubts, warnings
from registry.matching.pipeline import Compared, Matched
from registry.matching.tokens import applied_rules, left_over

SHOWN_COMPETITORS = 3
BEND = 0.9
"""The score up to which confidence equals it; above, where several kinds of evidence add up, it nears 1."""

_HEAD_FIRST = frozenset({"ar", "ca", "es", "fr", "it", "pt", "ro"})
"""Languages whose compounds name the kind of thing first: "police d'assurance" is a police."""


_NO_STRUCTURE, _NO_CONTEXT = Structure(), Context()


@dataclass(frozen=True, slots=True)
class _Standing:
    """The confidence of a pair and the best others of its subject."""

    confidence: float
    competing: tuple[Competitor, ...]

    @property
    def margin(self) -> float:
        return round(self.confidence - (self.competing[0].confidence if self.competing else 0.0), 6)


def offers(compared: Compared, found: Matched, *, floor: float, top: int) -> tuple[Candidate, ...]:
    """Return up to `top` candidates of each subject from confidence `floor` on, by confidence, then identifiers.

    A pair a person has accepted has confidence 1 and comes first.
    """
    sure, subjects, suspicion = _confidences(compared, found), found.concepts.left, doubts(compared)
    order = np.lexsort((found.concepts.right, -found.score, -sure, subjects))
    first = np.searchsorted(subjects[order], subjects[order])
    last = np.searchsorted(subjects[order], subjects[order], side="right")
    shown = np.flatnonzero((np.arange(len(order)) - first < top) & (sure[order] >= floor))
    offered: list[Candidate] = []
    nearest: dict[int, list[tuple[int, Competitor]]] = {}
    for place in shown.tolist():
        row, start = int(order[place]), int(first[place])
        if start not in nearest:
            rows = order[start : min(last[place], start + SHOWN_COMPETITORS + 1)].tolist()
            nearest[start] = [(rival, _competitor(compared, found, sure, rival)) for rival in rows]
        rivals = tuple(competitor for rival, competitor in nearest[start] if rival != row)[:SHOWN_COMPETITORS]
        offered.append(_candidate(compared, found, row, _Standing(float(sure[row]), rivals), suspicion))
    return tuple(sorted(offered, key=lambda candidate: (-candidate.confidence, candidate.pair)))


def confidence(score: float) -> float:
    """Return the confidence a score stands for: itself up to `BEND`, then ever nearer to 1, never reaching it."""
    return float(_bent(np.array([score]))[0])


def _bent(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    above = 1 - (1 - BEND) * np.exp(-np.maximum(scores - BEND, 0.0) / (1 - BEND))
    return np.where(scores <= BEND, scores, above)


def _confidences(compared: Compared, found: Matched) -> NDArray[np.float64]:
    sure = np.round(_bent(np.maximum(found.score, 0.0)), 6)
    if compared.accepted:
        pairs = zip(found.concepts.left.tolist(), found.concepts.right.tolist(), strict=True)
        sure[[row for row, pair in enumerate(pairs) if pair in compared.accepted]] = 1.0
    return sure


def _candidate(compared: Compared, found: Matched, row: int, standing: _Standing, suspicion: Doubts) -> Candidate:
    ours, theirs = int(found.concepts.left[row]), int(found.concepts.right[row])
    evidence = _evidence(compared, found, row, standing)
    said = warnings(suspicion, evidence, *_matched_keys(compared, found, row))
    return Candidate(
        subject_id=compared.left.entries[ours].id,
        subject_label=compared.left.names[ours],
        object_id=compared.right.entries[theirs].id,
        object_label=compared.right.names[theirs],
        predicate_id=_predicate(compared, found, row, evidence.rule),
        confidence=standing.confidence,
        evidence=replace(evidence, warnings=said) if said else evidence,
    )


def _matched_keys(compared: Compared, found: Matched, row: int) -> tuple[str, str]:
    pair = found.concepts.row[row]
    return compared.left.keys[compared.pairs.left[pair]], compared.right.keys[compared.pairs.right[pair]]


def _competitor(compared: Compared, found: Matched, sure: NDArray[np.float64], row: int) -> Competitor:
    place = int(found.concepts.right[row])
    return Competitor(compared.right.entries[place].id, compared.right.names[place], float(sure[row]))


def _evidence(compared: Compared, found: Matched, row: int, standing: _Standing) -> Evidence:
    pair = int(found.concepts.row[row])
    i, j = int(compared.pairs.left[pair]), int(compared.pairs.right[pair])
    rule, ours, theirs = _rule(compared, pair), compared.left.stems[i], compared.right.stems[j]
    return Evidence(
        subject_match=compared.left.labels[i],
        object_match=compared.right.labels[j],
        rule=rule,
        similarity=Similarity(
            tokens=round(float(found.tokens[pair]), 4),
            token_sort=round(float(compared.similar.token_sort[pair]), 4),
            cosine=round(float(compared.pairs.cosine[pair]), 4),
        ),
        structure=found.structure.get(row, _NO_STRUCTURE),
        context=found.context.at(row) if found.context else _NO_CONTEXT,
        token_rules=applied_rules(found.dice, ours, theirs) if rule == "similar" else (),
        competing=standing.competing,
        margin=standing.margin,
        decided=(int(found.concepts.left[row]), int(found.concepts.right[row])) in compared.accepted,
    )


def _rule(compared: Compared, pair: int) -> Rule:
    similar, pairs = compared.similar, compared.pairs
    if similar.equal[pair]:
        return "exact"
    if similar.same_stems[pair]:
        return "stem"
    if similar.same_letters[pair]:
        return "spaceless"
    if pairs.code[pair]:
        return "code"
    return "acronym" if pairs.acronym[pair] else "similar"


def _predicate(compared: Compared, found: Matched, row: int, rule: Rule) -> str:
    """Return exactMatch for labels that are the same; broad or narrow when one only adds words to the other's head."""
    if rule != "similar":
        return "skos:closeMatch" if rule == "acronym" else "skos:exactMatch"
    pair = int(found.concepts.row[row])
    i, j = int(compared.pairs.left[pair]), int(compared.pairs.right[pair])
    ours, theirs = left_over(found.dice, compared.left.stems[i], compared.right.stems[j])
    if bool(ours) == bool(theirs):
        return "skos:closeMatch"
    longer, added = (compared.left, ours) if ours else (compared.right, theirs)
    place = i if ours else j
    head = 0 if longer.labels[place].primary_language in _HEAD_FIRST or " of " in longer.keys[place] else -1
    if longer.stems[place][head] in added:
        return "skos:closeMatch"
    return "skos:broadMatch" if ours else "skos:narrowMatch"
