"""What speaks for a pair of concepts beyond its best labels: the votes of all labels, definitions and word fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from registry.matching.blocking import LabelPairs
from registry.matching.candidate import Context
from registry.matching.labels import LabelTable
from registry.matching.normalise import normalise, stems
from registry.matching.scoring import ConceptPairs
from registry.matching.trigrams import Integers, Matrix
from registry.matching.vocabulary import Entry

Values = NDArray[np.float64]

DEFINITION_WEIGHT, FIELD_WEIGHT, VOTE_WEIGHT = 0.20, 0.20, 0.10
DEFINITION_CHARACTERS = 2_000
"""How much of a definition is compared."""
USUAL_COSINE = 0.2
"""The least cosine two definitions of one thing usually have: nearer than others is not yet near."""
LEAST_FOR_FIELDS = 2
LEAST_FOR_VOTES = 3
"""Labels a concept must have: with fewer, all of them say no more than the best one. Votes do not count translations,
which are one label said again."""


@dataclass(frozen=True, slots=True)
class ContextColumns:
    """One value per pair of concepts from 0 to 1, NaN where there is nothing to compare.

    `definitions`: how near the two definitions are; `fields`: how near all words of all labels are; `votes`: how many
    labels stand behind the pair. Each as a share of the best there is for either side, or of what is usual between
    these vocabularies when that is more.
    """

    definitions: Values
    fields: Values
    votes: Values

    def weighed(self) -> Values:
        """Return what the context adds to the score of each pair: nothing where it is unknown or middling."""
        parts = (
            (DEFINITION_WEIGHT, self.definitions),
            (FIELD_WEIGHT, self.fields),
            (VOTE_WEIGHT, self.votes),
        )
        return sum((np.nan_to_num(weight * (share - 0.5)) for weight, share in parts), np.zeros(len(self.votes)))

    def at(self, row: int) -> Context:
        """Return the context of one pair as evidence."""
        return Context(*(_known(column[row]) for column in (self.definitions, self.fields, self.votes)))


def context(
    left: LabelTable, right: LabelTable, pairs: LabelPairs, scores: Values, concepts: ConceptPairs
) -> ContextColumns:
    """Return the context of pairs of concepts; `scores` are those of their pairs of labels."""
    labels = np.minimum(_label_counts(left)[concepts.left], _label_counts(right)[concepts.right])
    own = np.minimum(_own_label_counts(left)[concepts.left], _own_label_counts(right)[concepts.right])
    fields = np.where(labels >= LEAST_FOR_FIELDS, _field_cosines(left, right, concepts), np.nan)
    votes = np.where(own >= LEAST_FOR_VOTES, _votes(left, right, pairs, scores, concepts), np.nan)
    return ContextColumns(
        definitions=_relative(_definition_cosines(left, right, concepts), concepts, USUAL_COSINE),
        fields=_relative(fields, concepts),
        votes=_relative(votes, concepts),
    )


def _known(share: float) -> float | None:
    return None if np.isnan(share) else round(float(share), 4)


def _relative(values: Values, concepts: ConceptPairs, least: float = 0.0) -> Values:
    """Return each value as a share of the best of its subject and of its object, the mean of both.

    The best counts as no less than what is usual, the median of all the best, and than `least`.
    """
    known = np.nan_to_num(values)
    shares = []
    for places in (concepts.left, concepts.right):
        best = np.zeros(int(places.max(initial=-1)) + 1)
        np.maximum.at(best, places, known)
        usual = float(np.median(best[best > 0])) if np.any(best > 0) else 1.0
        shares.append(values / np.maximum(best, max(usual, least))[places])
    return np.asarray((shares[0] + shares[1]) / 2)


def _votes(left: LabelTable, right: LabelTable, pairs: LabelPairs, scores: Values, concepts: ConceptPairs) -> Values:
    """Return the votes for each pair: every left label gives one, shared among the concepts it resembles.

    A label that resembles many concepts ("manager") thereby says little about any of them.
    """
    width = max(len(right.entries), 1)
    ballot, place = np.unique(pairs.left * width + right.entry[pairs.right], return_inverse=True)
    best = np.zeros(len(ballot))
    np.maximum.at(best, place, scores)
    label, concept = ballot // width, ballot % width
    strength = best**2
    spread = np.bincount(label, weights=strength, minlength=len(left))
    vote = strength**2 / np.maximum(spread[label], 1e-9) * left.weight[label]
    number, cast = concepts.left * width + concepts.right, left.entry[label] * width + concept
    where = np.minimum(np.searchsorted(number, cast), max(len(number) - 1, 0))
    counted = number[where] == cast if len(number) else np.zeros(len(cast), dtype=bool)
    votes = np.bincount(where[counted], weights=vote[counted], minlength=len(concepts))
    return np.asarray(votes / np.sqrt(_label_counts(left)[concepts.left]))


def _definition_cosines(left: LabelTable, right: LabelTable, concepts: ConceptPairs) -> Values:
    ours, theirs = ([_definition_words(entry) for entry in table.entries] for table in (left, right))
    defined = _filled(ours)[concepts.left] & _filled(theirs)[concepts.right]
    if not defined.any():
        return np.full(len(concepts), np.nan)
    return np.where(defined, _cosines(ours, theirs, concepts), np.nan)


def _filled(documents: Sequence[Counter[str]]) -> NDArray[np.bool_]:
    return np.array([bool(words) for words in documents], dtype=bool)


def _field_cosines(left: LabelTable, right: LabelTable, concepts: ConceptPairs) -> Values:
    return _cosines(_fields(left), _fields(right), concepts)


def _fields(table: LabelTable) -> list[Counter[str]]:
    fields: list[Counter[str]] = [Counter() for _ in table.entries]
    for place, bag in zip(table.entry.tolist(), table.stems, strict=True):
        fields[place].update(bag)
    return fields


def _definition_words(entry: Entry) -> Counter[str]:
    language = next((label.primary_language for label in entry.labels), "")
    key = normalise(entry.definition[:DEFINITION_CHARACTERS], language)
    return Counter(stems(key, language))


def _cosines(ours: Sequence[Counter[str]], theirs: Sequence[Counter[str]], concepts: ConceptPairs) -> Values:
    """Return the cosine of sublinear TF-IDF vectors of two documents each."""
    number: dict[str, int] = {}
    counts = _document_matrix([*ours, *theirs], number)
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    counts.data = (1 + np.log(counts.data)) * (np.log((1 + counts.shape[0]) / (1 + found)) + 1)[counts.indices]
    norms = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    unit = sparse.diags_array(1 / np.maximum(norms, 1e-9)).tocsr() @ counts
    left, right = unit[: len(ours)], unit[len(ours) :]
    return np.asarray(left[concepts.left].multiply(right[concepts.right]).sum(axis=1)).ravel()


def _document_matrix(documents: Sequence[Counter[str]], number: dict[str, int]) -> Matrix:
    rows, columns, values = [], [], []
    for row, words in enumerate(documents):
        for word, count in words.items():
            rows.append(row)
            columns.append(number.setdefault(word, len(number)))
            values.append(float(count))
    return sparse.coo_array((values, (rows, columns)), shape=(len(documents), max(len(number), 1))).tocsr()


def _label_counts(table: LabelTable) -> Integers:
    return np.bincount(table.entry, minlength=len(table.entries))


def _own_label_counts(table: LabelTable) -> Integers:
    """Return how many labels each concept has beyond one per language."""
    languages: list[set[str]] = [set() for _ in table.entries]
    for place, label in zip(table.entry.tolist(), table.labels, strict=True):
        languages[place].add(label.primary_language)
    spoken = np.array([len(several) for several in languages], dtype=np.int64)
    return _label_counts(table) - np.maximum(spoken, 1) + 1
