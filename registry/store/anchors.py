"""Heads of the log kept outside the database: what shows that its tail was cut off, or that it was written anew.

One JSON line an anchor, only ever appended: `{"hash": ..., "recorded_at": ..., "seq": ...}`.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from registry.errors import EnvironmentFaultError, SyntaxFaultError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log's head as it once was: the seq of its last record, that record's hash, and when it was recorded."""

    seq: int
    hash: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An anchor that the log does not bear out: it has another hash at that seq, or (None) no such record."""

    anchor: Anchor
    found: str | None

    @property
    def reason(self) -> str:
        """What is wrong, for people."""
        if self.found is None:
            return f"the log ends before record {self.anchor.seq}, anchored at {self.anchor.recorded_at}"
        return f"record {self.anchor.seq} is not the one anchored at {self.anchor.recorded_at}"


def append_anchor(path: Path, seq: int, hash: str, recorded_at: str) -> None:  # noqa: A002 - the log's own word
    """Write one anchor at the end of the file, on the disk when this returns; EnvironmentFaultError when it cannot be.

    Never changes a byte that stands, so the file may be one that the system lets nobody rewrite. Processes may append
    at the same time.
    """
    line = orjson.dumps({"seq": seq, "hash": hash, "recorded_at": recorded_at}, option=orjson.OPT_SORT_KEYS) + b"\n"
    try:
        created = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
        if created:
            _sync_folder(path.parent)
    except OSError as error:
        raise EnvironmentFaultError(
            f"The anchor of record {seq} cannot be written to {path}: {error.strerror or error}.",
            advice="Check the free space and the permissions of its disk, then anchor again.",
            path=str(path),
        ) from error


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors in the order they were written; none when there is no file.

    A line that a crash left unfinished was never acknowledged: it is logged and left out. Any other line that is not an
    anchor raises SyntaxFaultError with its `line`; a file that cannot be read, EnvironmentFaultError.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise EnvironmentFaultError(
            f"The anchors in {path} cannot be read: {error.strerror or error}.", path=str(path)
        ) from error
    return tuple(anchor for number, line in enumerate(lines, 1) if (anchor := _anchor(path, number, line)))


def check(anchors: Iterable[Anchor], chain: Callable[[int], str | None]) -> Disagreement | None:
    """The first anchor, by seq, that the log does not bear out; None when it bears out all.

    `chain` gives the chained hash of a record, None when there is no such record. A log that was cut lacks the record;
    one that was cut and grew again, or was written anew, has another hash there: the hash covers everything before it.
    """
    for anchor in sorted(anchors, key=lambda anchor: anchor.seq):
        found = chain(anchor.seq)
        if found != anchor.hash:
            return Disagreement(anchor, found)
    return None


def _write(handle: int, line: bytes) -> None:
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        line = b"\n" + line
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _anchor(path: Path, number: int, line: bytes) -> Anchor | None:
    try:
        found = orjson.loads(line)
        anchor = Anchor(found["seq"], found["hash"], found["recorded_at"])
        if not (isinstance(anchor.seq, int) and isinstance(anchor.hash, str) and isinstance(anchor.recorded_at, str)):
            raise TypeError("a member has the wrong type")
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        # Every anchor ends with its brace: a line without one was never finished.
        if not line.rstrip(b"\n").endswith(b"}"):
            _log.warning("unfinished anchor left out", extra={"path": str(path), "line": number})
            return None
        raise SyntaxFaultError(
            f"Line {number} of {path} is not an anchor: {error}.",
            advice="Compare the file with a copy of it: somebody or something changed it.",
            line=number,
            column=1,
        ) from error
    return anchor
