"""Profiles: shapes checked, published in versions, inherited, compared, and applied with notice."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest

from registry.contract import shapes, sources, validation
from registry.contract.departments import ADD, AddDepartment
from registry.errors import AlreadyExistsError, ConflictError, InvalidInputError, NotFoundError, RefusedError
from tests.adapters.registries import Registry

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""
PAGES = (
    PREFIXES
    + """
ex:PageShape a sh:NodeShape ; sh:targetClass ex:Page ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:maxLength %d ; sh:in ( "A page" "Another page" ) ] .
"""
)
CONTRACTS = (
    PREFIXES
    + """
ex:ContractShape a sh:NodeShape ; sh:targetClass ex:Contract ; sh:node ex:PageShape ;
    sh:property [ sh:path dcterms:date ; sh:minCount 1 ] .
"""
)
CONTEXT = {
    "title": "http://purl.org/dc/terms/title",
    "date": "http://purl.org/dc/terms/date",
    "Page": "https://example.org/ns#Page",
    "Contract": "https://example.org/ns#Contract",
}


def send(registry: Registry, row: Any, text: str, **fields: Any) -> Any:
    return registry.call(row, row.request(**fields), io.BytesIO(text.encode()))


def publish(registry: Registry, text: str = PAGES % 20, **fields: Any) -> Any:
    return send(registry, shapes.PUBLISH, text, **{"key": "page", "owner": "web", **fields})


def conforms(registry: Registry, record: dict[str, Any], source: str = "site") -> bool:
    asked = validation.ValidateRecord(source=source)
    return bool(registry.call(validation.VALIDATE, asked, io.BytesIO(orjson.dumps(record))).conforms)


@pytest.fixture
def web(registry: Registry) -> Registry:
    """A registry with a department that owns what follows."""
    registry.call(ADD, AddDepartment(key="web", name="Web"))
    return registry


def register(registry: Registry, profile: str, key: str = "site") -> None:
    asked = sources.RegisterSource(key=key, owner="web", title="Site", context=CONTEXT, profile=profile,
                                   type="https://example.org/ns#Page")  # fmt: skip
    registry.call(sources.REGISTER, asked)


def test_a_published_profile_is_listed_shown_and_holds(web: Registry) -> None:
    written = publish(web, title="Pages")
    assert (written.profile.title, written.profile.versions[0].applies) == ("Pages", True)
    register(web, "page")
    assert conforms(web, {"title": "A page"})
    assert not conforms(web, {"title": "Yet another"})
    shown = web.call(shapes.SHOW, shapes.ShowProfile(key="page"))
    assert "targetClass" in shown.shapes
    assert (shown.classes, shown.sources) == (["https://example.org/ns#Page"], ["site"])
    assert {one.key for one in web.call(shapes.LIST, shapes.ListProfiles()).profiles} >= {"document", "page"}
    again = send(web, shapes.CHECK, shown.shapes, key="page")
    assert again.changes == []


def test_a_profile_inherits_the_shapes_it_is_based_on(web: Registry) -> None:
    publish(web)
    publish(web, CONTRACTS, key="contract", based_on="page")
    register(web, "contract")
    assert conforms(web, {"@type": "Contract", "title": "A page", "date": "2026"})
    assert not conforms(web, {"@type": "Contract", "title": "Wrong", "date": "2026"})
    assert not conforms(web, {"@type": "Contract", "title": "A page"})
    assert not conforms(web, {"@type": "Page", "title": "Wrong"})


def test_a_new_version_applies_after_its_notice_or_once_acknowledged(web: Registry) -> None:
    publish(web)
    register(web, "page")
    register(web, "page", "other")
    written = publish(web, PAGES % 8, notice_days=30)
    assert [(one.constraint, one.before, one.after, one.narrows) for one in written.changes] == [
        ("maxLength", "20", "8", True)
    ]
    record = {"title": "Another page"}
    assert conforms(web, record)
    with pytest.raises(ConflictError, match="other, site"):
        publish(web, PAGES % 30)
    web.call(sources.ACKNOWLEDGE, sources.AcknowledgeProfile(source="site"))
    assert not conforms(web, record)
    assert conforms(web, record, "other")
    web.call(sources.ACKNOWLEDGE, sources.AcknowledgeProfile(source="other"))
    assert publish(web, PAGES % 30).changes[0].narrows is False
    assert conforms(web, record)


def test_shapes_that_cannot_hold_are_refused(web: Registry) -> None:
    for text in (
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:Page ; sh:propertee ex:p .",
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:Page ; sh:property [ sh:minCount 1 ] .",
        "this is no Turtle",
        "",
        PREFIXES + "ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
    ):
        with pytest.raises(InvalidInputError):
            publish(web, text)
    assert [one.key for one in web.call(shapes.LIST, shapes.ListProfiles()).profiles] == ["document"]
    with pytest.raises(AlreadyExistsError):
        publish(web, key="document")
    with pytest.raises(NotFoundError, match="document"):
        register(web, "nowhere")


def test_a_bundled_profile_has_no_version_to_acknowledge(web: Registry) -> None:
    register(web, "document")
    with pytest.raises(RefusedError):
        web.call(sources.ACKNOWLEDGE, sources.AcknowledgeProfile(source="site"))
    found = web.call(sources.REVISE, sources.ReviseSource(source="site", mode="enforce")).source
    assert (found.mode, found.profile) == ("enforce", "document")
