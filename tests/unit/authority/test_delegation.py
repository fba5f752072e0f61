"""Delegation only shrinks; the map and the lint name what is amiss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registry.authority import Grant, Hierarchy, Policy, Scope, Tier, register_of
from registry.authority.delegation import cycle, flaw, standing
from registry.authority.lint import cells, findings, of_cells

AT = datetime(2026, 11, 20, tzinfo=UTC)
LADDER = Hierarchy({"subject_area": {"narrow": ("wide",)}})
PARENT = Grant("p", "finance", scope=Scope(subject_area="wide"), delegable=True)


def child(**more: Any) -> Grant:
    return Grant("c", "it", **{"delegated_from": "p", "scope": Scope(subject_area="narrow"), **more})


def test_a_child_may_shrink() -> None:
    assert flaw(child(), register_of([PARENT, child()]), LADDER) is None


@pytest.mark.parametrize(
    ("parent", "made", "reason"),
    [
        ({}, {"scope": Scope()}, "scope_exceeds_delegator"),
        ({}, {"tier": Tier.MANDATE}, "tier_above_delegator"),
        ({}, {"kind": "value"}, "kind_differs"),
        ({}, {"delegated_from": "nothing"}, "delegator_missing"),
        ({"delegable": False}, {}, "not_delegable"),
        ({"status": "suspended"}, {}, "delegator_inactive"),
        ({"max_depth": 0}, {}, "delegated_too_often"),
    ],
)
def test_a_child_may_do_nothing_else(parent: dict[str, Any], made: dict[str, Any], reason: str) -> None:
    above = Grant(**{**{name: getattr(PARENT, name) for name in Grant.__slots__}, **parent})
    assert flaw(child(**made), register_of([above, child(**made)]), LADDER) == reason


def test_depth_is_counted_from_every_ancestor() -> None:
    middle = child(delegable=True, max_depth=5)
    last = Grant("d", "hr", scope=Scope(subject_area="narrow"), delegated_from="c")
    assert flaw(last, register_of([PARENT, middle, last]), LADDER) == "delegated_too_often"


def test_the_parents_time_cuts_the_childs() -> None:
    ends = AT + timedelta(days=3)
    above = Grant("p", "finance", scope=Scope(subject_area="wide"), delegable=True, valid_until=ends)
    register = register_of([above, child()])
    assert standing(child(), register, LADDER, AT).until == ends
    assert standing(child(), register, LADDER, ends).reason == "delegator_not_in_time"


def test_a_circle_is_named_as_a_path() -> None:
    a = Grant("a", "x", delegated_from="b", delegable=True)
    b = Grant("b", "y", delegated_from="a", delegable=True)
    assert cycle(a, register_of([a, b])) == ("a", "b", "a")
    outside = Grant("z", "w", delegated_from="a")
    assert flaw(outside, register_of([a, b, outside]), LADDER) == "delegation_cycle"


def test_the_map_says_who_decides_where() -> None:
    grants = [
        Grant("one", "finance", scope=Scope(subject_area="wide")), Grant("two", "it", scope=Scope(subject_area="wide")),
        Grant("soon", "hr", scope=Scope(subject_area="people"), valid_until=AT + timedelta(days=5)),
        Grant("last", "board", scope=Scope(subject_area="rest"), tier=Tier.FALLBACK),
        Grant("fine", "it", scope=Scope(subject_area="access")),
    ]  # fmt: skip
    areas = ["narrow", "people", "rest", "access", "sea"]
    found = cells([("term", Scope(subject_area=a)) for a in areas], register_of(grants), LADDER, AT, Policy())
    assert [cell.state for cell in found] == ["contested", "expiring", "fallback_only", "covered", "nobody"]
    assert {finding.rule for finding in of_cells(found)} == {"contested", "expiring", "fallback_only", "nobody"}


def test_lint_names_what_is_wrong_with_grants() -> None:
    grants = [
        Grant("law", "finance", tier=Tier.MANDATE), Grant("gone", "it", delegated_from="nothing"),
        Grant("soon", "hr", valid_until=AT + timedelta(days=20), review_by="2026-01-01", arbiter="cdo"),
        Grant("paused", "hr", status="suspended"), Grant("dead", "hr", status="revoked"),
    ]  # fmt: skip
    found = findings(register_of(grants), LADDER, AT)
    assert [(one.rule, one.about) for one in found if one.severity == "error"] == [("delegator_missing", "gone")]
    rules = {one.rule for one in found}
    assert {"mandate_without_review", "mandate_over_all", "expiring", "review_overdue", "suspended"} <= rules
    assert "dead" not in {one.about for one in found}
    assert next(one.message for one in found if one.rule == "expiring") == "Ends within 30 days."


def test_mandates_are_the_exception() -> None:
    grants = [Grant(str(n), "x", tier=Tier.MANDATE if n < 3 else Tier.NORMAL) for n in range(6)]
    assert any(one.rule == "many_mandates" for one in findings(register_of(grants), LADDER, AT))
