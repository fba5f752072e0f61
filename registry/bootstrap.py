"""The one place where the parts are wired together."""

from __future__ import annotations

import getpass
from pathlib import Path

from registry.gate import Gate
from registry.settings import Settings
from registry.store.noting import Noting
from registry.store.store import Store, open_store


def gate_of(store: Store, settings: Settings, *, serving: bool = False) -> Gate:
    """The gate of an open registry, noting receipts in its folder; while serving, a thread writes them out."""
    folder = settings.receipts or store.directory / "receipts"
    return Gate(store, settings, Noting(store, folder, background=serving))


def open_gate(directory: Path, settings: Settings) -> Gate:
    """The gate of the registry in a folder."""
    url = str(settings.database_url) if settings.database_url else None
    return gate_of(open_store(directory, database_url=url), settings)


def os_user() -> str:
    """The principal that the operating system's user is: `os:NAME`."""
    return f"os:{getpass.getuser()}"
