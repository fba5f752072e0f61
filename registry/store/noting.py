"""Receipts of one process: the writer is opened with the first receipt, closed segments become records of the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from registry.errors import EnvironmentFaultError
from registry.store import journal
from registry.store.payloads import NewPayload
from registry.store.store import Store

if TYPE_CHECKING:
    from registry.store.leases import Lease
    from registry.store.receipts import ReceiptWriter, SegmentClosed


logger = logging.getLogger(__name__)

WRITERS = 64
"""How many processes may note receipts in one folder at once."""


class Noting:
    """Notes receipts in a folder, as one of its writers; costs nothing until there is one to note."""

    def __init__(self, store: Store, folder: Path, *, background: bool) -> None:
        self._store, self._folder, self._background = store, folder, background
        self._writer: ReceiptWriter | None = None
        self._slot: Lease | None = None
        self._lock = Lock()

    def write(self, receipt: Mapping[str, Any]) -> None:
        """Note one receipt; a folder that cannot be written costs the receipt, said in the log, not the request."""
        try:
            writer = self._writer or self._open()
        except EnvironmentFaultError as error:
            logger.error("receipt lost", extra={"reason": error.message, "operation": receipt.get("operation")})
            return
        writer.write(receipt)

    def flush(self) -> None:
        """Write out what is held."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Write out what is held and let go of the folder."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._slot is not None:
            self._slot.release()
            self._slot = None

    def _open(self) -> ReceiptWriter:
        from registry.store.leases import lease
        from registry.store.receipts import ReceiptWriter

        with self._lock:
            if self._writer is None:
                self._slot = lease(self._folder, "writer", WRITERS, patience=1.0)
                self._writer = ReceiptWriter(
                    self._folder, self._slot, on_closed=self._record, background=self._background
                )
            return self._writer

    def _record(self, segment: SegmentClosed) -> None:
        body = {"name": segment.name, "sha256": segment.sha256, "count": segment.count,
                "first": segment.first, "last": segment.last}  # fmt: skip
        entry = journal.Entry(
            "receipts.segment", "system", payloads=(NewPayload("segment", "receipts", body),),
            facts=(("segment", {"name": segment.name, "sha256": segment.sha256}),),
        )  # fmt: skip
        with self._store.writing() as connection:
            journal.append(connection, entry)
