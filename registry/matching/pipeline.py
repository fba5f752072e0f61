"""The stages of matching in their order: labels, pairs of labels, scores of pairs, candidates."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from rapidfuzz import fuzz, process

from registry.matching.blocking import LabelPairs, label_pairs
from registry.matching.candidate import Candidate, Competitor, Evidence, Rule, Similarity
from registry.matching.labels import LabelTable, label_table
from registry.matching.settings import MatchSettings
from registry.matching.trigrams import Floats, word_sorted
from registry.matching.vocabulary import Vocabulary

Pair = tuple[str, str]
Scored = tuple[float, int]  # the score of a pair of concepts and the row of its best pair of labels


def candidates(
    subject: Vocabulary,
    object: Vocabulary,  # noqa: A002  (SSSOM's word)
    settings: MatchSettings,
    accepted: frozenset[Pair],
    rejected: frozenset[Pair],
    top: int,
) -> tuple[Candidate, ...]:
    """Return what `suggest` promises; the libraries of the extra must be there."""
    left, right = label_table(subject), label_table(object)
    taken = _places(left, right, accepted)
    pairs = label_pairs(left, right, settings.candidates_per_label, taken)
    similarity = _token_sort(left, right, pairs)
    scores = _label_scores(left, right, pairs, similarity)
    best = _best_per_concepts(left, right, pairs, scores)
    best |= {pair: (1.0, best[pair][1]) for pair in taken}
    for pair in _places(left, right, rejected):
        best.pop(pair, None)
    found: list[Candidate] = []
    for _, group in groupby(sorted(best), key=lambda pair: pair[0]):
        ranked = sorted(group, key=lambda pair: (-best[pair][0], pair))
        offered = [pair for pair in ranked[:top] if best[pair][0] >= settings.floor]
        found.extend(_candidate(left, right, pairs, similarity, best, pair, ranked) for pair in offered)
    return tuple(sorted(found, key=lambda candidate: (-candidate.confidence, candidate.pair)))


def _token_sort(left: LabelTable, right: LabelTable, pairs: LabelPairs) -> Floats:
    ours, theirs = [word_sorted(key) for key in left.keys], [word_sorted(key) for key in right.keys]
    ratio = process.cpdist(
        [ours[row] for row in pairs.left.tolist()],
        [theirs[row] for row in pairs.right.tolist()],
        scorer=fuzz.ratio,
        dtype=np.float32,
    )
    return np.asarray(ratio / 100, dtype=np.float32)


def _label_scores(left: LabelTable, right: LabelTable, pairs: LabelPairs, token_sort: Floats) -> Floats:
    same_key = np.array([left.keys[i] == right.keys[j] for i, j in zip(pairs.left, pairs.right, strict=True)])
    same_stems = np.array(
        [sorted(left.stems[i]) == sorted(right.stems[j]) for i, j in zip(pairs.left, pairs.right, strict=True)]
    )
    base = np.where(same_key, 1.0, np.where(same_stems, 0.97, 0.8 * token_sort + 0.2 * pairs.cosine))
    return np.asarray(base * left.weight[pairs.left] * right.weight[pairs.right], dtype=np.float32)


def _best_per_concepts(
    left: LabelTable, right: LabelTable, pairs: LabelPairs, scores: Floats
) -> dict[tuple[int, int], Scored]:
    best: dict[tuple[int, int], Scored] = {}
    ends = zip(left.entry[pairs.left].tolist(), right.entry[pairs.right].tolist(), scores.tolist(), strict=True)
    for row, (ours, theirs, score) in enumerate(ends):
        if (ours, theirs) not in best or score > best[ours, theirs][0]:
            best[ours, theirs] = (score, row)
    return best


def _places(left: LabelTable, right: LabelTable, pairs: frozenset[Pair]) -> list[tuple[int, int]]:
    ours, theirs = _labelled(left), _labelled(right)
    return [(ours[a], theirs[b]) for a, b in sorted(pairs) if a in ours and b in theirs]


def _labelled(table: LabelTable) -> dict[str, int]:
    return {table.entries[place].id: place for place in np.unique(table.entry).tolist()}


def _candidate(
    left: LabelTable,
    right: LabelTable,
    pairs: LabelPairs,
    token_sort: Floats,
    best: dict[tuple[int, int], Scored],
    pair: tuple[int, int],
    ranked: list[tuple[int, int]],
) -> Candidate:
    score, row = best[pair]
    ours, theirs = left.entries[pair[0]], right.entries[pair[1]]
    i, j = int(pairs.left[row]), int(pairs.right[row])
    rule: Rule = "exact" if left.keys[i] == right.keys[j] else "similar"
    others = tuple(
        Competitor(right.entries[b].id, right.entries[b].name, round(best[a, b][0], 4))
        for a, b in ranked
        if b != pair[1]
    )[:3]
    evidence = Evidence(
        left.labels[i],
        right.labels[j],
        rule,
        Similarity(float(token_sort[row]), float(token_sort[row]), float(pairs.cosine[row])),
        competing=others,
        margin=round(score - (others[0].confidence if others else 0.0), 4),
    )
    predicate = "skos:exactMatch" if rule == "exact" else "skos:closeMatch"
    return Candidate(ours.id, ours.name, theirs.id, theirs.name, predicate, round(score, 4), evidence)
