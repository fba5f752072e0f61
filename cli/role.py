"""`lexicord role`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import line, table
from cli.session import answer, call
from registry.contract import principals as rows
from registry.contract.principals import RoleAssignments, RoleWritten

app = typer.Typer(add_completion=False, no_args_is_help=True, help="What principals may do, and where.")

RoleName = Annotated[str, typer.Argument(help="reader, contributor, steward, approver, arbiter, registrar or auditor.")]
DepartmentKey = Annotated[str | None, typer.Option("--department", metavar="KEY", help="In this department.")]
SchemeKey = Annotated[str | None, typer.Option("--scheme", metavar="KEY", help="In this vocabulary.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="In the whole registry.")]


@app.command()
def grant(
    handle: str,
    role: RoleName,
    department: DepartmentKey = None,
    scheme: SchemeKey = None,
    everywhere: Everywhere = False,
) -> None:
    """Give a principal a role in a department, a vocabulary or everywhere."""
    done = call(
        rows.GRANT, principal=handle, role=role, department=department, scheme=scheme, everywhere=everywhere or None
    )
    answer(done, _granted)


@app.command()
def revoke(
    handle: str,
    role: RoleName,
    department: DepartmentKey = None,
    scheme: SchemeKey = None,
    everywhere: Everywhere = False,
) -> None:
    """Take a role away; the very next request is decided without it."""
    done = call(
        rows.REVOKE, principal=handle, role=role, department=department, scheme=scheme, everywhere=everywhere or None
    )
    answer(done, lambda gone: line(f"{gone.principal} is no longer {gone.role} {_where(gone.scope)}."))


@app.command("list")
def find(handle: Annotated[str | None, typer.Argument(help="Only this principal's.")] = None) -> None:
    """List who holds which role where."""
    answer(call(rows.ROLES, principal=handle), _listed)


def _granted(done: RoleWritten) -> None:
    line(f"{done.principal} is {'now' if done.changed else 'already'} {done.role} {_where(done.scope)}.")


def _listed(found: RoleAssignments) -> None:
    table(
        ("principal", "kind", "role", "where", "state"),
        [(r.principal, r.kind, r.role, _where(r.scope), "disabled" if r.disabled else "") for r in found.roles],
        empty="Nobody holds a role yet. Grant one with: lexicord role grant HANDLE ROLE --everywhere",
    )


def _where(scope: str) -> str:
    kind, _, key = scope.partition(":")
    return "everywhere" if scope == "*" else f"in {'vocabulary' if kind == 'scheme' else kind} {key}"
