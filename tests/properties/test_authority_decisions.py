"""Authority over random worlds: total, deterministic, whatever the order; nothing void wins, no outsider counts."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.authority import (
    Authority,
    Claim,
    Explanation,
    Grant,
    Hierarchy,
    Policy,
    Scope,
    Tier,
    Trust,
    ValueOutcome,
    ValuePolicy,
    ValueQuestion,
    decide_term,
    decide_value,
    register_of,
    weigh_term,
)  # fmt: skip
from registry.authority.delegation import standing
from registry.model.decisions import Found, Match, MatchKind, Outcome, TermConcept, TermFacts, TermQuestion

T = TypeVar("T")
AT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
DEPARTMENTS = ("X", "Y", "Z", "top")
AREAS = ("fin", "fin/rev", "fin/rev/subs", "hr", "loop")
PLACES = ("DE", "FR", "EU")
LADDER = Hierarchy(
    {
        "subject_area": {"fin/rev/subs": ("fin/rev",), "fin/rev": ("fin",), "loop": ("pool",), "pool": ("loop",)},
        "jurisdiction": {"DE": ("EU",), "FR": ("EU",)},
        "usage": {"X": ("top",), "Y": ("top",), "Z": ("top",)},
    }
)
WINNING = {Outcome.UNCONTESTED, Outcome.AGREED, Outcome.RESOLVED, Outcome.PROVISIONAL}
NAMING_A_CONFLICT = {Outcome.TIE, Outcome.INCOMPARABLE, Outcome.CYCLE, Outcome.NO_AUTHORITY}

scopes = st.builds(
    Scope,
    subject_area=st.none() | st.sampled_from(AREAS),
    jurisdiction=st.none() | st.sampled_from(PLACES),
    usage=st.sampled_from([None, None, *DEPARTMENTS]),
)


@st.composite
def grants(draw: st.DrawFn, iri: str, kind: str = "term") -> Grant:
    parent = draw(st.sampled_from([None, None, None, *"012345"]))
    ends = draw(st.sampled_from([None, None, AT, AT + DAY, AT + 5 * DAY]))
    starts = draw(st.sampled_from([None, None, None, AT, AT + 2 * DAY]))
    more: Any = {"valid_until": ends} if ends else {}
    if starts and (ends is None or starts < ends):
        more["valid_from"] = starts
    return Grant(
        iri, draw(st.sampled_from("XYZ")), kind,  # type: ignore[arg-type]
        draw(scopes if kind == "term" else st.sampled_from([Scope(), Scope(property="n"), Scope(property="m")])),
        draw(st.sampled_from([Tier.NORMAL, Tier.NORMAL, Tier.MANDATE, Tier.FALLBACK])),
        draw(st.sampled_from([1, 1, 2])), status=draw(st.sampled_from(["active", "active", "active", "suspended"])),
        delegated_from=parent, delegable=draw(st.booleans()), max_depth=draw(st.integers(1, 3)),
        trust=draw(st.sampled_from([None, Trust(90, 10, "half_life", 8e6), Trust(80, 10, "linear", 8e6)])), **more,
    )  # fmt: skip


@st.composite
def registers(draw: st.DrawFn, kind: str = "term") -> list[Grant]:
    return [draw(grants(str(number), kind)) for number in range(draw(st.integers(0, 6)))]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[TermFacts, tuple[tuple[str, ...], ...]]:
    iris = [f"urn:{n}" for n in range(draw(st.integers(0, 4)))]
    known = {}
    for iri in iris:
        owner = draw(st.sampled_from("XYZ"))
        kind = draw(st.sampled_from(["department", "department", "hub"]))
        known[iri] = TermConcept(iri, f"{kind}-{owner}", "t", "d", kind, owner,  # type: ignore[arg-type]
                                 tuple(draw(st.lists(st.sampled_from("XYZ"), max_size=1))))  # fmt: skip
    match = Match(MatchKind.EXACT_PREF_LABEL, "pref_label", "t", "en")
    pairs = st.lists(st.tuples(st.sampled_from(iris), st.sampled_from(iris)), max_size=3) if iris else st.just([])
    facts = TermFacts(known, tuple(Found(iri, match) for iri in iris), tuple(draw(pairs)))
    return facts, tuple(draw(pairs))


questions = st.builds(TermQuestion, st.just("t"), st.sampled_from([(), ("X", "top"), ("Y", "top"), ("W",)]))
policies = st.builds(Policy, st.booleans(), safe_when_provisional=st.booleans(), safe_when_unowned=st.booleans())


def check_term(
    question: TermQuestion, world: tuple[TermFacts, tuple[tuple[str, ...], ...]], held: list[Grant], asked: Scope,
    policy: Policy, chance: random.Random,
) -> None:  # fmt: skip
    """All that is promised of a decision on a term."""
    facts, disputes = world
    said = _decide(question, facts, asked, held, disputes, policy)
    shuffled = TermFacts(
        dict(_mixed(list(facts.concepts.items()), chance)), tuple(_mixed(list(facts.found), chance)),
        tuple((b, a) for a, b in _mixed(list(facts.joins), chance)),
    )  # fmt: skip
    assert repr(_decide(question, shuffled, asked, _mixed(held, chance), disputes[::-1], policy)) == repr(said)
    assert (said.winner is not None) == (said.outcome in WINNING)
    assert (said.dispute is not None) == (said.outcome in NAMING_A_CONFLICT)
    assert said.decision.because
    if said.decision.safe_to_use and said.outcome not in (Outcome.PROVISIONAL, Outcome.AGREED_UNOWNED):
        assert said.outcome in (Outcome.UNCONTESTED, Outcome.AGREED, Outcome.RESOLVED)
    _nothing_void_decides(said, held)
    outsider = Grant("zz", "outsider", scope=Scope(), tier=Tier.MANDATE)
    assert _decide(question, facts, asked, [*held, outsider], disputes, policy) == said
    if said.valid_until is not None:
        assert said.valid_until > AT
    just_before = (said.valid_until or AT + 100 * DAY) - timedelta(seconds=1)
    later = _decide(question, facts, asked, held, disputes, policy, just_before)
    assert (later.outcome, later.winner) == (said.outcome, said.winner)


def check_no_new_sense(
    question: TermQuestion, world: tuple[TermFacts, tuple[tuple[str, ...], ...]], held: list[Grant], asked: Scope,
    extra: Grant,
) -> None:  # fmt: skip
    """A grant that is no mandate never changes which sense a department's own term has."""
    facts, disputes = world
    calm = [replace(grant, tier=max(grant.tier, Tier.NORMAL)) for grant in held]
    more = replace(extra, iri="extra", tier=max(extra.tier, Tier.NORMAL))
    before = _decide(question, facts, asked, calm, disputes, Policy())
    after = _decide(question, facts, asked, [*calm, more], disputes, Policy())
    if before.outcome in (Outcome.UNCONTESTED, Outcome.NEEDS_CONTEXT, Outcome.NO_CANDIDATE) and not disputes:
        assert (after.outcome, after.winner) == (before.outcome, before.winner)


