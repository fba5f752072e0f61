"""Scopes: where authority applies, matched upward in every dimension, each match with its distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Dimension = Literal["concept", "property", "entity_type", "subject_area", "jurisdiction", "usage"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
ANY = 1_000_000
"""The distance of a dimension that a scope leaves open: farther than any named thing."""

Steps = tuple[str | None, ...]
Vector = tuple[int, ...]
"""A distance for each dimension, in the order of DIMENSIONS."""
Reach = tuple[Mapping[str, int] | None, ...]
"""For each dimension what covers the question, with its distance; None where the question says nothing."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a grant applies, or what a question is about. A dimension that is absent means any, or was not said."""

    concept: str | None = None
    property: str | None = None
    entity_type: str | None = None
    subject_area: str | None = None
    jurisdiction: str | None = None
    usage: str | None = None

    def steps(self) -> Steps:
        """The dimensions in their declared order."""
        return (self.concept, self.property, self.entity_type, self.subject_area, self.jurisdiction, self.usage)

    def named(self) -> dict[Dimension, str]:
        """The dimensions that are given."""
        return {name: value for name, value in zip(DIMENSIONS, self.steps(), strict=True) if value is not None}


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What lies above what, in each dimension: subject areas, jurisdictions, departments, concepts."""

    broader: Mapping[Dimension, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    _known: dict[tuple[Dimension, str], Mapping[str, int]] = field(default_factory=dict, compare=False, repr=False)

    def above(self, dimension: Dimension, node: str) -> Mapping[str, int]:
        """The node and all above it, with the fewest steps to each; a circle ends where it began."""
        found = self._known.get((dimension, node))
        if found is None:
            found = self._known[(dimension, node)] = _climb(self.broader.get(dimension, {}), node)
        return found

    def reach(self, asked: Scope) -> Reach:
        """What covers a question, dimension by dimension."""
        return tuple(
            None if value is None else self.above(name, value)
            for name, value in zip(DIMENSIONS, asked.steps(), strict=True)
        )

    def within(self, inner: Scope, outer: Scope) -> bool:
        """Whether all that the inner scope covers is covered by the outer one."""
        return all(
            wide is None or (narrow is not None and wide in self.above(name, narrow))
            for name, narrow, wide in zip(DIMENSIONS, inner.steps(), outer.steps(), strict=True)
        )


def cover(wanted: Steps, reach: Reach) -> tuple[Vector, tuple[Dimension, ...]] | None:
    """The distances at which a scope covers a question, and the dimensions that the question leaves out.

    None when it does not cover it. With dimensions left out the scope covers the question on that condition only.
    """
    vector, missing = [], []
    for place, want in enumerate(wanted):
        if want is None:
            vector.append(ANY)
            continue
        above = reach[place]
        if above is None:
            missing.append(DIMENSIONS[place])
            vector.append(ANY)
            continue
        distance = above.get(want)
        if distance is None:
            return None
        vector.append(distance)
    return tuple(vector), tuple(missing)


def _climb(broader: Mapping[str, tuple[str, ...]], node: str) -> Mapping[str, int]:
    found, frontier, steps = {node: 0}, [node], 0
    while frontier:
        steps += 1
        upper = [above for below in frontier for above in broader.get(below, ()) if above not in found]
        found.update(dict.fromkeys(upper, steps))
        frontier = list(dict.fromkeys(upper))
    return found
