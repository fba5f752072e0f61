"""Conflicts assigned, decided with what follows for mappings, reopened by hand or by a change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.contract import conflicts as rows
from registry.contract import mappings, principals
from registry.contract.conflicts import (
    AssignConflict,
    Conflict,
    DecideConflict,
    FindConflicts,
    ListConflicts,
    ReopenConflict,
    ShowConflict,
)
from registry.contract.mappings import ListMappings
from registry.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError, RefusedError
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, fill, load

REASON = "A ledger record and a login have nothing in common."


@pytest.fixture
def world(registry: Registry) -> Registry:
    fill(registry)
    registry.call(principals.ADD, principals.AddPrincipal(handle="ada", kind="person"))
    registry.call(principals.GRANT, principals.GrantRole(principal="ada", role="arbiter", department="group"))
    registry.call(rows.FIND, FindConflicts(scheme=["fin", "it"]))
    return registry


def account(world: Registry) -> Conflict:
    found: list[Conflict] = world.call(rows.LIST, ListConflicts(kind="homonym")).conflicts
    return next(one for one in found if one.label_key == "account")


def decide(world: Registry, how: str, who: str | None = None, **more: Any) -> Any:
    request = DecideConflict(conflict=account(world).id, how=how, **({"reason": REASON} | more))
    return world.acting(who).call(rows.DECIDE, request) if who else world.call(rows.DECIDE, request)


def mapped(world: Registry) -> dict[tuple[str, str], tuple[str, str]]:
    found = world.call(mappings.LIST, ListMappings()).mappings
    return {(m.subject, m.object): (m.predicate_id, m.state) for m in found}


def test_the_arbiter_above_both_keeps_both(world: Registry) -> None:
    done = decide(world, "keep-both", "ada", dissent="Finance was first.")
    assert (done.conflict.state, done.conflict.how, done.conflict.decided_by) == ("accepted_as_different", "keep-both",
                                                                                  "ada")  # fmt: skip
    assert (done.conflict.reason, done.conflict.dissent) == (REASON, "Finance was first.")
    assert done.mappings_changed == 1
    assert mapped(world) == {("fin/account", "it/account"): ("skos:exactMatch", "rejected")}
    sides = {side.reference: side.pref_label for side in done.conflict.sides}
    assert sides == {"fin/account": "Account", "it/account": "Account"}, "everybody's wording stays"


def test_a_party_alone_does_not_decide(world: Registry) -> None:
    for who in ("fiona", "ivan", "helen", "rita", "bot"):
        with pytest.raises(NotPermittedError):
            decide(world, "keep-both", who)
    assert account(world).state == "open"


@pytest.mark.parametrize(
    ("how", "more", "predicate", "state"),
    [
        ("merge", {}, "skos:exactMatch", "applied"),
        ("one-governs", {"governs": "finance"}, "skos:closeMatch", "applied"),
        ("transition", {"governs": "finance", "until": date(2027, 6, 30)}, "skos:closeMatch", "applied"),
        ("broader", {"broader": "fin/account"}, "skos:broadMatch", "applied"),
    ],
)
def test_what_follows_is_mapped(world: Registry, how: str, more: dict[str, Any], predicate: str, state: str) -> None:
    done = decide(world, how, "ada", **more)
    assert (done.conflict.state, done.conflict.governs) == (state, more.get("governs"))
    assert mapped(world) == {("it/account", "fin/account"): (predicate, "approved")}


def test_a_transition_says_until_when_the_old_one_is_valid(world: Registry) -> None:
    from registry.contract import concepts

    decide(world, "transition", governs="finance", until=date(2027, 6, 30))
    losing = world.call(concepts.SHOW, concepts.ShowConcept(concept="it/account"))
    governing = world.call(concepts.SHOW, concepts.ShowConcept(concept="fin/account"))
    assert (str(losing.effective_until), governing.effective_until) == ("2027-06-30", None)


def test_a_split_waits_for_the_vocabularies(world: Registry) -> None:
    assert decide(world, "split").conflict.state == "decided"
    assert mapped(world) == {}


def test_what_was_said_before_gives_way(world: Registry) -> None:
    world.call(mappings.APPROVE, mappings.ApproveMapping(subject="fin/account", object="it/account"))
    decide(world, "broader", broader="fin/account")
    assert mapped(world)["fin/account", "it/account"] == ("skos:exactMatch", "withdrawn")
    assert mapped(world)["it/account", "fin/account"] == ("skos:broadMatch", "approved")


@pytest.mark.parametrize(
    ("how", "more"),
    [
        ("one-governs", {}),
        ("one-governs", {"governs": "payroll"}),
        ("transition", {"governs": "finance"}),
        ("broader", {}),
        ("broader", {"broader": "hub/customer"}),
    ],
)
def test_what_is_missing_is_asked_for(world: Registry, how: str, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        decide(world, how, **more)
    assert mapped(world) == {}


def test_a_settled_conflict_is_not_decided_again(world: Registry) -> None:
    decide(world, "keep-both")
    with pytest.raises(ConflictError, match="ledger record"):
        decide(world, "merge")


def test_looking_again_leaves_a_settled_conflict_alone_until_a_side_changes(world: Registry) -> None:
    decide(world, "keep-both")
    assert world.call(rows.FIND, FindConflicts(scheme=["fin", "it"])).reopened == 0
    load(world, "fin", FINANCE.replace("A record in the general ledger.", "A line in the chart of accounts."))
    stirred = account(world)
    assert (stirred.state, stirred.changed_since, stirred.how) == ("open", True, "keep-both")
    assert world.call(rows.LIST, ListConflicts(state="accepted_as_different")).total == 0
    assert world.call(rows.FIND, FindConflicts(scheme=["fin", "it"])).reopened == 1
    again = account(world)
    assert (again.state, again.changed_since, again.how, again.decided_by) == ("open", False, None, None)
    assert decide(world, "merge").conflict.state == "applied"


def test_a_conflict_is_assigned_with_a_due_date(world: Registry) -> None:
    due = datetime(2027, 1, 31, 17, tzinfo=UTC)
    request = AssignConflict(conflict=account(world).id, due_by=due, arbiter="payroll")
    found = world.acting("fiona").call(rows.ASSIGN, request).conflict
    assert (found.state, found.arbiter) == ("assigned", "payroll")
    assert found.due_by is not None
    assert datetime.fromisoformat(found.due_by) == due
    with pytest.raises(RefusedError, match="is a party"):
        world.call(rows.ASSIGN, AssignConflict(conflict=found.id, due_by=due, arbiter="it"))
    with pytest.raises(NotPermittedError):
        world.acting("rita").call(rows.ASSIGN, request)
    with pytest.raises(ValueError, match="timezone"):
        AssignConflict(conflict=found.id, due_by="2027-01-31T17:00:00")


def test_a_settled_conflict_is_reopened_with_a_reason(world: Registry) -> None:
    done = decide(world, "keep-both").conflict
    found = world.acting("ivan").call(rows.REOPEN, ReopenConflict(conflict=done.id, reason="New facts.")).conflict
    assert (found.state, found.reason, found.how) == ("open", None, None)
    with pytest.raises(ConflictError, match="It is open"):
        world.call(rows.REOPEN, ReopenConflict(conflict=done.id, reason="Again."))


def test_there_is_one_appeal_to_the_next_arbiter(world: Registry) -> None:
    due = datetime(2027, 1, 31, 17, tzinfo=UTC)
    conflict = account(world)
    world.call(rows.ASSIGN, AssignConflict(conflict=conflict.id, due_by=due, arbiter="payroll"))
    with pytest.raises(NotPermittedError):
        decide(world, "keep-both", "ada")
    decide(world, "keep-both")
    appeal = ReopenConflict(conflict=conflict.id, reason="We were not heard.", appeal=True)
    found = world.call(rows.REOPEN, appeal).conflict
    assert (found.arbiter, found.appealed_from) == ("group", "payroll")
    decide(world, "merge", "ada")
    with pytest.raises(RefusedError, match="appealed once"):
        world.call(rows.REOPEN, appeal)


def test_a_dry_run_shows_what_would_come_of_it(world: Registry) -> None:
    request = DecideConflict(conflict=account(world).id, how="merge", reason=REASON)
    assert world.acting("rita", dry_run=True).call(rows.DECIDE, request).conflict.state == "applied"
    assert mapped(world) == {}
    assert account(world).state == "open"


def test_an_unknown_conflict_is_not_decided(world: Registry) -> None:
    for operation, request in (
        (rows.DECIDE, DecideConflict(conflict="none", how="merge", reason="x")),
        (rows.REOPEN, ReopenConflict(conflict="none", reason="x")),
    ):
        with pytest.raises(NotFoundError):
            world.call(operation, request)
    with pytest.raises(NotFoundError):
        world.call(rows.SHOW, ShowConflict(conflict="none"))
