"""The second record: who got which answer, what was refused, who logged in; append-only, chained, expiring.

Writing costs the request an append to a queue. A flusher writes the queue to the worker's open segment every 200 ms or
500 receipts; a segment closes at a size or an age, and its hash goes to the log. What a crash loses is the open batch,
and the repetitions counted since the last one; the next holder of the slot says so in a receipt of kind `torn`
(`crashes`, and `bytes` cut off). Power loss is another matter: only closed segments are synced to the disk, an open one
as soon as the operating system does it.

A receipt is a JSON object of the caller's. The record's own members are `at` and `previous`, and where one stands for
many `count`, `first_at` and `last_at`; its own kinds are `torn`, `dropped` and `unwritable`.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any

import orjson

from registry.errors import EnvironmentFaultError, InvalidInputError, RegistryError
from registry.store import segments
from registry.store.leases import Lease
from registry.store.receipt_reading import ReceiptVerification, expire, read_receipts, verify_receipts
from registry.store.segments import OpenSegment, SegmentClosed

__all__ = [
    "ReceiptLimits",
    "ReceiptVerification",
    "ReceiptWriter",
    "SegmentClosed",
    "expire",
    "read_receipts",
    "verify_receipts",
]

_RESERVED = frozenset({"at", "previous", "count", "first_at", "last_at"})
_LINES_AT_ONCE = 1000
_REFUSALS_AT_ONCE = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptLimits:
    """When a writer flushes, closes a segment, forgets, and how long it counts what repeats."""

    flush_seconds: float = 0.2
    flush_count: int = 500
    segment_bytes: int = 8 * 1024 * 1024
    segment_seconds: float = 86_400.0
    kept_in_memory: int = 100_000
    repeat_seconds: float = 5.0


@dataclass(slots=True)
class _Stamped:
    """A receipt and when it was given, in nanoseconds since 1970."""

    at: int
    receipt: Mapping[str, Any]


@dataclass(slots=True)
class _Repeat:
    """A refusal on record, and how often it was repeated since."""

    receipt: Mapping[str, Any]
    since: int
    first: int = 0
    last: int = 0
    count: int = 0

    def counted(self, now: int) -> _Stamped:
        """The one receipt, recorded now, that stands for the repetitions so far."""
        span = {"first_at": segments.timestamp(self.first), "last_at": segments.timestamp(self.last)}
        counted = {**self.receipt, **span, "count": self.count}
        self.count = 0
        return _Stamped(now, counted)


class Repeats:
    """Refusals seen in the current window: the first is recorded as it is, the others as one with a `count`."""

    def __init__(self, seconds: float) -> None:
        self._window = int(seconds * 1e9)
        self._seen: dict[bytes, _Repeat] = {}

    def admit(self, entry: _Stamped) -> Iterable[_Stamped]:
        """What is to be recorded now that this receipt came."""
        key = _identity(entry.receipt) if entry.receipt.get("kind") == "refusal" else None
        if key is None:
            return (entry,)
        seen = self._seen.get(key)
        if seen is None or entry.at - seen.since >= self._window:
            self._seen[key] = _Repeat(entry.receipt, entry.at)
            return (seen.counted(entry.at), entry) if seen and seen.count else (entry,)
        seen.first = seen.first if seen.count else entry.at
        seen.last, seen.count = entry.at, seen.count + 1
        return ()

    def due(self, now: int, *, everything: bool) -> list[_Stamped]:
        """What is to be recorded of windows that ended; of all windows, when `everything` is to be on record."""
        everything = everything or len(self._seen) > _REFUSALS_AT_ONCE
        ended = {key for key, seen in self._seen.items() if now - seen.since >= self._window}
        told = [seen.counted(now) for key, seen in self._seen.items() if seen.count and (everything or key in ended)]
        self._seen = {key: seen for key, seen in self._seen.items() if key not in ended}
        if len(self._seen) > _REFUSALS_AT_ONCE:
            self._seen.clear()
        return told

    @property
    def counting(self) -> bool:
        """Whether repetitions are waiting to be recorded."""
        return any(seen.count for seen in self._seen.values())


class ReceiptWriter:
    """The one writer of a leased slot's receipts; many threads may write. Close it: what is queued is written then.

    `on_closed` gets every closed segment at least once, in the thread that flushes; when it raises a RegistryError or
    an OSError it is asked again after the next roll or by the next holder. It may write receipts, but not flush.
    `lease` is one of `folder`. With `background=False` nothing is written before `flush()` or `close()`: for a process
    that lives for one command. `clock` gives nanoseconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        lease: Lease,
        *,
        on_closed: Callable[[SegmentClosed], None] | None = None,
        limits: ReceiptLimits | None = None,
        background: bool = True,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._limits = limits or ReceiptLimits()
        self._queue: deque[_Stamped] = deque()
        self._clock = clock
        self._record = _Record(folder, lease, on_closed or _unheard, self._limits)
        self._lock, self._shedding = Lock(), Lock()
        self._shed_count = 0
        self._closed = False
        self._flusher = _Flusher(self, self._limits.flush_seconds) if background else None

    def write(self, receipt: Mapping[str, Any]) -> None:
        """Queue a receipt, about a microsecond; it is handed over: do not change it afterwards.

        Never raises for the disk's sake. InvalidInputError when it uses a member that is the record's own; RuntimeError
        after `close()`.
        """
        if self._closed:
            raise RuntimeError("the record of receipts is closed")
        if not _RESERVED.isdisjoint(receipt):
            raise InvalidInputError(f"A receipt cannot bring its own {sorted(_RESERVED & receipt.keys())}.")
        self._queue.append(_Stamped(self._clock(), receipt))
        if self._flusher is not None:
            self._flusher.notice(len(self._queue) >= self._limits.flush_count)
        if len(self._queue) > self._limits.kept_in_memory:
            self._shed()

    def flush(self) -> None:
        """Write everything queued, with counted repetitions; EnvironmentFaultError when the disk is at fault.

        What could not be written stays in memory, up to a bound; beyond it the oldest are dropped and counted.
        """
        self.drain(everything=True)

    def drain(self, *, everything: bool = False) -> bool:
        """Write what is due; returns whether something is left that will be due later."""
        with self._lock:
            for entry in sorted(iter(self._next, None), key=lambda entry: entry.at):
                self._record.take(entry)
            self._record.dropped += self._take_shed_count()
            self._record.write(self._clock(), everything=everything)
            return self._record.counting or bool(self._queue)

    def close(self) -> None:
        """Write everything and stop. EnvironmentFaultError when that fails: then the next holder says what was lost."""
        if self._closed:
            return
        self._closed = True
        if self._flusher is not None:
            self._flusher.stop()
        try:
            self.flush()
        except EnvironmentFaultError:
            self._record.give_up()
            raise
        finally:
            self._record.close()

    def __enter__(self) -> ReceiptWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _next(self) -> _Stamped | None:
        try:
            return self._queue.popleft()
        except IndexError:
            return None

    def _shed(self) -> None:
        # Only when the flusher hangs on a disk that neither writes nor fails: hence a lock of its own.
        with self._shedding:
            if self._next():
                self._shed_count += 1

    def _take_shed_count(self) -> int:
        with self._shedding:
            count, self._shed_count = self._shed_count, 0
        return count


