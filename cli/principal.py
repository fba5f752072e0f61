"""`lexicord principal`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import line, note, table
from cli.session import answer, call
from registry.contract import principals as rows
from registry.contract.principals import PrincipalErased, Principals, PrincipalWritten

app = typer.Typer(add_completion=False, no_args_is_help=True, help="People, agents and services.")


@app.command()
def add(
    handle: str,
    kind: Annotated[str, typer.Option(help="person, agent or service.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="HANDLE", help="Who answers for an agent or service.")] = None,
) -> None:
    """Register a person, an agent or a service."""
    answer(call(rows.ADD, handle=handle, kind=kind, name=name, owner=owner), _added)


@app.command("list")
def find() -> None:
    """List the principals with their roles."""
    answer(call(rows.LIST), _listed)


@app.command()
def disable(handle: str) -> None:
    """Stop a principal from doing anything, at once."""
    answer(call(rows.DISABLE, principal=handle), lambda done: line(f"{done.principal.handle} is disabled."))


@app.command()
def enable(handle: str) -> None:
    """Let a disabled principal act again."""
    answer(call(rows.ENABLE, principal=handle), lambda done: line(f"{done.principal.handle} is enabled."))


@app.command()
def erase(
    handle: str,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be destroyed; change nothing.")] = False,
) -> None:
    """Destroy a principal's personal data; its deeds stay on record under an opaque id."""
    erased = call(rows.ERASE, principal=handle, dry_run=dry_run)
    answer(erased, lambda done: _erased(done, dry_run=dry_run))


def _added(written: PrincipalWritten) -> None:
    new = written.principal
    line(f"Registered {new.kind} {new.handle} ({new.id}).")
    note(f"It may do nothing yet. Give it a role with: lexicord role grant {new.handle} ROLE --department KEY")


def _listed(found: Principals) -> None:
    table(
        ("handle", "kind", "name", "owner", "roles", "state"),
        [
            (p.handle, p.kind, p.name, p.owner, [f"{r.role} in {r.scope}" for r in p.roles], _state(p.disabled))
            for p in found.principals
        ],
        empty="No principals yet. Register one with: lexicord principal add HANDLE --kind person",
    )


def _erased(done: PrincipalErased, *, dry_run: bool) -> None:
    verb = "Would destroy" if dry_run else "Destroyed"
    line(
        f"{verb} {done.payloads} payloads, {done.roles} roles and {done.tokens} tokens; "
        f"what was done stays on record as {done.id}."
    )
    if not dry_run:
        note("The log still verifies: lexicord audit verify")


def _state(disabled: bool) -> str:
    return "disabled" if disabled else ""
