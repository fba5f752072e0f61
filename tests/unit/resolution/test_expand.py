"""What to search for when a concept is meant, and how engines read it."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import InvalidInputError, NotFoundError
from registry.resolution.expand import (
    AvoidedTerm,
    ExpandableConcept,
    Expanding,
    Expansion,
    Term,
    expand,
    token_cost,
)
from registry.resolution.labels import ALT, HIDDEN, PREF
from registry.resolution.queries import boolean_query, expansion_document, solr_synonyms

LOAN = ExpandableConcept(
    "loan",
    (Term("Loan", PREF, "en"), Term("credit", ALT, "en"), Term("lones", HIDDEN), Term("Darlehen", PREF, "de")),
    narrower=("mortgage", "gone"),
    mapped={"hub-loan": 0.9},
    avoided=(
        AvoidedTerm("borrowing", "deprecated", "Loan", "en"),
        AvoidedTerm("cheap money", "forbidden", None, "en"),
    ),
)
MORTGAGE = ExpandableConcept(
    "mortgage",
    (Term("Mortgage", PREF, "en"), Term("LOAN", ALT, "en")),
    narrower=("loan", "second"),
    mapped={"hub-loan": 0.5, "elsewhere": 1.0},
    avoided=(AvoidedTerm("home lien", "deprecated", "Mortgage", "en"),),
)
SECOND = ExpandableConcept("second", (Term("Second charge", PREF, "en"),))
HUB = ExpandableConcept(
    "hub-loan", (Term("Lending", PREF, "en"),), avoided=(AvoidedTerm("hub word", "forbidden", None, "en"),)
)
WORLD = {one.iri: one for one in (LOAN, MORTGAGE, SECOND, HUB)}


def said(expansion: Expansion) -> list[tuple[str, float, str]]:
    return [(term.text, term.weight, term.way) for term in expansion.terms]


def test_a_concept_alone_gives_its_own_and_its_mapped_labels() -> None:
    assert said(expand("loan", WORLD, Expanding(("en",)))) == [
        ("Loan", 1.0, "same"),
        ("Lending", 0.9, "mapped"),
        ("credit", 0.9, "same"),
        ("lones", 0.7, "same"),
    ]


def test_narrower_concepts_weigh_less_with_every_step_and_a_circle_ends() -> None:
    found = said(expand("loan", WORLD, Expanding(("en",), depth=5)))
    assert ("Mortgage", 0.8, "narrower") in found
    assert ("Second charge", 0.64, "narrower") in found
    assert [text for text, _, _ in found].count("Loan") == 1
    assert "LOAN" not in [text for text, _, _ in found]
    assert "Second charge" not in [text for text, _, _ in said(expand("loan", WORLD, Expanding(depth=1)))]


def test_languages_asked_for_keep_their_terms_and_those_without_language() -> None:
    assert [text for text, _, _ in said(expand("loan", WORLD, Expanding(("de",))))] == ["Darlehen", "lones"]
    both = [text for text, _, _ in said(expand("loan", WORLD, Expanding(("de", "en"))))]
    assert both[:2] == ["Darlehen", "Loan"]


def test_words_to_avoid_come_with_their_replacement_forbidden_first_and_never_from_a_mapped_concept() -> None:
    found = expand("loan", WORLD, Expanding(depth=1)).avoided
    assert [(term.text, term.replacement) for term in found] == [
        ("cheap money", None),
        ("borrowing", "Loan"),
        ("home lien", "Mortgage"),
    ]


def test_a_forbidden_word_is_no_term_even_when_it_is_a_label() -> None:
    concept = ExpandableConcept("a", (Term("tax"), Term("Levy", ALT)), avoided=(AvoidedTerm("levy", "forbidden"),))
    assert [text for text, _, _ in said(expand("a", {"a": concept}))] == ["tax"]


def test_a_budget_is_kept_and_what_it_left_out_is_counted() -> None:
    whole = expand("loan", WORLD, Expanding(depth=2))
    short = expand("loan", WORLD, Expanding(depth=2, max_tokens=5))
    assert short.tokens <= 5
    assert short.terms == whole.terms[: len(short.terms)]
    assert short.left_out == len(whole.terms) + len(whole.avoided) - len(short.terms) - len(short.avoided) > 0
    assert whole.left_out == 0


def test_an_unknown_concept_and_impossible_wishes_are_refused() -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        expand("nowhere", WORLD)
    with pytest.raises(InvalidInputError, match="depth of 11"):
        Expanding(depth=11)
    with pytest.raises(InvalidInputError, match="budget"):
        Expanding(max_tokens=0)
    with pytest.raises(InvalidInputError, match="weight"):
        ExpandableConcept("a", mapped={"b": 1.5})


iris = st.sampled_from([f"urn:{number}" for number in range(6)])
terms = st.builds(
    Term, st.sampled_from(["a", "A", "b c", "ü", "銀行", ""]), st.integers(0, 2), st.sampled_from(["", "en", "de"])
)
avoided = st.builds(
    AvoidedTerm, st.text(max_size=3), st.sampled_from(["deprecated", "forbidden"]), st.sampled_from([None, "x"])
)
concepts = st.builds(
    ExpandableConcept,
    iris,
    st.lists(terms, max_size=4).map(tuple),
    st.lists(iris, max_size=3).map(tuple),
    st.dictionaries(iris, st.sampled_from([0.25, 0.5, 1.0]), max_size=2),
    st.lists(avoided, max_size=2).map(tuple),
)
wishes = st.builds(
    Expanding,
    st.sampled_from([(), ("en",), ("de", "en")]),
    st.integers(0, 3),
    st.one_of(st.none(), st.integers(1, 12)),
)


@settings(deadline=None)
@given(st.lists(concepts, min_size=1, max_size=6, unique_by=lambda one: one.iri), wishes, st.randoms())
def test_expansions_are_bounded_ordered_and_repeatable(
    world: list[ExpandableConcept], asked: Expanding, chance: random.Random
) -> None:
    given_world = {one.iri: one for one in world}
    expansion = expand(world[0].iri, given_world, asked)
    weights = [term.weight for term in expansion.terms]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)
    assert len({term.text.casefold() for term in expansion.terms}) == len(expansion.terms)
    costs = [token_cost(term.text) for term in expansion.terms]
    costs += [token_cost(term.text) + token_cost(term.replacement or "") for term in expansion.avoided]
    assert expansion.tokens == sum(costs)
    assert asked.max_tokens is None or expansion.tokens <= asked.max_tokens
    chance.shuffle(world)
    assert expand(expansion.concept, {one.iri: one for one in world}, asked) == expansion


def test_a_boolean_query_is_quoted_weighted_and_may_exclude() -> None:
    odd = ExpandableConcept("o", (Term('the "best"\n offer \\'), Term("deal", ALT)), avoided=LOAN.avoided)
    expansion = expand("o", {"o": odd})
    assert boolean_query(expansion) == '"the \\"best\\" offer \\\\" OR "deal"'
    assert boolean_query(expansion, weighted=True).endswith(' OR "deal"^0.9')
    assert boolean_query(expansion, exclude_forbidden=True).endswith(') AND NOT ("cheap money")')
    assert boolean_query(expand("e", {"e": ExpandableConcept("e")}), exclude_forbidden=True) == ""


def test_solr_synonyms_are_equivalents_or_lead_one_way() -> None:
    alone = expand("second", {"second": ExpandableConcept("second", (Term("b, c"), Term("a => #1", ALT)))})
    assert solr_synonyms([alone, alone]) == "b\\, c, a \\=\\> \\#1\n"
    further = solr_synonyms([expand("loan", WORLD, Expanding(("en",), depth=1))]).splitlines()
    assert further == [
        "Loan, credit, lones => Loan, credit, lones, Lending, Mortgage",
        "borrowing => Loan, borrowing",
        "home lien => Mortgage, home lien",
    ]
    assert solr_synonyms([expand("second", WORLD)]) == ""


def test_an_expansion_is_plain_values() -> None:
    document = expansion_document(expand("loan", WORLD))
    assert json.loads(json.dumps(document))["terms"][0] == {
        "text": "Darlehen", "language": "de", "weight": 1.0, "concept": "loan", "way": "same",
    }  # fmt: skip
