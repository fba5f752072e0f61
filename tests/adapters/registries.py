"""A fresh registry for a test, reached in each way there is: in a folder, on PostgreSQL, over HTTP."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from api.app import create_app
from registry.bootstrap import gate_of, os_user
from registry.client import Client, connect
from registry.client.options import CallOptions
from registry.contract.operation import Operation
from registry.settings import Settings
from registry.store import principals as people
from registry.store.store import Store, open_store
from tests.adapters.server import serving

BASE = "https://registry.example"
"""The base IRI of every test registry."""


@dataclass
class Registry:
    """A registry and the ways to it. `call` is the operating system's user's."""

    directory: Path
    store: Store
    url: str | None = None
    _clients: dict[tuple[Any, ...], Client] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def call(
        self, operation: Operation[Any, Any], request: Any = None, document: IO[bytes] | None = None, **how: Any
    ) -> Any:
        """The operation's answer; `how` are CallOptions (as_of, dry_run, idempotency_key…)."""
        return self.client(os_user(), **how).call(operation, request or operation.request(), document)

    def acting(self, handle: str, **how: Any) -> Client:
        """A client of another principal."""
        return self.client(handle, **how)

    def client(self, handle: str, **how: Any) -> Client:
        """A client of a principal, made once."""
        key = (handle, *sorted(how.items()))
        if key not in self._clients:
            made = self._over_http(handle, how) if self.url else self._in_folder(handle, how)
            self._stack.callback(made.close)
            self._clients[key] = made
        return self._clients[key]

    def close(self) -> None:
        """Close every client and the store."""
        self._stack.close()
        self.store.close()

    def _in_folder(self, handle: str, how: dict[str, Any]) -> Client:
        acting = None if handle == os_user() else handle
        return connect(str(self.directory), options=CallOptions(acting_as=acting, **how))

    def _over_http(self, handle: str, how: dict[str, Any]) -> Client:
        assert self.url is not None
        return connect(self.url, options=CallOptions(token=issue(self.store, handle), **how))

    def serve(self) -> None:
        """Go over HTTP from now on."""
        app = create_app(gate_of(self.store, Settings(), serving=True))
        self.url = self._stack.enter_context(serving(app))


def copy(template: Path, directory: Path, database_url: str | None = None) -> Registry:
    """A registry made from a template's folder (and, on PostgreSQL, from a database made from its database)."""
    shutil.copytree(template, directory)
    if database_url:
        settled = (directory / "lexicord.toml").read_text().splitlines()
        kept = [line for line in settled if not line.startswith("database_url")]
        (directory / "lexicord.toml").write_text("\n".join([*kept, f'database_url = "{database_url}"', ""]))
    return Registry(directory, open_store(directory))


def issue(store: Store, handle: str) -> str:
    """A token of a principal, who is registered as a registrar when it is this user."""
    with store.writing() as connection:
        found = people.principal_by_handle(connection, handle)
        if found is None and handle == os_user():
            found = people.add_principal(connection, "person", handle)
            people.grant_role(connection, found.id, "registrar", "*", 0)
        principal = found or people.require_principal(connection, handle)
        return people.issue_token(
            connection, store.secret, principal.id, label="test", scopes=None, audience="lexicord", expires_at=""
        )[1]
