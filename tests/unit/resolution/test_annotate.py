"""Mentions in running text, held against a reader that tries every piece of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import EnvironmentFaultError, InvalidInputError
from registry.rdf.text import fold_label
from registry.resolution import trigrams
from registry.resolution.annotate import (
    Annotating,
    Choice,
    Mention,
    annotate,
    first_answer,
    prefer_related,
    prefer_schemes,
)
from registry.resolution.index import LabelIndex
from registry.resolution.labels import ALT, NOTATION, PREF, LabelEntry


def entry(concept: str, text: str, kind: int = PREF, scheme: str = "finance", language: str = "en") -> LabelEntry:
    return LabelEntry(f"urn:{scheme}:{concept}", scheme, kind, language, text)


def index(*labels: str) -> LabelIndex:
    return LabelIndex.build([entry(label, label) for label in labels])


DEFAULTS = Annotating()


def found(text: str, labels: LabelIndex, asked: Annotating = DEFAULTS) -> list[str]:
    return [mention.text for mention in annotate(text, labels, asked)]


# The oracle: every piece of the text, each compared with every label, no automaton and no table of places.

_BREAK = re.compile(r"[.!?;:](?=\s)|\n\s*\n")
_NO_BLANKS = re.compile("[\u3041-\u3096\u4e00-\u9fff]")
_KATAKANA = re.compile("[\u30a0-\u30ff]")
_KATAKANA_RUN = re.compile("[\u30a0-\u30ff]+")


def _boundary(text: str, at: int) -> bool:
    """Whether a word may end or begin between two characters."""
    if at in (0, len(text)):
        return True
    one, other = text[at - 1], text[at]
    if unicodedata.category(other)[0] == "M":
        return False
    one = next((c for c in reversed(text[:at]) if unicodedata.category(c)[0] != "M"), " ")
    if not one.isalnum() or not other.isalnum() or _NO_BLANKS.match(one) or _NO_BLANKS.match(other):
        return True
    return bool(_KATAKANA.match(one)) != bool(_KATAKANA.match(other))


def _parts(text: str) -> list[str]:
    return [key for part in _BREAK.split(text) if (key := fold_label(part)) and any(map(str.isalnum, key))]


def _spaced(key: str) -> str:
    """A folded text with a blank at every place where a word may end without one."""
    runs = _KATAKANA_RUN.sub(lambda run: f" {run[0]} ", _NO_BLANKS.sub(lambda one: f" {one[0]} ", key))
    return " ".join(runs.split())


def _same(piece: str, label: str) -> bool:
    ours, theirs = [_spaced(part) for part in _parts(piece)], [_spaced(part) for part in _parts(label)]
    return bool(ours) and (ours == theirs if _BREAK.search(piece) else " ".join(ours) == " ".join(theirs))


def oracle(text: str, entries: set[LabelEntry], asked: Annotating) -> list[tuple[int, int, set[str]]]:
    spans = sorted(_readings(text, entries, asked), key=lambda span: (span[0], -span[1]))
    kept: list[tuple[int, int, set[str]]] = []
    for span in spans:
        if asked.overlaps or not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _readings(text: str, entries: set[LabelEntry], asked: Annotating) -> Iterator[tuple[int, int, set[str]]]:
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            whole = _boundary(text, start) and _boundary(text, end)
            if not whole or not piece[0].isalnum() or not (piece[-1].isalnum() or unicodedata.combining(piece[-1])):
                continue
            met = {one.concept for one in entries if _meant(one, piece, asked)}
            if met:
                yield start, end, met


def _meant(one: LabelEntry, piece: str, asked: Annotating) -> bool:
    key = " ".join(_parts(one.text))
    if one.kind == NOTATION or not _same(piece, one.text) or not one.speaks(asked.language):
        return False
    if (len(one.text) <= 4 and one.text.isupper()) and not piece.isupper():
        return False
    if len(_spaced(key)) < asked.minimum_length or _spaced(key) in asked.stop:
        return False
    return asked.numbers or not key.replace(" ", "").isdigit()


pieces = st.sampled_from(["a", "b", "A", "ab", "AB", "é", "e\u0301", "ß", "İ", "1", "22", "銀", "行", "カ", "ル"])
joints = st.sampled_from(["", " ", " ", "  ", "-", ", ", ". ", "\n\n"])
phrases = st.lists(st.tuples(pieces, joints), min_size=1, max_size=4).map(
    lambda some: "".join(piece + joint for piece, joint in some)
)
running = st.lists(st.tuples(pieces, joints), max_size=9).map(
    lambda some: "".join(piece + joint for piece, joint in some)
)
entries = st.builds(
    LabelEntry,
    st.sampled_from([f"urn:c:{number}" for number in range(5)]),
    st.sampled_from(["finance", "it"]),
    st.sampled_from([0, 0, 1, 2, 3]),
    st.sampled_from(["", "en", "de"]),
    st.one_of(pieces, phrases),
)
settings_asked = st.builds(
    Annotating,
    st.sampled_from([None, "en"]),
    st.integers(1, 3),
    st.sets(st.sampled_from(["a", "ab", "é", "銀"]), max_size=2).map(frozenset),
    st.booleans(),
    st.booleans(),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, set[LabelEntry]]:
    """A text, and labels of which half are pieces of it."""
    text, labels = draw(running), draw(st.sets(entries, max_size=6))
    places = st.integers(0, len(text))
    for number, (start, length) in enumerate(draw(st.lists(st.tuples(places, st.integers(1, 8)), max_size=6))):
        labels.add(entry(f"piece-{number % 4}", text[start : start + length], number % 2))
    return text, labels


@settings(deadline=None, max_examples=400)
@given(worlds(), settings_asked)
def test_mentions_are_those_of_a_reader_that_tries_everything(
    world: tuple[str, set[LabelEntry]], asked: Annotating
) -> None:
    text, labels = world
    said = [
        (mention.start, mention.end, {one.concept for one in mention.candidates})
        for mention in annotate(text, LabelIndex.build(labels), asked)
    ]
    assert said == oracle(text, labels, asked)


@settings(deadline=None)
@given(st.sets(entries, max_size=8), st.sets(entries, max_size=5), st.data(), running)
def test_an_overlay_annotates_as_a_fresh_build(
    labels: set[LabelEntry], added: set[LabelEntry], data: st.DataObject, text: str
) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(labels)))) if labels else set()
    changed = LabelIndex.build(labels).with_changes(added, gone)
    assert annotate(text, changed) == annotate(text, LabelIndex.build((labels - gone) | added))


@settings(deadline=None)
@given(st.sets(entries, max_size=8), running)
def test_a_mention_says_where_it_stands_and_never_crosses_another(labels: set[LabelEntry], text: str) -> None:
    behind = 0
    for mention in annotate(text, LabelIndex.build(labels)):
        assert text[mention.start : mention.end] == mention.text
        assert mention.start >= behind
        assert (mention.chosen is None) == (len(mention.candidates) > 1)
        behind = mention.end


def test_the_longest_label_is_kept_and_whole_words_only() -> None:
    labels = index("cash", "cash flow", "flow statement", "bank")
    assert found("Cash-flow statement of the Datenbank's cash.", labels) == ["Cash-flow", "cash"]
    assert found("cash flow statement", labels, Annotating(overlaps=True)) == ["cash flow", "cash", "flow statement"]


def test_a_phrase_that_a_longer_overlap_hides_is_not_lost() -> None:
    labels = index("a b c d", "b c", "c d e", "e")
    assert found("a b c x c d e", labels, Annotating(minimum_length=1)) == ["b c", "c d e"]


def test_no_mention_crosses_the_end_of_a_sentence() -> None:
    labels = index("cash flow", "St. Gallen")
    assert found("We hold cash. Flow is another thing.", labels) == []
    assert found("From St. Gallen and St Gallen, cash\nflow", labels) == ["St. Gallen", "St Gallen", "cash\nflow"]


def test_a_label_without_the_break_is_not_met_where_one_with_it_is() -> None:
    labels = LabelIndex.build([entry("plain", "St Gallen"), entry("written", "St. Gallen")])
    (mention,) = annotate("From St. Gallen on", labels)
    assert [one.text for one in mention.candidates] == ["St. Gallen"]


def test_capitals_are_met_by_capitals() -> None:
    assert found("It is for IT, and it is who, not WHO.", index("IT", "WHO")) == ["IT", "WHO"]
    assert found("nato", index("NATOX", "OECD")) == []
    assert found("unesco", index("UNESCO")) == ["unesco"]


def test_places_hold_in_every_script() -> None:
    labels = index("Größe", "café", "istanbul", "銀行", "サービス", "שלום", "сумма", "Straße")
    text = "Die Größe e\u0301 Cafe\u0301 İSTANBUL 中央銀行のITサービス ש\u05c1ל\u05d5\u05b9ם! Сумма STRASSE"
    mentions = annotate(text, labels)
    assert [text[one.start : one.end] for one in mentions] == [
        "Größe", "Cafe\u0301", "İSTANBUL", "銀行", "サービス", "ש\u05c1ל\u05d5\u05b9ם", "Сумма", "STRASSE",
    ]  # fmt: skip
    assert all(one.chosen is not None for one in mentions)


def test_blanks_beside_a_script_without_blanks_change_nothing() -> None:
    mentions = annotate("銀a銀 a", index("銀 a", "銀a"))
    assert [(one.text, {entry.text for entry in one.candidates}) for one in mentions] == [
        ("銀a", {"銀a", "銀 a"}),
        ("銀 a", {"銀a", "銀 a"}),
    ]


def test_numbers_stop_words_and_short_labels_are_left_out() -> None:
    labels = index("2024", "q", "Thé", "revenue")
    text = "The revenue of Q in 2024"
    assert found(text, labels) == ["The", "revenue"]
    assert found(text, labels, Annotating(stop=frozenset({"THE"}), numbers=True)) == ["revenue", "2024"]
    assert found(text, labels, Annotating(language="de")) == []
    assert found(text, labels, Annotating(minimum_length=8)) == []


def test_odd_characters_are_read_over() -> None:
    labels = index("account", "\ud800", "+", "🏦", "\x00")
    assert found("\ud800 account\x00+ 🏦\udfff", labels) == ["account"]
    assert found("", labels) == []


def test_a_minimum_length_below_one_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="minimum length"):
        Annotating(minimum_length=0)


def test_scores_and_reasons_say_what_a_mention_stands_on() -> None:
    labels = LabelIndex.build([entry("a", "Account"), entry("b", "ledger", ALT)])
    said = [(one.score, one.reason) for one in annotate("Account account Ledger", labels)]
    assert said == [(1.0, "preferred label"), (0.99, "preferred label"), (0.9405, "alternative label")]


LEDGER, LOGIN = entry("account", "account"), entry("account", "account", scheme="it")
BALANCE, ROLE = entry("balance", "balance"), entry("role", "role", scheme="it")
SENSES = LabelIndex.build([LEDGER, LOGIN, BALANCE, ROLE])
NEIGHBOURS = {LEDGER.concept: [BALANCE.concept], LOGIN.concept: [ROLE.concept]}


def meant(text: str, choose: object = None) -> list[str | None]:
    return [one.concept for one in annotate(text, SENSES, choose=choose) if one.text == "account"]  # type: ignore[arg-type]


def test_a_mention_of_several_concepts_stays_undecided_unless_somebody_chooses() -> None:
    (mention,) = annotate("the account", SENSES)
    assert (mention.chosen, mention.candidates, mention.reason) == (None, (LEDGER, LOGIN), "one of 2 concepts")
    assert meant("account", prefer_schemes(["hub", "it"])) == [LOGIN.concept]
    assert meant("account", prefer_schemes(["hub"])) == [None]


def test_the_rest_of_the_text_decides() -> None:
    related = prefer_related(lambda concept: NEIGHBOURS[concept])
    assert meant("the balance of the account", related) == [LEDGER.concept]
    assert meant("the account has a role", related) == [LOGIN.concept]
    assert meant("account", related) == [None]
    assert meant("role, balance, account", related) == [None]
    both = first_answer(related, prefer_schemes(["finance"]))
    assert meant("account", both) == [LEDGER.concept]
    assert meant("account role", both) == [LOGIN.concept]
    (decided,) = [one for one in annotate("account role", SENSES, choose=both) if one.text == "account"]
    assert decided.reason == "preferred label, beside 1 related in the text"


def test_a_choice_that_is_no_candidate_is_refused() -> None:
    def choose(mention: Mention, settled: frozenset[str]) -> Choice:
        return Choice("urn:elsewhere", "a whim")

    with pytest.raises(InvalidInputError, match="urn:elsewhere"):
        annotate("account", SENSES, choose=choose)


def test_without_the_automaton_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigrams, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentFaultError, match=r"ahocorasick_rs.*lexicord\[resolution\]"):
        annotate("account", index("account"))
