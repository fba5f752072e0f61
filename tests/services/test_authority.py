"""The noun authority through the gate, on every backend and over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registry.contract import authority, departments, principals, sources
from registry.contract.operation import parse
from registry.errors import ConflictError, NotFoundError, NotPermittedError, RefusedError
from tests.adapters.registries import Registry
from tests.properties.world import OPEN, imported

LAW = {"basis": "https://law.example/act", "basis_class": "law"}
POLICY = {"basis": "https://intranet.example/policy", "basis_class": "policy"}
NAME = "https://schema.example/legalName"
AT = datetime(2030, 1, 1, tzinfo=UTC)
EU, DE = "https://place.example/eu", "https://place.example/de"


@pytest.fixture
def world(registry: Registry) -> Registry:
    """Three departments below one company, two vocabularies with one label, three sources."""
    registry.call(departments.ADD, departments.AddDepartment(key="company", name="Company"))
    for key in ("finance", "it", "sales"):
        registry.call(departments.ADD, departments.AddDepartment(key=key, name=key, part_of="company"))
    for key in ("finance", "it"):
        imported(registry, key, OPEN.format(key=key), owner=key)
    for key in ("erp", "crm"):
        said = sources.RegisterSource(key=key, owner="it", title=key, context={"@vocab": "urn:x:"})
        registry.call(sources.REGISTER, said)
    return registry


def ask(registry: Any, operation: Any, **fields: Any) -> Any:
    return registry.call(operation, parse(operation.request, fields))


def given(registry: Any, holder: str, **fields: Any) -> Any:
    return ask(registry, authority.GRANT, holder=holder, **{**POLICY, **fields}).grant


def test_a_grant_is_made_listed_suspended_and_revoked(world: Registry) -> None:
    ask(world, authority.AREA, key="money", label="Money")
    made = given(world, "finance", subject_area="money", jurisdiction=EU, valid_until=AT.isoformat(), rank=3,
                 review_by="2029-01-01", delegable=True, max_depth=2, arbiter="company")  # fmt: skip
    assert (made.holder, made.tier, made.rank, made.status) == ("finance", "normal", 3, "active")
    assert (made.scope.subject_area, made.scope.jurisdiction, made.arbiter) == ("money", EU, "company")
    assert made.valid_until == AT
    assert ask(world, authority.LIST).grants == [made]
    assert ask(world, authority.SUSPEND, grant=made.id).grant.status == "suspended"
    assert ask(world, authority.SUSPEND, grant=made.iri, resume=True).grant.status == "active"
    assert ask(world, authority.REVOKE, grant=made.id).grant.status == "revoked"
    with pytest.raises(ConflictError):
        ask(world, authority.REVOKE, grant=made.id)
    with pytest.raises(ConflictError):
        ask(world, authority.SUSPEND, grant=made.id, resume=True)
    assert ask(world, authority.LIST, status="active").grants == []


def test_what_a_grant_names_has_to_exist(world: Registry) -> None:
    for fields in ({"subject_area": "sea"}, {"usage": "nowhere"}, {"delegated_from": "abc"}, {"concept": "it/none"}):
        with pytest.raises(NotFoundError):
            given(world, "finance", **fields)
    with pytest.raises(NotFoundError):
        given(world, "nowhere")
    with pytest.raises(NotFoundError):
        ask(world, authority.REVOKE, grant="abc")


def test_a_mandate_needs_a_binding_basis(world: Registry) -> None:
    with pytest.raises(RefusedError, match="mandate"):
        given(world, "finance", tier="mandate")
    made = given(world, "finance", tier="mandate", review_by="2029-01-01", **LAW)
    assert (made.tier, made.basis_class) == ("mandate", "law")


def test_a_mandate_needs_a_registrar_of_all(world: Registry) -> None:
    person(world, "rita", "registrar", "sales")
    with pytest.raises(NotPermittedError):
        given(world.acting("rita"), "finance", tier="mandate", usage="sales", **LAW)
    assert given(world.acting("rita"), "finance", usage="sales").status == "active"


def test_nobody_grants_to_their_own_department(world: Registry) -> None:
    person(world, "rita", "registrar", "sales")
    with pytest.raises(NotPermittedError, match="own department"):
        given(world.acting("rita"), "sales", usage="sales")
    made = given(world, "sales", usage="sales")
    with pytest.raises(NotPermittedError, match="own department"):
        ask(world.acting("rita"), authority.REVOKE, grant=made.id)


def test_delegation_only_shrinks(world: Registry) -> None:
    ask(world, authority.AREA, key="money", label="Money")
    ask(world, authority.AREA, key="accounts", label="Accounts", broader="money")
    parent = given(world, "finance", subject_area="money", delegable=True)
    child = given(world, "it", subject_area="accounts", delegated_from=parent.id)
    assert child.delegated_from == parent.iri
    with pytest.raises(RefusedError, match="wider scope"):
        given(world, "it", delegated_from=parent.id)
    with pytest.raises(RefusedError, match="may not be passed on"):
        given(world, "sales", subject_area="accounts", delegated_from=child.id)


def test_a_circle_is_refused_with_its_path(world: Registry) -> None:
    first = given(world, "finance", delegable=True)
    second = given(world, "it", delegable=True, delegated_from=first.id)
    with pytest.raises(ConflictError) as refused:
        given(world, "finance", delegable=True, amends=first.id, delegated_from=second.id)
    assert [step.rpartition("/")[2] for step in refused.value.facts["path"]] == [first.id, second.id, first.id]


def test_an_amended_grant_keeps_its_name(world: Registry) -> None:
    made = given(world, "finance", jurisdiction=EU)
    again = given(world, "finance", rank=7, amends=made.id)
    assert (again.iri, again.rank, again.scope.jurisdiction) == (made.iri, 7, None)
    assert ask(world, authority.LIST).total == 1


def test_a_subject_area_never_lies_above_itself(world: Registry) -> None:
    ask(world, authority.AREA, key="money", label="Money")
    ask(world, authority.AREA, key="accounts", label="Accounts", broader="money")
    with pytest.raises(ConflictError, match="above itself"):
        ask(world, authority.AREA, key="money", label="Money", broader="accounts")


def test_a_concept_is_endorsed_and_let_go(world: Registry) -> None:
    said = ask(world, authority.ENDORSE, concept="finance/account", department="sales")
    assert said.endorsed_by == ["sales"]
    assert ask(world, authority.ENDORSE, concept="finance/account", department="sales", withdraw=True).endorsed_by == []
    with pytest.raises(RefusedError, match="owns"):
        ask(world, authority.ENDORSE, concept="finance/account", department="finance")


def test_map_and_lint_say_where_nobody_decides(world: Registry) -> None:
    for key in ("money", "people"):
        ask(world, authority.AREA, key=key, label=key)
    given(world, "finance", subject_area="money")
    found = ask(world, authority.MAP)
    assert {c.scope.subject_area: (c.state, c.holders) for c in found.cells} == {
        "money": ("covered", ["finance"]), "people": ("nobody", []),
    }  # fmt: skip
    given(world, "it", subject_area="money")
    linted = ask(world, authority.LINT)
    assert not linted.healthy
    assert {one.rule for one in linted.findings} >= {"contested", "nobody", "no_arbiter"}


def test_drill_tells_where_a_tie_ends_in_nobody(world: Registry) -> None:
    found = ask(world, authority.DRILL)
    assert [(p.one, p.other, p.arbiter) for p in found.paths] == [("finance", "it", "company")]
    person(world, "cora", "arbiter", "company")
    assert ask(world, authority.DRILL).paths[0].people[0] == "cora"


def claim(source: str, value: str, days: int = 1, **more: Any) -> dict[str, Any]:
    return {"source": source, "value": value, "observed": (AT - timedelta(days=days)).isoformat(), **more}


def decided(registry: Any, *claims: dict[str, Any], **fields: Any) -> Any:
    return ask(registry, authority.DECIDE, entity="urn:acme", property=NAME, valid_at=AT.isoformat(),
               claims=list(claims), **fields)  # fmt: skip


def test_a_value_is_decided_by_grants(world: Registry) -> None:
    for rank, key in enumerate(("erp", "crm")):
        given(
            world,
            key,
            kind="value",
            property=NAME,
            rank=rank,
            trust={"maximum": 90, "decay": "linear", "period_days": 9},
        )
    said = decided(world, claim("erp", "Acme GmbH"), claim("crm", "ACME"))
    assert (said.outcome, said.value, said.how, said.safe_to_use) == ("RESOLVED", "Acme GmbH", "rank", True)
    again = decided(world, claim("crm", "ACME"), claim("erp", "Acme GmbH"))
    assert again.model_dump_json() == said.model_dump_json()


def test_a_policy_lets_independent_origins_decide(world: Registry) -> None:
    strategies = ["authority", "independent_majority", "recency"]
    ask(world, authority.POLICY, property=NAME, strategies=strategies, margins={"recency": 60}, max_age_days=365)
    copies = [claim(key, "Acme", n, roots=["web"]) for n, key in enumerate(("a", "b", "c"), 1)]
    said = decided(
        world, *copies, claim("d", "Acme GmbH", 8, roots=["register"]), claim("e", "Acme GmbH", 9, roots=["tax"])
    )
    assert (said.value, said.how, said.policy_version > 0) == ("Acme GmbH", "independent_majority", True)
    assert decided(world, claim("a", "x", 400)).dropped[0].reason == "too_old"


def test_a_policy_is_replaced_whole(world: Registry) -> None:
    ask(world, authority.POLICY, property=NAME, strategies=["trust", "recency"], dimension_order=["jurisdiction"])
    ask(world, authority.POLICY, property=NAME, strategies=["completeness"], authority_required=True)
    assert decided(world, claim("a", "x"), claim("b", "y")).outcome == "NO_AUTHORITY"


def test_an_override_takes_two_people_or_an_emergency(world: Registry) -> None:
    fields = {"entity": "urn:acme", "property": NAME, "value": "Acme AG", "reason": "The register was wrong.",
              "valid_until": (AT + timedelta(days=1)).isoformat(), "overridden_source": "erp",
              "overridden_value": "Acme GmbH"}  # fmt: skip
    with pytest.raises(RefusedError, match="two people"):
        ask(world, authority.OVERRIDE, **fields)
    person(world, "olga", "reader", "finance")
    with pytest.raises(RefusedError, match="second person"):
        ask(world, authority.OVERRIDE, **fields, approved_by="olga")
    pinned = ask(world, authority.OVERRIDE, **fields, break_glass=True)
    assert pinned.review_by is not None
    said = decided(world, claim("erp", "Acme GmbH"))
    assert (said.value, said.how, said.stale_override) == ("Acme AG", "override", False)
    assert decided(world, claim("erp", "Acme SE")).stale_override


def test_what_if_names_the_answers_that_would_change(world: Registry) -> None:
    made = given(world, "finance", tier="mandate", review_by="2029-01-01", **LAW)
    found = ask(world, authority.WHAT_IF, revoke=made.id, department="it")
    assert (found.asked, found.changed) == (2, 2)
    assert [(one.term, one.before, one.after) for one in found.answers] == [
        ("Account", "RESOLVED", "UNCONTESTED"), ("Lead", "RESOLVED", "UNCONTESTED"),
    ]  # fmt: skip
    assert ask(world, authority.LIST).grants[0].status == "active"
    nobody = ask(world, authority.WHAT_IF, revoke=made.id)
    assert nobody.unresolved == 2


def person(world: Registry, handle: str, role: Any, department: str) -> None:
    world.call(principals.ADD, principals.AddPrincipal(handle=handle, kind="person"))
    world.call(principals.GRANT, principals.GrantRole(principal=handle, role=role, department=department))
