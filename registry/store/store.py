"""A registry on disk or on a server: opened, read at any seq within a view, written by one at a time.

DIR/lexicord.toml     what the registry is: base IRI, database URL (its presence makes the folder a registry)
DIR/registry.db       the embedded database
DIR/secret.key        the key of token digests, readable by its owner only
DIR/receipts/         answers and refusals          DIR/projection/   RDF stores that can be thrown away
DIR/anchors.log       heads of the log, kept outside the database
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from registry.errors import AlreadyExistsError, EnvironmentFaultError, NotARegistryError, NotFoundError
from registry.model.names import Names
from registry.store import journal, schema
from registry.store.database import Connection, Database, connect, execute, rows
from registry.store.quads import Reader, TermCache

MARKER = "lexicord.toml"


@dataclass(frozen=True)
class Store:
    """An open registry. Cheap to make; the database is opened when it is first used."""

    directory: Path
    database: Database
    names: Names
    cache: TermCache = field(default_factory=TermCache)

    @contextmanager
    def reading(self, *, at: int | None = None, hidden: frozenset[int] = frozenset()) -> Iterator[Reader]:
        """A reader on one snapshot, at a seq (default: now), without the hidden graphs."""
        with self.database.reading() as connection:
            yield Reader(connection, self.cache, at, hidden)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection under the head's lock; see `Database.writing`."""
        with self.database.writing() as connection:
            yield connection

    def head(self) -> int:
        """The newest seq."""
        with self.database.reading() as connection:
            return journal.head(connection)[0]

    def seq_of(self, moment: str) -> int:
        """The seq that `--as-of` names: a seq, or the last one at or before a time (ISO 8601)."""
        with self.database.reading() as connection:
            last = journal.head(connection)[0]
            seq = int(moment) if moment.isascii() and moment.isdigit() else journal.seq_at(connection, _moment(moment))
        if seq > last or seq < 1:
            raise NotFoundError(
                f"The registry has no state at {moment}: it goes from seq 1 to {last}.",
                advice="Give a seq or a time since the first record.",
            )
        return seq

    @property
    def anchors(self) -> Path:
        """Where heads of the log are written outside the database."""
        return self.directory / "anchors.log"

    @cached_property
    def secret(self) -> bytes:
        """The key of this registry's token digests."""
        try:
            return bytes.fromhex((self.directory / "secret.key").read_text().strip())
        except OSError as error:
            raise EnvironmentFaultError(
                f"The registry's secret.key cannot be read: {error.strerror}.",
                advice="Run as the user who owns the registry, or restore the file: without it no token is valid.",
            ) from error

    def close(self) -> None:
        """Give the database connections back."""
        self.database.close()


def create(directory: Path, *, base_iri: str | None = None, database_url: str | None = None) -> Store:
    """A new, empty registry in a folder.

    Raises AlreadyExistsError when the folder is one already, EnvironmentFaultError when it cannot be written.
    """
    names = Names.checked(base_iri)
    if (directory / MARKER).exists():
        raise AlreadyExistsError(f"{directory} is a registry already.", advice="Use it, or choose another folder.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        url = database_url or f"sqlite:///{(directory / 'registry.db').resolve()}"
        if database_url is None:
            (directory / "registry.db").touch(mode=0o600)
        schema.migrate(url)
        database = connect(url, directory / "write.lock")
        with database.writing() as connection:
            _settle(connection, names)
        _write_private(directory / "secret.key", secrets.token_hex(32))
        lines = [f'base_iri = "{names.base}"'] + ([f'database_url = "{database_url}"'] if database_url else [])
        _write_private(directory / MARKER, "\n".join(lines) + "\n")
    except OSError as error:
        raise EnvironmentFaultError(
            f"{directory} cannot hold a registry: {error.strerror or error}.",
            advice="Choose a folder you can write to.",
        ) from error
    return Store(directory, database, names)


def open_store(directory: Path, *, database_url: str | None = None) -> Store:
    """The registry in a folder.

    Raises NotARegistryError when the folder is none, NewerDatabaseError when a newer version wrote it.
    """
    try:
        settled = tomllib.loads((directory / MARKER).read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotARegistryError(
            f"{directory} is not a registry.", advice="Create one with: lexicord --registry DIR init"
        ) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise EnvironmentFaultError(f"{directory / MARKER} cannot be read: {error}.") from error
    url = database_url or settled.get("database_url")
    if url is None and not (directory / "registry.db").exists():
        raise EnvironmentFaultError(f"{directory / 'registry.db'} is missing.", advice="Restore it from a backup.")
    database = connect(url or f"sqlite:///{(directory / 'registry.db').resolve()}", directory / "write.lock")
    try:
        schema.require_current(database)
    except EnvironmentFaultError:
        database.close()
        raise
    return Store(directory, database, Names(settled.get("base_iri", Names().base)))


def _settle(connection: Connection, names: Names) -> None:
    settled = {row[0]: row[1] for row in rows(connection, "SELECT key, value FROM meta")}
    if settled.get("base_iri", names.base) != names.base:
        raise AlreadyExistsError(
            f"The database holds a registry with base {settled['base_iri']}.", advice="Give that --base-iri."
        )
    if not settled:
        execute(connection, "INSERT INTO meta (key, value) VALUES ('base_iri', :base)", {"base": names.base})


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotFoundError(
            f"{text!r} is neither a seq nor a time.", advice="Times are ISO 8601, such as 2026-11-20T10:00:00Z."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
