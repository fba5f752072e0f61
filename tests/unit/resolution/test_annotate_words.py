"""A text as folded words that know where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rdf.text import fold_label
from registry.resolution.words import BREAK, phrases_of, words_of

LATIN = [*"abz AZ09 .,-\n", *"äßéİıﬁǅ№½™", "\u0301", "\u0308", "\u200f", "\u00a0"]
OTHERS = [*"ـ한\u1100\u1161\u11a8ｶﾞカー銀は。กשלم", "\u0e48", "\u064f", "क", "\u093f"]
alphabet = st.sampled_from(LATIN + OTHERS)
anything = st.one_of(st.text(alphabet, max_size=20), st.text(max_size=12))


def parts(text: str) -> list[tuple[str, str]]:
    words = words_of(text)
    spelt = words.joined.split(" ")[1:-1] if words.begins else []
    return [(word, text[a:b]) for word, a, b in zip(spelt, words.begins, words.ends, strict=True)]


@settings(deadline=None, max_examples=400)
@given(anything)
def test_the_words_spell_the_folded_text(text: str) -> None:
    spelt = "".join(word for word, _ in parts(text) if word != BREAK)
    # Between letters, so that a text without any is nothing and not its own key.
    assert f"a{spelt}a" == fold_label(f"a {text} a").replace(" ", "")


@settings(deadline=None, max_examples=400)
@given(anything)
def test_a_word_is_what_its_place_folds_to(text: str) -> None:
    for word, original in parts(text):
        if word != BREAK:
            assert word in fold_label(original).split() or word in fold_label(original)


@settings(deadline=None, max_examples=400)
@given(anything)
def test_places_are_in_order_and_starts_lead_to_the_words(text: str) -> None:
    words = words_of(text)
    assert words.begins == sorted(words.begins)
    assert words.ends == sorted(words.ends)
    assert all(begin < end <= len(text) for begin, end in zip(words.begins, words.ends, strict=True))
    spelt = words.joined.split(" ")[1:-1] if words.begins else []
    for word, start in zip(spelt, words.starts, strict=False):
        assert words.joined[start - 1 : start + len(word) + 1] == f" {word} "


@settings(deadline=None)
@given(st.text(st.sampled_from([*"abc äé.-,"]), max_size=20))
def test_without_breaks_and_blankless_scripts_the_phrase_is_the_key(text: str) -> None:
    assert phrases_of(text)[:1] == ((fold_label(text),) if any(map(str.isalnum, text)) else ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Straße, Größe", [("strasse", "Straße"), ("grosse", "Größe")]),
        ("e\u0301tude caf\u00e9", [("etude", "e\u0301tude"), ("cafe", "caf\u00e9")]),
        ("İstanbul ve Iğdır", [("istanbul", "İstanbul"), ("ve", "ve"), ("igdir", "Iğdır")]),
        ("Kfz-Versicherung", [("kfz", "Kfz"), ("versicherung", "Versicherung")]),
        ("中央銀行は", [(one, one) for one in "中央銀行は"]),
        ("ITサービス部", [("it", "IT"), ("サービス", "サービス"), ("部", "部")]),
        ("ｶﾞｽ", [("ガス", "ｶﾞｽ")]),
        ("של\u05d5\u05b9ם عليكم", [("שלום", "של\u05d5\u05b9ם"), ("عليكم", "عليكم")]),
        ("½ l", [("1", "½"), ("2", "½"), ("l", "l")]),
        ("End. Next", [("end", "End"), (BREAK, "."), ("next", "Next")]),
        ("v1.2 a;b", [("v1", "v1"), ("2", "2"), ("a", "a"), ("b", "b")]),
        ("a\n \nb", [("a", "a"), (BREAK, "\n \n"), ("b", "b")]),
        ("。\u093f。\u093f", [("\u093f", "。\u093f"), ("\u093f", "。\u093f")]),
        ("終。始", [("終", "終"), (BREAK, "。"), ("始", "始")]),
    ],
)
def test_words_by_example(text: str, expected: list[tuple[str, str]]) -> None:
    assert parts(text) == expected


def test_a_label_with_a_break_inside_is_met_with_and_without_it() -> None:
    assert phrases_of("St. Gallen") == ("st gallen", f"st {BREAK} gallen")
    assert phrases_of("U.S. ") == ("u s",)
    assert phrases_of("+ !") == ()
