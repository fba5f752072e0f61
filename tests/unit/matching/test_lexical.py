"""The lexical stage alone: nearest labels of long lists."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.matching.lexical import nearest_labels
from registry.matching.trigrams import affordable, nearest, trigram_vectors

LABELS = ["customer account", "insurance policy", "claims handling", "gross premium income"]


def test_altered_labels_find_their_originals() -> None:
    altered = ["account customer", "insurance policies", "claims hndling", "gross premium"]
    found = nearest_labels(altered, LABELS)
    assert found.left.tolist() == found.right.tolist() == [0, 1, 2, 3]
    assert found.similarity[0] == pytest.approx(1.0)


def test_nothing_near_is_nothing_found() -> None:
    assert nearest_labels(["zzzz"], LABELS).left.tolist() == []
    assert nearest_labels([], LABELS).left.tolist() == []
    assert nearest_labels(LABELS, []).left.tolist() == []
    assert nearest_labels(["", " ", "x"], ["", "x"]).right.tolist() in ([], [1])


def test_several_are_returned_best_first() -> None:
    found = nearest_labels(["premium income"], ["premium incomes", "premium", "gross premium income"], top=2)
    assert found.right.tolist() == [0, 2]


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nearest_labels(LABELS * 3, LABELS)
    monkeypatch.setattr("registry.matching.lexical.ROWS_AT_ONCE", 2)
    blocks = nearest_labels(LABELS * 3, LABELS)
    assert blocks.left.tolist() == whole.left.tolist()
    assert blocks.right.tolist() == whole.right.tolist()


def test_frequent_trigrams_go_first_when_the_product_costs_too_much() -> None:
    left, right = trigram_vectors(["xaction", "yaction"], ["zaction", "waction"])
    few_left, few_right = affordable(left, right, per_row=1)
    assert few_left.shape[1] == few_right.shape[1] < left.shape[1]
    assert affordable(left, right)[0].shape == left.shape


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=8), st.lists(st.text(max_size=12), max_size=8))
def test_vectors_have_unit_length_and_cosines_are_bounded(left: list[str], right: list[str]) -> None:
    ours, theirs = trigram_vectors(left, right)
    assert ours.shape[0] == len(left)
    assert theirs.shape[0] == len(right)
    for matrix in (ours, theirs):
        norms = np.sqrt(matrix.multiply(matrix).sum(axis=1))
        assert all(abs(norm - 1) < 1e-3 or norm == 0 for norm in np.asarray(norms).ravel())
    if left and right:
        assert all(0 <= cosine <= 1.001 for cosine in nearest(ours, theirs, 3, 0.0).cosine)
