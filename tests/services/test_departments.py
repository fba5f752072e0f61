"""Departments through the gate, on every backend and over HTTP."""

from __future__ import annotations

import pytest

from registry.contract.departments import ADD, LIST, SHOW, AddDepartment, ListDepartments, ShowDepartment
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError
from tests.adapters.registries import BASE, Registry


def test_a_department_is_registered_and_found(registry: Registry) -> None:
    written = registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    assert written.seq == 1
    assert written.department.iri == f"{BASE}/id/department/finance"
    assert registry.call(SHOW, ShowDepartment(key="finance")) == written.department
    assert [d.key for d in registry.call(LIST, ListDepartments()).departments] == ["finance"]


def test_a_department_stands_below_another(registry: Registry) -> None:
    registry.call(ADD, AddDepartment(key="group", name="Group", formal=True))
    written = registry.call(ADD, AddDepartment(key="finance", name="Finance", part_of="group"))
    assert written.department.part_of == "group"
    assert registry.call(SHOW, ShowDepartment(key="group")).kind == "formal"


def test_a_key_is_taken_once(registry: Registry) -> None:
    registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    with pytest.raises(AlreadyExistsError, match="finance"):
        registry.call(ADD, AddDepartment(key="finance", name="Other"))
    assert registry.store.head() == 1


@pytest.mark.parametrize("key", ["Finance", "f", "1st", "a b", "-x", "x" * 64, ""])
def test_a_malformed_key_is_refused(registry: Registry, key: str) -> None:
    with pytest.raises(InvalidInputError):
        registry.call(ADD, AddDepartment.model_construct(key=key, name="X", part_of=None, formal=False))
    assert registry.store.head() == 0


def test_an_unknown_department_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        registry.call(SHOW, ShowDepartment(key="nowhere"))
    with pytest.raises(NotFoundError, match="nowhere"):
        registry.call(ADD, AddDepartment(key="finance", name="Finance", part_of="nowhere"))


def test_the_past_and_a_dry_run(registry: Registry) -> None:
    registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    dry = registry.call(ADD, AddDepartment(key="it", name="IT"), dry_run=True)
    assert dry.department.key == "it"
    assert registry.store.head() == 1
    registry.call(ADD, AddDepartment(key="it", name="IT"))
    assert [d.key for d in registry.call(LIST, ListDepartments(), as_of="1").departments] == ["finance"]


def test_an_idempotency_key_is_answered_once(registry: Registry) -> None:
    first = registry.call(ADD, AddDepartment(key="finance", name="Finance"), idempotency_key="k1")
    again = registry.call(ADD, AddDepartment(key="finance", name="Finance"), idempotency_key="k1")
    assert again == first
    assert registry.store.head() == 1
