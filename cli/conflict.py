"""`lexicord conflict`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import conflicts as rows
from registry.contract.conflicts import Conflict, Conflicts, ConflictsFound, ConflictWritten, Side

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Conflicts between departments.")

Named = Annotated[str, typer.Argument(help="Its IRI or short id.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]


@app.command("list")
def find(
    department: Annotated[str | None, typer.Option(help="This department is a party.")] = None,
    scheme: Annotated[str | None, typer.Option(help="A concept of this vocabulary is concerned.")] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="open|assigned|decided|applied|accepted_as_different", help="Only in this state."),
    ] = None,
    kind: Annotated[str | None, typer.Option(help="homonym, synonym_without_mapping, opposite_hierarchy …")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List the conflicts on record, unsettled ones first."""
    answer(call(rows.LIST, department=department, scheme=scheme, state=state, kind=kind, limit=limit, cursor=cursor),
           _listed)  # fmt: skip


@app.command()
def show(conflict: Annotated[str, typer.Argument(help="Its IRI or short id.")]) -> None:
    """Show a conflict with both meanings side by side."""
    answer(call(rows.SHOW, conflict=conflict), _shown)


@app.command("find")
def search(
    scheme: Annotated[list[str] | None, typer.Option(help="Only between these vocabularies (repeatable).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count them, and record nothing.")] = False,
) -> None:
    """Look for conflicts between vocabularies and record them."""
    answer(call(rows.FIND, scheme=scheme, dry_run=dry_run), _searched)


@app.command()
def assign(
    conflict: Named,
    due: Annotated[datetime, typer.Option(help="When it goes to the arbiter; local time unless it says otherwise.")],
    arbiter: Annotated[str | None, typer.Option(metavar="DEPARTMENT", help="Another arbiter; no party.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Give a conflict a due date and, if need be, another arbiter."""
    due_by = due if due.tzinfo else due.astimezone()
    answer(call(rows.ASSIGN, conflict=conflict, due_by=due_by, arbiter=arbiter, dry_run=dry_run), _written)


@app.command()
def decide(
    conflict: Named,
    how: Annotated[str, typer.Option(metavar="keep-both|one-governs|merge|split|broader|transition", help="How.")],
    reason: Annotated[str, typer.Option(help="Why; the losing side is owed it.")],
    governs: Annotated[str | None, typer.Option(metavar="DEPARTMENT", help="Whose meaning governs.")] = None,
    broader: Annotated[str | None, typer.Option(metavar="CONCEPT", help="Which one stands above the others.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until when the replaced one is valid.")] = None,
    dissent: Annotated[str | None, typer.Option(help="What those who did not agree had to say.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Decide a conflict; the mappings that follow are written with it."""
    answer(call(rows.DECIDE, conflict=conflict, how=how, reason=reason, governs=governs, broader=broader, until=until,
                dissent=dissent, dry_run=dry_run), _written)  # fmt: skip


@app.command()
def reopen(
    conflict: Named,
    reason: Annotated[str, typer.Option(help="Why it is to be looked at again.")],
    appeal: Annotated[bool, typer.Option("--appeal", help="Let the next arbiter decide; once.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Open a settled conflict again, or appeal to the next arbiter."""
    answer(call(rows.REOPEN, conflict=conflict, reason=reason, appeal=appeal, dry_run=dry_run), _written)


def _written(found: ConflictWritten) -> None:
    conflict = found.conflict
    line(f"{_words(conflict.kind).capitalize()} {conflict.label_key or conflict.id}: {_words(conflict.state)}.")
    fields([("how", conflict.how), ("governs", conflict.governs), ("until", conflict.until),
            ("arbiter", conflict.arbiter), ("due by", conflict.due_by), ("reason", conflict.reason)])  # fmt: skip
    if found.mappings_changed:
        note(f"{found.mappings_changed} pairs of concepts mapped or parted. Everybody's wording stays as it is.")


def _listed(found: Conflicts) -> None:
    table(
        ("id", "kind", "about", "departments", "state", "concepts"),
        [(c.id, _words(c.kind), c.label_key, c.parties, _words(c.state), _named(c)) for c in found.conflicts],
        empty="No conflicts on record. Look for them with: lexicord conflict find",
    )
    if found.conflicts:
        note(", ".join(f"{count} {_words(kind)}" for kind, count in found.counts.items()))
    if found.next:
        note(f"{len(found.conflicts)} of {found.total}; go on with --cursor {found.next}")


def _shown(found: Conflict) -> None:
    heading(f"{_words(found.kind).capitalize()}: {found.label_key or found.id}")
    line(f"  {found.evidence}")
    for side in found.sides:
        line()
        _side(side)
    line()
    fields([("state", _words(found.state)), ("departments", found.parties), ("found", found.found),
            ("arbiter", found.arbiter), ("due by", found.due_by), ("decided by", found.decided_by),
            ("how", found.how), ("governs", found.governs),
            ("until", found.until), ("reason", found.reason), ("dissent", found.dissent),
            ("changed since", found.changed_since or None), ("conflict", found.iri)])  # fmt: skip


def _side(side: Side) -> None:
    heading(f"{side.pref_label}  ({side.owner or side.scheme})")
    fields([("concept", side.reference), ("definition", side.definition), ("also called", side.alt_label),
            ("below", side.broader)])  # fmt: skip


def _searched(found: ConflictsFound) -> None:
    line(f"{found.standing} conflicts stand between {found.pairs} pairs of vocabularies: {found.opened} new, "
         f"{found.reopened} reopened, {found.closed} closed.")  # fmt: skip
    fields((_words(kind), count) for kind, count in found.kinds.items())
    if found.standing:
        note("See them with: lexicord conflict list")


def _named(conflict: Conflict) -> str:
    shown = [side.reference for side in conflict.sides[:3]]
    return " / ".join(shown) + (f" and {len(conflict.sides) - 3} more" if len(conflict.sides) > 3 else "")


def _words(name: str) -> str:
    return name.replace("_", " ")
