"""The client of a registry in a folder: through the same gate as a server's requests."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TypeVar

from registry.bootstrap import open_gate, os_user
from registry.client.options import CallOptions
from registry.contract.operation import Operation, Request
from registry.gate import Identity, Options
from registry.settings import Settings

Q = TypeVar("Q", bound=Request)
R = TypeVar("R")


class LocalClient:
    """Calls operations in this process."""

    def __init__(self, directory: Path, options: CallOptions, settings: Settings | None = None) -> None:
        self._gate = open_gate(directory, settings or Settings())
        user = None if options.token else os_user()
        self._identity = Identity(token=options.token, os_user=user, acting_as=options.acting_as)
        self._options = Options(options.dry_run, options.idempotency_key, options.as_of, options.min_seq)

    def call(self, operation: Operation[Q, R], request: Q, document: IO[bytes] | None = None) -> R:
        """The operation's answer; raises the error tree of `registry.errors`."""
        return self._gate.call(operation, request, self._identity, self._options, document)

    def close(self) -> None:
        """Flush the receipts and close the database."""
        self._gate.receipts.close()
        self._gate.store.close()
