"""Exclusive slots by file lock: the operating system gives a slot back when its holder dies, however it dies.

A lease leaves a mark in its lock file while it is held and wipes it when it is released, so the next holder knows how
many before it died or left something behind (`Lease.abandoned`).
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from registry.errors import EnvironmentFaultError

_RETRY_SECONDS = 0.002
_MARKS_READ = 4096


class Lease:
    """One held slot. Give it back with `release()`, or use it as a context manager."""

    def __init__(self, handle: int, name: str, slot: int) -> None:
        self.name = name
        self.slot = slot
        self._handle: int | None = handle
        self._holder = os.getpid()
        self._found = os.fstat(handle).st_size
        self._left_behind = 0
        self.abandoned = os.pread(handle, _MARKS_READ, 0).count(b"\n")
        """How many holders died, or left their mark, since one left in order or acknowledged it."""
        os.pwrite(handle, self._mark, self._found)

    @property
    def label(self) -> str:
        """The slot's name for files: `name-slot`."""
        return f"{self.name}-{self.slot}"

    @property
    def held(self) -> bool:
        """Whether this process still holds the slot: not after a release, and not in a forked child."""
        return self._handle is not None and self._holder == os.getpid()

    def acknowledge(self) -> None:
        """Wipe the marks of earlier holders: what there was to say of them is on record."""
        if self._handle is not None and self._found:
            # Never without a mark of our own: a crash right here must be noticed too.
            os.pwrite(self._handle, self._mark, 0)
            os.ftruncate(self._handle, len(self._mark))
            self._found = 0

    def leave_mark(self) -> None:
        """Let the next holder find the slot abandoned: something was lost though this process lives."""
        self._left_behind = self._found + len(self._mark)

    def pass_on(self) -> None:
        """Let the next holder find the marks that this one found."""
        self._left_behind = self._found

    def release(self) -> None:
        """Give the slot back; a second call does nothing. In a forked child the parent keeps its slot."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        try:
            if self._holder == os.getpid():
                os.ftruncate(handle, self._left_behind)
        finally:
            # Closing is the release: LOCK_UN in a forked child would take the lock from the parent.
            os.close(handle)

    @property
    def _mark(self) -> bytes:
        return b"%d\n" % self._holder

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"Lease({self.label!r}, held={self.held})"


def lease(folder: Path, name: str, slots: int, *, patience: float = 0.0) -> Lease:
    """The first free of `slots` slots called `name` in `folder`, held until released or until the process ends.

    Exclusive between processes and between threads of one process. Waits up to `patience` seconds for a slot; raises
    EnvironmentFaultError when none came free or the folder cannot be written.
    """
    deadline = time.monotonic() + patience
    while True:
        for slot in range(slots):
            if found := lease_slot(folder, name, slot):
                return found
        if time.monotonic() >= deadline:
            break
        time.sleep(_RETRY_SECONDS)
    raise EnvironmentFaultError(
        f"All {slots} slots '{name}' in {folder} are in use.",
        advice="Stop a process that works on this registry, or allow more slots.",
        folder=str(folder),
        slots=slots,
    )


def lease_slot(folder: Path, name: str, slot: int) -> Lease | None:
    """One particular slot, or None when somebody holds it; EnvironmentFaultError when the folder cannot be written."""
    try:
        handle = _open(folder / f"{name}-{slot}.lock")
    except OSError as error:
        raise _unusable(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return Lease(handle, name, slot)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError as error:
        os.close(handle)
        raise _unusable(folder, error) from error


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        # What stands beside the locks (graphs, receipts) is for the owner alone.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)


def _unusable(folder: Path, error: OSError) -> EnvironmentFaultError:
    return EnvironmentFaultError(
        f"No slot can be locked in {folder}: {error.strerror or error}.",
        advice="Check that the folder is writable, on a disk that is not full and that supports file locks.",
        folder=str(folder),
    )
