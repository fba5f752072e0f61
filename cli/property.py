"""`lexicord property`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import fields, heading, line, table
from cli.session import answer, call
from registry.contract import properties as rows
from registry.contract.properties import DataElement, DataElements, DataElementWritten, ElementClashes

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Data elements that fields of sources stand for.")


@app.command()
def add(
    key: str,
    name: Annotated[str, typer.Option(help="What people call it.")],
    owner: Annotated[str, typer.Option(metavar="DEPARTMENT", help="Who answers for it.")],
    concept: Annotated[str | None, typer.Option(help="What its values are about: IRI or SCHEME/LOCAL.")] = None,
    value_domain: Annotated[str | None, typer.Option(help="xsd:NAME or a vocabulary's key; xsd:string.")] = None,
    unit: Annotated[str | None, typer.Option(help="UCUM code or ISO 4217 currency.")] = None,
    definition: Annotated[str | None, typer.Option(help="What it is, in a sentence.")] = None,
) -> None:
    """Register a data element: what fields of any source may stand for."""
    written = call(rows.ADD, key=key, name=name, owner=owner, concept=concept, value_domain=value_domain, unit=unit,
                   definition=definition)  # fmt: skip
    answer(written, _written)


@app.command("list")
def find() -> None:
    """List the data elements with the fields that are bound to them."""
    answer(call(rows.LIST), _listed)


@app.command()
def show(key: str) -> None:
    """Show a data element."""
    answer(call(rows.SHOW, key=key), _shown)


@app.command()
def bind(
    key: str,
    source: Annotated[str, typer.Option(metavar="KEY", help="The content source.")],
    field: Annotated[str, typer.Option(help="Its field, as the source spells it.")],
) -> None:
    """Bind a field of a content source to the data element whose values it carries."""
    answer(call(rows.BIND, element=key, source=source, field=field), _written)


@app.command()
def conflicts() -> None:
    """List where data elements and fields of one name differ, and where one meaning has two names."""
    answer(call(rows.CLASHES), _clashes)


def _written(written: DataElementWritten) -> None:
    one = written.element
    line(f"{one.key} ({one.name}): {', '.join(_bound(one)) or 'no field is bound to it yet'}.")


def _listed(found: DataElements) -> None:
    table(("key", "name", "owner", "value domain", "unit", "fields"),
          [(one.key, one.name, one.owner, one.value_domain, one.unit, _bound(one)) for one in found.elements],
          empty="No data elements yet. Register one with: lexicord property add KEY --name NAME --owner DEPARTMENT",
          )  # fmt: skip


def _shown(one: DataElement) -> None:
    heading(one.name)
    fields([("key", one.key), ("iri", one.iri), ("owner", one.owner), ("concept", one.concept),
            ("value domain", one.value_domain), ("unit", one.unit), ("definition", one.definition),
            ("fields", _bound(one))])  # fmt: skip


def _clashes(found: ElementClashes) -> None:
    table(("shared", "differs", "one", "other", "departments", "how"),
          [(c.label, c.kind, c.one, c.other, c.parties, c.said) for c in found.clashes],
          empty="No data elements disagree.")  # fmt: skip


def _bound(one: DataElement) -> list[str]:
    return [f"{bound.source}.{bound.field}" for bound in one.fields]
