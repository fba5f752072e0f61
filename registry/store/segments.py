"""Append-only files of chained JSON lines: one open segment a worker, closed ones compressed and named by their hash.

    worker-0/20261120T103123123456Z.jsonl       the open segment: appended to, never rewritten
    worker-0/20261119T080000000000Z.jsonl.gz    a closed one; the same bytes, compressed

Every line is canonical JSON (keys sorted, UTF-8) whose member `previous` is the SHA-256 of the line before it. The
first line is a header; its `previous` is the SHA-256 of the whole segment before it, or null.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from registry.errors import EnvironmentFaultError

HEADER_KIND = "segment"
FORMAT_VERSION = 1
_STAMP = "%Y%m%dT%H%M%S%fZ"
_STAMPED = re.compile(r"\d{8}T\d{12}Z")
_OPEN, _CLOSED = ".jsonl", ".jsonl.gz"
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class SegmentClosed:
    """A segment that takes no more receipts: what the log records of it.

    `sha256` is that of the uncompressed bytes, so `zcat FILE | sha256sum` shows the same; `first` and `last` are the
    times of its first and last receipt, empty when it holds none; `count` leaves the header out.
    """

    name: str
    sha256: str
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True, order=True)
class SegmentFile:
    """A segment on disk, in the order of its worker's chain."""

    worker: str
    stamp: str
    path: Path
    closed: bool

    @property
    def name(self) -> str:
        """The name that the log knows it by, open or closed: `worker/stamp`."""
        return f"{self.worker}/{self.stamp}"

    @property
    def opened_at(self) -> datetime:
        """When it was begun."""
        return datetime.strptime(self.stamp, _STAMP).replace(tzinfo=UTC)

    def content(self) -> bytes:
        """Its bytes, uncompressed; EnvironmentFaultError when the compressed file is damaged.

        FileNotFoundError when it has expired since it was listed; one closed since then is read all the same.
        """
        try:
            return _content(self.path)
        except FileNotFoundError:
            if self.closed:
                raise
            return _content(closed_path(self.path))


class OpenSegment:
    """The segment that a worker appends to. Whoever makes one holds the worker's lease."""

    def __init__(self, file: SegmentFile, handle: int, size: int, head: str | None) -> None:
        self.file = file
        self.size = size
        self.head = head
        """The hash of the last line; for a segment without lines, that of the segment before."""
        self.holds_receipts = True
        """Whether there is more than the header; a resumed segment is taken to hold some."""
        self._handle = handle

    def append(self, lines: Iterable[bytes], head: str) -> None:
        """Write whole lines, the last of which hashes to `head`; OSError leaves the segment as it was."""
        data = memoryview(b"".join(lines))
        if os.fstat(self._handle).st_size != self.size:
            os.ftruncate(self._handle, self.size)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._handle, data[written:])
        except OSError:
            os.ftruncate(self._handle, self.size)
            raise
        self.size += len(data)
        self.head = head
        self.holds_receipts = True

    def close(self) -> None:
        """Let go of the file; the segment stays open for the next holder of the lease."""
        os.close(self._handle)


def begin(folder: Path, worker: str, now: int) -> OpenSegment:
    """A new segment of `worker` with its header; `now` in nanoseconds since 1970."""
    earlier = segments_of(folder, worker)
    previous = hashlib.sha256(earlier[-1].content()).hexdigest() if earlier else None
    stamp = datetime.fromtimestamp(now / 1e9, UTC).strftime(_STAMP)
    if earlier and stamp <= earlier[-1].stamp:
        stamp = (earlier[-1].opened_at + timedelta(microseconds=1)).strftime(_STAMP)
    path = folder / worker / f"{stamp}{_OPEN}"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    segment = OpenSegment(SegmentFile(worker, stamp, path, closed=False), handle, 0, previous)
    header = {"kind": HEADER_KIND, "format": FORMAT_VERSION, "worker": worker}
    line, head = chained(header, timestamp(now), previous)
    try:
        segment.append((line,), head)
        segment.holds_receipts = False
    except OSError:
        segment.close()
        path.unlink()
        raise
    return segment


