"""One policy function for every surface: every operation, asked by every role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from registry.contract.operation import AnyOperation, Document, operations
from registry.contract.principals import ADD as ADD_PRINCIPAL
from registry.contract.principals import GRANT, AddPrincipal, GrantRole
from registry.contract.sources import REGISTER, RegisterSource
from registry.errors import NotPermittedError, RegistryError, UnauthenticatedError
from registry.gate import Gate, Identity
from registry.model.principals import VERBS, Role
from tests.adapters.registries import Registry, copy
from tests.properties.world import CONTEXT, SAMPLES, SHAPES, Sample, build

ROLES: tuple[Role, ...] = get_args(Role)
ROWS = {row.name: row for row in operations()}
OPEN_SAMPLES: dict[str, Sample] = {
    "concept.revise": Sample({"concept": "finance/account", "add_alt": ["x@en"], "reason": "r"}),
    "concept.move": Sample({"concept": "finance/lead", "to": "finance/account", "reason": "r"}),
    "concept.deprecate": Sample({"concept": "finance/lead", "reason": "r"}),
    "concept.submit": Sample({"concept": "finance/lead"}),
    "concept.approve": Sample({"concept": "finance/lead"}),
    "concept.reject": Sample({"concept": "finance/lead", "reason": "r"}),
    "concept.reopen": Sample({"concept": "finance/lead", "reason": "r"}),
    "concept.create": Sample({"scheme": "finance", "label": ["New@en"]}),
    "scheme.rollback": Sample({"key": "finance", "to": 4}),
    "scheme.create": Sample({"key": "newer", "title": "Newer", "owner": "finance"}),
    "scheme.import": Sample({"key": "newest", "owner": "finance", "name": "x.ttl"}, b"<urn:a> <urn:b> <urn:c> ."),
    "department.add": Sample({"key": "newdep", "name": "New"}),
    "principal.add": Sample({"handle": "newcomer", "kind": "person"}),
    "principal.disable": Sample({"principal": "ines"}),
    "principal.enable": Sample({"principal": "ines"}),
    "principal.erase": Sample({"principal": "ines"}),
    "role.grant": Sample({"principal": "ines", "role": "reader", "everywhere": True}),
    "role.revoke": Sample({"principal": "ines", "role": "reader", "everywhere": True}),
    "token.issue": Sample({"principal": "ines"}),
    "token.revoke": Sample({"token": "abc"}),
    "source.register": Sample({"key": "crm", "owner": "finance", "title": "CRM", "context": {"@vocab": "urn:x:"}}),
    "authority.grant": Sample({"holder": "it", "usage": "finance", "basis": "urn:b", "basis_class": "policy"}),
    "authority.revoke": Sample({"grant": "nothing"}),
    "authority.suspend": Sample({"grant": "nothing"}),
    "authority.area": Sample({"key": "money", "label": "Money"}),
    "authority.policy": Sample({"usage": "finance"}),
    "authority.endorse": Sample({"concept": "it/account", "department": "finance"}),
    "authority.override": Sample(
        {
            "entity": "urn:x",
            "property": "urn:p",
            "value": "v",
            "reason": "It was wrong.",
            "overridden_source": "wiki",
            "valid_until": "2099-01-01T00:00:00Z",
        }
    ),
    "audit.anchor": Sample({}),
    "conflict.find": Sample({}),
    "mapping.add": Sample({"subject": "finance/lead", "object": "it/lead"}),
    "mapping.approve": Sample({"subject": "finance/account", "object": "it/account", "predicate": "related"}),
    "mapping.reject": Sample({"subject": "finance/lead", "object": "it/account", "reason": "r"}),
    "mapping.withdraw": Sample({"subject": "finance/account", "object": "it/account"}),
    "mapping.unsure": Sample({"subject": "finance/lead", "object": "it/lead"}),
    "mapping.judge": Sample({"subject": "finance/lead", "object": "it/lead", "score": 0.9, "correct": True}),
    "mapping.accept-band": Sample({"scheme": "finance", "other": "it", "low": 0.9}),
    "mapping.no-match": Sample({"concept": "finance/lead", "scheme": "it"}),
    "mapping.import": Sample({"format": "sssom"}, b"subject_id\n"),
    "source.revise": Sample({"source": "crm-of-finance", "mode": "observe"}),
    "source.acknowledge": Sample({"source": "crm-of-finance"}),
    "source.submit": Sample({"source": "crm-of-finance"}, b"{}"),
    "shape.publish": Sample({"key": "strict", "owner": "finance"}, SHAPES),
    "quarantine.list": Sample({"source": "crm-of-finance"}),
    "quarantine.show": Sample({"source": "crm-of-finance", "id": "none"}),
    "quarantine.repair": Sample({"source": "crm-of-finance", "id": "none", "record": {}}),
    "quarantine.release": Sample({"source": "crm-of-finance", "id": "none", "reason": "r"}),
    "quarantine.revalidate": Sample({"source": "crm-of-finance"}),
    "property.add": Sample({"key": "number", "name": "Number", "owner": "finance"}),
    "property.bind": Sample({"source": "crm-of-finance", "field": "title", "element": "number"}),
    "conflict.show": Sample({"conflict": "nothing"}),
}


def sample_of(name: str) -> Sample:
    return OPEN_SAMPLES.get(name) or SAMPLES[name]()[0]


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with a principal of each role in finance and of each role everywhere."""
    made = copy(sqlite_template, tmp_path_factory.mktemp("roles") / "registry")
    build(made)
    for role in ROLES:
        for handle, scope in (
            (f"{role}-of-finance", {"department": "finance"}),
            (f"{role}-everywhere", {"everywhere": True}),
        ):
            made.call(ADD_PRINCIPAL, AddPrincipal(handle=handle, kind="person"))
            made.call(GRANT, GrantRole(principal=handle, role=role, **scope))
    made.call(ADD_PRINCIPAL, AddPrincipal(handle="nobody", kind="person"))
    made.call(REGISTER, RegisterSource(key="crm-of-finance", owner="finance", title="CRM", context=CONTEXT))
    yield made
    made.close()