def check_value(
    claims: list[Claim], held: list[Grant], asked: Scope, policy: ValuePolicy, chance: random.Random
) -> None:
    """All that is promised of a decision on a value."""
    question = ValueQuestion("urn:e", asked, AT)
    said = decide_value(question, claims, register_of(held), LADDER, policy)
    again = decide_value(question, _mixed(claims, chance), register_of(_mixed(held, chance)), LADDER, policy)
    assert repr(again) == repr(said)
    won = said.outcome in (ValueOutcome.AGREED, ValueOutcome.RESOLVED, ValueOutcome.PROVISIONAL)
    assert (said.value is not None) == won
    if won:
        assert any(c.value == said.value and c.valid and c.source in said.sources for c in claims)
    register = register_of(held)
    for iri in said.decided_by:
        assert standing(register.grants[iri], register, LADDER, AT).reason is None
    outsider = Grant("zz", "nobody-claims", "value", Scope(), Tier.MANDATE)
    assert decide_value(question, claims, register_of([*held, outsider]), LADDER, policy) == said


def _nothing_void_decides(said: Explanation, held: list[Grant]) -> None:
    register = register_of(held)
    for iri in said.decided_by:
        if not iri.startswith("implicit:"):
            assert standing(register.grants[iri], register, LADDER, AT).reason is None
    assert not {refused.grant for refused in said.rejected} & set(said.decided_by)


