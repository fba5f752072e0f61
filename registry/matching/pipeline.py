"""The stages of matching in their order: labels, pairs of labels, rounds of learning, context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from registry.matching.blocking import LabelPairs, label_pairs
from registry.matching.candidate import Structure
from registry.matching.context import ContextColumns, Values, context
from registry.matching.labels import LabelTable, label_table
from registry.matching.scoring import (
    ConceptPairs,
    LabelSimilarities,
    concept_pairs,
    label_scores,
    label_similarities,
    refreshed,
    token_similarities,
)
from registry.matching.settings import MatchSettings
from registry.matching.structure import Agreement, Hierarchy, hierarchy
from registry.matching.token_rules import TokenRules, contrast_rules, learn_rules
from registry.matching.tokens import SoftDice, inverse_document_frequency
from registry.matching.trigrams import Floats, Integers
from registry.matching.vocabulary import Vocabulary

Pair = tuple[str, str]
Places = tuple[int, int]

SEED_SCORE = 0.93
"""The score from which a pair is taken to match while others are judged."""
STRUCTURE_WEIGHT = 0.12
SHORTLIST = 8
"""How many pairs of each concept are judged by structure: the best of its subject, and of its object."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What stands before any round: the labels, the pairs worth comparing and what no round changes."""

    left: LabelTable
    right: LabelTable
    pairs: LabelPairs
    similar: LabelSimilarities
    weights: Mapping[str, float]
    contrasts: TokenRules
    hierarchies: tuple[Hierarchy, Hierarchy]
    accepted: frozenset[Places]
    rejected: frozenset[Places]


@dataclass(frozen=True, slots=True)
class Matched:
    """What a round found: token similarity and score of each pair of labels, the pairs of concepts and their scores.

    `score` is not bounded by 1. `structure` holds the pairs of concepts that were judged by it, by row.
    """

    dice: SoftDice
    tokens: Floats
    label_score: Values
    concepts: ConceptPairs
    score: Values
    structure: Mapping[int, Structure]
    context: ContextColumns | None = None


def compare(
    subject: Vocabulary,
    object: Vocabulary,  # noqa: A002  (SSSOM's word)
    settings: MatchSettings,
    accepted: Iterable[Pair],
    rejected: Iterable[Pair],
) -> Compared:
    """Return two vocabularies with their pairs of labels worth comparing; decided pairs are always among them."""
    left, right = label_table(subject), label_table(object)
    known = frozenset(_places(left, right, accepted))
    pairs = label_pairs(left, right, settings.candidates_per_label, known)
    return Compared(
        left=left,
        right=right,
        pairs=pairs,
        similar=label_similarities(left, right, pairs),
        weights=inverse_document_frequency((*left.stems, *right.stems)),
        contrasts=contrast_rules((left, right)) if settings.use_rules else TokenRules(),
        hierarchies=(hierarchy(left.entries), hierarchy(right.entries)),
        accepted=known,
        rejected=frozenset(_places(left, right, {*rejected, *_themselves(left, right)})),
    )


def match(compared: Compared, settings: MatchSettings) -> Matched:
    """Return the pairs of concepts with their final scores, after the rounds and the context."""
    found = _first_round(compared)
    columns = context(compared.left, compared.right, compared.pairs, found.label_score, found.concepts)
    before: list[Places] | None = None
    for _ in range(settings.rounds):
        known = sorted(seeds(compared, found))
        if known == before:
            break  # nothing new is known, so that another round would find the same
        found, before = _next_round(compared, found, known, settings), known
    if settings.use_context:
        found = replace(found, score=found.score + columns.weighed(), context=columns)
    return found


def seeds(compared: Compared, found: Matched) -> Iterator[Places]:
    """Yield the pairs taken to match, each end once: those accepted, then those of high score, best first."""
    taken: tuple[set[int], set[int]] = (set(), set())
    order = np.lexsort((found.concepts.right, found.concepts.left, -found.score))
    likely = order[found.score[order] >= SEED_SCORE]
    best = zip(found.concepts.left[likely].tolist(), found.concepts.right[likely].tolist(), strict=True)
    for ours, theirs in (*sorted(compared.accepted), *best):
        if ours not in taken[0] and theirs not in taken[1]:
            taken[0].add(ours)
            taken[1].add(theirs)
            yield ours, theirs