def refused(registry: Registry, operation: AnyOperation, handle: str) -> bool:
    """Whether the gate refuses; what it lets through may fail for other reasons, and changes nothing here."""
    client: Any = registry.acting(handle)
    gate: Gate = client._gate
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(gate), "_commit", _no_commit)
        try:
            answer = sample_of(operation.name).ask(client, operation)
            if isinstance(answer, Document):
                answer.read()
        except NotPermittedError:
            return True
        except (RegistryError, _Reached):
            return False
    return False


class _Reached(Exception):  # noqa: N818
    """The gate let the write through."""


def _no_commit(*_: Any) -> int:
    raise _Reached


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_operation_by_every_role_everywhere(world: Registry, name: str) -> None:
    operation = ROWS[name]
    for role in ROLES:
        allowed = operation.needs.verb in VERBS[role]
        assert refused(world, operation, f"{role}-everywhere") is not allowed, role


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_role_in_a_department_ends_there(world: Registry, name: str) -> None:
    operation = ROWS[name]
    verb = operation.needs.verb
    for role in ROLES:
        inside = verb in VERBS[role] and (verb == "read" or operation.needs.within != "registry")
        assert refused(world, operation, f"{role}-of-finance") is not inside, role


@pytest.mark.parametrize("name", sorted(ROWS))
def test_nobody_without_a_role_gets_in(world: Registry, name: str) -> None:
    assert refused(world, ROWS[name], "nobody")


@pytest.mark.parametrize("name", sorted(ROWS))
def test_nobody_without_an_identity_gets_in(world: Registry, name: str) -> None:
    client: Any = world.acting("reader-everywhere")
    with pytest.raises(UnauthenticatedError):
        client._gate.call(ROWS[name], ROWS[name].request.model_construct(), Identity())
