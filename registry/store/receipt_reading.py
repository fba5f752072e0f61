"""Reading the record of receipts: in time order over all workers, verified against the log, and expired."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from registry.errors import EnvironmentFaultError
from registry.store.leases import lease_slot
from registry.store.segments import HEADER_KIND, SegmentFile, line_hash, segments_of, workers

_SLACK = timedelta(minutes=1)
"""How far the receipts of threads, and a clock that is set, may stand out of the order of their segments."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptVerification:
    """Whether the receipts are as they were written.

    `first_bad` says which segment and line is not, and why. `lost_open_batch` counts the crashes on record, each of
    which lost at most one open batch, and tails that are torn now. `unrecorded` are closed segments whose hash the
    caller does not know.
    """

    intact: bool
    segments: int
    receipts: int
    first_bad: str | None
    lost_open_batch: int
    unrecorded: tuple[str, ...] = ()


def read_receipts(
    folder: Path, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The receipts given at or after `since` and before `until`, in time order, open and closed segments alike.

    Each has its time in `at` (RFC 3339, UTC); one with `count` stands for so many, given from `first_at` to `last_at`.
    Raises EnvironmentFaultError for a damaged segment. The last second may lack what is not flushed yet.
    """
    low, high = _text(since), _text(until)
    streams = [_worker_receipts(folder, worker, since, until) for worker in workers(folder)]
    for _, _, _, receipt in heapq.merge(*streams):
        if (low is None or receipt["at"] >= low) and (high is None or receipt["at"] < high):
            yield receipt


def verify_receipts(folder: Path, known: Mapping[str, str]) -> ReceiptVerification:
    """Whether every chain is whole and every closed segment has the hash that the log knows it by.

    `known` maps segment names to SHA-256: all the log's, less those expired. What only the log can show: that a closed
    segment was removed or made anew. What nothing shows: receipts cut off the end of an open segment.
    """
    walk = _Walk()
    for worker in workers(folder):
        previous: SegmentFile | None = None
        previous_hash: str | None = None
        for file in segments_of(folder, worker):
            previous_hash = walk.check(file, known.get(file.name), previous, previous_hash)
            previous = file
    for name in sorted(known.keys() - walk.names):
        walk.fault(f"{name}: the log knows this segment, but it is gone")
    return walk.result()


def expire(folder: Path, before: datetime) -> tuple[str, ...]:
    """Remove segments whose last receipt was given before a moment; returns the names of the removed.

    An open segment goes only when nobody holds its slot.
    """
    limit = _text(before)
    assert limit is not None
    removed = []
    for worker in workers(folder):
        for file in segments_of(folder, worker):
            if not _is_over(file, limit) or not _remove(folder, file):
                break
            removed.append(file.name)
    return tuple(removed)


class _Walk:
    """What a verification has seen so far."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._receipts = 0
        self._torn = 0
        self._first_bad: str | None = None
        self._unrecorded: list[str] = []

    def check(
        self, file: SegmentFile, known: str | None, before: SegmentFile | None, before_hash: str | None
    ) -> str | None:
        """Check a segment that follows `before`; returns the hash that the next one must name, None when unknown."""
        self.names.add(file.name)
        try:
            data = file.content()
        except EnvironmentFaultError as error:
            self.fault(f"{file.name}: {error.message}")
            return None
        except FileNotFoundError:
            self.names.discard(file.name)
            return None
        whole = data[: data.rfind(b"\n") + 1]
        self._torn += len(whole) < len(data)
        found = sha256(data).hexdigest()
        if known is not None and known != found:
            self.fault(f"{file.name}: its hash is not the one that the log knows")
        if known is None and file.closed:
            self._unrecorded.append(file.name)
        lines = whole.splitlines()
        if lines or file.closed:
            self._check_header(file, lines[0] if lines else b"", before, before_hash)
        self._check_chain(file, lines)
        return found

    def fault(self, what: str) -> None:
        """Note what is wrong; the first one is reported."""
        self._first_bad = self._first_bad or what

    def result(self) -> ReceiptVerification:
        """The verdict."""
        return ReceiptVerification(
            intact=self._first_bad is None,
            segments=len(self.names),
            receipts=self._receipts,
            first_bad=self._first_bad,
            lost_open_batch=self._torn,
            unrecorded=tuple(self._unrecorded),
        )

    def _check_header(
        self, file: SegmentFile, line: bytes, before: SegmentFile | None, before_hash: str | None
    ) -> None:
        header = _parsed(line)
        if header is None or header.get("kind") != HEADER_KIND:
            self.fault(f"{file.name}: line 1: no header")
        elif before is not None and before_hash is not None and header.get("previous") != before_hash:
            self.fault(f"{file.name}: line 1: does not follow {before.name}")

    def _check_chain(self, file: SegmentFile, lines: list[bytes]) -> None:
        for number, (before, line) in enumerate(pairwise(lines), 2):
            receipt = _parsed(line)
            if receipt is None or receipt.get("previous") != line_hash(before):
                self.fault(f"{file.name}: line {number}: does not follow the line before it")
                return
            self._receipts += 1
            self._torn += receipt.get("crashes", 1) if receipt.get("kind") == "torn" else 0


def _worker_receipts(
    folder: Path, worker: str, since: datetime | None, until: datetime | None
) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    """The worker's receipts in the order of its chain, each with a key that never falls, even when a clock does."""
    files = segments_of(folder, worker)
    key, number = "", 0
    for file, following in zip(files, [*files[1:], None], strict=False):
        if until is not None and file.opened_at - _SLACK >= until:
            return
        if since is not None and following is not None and following.opened_at + _SLACK <= since:
            continue
        for receipt in _receipts(file):
            key, number = max(key, receipt["at"]), number + 1
            yield key, worker, number, receipt


def _receipts(file: SegmentFile) -> Iterator[dict[str, Any]]:
    try:
        data = file.content()
    except FileNotFoundError:
        _log.info("segment expired while it was read", extra={"segment": file.name})
        return
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].splitlines()[1:], 2):
        receipt = _parsed(line)
        if receipt is None:
            raise EnvironmentFaultError(
                f"Line {number} of the receipts {file.name} is damaged.",
                advice="Restore the file from a backup; `lexicord audit verify` shows what is intact.",
                path=str(file.path),
            )
        del receipt["previous"]
        yield receipt


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        receipt = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return receipt if isinstance(receipt, dict) and {"at", "previous"} <= receipt.keys() else None


def _is_over(file: SegmentFile, limit: str) -> bool:
    if file.opened_at >= datetime.fromisoformat(limit):
        return False
    return max((receipt["at"] for receipt in _receipts(file)), default="") < limit


def _remove(folder: Path, file: SegmentFile) -> bool:
    """Remove a segment; False when it is open, or not acknowledged yet, and somebody holds its slot."""
    open_form = file.path.with_name(file.path.name.removesuffix(".gz"))
    if not open_form.exists():
        file.path.unlink(missing_ok=True)
        return True
    name, _, slot = file.worker.rpartition("-")
    held = lease_slot(folder, name, int(slot))
    if held is None:
        return False
    with held:
        held.pass_on()
        open_form.unlink(missing_ok=True)
        file.path.unlink(missing_ok=True)
    return True


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
