"""Figures against mappings known to be right, worked out by hand."""

import pytest

from registry.errors import InvalidInputError
from registry.matching import Candidate, Entry, Evidence, Label, Similarity, Vocabulary
from registry.matching.evaluate import evaluate, precision_bands, select
from registry.matching.settings import AUTO_THRESHOLD

EVIDENCE = Evidence(Label("x"), Label("x"), "exact", Similarity(1, 1, 1))


def candidate(subject: str, object_: str, confidence: float) -> Candidate:
    return Candidate(subject, subject, object_, object_, "skos:exactMatch", confidence, EVIDENCE)


FOUND = [
    candidate("a", "1", 0.99),
    candidate("b", "1", 0.95),
    candidate("b", "2", 0.90),
    candidate("c", "3", 0.80),
    candidate("d", "4", 0.40),
]


def test_one_to_one_takes_the_mutual_best() -> None:
    assert [c.pair for c in select(FOUND, "one-to-one", 0.5)] == [("a", "1"), ("b", "2"), ("c", "3")]


def test_many_to_one_takes_the_best_of_each_subject() -> None:
    assert [c.pair for c in select(FOUND, "many-to-one", 0.0)] == [("a", "1"), ("b", "1"), ("c", "3"), ("d", "4")]


def test_figures() -> None:
    gold = {("a", "1"), ("b", "2"), ("c", "9"), ("d", "4")}
    result = evaluate(FOUND, gold, threshold=0.5)
    assert (result.selected, result.correct, result.gold) == (3, 2, 4)
    assert result.precision == pytest.approx(2 / 3)
    assert result.recall == pytest.approx(1 / 2)
    assert result.f1 == pytest.approx(4 / 7)
    assert result.recall_at == {1: pytest.approx(2 / 4), 5: pytest.approx(3 / 4)}


def test_auto_is_one_constant() -> None:
    assert evaluate(FOUND, {("a", "1")}).threshold == AUTO_THRESHOLD


def test_bands_count_everything_once() -> None:
    bands = precision_bands(FOUND, {("a", "1"), ("c", "3")})
    assert sum(band.candidates for band in bands) == len(FOUND)
    top = bands[-1]
    assert (top.at_least, top.below, top.candidates, top.precision) == (0.99, 1.0, 1, 1.0)
    assert next(band.precision for band in bands if not band.candidates) is None


def test_nothing_found_is_zero_not_an_error() -> None:
    result = evaluate([], {("a", "1")})
    assert (result.precision, result.recall, result.f1) == (0.0, 0.0, 0.0)


def test_gold_with_unknown_ends_counts_as_missed_and_is_told() -> None:
    both = Vocabulary("s", (Entry("a", (Label("a"),)),)), Vocabulary("o", (Entry("1", (Label("1"),)),))
    result = evaluate(FOUND, {("a", "1"), ("zz", "1")}, vocabularies=both)
    assert (result.gold, result.gold_unknown) == (2, 1)
    assert result.recall == pytest.approx(1 / 2)


def test_gold_of_other_vocabularies_is_refused() -> None:
    both = Vocabulary("s"), Vocabulary("o")
    with pytest.raises(InvalidInputError, match="both ends"):
        evaluate(FOUND, {("a", "1")}, vocabularies=both)


def test_empty_gold_and_impossible_threshold_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        evaluate(FOUND, set())
    with pytest.raises(InvalidInputError, match="threshold"):
        select(FOUND, threshold=2.0)