def _decide(
    question: TermQuestion, facts: TermFacts, asked: Scope, held: list[Grant], disputes: tuple[tuple[str, ...], ...],
    policy: Policy, at: datetime = AT,
) -> Explanation:  # fmt: skip
    return weigh_term(question, facts, asked, at, Authority(register_of(held), LADDER, disputes, {}, policy))


def _mixed(items: list[T], chance: random.Random) -> list[T]:
    copy = list(items)
    chance.shuffle(copy)
    return copy


claims = st.lists(
    st.builds(
        Claim,
        st.sampled_from("XYZ"),
        st.sampled_from([None, "x", "y", "z", "x "]),
        st.sampled_from([AT + DAY, AT, AT - 5 * DAY, AT - 400 * DAY]),
        st.sampled_from([frozenset(), frozenset("o"), frozenset("p"), frozenset("op")]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([0.0, 0.5]),
    ),
    max_size=6,
)
strategies = st.lists(
    st.sampled_from(["trust", "recency", "independent_majority", "completeness", "escalate"]), unique=True, max_size=4
)
value_policies = st.builds(
    ValuePolicy, strategies.map(tuple), st.sampled_from([{}, {"trust": 10.0}, {"recency": 86400.0}]),
    st.sampled_from([None, 365 * 86400.0]), st.booleans(), st.booleans(),
)  # fmt: skip
properties = st.sampled_from([Scope(), Scope(property="n")])

MANY = settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
VERY_MANY = settings(MANY, max_examples=20_000)


@MANY
@given(questions, worlds(), registers(), scopes, policies, st.randoms())
def test_terms(question, world, held, asked, policy, chance):  # type: ignore[no-untyped-def]
    check_term(question, world, held, asked, policy, chance)


@settings(MANY, max_examples=300)
@given(questions, worlds(), registers(), scopes, grants("extra"))
def test_a_grant_changes_no_sense(question, world, held, asked, extra):  # type: ignore[no-untyped-def]
    check_no_new_sense(question, world, held, asked, extra)


@settings(MANY, max_examples=300)
@given(questions, worlds())
def test_without_grants_and_disputes_it_is_the_plain_decision(question, world):  # type: ignore[no-untyped-def]
    facts, _ = world
    plain, weighed = decide_term(question, facts), _decide(question, facts, Scope(), [], (), Policy())
    if plain.outcome is not Outcome.AGREED_UNOWNED:
        assert weighed.decision == plain
    else:
        assert weighed.outcome in (Outcome.AGREED_UNOWNED, Outcome.AGREED)


@MANY
@given(claims, registers("value"), properties, value_policies, st.randoms())
def test_values(said, held, asked, policy, chance):  # type: ignore[no-untyped-def]
    check_value(said, held, asked, policy, chance)


@pytest.mark.long
@VERY_MANY
@given(questions, worlds(), registers(), scopes, policies, st.randoms())
def test_terms_long(question, world, held, asked, policy, chance):  # type: ignore[no-untyped-def]
    check_term(question, world, held, asked, policy, chance)


@pytest.mark.long
@VERY_MANY
@given(claims, registers("value"), properties, value_policies, st.randoms())
def test_values_long(said, held, asked, policy, chance):  # type: ignore[no-untyped-def]
    check_value(said, held, asked, policy, chance)
