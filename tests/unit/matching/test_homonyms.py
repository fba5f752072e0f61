"""Which equal labels mean different things: learnt from decisions about vocabularies and forms."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.matching_homonyms import average_precision, run
from registry.matching import Entry, Label, Vocabulary, suggest
from registry.matching.homonyms import EqualLabels, HomonymModel, learn

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[3] / ".." / "shared")) / "data"


def equal(one: str, other: str, label: str = "account", theirs: str = "") -> EqualLabels:
    return EqualLabels(one, other, label, theirs or label)


DECISIONS = [
    *((equal("finance", "sales", f"term {number}"), number < 8) for number in range(10)),
    *((equal("finance", "claims", f"term {number}"), False) for number in range(20)),
    *((equal("legal", "claims", f"term {number}"), False) for number in range(20)),
]


def test_a_pair_of_vocabularies_whose_equal_labels_were_rejected_is_suspicious() -> None:
    model = learn(DECISIONS)
    assert model.prior(equal("finance", "sales")) > 0.5 > model.prior(equal("finance", "claims"))
    assert model.prior(equal("sales", "finance")) == model.prior(equal("finance", "sales"))


def test_an_undecided_pair_is_judged_by_what_is_known_of_either() -> None:
    model = learn(DECISIONS)
    assert model.prior(equal("sales", "legal")) > model.prior(equal("it", "hr")) > model.prior(equal("legal", "it"))


def test_a_form_rejected_oftener_than_its_vocabularies_let_expect_counts() -> None:
    decided = [(equal("a", "b", word), word == "PTO") for word in ["PTO", "claim", "loss"] for _ in range(10)]
    model = learn(decided)
    assert model.score(equal("a", "b", "SLA")) > model.prior(equal("a", "b")) > model.score(equal("a", "b", "term"))


def test_what_the_vocabularies_explain_is_not_counted_again() -> None:
    decided = [(equal("a", "b", "PTO"), True)] * 10 + [(equal("c", "d", "claim"), False)] * 10
    ratios = learn(decided).ratios
    assert max(ratios.values()) < 2


def test_without_decisions_every_label_has_one_score() -> None:
    assert learn(()).score(equal("a", "b", "PTO")) == HomonymModel().score(equal("c", "d", "net claim"))


DECIDED = st.lists(
    st.tuples(st.builds(equal, st.sampled_from("abc"), st.sampled_from("abc"), st.text(max_size=8)), st.booleans())
)


@given(DECIDED, DECIDED)
def test_scores_are_shares_and_order_means_nothing(
    decided: list[tuple[EqualLabels, bool]], asked: list[tuple[EqualLabels, bool]]
) -> None:
    model, backwards = learn(decided), learn(reversed(decided))
    for labels, _ in asked:
        assert 0 < model.score(labels) < 1
        assert model.score(labels) == pytest.approx(backwards.score(labels))


def test_candidates_of_equal_labels_carry_the_score() -> None:
    left, right = (
        Vocabulary(key, tuple(Entry(f"{key}:{text}", (Label(text, "en"),)) for text in texts))
        for key, texts in (("finance", ("account", "premium")), ("sales", ("account", "premiums")))
    )
    found = {c.subject_label: c.evidence for c in suggest(left, right, homonyms=learn(DECISIONS))}
    assert found["premium"].homonym is None
    assert (found["account"].homonym or 0) > 0.5
    assert "rejected in" in found["account"].warnings[-1]
    assert suggest(left, right)[0].evidence.homonym is None


def test_average_precision() -> None:
    assert average_precision([True, False, True]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([False]) == 0.0


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared mappings are not beside the repository")
def test_curated_homonyms_stand_first() -> None:
    figures = run()
    assert (figures["matches"], figures["homonyms"]) == (7_455, 146)
    precision = {name: row["average_precision"] for name, row in figures.items() if isinstance(row, dict)}
    assert precision["lexicord"] >= 0.75
    assert precision["lexicord"] > precision["vocabulary pair alone"] > 0.7 > precision["label form alone"]
