"""The tree a pattern is parsed into. A single character's set is kept as a fragment Python's `re` understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Char:
    """Exactly one character, of the set that the fragment of Python's syntax describes."""

    fragment: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A position, no character: the start (`^`) or the end (`$`)."""

    at: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Backreference:
    """What the numbered group matched."""

    group: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """All items, one after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The item, from `low` to `high` times (None: without end)."""

    item: Node
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group, which a back-reference may name."""

    item: Node


Node: TypeAlias = "Char | Anchor | Backreference | Sequence | Choice | Repeat | Group"


def has_backreference(node: Node) -> bool:
    """Say whether a back-reference stands anywhere in the tree."""
    match node:
        case Backreference():
            return True
        case Sequence(parts) | Choice(parts):
            return any(has_backreference(part) for part in parts)
        case Repeat(item=item) | Group(item=item):
            return has_backreference(item)
        case _:
            return False
