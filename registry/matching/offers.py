"""What a steward is shown: for each subject its best pairs as candidates with their evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from registry.matching.candidate import Candidate, Competitor, Context, Evidence, Rule, Similarity, Structure
from registry.matching.doubts import Doubts, doubts, warnings
from registry.matching.pipeline import Compared, Matched
from registry.matching.tokens import Reading, reading
from registry.matching.trigrams import Integers

SHOWN_COMPETITORS = 3
BEND = 0.9
"""The score up to which confidence equals it; above, where several kinds of evidence add up, it nears 1."""

_HEAD_FIRST = frozenset({"ar", "ca", "es", "fr", "it", "pt", "ro"})
"""Languages whose compounds name the kind of thing first: "police d'assurance" is a police."""


_RULES: tuple[Rule, ...] = ("exact", "stem", "spaceless", "code", "acronym", "similar")
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
    columns = zip(first[shown].tolist(), last[shown].tolist(), _offered(compared, found, order[shown]), strict=True)
    offered: list[Candidate] = []
    nearest: dict[int, list[tuple[int, Competitor]]] = {}
    for start, end, pair in columns:
        if start not in nearest:
            rows = order[start : min(end, start + SHOWN_COMPETITORS + 1)].tolist()
            nearest[start] = [(rival, _competitor(compared, found, sure, rival)) for rival in rows]
        rivals = tuple(competitor for rival, competitor in nearest[start] if rival != pair.row)[:SHOWN_COMPETITORS]
        offered.append(_candidate(compared, found, pair, _Standing(float(sure[pair.row]), rivals), suspicion))
    return tuple(sorted(offered, key=lambda candidate: (-candidate.confidence, candidate.pair)))


@dataclass(frozen=True, slots=True)
class _Offered:
    """A pair of concepts to be shown: its row, its ends, the rows of the labels that matched best, and how they did."""

    row: int
    subject: int
    object: int
    left: int
    right: int
    rule: Rule
    similarity: Similarity


def _offered(compared: Compared, found: Matched, rows: Integers) -> Iterator[_Offered]:
    """Yield the pairs in some rows, taken from all columns at once."""
    pair, concepts = found.concepts.row[rows], found.concepts
    ends = (concepts.left[rows], concepts.right[rows], compared.pairs.left[pair], compared.pairs.right[pair])
    measures = (found.tokens[pair], compared.similar.token_sort[pair], compared.pairs.cosine[pair])
    rounded = (np.round(values.astype(np.float64), 4).tolist() for values in measures)
    columns = (rows.tolist(), *(column.tolist() for column in ends), _rules(compared, pair), *rounded)
    for row, ours, theirs, left, right, rule, *measured in zip(*columns, strict=True):
        yield _Offered(row, ours, theirs, left, right, rule, Similarity(*measured))


def _rules(compared: Compared, pair: Integers) -> list[Rule]:
    """Return what brought pairs of labels together, the strongest reason each."""
    similar, pairs = compared.similar, compared.pairs
    reasons = (similar.equal, similar.same_stems, similar.same_letters, pairs.code, pairs.acronym)
    number = np.select([reason[pair] for reason in reasons], range(len(reasons)), len(reasons))
    return [_RULES[place] for place in number.tolist()]


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


def _candidate(compared: Compared, found: Matched, pair: _Offered, standing: _Standing, suspicion: Doubts) -> Candidate:
    bags = compared.left.stems[pair.left], compared.right.stems[pair.right]
    read = reading(found.dice, *bags) if pair.rule == "similar" else None
    evidence = _evidence(compared, found, pair, standing, read.rules if read else ())
    said = warnings(suspicion, evidence, compared.left.keys[pair.left], compared.right.keys[pair.right])
    return Candidate(
        subject_id=compared.left.entries[pair.subject].id,
        subject_label=compared.left.names[pair.subject],
        object_id=compared.right.entries[pair.object].id,
        object_label=compared.right.names[pair.object],
        predicate_id=_predicate(compared, pair, read),
        confidence=standing.confidence,
        evidence=replace(evidence, warnings=said) if said else evidence,
    )


def _competitor(compared: Compared, found: Matched, sure: NDArray[np.float64], row: int) -> Competitor:
    place = int(found.concepts.right[row])
    return Competitor(compared.right.entries[place].id, compared.right.names[place], float(sure[row]))


def _evidence(
    compared: Compared, found: Matched, pair: _Offered, standing: _Standing, token_rules: tuple[str, ...]
) -> Evidence:
    return Evidence(
        subject_match=compared.left.labels[pair.left],
        object_match=compared.right.labels[pair.right],
        rule=pair.rule,
        similarity=pair.similarity,
        structure=found.structure.get(pair.row, _NO_STRUCTURE),
        context=found.context.at(pair.row) if found.context else _NO_CONTEXT,
        token_rules=token_rules,
        competing=standing.competing,
        margin=standing.margin,
        decided=(pair.subject, pair.object) in compared.accepted,
    )


def _predicate(compared: Compared, pair: _Offered, read: Reading | None) -> str:
    """Return exactMatch for labels that are the same; broad or narrow when one only adds words to the other's head."""
    if read is None:
        return "skos:closeMatch" if pair.rule == "acronym" else "skos:exactMatch"
    if bool(read.ours) == bool(read.theirs):
        return "skos:closeMatch"
    longer, place, added = (
        (compared.left, pair.left, read.ours) if read.ours else (compared.right, pair.right, read.theirs)
    )
    head = 0 if longer.labels[place].primary_language in _HEAD_FIRST or " of " in longer.keys[place] else -1
    if longer.stems[place][head] in added:
        return "skos:closeMatch"
    return "skos:broadMatch" if read.ours else "skos:narrowMatch"
