"""`lexicord scheme`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import scheme_text as text
from cli.output import note
from cli.reading import opened, uncollected
from cli.session import answer, call
from registry.contract import schemes as rows

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Vocabularies: create, import, export, check.")


class Kind(StrEnum):
    """What part a vocabulary plays."""

    department = "department"
    hub = "hub"
    external = "external"


class Arrival(StrEnum):
    """How live concepts arrive."""

    approved = "approved"
    draft = "draft"


class Severity(StrEnum):
    """How much a finding matters."""

    error = "error"
    warning = "warning"
    info = "info"


Key = Annotated[str, typer.Argument(help="Key of the vocabulary.")]
Owner = Annotated[str | None, typer.Option(metavar="DEPARTMENT", help="Key of the department that owns it.")]
Audience = Annotated[
    str | None, typer.Option(metavar="DEPARTMENT", help="Key of the department whose members alone may read it.")
]
Language = Annotated[str | None, typer.Option(metavar="TAG", help="Language of the labels shown.")]


@app.command()
def create(
    key: Key,
    title: Annotated[str, typer.Option(help="Its title.")],
    owner: Owner = None,
    kind: Annotated[Kind, typer.Option(help="What part it plays.")] = Kind.department,
    audience: Audience = None,
    iri: Annotated[str | None, typer.Option(help="IRI of the concept scheme; made when left away.")] = None,
) -> None:
    """Register a new, empty vocabulary."""
    made = call(rows.CREATE, key=key, title=title, owner=owner, kind=kind.value, audience=audience, iri=iri)
    answer(made, text.created)


@app.command("list")
def find(
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    owner: Owner = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 200,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List the vocabularies."""
    found = call(rows.LIST, kind=kind and kind.value, owner=owner, limit=limit, cursor=cursor)
    answer(found, text.listed)


@app.command()
def show(key: Key) -> None:
    """Show a vocabulary with its counts, languages and owner."""
    answer(call(rows.SHOW, key=key), text.shown)


@app.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="A file, or - for standard input; gzip and zip are unpacked.")],
    key: Annotated[str, typer.Option(help="Key of the vocabulary, new or standing.")],
    owner: Owner = None,
    kind: Annotated[Kind | None, typer.Option(help="What part it plays.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title; the document's own when left away.")] = None,
    audience: Audience = None,
    status: Annotated[
        Arrival | None, typer.Option(help="How live concepts arrive; approved for who may approve.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="turtle, ntriples, nquads, trig, rdfxml, jsonld, csv or tsv."),
    ] = None,
    base_iri: Annotated[str | None, typer.Option(help="What relative IRIs are resolved against.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen; change nothing.")] = False,
) -> None:
    """Import a document into a vocabulary and report what became of every triple."""
    fields = {
        "key": key, "owner": owner, "kind": kind and kind.value, "title": title, "audience": audience,
        "status": status and status.value, "format": format_name, "base_iri": base_iri,
    }  # fmt: skip
    with uncollected(), opened(file) as (document, name):
        imported = call(rows.IMPORT, document, dry_run=dry_run, name=name, **fields)
    answer(imported, text.imported)


@app.command()
def export(
    key: Key,
    format_name: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help="turtle, ntriples, nquads, trig, rdfxml, jsonld, csv or tsv."),
    ] = "turtle",
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here instead of to standard output.")] = None,
    curation: Annotated[bool, typer.Option(help="With status, owner and provenance (trig, nquads).")] = False,
) -> None:
    """Export a vocabulary as a document that imports back without a change."""
    document = call(rows.EXPORT, key=key, format=format_name, curation=curation)
    if to is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(document.chunks)
        sys.stdout.buffer.flush()
        return
    from cli.reading import write_whole

    write_whole(to, document.read())
    note(f"Wrote {to}.")


@app.command()
def tree(
    key: Key,
    root: Annotated[str | None, typer.Option(metavar="CONCEPT", help="Only what is below this concept.")] = None,
    depth: Annotated[int | None, typer.Option(help="Levels below the roots.")] = None,
    language: Language = None,
) -> None:
    """Show a vocabulary's hierarchy."""
    answer(call(rows.TREE, key=key, root=root, depth=depth, language=language), text.tree)


@app.command()
def stats(key: Key) -> None:
    """Show a vocabulary in figures."""
    answer(call(rows.STATS, key=key), text.stats)


@app.command()
def check(
    key: Key,
    only: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Run this check only; repeatable.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Show findings of this severity only.")] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="The vocabulary's main language.")] = None,
    limit: Annotated[int, typer.Option(help="How many findings to show at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """Check a vocabulary against the catalogue of SKOS checks; exits 1 when there are errors."""
    found = call(rows.CHECK, key=key, only=tuple(only or ()), severity=severity and severity.value, language=language,
                 limit=limit, cursor=cursor)  # fmt: skip
    answer(found, text.checked)
    if found.counts["error"]:
        raise typer.Exit(1)


@app.command()
def diff(
    key: Key,
    since: Annotated[int, typer.Option(metavar="SEQ", help="Seq of the state before.")],
    until: Annotated[int | None, typer.Option(metavar="SEQ", help="Seq of the state after; now by default.")] = None,
    language: Language = None,
) -> None:
    """Show what changed in a vocabulary between two states."""
    answer(call(rows.DIFF, key=key, since=since, until=until, language=language), text.compared)


@app.command()
def rollback(
    key: Key,
    to: Annotated[int, typer.Option(metavar="SEQ", help="Seq of the state to restore.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen; change nothing.")] = False,
) -> None:
    """Restore a vocabulary to what it was at a seq, as a new change."""
    answer(call(rows.ROLLBACK, dry_run=dry_run, key=key, to=to), text.rolled_back)
