"""RDF stores that equal the journal up to a cursor: can be thrown away, and rebuilt from the journal at any time.

The cursor lives inside the projection, in a private graph, and moves in the same atomic update as the quads. Patches
are net, so neighbouring ones are folded into one step; a step of any size leads from one fold of the journal to
another: projection == fold(patches up to cursor).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pyoxigraph import Literal, NamedNode, Quad, Store

from registry.errors import RefusedError
from registry.rdf.patch import Patch
from registry.rdf.terms import LEX, XSD

CURSOR_GRAPH = NamedNode("urn:x-lexicord:projection")
"""The private graph: never journalled, never in a working copy; leave it out of what users can query."""

_SELF = CURSOR_GRAPH
_PATCHES_AT_ONCE = 500
_QUADS_AT_ONCE = 20_000


class Feed(Protocol):
    """What a projection catches up from: the journal, or a fake in tests."""

    def head(self) -> int:
        """The seq of the last committed record, 0 when there is none."""
        ...

    def patches(self, after: int, limit: int) -> Iterable[tuple[int, bytes]]:
        """At most `limit` (seq, patch text) above `after`, ascending; records without a patch are left out."""
        ...


@runtime_checkable
class ChainedFeed(Feed, Protocol):
    """A feed that also knows each record's hash: then a projection of another history is noticed and rebuilt."""

    def chain(self, seq: int) -> str | None:
        """The chained hash of record `seq`, or None when there is no such record."""
        ...


class Projection(Protocol):
    """What every projection offers its readers."""

    @property
    def store(self) -> Store:
        """The store to read. Ask for it anew for each piece of work: a rebuild puts another in its place."""
        ...

    @property
    def cursor(self) -> int:
        """The seq that the store has reached."""
        ...

    def catch_up(self, feed: Feed, upto: int | None = None) -> int:
        """Apply what the feed has above the cursor, at most to `upto`; returns the cursor then reached."""
        ...

    def working_copy(self, graphs: Iterable[NamedNode]) -> Store:
        """A store in memory with those graphs, all of one moment; changing it changes nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class Position:
    """Where a projection stands: the seq reached and, when the feed is chained, that record's hash."""

    seq: int = 0
    hash: str = ""

    def quads(self) -> tuple[Quad, ...]:
        """The position as it stands in the private graph."""
        hashed = (Quad(_SELF, LEX.cursorHash, Literal(self.hash), CURSOR_GRAPH),) if self.hash else ()
        return (Quad(_SELF, LEX.cursor, Literal(str(self.seq), datatype=XSD.integer), CURSOR_GRAPH), *hashed)

    @classmethod
    def of(cls, store: Store) -> Position | None:
        """The position that a store says it has; None when it holds none, or not exactly one."""
        seqs, hashes = _values(store, LEX.cursor), _values(store, LEX.cursorHash)
        if len(seqs) != 1 or not seqs[0].isdecimal() or len(hashes) > 1:
            return None
        return cls(int(seqs[0]), hashes[0] if hashes else "")

    @classmethod
    def at(cls, feed: Feed, seq: int) -> Position:
        """The position at `seq` of this feed's history."""
        return cls(seq, (feed.chain(seq) or "") if isinstance(feed, ChainedFeed) else "")

    def belongs_to(self, feed: Feed, head: int) -> bool:
        """Whether this feed's history, `head` records long, passes through this position."""
        if self.seq > head:
            return False
        if self.seq == 0 or not self.hash or not isinstance(feed, ChainedFeed):
            return True
        return feed.chain(self.seq) == self.hash


@dataclass(slots=True)
class Step:
    """The net effect of some neighbouring patches, to be applied as one: removals first, then additions."""

    seq: int = 0
    added: set[Quad] = field(default_factory=set)
    removed: set[Quad] = field(default_factory=set)

    def fold(self, seq: int, patch: Patch) -> None:
        """Add the patch of record `seq`; RefusedError when it touches the private graph."""
        if any(quad.graph_name == CURSOR_GRAPH for part in (patch.added, patch.removed) for quad in part):
            raise RefusedError(f"The patch of record {seq} touches the projection's private graph.", seq=seq)
        self.added -= patch.removed
        self.added |= patch.added
        self.removed -= patch.added
        self.removed |= patch.removed
        self.seq = seq

    def __len__(self) -> int:
        return len(self.added) + len(self.removed)


def steps(feed: Feed, after: int, goal: int) -> Iterator[Step]:
    """What leads from `after` to `goal`, in steps of bounded size; the last one has seq `goal`, even when empty."""
    step, given = Step(after), after
    while step.seq < goal:
        read = 0
        for seq, text in feed.patches(step.seq, _PATCHES_AT_ONCE):
            if seq > goal:
                break
            step.fold(seq, Patch.parse(text))
            read += 1
            if len(step) >= _QUADS_AT_ONCE:
                yield step
                step, given = Step(seq), seq
        if read < _PATCHES_AT_ONCE:
            step.seq = goal
    if step.seq > given:
        yield step


def apply_step(store: Store, step: Step, before: Position, after: Position) -> None:
    """Apply a step and move the cursor in one SPARQL update, which the store runs as one transaction."""
    taken = _data("DELETE DATA", (*step.removed, *before.quads()))
    given = _data("INSERT DATA", (*step.added, *after.quads()))
    store.update(f"{taken};\n{given}")


def load_step(store: Store, step: Step) -> None:
    """Apply a step fast and not atomically: only for a store that nobody sees yet. The cursor stays."""
    for quad in step.removed:
        store.remove(quad)
    store.bulk_extend(step.added)


def write_position(store: Store, before: Position | None, after: Position) -> None:
    """Put the cursor into a store that nobody sees yet."""
    for quad in before.quads() if before else ():
        store.remove(quad)
    store.extend(after.quads())


def snapshots(store: Store, graphs: Iterable[NamedNode]) -> list[Iterator[Quad]]:
    """The graphs' quads as they stand now: each iterator is a snapshot of the moment it was made.

    All of one moment only while nothing writes to the store until this returns; reading them may take its time.
    """
    return [store.quads_for_pattern(None, None, None, graph) for graph in dict.fromkeys(graphs)]


def copy_of(quads: Iterable[Iterable[Quad]]) -> Store:
    """A store in memory with those quads."""
    copy = Store()
    for part in quads:
        copy.extend(part)
    return copy


def _values(store: Store, predicate: NamedNode) -> list[str]:
    found = store.quads_for_pattern(_SELF, predicate, None, CURSOR_GRAPH)
    return [quad.object.value for quad in found if isinstance(quad.object, Literal)]


def _data(operation: str, quads: Iterable[Quad]) -> str:
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        by_graph.setdefault(str(quad.graph_name), []).append(f"{quad.subject} {quad.predicate} {quad.object} .")
    blocks = (f"GRAPH {graph} {{\n{chr(10).join(lines)}\n}}" for graph, lines in by_graph.items())
    return f"{operation} {{\n{chr(10).join(blocks)}\n}}"
