"""A registry with a restricted vocabulary, its twin in which that never existed, and a request for every operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from registry.contract import departments, mappings, principals, schemes, sources
from registry.contract.operation import parse
from tests.adapters.registries import Registry

OPEN = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://v.example/{key}> a skos:ConceptScheme .
<https://v.example/{key}/account> a skos:Concept ; skos:inScheme <https://v.example/{key}> ;
    skos:prefLabel "Account"@en ; skos:altLabel "{key} account"@en ; skos:definition "What {key} means."@en .
<https://v.example/{key}/lead> a skos:Concept ; skos:inScheme <https://v.example/{key}> ;
    skos:broader <https://v.example/{key}/account> ; skos:prefLabel "Lead"@en ; skos:notation "{key}-1" .
"""
CLOSED = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://v.example/closed> a skos:ConceptScheme .
<https://v.example/closed/secret> a skos:Concept ; skos:inScheme <https://v.example/closed> ;
    skos:prefLabel "Secret account"@en ; skos:altLabel "Account"@en ; skos:definition "Hidden."@en ;
    skos:broader <https://v.example/finance/account> .
<https://v.example/finance/account> skos:altLabel "leaked label"@en ; skos:narrower <https://v.example/closed/secret> .
"""
CONTEXT = {"@vocab": "http://purl.org/dc/terms/", "theme": {"@id": "http://www.w3.org/ns/dcat#theme", "@type": "@id"}}
RECORD = b'{"@type": "https://w3id.org/lexicord/ns#Document", "title": "x", "theme": "https://v.example/closed/secret"}'


def build(registry: Registry) -> None:
    """What both twins have: two departments with a vocabulary each, a source, people; an outsider of board."""
    for key in ("finance", "it", "board"):
        registry.call(departments.ADD, departments.AddDepartment(key=key, name=f"The {key}"))
    for key in ("finance", "it"):
        imported(registry, key, OPEN.format(key=key), owner=key)
    registry.call(
        mappings.ADD, mappings.AddMapping(subject="finance/account", object="it/account", predicate="related")
    )
    registry.call(
        sources.REGISTER,
        sources.RegisterSource(key="wiki", owner="it", title="The wiki", context=CONTEXT, vocabularies=("finance",)),
    )
    for handle in ("olga", "ines"):
        registry.call(principals.ADD, principals.AddPrincipal(handle=handle, kind="person"))
    for role in ("steward", "arbiter", "auditor"):
        for key in ("finance", "it"):
            registry.call(principals.GRANT, principals.GrantRole(principal="olga", role=role, department=key))
    registry.call(principals.GRANT, principals.GrantRole(principal="ines", role="steward", department="board"))


def restrict(registry: Registry) -> None:
    """What only one twin has: a vocabulary that board's members alone may read, mapped to an open one."""
    imported(registry, "closed", CLOSED, owner="board", audience="board")
    for subject in ("closed/secret",):
        registry.call(mappings.ADD, mappings.AddMapping(subject=subject, object="it/account", predicate="exact"))
        registry.call(mappings.APPROVE, mappings.ApproveMapping(subject=subject, object="it/account"))
    registry.call(principals.GRANT, principals.GrantRole(principal="ines", role="approver", scheme="closed"))


def imported(registry: Registry, key: str, text: str, **how: Any) -> None:
    """Import a vocabulary from Turtle."""
    request = schemes.ImportScheme(key=key, title=f"Vocabulary {key}", name=f"{key}.ttl", **how)
    registry.call(schemes.IMPORT, request, BytesIO(text.encode()))


@dataclass(frozen=True)
class Sample:
    """A request to an operation, as the fields that say it."""

    fields: dict[str, Any]
    document: bytes | None = None

    def ask(self, client: Any, operation: Any) -> Any:
        """The answer, for that client."""
        document = None if self.document is None else BytesIO(self.document)
        return client.call(operation, parse(operation.request, self.fields), document)


