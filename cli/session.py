"""What the global options say, and the one way from a command to an operation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from registry.client import Client
    from registry.contract.operation import Operation

R = TypeVar("R")


@dataclass(slots=True)
class Session:
    """The global options of this call of `lexicord`."""

    registry: str | None = None
    token: str | None = None
    acting_as: str | None = None
    output: str = "table"
    as_of: str | None = None
    valid_at: str | None = None
    debug: bool = False

    def where(self) -> str:
        """The registry: the option, the environment, or `lexicord-registry` in this folder."""
        return self.registry or "lexicord-registry"

    def client(self, *, dry_run: bool = False) -> Client:
        """A client of the registry, for as long as the command runs."""
        from registry.client import connect
        from registry.client.options import CallOptions

        options = CallOptions(self._remote_token(), self.acting_as, self.as_of, dry_run)
        return connect(self.where(), options=options)

    def _remote_token(self) -> str | None:
        return self.token if self.where().startswith(("http://", "https://")) else None


_SESSION: ContextVar[Session] = ContextVar("session")


def enter(new: Session) -> None:
    """Make this the session of the running command."""
    _SESSION.set(new)


def session() -> Session:
    """The session of the running command."""
    return _SESSION.get()


def call(operation: Operation[Any, R], document: IO[bytes] | None = None, *, dry_run: bool = False, **fields: Any) -> R:
    """The operation's answer to a request made of these fields; None fields are left to their defaults."""
    from registry.contract.operation import parse

    request = parse(operation.request, {name: value for name, value in fields.items() if value is not None})
    with closing(session().client(dry_run=dry_run)) as client:
        return client.call(operation, request, document)


def answer(value: Any, render: Callable[[Any], None]) -> None:
    """Print an answer: as JSON when that is asked for, else by `render`, which speaks to people."""
    from registry.contract.operation import encode

    wanted = session().output
    if wanted == "json":
        typer.echo(encode(value).decode())
    elif wanted == "jsonl":
        from cli.output import json_lines

        json_lines(value)
    else:
        render(value)
