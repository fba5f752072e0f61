"""Data elements: registered, bound to fields of sources, held against each other."""

from __future__ import annotations

import io

import pytest

from registry.contract import properties, schemes, sources
from registry.contract.departments import ADD, AddDepartment
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError
from tests.adapters.registries import Registry

TOPICS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix t: <https://topics.example/> .
t:scheme a skos:ConceptScheme ; skos:prefLabel "Topics"@en .
t:revenue a skos:Concept ; skos:inScheme t:scheme ; skos:prefLabel "Revenue"@en .
t:orders a skos:Concept ; skos:inScheme t:scheme ; skos:prefLabel "Orders"@en ."""


@pytest.fixture
def firm(registry: Registry) -> Registry:
    """Two departments, a vocabulary, two sources."""
    for key in ("finance", "sales"):
        registry.call(ADD, AddDepartment(key=key, name=key.title()))
    asked = schemes.ImportScheme(key="topics", owner="sales", kind="hub", name="topics.ttl")
    registry.call(schemes.IMPORT, asked, io.BytesIO(TOPICS.encode()))
    for key in ("erp", "crm"):
        context = {"revenue": "https://example.org/revenue", "day": "https://example.org/day"}
        registry.call(sources.REGISTER, sources.RegisterSource(key=key, owner="sales", title=key, context=context))
    return registry


def add(registry: Registry, key: str, **fields: str) -> properties.DataElement:
    asked = properties.AddElement(key=key, **{"name": "Revenue", "owner": "sales", **fields})
    made: properties.DataElement = registry.call(properties.ADD, asked).element
    return made


def bind(registry: Registry, source: str, field: str, element: str) -> properties.DataElement:
    asked = properties.BindField(source=source, field=field, element=element)
    bound: properties.DataElement = registry.call(properties.BIND, asked).element
    return bound


def clashes(registry: Registry) -> list[tuple[str, str, str, str]]:
    found = registry.call(properties.CLASHES, properties.ListClashes()).clashes
    return [(one.kind, one.label, one.one, one.other) for one in found]


def test_a_data_element_says_what_it_is_and_who_carries_it(firm: Registry) -> None:
    made = add(firm, "revenue", concept="topics/revenue", value_domain="xsd:decimal", unit="EUR", definition="Money.")
    assert made.concept == "https://topics.example/revenue"
    assert (made.value_domain, made.unit) == ("http://www.w3.org/2001/XMLSchema#decimal", "EUR")
    assert [bound.field for bound in bind(firm, "erp", "revenue", "revenue").fields] == ["revenue"]
    listed = firm.call(properties.LIST, properties.ListElements()).elements
    assert [(bound.source, bound.field) for bound in listed[0].fields] == [("erp", "revenue")]
    assert firm.call(properties.SHOW, properties.ShowElement(key="revenue")).definition == "Money."
    add(firm, "other")
    assert bind(firm, "erp", "revenue", "other").fields
    assert firm.call(properties.SHOW, properties.ShowElement(key="revenue")).fields == []


def test_one_name_with_two_meanings_and_one_meaning_with_two_names_are_clashes(firm: Registry) -> None:
    add(firm, "sales-revenue", concept="topics/revenue", value_domain="xsd:decimal", unit="EUR")
    assert clashes(firm) == []
    add(firm, "booked", owner="finance", concept="topics/orders", value_domain="topics", unit="USD")
    assert {kind for kind, label, *_ in clashes(firm) if label == "revenue"} == {"meaning", "unit", "value domain"}
    add(firm, "turnover", name="Turnover", owner="finance", concept="topics/revenue", value_domain="xsd:decimal")
    assert ("name", "https://topics.example/revenue", "sales-revenue", "turnover") in clashes(firm)
    bind(firm, "erp", "revenue", "sales-revenue")
    bind(firm, "crm", "revenue", "turnover")
    assert ("field", "revenue", "sales-revenue", "turnover") in clashes(firm)


def test_what_does_not_exist_or_is_taken_is_refused(firm: Registry) -> None:
    add(firm, "revenue")
    with pytest.raises(AlreadyExistsError):
        add(firm, "revenue")
    with pytest.raises(NotFoundError):
        add(firm, "new", concept="topics/nowhere")
    with pytest.raises(NotFoundError):
        add(firm, "new", value_domain="nowhere")
    with pytest.raises(InvalidInputError, match="datatype"):
        add(firm, "new", value_domain="xsd:nothing")
    with pytest.raises(InvalidInputError, match="no field"):
        bind(firm, "erp", "nothing", "revenue")
    with pytest.raises(NotFoundError):
        bind(firm, "erp", "day", "nothing")
