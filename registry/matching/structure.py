"""How far the neighbours of two concepts agree, judged by the pairs that are already known to match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from registry.matching.candidate import Structure
from registry.matching.vocabulary import Entry

DEPTH = 4
FADING = 0.8
"""How much less each further step up counts."""


@dataclass(slots=True)
class Hierarchy:
    """The neighbours of each entry of a vocabulary, by identifier; ancestors are worked out once and kept."""

    entries: Mapping[str, Entry]
    children: Mapping[str, tuple[str, ...]]
    _ancestors: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def is_flat(self) -> bool:
        """Return whether no entry has a neighbour or a domain, so that structure says nothing."""
        return not self.children and not any(entry.domain for entry in self.entries.values())

    def ancestors(self, entry_id: str) -> dict[str, float]:
        """Return what stands above an entry within four steps, nearer ones weighing more.

        What an entry is related to counts as above it, but nothing further is reached through it.
        """
        known = self._ancestors.get(entry_id)
        if known is None:
            known = self._ancestors[entry_id] = dict(self._climb(entry_id))
        return known

    def _climb(self, entry_id: str) -> Iterator[tuple[str, float]]:
        seen, edge = {entry_id}, [entry_id]
        for step in range(DEPTH):
            edge = list(dict.fromkeys(above for below in edge for above in self._above(below) if above not in seen))
            seen.update(edge)
            yield from ((above, FADING**step) for above in edge)
        entry = self.entries.get(entry_id)
        yield from ((other, 1.0) for other in (entry.related if entry else ()) if other not in seen)

    def _above(self, entry_id: str) -> tuple[str, ...]:
        entry = self.entries.get(entry_id)
        return entry.broader if entry else ()


def hierarchy(entries: Iterable[Entry]) -> Hierarchy:
    """Return the neighbours of entries; an identifier above one need not be an entry itself."""
    children: dict[str, list[str]] = defaultdict(list)
    known = {entry.id: entry for entry in entries}
    for entry in known.values():
        for above in (*entry.broader, *entry.related):
            children[above].append(entry.id)
    return Hierarchy(known, {above: tuple(below) for above, below in children.items()})


class Agreement:
    """Compares neighbourhoods under a set of pairs taken to match, each end in one pair at most."""

    __slots__ = ("_backward", "_children", "_forward", "_left", "_mapped", "_right")

    def __init__(self, left: Hierarchy, right: Hierarchy, seeds: Mapping[str, str]) -> None:
        self._left, self._right = left, right
        self._forward = seeds
        self._backward = {theirs: ours for ours, theirs in seeds.items()}
        self._mapped: dict[tuple[bool, str], tuple[dict[str, float], float]] = {}
        self._children: dict[tuple[bool, str], list[dict[str, float]]] = {}

    def __call__(self, ours: str, theirs: str) -> Structure:
        """Return how far the mapped ancestors, children and domains of two entries correspond."""
        return Structure(
            ancestors=self._ancestors(ours, theirs),
            descendants=self._descendants(ours, theirs),
            domains=self._domains(ours, theirs),
        )

    def _ancestors(self, ours: str, theirs: str) -> float | None:
        expected, expected_weight = self._mapped_ancestors(ours, forward=True)
        wanted, wanted_weight = self._mapped_ancestors(theirs, forward=False)
        total = expected_weight + wanted_weight
        if not total:
            return None
        across, above = self._right.ancestors(theirs), self._left.ancestors(ours)
        found = sum([weight for x, weight in expected.items() if x in across])
        found += sum([weight for y, weight in wanted.items() if y in above])
        return found / total

    def _mapped_ancestors(self, entry_id: str, *, forward: bool) -> tuple[dict[str, float], float]:
        """Return what should stand above the partner of an entry, and the weight of all of it."""
        known = self._mapped.get((forward, entry_id))
        if known is None:
            hierarchy, seeds = (self._left, self._forward) if forward else (self._right, self._backward)
            above = hierarchy.ancestors(entry_id).items()
            expected = {seeds[x]: weight for x, weight in above if x in seeds}
            known = self._mapped[forward, entry_id] = (expected, sum(expected.values()))
        return known

    def _descendants(self, ours: str, theirs: str) -> float | None:
        across, back = self._mapped_children(ours, forward=True), self._mapped_children(theirs, forward=False)
        if not across and not back:
            return None
        found = sum([theirs in above for above in across]) + sum([ours in above for above in back])
        return found / (len(across) + len(back))

    def _mapped_children(self, entry_id: str, *, forward: bool) -> list[dict[str, float]]:
        """Return for each child of an entry what stands above its partner."""
        known = self._children.get((forward, entry_id))
        if known is None:
            ours, theirs = (self._left, self._right) if forward else (self._right, self._left)
            seeds = self._forward if forward else self._backward
            below = ours.children.get(entry_id, ())
            known = self._children[forward, entry_id] = [theirs.ancestors(seeds[x]) for x in below if x in seeds]
        return known

    def _domains(self, ours: str, theirs: str) -> float | None:
        mapped = {self._forward[x] for x in self._left.entries[ours].domain if x in self._forward}
        domains = self._right.entries[theirs].domain
        if not mapped or not domains:
            return None
        return float(any(self._related(y, z) for y in mapped for z in domains))

    def _related(self, y: str, z: str) -> bool:
        return y == z or y in self._right.ancestors(z) or z in self._right.ancestors(y)
