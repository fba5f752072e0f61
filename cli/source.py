"""`lexicord source`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import exits, quarantine
from cli.output import fields, heading, line, note, table
from cli.reading import opened, write_whole
from cli.session import answer, call
from registry.contract import sources as rows
from registry.contract.quality import Quality
from registry.contract.quarantine import Submitted
from registry.contract.sources import Source, SourceInference, Sources, SourceWritten
from registry.errors import InvalidInputError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Content sources and the profiles their records must meet."
)


app.add_typer(quarantine.app, name="quarantine")


@app.command()
def register(
    key: str,
    owner: Annotated[str, typer.Option(metavar="DEPARTMENT", help="Key of the department that answers for it.")],
    title: Annotated[str, typer.Option(help="A title that people recognise.")],
    context: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Its JSON-LD context, written out.")
    ] = None,
    from_sample: Annotated[
        str | None, typer.Option(metavar="FILE", help="Infer context and profile from records: NDJSON, JSON, CSV.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write what was inferred to files, to be corrected.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Register what was inferred as it is.")] = False,
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
    said: dict[str, Any] | None = None
    if from_sample is not None:
        found = _inferred(key, from_sample, type_, to)
        if not accept:
            answer(found, _told_inference)
            return
        said, vocabulary = found.context, vocabulary or found.vocabularies
        profile = profile or _published(found, owner, title)
    elif context is not None:
        said = _context(context)
    if said is None:
        raise InvalidInputError("What its fields mean is not said.", advice="Give --context or --from-sample.")
    written = call(
        rows.REGISTER,
        key=key,
        owner=owner,
        title=title,
        context=said,
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


def _inferred(key: str, sample: str, type_: str | None, to: Path | None) -> SourceInference:
    with opened(sample) as (stream, _):
        found = call(rows.INFER, stream, key=key, type=type_)
    if to is not None:
        import orjson

        to.mkdir(parents=True, exist_ok=True)
        context = orjson.dumps({"@context": found.context}, option=orjson.OPT_INDENT_2)
        write_whole(to / "context.jsonld", context + b"\n")
        write_whole(to / "profile.ttl", found.profile.encode())
        note(f"Written: {to / 'context.jsonld'} and {to / 'profile.ttl'}. Correct them where they are wrong.")
    return found


def _published(found: SourceInference, owner: str, title: str) -> str:
    """Publish the inferred profile; its key, which is the source's."""
    from io import BytesIO

    from registry.contract.shapes import PUBLISH

    shapes = BytesIO(found.profile.encode())
    call(PUBLISH, shapes, key=found.key, owner=owner, title=title, media_type="text/turtle")
    return found.key


def _told_inference(found: SourceInference) -> None:
    heading(f"{found.key}: {len(found.fields)} fields in {found.records} records")
    table(("field", "property", "as", "sure", "evidence"),
          [(f.field, f.property, f.value_type or "text", f"{f.confidence:.0%}", f.evidence)
           for f in found.fields])  # fmt: skip
    note("Nothing is registered yet. Add --to DIR to write context and profile to files, --accept to register them.")


@app.command()
def submit(key: str, file: Annotated[str, typer.Argument(help="Records, one a line (NDJSON); - is stdin.")]) -> None:
    """Submit records: validated, counted, held back where the profile is enforced. Exit 1 when any is."""
    from registry.contract.quarantine import SUBMIT

    with opened(file) as (stream, _):
        found = call(SUBMIT, stream, source=key)
    answer(found, _submitted)
    if found.quarantined:
        raise typer.Exit(exits.NEGATIVE)


@app.command()
def quality(
    key: str,
    days: Annotated[int, typer.Option(help="How many days to look back.")] = 30,
    minimum: Annotated[
        list[str] | None, typer.Option(metavar="DIMENSION=SHARE", help="What is required; may be repeated.")
    ] = None,
) -> None:
    """Show the quality of submitted records over time. Exit 1 when a minimum is not met."""
    from registry.contract.quality import SHOW as QUALITY

    found = call(QUALITY, source=key, days=days, minimum=tuple(minimum) if minimum else None)
    answer(found, _measured)
    if not found.met:
        raise typer.Exit(exits.NEGATIVE)


def _submitted(found: Submitted) -> None:
    line(f"{found.records} records: {found.accepted} accepted, {found.conforming} of them conform.")
    if found.tolerated:
        note(f"{found.tolerated} have violations that were known before the source was enforced.")
    if found.malformed:
        note(f"{found.malformed} lines are no records.")
    if found.quarantined:
        line(f"{found.quarantined} are held: lexicord source quarantine list {found.source}")


def _measured(found: Quality) -> None:
    if found.last_day is None:
        line(f"{found.source} has submitted nothing since {found.since}.")
        return
    heading(f"{found.source}: {found.since} to {found.last_day}")
    table(("property", "dimension", "value", "days", "newest"),
          [(s.property or "(record)", s.dimension, f"{s.value:g}", len(s.days), f"{s.days[-1].value:g}")
           for s in found.series])  # fmt: skip
    _told_drift(found)
    for one in found.requirements:
        line(f"{'met' if one.met else 'NOT MET'}: {one.dimension} at least {one.minimum:g}, is {one.value}")


def _told_drift(found: Quality) -> None:
    for one in found.drift:
        if one.drifted:
            moved = ", ".join(f"{m.value} {m.before:.0%} → {m.now:.0%}" for m in one.moved)
            line(f"DRIFT  {one.property}  index {one.index}: {moved}")
    if found.terms:
        line()
        table(("term", "use", "times", "property"), [(t.term, t.use, t.count, t.property) for t in found.terms[:20]])


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
