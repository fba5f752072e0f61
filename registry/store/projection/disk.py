"""A projection on disk: opened in milliseconds by the next process, caught up from the cursor it stands at.

Each holder leases a slot of its own, because an on-disk store belongs to one process. An empty slot starts from the
newest checkpoint; a store that cannot be read, or that follows another history, is replaced and the log says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock
from types import TracebackType

from pyoxigraph import NamedNode, Store

from registry.errors import EnvironmentFaultError
from registry.store.leases import Lease, lease_slot
from registry.store.projection import (
    Feed,
    Position,
    Step,
    apply_step,
    copy_of,
    load_step,
    snapshots,
    steps,
    write_position,
)
from registry.store.projection.folders import Checkpoints, SlotFolder

_ASIDE_FROM = 20_000
"""Quads from which a step is bulk-loaded into a copy: an update of that size takes longer than the copy."""

_KEPT_GENERATIONS = 2
"""The live store and the one before it, which readers may still hold; a reader of an older one gets an OSError."""

_log = logging.getLogger(__name__)


class DiskProjection:
    """A store on disk that equals the journal up to its cursor; made by `open_projection`. Threads may share it."""

    def __init__(self, lease: Lease, slot: SlotFolder, checkpoints: Checkpoints, store: Store) -> None:
        self._lease = lease
        self._slot = slot
        self._checkpoints = checkpoints
        self._open: Store | None = store
        self._stalled = False
        # Writers take turns by the first; the second is held only while the store changes: copies never wait long.
        self._turn, self._moment = Lock(), Lock()

    @property
    def store(self) -> Store:
        """The store to read; ask for it anew for each piece of work. Do not keep it beyond `close()`."""
        if self._open is None:
            raise RuntimeError("the projection is closed")
        return self._open

    @property
    def cursor(self) -> int:
        """The seq that the store has reached."""
        return _position(self.store).seq

    def catch_up(self, feed: Feed, upto: int | None = None) -> int:
        """Apply what the feed has above the cursor, at most to `upto`; returns the cursor then reached.

        Rebuilds when the store turns out corrupt or follows another history (a restored backup). Raises
        EnvironmentFaultError when the disk is at fault; the projection then stands where it stood.
        """
        head = feed.head()
        goal = head if upto is None else min(head, upto)
        with self._turn, _disk_faults(self._slot.path):
            try:
                self._recover()
                self._reach(feed, head, goal)
            except RuntimeError as error:
                reason = _require_corruption(error)
                _log.warning("corrupt projection rebuilt", extra={"slot": self._lease.label, "reason": reason})
                self._checkpoints.discard_all(self._lease.label)
                self._replay(feed, goal)
            except OSError:
                self._stalled = True
                raise
            return self.cursor

    def rebuild(self, feed: Feed) -> int:
        """Replay everything into a new store, which then takes the old one's place; returns its cursor."""
        head = feed.head()
        with self._turn, _disk_faults(self._slot.path):
            self._replay(feed, head)
            return self.cursor

    def checkpoint(self) -> Path:
        """Publish the store as it stands, for empty slots to start from; returns the checkpoint's folder."""
        with self._turn, _disk_faults(self._slot.path):
            return self._checkpoints.publish(self.store, self.cursor, self._lease.label)

    def working_copy(self, graphs: Iterable[NamedNode]) -> Store:
        """A store in memory with those graphs, all of one moment; changing it changes nothing else."""
        with self._moment:
            quads = snapshots(self.store, graphs)
        return copy_of(quads)

    def close(self) -> None:
        """Close the store and give the slot back; a second call does nothing."""
        with self._turn:
            self._open = None
            self._lease.release()

    def __enter__(self) -> DiskProjection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _recover(self) -> None:
        """Go on after a disk fault; when RocksDB refuses all writes since, with a copy, so that readers keep theirs."""
        if not self._stalled:
            return
        position = _position(self.store)
        try:
            apply_step(self.store, Step(), position, position)
        except OSError:
            self._replace(self._slot.copy_newest)
        self._stalled = False

    def _reach(self, feed: Feed, head: int, goal: int) -> None:
        position = _position(self.store)
        if not position.belongs_to(feed, head):
            _log.warning("projection of another history rebuilt", extra={"cursor": position.seq, "head": head})
            self._checkpoints.discard_all(self._lease.label)
            self._replay(feed, goal)
        elif position.seq == 0 and goal > 0:
            self._replay(feed, goal)
        elif position.seq < goal:
            self._advance(feed, position, goal)

    def _advance(self, feed: Feed, position: Position, goal: int) -> None:
        coming = steps(feed, position.seq, goal)
        for step in coming:
            if len(step) >= _ASIDE_FROM:
                self._advance_aside(chain((step,), coming), position, Position.at(feed, goal))
                return
            reached = Position.at(feed, step.seq)
            with self._moment:
                apply_step(self.store, step, position, reached)
            position = reached

    def _advance_aside(self, coming: Iterator[Step], before: Position, after: Position) -> None:
        def fill(path: Path) -> None:
            self.store.flush()
            self.store.backup(path)
            _load(path, coming, before, after)

        self._replace(fill)

    def _replay(self, feed: Feed, goal: int) -> None:
        after = Position.at(feed, goal)
        self._replace(lambda path: _load(path, steps(feed, 0, goal), None, after))

    def _replace(self, fill: Callable[[Path], None]) -> None:
        self._open = Store(self._slot.build(fill))
        self._slot.keep_newest(_KEPT_GENERATIONS)