def _first_round(compared: Compared) -> Matched:
    dice = SoftDice(compared.weights, compared.contrasts)
    tokens = token_similarities(compared.left, compared.right, compared.pairs, compared.similar, dice)
    return _scored(compared, dice, tokens, {})


def _next_round(compared: Compared, found: Matched, known: list[Places], settings: MatchSettings) -> Matched:
    dice, tokens = found.dice, found.tokens
    if settings.use_rules:
        rules = learn_rules(compared.left, compared.right, known, compared.contrasts)
        dice = found.dice.under(rules)
        rows = _touched(compared, _changed_tokens(found.dice.rules, rules))
        tokens = refreshed(tokens, compared.left, compared.right, compared.pairs, rows, dice)
    scored = _scored(compared, dice, tokens, {})
    return _judged_by_structure(compared, scored, known) if settings.use_structure else scored


def _scored(compared: Compared, dice: SoftDice, tokens: Floats, structure: Mapping[int, Structure]) -> Matched:
    scores = label_scores(compared.pairs, compared.similar, tokens)
    concepts = concept_pairs(compared.left, compared.right, compared.pairs, scores)
    concepts = concepts.without(compared.rejected)
    return Matched(dice, tokens, scores, concepts, concepts.score, structure)


def _judged_by_structure(compared: Compared, found: Matched, known: Iterable[Places]) -> Matched:
    if any(one.is_flat for one in compared.hierarchies):
        return found
    left, right, concepts = compared.left.entries, compared.right.entries, found.concepts
    agreement = Agreement(*compared.hierarchies, {left[a].id: right[b].id for a, b in known})
    score, structure = found.score.copy(), {}
    for row in _shortlist(concepts).tolist():
        judged = agreement(left[concepts.left[row]].id, right[concepts.right[row]].id)
        share = judged.agreement()
        if share is not None:
            structure[row] = judged
            score[row] += STRUCTURE_WEIGHT * (share - 0.5)
    return replace(found, score=score, structure=structure)


def _shortlist(concepts: ConceptPairs) -> Integers:
    """Return the rows that are among the best of their subject or of their object."""
    chosen = np.zeros(len(concepts), dtype=bool)
    for places, others in ((concepts.left, concepts.right), (concepts.right, concepts.left)):
        order = np.lexsort((others, -concepts.score, places))
        first = np.searchsorted(places[order], places[order])
        chosen[order[np.arange(len(order)) - first < SHORTLIST]] = True
    return np.flatnonzero(chosen)


def _changed_tokens(before: TokenRules, after: TokenRules) -> frozenset[str]:
    pairs = before.synonyms.items() ^ after.synonyms.items()
    single = before.droppable.items() ^ after.droppable.items()
    return frozenset(token for pair, _ in pairs for token in pair) | {token for token, _ in single}


def _touched(compared: Compared, changed: frozenset[str]) -> Integers:
    """Return the rows of pairs of labels that differ and hold a token whose rules have changed."""
    if not changed:
        return np.zeros(0, dtype=np.int64)
    ours, theirs = (
        np.array([not changed.isdisjoint(bag) for bag in table.stems], dtype=bool)
        for table in (compared.left, compared.right)
    )
    touched = ours[compared.pairs.left] | theirs[compared.pairs.right]
    return np.flatnonzero(touched & compared.similar.worth_words)


def _places(left: LabelTable, right: LabelTable, pairs: Iterable[Pair]) -> list[Places]:
    ours, theirs = _labelled(left), _labelled(right)
    return [(ours[a], theirs[b]) for a, b in sorted(pairs) if a in ours and b in theirs]


def _themselves(left: LabelTable, right: LabelTable) -> Iterator[Pair]:
    """Yield what both vocabularies hold: a concept is no candidate for itself."""
    theirs = {entry.id for entry in right.entries}
    yield from ((entry.id, entry.id) for entry in left.entries if entry.id in theirs)


def _labelled(table: LabelTable) -> dict[str, int]:
    return {table.entries[place].id: place for place in np.unique(table.entry).tolist()}
