"""`lexicord shape`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import fields, heading, line, note, table
from cli.reading import opened
from cli.session import answer, call, session
from registry.contract import shapes as rows
from registry.contract.shapes import Profile, ProfilePublished, Profiles, ShapeChange, ShapesChecked, ShapesPreview

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Profiles: shapes checked, published, compared.")


@app.command()
def check(
    file: str,
    against: Annotated[str | None, typer.Option(metavar="PROFILE", help="Compare with this profile.")] = None,
    based_on: Annotated[str | None, typer.Option(metavar="PROFILE", help="Whose shapes hold, too.")] = None,
) -> None:
    """Check shapes without publishing them: ill-formed ones and unknown terms are refused."""
    with opened(file) as (stream, name):
        found = call(rows.CHECK, stream, key=against, based_on=based_on, media_type=_media(name))
    answer(found, _checked)


@app.command()
def publish(
    key: str,
    file: str,
    owner: Annotated[str, typer.Option(metavar="DEPARTMENT", help="Who answers for it.")],
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    based_on: Annotated[str | None, typer.Option(metavar="PROFILE", help="Whose shapes hold, too.")] = None,
    notice_days: Annotated[int, typer.Option(help="Days until it applies to sources that did not acknowledge.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change.")] = False,
) -> None:
    """Publish shapes as a new version of a profile."""
    with opened(file) as (stream, name):
        found = call(rows.PUBLISH, stream, dry_run=dry_run, key=key, owner=owner, title=title, based_on=based_on,
                     notice_days=notice_days, media_type=_media(name))  # fmt: skip
    answer(found, _published)


@app.command("list")
def find() -> None:
    """List the profiles."""
    answer(call(rows.LIST), _listed)


@app.command()
def show(key: str) -> None:
    """Show a profile with its shapes and versions."""
    found = call(rows.SHOW, key=key)
    if session().output == "turtle":
        line((found.shapes or "").rstrip())
    else:
        answer(found, _shown)


@app.command()
def preview(
    file: str,
    source: Annotated[str, typer.Option(metavar="KEY", help="Whose newest records they are tried on.")],
    based_on: Annotated[str | None, typer.Option(metavar="PROFILE", help="Whose shapes hold, too.")] = None,
) -> None:
    """Preview shapes over the records that a source submitted last."""
    from registry.contract.quarantine import PREVIEW

    with opened(file) as (stream, name):
        found = call(PREVIEW, stream, source=source, based_on=based_on, media_type=_media(name))
    answer(found, _previewed)


def _previewed(found: ShapesPreview) -> None:
    if not found.records:
        line(f"{found.source} has submitted no records yet: lexicord source submit {found.source} FILE")
        return
    line(f"It would newly reject {found.share:.1%} of {found.source}'s last {found.records} records "
         f"({found.newly_rejected}), and newly accept {found.newly_accepted}.")  # fmt: skip
    for example in found.examples:
        line(f"  {example}")


def _media(name: str) -> str | None:
    return {"nt": "application/n-triples", "jsonld": "application/ld+json"}.get(name.rpartition(".")[2])


def _checked(found: ShapesChecked) -> None:
    line(f"{found.shapes} shapes, well-formed; they look at {', '.join(found.classes) or 'other nodes'}.")
    if found.untargeted:
        note("No shape has a target: nothing would be checked. Add sh:targetClass.")
    _changes(found.changes)


def _published(written: ProfilePublished) -> None:
    newest = written.profile.versions[-1]
    line(f"Published version {newest.version} of profile {written.profile.key}.")
    if not newest.applies:
        note(f"It applies from {newest.applies_from}, or once a source acknowledges it.")
    _changes(written.changes)


def _changes(changes: list[ShapeChange]) -> None:
    if changes:
        table(("property", "constraint", "before", "after", "narrows"),
              [(c.path, c.constraint, c.before, c.after, c.narrows) for c in changes])  # fmt: skip


def _listed(found: Profiles) -> None:
    table(("key", "title", "owner", "version", "based on", "sources"),
          [(p.key, p.title, p.owner or "(bundled)", p.versions[-1].version if p.versions else None, p.based_on,
            p.sources) for p in found.profiles])  # fmt: skip


def _shown(found: Profile) -> None:
    heading(found.title)
    fields([("key", found.key), ("iri", found.iri), ("owner", found.owner), ("based on", found.based_on),
            ("classes", found.classes), ("sources", found.sources)])  # fmt: skip
    if found.versions:
        line()
        table(("version", "issued", "applies from", "applies"),
              [(v.version, v.issued, v.applies_from, v.applies) for v in found.versions])  # fmt: skip
    line()
    line((found.shapes or "").rstrip())
