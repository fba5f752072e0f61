"""What changed between two states: quads added and removed, net and disjoint, as canonical bytes with a digest.

A patch is written as lines, `D ` or `A ` before an N-Quads line, sorted: the same change always has the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

_NONE: frozenset[Quad] = frozenset()


@dataclass(frozen=True)
class Patch:
    """Quads added and removed; the two sets share nothing, so a replayed suffix converges."""

    added: frozenset[Quad] = _NONE
    removed: frozenset[Quad] = _NONE

    def __post_init__(self) -> None:
        if self.added & self.removed:
            raise ValueError("a patch is net: it cannot add and remove one quad")

    @cached_property
    def graphs(self) -> frozenset[NamedNode]:
        """The named graphs it touches."""
        found = {quad.graph_name for part in (self.added, self.removed) for quad in part}
        return frozenset(graph for graph in found if isinstance(graph, NamedNode))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def __len__(self) -> int:
        return len(self.added) + len(self.removed)

    def serialize(self) -> bytes:
        """The canonical bytes: every line sorted, removals named `D`, additions named `A`."""
        return b"".join(sorted(_lines(b"A ", self.added) + _lines(b"D ", self.removed)))

    @staticmethod
    def parse(text: bytes) -> Patch:
        """The patch that `serialize` wrote; ValueError when a line starts with anything but `A ` or `D `."""
        parts: dict[bytes, list[bytes]] = {b"A ": [], b"D ": []}
        for line in text.splitlines(keepends=True):
            if line[:2] not in parts:
                raise ValueError(f"not a patch line: {line[:60]!r}")
            parts[line[:2]].append(line[2:])
        return Patch(_quads(parts[b"A "]), _quads(parts[b"D "]))


def digest(text: bytes) -> str:
    """The SHA-256 of a patch's canonical bytes, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def diff(before: Collection[Quad], after: Collection[Quad]) -> Patch:
    """The net patch that turns `before` into `after`."""
    old, new = frozenset(before), frozenset(after)
    return Patch(new - old, old - new)


def net(added: Iterable[Quad], removed: Iterable[Quad], present: Collection[Quad]) -> Patch:
    """The patch with no effectless half: additions not present yet, removals that are. A quad in both stays."""
    adding, taking, here = frozenset(added), frozenset(removed), frozenset(present)
    return Patch(adding - here, (taking - adding) & here)


def invert(patch: Patch) -> Patch:
    """The patch that undoes this one."""
    return Patch(patch.removed, patch.added)


def apply(quads: Collection[Quad], patch: Patch) -> frozenset[Quad]:
    """The state after the patch."""
    return (frozenset(quads) - patch.removed) | patch.added


def _lines(mark: bytes, quads: Collection[Quad]) -> list[bytes]:
    text = serialize(quads, format=RdfFormat.N_QUADS) if quads else b""
    assert text is not None
    return [mark + line for line in text.splitlines(keepends=True)]


def _quads(lines: list[bytes]) -> frozenset[Quad]:
    return frozenset(parse(b"".join(lines), RdfFormat.N_QUADS)) if lines else _NONE
