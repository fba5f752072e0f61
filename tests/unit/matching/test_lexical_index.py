"""A kept index of labels: what it finds, and that only what it holds decides, not how it came to hold it."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.matching import Entry, Label, Vocabulary
from registry.matching.lexical_index import LexicalIndex


def entry(identifier: str, *texts: str) -> Entry:
    return Entry(identifier, tuple(Label(text, "en", "alt" if place else "pref") for place, text in enumerate(texts)))


KEPT = Vocabulary(
    "kept",
    (
        entry("1", "customer account", "client account"),
        entry("2", "insurance policy", "policies"),
        entry("3", "claims handling"),
        entry("4", "gross premium income"),
    ),
)


@pytest.mark.parametrize(
    ("term", "concept_id"),
    [("accounts customer", "1"), ("Insurance policies", "2"), ("claims hndling", "3"), ("gross premium", "4")],
)
def test_an_altered_label_finds_its_concept(term: str, concept_id: str) -> None:
    assert LexicalIndex.build(KEPT).nearest(term)[0].concept_id == concept_id


def test_a_concept_is_found_once_by_its_best_label() -> None:
    (found,) = [
        near for near in LexicalIndex.build(KEPT).nearest(Label("client account", "en")) if near.concept_id == "1"
    ]
    assert found.label.text == "client account"
    assert found.similarity == 1.0


def test_nothing_near_is_nothing_found() -> None:
    index = LexicalIndex.build(KEPT)
    assert index.nearest("zzzz") == index.nearest("") == index.nearest("claims", 0) == LexicalIndex().nearest("a") == ()


def test_among_equals_go_the_same_language_and_preferred_labels_first() -> None:
    same = (Entry("a", (Label("Gift", "de"),)), Entry("b", (Label("gift", "en", "alt"),)), entry("c", "gift"))
    found = LexicalIndex().with_changes(same).nearest(Label("gift", "en"))
    assert [near.concept_id for near in found] == ["c", "b", "a"]


def test_changes_leave_the_old_index_as_it_was() -> None:
    before = LexicalIndex.build(KEPT)
    after = before.with_changes([entry("3", "settling of losses"), entry("5", "claim")], removed=["1", "unknown"])
    assert before.nearest("claims handling")[0].similarity == 1.0
    assert after.nearest("claims handling")[0].concept_id == "5"
    assert after.nearest("customer account") == LexicalIndex().with_changes(after_entries()).nearest("customer account")
    assert (len(before), len(after)) == (6, 5)


def after_entries() -> list[Entry]:
    return [KEPT.entries[1], KEPT.entries[3], entry("3", "settling of losses"), entry("5", "claim")]


def test_many_small_changes_leave_few_segments() -> None:
    index = LexicalIndex.build(KEPT)
    for number in range(100):
        index = index.with_changes([entry(f"new {number}", f"term {number}")], [f"new {number - 50}"])
    assert len(index) == 6 + 50
    assert len(index.segments) <= 6


def test_an_index_is_kept_between_runs() -> None:
    index = LexicalIndex.build(KEPT)
    assert pickle.loads(pickle.dumps(index)).nearest("policy") == index.nearest("policy")


TEXTS = st.lists(st.text("abc ", min_size=1, max_size=8), min_size=1, max_size=3)
CHANGES = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("12345678"), TEXTS, max_size=4), st.sets(st.sampled_from("12345678"))),
    max_size=6,
)


@given(CHANGES, st.text("abc ", max_size=8))
def test_only_what_an_index_holds_decides_its_answers(
    changes: list[tuple[dict[str, list[str]], set[str]]], term: str
) -> None:
    index, held = LexicalIndex(), dict[str, Entry]()
    for added, removed in changes:
        new = {identifier: entry(identifier, *texts) for identifier, texts in added.items()}
        held = {key: one for key, one in held.items() if key not in removed} | new
        index = index.with_changes(new.values(), removed)
    assert index.nearest(term) == LexicalIndex.build(Vocabulary("held", tuple(held.values()))).nearest(term)
