"""Receipts of one process: the writer is opened with the first receipt, closed segments become records of the log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from registry.store import journal
from registry.store.payloads import NewPayload
from registry.store.store import Store

if TYPE_CHECKING:
    from registry.store.receipts import ReceiptWriter, SegmentClosed


class Noting:
    """Notes receipts in a folder, as one of its writers; costs nothing until there is one to note."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._writer: ReceiptWriter | None = None
        self._lock = Lock()

    def write(self, receipt: Mapping[str, Any]) -> None:
        """Note one receipt."""
        if self._writer is None:
            self._open()
        assert self._writer is not None
        self._writer.write(receipt)

    def flush(self) -> None:
        """Write out what is held."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Write out what is held and let go of the folder."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self) -> None:
        from registry.store.receipts import ReceiptWriter

        with self._lock:
            if self._writer is None:
                self._writer = ReceiptWriter(self._folder, on_closed=self._record)

    def _record(self, segment: SegmentClosed) -> None:
        body = {"name": segment.name, "sha256": segment.sha256, "count": segment.count,
                "first": segment.first, "last": segment.last}  # fmt: skip
        entry = journal.Entry(
            "receipts.segment", "system", payloads=(NewPayload("segment", "receipts", body),),
            facts=(("segment", {"name": segment.name, "sha256": segment.sha256}),),
        )  # fmt: skip
        with self._store.writing() as connection:
            journal.append(connection, entry)
