"""One way to call an operation, on a folder or on a server: `connect("DIR or URL").call(operation, request)`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeVar

from registry.contract.operation import Operation, Request

if TYPE_CHECKING:
    from registry.client.options import CallOptions
    from registry.settings import Settings

Q = TypeVar("Q", bound=Request)
R = TypeVar("R")


class Client(Protocol):
    """What calls operations."""

    def call(self, operation: Operation[Q, R], request: Q, document: IO[bytes] | None = None) -> R:
        """The operation's answer; raises the error tree of `registry.errors`."""

    def close(self) -> None:
        """Give back what is held."""


def connect(registry: str, *, options: CallOptions | None = None, settings: Settings | None = None) -> Client:
    """A client of the registry in a folder or behind an http(s) URL.

    >>> connect("https://vocab.example.org")  # doctest: +SKIP
    """
    from registry.client.options import CallOptions

    given = options or CallOptions()
    if registry.startswith(("http://", "https://")):
        from registry.client.http import HttpClient

        return HttpClient(registry, given)
    from registry.client.local import LocalClient

    return LocalClient(Path(registry), given, settings)
