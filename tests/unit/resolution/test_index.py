"""The label index: what meets what, in which order, and that an overlay answers as a fresh build would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import EnvironmentFaultError, InvalidInputError
from registry.rdf.text import fold_label
from registry.resolution import segment, trigrams
from registry.resolution.index import LabelIndex
from registry.resolution.labels import ALT, HIDDEN, NOTATION, PREF, Hit, LabelEntry, Place, Tier
from registry.resolution.stems import token_key


def entry(concept: str, text: str, kind: int = PREF, language: str = "en", scheme: str = "finance") -> LabelEntry:
    return LabelEntry(f"urn:{scheme}:{concept}", scheme, kind, language, text)


ACCOUNT = entry("account", "Account")
LEDGER = entry("account", "ledger account", ALT)
LOGIN = entry("login", "account", ALT, scheme="it")
MANAGER = entry("manager", "Account manager")
CASE = entry("case", "Fälle", language="de")
CODE = entry("account", "A-1.2", NOTATION, "")
INDEX = LabelIndex.build([ACCOUNT, LEDGER, LOGIN, MANAGER, CASE, CODE])

words = st.sampled_from(["account", "Account", "cash", "flow", "flows", "cost", "é", "Kosten", "PTO", "銀行", "St."])
texts = st.lists(words, min_size=1, max_size=3).map(" ".join)
entries = st.builds(
    LabelEntry,
    st.sampled_from([f"urn:c:{number}" for number in range(6)]),
    st.sampled_from(["finance", "it"]),
    st.integers(0, 3),
    st.sampled_from(["", "en", "de", "en-gb"]),
    texts,
)
languages = st.sampled_from([None, "en", "de"])


def met(hits: tuple[Hit, ...]) -> list[tuple[str, Tier]]:
    return [(hit.entry.text, hit.kind) for hit in hits]


def test_tiers_answer_one_after_the_other() -> None:
    assert met(INDEX.search("account")) == [("account", Tier.EXACT)]
    assert met(INDEX.search("ACCOUNT")) == [("Account", Tier.FOLDED), ("account", Tier.FOLDED)]
    assert met(INDEX.search("managers account")) == [("Account manager", Tier.TOKENS)]
    assert met(INDEX.search("acount manager"))[0] == ("Account manager", Tier.FUZZY)
    assert met(INDEX.search("FALLE")) == [("Fälle", Tier.FOLDED)]
    assert INDEX.search("xyzzy plugh") == ()


def test_a_score_falls_from_tier_to_tier() -> None:
    asked = ["account", "ACCOUNT", "manager account", "acount manager"]
    scores = [INDEX.search(term)[0].score for term in asked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


@pytest.mark.parametrize("term", ["PTO", "CASh", "VATs", "a b", "é"])
def test_short_terms_are_never_met_by_spelling(term: str) -> None:
    index = LabelIndex.build([entry("a", "PTA"), entry("b", "Cask"), entry("c", "VAT tax"), entry("d", "abc")])
    assert index.fuzzy(term) == ()


def test_a_short_label_is_never_met_by_spelling() -> None:
    index = LabelIndex.build([entry("a", "cash"), entry("b", "cash flow")])
    assert met(index.fuzzy("cash flo", top=9)) == [("cash flow", Tier.FUZZY)]
    assert "cash" not in [hit.entry.text for hit in index.fuzzy("cashh", top=9)]


def test_notations_are_met_whole_or_not_at_all() -> None:
    assert met(INDEX.search("A-1.2")) == [("A-1.2", Tier.EXACT)]
    assert met(INDEX.search("a-1.2")) == [("A-1.2", Tier.FOLDED)]
    assert INDEX.by_tokens("2.1 A") == ()
    assert all(hit.entry.kind != NOTATION for hit in INDEX.fuzzy("A-1.2.2"))


def test_a_plural_is_a_matter_of_its_language() -> None:
    index = LabelIndex.build([entry("k", "Rechnung", language="de"), entry("p", "policy"), entry("x", "plan")])
    assert met(index.search("Rechnungen")) == [("Rechnung", Tier.TOKENS)]
    assert met(index.search("policies")) == [("policy", Tier.TOKENS)]
    assert index.by_tokens("planes") == ()
    assert index.by_tokens("policies", "de") == ()


def test_each_entry_of_equal_labels_follows_the_rule_of_its_own_language() -> None:
    index = LabelIndex.build([entry("a", "account", language=""), entry("b", "account", language="de")])
    assert [hit.entry.language for hit in index.by_tokens("accounts")] == [""]


@pytest.mark.parametrize(
    ("of", "singular", "plural"),
    [
        ("en", "box", "boxes"),
        ("en", "house", "houses"),
        ("en", "bonus", "bonuses"),
        ("en", "analysis", "analyses"),
        ("en", "woman", "women"),
        ("en", "shoe", "shoes"),
        ("de", "kunde", "kunden"),
        ("de", "vertrag", "vertrage"),
        ("de", "leistung", "leistungen"),
        ("de", "maklerin", "maklerinnen"),
        ("fr", "journal", "journaux"),
        ("fr", "contrat", "contrats"),
        ("fr", "niveau", "niveaux"),
        ("es", "valor", "valores"),
        ("es", "cliente", "clientes"),
        ("es", "juez", "jueces"),
        ("pt", "acao", "acoes"),
        ("pt", "capital", "capitais"),
    ],
)
def test_regular_plurals_meet_their_singular(of: str, singular: str, plural: str) -> None:
    assert token_key(plural, of) == token_key(singular, of)


@pytest.mark.parametrize(
    ("of", "one", "other"),
    [
        ("en", "plan", "plane"),
        ("en", "bus", "bu"),
        ("de", "messe", "messer"),
        ("fr", "cours", "cour"),
        ("ru", "a", "as"),
    ],
)
def test_words_that_only_look_like_plurals_stay_apart(of: str, one: str, other: str) -> None:
    assert token_key(one, of) != token_key(other, of)


def test_an_asked_language_keeps_its_labels_its_varieties_and_those_without_one() -> None:
    labels = [entry(tag or "none", "Bank", language=tag) for tag in ("de", "de-ch", "en", "")]
    index = LabelIndex.build(labels)
    assert {hit.entry.language for hit in index.search("bank", language="de")} == {"de", "de-ch", ""}
    assert {hit.entry.language for hit in index.search("bannk account", language="de", top=9)} <= {"de", "de-ch", ""}


@pytest.mark.parametrize("odd", ["", " ", "\ud800", "\x00", "+", "\n", "\u200d", "🏦", "a\ud800ccount manager"])
def test_odd_terms_and_labels_are_answered_like_any_other(odd: str) -> None:
    index = LabelIndex.build([entry("odd", odd), ACCOUNT, MANAGER]).warm()
    expected = [odd] if odd.strip() else []
    assert [hit.entry.text for hit in index.search(odd, 1)] == expected
    assert {one.entry.text for one in index.suggest(odd)} >= set(expected)
    assert "Account" in {one.entry.text for one in index.suggest("acc")}


def test_suggestions_tell_equal_labels_apart_by_their_scheme() -> None:
    found = INDEX.suggest("acc")
    assert [(one.entry.scheme, one.entry.text, one.place) for one in found] == [
        ("finance", "Account", Place.PREFIX),
        ("finance", "Account manager", Place.PREFIX),
        ("it", "account", Place.PREFIX),
    ]


def test_suggestions_go_prefix_then_word_start_then_substring_and_pref_alt_hidden() -> None:
    labels = [
        entry("sub", "microcosts"),
        entry("word", "unit cost", HIDDEN),
        entry("word2", "low cost"),
        entry("hidden", "cost", HIDDEN),
        entry("alt", "cost", ALT),
        entry("pref", "cost centre"),
    ]
    found = [one.entry.concept.rpartition(":")[2] for one in LabelIndex.build(labels).suggest("cost")]
    assert found == ["pref", "alt", "hidden", "word2", "word", "sub"]


def test_suggestions_know_languages_without_blanks() -> None:
    index = LabelIndex.build([entry("bank", "中央銀行", language="ja")])
    assert [one.place for one in index.suggest("銀行")] == [Place.WORD_START]


def test_a_limit_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="1 to 50"):
        INDEX.suggest("a", 51)


def test_fewer_than_one_hit_cannot_be_asked_for() -> None:
    for ask in (INDEX.search, INDEX.fuzzy):
        with pytest.raises(InvalidInputError, match="1 or more"):
            ask("account", 0)


@pytest.mark.parametrize("numpy", [True, False])
def test_a_rare_language_is_found_in_a_long_range(monkeypatch: pytest.MonkeyPatch, numpy: bool) -> None:
    labels = [entry(str(number), f"cost {number:04}") for number in range(400)]
    rare = [entry("de", "cost zentrale", language="de"), entry("code", "cost-7", NOTATION, "")]
    if not numpy:
        monkeypatch.setattr(segment, "find_spec", lambda _: None)
    assert [one.entry for one in LabelIndex.build(labels + rare).suggest("co", 2, "de")] == rare


def test_a_long_range_gives_what_reading_it_all_would_give() -> None:
    labels = [entry(f"c{number % 90}", f"cost {number:04}", number % 3) for number in range(900)]
    index = LabelIndex.build(labels)
    expected = sorted((one.kind, one.text, one.concept) for one in labels)
    concepts = list(dict.fromkeys(concept for _, _, concept in expected))
    assert [one.entry.concept for one in index.suggest("cos", 50)] == concepts[:50]
    gone = [one for one in labels if one.kind == PREF and one.concept in concepts[:50]]
    kept = LabelIndex.build(set(labels) - set(gone))
    assert index.with_changes(removed=gone).suggest("cost", 50) == kept.suggest("cost", 50)


def test_without_numpy_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigrams, "find_spec", lambda _: None)
    index = LabelIndex.build([ACCOUNT])
    assert met(index.search("Accounts")) == [("Account", Tier.TOKENS)]
    with pytest.raises(EnvironmentFaultError, match=r"numpy.*lexicord\[resolution\]"):
        index.search("acount")


def test_a_change_is_merged_once_the_overlay_has_grown() -> None:
    labels = [entry(str(number), f"label {number}") for number in range(20)]
    index = LabelIndex.build(labels[:10]).with_changes(added=labels[10:15], removed=labels[:3], merge_at=8)
    assert (index.overlay.count, len(index.removed)) == (5, 3)
    grown = index.with_changes(added=labels[15:], merge_at=8)
    assert (grown.overlay.count, len(grown.removed), grown.base.count) == (0, 0, 17)
    assert set(grown) == set(labels[3:])
    assert set(index) == set(labels[3:15])


def test_an_entry_taken_away_and_added_stands() -> None:
    index = LabelIndex.build([ACCOUNT]).with_changes(removed=[ACCOUNT])
    assert len(index) == 0
    assert index.search("account manager") == ()
    assert set(index.with_changes(added=[ACCOUNT], removed=[ACCOUNT])) == {ACCOUNT}
    assert set(index.with_changes(removed=[LEDGER])) == set()


@settings(deadline=None)
@given(st.lists(entries, max_size=15), texts, languages)
def test_exact_and_folded_hits_are_those_of_a_plain_search(labels: list[LabelEntry], term: str, language: str) -> None:
    hits = LabelIndex.build(labels).exact(term, language)
    spoken = [one for one in labels if one.speaks(language)]
    same = [one for one in spoken if one.text == term]
    folded = [one for one in spoken if fold_label(one.text) == fold_label(term)]
    assert {hit.entry.concept for hit in hits} == {one.concept for one in same or folded}
    assert {hit.kind for hit in hits} <= {Tier.EXACT if same else Tier.FOLDED}


@settings(deadline=None)
@given(st.lists(entries, max_size=12), st.lists(entries, max_size=6), st.data(), texts, languages)
def test_an_overlay_answers_as_a_fresh_build(
    labels: list[LabelEntry], added: list[LabelEntry], data: st.DataObject, term: str, language: str | None
) -> None:
    gone = data.draw(st.lists(st.sampled_from(labels), max_size=6)) if labels else []
    changed = LabelIndex.build(labels).with_changes(added, gone)
    fresh = LabelIndex.build((set(labels) - set(gone)) | set(added))
    assert set(changed) == set(fresh)
    assert len(changed) == len(fresh)
    for ask in (term, term[:3], term[1:], f"{term}s", term[::-1]):
        assert changed.search(ask, 5, language) == fresh.search(ask, 5, language)
        assert changed.suggest(ask, 5, language) == fresh.suggest(ask, 5, language)
        assert changed.fuzzy(ask, 5, language) == fresh.fuzzy(ask, 5, language)


@settings(deadline=None)
@given(st.lists(entries, max_size=15), texts)
def test_order_of_entries_does_not_matter(labels: list[LabelEntry], term: str) -> None:
    one, other = LabelIndex.build(labels), LabelIndex.build(list(reversed(labels)))
    for ask in (term, term[:2], f"x{term}"):
        assert one.search(ask) == other.search(ask)
        assert one.suggest(ask) == other.suggest(ask)


@settings(deadline=None)
@given(st.lists(entries, max_size=15), texts, st.integers(1, 4))
def test_no_concept_comes_twice_and_no_more_than_asked(labels: list[LabelEntry], term: str, top: int) -> None:
    index = LabelIndex.build(labels)
    for concepts in (
        [hit.entry.concept for hit in index.search(term, top)],
        [one.entry.concept for one in index.suggest(term[:2], top)],
    ):
        assert len(concepts) == len(set(concepts)) <= top
