"""A small organisation to test agreements in: two departments and a hub, their vocabularies, and people with roles."""

from __future__ import annotations

from io import BytesIO

from registry.contract import departments, principals, schemes
from tests.adapters.registries import BASE, Registry

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix fin: <https://registry.example/fin/> .
@prefix it: <https://registry.example/it/> .
@prefix hub: <https://registry.example/hub/> .
"""
FINANCE = """
<https://registry.example/fin> a skos:ConceptScheme .
fin:account a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:notation "F110" ;
    skos:prefLabel "Account"@en , "Konto"@de ; skos:altLabel "ledger account"@en ;
    skos:definition "A record in the general ledger."@en .
fin:customer a skos:Concept ; skos:inScheme <https://registry.example/fin> ;
    skos:prefLabel "Customer"@en ; skos:altLabel "client"@en ;
    skos:definition "Somebody to whom an invoice has been posted."@en .
fin:bad-debt a skos:Concept ; skos:inScheme <https://registry.example/fin> ; owl:deprecated true ;
    dcterms:isReplacedBy fin:write-off ; skos:prefLabel "Bad debt"@en .
fin:write-off a skos:Concept ; skos:inScheme <https://registry.example/fin> ;
    skos:prefLabel "Write-off"@en ; skos:definition "The removal of a receivable from the books."@en .
fin:margin a skos:Concept ; skos:inScheme <https://registry.example/fin> ; owl:deprecated true ;
    dcterms:isReplacedBy fin:gross-margin , fin:net-margin ; skos:prefLabel "Margin"@en .
fin:gross-margin a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:prefLabel "Gross margin"@en .
fin:net-margin a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:prefLabel "Net margin"@en .
"""
IT = """
<https://registry.example/it> a skos:ConceptScheme .
it:account a skos:Concept ; skos:inScheme <https://registry.example/it> ;
    skos:prefLabel "Account"@en ; skos:altLabel "user account"@en ;
    skos:definition "A person's access to a system."@en .
it:client a skos:Concept ; skos:inScheme <https://registry.example/it> ;
    skos:prefLabel "Client"@en ; skos:definition "A program that asks a server."@en .
it:buyer a skos:Concept ; skos:inScheme <https://registry.example/it> ;
    skos:prefLabel "Customer"@en ; skos:definition "A person or company that buys from us."@en .
"""
HUB = """
<https://registry.example/hub> a skos:ConceptScheme .
hub:customer a skos:Concept ; skos:inScheme <https://registry.example/hub> ;
    skos:prefLabel "Customer"@en ; skos:definition "A party that holds a contract with us."@en .
hub:purchaser a skos:Concept ; skos:inScheme <https://registry.example/hub> ;
    skos:prefLabel "Purchaser"@en ; skos:definition "A party that has paid at least once."@en .
"""
PEOPLE = (
    ("fiona", "person", "approver", {"department": "finance"}),
    ("ivan", "person", "approver", {"department": "it"}),
    ("helen", "person", "approver", {"scheme": "hub"}),
    ("rita", "person", "reader", {"everywhere": True}),
    ("carl", "person", "contributor", {"department": "finance"}),
    ("bot", "agent", "contributor", {"everywhere": True}),
)
"""Handle, kind, role and scope of everybody."""


def fill(registry: Registry) -> Registry:
    """The registry with departments, vocabularies and people."""
    for key, name, above in (("group", "Group", None), ("finance", "Finance", "group"), ("it", "IT", "group"),
                             ("payroll", "Payroll", "finance")):  # fmt: skip
        registry.call(departments.ADD, departments.AddDepartment(key=key, name=name, part_of=above, formal=not above))
    load(registry, "fin", FINANCE, owner="finance")
    load(registry, "it", IT, owner="it")
    load(registry, "hub", HUB, owner="group", kind="hub")
    for handle, kind, role, scope in PEOPLE:
        registry.call(principals.ADD, principals.AddPrincipal(handle=handle, kind=kind))
        registry.call(principals.GRANT, principals.GrantRole(principal=handle, role=role, **scope))
    return registry


def load(registry: Registry, key: str, turtle: str, **about: str) -> None:
    """Import a vocabulary, or a new edition of it."""
    request = schemes.ImportScheme(key=key, format="turtle", **about)
    registry.call(schemes.IMPORT, request, BytesIO((PREFIXES + turtle).encode()))


def iri(reference: str) -> str:
    """The IRI of a concept of these vocabularies."""
    return f"{BASE}/{reference}"