class _Record:
    """What stands between the queue and the segment: folded repetitions, what waits for the disk, what was lost."""

    def __init__(
        self, folder: Path, lease: Lease, on_closed: Callable[[SegmentClosed], None], limits: ReceiptLimits
    ) -> None:
        self.dropped = 0
        self._folder, self._lease, self._on_closed, self._limits = folder, lease, on_closed, limits
        self._repeats = Repeats(limits.repeat_seconds)
        self._waiting: deque[_Stamped] = deque()
        self._segment: OpenSegment | None = None
        self._abandoned, self._acknowledging = lease.abandoned > 0, False
        self._unsettled = True

    @property
    def counting(self) -> bool:
        """Whether repetitions are waiting for their window's end."""
        return self._repeats.counting

    def take(self, entry: _Stamped) -> None:
        """Accept a receipt."""
        self._waiting.extend(self._repeats.admit(entry))

    def write(self, now: int, *, everything: bool) -> None:
        """Write what waits to the segment, and roll it when it is full or old."""
        self._waiting.extend(self._repeats.due(now, everything=everything))
        if not (self._waiting or self._abandoned or self.dropped):
            return
        if not self._lease.held:
            raise RuntimeError("receipts can only be written by the process that holds the slot")
        try:
            self._write(now)
        except OSError as error:
            raise self._fault(error) from error

    def give_up(self) -> None:
        """Say that what waits is lost: in the log now, and in a receipt of the next holder."""
        self._lease.leave_mark()
        _log.error("receipts lost", extra={"worker": self._lease.label, "lost": len(self._waiting) + self.dropped})

    def close(self) -> None:
        """Let go of the segment's file."""
        if self._segment is not None:
            self._segment.close()
            self._segment = None

    def _write(self, now: int) -> None:
        self._settle()
        segment = self._current(now)
        if self.dropped:
            self._waiting.appendleft(_Stamped(now, {"kind": "dropped", "count": self.dropped}))
            self.dropped = 0
        while self._waiting:
            segment = self._current(now)
            self._append(segment, min(len(self._waiting), _LINES_AT_ONCE))
        if self._acknowledging:
            self._lease.acknowledge()
            self._acknowledging = False
        if self._is_full(segment, now):
            self._roll(segment)

    def _append(self, segment: OpenSegment, count: int) -> None:
        lines, head = [], segment.head
        for _, entry in zip(range(count), self._waiting, strict=False):
            line, head = _line(entry, head)
            lines.append(line)
        assert head is not None
        segment.append(lines, head)
        for _ in range(count):
            self._waiting.popleft()

    def _current(self, now: int) -> OpenSegment:
        """The segment to append to: the open one of this slot, or a new one when there is none or it is full."""
        if self._segment is None:
            self._segment = self._resumed(now)
        if self._segment is not None and self._is_full(self._segment, now):
            self._roll(self._segment)
        if self._segment is None:
            # Named by its earliest receipt, which was given before this moment: reading by time relies on it.
            earliest = min((entry.at for entry in self._waiting), default=now)
            self._segment = segments.begin(self._folder, self._lease.label, earliest)
        return self._segment

    def _resumed(self, now: int) -> OpenSegment | None:
        """The open segment of this slot, its torn tail cut off; says so when an earlier holder lost its open batch."""
        segment, cut = None, 0
        for file in segments.open_files(self._folder, self._lease.label):
            if not segments.closed_path(file.path).exists():
                segment, cut = segments.resume(file)
        if self._abandoned or cut:
            _log.warning("open batch of receipts lost", extra={"worker": self._lease.label, "torn_bytes": cut})
            torn = {"kind": "torn", "bytes": cut, "crashes": max(1, self._lease.abandoned)}
            self._waiting.appendleft(_Stamped(now, torn))
            self._abandoned, self._acknowledging = False, True
        return segment

    def _is_full(self, segment: OpenSegment, now: int) -> bool:
        age = now / 1e9 - segment.file.opened_at.timestamp()
        outgrown = segment.size >= self._limits.segment_bytes or age >= self._limits.segment_seconds
        return outgrown and segment.holds_receipts

    def _roll(self, segment: OpenSegment) -> None:
        closed = segments.compress(segment.file)
        segment.close()
        self._segment = None
        self._announce(closed, segment.file.path)

    def _settle(self) -> None:
        """Announce segments that were closed but not acknowledged, by an earlier holder or by us."""
        if not self._unsettled:
            return
        self._unsettled = False
        for file in segments.open_files(self._folder, self._lease.label):
            if segments.closed_path(file.path).exists():
                self._announce(segments.described(file, file.path.read_bytes()), file.path)

    def _announce(self, closed: SegmentClosed, path: Path) -> None:
        # The uncompressed file goes last: while it stands, the hash may not have reached the log.
        try:
            self._on_closed(closed)
        except (RegistryError, OSError) as error:
            self._unsettled = True
            _log.warning("closed segment not acknowledged", extra={"segment": closed.name, "reason": str(error)})
            return
        path.unlink()

    def _fault(self, error: OSError) -> EnvironmentFaultError:
        while len(self._waiting) > self._limits.kept_in_memory:
            self._waiting.popleft()
            self.dropped += 1
        return EnvironmentFaultError(
            f"Receipts cannot be written to {self._folder}: {error.strerror or error}.",
            advice="Free the disk: what waits in memory is then written.",
            folder=str(self._folder),
            waiting=len(self._waiting),
            dropped=self.dropped,
        )


