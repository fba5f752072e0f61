"""How a term meets labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.model.decisions import MatchKind
from registry.rdf.text import fold_label
from registry.resolution import LabelFact, best_match

texts = st.sampled_from(["Account", "account", "ACCOUNT", "Accounts", "Konto", "a/c"])
labels = st.builds(
    LabelFact,
    st.sampled_from(["pref_label", "alt_label", "hidden_label", "notation", "iri"]),
    texts,
    st.sampled_from(["", "en", "de"]),
)


@given(texts, st.sampled_from([None, "en", "de"]), st.lists(labels, max_size=6))
def test_order_of_labels_does_not_matter(term: str, language: str | None, facts: list[LabelFact]) -> None:
    assert best_match(term, language, facts) == best_match(term, language, list(reversed(facts)))


@given(texts, st.lists(labels, max_size=6))
def test_a_match_exists_exactly_when_a_folded_label_is_equal(term: str, facts: list[LabelFact]) -> None:
    met = best_match(term, None, facts)
    assert (met is not None) == any(fold_label(fact.text) == fold_label(term) for fact in facts)


def test_exact_goes_before_normalised_and_preferred_before_alternative() -> None:
    facts = [
        LabelFact("pref_label", "ACCOUNT"),
        LabelFact("alt_label", "account"),
        LabelFact("hidden_label", "account"),
    ]
    met = best_match("account", None, facts)
    assert met is not None
    assert (met.kind, met.of) == (MatchKind.EXACT_ALT_LABEL, "alt_label")


def test_the_asked_language_goes_first() -> None:
    met = best_match("Gift", "en", [LabelFact("pref_label", "Gift", "de"), LabelFact("alt_label", "gift", "en-gb")])
    assert met is not None
    assert met.language == "en-gb"


def test_a_label_longer_than_its_search_key_is_compared_whole() -> None:
    assert best_match("x" * 301, None, [LabelFact("pref_label", "x" * 302)]) is None
