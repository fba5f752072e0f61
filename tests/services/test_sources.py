"""Content sources through the gate, on every backend and over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from registry.contract import principals, sources
from registry.contract.departments import ADD, AddDepartment, ShowDepartment
from registry.contract.departments import SHOW as SHOW_DEPARTMENT
from registry.contract.principals import AddPrincipal, GrantRole
from registry.contract.sources import RegisterSource, ShowSource
from registry.errors import (
    AlreadyExistsError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
)
from tests.adapters.registries import BASE, Registry

CONTEXT: dict[str, Any] = {
    "dcterms": "http://purl.org/dc/terms/",
    "url": "@id",
    "title": {"@id": "dcterms:title", "@language": "en"},
    "unit": {"@id": "dcterms:publisher", "@type": "@id"},
    "internal": None,
}


def register(registry: Registry, key: str = "wiki", **fields: Any) -> sources.SourceWritten:
    given = {"owner": "hr", "title": "The wiki", "context": CONTEXT, **fields}
    written: sources.SourceWritten = registry.call(sources.REGISTER, RegisterSource(key=key, **given))
    return written


@pytest.fixture
def hr(registry: Registry) -> Registry:
    registry.call(ADD, AddDepartment(key="hr", name="HR"))
    return registry


def test_a_source_is_registered_and_found(hr: Registry) -> None:
    written = register(hr, context={"@context": CONTEXT}, mode="enforce", type="https://w3id.org/lexicord/ns#Document")
    source = written.source
    assert source.iri == f"{BASE}/id/source/wiki"
    assert (source.owner, source.profile, source.mode) == ("hr", "document", "enforce")
    assert (source.fields, source.version) == (2, written.seq)
    assert hr.call(sources.SHOW, ShowSource(source="wiki")) == source.model_copy(update={"context": CONTEXT})
    assert [one.key for one in hr.call(sources.LIST).sources] == ["wiki"]
    assert hr.call(SHOW_DEPARTMENT, ShowDepartment(key="hr")).sources == ["wiki"]


def test_a_key_is_taken_once_and_what_is_named_must_exist(hr: Registry) -> None:
    register(hr)
    with pytest.raises(AlreadyExistsError, match="wiki"):
        register(hr)
    for fields in ({"owner": "it"}, {"profile": "nothing"}, {"profile": "../x"}, {"vocabularies": ("stw",)}):
        with pytest.raises(NotFoundError):
            register(hr, "other", **fields)
    with pytest.raises(NotFoundError, match="other"):
        hr.call(sources.SHOW, ShowSource(source="other"))


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"@context": "https://example.org/context.jsonld"},
        {"@context": ["https://example.org/context.jsonld"]},
        {"@import": "https://example.org/context.jsonld", "a": "urn:x:a"},
        {"a": {"@id": "urn:x:a", "@context": "https://example.org/context.jsonld"}},
        {"a": {"@id": "urn:x:a", "@type": 5}},
        {"@version": 3},
    ],
)
def test_a_context_that_is_none_or_lies_elsewhere_is_refused(sqlite_registry: Registry, context: Any) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="hr", name="HR"))
    with pytest.raises(InvalidInputError):
        register(sqlite_registry, context=context)
    assert sqlite_registry.store.head() == 1


@pytest.mark.parametrize("key", ["Wiki", "w", "1x", "a b", "x" * 64])
def test_a_malformed_key_is_refused(sqlite_registry: Registry, key: str) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="hr", name="HR"))
    with pytest.raises((InvalidInputError, ValueError)):
        register(sqlite_registry, key)


def test_our_own_shapes_guard_the_graph(sqlite_registry: Registry) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="hr", name="HR"))
    with pytest.raises(RefusedError, match="title"):
        register(sqlite_registry, title="W")


def test_a_steward_registers_sources_of_the_own_department_only(hr: Registry) -> None:
    hr.call(ADD, AddDepartment(key="it", name="IT"))
    hr.call(principals.ADD, AddPrincipal(handle="ada", kind="person"))
    hr.call(principals.GRANT, GrantRole(principal="ada", role="steward", department="hr"))
    ada = hr.acting("ada")
    asked = RegisterSource(key="wiki", owner="hr", title="Wiki", context=CONTEXT)
    assert ada.call(sources.REGISTER, asked).source.key == "wiki"
    with pytest.raises(NotPermittedError, match="edit"):
        ada.call(sources.REGISTER, asked.model_copy(update={"key": "tickets", "owner": "it"}))
