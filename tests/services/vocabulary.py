"""A small vocabulary to import, and the ways to do it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from registry.contract import departments, schemes
from registry.contract.concepts import SHOW, Concept, ShowConcept
from registry.contract.schemes import IMPORT, ImportScheme, SchemeImported
from tests.adapters.registries import Registry

HEAD = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix lex: <https://w3id.org/lexicord/ns#> .
@prefix f: <https://vocab.example/fin/> .
"""
FIN = """f: a skos:ConceptScheme ; dcterms:title "Finance words"@en .
f:party a skos:Concept ; skos:inScheme f: ; skos:topConceptOf f: ; skos:prefLabel "Party"@en .
f:customer a skos:Concept ; skos:inScheme f: ; skos:broader f:party ;
    skos:prefLabel "Customer"@en , "Kunde"@de ; skos:altLabel "Client"@en ; skos:definition "Who buys."@en ;
    skos:note [ skos:prefLabel "nested" ] .
f:debtor a skos:Concept ; skos:inScheme f: ; skos:broader f:customer ; skos:prefLabel "Debtor"@en ;
    skos:related f:invoice .
f:invoice a skos:Concept ; skos:inScheme f: ; skos:prefLabel "Invoice"@en .
f:bill a skos:Concept ; skos:inScheme f: ; skos:prefLabel "Bill"@en ; owl:deprecated true ;
    dcterms:isReplacedBy f:invoice .
"""


def load(registry: Registry, text: str = FIN, *, dry_run: bool = False, **fields: Any) -> SchemeImported:
    """What importing Turtle (with the usual prefixes before it) as `fin` answers."""
    return load_bytes(registry, (HEAD + text).encode(), dry_run=dry_run, **fields)


def load_bytes(registry: Registry, document: bytes, *, dry_run: bool = False, **fields: Any) -> SchemeImported:
    """What importing a document answers."""
    request = ImportScheme(**{"key": "fin", "name": "fin.ttl", **fields})
    how = {"dry_run": True} if dry_run else {}
    answer: SchemeImported = registry.call(IMPORT, request, BytesIO(document), **how)
    return answer


def owned(registry: Registry) -> SchemeImported:
    """The vocabulary as the finance department's own."""
    registry.call(departments.ADD, departments.AddDepartment(key="finance", name="Finance"))
    return load(registry, owner="finance")


def exported(registry: Registry, format_name: str = "turtle", **fields: Any) -> bytes:
    """The vocabulary as a document."""
    request = schemes.ExportScheme(**{"key": "fin", "format": format_name, **fields})
    document: bytes = registry.call(schemes.EXPORT, request).read()
    return document


def concept(registry: Registry, reference: str) -> Concept:
    """A concept's page."""
    page: Concept = registry.call(SHOW, ShowConcept(concept=reference))
    return page
