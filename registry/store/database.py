"""The SQL database: SQLite by default, PostgreSQL by URL; one snapshot per read, one writer at a time.

A write takes the head's lock first (a file lock and BEGIN IMMEDIATE on SQLite, `FOR UPDATE` on PostgreSQL), so that
seq is gapless and the service behind it always runs on the newest state: there is nothing to collide with.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from registry.errors import EnvironmentFaultError

Connection = sa.Connection


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `reading()` and `writing()` are the only ways to a connection."""

    engine: sa.Engine
    lock_path: Path | None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one snapshot, however long it is held."""
        with translated(), self._connect(write=False) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the head's lock; commits at the end, rolls back on any error."""
        with translated(), self._locked(), self._connect(write=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT seq FROM head WHERE scope = '*' FOR UPDATE"))
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _connect(self, *, write: bool) -> AbstractContextManager[Connection]:
        options: dict[str, Any] = {"write": write}
        if not self.is_sqlite and not write:
            options["isolation_level"] = "REPEATABLE READ"
        return self.engine.connect().execution_options(**options)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self.lock_path is None:
            yield
            return
        try:
            handle = os.open(self.lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EnvironmentFaultError(
                f"The registry cannot be locked for writing: {error}.", advice="Check the folder's permissions."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def connect(url: str, lock_path: Path | None = None) -> Database:
    """The database at an SQLAlchemy URL, opened lazily; a lock file goes with SQLite."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, poolclass=QueuePool, pool_size=8, max_overflow=56, connect_args={"timeout": 60})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return Database(engine, lock_path)
    return Database(_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True), None)


def bulk(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as tuples, past the ORM: a tenth of the cost where a hundred thousand rows are written."""
    if not rows:
        return
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    places = ", ".join([mark] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(rows))


def among(connection: Connection, name: str = "ids") -> str:
    """The SQL that tests membership in a bound list of integers of any length: `among(c)` beside `ids=ids_of(...)`."""
    if connection.dialect.name == "sqlite":
        return f"IN (SELECT value FROM json_each(:{name}))"
    return f"= ANY(CAST(:{name} AS BIGINT[]))"


def listed(connection: Connection, ids: Sequence[int]) -> Any:
    """A list of integers in the form that `among` binds."""
    return "[" + ",".join(map(str, ids)) + "]" if connection.dialect.name == "sqlite" else list(ids)


def rows(connection: Connection, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return cast("list[tuple[Any, ...]]", connection.execute(sa.text(sql), dict(values or {})).all())


def execute(connection: Connection, sql: str, *values: Mapping[str, Any]) -> int:
    """Run a statement, once for each set of values; returns the rows it touched (of the last set)."""
    if len(values) == 1:
        return connection.execute(sa.text(sql), dict(values[0])).rowcount
    return connection.execute(sa.text(sql), [dict(v) for v in values] or None).rowcount


def null_pool(url: str) -> sa.Engine:
    """An engine that keeps no connection open: for migrations."""
    return _engine(url, poolclass=NullPool)


def _engine(url: str, **options: Any) -> sa.Engine:
    try:
        return sa.create_engine(url, **options)
    except (ImportError, sa.exc.ArgumentError) as error:
        raise EnvironmentFaultError(
            f"The database URL cannot be used: {error}.",
            advice="For PostgreSQL: pip install 'lexicord[postgresql]', and postgresql+psycopg://user@host/name.",
        ) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000", "cache_size=-65536",
                   "temp_store=MEMORY"):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def translated() -> Iterator[None]:
    """Name the environment's faults: a full disk, a read-only file, a server that is gone."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise EnvironmentFaultError(_explain(error), advice=_advise(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise EnvironmentFaultError("The database server closed the connection.", advice="Try again.") from error
        raise


def _explain(error: DBAPIError) -> str:
    return f"The database does not accept this: {str(error.orig).strip().splitlines()[0]}."


def _advise(error: DBAPIError) -> str:
    text = str(error.orig).lower()
    if "full" in text or "disk i/o" in text or "no space" in text:
        return "Nothing was changed. Free some disk space and try again."
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return "Nothing was changed. Check that the folder can be written by this user."
    if "locked" in text:
        return "Another writer held the registry for over a minute; try again."
    if "malformed" in text or "not a database" in text:
        return "The file is damaged: restore a backup."
    return "Check that the database server runs and that the URL is right."
