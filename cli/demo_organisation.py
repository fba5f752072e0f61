"""The example organisation, brought into a registry: its departments, its vocabularies, who owns which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from registry.client import Client, connect
from registry.client.options import CallOptions
from registry.contract import departments, schemes, sources
from registry.contract.operation import Operation, parse
from registry.contract.schemes import SchemeImported
from registry.resources import bundled

COMPANY = "nordhaven"
SUPERVISOR = "regulator"

DEPARTMENTS = {
    "finance": "Finance",
    "it": "Information Technology",
    "sales": "Sales",
    "claims": "Claims",
    "underwriting": "Underwriting",
    "actuarial": "Actuarial",
    "legal": "Legal and Compliance",
    "hr": "Human Resources",
    "marketing": "Marketing",
    "service": "Customer Service",
}
"""The ten departments and their names, those of the demo's account first."""

FORMER = {"sales-and-marketing": "Sales and Marketing", "customer-care": "Customer Care"}
"""Departments that are no more, and own no vocabulary."""


class Governed(NamedTuple):
    """A vocabulary of the organisation: its key, its kind and who owns it."""

    key: str
    kind: str
    owner: str | None


VOCABULARIES = (
    Governed("enterprise", "hub", COMPANY),
    *(Governed(key, "department", key) for key in DEPARTMENTS),
    Governed("regulator", "external", None),
    *(Governed(key, "hub", COMPANY) for key in ("areas", "jurisdictions", "usages")),
)
"""As `organisation.ttl` says who governs what; the supervisor's own vocabulary is nobody's here."""


SOURCES = {"wiki": ("it", "Intranet wiki"), "crm": ("sales", "CRM export"), "dms": ("finance", "Document management")}
"""The content sources in `examples/sources`: who answers for each, and its title."""


@dataclass(slots=True)
class Story:
    """The registry under the demo, and one client for each person in it."""

    where: Path
    clients: dict[str | None, Client] = field(default_factory=dict)

    def call(self, operation: Operation[Any, Any], who: str | None = None, document: Any = None, **fields: Any) -> Any:
        """An operation's answer, for a person of the story or for whoever runs it."""
        if who not in self.clients:
            self.clients[who] = connect(str(self.where), options=CallOptions(acting_as=who))
        return self.clients[who].call(operation, parse(operation.request, fields), document)

    def close(self) -> None:
        """Close every client."""
        for client in self.clients.values():
            client.close()


def add_departments(story: Story, keys: Iterable[str]) -> None:
    """Register the company and these of its departments."""
    story.call(departments.ADD, key=COMPANY, name="Nordhaven Mutual", formal=True)
    for key in keys:
        story.call(departments.ADD, key=key, name=(DEPARTMENTS | FORMER)[key], part_of=COMPANY)


def import_vocabulary(story: Story, one: Governed) -> SchemeImported:
    """Import one vocabulary under its key, for its owner; the answer is what became of every triple."""
    owned = {"owner": one.owner} if one.owner else {}
    with (bundled("ontologies") / "example" / f"{one.key}.ttl").open("rb") as document:
        report: SchemeImported = story.call(
            schemes.IMPORT, None, document, key=one.key, kind=one.kind, name=f"{one.key}.ttl", **owned
        )
    return report


def register_source(story: Story, key: str, vocabularies: Iterable[str]) -> Path:
    """Register a content source that cites these vocabularies; the answer is the file of its records."""
    folder = bundled("examples") / "sources" / key
    owner, title = SOURCES[key]
    context = orjson.loads((folder / "context.jsonld").read_bytes())["@context"]
    story.call(sources.REGISTER, key=key, owner=owner, title=title, context=context, vocabularies=list(vocabularies))
    return folder / "records.ndjson"


def import_all(story: Story) -> dict[str, SchemeImported]:
    """The whole organisation: ten departments and two former ones, the supervisor, and every vocabulary by its key."""
    add_departments(story, (*DEPARTMENTS, *FORMER))
    story.call(departments.ADD, key=SUPERVISOR, name="Financial Conduct Office", formal=True)
    return {one.key: import_vocabulary(story, one) for one in VOCABULARIES}
