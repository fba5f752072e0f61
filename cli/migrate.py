"""`lexicord migrate`."""

from __future__ import annotations

from pathlib import Path

import typer

from cli.output import line, note
from cli.session import session

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Bring the registry's database to this version's schema, after a backup of an embedded one."""
    from registry.services.migration import migrate_registry
    from registry.settings import Settings

    where = session().where()
    done = migrate_registry(Path(where), database_url=Settings().database_url)
    if session().output in ("json", "jsonl"):
        import orjson

        line(orjson.dumps(done.as_json()).decode())
        return
    if done.before == done.after:
        line(f"The database has schema {done.after} already; nothing was changed.")
        return
    line(f"Migrated from schema {done.before} to {done.after}.")
    if done.backup is not None:
        note(f"The database as it was: {done.backup}")
