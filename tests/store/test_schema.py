"""The schema: what the migrations make is what the tables say, on every database; versions are checked at the door."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from registry.errors import (
    AlreadyExistsError,
    EnvironmentFaultError,
    InvalidInputError,
    NewerDatabaseError,
    NotARegistryError,
)
from registry.store import schema
from registry.store.database import execute
from registry.store.ledger import Ledger
from registry.store.store import create, open_store
from tests.adapters.registries import Registry

OF_THE_DATABASE = ("label_fts", "alembic_version", "ix_label_trigrams")


def test_migrations_make_what_the_tables_say(backend: Registry) -> None:
    def ours(_object: object, name: str | None, *_: object) -> bool:
        return not str(name).startswith(OF_THE_DATABASE)

    with backend.store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, Ledger.metadata) == []


def test_migrating_again_changes_nothing(backend: Registry) -> None:
    before = backend.store.head()
    schema.migrate(backend.store.database.engine.url.render_as_string(hide_password=False))
    assert schema.revision_of(backend.store.database) == schema.REVISION
    assert backend.store.head() == before


def test_a_newer_database_is_refused(backend: Registry) -> None:
    with backend.store.writing() as connection:
        execute(connection, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match="9999"):
        open_store(backend.directory)


def test_an_older_database_must_be_migrated(backend: Registry) -> None:
    with backend.store.writing() as connection:
        execute(connection, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(EnvironmentFaultError, match="lexicord migrate"):
        open_store(backend.directory)


def test_a_folder_that_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(NotARegistryError, match="not a registry"):
        open_store(tmp_path)
    with pytest.raises(NotARegistryError):
        open_store(tmp_path / "nowhere")
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(NotARegistryError):
        open_store(file)


def test_a_damaged_registry_says_what_to_do(sqlite_registry: Registry) -> None:
    sqlite_registry.store.close()
    (sqlite_registry.directory / "registry.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(EnvironmentFaultError, match="backup"):
        open_store(sqlite_registry.directory)
    (sqlite_registry.directory / "registry.db").unlink()
    with pytest.raises(EnvironmentFaultError, match="missing"):
        open_store(sqlite_registry.directory)
    (sqlite_registry.directory / "lexicord.toml").write_text("not = [toml")
    with pytest.raises(EnvironmentFaultError, match=r"lexicord\.toml"):
        open_store(sqlite_registry.directory)


def test_a_registry_is_made_once_with_a_valid_base(tmp_path: Path) -> None:
    create(tmp_path / "r", base_iri="https://vocab.example/").close()
    assert open_store(tmp_path / "r").names.base == "https://vocab.example"
    with pytest.raises(AlreadyExistsError):
        create(tmp_path / "r")
    for base in ("vocab.example", "ftp://vocab.example", "https://a b"):
        with pytest.raises(InvalidInputError):
            create(tmp_path / "other", base_iri=base)
    assert not (tmp_path / "other").exists()


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match="server"):
        create(tmp_path / "r", database_url="postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(EnvironmentFaultError):
        create(tmp_path / "r", database_url="nonsense://x")


def test_the_files_are_private(sqlite_registry: Registry) -> None:
    for name in ("secret.key", "lexicord.toml", "registry.db"):
        assert (sqlite_registry.directory / name).stat().st_mode & 0o077 == 0, name
    assert len(sqlite_registry.store.secret) == 32
