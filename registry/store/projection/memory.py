"""A projection in memory: for a server's worker, a test, or one long command."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Lock

from pyoxigraph import NamedNode, Store

from registry.store.projection import (
    Feed,
    Position,
    apply_step,
    copy_of,
    load_step,
    snapshots,
    steps,
    write_position,
)

_log = logging.getLogger(__name__)


class MemoryProjection:
    """A store in memory that equals the journal up to its cursor. Starts empty; threads may share it."""

    def __init__(self) -> None:
        self._store = _empty()
        # Writers take turns by the first; the second is held only while the store changes: copies never wait long.
        self._turn, self._moment = Lock(), Lock()

    @property
    def store(self) -> Store:
        """The store to read; ask for it anew for each piece of work."""
        return self._store

    @property
    def cursor(self) -> int:
        """The seq that the store has reached."""
        return _position(self._store).seq

    def catch_up(self, feed: Feed, upto: int | None = None) -> int:
        """Apply what the feed has above the cursor, at most to `upto`; returns the cursor then reached.

        Rebuilds first when the feed's history does not pass through the cursor (a restored backup).
        """
        head = feed.head()
        goal = head if upto is None else min(head, upto)
        with self._turn:
            position = _position(self._store)
            if not position.belongs_to(feed, head):
                _log.warning("projection of another history rebuilt", extra={"cursor": position.seq, "head": head})
                self._store = _built(feed, goal)
            elif position.seq == 0 and goal > 0:
                self._store = _built(feed, goal)
            elif position.seq < goal:
                self._advance(feed, position, goal)
            return _position(self._store).seq

    def rebuild(self, feed: Feed) -> int:
        """Replay everything into a new store, which then takes the old one's place; returns its cursor."""
        with self._turn:
            self._store = _built(feed, feed.head())
            return _position(self._store).seq

    def working_copy(self, graphs: Iterable[NamedNode]) -> Store:
        """A store in memory with those graphs, all of one moment; changing it changes nothing else."""
        with self._moment:
            quads = snapshots(self._store, graphs)
        return copy_of(quads)

    def _advance(self, feed: Feed, position: Position, goal: int) -> None:
        for step in steps(feed, position.seq, goal):
            reached = Position.at(feed, step.seq)
            with self._moment:
                apply_step(self._store, step, position, reached)
            position = reached


def _empty() -> Store:
    store = Store()
    write_position(store, None, Position())
    return store


def _built(feed: Feed, goal: int) -> Store:
    store = Store()
    for step in steps(feed, 0, goal):
        load_step(store, step)
    write_position(store, None, Position.at(feed, goal))
    return store


def _position(store: Store) -> Position:
    position = Position.of(store)
    assert position is not None, "nothing but the projection writes the private graph"
    return position
