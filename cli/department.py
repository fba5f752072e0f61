"""`lexicord department`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import fields, heading, line, table
from cli.session import answer, call
from registry.contract import departments as rows
from registry.contract.departments import Department, Departments, DepartmentWritten

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Departments: who owns what.")


@app.command()
def add(
    key: str,
    name: Annotated[str, typer.Option(help="Its name.")],
    part_of: Annotated[str | None, typer.Option(help="Key of the department above.")] = None,
    formal: Annotated[bool, typer.Option(help="A legal entity or outside body.")] = False,
) -> None:
    """Register a department."""
    answer(call(rows.ADD, key=key, name=name, part_of=part_of, formal=formal), _added)


@app.command("list")
def find() -> None:
    """List the departments."""
    answer(call(rows.LIST), _listed)


@app.command()
def show(key: str) -> None:
    """Show a department with what it owns."""
    answer(call(rows.SHOW, key=key), _shown)


def _added(written: DepartmentWritten) -> None:
    line(f"Registered department {written.department.key} ({written.department.name}).")


def _listed(found: Departments) -> None:
    table(
        ("key", "name", "part of", "vocabularies", "sources"),
        [(d.key, d.name, d.part_of, d.schemes, d.sources) for d in found.departments],
        empty="No departments yet. Register one with: lexicord department add KEY --name NAME",
    )


def _shown(found: Department) -> None:
    heading(found.name)
    fields([("key", found.key), ("iri", found.iri), ("kind", found.kind), ("part of", found.part_of),
            ("arbiter", found.arbiter), ("vocabularies", found.schemes), ("sources", found.sources)])  # fmt: skip