def resume(file: SegmentFile) -> tuple[OpenSegment | None, int]:
    """The open segment, and how many bytes of a torn tail were cut off it; no segment when nothing whole was left."""
    handle = os.open(file.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        size = os.fstat(handle).st_size
        whole, head = _whole_lines(handle, size)
        if whole < size:
            os.ftruncate(handle, whole)
        if head is None:
            file.path.unlink()
            os.close(handle)
            return None, size
    except OSError:
        os.close(handle)
        raise
    return OpenSegment(file, handle, whole, head), size - whole


def compress(file: SegmentFile) -> SegmentClosed:
    """Write the closed form of an open segment beside it, durably, and say what it holds. `settle` ends it."""
    data = file.path.read_bytes()
    target = closed_path(file.path)
    draft = target.with_name(target.name + ".draft")
    with open(draft, "wb", opener=_private) as stream:
        stream.write(gzip.compress(data, compresslevel=6, mtime=0))
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return described(file, data)


def described(file: SegmentFile, data: bytes) -> SegmentClosed:
    """What a segment with these bytes holds."""
    lines = data.splitlines()[1:]
    first, last = (orjson.loads(line)["at"] for line in (lines[0], lines[-1])) if lines else ("", "")
    return SegmentClosed(file.name, hashlib.sha256(data).hexdigest(), first, last, len(lines))


def segments_of(folder: Path, worker: str) -> list[SegmentFile]:
    """A worker's segments, oldest first; one that stands there open and closed is listed closed."""
    files = [*_files(folder, worker, _OPEN), *_files(folder, worker, _CLOSED)]
    return sorted({file.stamp: file for file in files}.values())


def workers(folder: Path) -> list[str]:
    """The workers that have segments in `folder`."""
    found = (entry.name for entry in _entries(folder) if entry.is_dir())
    return sorted(name for name in found if name.rpartition("-")[2].isdecimal())


def open_files(folder: Path, worker: str) -> list[SegmentFile]:
    """The worker's uncompressed files, oldest first: the open segment, and closed ones that are not settled yet."""
    return sorted(_files(folder, worker, _OPEN))


def closed_path(path: Path) -> Path:
    """Where the closed form of an open segment stands."""
    return path.with_name(path.name + ".gz")


def chained(receipt: Mapping[str, Any], at: str, previous: str | None) -> tuple[bytes, str]:
    """The line of a receipt and its hash; TypeError when it is not JSON."""
    line = orjson.dumps({**receipt, "at": at, "previous": previous}, option=orjson.OPT_SORT_KEYS)
    return line + b"\n", line_hash(line)


def line_hash(line: bytes) -> str:
    """The hash that the next line names: SHA-256 of the line without its newline."""
    return hashlib.sha256(line).hexdigest()


def timestamp(nanoseconds: int) -> str:
    """The moment as RFC 3339 in UTC with microseconds: text that sorts as time does."""
    return f"{_second(nanoseconds // 1_000_000_000)}.{nanoseconds // 1000 % 1_000_000:06}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _files(folder: Path, worker: str, suffix: str) -> list[SegmentFile]:
    named = ((entry.name.partition("."), Path(entry.path)) for entry in _entries(folder / worker))
    return [
        SegmentFile(worker, stamp, path, closed=suffix == _CLOSED)
        for (stamp, dot, rest), path in named
        if dot + rest == suffix and _STAMPED.fullmatch(stamp)
    ]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise EnvironmentFaultError(
            f"The receipts in {path.name} are damaged: {error}.",
            advice="Restore the file from a backup; `lexicord audit verify` shows what is intact.",
            path=str(path),
        ) from error


def _whole_lines(handle: int, size: int) -> tuple[int, str | None]:
    """How many bytes from the start are whole lines, and the hash of the last of them; none: (0, None)."""
    reach = _TAIL_BYTES
    while True:
        start = max(0, size - reach)
        tail = os.pread(handle, size - start, start)
        end = tail.rfind(b"\n")
        while end >= 0:
            begun = tail.rfind(b"\n", 0, end) + 1
            if begun == 0 and start > 0:
                break
            if _is_receipt(line := tail[begun:end]):
                return start + end + 1, line_hash(line)
            end = begun - 1
        if start == 0:
            return 0, None
        reach *= 4


def _is_receipt(line: bytes) -> bool:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "previous" in found
