"""Principals, roles and tokens through the gate, on every backend and over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from registry.bootstrap import os_user
from registry.client import connect
from registry.client.options import CallOptions
from registry.contract import audit, principals
from registry.contract.departments import ADD as ADD_DEPARTMENT
from registry.contract.departments import AddDepartment
from registry.contract.operation import parse
from registry.contract.principals import (
    AddPrincipal,
    DisablePrincipal,
    EnablePrincipal,
    ErasePrincipal,
    GrantRole,
    IssueToken,
    ListRoles,
    ListTokens,
    RevokeRole,
    RevokeToken,
)
from registry.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    UnauthenticatedError,
)
from registry.rdf.patch import Patch
from registry.rdf.terms import LEX
from registry.services import tokens
from registry.store import journal
from tests.adapters.registries import Registry


def person(registry: Registry, handle: str, **fields: Any) -> principals.PrincipalWritten:
    written: principals.PrincipalWritten = registry.call(
        principals.ADD, AddPrincipal(handle=handle, kind="person", **fields)
    )
    return written


def test_a_person_and_its_agent_are_registered(registry: Registry) -> None:
    ada = person(registry, "ada", name="Ada Lovelace")
    bot = registry.call(principals.ADD, AddPrincipal(handle="bot", kind="agent", owner="ada"))
    assert ada.principal.id.startswith("p-")
    assert bot.principal.owner == "ada"
    assert bot.seq == ada.seq + 1
    listed = {one.handle: one for one in registry.call(principals.LIST).principals}
    assert {"ada", "bot", os_user()} <= listed.keys()
    assert listed["ada"].roles == []


def test_a_handle_is_taken_once(registry: Registry) -> None:
    person(registry, "ada")
    with pytest.raises(AlreadyExistsError, match="ada"):
        person(registry, "ada")


@pytest.mark.parametrize("handle", ["", " ", "a b", "a/b", "erased:p-1", "p-0123", "-x", "x" * 129, "ä", "system"])
def test_a_handle_that_is_none_is_refused(sqlite_registry: Registry, handle: str) -> None:
    with pytest.raises(InvalidInputError):
        sqlite_registry.call(principals.ADD, parse(AddPrincipal, {"handle": handle, "kind": "person"}))


def test_only_agents_and_services_have_owners_who_are_persons(registry: Registry) -> None:
    person(registry, "ada")
    registry.call(principals.ADD, AddPrincipal(handle="bot", kind="agent"))
    with pytest.raises(RefusedError, match="person has no owner"):
        registry.call(principals.ADD, AddPrincipal(handle="bob", kind="person", owner="ada"))
    with pytest.raises(RefusedError, match="no person"):
        registry.call(principals.ADD, AddPrincipal(handle="bit", kind="service", owner="bot"))
    with pytest.raises(NotFoundError):
        registry.call(principals.ADD, AddPrincipal(handle="bit", kind="service", owner="nobody"))


def test_a_role_lets_its_holder_act_there_and_only_there(registry: Registry) -> None:
    registry.call(ADD_DEPARTMENT, AddDepartment(key="hr", name="HR"))
    person(registry, "ada")
    ada = registry.acting("ada")
    with pytest.raises(NotPermittedError):
        ada.call(principals.LIST, principals.ListPrincipals())
    granted = registry.call(principals.GRANT, GrantRole(principal="ada", role="steward", department="hr"))
    assert (granted.scope, granted.changed) == ("department:hr", True)
    assert ada.call(principals.LIST, principals.ListPrincipals()).principals
    with pytest.raises(NotPermittedError, match="administer"):
        ada.call(principals.ADD, AddPrincipal(handle="eve", kind="person"))


def test_a_role_held_already_is_no_change_and_one_not_held_is_not_found(registry: Registry) -> None:
    person(registry, "ada")
    first = registry.call(principals.GRANT, GrantRole(principal="ada", role="reader", everywhere=True))
    again = registry.call(principals.GRANT, GrantRole(principal="ada", role="reader", everywhere=True))
    assert (again.changed, again.seq) == (False, first.seq)
    gone = registry.call(principals.REVOKE, RevokeRole(principal="ada", role="reader", everywhere=True))
    assert gone.seq == first.seq + 1
    with pytest.raises(NotFoundError, match="not reader"):
        registry.call(principals.REVOKE, RevokeRole(principal="ada", role="reader", everywhere=True))
    assert registry.call(principals.ROLES, ListRoles(principal="ada")).roles == []


def test_a_role_is_held_in_exactly_one_known_place(registry: Registry) -> None:
    person(registry, "ada")
    with pytest.raises(InvalidInputError, match="where"):
        registry.call(principals.GRANT, GrantRole(principal="ada", role="reader"))
    with pytest.raises(InvalidInputError, match="one place"):
        registry.call(principals.GRANT, GrantRole(principal="ada", role="reader", everywhere=True, department="hr"))
    with pytest.raises(NotFoundError, match="hr"):
        registry.call(principals.GRANT, GrantRole(principal="ada", role="reader", department="hr"))
    with pytest.raises(NotFoundError, match="stw"):
        registry.call(principals.GRANT, GrantRole(principal="ada", role="reader", scheme="stw"))


@pytest.mark.parametrize("role", ["approver", "arbiter", "registrar"])
@pytest.mark.parametrize("kind", ["agent", "service"])
def test_roles_that_decide_are_for_persons(sqlite_registry: Registry, role: Any, kind: Any) -> None:
    sqlite_registry.call(principals.ADD, AddPrincipal(handle="bot", kind=kind))
    with pytest.raises(RefusedError, match="decides"):
        sqlite_registry.call(principals.GRANT, GrantRole(principal="bot", role=role, everywhere=True))


def test_there_is_always_a_registrar_left(registry: Registry) -> None:
    ada = person(registry, "ada").principal
    with pytest.raises(ConflictError, match="last registrar"):
        registry.call(principals.REVOKE, RevokeRole(principal=os_user(), role="registrar", everywhere=True))
    registry.call(principals.GRANT, GrantRole(principal="ada", role="registrar", everywhere=True))
    registry.call(principals.REVOKE, RevokeRole(principal=os_user(), role="registrar", everywhere=True))
    boss = registry.acting("ada")
    with pytest.raises(ConflictError, match="last registrar"):
        boss.call(principals.REVOKE, RevokeRole(principal="ada", role="registrar", everywhere=True))
    with pytest.raises(ConflictError):
        boss.call(principals.DISABLE, DisablePrincipal(principal=ada.handle))
    with pytest.raises(ConflictError):
        boss.call(principals.ERASE, ErasePrincipal(principal=ada.id))


def test_the_disabled_do_nothing_until_enabled(registry: Registry) -> None:
    person(registry, "ada")
    registry.call(principals.GRANT, GrantRole(principal="ada", role="auditor", everywhere=True))
    ada = registry.acting("ada")
    ada.call(principals.LIST, principals.ListPrincipals())
    assert registry.call(principals.DISABLE, DisablePrincipal(principal="ada")).principal.disabled
    with pytest.raises(NotPermittedError):
        ada.call(principals.LIST, principals.ListPrincipals())
    with pytest.raises(ConflictError, match="disabled"):
        registry.call(principals.ISSUE, IssueToken(principal="ada"))
    assert not registry.call(principals.ENABLE, EnablePrincipal(principal="ada")).principal.disabled
    ada.call(principals.LIST, principals.ListPrincipals())


def test_a_token_opens_the_registry_until_it_is_revoked(registry: Registry) -> None:
    person(registry, "ada")
    registry.call(principals.GRANT, GrantRole(principal="ada", role="registrar", everywhere=True))
    issued = registry.call(principals.ISSUE, IssueToken(principal="ada", label="laptop", scopes=("read", "propose")))
    listed = registry.call(principals.TOKENS, ListTokens(principal="ada")).tokens
    assert issued.token in listed
    assert issued.text not in repr(listed)
    client = connect(registry.url or str(registry.directory), options=CallOptions(token=issued.text))
    try:
        assert client.call(principals.LIST, principals.ListPrincipals()).principals
        with pytest.raises(NotPermittedError):
            client.call(principals.ADD, AddPrincipal(handle="eve", kind="person"))
        revoked = registry.call(principals.REVOKE_TOKEN, RevokeToken(token=issued.token.id))
        assert revoked.changed
        with pytest.raises(UnauthenticatedError, match="revoked"):
            client.call(principals.LIST, principals.ListPrincipals())
    finally:
        client.close()
    assert not registry.call(principals.REVOKE_TOKEN, RevokeToken(token=issued.token.id)).changed
    with pytest.raises(NotFoundError):
        registry.call(principals.REVOKE_TOKEN, RevokeToken(token="abcdef"))


def test_others_tokens_are_listed_for_those_who_administer_or_audit_only(registry: Registry) -> None:
    for handle in ("ada", "bob"):
        person(registry, handle)
        registry.call(principals.GRANT, GrantRole(principal=handle, role="reader", everywhere=True))
        registry.call(principals.ISSUE, IssueToken(principal=handle, label=f"{handle}'s"))
    seen = registry.acting("ada").call(principals.TOKENS, ListTokens()).tokens
    assert {token.principal for token in seen} == {"ada"}
    assert {"ada", "bob"} <= {token.principal for token in registry.call(principals.TOKENS).tokens}


def test_the_text_of_a_token_is_kept_nowhere(backend: Registry) -> None:
    person(backend, "ada")
    issued = backend.call(principals.ISSUE, IssueToken(principal="ada"))
    with backend.store.database.reading() as connection:
        from registry.store.database import rows

        stored = rows(connection, "SELECT * FROM payload") + rows(connection, "SELECT * FROM token")
        stored += rows(connection, "SELECT * FROM record") + rows(connection, "SELECT * FROM idempotency")
    assert issued.text not in repr(stored)


NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "after"),
    [(None, timedelta(90)), ("30", timedelta(30)), ("1 day", timedelta(1)), ("7days", timedelta(7)),
     ("2026-11-21", timedelta(1)), ("2026-11-20T02:00:00+01:00", timedelta(hours=1))],
)  # fmt: skip
def test_when_a_token_expires(said: str | None, after: timedelta) -> None:
    assert datetime.fromisoformat(tokens._expiry(said, NOW)) == NOW + after


@pytest.mark.parametrize("said", ["0", "-1", "99999999", "2020-01-01", "soon", "", "9999-12-31", "٣"])
def test_what_is_no_time_for_a_token_to_expire(said: str) -> None:
    with pytest.raises(InvalidInputError):
        tokens._expiry(said, NOW)


def test_erasing_destroys_what_is_personal_and_the_log_verifies(registry: Registry) -> None:
    ada = person(registry, "ada.lovelace@acme.org", name="Ada Lovelace").principal
    registry.call(principals.ADD, AddPrincipal(handle="bot", kind="agent", owner=ada.handle))
    registry.call(principals.GRANT, GrantRole(principal=ada.handle, role="reader", everywhere=True))
    registry.call(principals.ISSUE, IssueToken(principal=ada.handle, label="Ada's laptop"))
    before = registry.call(audit.VERIFY, audit.VerifyLog())
    dry = registry.call(principals.ERASE, ErasePrincipal(principal=ada.handle), dry_run=True)
    assert (dry.id, dry.roles) == (ada.id, 1)
    assert registry.call(audit.VERIFY, audit.VerifyLog()) == before
    done = registry.call(
        principals.ERASE,
        ErasePrincipal(principal=ada.handle),
    )
    assert (done.id, done.payloads) == (ada.id, dry.payloads)
    assert done.payloads == 5
    after = registry.call(audit.VERIFY, audit.VerifyLog())
    assert (after.intact, after.records) == (True, before.records + 1)
    everything = registry.call(audit.LIST, audit.ListRecords(limit=1000)).model_dump_json()
    everything += registry.call(principals.LIST).model_dump_json() + registry.call(principals.TOKENS).model_dump_json()
    everything += registry.call(audit.EXPORT, audit.ExportLog()).read().decode()
    assert "lovelace" not in everything.lower()
    assert ada.id in everything
    with pytest.raises(RefusedError, match="before"):
        registry.call(principals.ERASE, ErasePrincipal(principal=ada.id))
    with pytest.raises(RefusedError):
        registry.call(principals.ENABLE, EnablePrincipal(principal=ada.id))


def test_a_role_in_a_vocabulary_out_of_view_is_not_told(backend: Registry) -> None:
    for key in ("hr", "it"):
        backend.call(ADD_DEPARTMENT, AddDepartment(key=key, name=key))
    names = backend.store.names
    node, graph = NamedNode("https://hr.example.org/"), names.curation_graph("secret")
    quads = [
        Quad(node, LEX.key, Literal("secret"), graph),
        Quad(node, LEX.audience, names.thing("department", "hr"), graph),
    ]
    with backend.store.writing() as connection:
        journal.append(connection, journal.Entry("scheme.create", "system", Patch(frozenset(quads))))
    for handle, department in (("ada", "hr"), ("bob", "it")):
        person(backend, handle)
        backend.call(principals.GRANT, GrantRole(principal=handle, role="reader", department=department))
    backend.call(principals.GRANT, GrantRole(principal="ada", role="steward", scheme="secret"))
    for handle, told in (("ada", True), ("bob", False)):
        client = backend.acting(handle)
        seen = client.call(principals.LIST, principals.ListPrincipals()).model_dump_json()
        seen += client.call(principals.ROLES, ListRoles()).model_dump_json()
        assert ("scheme:secret" in seen) == told
