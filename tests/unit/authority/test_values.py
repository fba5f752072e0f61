"""Authority over values: every outcome by name, the strategies, and the edge rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registry.authority import (
    Claim,
    Grant,
    Hierarchy,
    Override,
    Scope,
    Tier,
    Trust,
    ValueDecision,
    ValueOutcome,
    ValuePolicy,
    ValueQuestion,
    blocked,
    decide_group,
    decide_value,
    register_of,
)  # fmt: skip
from registry.authority.claims import canonical
from registry.authority.trust import decayed, votes

AT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = 86_400.0


def claim(source: str, value: str | None, days: float = 1, roots: Sequence[str] = (), **more: Any) -> Claim:
    return Claim(source, value, AT - timedelta(days=days), frozenset(roots), **more)


def grant(iri: str, holder: str, **more: Any) -> Grant:
    return Grant(iri, holder, "value", Scope(property="legalName"), **more)


def ask(*claims: Claim, grants: Sequence[Grant] = (), override: Override | None = None, **policy: Any) -> ValueDecision:
    question = ValueQuestion("urn:acme", Scope(property="legalName"), AT)
    return decide_value(question, claims, register_of(grants), Hierarchy(), ValuePolicy(**policy), override)


ERP, CRM = grant("erp", "ERP", rank=1), grant("crm", "CRM", rank=2)


def test_agreed_when_spelling_alone_differs() -> None:
    said = ask(claim("A", "Acme  GmbH "), claim("B", "Acme GmbH", 2))
    assert (said.outcome, said.value, said.sources) == (ValueOutcome.AGREED, "Acme  GmbH ", ("A", "B"))


def test_resolved_by_rank() -> None:
    said = ask(claim("ERP", "Acme GmbH", 400), claim("CRM", "ACME"), grants=[ERP, CRM])
    assert (said.outcome, said.value, said.how, said.decided_by) == (
        ValueOutcome.RESOLVED,
        "Acme GmbH",
        "rank",
        ("erp",),
    )


def test_the_top_source_is_silent_or_too_old() -> None:
    said = ask(claim("ERP", None), claim("CRM", "ACME"), claim("Web", "acme!"), grants=[ERP, CRM])
    assert (said.value, said.silent, [(d.source, d.reason) for d in said.dropped]) == (
        "ACME",
        ("ERP",),
        [("ERP", "null")],
    )
    old = ask(claim("ERP", "Old", 400), claim("CRM", "New"), claim("Web", "x"), grants=[ERP, CRM], max_age=365 * DAY)
    assert (old.value, [d.reason for d in old.dropped]) == ("New", ["too_old"])


def test_what_does_not_count_is_dropped_with_its_reason() -> None:
    said = ask(
        claim("A", "x", valid=False), claim("B", "x", days=-1), claim("C", "x", blocked=True), claim("D", " "),
        claim("E", "ok", days=-4 / 1440),
    )  # fmt: skip
    assert said.value == "ok"
    assert [(d.source, d.reason) for d in said.dropped] == [
        ("A", "shape_violation"), ("B", "future_dated"), ("C", "blocked"), ("D", "null"),
    ]  # fmt: skip


def test_provisional_by_a_fallback_alone() -> None:
    said = ask(claim("ERP", "x"), claim("CRM", "y"), grants=[grant("f", "ERP", tier=Tier.FALLBACK)])
    assert (said.outcome, said.value, said.safe_to_use) == (ValueOutcome.PROVISIONAL, "x", False)


def test_no_authority_when_it_is_required() -> None:
    said = ask(claim("A", "x"), claim("B", "y"), authority_required=True)
    assert (said.outcome, said.value) == (ValueOutcome.NO_AUTHORITY, None)


def test_needs_context_when_grants_are_conditional() -> None:
    local = Grant("g", "A", "value", Scope(jurisdiction="DE"))
    said = ask(claim("A", "x"), claim("B", "y"), grants=[local], authority_required=True)
    assert (said.outcome, said.sharper_answer_needs) == (ValueOutcome.NEEDS_CONTEXT, ("jurisdiction",))


def test_cycle() -> None:
    a = grant("a", "A", delegated_from="b", delegable=True)
    b = grant("b", "B", delegated_from="a", delegable=True)
    assert ask(claim("A", "x"), claim("B", "y"), grants=[a, b], authority_required=True).outcome is ValueOutcome.CYCLE


def test_incomparable() -> None:
    question = ValueQuestion("urn:acme", Scope(property="legalName", jurisdiction="DE"), AT)
    grants = [grant("a", "A"), Grant("b", "B", "value", Scope(jurisdiction="DE"))]
    said = decide_value(
        question,
        [claim("A", "x"), claim("B", "y")],
        register_of(grants),
        Hierarchy(),
        ValuePolicy(strategies=("trust",)),
    )
    assert said.outcome is ValueOutcome.INCOMPARABLE


def test_no_candidate() -> None:
    assert ask().outcome is ValueOutcome.NO_CANDIDATE
    assert ask(claim("A", None)).outcome is ValueOutcome.NO_CANDIDATE


def test_tie_when_no_strategy_leads_far_enough() -> None:
    said = ask(claim("A", "x", 1), claim("B", "y", 1.01), strategies=("recency",), margins={"recency": 3600.0})
    assert (said.outcome, said.value) == (ValueOutcome.TIE, None)


def test_escalate_ends_the_strategies() -> None:
    assert ask(claim("A", "x", 1), claim("B", "y", 9), strategies=("escalate", "recency")).outcome is ValueOutcome.TIE


def test_trust_decays_and_decides() -> None:
    grants = [
        grant("a", "ERP", trust=Trust(90, 20, "half_life", 180 * DAY)),
        grant("b", "CRM", trust=Trust(70, 20, "linear", 365 * DAY)),
    ]
    said = ask(claim("ERP", "x", 300), claim("CRM", "y", 10), grants=grants, strategies=("authority", "trust"))
    assert (said.outcome, said.value, said.how) == (ValueOutcome.RESOLVED, "y", "trust")


@pytest.mark.parametrize(
    ("decay", "days", "expected"),
    [
        ("none", 999, 90),
        ("linear", 0, 90),
        ("linear", 50, 50),
        ("linear", 500, 10),
        ("half_life", 100, 50),
        ("half_life", -3, 90),
    ],
)
def test_decay(decay: Any, days: float, expected: float) -> None:
    assert decayed(Trust(90, 10, decay, 100 * DAY), days * DAY) == pytest.approx(expected)


def test_ten_copies_are_one_vote() -> None:
    copies = [claim(f"C{n}", "x", n + 1, ["origin"]) for n in range(10)]
    others = [claim("Y", "y", 20, ["one"]), claim("Z", "y", 21, ["two"])]
    said = ask(*copies, *others, strategies=("independent_majority",))
    assert (said.value, [(g.value, g.score) for g in said.groups]) == ("y", [("x", 1), ("y", 2)])


def test_unknown_origin_is_one_origin_and_equal_oddities_lower_independence() -> None:
    assert votes([claim("A", "x", 1), claim("B", "x", 2)], "text") == 1
    assert votes([claim("A", "x", 1, ["a"]), claim("B", "x", 2, ["b"])], "text") == 2
    assert votes([claim("A", "x", 1, ["a"]), claim("B", "x", 1, ["b"])], "text") == 1
    assert votes([claim("A", "x  y", 1, ["a"]), claim("B", "x  y", 2, ["b"])], "text") == 1


def test_completeness() -> None:
    said = ask(claim("A", "x", completeness=0.5), claim("B", "y", completeness=0.9), strategies=("completeness",))
    assert said.value == "y"


def test_an_override_wins_until_it_ends_and_says_when_it_is_stale() -> None:
    mine = claim("ERP", "wrong")
    pin = Override("o", "right", AT + timedelta(days=1), mine.digest)
    said = ask(mine, override=pin)
    assert (said.outcome, said.value, said.how, said.stale_override) == (
        ValueOutcome.RESOLVED,
        "right",
        "override",
        False,
    )
    assert ask(claim("ERP", "other"), override=pin).stale_override
    assert ask(mine, override=Override("o", "right", AT, mine.digest)).value == "wrong"


def test_an_attribute_group_is_taken_whole_from_one_source() -> None:
    street = [claim("ERP", "Old Road", 9), claim("CRM", "New Road", 1)]
    town = [claim("ERP", "Ulm", 9), claim("CRM", "Bonn", 1), claim("Web", "Kiel", 0)]
    question = ValueQuestion("urn:acme", Scope(property="legalName"), AT)
    said, taken = decide_group(
        question, {"street": street, "town": town}, register_of([ERP, CRM]), Hierarchy(), ValuePolicy()
    )
    assert (said.outcome, taken) == (ValueOutcome.RESOLVED, {"street": "Old Road", "town": "Ulm"})


def test_blocked_when_the_record_breaks_its_shape() -> None:
    said = blocked(ask(claim("A", "x")), ["no postcode"])
    assert (said.outcome, said.value, said.safe_to_use) == (ValueOutcome.BLOCKED, None, False)
    assert any("no postcode" in reason for reason in said.because)
    assert blocked(ask(claim("A", "x")), []).value == "x"


def test_numbers_are_equal_as_numbers() -> None:
    assert {canonical(text, "number") for text in ("1", "1.0", "1e0", " 01.00 ")} == {"1"}
    assert canonical("100", "number") == "100"
    assert canonical("NaN", "number") == "NaN"
