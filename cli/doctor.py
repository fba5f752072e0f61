"""`lexicord doctor`."""

from __future__ import annotations

import typer

from cli import exits
from cli.output import fields, line, table
from cli.session import answer, call
from registry.contract import audit as rows
from registry.contract.audit import Health

app = typer.Typer(add_completion=False)


@app.command()
def doctor() -> None:
    """Check the registry's health. Exit 1 when something is broken; warnings are told and pass."""
    found = call(rows.HEALTH)
    answer(found, _shown)
    if not found.healthy:
        raise typer.Exit(exits.NEGATIVE)


def _shown(found: Health) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
    fields([("base IRI", found.base_iri), ("database", f"{found.database}, schema {found.schema_revision}"),
            ("head", found.head), ("holds", counts)])  # fmt: skip
    line()
    table(("check", "state", "what"), [(one.check, one.state, one.message) for one in found.findings])
    fixes = [one for one in found.findings if one.fix]
    if fixes:
        line()
    for one in fixes:
        line(f"{one.check}: {one.fix}")
