"""Suggested mappings: the pairs, their order, their evidence, and what decisions do to them."""

import pytest

from registry.errors import InvalidInputError
from registry.matching import Entry, Label, MatchSettings, Vocabulary, suggest


def concept(name: str, *alternatives: str, language: str = "en") -> Entry:
    labels = (Label(name, language), *(Label(text, language, "alt") for text in alternatives))
    return Entry("ex:" + name.replace(" ", "-"), labels)


FINANCE = Vocabulary("finance", (concept("Customer account"), concept("Insurance policy"), concept("Claim")))
SALES = Vocabulary(
    "sales", (concept("accounts of customers"), concept("Policy", "insurance policies"), concept("Lead"))
)


def test_equal_labels_come_first_with_high_confidence() -> None:
    (best, *_) = suggest(FINANCE, Vocabulary("it", (concept("claim"), concept("claimant"))))
    assert (best.subject_id, best.object_id) == ("ex:Claim", "ex:claim")
    assert 0.95 < best.confidence < 1.0
    assert best.evidence.rule == "exact"
    assert best.predicate_id == "skos:exactMatch"


def test_word_order_and_plural_do_not_hide_a_match() -> None:
    found = {candidate.subject_id: candidate for candidate in reversed(suggest(FINANCE, SALES))}
    assert found["ex:Customer-account"].object_id == "ex:accounts-of-customers"
    assert found["ex:Insurance-policy"].object_id == "ex:Policy"


def test_a_rejected_pair_is_not_offered() -> None:
    pair = ("ex:Customer-account", "ex:accounts-of-customers")
    assert pair in {candidate.pair for candidate in suggest(FINANCE, SALES)}
    assert pair not in {candidate.pair for candidate in suggest(FINANCE, SALES, rejected=[pair])}


def test_an_accepted_pair_is_certain_even_without_any_likeness() -> None:
    pair = ("ex:Claim", "ex:Lead")
    (first, *_) = suggest(FINANCE, SALES, accepted=[pair])
    assert first.pair == pair
    assert first.confidence == 1.0


def test_at_most_top_candidates_per_subject() -> None:
    many = Vocabulary("many", tuple(concept(f"claim {number}") for number in range(9)))
    assert len([c for c in suggest(FINANCE, many, top=2) if c.subject_id == "ex:Claim"]) == 2


def test_nothing_against_nothing_is_nothing() -> None:
    assert suggest(Vocabulary("a"), Vocabulary("b")) == ()
    assert suggest(FINANCE, Vocabulary("b")) == ()


def test_contradicting_decisions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="both accepted and rejected"):
        suggest(FINANCE, SALES, accepted=[("a", "b")], rejected=[("a", "b")])


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        MatchSettings(floor=1.5)
    with pytest.raises(InvalidInputError):
        MatchSettings(candidates_per_label=0)
    with pytest.raises(InvalidInputError):
        suggest(FINANCE, SALES, top=0)


def test_a_vocabulary_with_one_identifier_twice_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="twice"):
        Vocabulary("x", (concept("a"), concept("a")))


def test_matching_a_vocabulary_with_itself_finds_duplicates_and_no_concept_for_itself() -> None:
    doubled = Vocabulary("sales", (concept("Lead"), concept("lead"), concept("Customer")))
    assert {candidate.pair for candidate in suggest(doubled, doubled)} == {
        ("ex:Lead", "ex:lead"),
        ("ex:lead", "ex:Lead"),
    }


def test_a_concept_both_vocabularies_hold_cannot_be_accepted_as_its_own_match() -> None:
    found = suggest(FINANCE, FINANCE, accepted=[("ex:Claim", "ex:Claim")])
    assert ("ex:Claim", "ex:Claim") not in {candidate.pair for candidate in found}