def about(*fields: dict[str, Any], document: bytes | None = None) -> list[Sample]:
    """Samples from their fields."""
    return [Sample(each, document) for each in fields]


def _each(name: str, values: tuple[str, ...], **more: Any) -> list[Sample]:
    return about(*({name: value, **more} for value in values))


SCHEMES = ("finance", "closed")
CONCEPTS = ("finance/account", "closed/secret", "https://v.example/closed/secret", "https://v.example/finance/account")
TERMS = ("Account", "Secret account", "leaked label", "https://v.example/closed/secret", "closed/secret", "nothing")
SHAPES = b"@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ."
PAIR = {"subject": "closed/secret", "object": "it/account"}


def _pairs() -> list[Sample]:
    return about({"scheme": "finance", "other": "it"}, {"scheme": "finance", "other": "closed"})


SAMPLES: dict[str, Callable[[], list[Sample]]] = {
    "department.list": lambda: about({}),
    "department.show": lambda: _each("key", ("finance", "board", "nowhere")),
    "scheme.list": lambda: about({}, {"owner": "board"}),
    "scheme.show": lambda: _each("key", SCHEMES),
    "scheme.export": lambda: _each("key", SCHEMES) + about({"key": "finance", "format": "trig", "curation": True}),
    "scheme.tree": lambda: _each("key", SCHEMES) + about({"key": "finance", "root": "finance/account"}),
    "scheme.stats": lambda: _each("key", SCHEMES),
    "scheme.check": lambda: _each("key", SCHEMES),
    "scheme.diff": lambda: _each("key", SCHEMES, since=1),
    "concept.show": lambda: _each("concept", CONCEPTS),
    "concept.find": lambda: (
        _each("text", ("account", "secret", "leaked", "ac")) + about({"text": "a", "scheme": "closed"})
    ),
    "concept.history": lambda: _each("concept", CONCEPTS),
    "mapping.list": lambda: about({}, {"scheme": "closed"}, {"scheme": "finance"}),
    "mapping.suggest": lambda: about({"scheme": "finance", "other": "it"}, {"scheme": "finance", "other": "closed"}),
    "mapping.export": lambda: about({"scheme": "finance", "other": "it"}, {"scheme": "finance", "other": "closed"}),
    "conflict.list": lambda: about({}, {"department": "board"}),
    "resolve.term": lambda: _each("term", TERMS) + about({"term": "Account", "department": "board"}),
    "resolve.terms": lambda: about({"terms": list(TERMS)}, {"terms": ["Account"], "department": "finance"}),
    "authority.list": lambda: about({}, {"holder": "board"}),
    "authority.map": lambda: about({}),
    "authority.lint": lambda: about({}),
    "authority.drill": lambda: about({}),
    "authority.decide": lambda: about(
        {"entity": "urn:x", "property": "urn:p", "valid_at": "2030-01-01T00:00:00Z", "claims": []}
    ),
    "authority.what-if": lambda: about({"revoke": "nothing"}),
    "source.list": lambda: about({}),
    "source.show": lambda: about({"source": "wiki"}),
    "source.validate": lambda: about({"source": "wiki"}, document=RECORD),
    "source.validate-stream": lambda: about({"source": "wiki"}, document=RECORD + b"\n" + RECORD + b"\n"),
    "principal.list": lambda: about({}),
    "role.list": lambda: about({}, {"principal": "ines"}),
    "token.list": lambda: about({}),
    "audit.list": lambda: about({}, {"operation": "scheme.import"}),
    "audit.receipts": lambda: about({}),
    "audit.verify": lambda: about({}),
    "audit.export": lambda: about({}),
    "doctor.check": lambda: about({}),
    "coordination.report": lambda: about({}),
    "coordination.model": lambda: about({"departments": 10, "use_cases": 25, "sources": 20}),
    "mapping.sample": lambda: _pairs(),
    "mapping.calibration": lambda: _pairs(),
    "mapping.infer": lambda: about({}, {"scheme": "closed"}),
    "mapping.check": lambda: about({}, {"scheme": "closed"}),
    "source.infer": lambda: about({"key": "wiki"}, document=RECORD),
    "source.quality": lambda: about({"source": "wiki"}),
    "shape.check": lambda: about({}, document=SHAPES),
    "shape.list": lambda: about({}),
    "shape.show": lambda: about({"key": "document"}),
    "shape.preview": lambda: about({"source": "wiki"}, document=SHAPES),
    "quarantine.list": lambda: about({"source": "wiki"}),
    "quarantine.show": lambda: about({"source": "wiki", "id": "none"}),
    "property.list": lambda: about({}),
    "property.show": lambda: about({"key": "customer-number"}),
    "property.conflicts": lambda: about({}),
    # Writes: each names something hidden, or is the last thing done to something open.
    "concept.revise": lambda: _each("concept", CONCEPTS[1:3], add_alt=("x@en",), reason="r"),
    "concept.move": lambda: _each("concept", CONCEPTS[1:3], to="finance/account", reason="r"),
    "concept.deprecate": lambda: _each("concept", CONCEPTS[1:3], reason="r"),
    "concept.submit": lambda: _each("concept", CONCEPTS[1:3]),
    "concept.approve": lambda: _each("concept", CONCEPTS[1:3]),
    "concept.reject": lambda: _each("concept", CONCEPTS[1:3], reason="r"),
    "concept.reopen": lambda: _each("concept", CONCEPTS[1:3], reason="r"),
    "concept.create": lambda: about({"scheme": "closed", "label": ["New@en"]}),
    "scheme.rollback": lambda: about({"key": "closed", "to": 1}),
    "authority.endorse": lambda: _each("concept", CONCEPTS[1:3], department="it"),
    "mapping.add": lambda: about(PAIR),
    "mapping.approve": lambda: about(PAIR),
    "mapping.reject": lambda: about({**PAIR, "reason": "r"}),
    "mapping.withdraw": lambda: about(PAIR),
    "mapping.unsure": lambda: about({**PAIR, "reason": "r"}),
    "mapping.judge": lambda: about({**PAIR, "score": 0.9, "correct": True}),
    "mapping.accept-band": lambda: about({"scheme": "closed", "other": "it", "low": 0.9}),
    "mapping.no-match": lambda: about({"concept": "closed/secret", "scheme": "it"}),
    "conflict.assign": lambda: about({"conflict": "nothing", "due_by": "2030-01-01T00:00:00Z"}),
    "conflict.decide": lambda: about({"conflict": "nothing", "how": "keep-both", "reason": "r"}),
    "conflict.reopen": lambda: about({"conflict": "nothing", "reason": "r"}),
    "source.submit": lambda: about({"source": "wiki"}, document=RECORD),
    "property.bind": lambda: about({"source": "wiki", "field": "title", "element": "nothing"}),
    "property.add": lambda: about({"key": "secret-number", "name": "N", "owner": "it", "concept": "closed/secret"}),
}
"""Requests of every operation that could tell of the hidden vocabulary."""

NAMES_NOTHING_HIDDEN = frozenset(
    {
        "department.add", "scheme.create", "scheme.import", "source.register", "principal.add", "principal.disable",
        "principal.enable", "principal.erase", "role.grant", "role.revoke", "token.issue", "token.revoke",
        "authority.grant", "authority.revoke", "authority.suspend", "authority.area", "authority.policy",
        "authority.override", "audit.anchor", "conflict.find", "conflict.show", "mapping.import",
        "source.revise", "source.acknowledge",
        "shape.publish", "quarantine.repair", "quarantine.release", "quarantine.revalidate",
    }
)  # fmt: skip
"""Operations left out: they need a registrar, who sees all, or they make a new key; keys are shared by all."""
