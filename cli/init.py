"""`lexicord init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import line, note
from cli.session import session

app = typer.Typer(add_completion=False)


@app.command()
def init(
    base_iri: Annotated[str | None, typer.Option(help="Base of the IRIs that are made here; it never changes.")] = None,
    database_url: Annotated[
        str | None,
        typer.Option(envvar="LEXICORD_DATABASE_URL", help="postgresql+psycopg://… instead of a SQLite file."),
    ] = None,
) -> None:
    """Create a registry in the folder that --registry names."""
    from registry.store.store import create

    where = session().where()
    store = create(Path(where), base_iri=base_iri, database_url=database_url)
    store.close()
    line(f"Created a registry in {where}.")
    if base_iri is None:
        note("Without --base-iri new concepts get urn:uuid IRIs, which no browser can follow.")