class _Flusher:
    """A thread that drains a writer some milliseconds after the first receipt, or when many have come."""

    def __init__(self, writer: ReceiptWriter, seconds: float) -> None:
        self._writer, self._seconds = writer, seconds
        self._something, self._enough = Event(), Event()
        self._stopping = False
        self._failing = False
        self._starting = Lock()
        self._thread: Thread | None = None

    def notice(self, enough: bool) -> None:
        """Learn that a receipt is queued, and whether enough of them are."""
        if not self._something.is_set():
            self._something.set()
            if self._thread is None:
                self._start()
        if enough and not self._enough.is_set():
            self._enough.set()

    def stop(self) -> None:
        """End the thread; what is queued stays queued."""
        self._stopping = True
        self._enough.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._stopping:
                self._thread = Thread(target=self._run, name="receipts", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._something.wait()
            self._enough.wait(self._seconds)
            if self._stopping:
                return
            # Cleared before the queue is read: a receipt that comes later sets it again.
            self._something.clear()
            self._enough.clear()
            if self._left_after_drain():
                self._something.set()

    def _left_after_drain(self) -> bool:
        try:
            left = self._writer.drain()
        except Exception:
            # The thread must live on: a queue that nobody drains would lose every receipt after the first fault.
            if not self._failing:
                _log.exception("receipts not written")
            self._failing = True
            return True
        if self._failing:
            _log.warning("receipts written again")
        self._failing = False
        return left


def _line(entry: _Stamped, previous: str | None) -> tuple[bytes, str]:
    at = segments.timestamp(entry.at)
    try:
        return segments.chained(entry.receipt, at, previous)
    except TypeError as error:
        _log.exception("receipt is not JSON")
        return segments.chained({"kind": "unwritable", "reason": str(error)}, at, previous)


def _identity(receipt: Mapping[str, Any]) -> bytes | None:
    try:
        return orjson.dumps(dict(receipt), option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return None


def _unheard(closed: SegmentClosed) -> None:
    _log.info("segment of receipts closed", extra={"segment": closed.name, "sha256": closed.sha256})
