"""Deciding a term: properties over random small worlds, and the cases people will meet."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from registry.authority import classes, decide_term, decision_id
from registry.model.decisions import (
    Found,
    Match,
    MatchKind,
    Outcome,
    TermConcept,
    TermFacts,
    TermQuestion,
    Unsettled,
)

T = TypeVar("T")
DEPARTMENTS = ("finance", "it", "sales", "head-office")
SCHEMES = {"fin": ("department", "finance"), "it": ("department", "it"), "hub": ("hub", "head-office"),
           "stw": ("external", None)}  # fmt: skip
IRIS = tuple(f"urn:c:{n}" for n in range(7))
iris = st.sampled_from(IRIS)


@st.composite
def concepts(draw: st.DrawFn, iri: str) -> TermConcept:
    scheme = draw(st.sampled_from(sorted(SCHEMES)))
    kind, owner = SCHEMES[scheme]
    status = draw(st.sampled_from(["approved", "approved", "approved", "draft", "deprecated", "archived"]))
    replaced_by = draw(st.lists(iris, max_size=2)) if status == "deprecated" else []
    return TermConcept(iri, scheme, f"label of {iri[-1]}", draw(st.none() | st.just("A definition.")), kind, owner,  # type: ignore[arg-type]
                       tuple(draw(st.lists(st.sampled_from(DEPARTMENTS), max_size=1))), status, tuple(replaced_by))  # type: ignore[arg-type]  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> TermFacts:
    known = {iri: draw(concepts(iri)) for iri in draw(st.lists(iris, unique=True, max_size=7))}
    match = st.builds(
        Match,
        st.sampled_from(list(MatchKind)[:-1]),
        st.sampled_from(["pref_label", "alt_label", "hidden_label", "notation"]),
        st.sampled_from(["account", "Account"]),
        st.sampled_from(["", "en", "de"]),
    )
    found = draw(st.lists(st.builds(Found, iris, match), max_size=6))
    joins = draw(st.lists(st.tuples(iris, iris), max_size=4))
    unsettled = draw(
        st.lists(st.builds(Unsettled, iris, iris, st.sampled_from(["one_sided", "needs_review"])), max_size=2)
    )
    return TermFacts(known, tuple(found), tuple(joins), tuple(unsettled))


questions = st.builds(
    TermQuestion,
    st.just("account"),
    st.lists(st.sampled_from(DEPARTMENTS), unique=True, max_size=3).map(tuple),
    st.sampled_from([None, "en", "de", "en-gb"]),
    st.lists(st.sampled_from(sorted(SCHEMES)), unique=True, max_size=2).map(tuple),
    st.booleans(),
)


@given(questions, facts(), st.randoms())
def test_order_of_facts_does_not_matter(question: TermQuestion, world: TermFacts, chance: random.Random) -> None:
    shuffled = TermFacts(
        dict(_shuffled(list(world.concepts.items()), chance)),
        tuple(_shuffled(world.found, chance)),
        tuple((b, a) for a, b in _shuffled(world.joins, chance)),
        tuple(_shuffled(world.unsettled, chance)),
    )
    assert decide_term(question, shuffled) == decide_term(question, world)


def _shuffled(items: Sequence[T], chance: random.Random) -> list[T]:
    copy = list(items)
    chance.shuffle(copy)
    return copy


@given(questions, facts())
def test_every_answer_keeps_the_promises_of_its_outcome(question: TermQuestion, world: TermFacts) -> None:
    decision = decide_term(question, world)
    has_winner = decision.outcome in (Outcome.UNCONTESTED, Outcome.AGREED)
    assert (decision.winner is not None) == (decision.match is not None) == has_winner
    assert (decision.ask is not None) == (decision.outcome is Outcome.NEEDS_CONTEXT)
    assert decision.because
    assert all(decision.because)
    if decision.safe_to_use:
        assert decision.winner is not None
        assert world.concepts[decision.winner].status == "approved"
    if decision.winner:
        assert decision.winner not in {other.concept for other in decision.alternatives}
    if decision.ask:
        assert len(decision.ask.options) > 1


@given(questions, facts())
def test_drafts_deprecated_and_archived_concepts_never_win_unasked(question: TermQuestion, world: TermFacts) -> None:
    decision = decide_term(question, world)
    if decision.winner:
        allowed = {"approved", "draft", "in_review"} if question.include_drafts else {"approved"}
        assert world.concepts[decision.winner].status in allowed


@given(questions, facts())
def test_unsettled_mappings_join_nothing(question: TermQuestion, world: TermFacts) -> None:
    without = TermFacts(world.concepts, world.found, world.joins)
    one, other = decide_term(question, world), decide_term(question, without)
    assert (one.outcome, one.winner, one.ask) == (other.outcome, other.winner, other.ask)


@given(st.lists(st.tuples(iris, iris), max_size=8))
def test_classes_are_an_equivalence(joins: list[tuple[str, str]]) -> None:
    found = classes(IRIS, joins)
    for iri in IRIS:
        assert iri in found[iri]
        assert all(found[other] == found[iri] for other in found[iri])
    assert all(found[a] == found[b] for a, b in joins)


def _met(iri: str, of: str = "pref_label", language: str = "en") -> Found:
    kind = {"pref_label": MatchKind.EXACT_PREF_LABEL, "alt_label": MatchKind.EXACT_ALT_LABEL}[of]
    return Found(iri, Match(kind, of, "account", language))  # type: ignore[arg-type]


FIN = TermConcept("urn:c:fin", "fin", "Account", "A record in the ledger.", "department", "finance")
IT = TermConcept("urn:c:it", "it", "Account", "A person's access to a system.", "department", "it")
HUB = TermConcept("urn:c:hub", "hub", "Ledger account", "What is posted to.", "hub", "head-office")


def _world(*concepts: TermConcept, found: Sequence[Found] = (), joins: Sequence[tuple[str, str]] = ()) -> TermFacts:
    return TermFacts({c.iri: c for c in concepts}, tuple(found), tuple(joins))


def test_two_senses_need_context_and_one_question_about_departments() -> None:
    decision = decide_term(TermQuestion("account"), _world(FIN, IT, found=[_met(FIN.iri), _met(IT.iri)]))
    assert decision.outcome is Outcome.NEEDS_CONTEXT
    assert decision.ask is not None
    assert decision.ask.about == "department"
    assert [option.value for option in decision.ask.options] == ["finance", "it"]
    assert decision.ask.text.startswith('Whose "account" is meant: finance (A record in the ledger.) or it')


def test_the_askers_department_chooses_the_sense() -> None:
    world = _world(FIN, IT, found=[_met(FIN.iri), _met(IT.iri)])
    decision = decide_term(TermQuestion("account", ("it", "head-office")), world)
    assert (decision.outcome, decision.winner, decision.safe_to_use) == (Outcome.UNCONTESTED, IT.iri, True)
    assert [other.concept for other in decision.alternatives] == [FIN.iri]


def test_the_nearest_ancestor_chooses_when_the_department_has_no_concept() -> None:
    world = _world(FIN, IT, found=[_met(FIN.iri), _met(IT.iri)])
    decision = decide_term(TermQuestion("account", ("payroll", "finance")), world)
    assert decision.winner == FIN.iri
    assert any("nearest department above" in reason for reason in decision.because)


def test_the_hub_stands_for_all_and_is_met_by_mapping() -> None:
    world = _world(FIN, HUB, found=[_met(FIN.iri)], joins=[(FIN.iri, HUB.iri)])
    decision = decide_term(TermQuestion("account", ("finance",)), world)
    assert (decision.outcome, decision.winner) == (Outcome.AGREED, HUB.iri)
    assert decision.match is not None
    assert decision.match.kind is MatchKind.MAPPING


def test_agreed_without_hub_or_own_is_nobodys() -> None:
    world = _world(FIN, IT, found=[_met(FIN.iri), _met(IT.iri)], joins=[(FIN.iri, IT.iri)])
    decision = decide_term(TermQuestion("account"), world)
    assert (decision.outcome, decision.winner, decision.safe_to_use) == (Outcome.AGREED_UNOWNED, None, False)
    assert {other.concept for other in decision.alternatives} == {FIN.iri, IT.iri}


def test_a_deprecated_concept_leads_to_its_replacement_and_says_so() -> None:
    old = TermConcept("urn:c:old", "fin", "Bad debt", None, "department", "finance", (), "deprecated", (FIN.iri,))
    decision = decide_term(TermQuestion("account"), _world(old, FIN, found=[_met(old.iri)]))
    assert decision.winner == FIN.iri
    assert any("deprecated and replaced by" in reason for reason in decision.because)


def test_a_circle_of_replacements_ends() -> None:
    one = TermConcept("urn:c:1", "fin", "One", status="deprecated", replaced_by=("urn:c:2",))
    two = TermConcept("urn:c:2", "fin", "Two", status="deprecated", replaced_by=("urn:c:1",))
    assert decide_term(TermQuestion("account"), _world(one, two, found=[_met(one.iri)])).outcome is Outcome.NO_CANDIDATE


def test_several_replacements_are_asked_about() -> None:
    old = TermConcept("urn:c:old", "fin", "Old", status="deprecated", replaced_by=(FIN.iri, IT.iri), owner="finance")
    decision = decide_term(TermQuestion("account", ("finance",)), _world(old, FIN, IT, found=[_met(old.iri)]))
    assert decision.outcome is Outcome.NEEDS_CONTEXT
    assert decision.ask is not None
    assert {iri for option in decision.ask.options for iri in option.concepts} == {FIN.iri, IT.iri}


def test_a_label_in_another_language_is_answered_and_not_safe() -> None:
    decision = decide_term(TermQuestion("account", language="de"), _world(FIN, found=[_met(FIN.iri)]))
    assert (decision.winner, decision.safe_to_use) == (FIN.iri, False)


def test_the_asked_language_separates() -> None:
    world = _world(FIN, IT, found=[_met(FIN.iri, language="de"), _met(IT.iri)])
    assert decide_term(TermQuestion("account", language="en-GB"), world).winner == IT.iri


def test_within_one_vocabulary_the_preferred_label_counts() -> None:
    other = TermConcept("urn:c:other", "fin", "Bank account", None, "department", "finance")
    world = _world(FIN, other, found=[_met(other.iri, "alt_label"), _met(FIN.iri)])
    assert decide_term(TermQuestion("account"), world).winner == FIN.iri


def test_decision_ids_depend_on_question_inputs_and_version_alone() -> None:
    question = TermQuestion("account", ("it",))
    one = decision_id(question, ["urn:b", "urn:a"], 7)
    assert one == decision_id(TermQuestion(" account ", ("it",)), ["urn:a", "urn:b", "urn:a"], 7)
    others = [decision_id(question, ["urn:a"], 7), decision_id(question, ["urn:a", "urn:b"], 8),
              decision_id(TermQuestion("account"), ["urn:a", "urn:b"], 7)]  # fmt: skip
    assert len({one, *others}) == 4
