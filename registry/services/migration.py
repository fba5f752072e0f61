"""Migration of a registry's database: backed up first when it is embedded, refused when a newer version wrote it."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from registry.errors import EnvironmentFaultError, InvalidInputError, NewerDatabaseError, NotARegistryError
from registry.store import schema
from registry.store.database import connect
from registry.store.store import MARKER


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done: the schema before and after, and where the database as it was is kept."""

    before: str
    after: str
    backup: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that `--output json` prints."""
        return asdict(self)


def migrate_registry(directory: Path, *, database_url: str | None = None) -> Migration:
    """Bring the database of the registry in a folder to this version's schema.

    Raises InvalidInputError for a server's address, NotARegistryError for a folder that is none, NewerDatabaseError
    when a newer version wrote it, and EnvironmentFaultError when the backup cannot be written.
    """
    if str(directory).startswith(("http:/", "https:/")):
        raise InvalidInputError(
            "A server's database is migrated where it stands.", advice="Run lexicord migrate there, on its folder."
        )
    url = database_url or _settled_url(directory)
    database = connect(url, directory / "write.lock")
    try:
        before = schema.revision_of(database)
    finally:
        database.close()
    if before is None:
        raise NotARegistryError("The database holds no registry.", advice="Create one with: lexicord init")
    if before > schema.REVISION:
        raise NewerDatabaseError(
            f"The database has schema {before}; this version of Lexicord knows {schema.REVISION}.",
            advice="Upgrade Lexicord. Nothing was changed.",
        )
    if before == schema.REVISION:
        return Migration(before, before)
    backup = _back_up(directory / "registry.db", before) if url.startswith("sqlite") else None
    schema.migrate(url)
    return Migration(before, schema.REVISION, backup)


def _settled_url(directory: Path) -> str:
    try:
        settled = tomllib.loads((directory / MARKER).read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotARegistryError(
            f"{directory} is not a registry.", advice="Create one with: lexicord --registry DIR init"
        ) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise EnvironmentFaultError(f"{directory / MARKER} cannot be read: {error}.") from error
    return str(settled.get("database_url") or f"sqlite:///{(directory / 'registry.db').resolve()}")


def _back_up(path: Path, revision: str) -> str:
    """Copy a SQLite file that others may have open, by SQLite's own backup; returns where the copy lies."""
    target = path.with_name(f"{path.name}.schema-{revision}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.schema-{revision}.{number}")
    try:
        target.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentFaultError(
            f"The backup {target} cannot be written: {error}.", advice="Nothing was migrated. Free some space."
        ) from error
    return str(target)
