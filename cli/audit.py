"""`lexicord audit`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from cli import exits
from cli.output import fields, heading, line, note, table
from cli.session import answer, call, session
from registry.contract import audit as rows
from registry.contract.audit import Anchored, AuditReceipt, AuditReceipts, AuditRecords, Verified
from registry.contract.operation import Operation, parse

R = TypeVar("R")

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The log: list it, verify it, export it.")


@app.command("list")
def find(
    since: Annotated[int | None, typer.Option(metavar="SEQ", help="Only records after this seq.")] = None,
    operation: Annotated[str | None, typer.Option(help="Only this operation, such as concept.deprecate.")] = None,
    principal: Annotated[str | None, typer.Option(metavar="HANDLE", help="Only what this principal did.")] = None,
    limit: Annotated[int | None, typer.Option(help="How many at most; 50.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="Answers served and refusals instead.")] = False,
) -> None:
    """List what was done, newest first; with --receipts, what was answered and refused."""
    if receipts:
        answer(_ask(rows.RECEIPTS, operation=operation, principal=principal, limit=limit), _receipts)
        return
    found = _ask(rows.LIST, since=since, operation=operation, principal=principal, limit=limit, cursor=cursor)
    answer(found, _listed)


@app.command()
def verify(
    anchor: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Anchors kept elsewhere.")
    ] = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="Verify the receipts as well.")] = False,
) -> None:
    """Verify the log: chain, digests, quads, anchors. Exit 1 when it is not intact."""
    found = call(rows.VERIFY, anchors=_anchors(anchor), receipts=receipts or None)
    answer(found, _verified)
    if not found.intact or (found.receipts is not None and not found.receipts.intact):
        raise typer.Exit(exits.NEGATIVE)


@app.command()
def export(
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there instead of stdout.")] = None,
    since: Annotated[int | None, typer.Option(metavar="SEQ", help="Only records after this seq.")] = None,
    patches: Annotated[bool, typer.Option("--patches", help="With each record's patch.")] = False,
) -> None:
    """Export the log as JSON lines, oldest first, with what can verify it elsewhere."""
    from cli.documents import write_document

    write_document(call(rows.EXPORT, since=since, patches=patches or None), to)


@app.command()
def anchor() -> None:
    """Write the log's head outside the database, so that a cut or rewritten log shows."""
    answer(call(rows.ANCHOR), _anchored)


def _ask(row: Operation[Any, R], /, **fields: Any) -> R:
    """As `call`, for requests that have a field named `operation`."""
    request = parse(row.request, {name: value for name, value in fields.items() if value is not None})
    with closing(session().client()) as client:
        return client.call(row, request)


def _anchors(path: Path | None) -> list[dict[str, object]] | None:
    if path is None:
        return None
    from registry.store.anchors import read_anchors

    return [{"seq": one.seq, "hash": one.hash} for one in read_anchors(path)]


def _listed(found: AuditRecords) -> None:
    table(
        ("seq", "time", "who", "operation", "what", "quads"),
        [
            (r.seq, r.recorded_at[:19].replace("T", " "), _who(r.principal, r.behind), r.operation, r.summary,
             _size(r.added, r.removed))
            for r in found.records
        ],
        empty="Nothing was recorded yet.",
    )  # fmt: skip
    if found.next:
        note(f"Older ones: --cursor {found.next}")


def _who(principal: str, behind: str | None) -> str:
    return f"{principal} (through {behind})" if behind else principal


def _size(added: int, removed: int) -> str:
    return " ".join(part for part in (f"+{added}" if added else "", f"-{removed}" if removed else "") if part)


def _receipts(found: AuditReceipts) -> None:
    table(
        ("time", "who", "operation", "outcome", "times", "why"),
        [
            (r.at[:19].replace("T", " "), r.principal, r.operation or r.kind, r.outcome, r.count if r.count > 1 else "",
             _why(r))
            for r in found.receipts
        ],
        empty="No receipts yet.",
    )  # fmt: skip


def _why(receipt: AuditReceipt) -> str:
    said = receipt.facts
    if "verb" in said:
        return f"may not {said['verb']} in {said.get('resource', 'the registry')}"
    return str(said.get("reason", ""))


def _verified(found: Verified) -> None:
    if found.intact:
        heading(f"The log is intact: {found.records} records.")
    else:
        where = f"Record {found.first_bad} is bad: " if found.first_bad else ""
        heading("The log is NOT intact.")
        line(f"  {where}{found.reason}.")
    fields([("head", found.head), ("anchors", found.anchors), ("anchored until", found.anchored_until)])
    if found.tail:
        note(found.tail[0].upper() + found.tail[1:] + ".")
        note("Anchor the head with: lexicord audit anchor")
    if found.receipts is not None:
        r = found.receipts
        line(f"The receipts are {'intact' if r.intact else 'NOT intact'}: {r.receipts} in {r.segments} segments.")
        fields(
            [
                ("first bad", r.first_bad),
                ("lost batches", r.lost_open_batch or ""),
                ("unknown to the log", r.unrecorded),
            ]
        )


def _anchored(done: Anchored) -> None:
    where = session().where()
    if done.new:
        line(f"Anchored record {done.seq} ({done.hash[:16]}…) in the anchors.log of {where}.")
        note("Copy anchors.log to another machine: whoever can rewrite the database may reach it here.")
    else:
        line(f"Record {done.seq} was anchored before.")
