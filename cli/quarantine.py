"""`lexicord source quarantine`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import quarantine as rows
from registry.contract.quarantine import HeldRecord, HeldRecords, HeldWritten, Revalidated

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Records held back in enforce mode.")

Id = Annotated[str, typer.Argument(help="The record's id in the quarantine.")]


@app.command("list")
def find(
    source: str,
    released: Annotated[bool, typer.Option("--released", help="Those that were let go.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List the records that a source's quarantine holds."""
    state = "released" if released else "held"
    answer(call(rows.LIST, source=source, state=state, limit=limit, cursor=cursor), _listed)


@app.command()
def show(source: str, id_: Id) -> None:
    """Show a record in quarantine with its report."""
    answer(call(rows.SHOW, source=source, id=id_), _shown)


@app.command()
def repair(
    source: str,
    id_: Id,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="What replaces it (JSON).")
    ] = None,
) -> None:
    """Repair a record by its automatic repairs, or replace it; it is released when it conforms."""
    body = None
    if record is not None:
        from registry.shacl.json_text import parse_record

        body = parse_record(record.read_bytes(), record.name)
    answer(call(rows.REPAIR, source=source, id=id_, record=body), _written)


@app.command()
def release(source: str, id_: Id, reason: Annotated[str, typer.Option(help="Why it is let go as it is.")]) -> None:
    """Release a record from quarantine as it is, with a reason."""
    answer(call(rows.RELEASE, source=source, id=id_, reason=reason), _written)


@app.command()
def revalidate(source: str) -> None:
    """Validate a source's quarantine again; what conforms now is released."""
    answer(call(rows.REVALIDATE, source=source), _revalidated)


def _listed(found: HeldRecords) -> None:
    table(("id", "record", "reasons", "received"),
          [(one.id, one.focus_node, one.reasons, one.received_at[:19]) for one in found.records],
          empty="The quarantine is empty.")  # fmt: skip
    if found.next:
        note(f"There are more: --cursor {found.next}")


def _shown(found: HeldRecord) -> None:
    heading(found.focus_node or found.id)
    fields([("id", found.id), ("state", found.state), ("reasons", found.reasons), ("received", found.received_at),
            ("released", found.settled_at)])  # fmt: skip
    for result in (found.report or {}).get("results", []):
        line()
        line(f"{result['severity'].upper()}  {result['pointer'] or ''}  {result['constraint']}")
        line(f"  {result['message']}")
        if result["repair"]:
            line(f"  repair ({result['repair']['class']}): {result['repair']['explanation']}")


def _written(written: HeldWritten) -> None:
    line(f"{written.record.id} is {written.record.state}.")
    if written.record.state == "held":
        note(f"It still has: {', '.join(written.record.reasons)}")


def _revalidated(found: Revalidated) -> None:
    line(f"{found.checked} records checked: {found.released} released, {found.held} held.")