def open_projection(folder: Path, slots: int = 8) -> DiskProjection:
    """The projection of the first free slot in `folder`, where it stood last, or at the newest checkpoint, or empty.

    Raises EnvironmentFaultError when every slot is in use or the disk is at fault.
    """
    for number in range(slots):
        lease = lease_slot(folder, "slot", number)
        if lease is None:
            continue
        try:
            with _disk_faults(folder):
                projection = _opened(folder, lease)
            if projection is not None:
                return projection
        except BaseException:
            lease.release()
            raise
        lease.release()
    raise EnvironmentFaultError(
        f"All {slots} projection slots in {folder} are in use.",
        advice="Stop a process that works on this registry, or allow more slots.",
        folder=str(folder),
        slots=slots,
    )


def _opened(folder: Path, lease: Lease) -> DiskProjection | None:
    """The projection in a leased slot; None when a reader of an earlier holder still keeps its store open."""
    slot, checkpoints = SlotFolder(folder / lease.label), Checkpoints(folder)
    slot.prepare()
    for generation in chain(slot.generations()[:1], checkpoints.copies(slot), _empty(slot)):
        try:
            store = Store(generation)
            usable = Position.of(store) is not None
            reason = "it has no cursor"
        except RuntimeError as error:
            usable, reason = False, _require_corruption(error)
        except OSError as error:
            if "/LOCK: " in str(error):
                return None
            raise
        if usable:
            slot.keep_only(generation)
            return DiskProjection(lease, slot, checkpoints, store)
        _log.warning("unusable projection replaced", extra={"store": str(generation), "reason": reason})
    raise AssertionError("an empty store can always be opened")


def _empty(slot: SlotFolder) -> Iterator[Path]:
    yield slot.build(lambda path: _load(path, (), None, Position()))


def _load(path: Path, coming: Iterable[Step], before: Position | None, after: Position) -> None:
    # The store closes when this function lets go of it.
    store = Store(path)
    for step in coming:
        load_step(store, step)
    write_position(store, before, after)
    store.flush()


def _position(store: Store) -> Position:
    position = Position.of(store)
    if position is None:
        raise RuntimeError("Corruption: the projection has no cursor")
    return position


def _require_corruption(error: RuntimeError) -> str:
    """The reason, when RocksDB says that its files are corrupt; any other runtime error is raised again."""
    if "Corruption" not in str(error):
        raise error
    return str(error)


@contextmanager
def _disk_faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFaultError(
            f"The projection in {folder} cannot be written: {error.strerror or error}.",
            advice="Check the free space and the permissions of its disk; the journal is not affected.",
            folder=str(folder),
        ) from error
