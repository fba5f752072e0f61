"""Autocomplete: what begins as typed, held against looking at every label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.resolution import prefixes
from registry.resolution.labels import Place
from registry.resolution.prefixes import WordStarts

labels = st.lists(
    st.text(st.sampled_from("abé 銀"), min_size=1, max_size=6).map(lambda text: " ".join(text.split())), max_size=25
)
typed = st.text(st.sampled_from("abé 銀"), min_size=1, max_size=4).filter(str.strip)


def naive(texts: list[str], prefix: str) -> list[tuple[int, Place]]:
    first = [(row, Place.PREFIX) for row, text in enumerate(texts) if text.startswith(prefix)]
    later = [
        (row, Place.WORD_START)
        for row, text in enumerate(texts)
        if any(text.startswith(prefix, at) and (text[at - 1] == " " or text[at] == "銀") for at in range(1, len(text)))
    ]
    return first + later


def distinct(found: object) -> list[tuple[int, Place]]:
    return list(dict.fromkeys(found))  # type: ignore[call-overload]


@settings(deadline=None)
@given(labels, typed)
def test_what_begins_as_typed_is_found_in_order(texts: list[str], prefix: str) -> None:
    places, complete = WordStarts.build(texts).beginning(prefix.strip())
    assert complete
    assert distinct(places) == naive(texts, prefix.strip())


@settings(deadline=None)
@given(labels, typed)
def test_a_long_range_keeps_its_best(texts: list[str], prefix: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefixes, "LONG_RANGE", 3)
        patch.setattr(prefixes, "BEST_KEPT", 2)
        starts = WordStarts.build(texts)
    places, complete = starts.beginning(prefix.strip())
    found, expected = list(places), list(starts.all_beginning(prefix.strip()))
    odd = np.arange(len(texts)) % 2 == 1
    assert list(starts.all_beginning(prefix.strip(), odd)) == [place for place in expected if place[0] % 2]
    assert distinct(expected) == naive(texts, prefix.strip())
    assert complete == (len(expected) <= 3)
    assert found == (expected if complete else expected[:2])


def test_a_prefix_longer_than_the_sorting_looked_at_is_compared_whole() -> None:
    stem = "x" * 60
    texts = [f"{stem} {end}" for end in ("b", "a", "ab")]
    starts = WordStarts.build(texts)
    assert [row for row, _ in starts.beginning(f"{stem} a")[0]] == [1, 2]
    assert list(starts.beginning(f"{stem} c")[0]) == []


def test_nothing_begins_in_an_empty_list() -> None:
    assert list(WordStarts.build([]).beginning("a")[0]) == []
