"""Labels that are spelt like a term."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.resolution.trigrams import FUZZY_FROM, Trigrams, trigrams

letters = st.sampled_from("abcdé 銀")
keys = st.text(letters, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
lists = st.lists(keys, max_size=20, unique=True)


@settings(deadline=None)
@given(lists, st.text(letters, min_size=3, max_size=5))
def test_what_contains_a_text_is_among_the_rows_told(texts: list[str], part: str) -> None:
    told = Trigrams.build(texts).containing(part)
    assert told == sorted(told)
    assert {row for row, text in enumerate(texts) if part in text} <= set(told)


def test_many_rows_are_narrowed_by_every_trigram() -> None:
    texts = [f"{number:03} abcx" for number in range(100)] + ["abcd", *(f"{number:03} bcd" for number in range(100))]
    assert Trigrams.build(texts).containing("abcd") == [100]


@settings(deadline=None)
@given(lists, keys)
def test_answers_are_ordered_scored_and_never_short(texts: list[str], term: str) -> None:
    found = Trigrams.build(texts).similar(term)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
    assert all(0.6 <= score <= 0.96 and len(texts[row]) >= FUZZY_FROM for row, score in found)
    assert found == [] or len(term) >= FUZZY_FROM


@settings(deadline=None)
@given(lists, st.sampled_from(["account", "revenue", "cash flow", "versicherung"]), st.data())
def test_one_edit_is_always_found_and_first_among_strangers(texts: list[str], label: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(label) - 2))
    exchanged = label[:at] + label[at + 1] + label[at] + label[at + 2 :]
    term = data.draw(st.sampled_from([label[:at] + label[at + 1 :], label[:at] + "x" + label[at:], exchanged]))
    row, score = Trigrams.build([*texts, label]).similar(" ".join(term.split()))[0]
    assert row == len(texts)
    assert score > 0.8


@settings(deadline=None)
@given(lists, keys, st.data())
def test_only_rows_allowed_answer(texts: list[str], term: str, data: st.DataObject) -> None:
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), dtype=bool)
    built = Trigrams.build(texts)
    told = built.containing((term * 3)[:3], allowed)
    assert told == [row for row in built.containing((term * 3)[:3]) if allowed[row]]
    assert built.similar(term, allowed) == [pair for pair in built.similar(term) if allowed[pair[0]]]


@pytest.mark.parametrize(
    ("term", "closer", "farther"),
    [
        ("paid tmie off", "paid time off", "paid time out"),
        ("account senior manager", "senior account manager", "senior account managers group"),
        ("corporate income", "corporate income tax", "corporate outcome"),
    ],
)
def test_the_closer_spelling_goes_first(term: str, closer: str, farther: str) -> None:
    (first, best), (second, worse) = Trigrams.build([farther, closer]).similar(term)
    assert (first, second) == (1, 0)
    assert best > worse


def test_trigrams_know_where_a_text_begins_and_ends() -> None:
    assert trigrams("ab") == {"  a", " ab", "ab "}


def test_a_text_too_long_for_a_term_is_like_no_label() -> None:
    built = Trigrams.build(["account", "revenue", "account " * 62])
    assert built.similar("account " * 61) != []
    assert built.similar("account " * 100_000) == []
    assert built.containing("account " * 100_000) == []


def test_nothing_is_like_anything_in_an_empty_list() -> None:
    empty = Trigrams.build([])
    assert empty.similar("account") == []
    assert empty.containing("acc") == []
