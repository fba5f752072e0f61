"""The schema's version: checked with one raw SELECT, moved by Alembic, which is imported only then."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from registry.errors import EnvironmentFaultError, NewerDatabaseError, NotARegistryError
from registry.store.database import Database, null_pool, translated

REVISION = "0002"
"""The schema revision this version of the software reads and writes."""
_MIGRATIONS = Path(__file__).parent / "migrations"


def revision_of(database: Database) -> str | None:
    """The schema revision of a database; None when it holds no registry."""
    try:
        with database.engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise EnvironmentFaultError(
            f"The registry's database cannot be opened: {reason}.",
            advice="Check the URL, the server and the file's permissions; restore a backup if the file is damaged.",
        ) from error


def require_current(database: Database) -> None:
    """Nothing, when the database is of this version.

    Raises NotARegistryError when it holds no registry, NewerDatabaseError when a newer version wrote it, and
    EnvironmentFaultError when it is older and must be migrated.
    """
    revision = revision_of(database)
    if revision == REVISION:
        return
    if revision is None:
        raise NotARegistryError("The database holds no registry.", advice="Create one with: lexicord init")
    if revision > REVISION:
        raise NewerDatabaseError(
            f"The database has schema {revision}; this version of Lexicord knows {REVISION}.",
            advice="Upgrade Lexicord. Nothing was changed.",
        )
    raise EnvironmentFaultError(
        f"The database has schema {revision}; this version needs {REVISION}.", advice="Run: lexicord migrate"
    )


def migrate(url: str) -> None:
    """Bring the database at a URL to this version's schema, creating it when it is empty."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    engine = null_pool(url)
    with translated(), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
