"""`lexicord source`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import sources as rows
from registry.contract.sources import Source, Sources, SourceWritten

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Content sources and the profiles their records must meet."
)


@app.command()
def register(
    key: str,
    owner: Annotated[str, typer.Option(metavar="DEPARTMENT", help="Key of the department that answers for it.")],
    title: Annotated[str, typer.Option(help="A title that people recognise.")],
    context: Annotated[
        Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Its JSON-LD context, written out.")
    ],
    profile: Annotated[str | None, typer.Option(help="The profile its records must meet; document.")] = None,
    vocabulary: Annotated[
        list[str] | None, typer.Option(metavar="SCHEME", help="A vocabulary it cites; may be repeated.")
    ] = None,
    mode: Annotated[str | None, typer.Option(help="observe, warn or enforce; warn.")] = None,
    type_: Annotated[
        str | None,
        typer.Option("--type", metavar="CLASS_IRI", help="Class of a record that states none; lex:Document."),
    ] = None,
) -> None:
    """Register a content source: its owner, what its fields mean, the profile its records have to meet."""
    written = call(
        rows.REGISTER,
        key=key,
        owner=owner,
        title=title,
        context=_context(context),
        profile=profile,
        vocabularies=tuple(vocabulary) if vocabulary else None,
        mode=mode,
        type=type_,
    )
    answer(written, _registered)


@app.command("list")
def find() -> None:
    """List the content sources."""
    answer(call(rows.LIST), _listed)


@app.command()
def show(key: str) -> None:
    """Show a content source with its context."""
    answer(call(rows.SHOW, source=key), _shown)


@app.command()
def revise(
    key: str,
    mode: Annotated[str | None, typer.Option(help="observe, warn or enforce.")] = None,
    profile: Annotated[str | None, typer.Option(help="The profile its records must meet.")] = None,
) -> None:
    """Revise a content source: its mode, or the profile its records must meet."""
    answer(call(rows.REVISE, source=key, mode=mode, profile=profile), _revised)


@app.command()
def acknowledge(key: str) -> None:
    """Acknowledge the newest version of a source's profile before its notice period ends."""
    answer(call(rows.ACKNOWLEDGE, source=key), _revised)


def _context(path: Path) -> dict[str, Any]:
    from registry.shacl.json_text import parse_record

    return parse_record(path.read_bytes(), path.name)


def _registered(written: SourceWritten) -> None:
    new = written.source
    line(f"Registered content source {new.key} ({new.title}) of {new.owner}: {new.fields} fields.")
    if not new.vocabularies:
        note("It names no vocabulary: its records are held against all. Name those it cites with --vocabulary SCHEME.")
    note(f"Validate its records with: lexicord validate FILE --source {new.key}")


def _revised(written: SourceWritten) -> None:
    line(f"{written.source.key}: profile {written.source.profile}, mode {written.source.mode}.")


def _listed(found: Sources) -> None:
    table(
        ("key", "title", "owner", "profile", "mode", "vocabularies"),
        [(s.key, s.title, s.owner, s.profile, s.mode, s.vocabularies) for s in found.sources],
        empty="No content sources yet. Register one with: lexicord source register KEY --owner DEPARTMENT …",
    )


def _shown(found: Source) -> None:
    heading(found.title)
    fields([("key", found.key), ("iri", found.iri), ("owner", found.owner), ("profile", found.profile),
            ("mode", found.mode), ("record class", found.record_class), ("vocabularies", found.vocabularies),
            ("fields", found.fields)])  # fmt: skip
    line()
    context = found.context or {}
    table(
        ("field", "means", "as"),
        [(name, *_meaning(value)) for name, value in context.items() if not _is_prefix(name, value)],
    )


def _is_prefix(name: str, value: Any) -> bool:
    return name.startswith("@") or (isinstance(value, str) and value.endswith((":", "/", "#")))


def _meaning(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        kinds = [f"{name.lstrip('@')} {text}" for name, text in value.items() if name != "@id"]
        return str(value.get("@id", "")), ", ".join(kinds)
    return ("(ignored)" if value is None else str(value)), ""
