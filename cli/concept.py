"""`lexicord concept`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli import concept_text as text
from cli.session import answer, call
from registry.contract import concepts as rows
from registry.contract.concepts import ConceptWritten
from registry.contract.operation import AnyOperation

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Concepts: show, find, create, revise, deprecate.")


class Status(StrEnum):
    """Where a concept stands in its life."""

    draft = "draft"
    in_review = "in_review"
    approved = "approved"
    deprecated = "deprecated"
    archived = "archived"
    rejected = "rejected"


class Start(StrEnum):
    """How a new concept starts."""

    draft = "draft"
    approved = "approved"


Reference = Annotated[str, typer.Argument(metavar="CONCEPT", help="Its IRI, or SCHEME/LOCAL.")]
Base = Annotated[int | None, typer.Option(metavar="VERSION", help="The version you read; refused if it moved on.")]
Cursor = Annotated[str | None, typer.Option(help="Where to go on.")]
Texts = Annotated[list[str] | None, typer.Option(metavar="TEXT@LANG", help="Repeatable.")]
Concepts = Annotated[list[str] | None, typer.Option(metavar="CONCEPT", help="Repeatable.")]
Reason = Annotated[str, typer.Option(help="Why.")]
SomeReason = Annotated[str | None, typer.Option(help="Why.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")]


@app.command()
def show(concept: Reference) -> None:
    """Show a concept: what it means, who owns it, where it stands."""
    answer(call(rows.SHOW, concept=concept), text.shown)


@app.command()
def find(
    words: Annotated[str, typer.Argument(metavar="TEXT", help="A label or a part of one.")],
    scheme: Annotated[str | None, typer.Option(metavar="KEY", help="Only in this vocabulary.")] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="Only labels in this language.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only concepts that stand there.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    cursor: Cursor = None,
) -> None:
    """Find concepts by their words: exact before prefix before part, preferred labels first."""
    found = call(rows.FIND, text=words, scheme=scheme, language=language, status=status and status.value, limit=limit,
                 cursor=cursor)  # fmt: skip
    answer(found, text.found)


@app.command()
def create(
    scheme: Annotated[str, typer.Option(metavar="KEY", help="The vocabulary it joins.")],
    label: Annotated[list[str], typer.Option(metavar="TEXT@LANG", help="Preferred label; one in a language.")],
    alt: Texts = None,
    hidden: Texts = None,
    definition: Texts = None,
    scope_note: Texts = None,
    broader: Concepts = None,
    related: Concepts = None,
    notation: Annotated[list[str] | None, typer.Option(help="A code; repeatable.")] = None,
    iri: Annotated[str | None, typer.Option(help="Its IRI; a fresh one when left away.")] = None,
    status: Annotated[Start, typer.Option(help="How it starts.")] = Start.draft,
    dry_run: DryRun = False,
) -> None:
    """Create a concept in a vocabulary."""
    made = call(rows.CREATE, dry_run=dry_run, scheme=scheme, label=label, alt=alt, hidden=hidden,
                definition=definition, scope_note=scope_note, broader=broader, related=related, notation=notation,
                iri=iri, status=status.value)  # fmt: skip
    answer(made, _says("Created", dry_run))


@app.command()
def revise(
    concept: Reference,
    reason: Reason,
    label: Texts = None,
    not_a_synonym: Annotated[
        bool, typer.Option("--not-a-synonym", help="Leave no alternative label where a name changes.")
    ] = False,
    add_alt: Texts = None,
    remove_alt: Texts = None,
    add_hidden: Texts = None,
    remove_hidden: Texts = None,
    definition: Texts = None,
    scope_note: Texts = None,
    notation: Annotated[list[str] | None, typer.Option(help="All its codes from now on; repeatable.")] = None,
    broader: Concepts = None,
    add_broader: Concepts = None,
    remove_broader: Concepts = None,
    add_related: Concepts = None,
    remove_related: Concepts = None,
    base: Base = None,
    dry_run: DryRun = False,
) -> None:
    """Revise a concept's labels, notes or relations; a former name stays findable."""
    done = call(rows.REVISE, dry_run=dry_run, concept=concept, reason=reason, label=label, not_a_synonym=not_a_synonym,
                add_alt=add_alt, remove_alt=remove_alt, add_hidden=add_hidden, remove_hidden=remove_hidden,
                definition=definition, scope_note=scope_note, notation=notation, broader=broader,
                add_broader=add_broader, remove_broader=remove_broader, add_related=add_related,
                remove_related=remove_related, base=base)  # fmt: skip
    answer(done, _says("Revised", dry_run))


@app.command()
def move(
    concept: Reference,
    to: Annotated[str, typer.Option(metavar="CONCEPT", help="Its one broader concept from now on.")],
    reason: SomeReason = None,
    base: Base = None,
    dry_run: DryRun = False,
) -> None:
    """Move a concept under another one."""
    done = call(rows.MOVE, dry_run=dry_run, concept=concept, to=to, reason=reason, base=base)
    answer(done, _says("Moved", dry_run))


@app.command()
def deprecate(
    concept: Reference,
    reason: Reason,
    replaced_by: Concepts = None,
    base: Base = None,
    dry_run: DryRun = False,
) -> None:
    """Retire a concept, naming its replacements or why there is none."""
    done = call(rows.DEPRECATE, dry_run=dry_run, concept=concept, replaced_by=replaced_by, reason=reason, base=base)
    answer(done, _says("Deprecated", dry_run))


@app.command()
def submit(concept: Reference, reason: SomeReason = None, base: Base = None, dry_run: DryRun = False) -> None:
    """Submit a draft for review."""
    _step(rows.SUBMIT, "Submitted", concept, reason, base, dry_run)


@app.command()
def approve(concept: Reference, reason: SomeReason = None, base: Base = None, dry_run: DryRun = False) -> None:
    """Approve a concept in review: it answers questions from now on."""
    _step(rows.APPROVE, "Approved", concept, reason, base, dry_run)


@app.command()
def reject(concept: Reference, reason: Reason, base: Base = None, dry_run: DryRun = False) -> None:
    """Turn a concept in review down, with the reason."""
    _step(rows.REJECT, "Rejected", concept, reason, base, dry_run)


@app.command()
def reopen(concept: Reference, reason: Reason, base: Base = None, dry_run: DryRun = False) -> None:
    """Reopen a rejected or deprecated concept as a draft."""
    _step(rows.REOPEN, "Reopened", concept, reason, base, dry_run)


@app.command()
def history(
    concept: Reference,
    limit: Annotated[int, typer.Option(help="How many changes at most.")] = 50,
    cursor: Cursor = None,
) -> None:
    """Show every change of a concept: when, who, why."""
    answer(call(rows.HISTORY, concept=concept, limit=limit, cursor=cursor), text.history)


def _step(row: AnyOperation, verb: str, concept: str, reason: str | None, base: int | None, dry_run: bool) -> None:
    done = call(row, dry_run=dry_run, concept=concept, reason=reason, base=base)
    answer(done, _says(verb, dry_run))


def _says(verb: str, dry_run: bool):  # type: ignore[no-untyped-def]
    def render(done: ConceptWritten) -> None:
        text.written(done, f"Dry run, nothing changed. {verb}" if dry_run else verb)

    return render
