"""A vocabulary as a tree: every path of a polyhierarchy, cycles cut where they close, orphans listed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from registry.errors import InvalidInputError, NotFoundError
from registry.skos.ancestry import walk
from registry.skos.index import SchemeIndex
from registry.skos.labels import display_label
from registry.skos.values import Resource, name_of

# How deep a tree is shown at most: encoders of JSON refuse values that are nested much deeper.
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A concept with the concepts below it, sorted by label.

    `cycle` says that it was met above itself and its children are left out here; `more` counts the
    children that the asked depth left out.
    """

    concept: Resource
    label: str
    deprecated: bool = False
    cycle: bool = False
    more: int = 0
    children: tuple[TreeNode, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[tuple[int, TreeNode]]:
        """Yield (depth, node) for this node and all below it, in reading order."""
        waiting = [(depth, self)]
        while waiting:
            level, node = waiting.pop()
            yield level, node
            waiting.extend((level + 1, child) for child in reversed(node.children))

    def as_dict(self) -> dict[str, object]:
        """Return the node and what is below it as JSON-able values."""
        return {
            "concept": name_of(self.concept),
            "label": self.label,
            "deprecated": self.deprecated,
            "cycle": self.cycle,
            "more": self.more,
            "children": [child.as_dict() for child in self.children],
        }


@dataclass(frozen=True, slots=True)
class Tree:
    """The roots of a vocabulary, and the live concepts that stand in no hierarchy, both sorted by label."""

    roots: tuple[TreeNode, ...]
    orphans: tuple[TreeNode, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the tree as JSON-able values."""
        return {
            "roots": [root.as_dict() for root in self.roots],
            "orphans": [orphan.as_dict() for orphan in self.orphans],
        }


def tree(index: SchemeIndex, root: Resource | None = None, depth: int | None = None, language: str = "en") -> Tree:
    """Return the hierarchy below `root`, or of the whole vocabulary, to `depth` levels below its roots, at most 100.

    A concept with several broader concepts stands under each. A cycle is cut where it closes, and one that no root
    leads to gets its first concept by label as root. NotFoundError when the root is not in the vocabulary;
    InvalidInputError for a depth below 0.
    """
    if depth is not None and depth < 0:
        raise InvalidInputError(f"A tree cannot be {depth} levels deep.", advice="Give a depth of 0 or more.")
    planter = _Planter(index, language)
    if root is None:
        return planter.whole(depth)
    if root not in index.entries:
        raise NotFoundError(f"<{name_of(root)}> is not in this vocabulary.", advice="Give the IRI of an entry.")
    return Tree((planter.grown([root], depth)[0],), ())


class _Planter:
    """Grows nodes from the bottom upwards without recursion, each concept once, so that paths cost nothing."""

    def __init__(self, index: SchemeIndex, language: str) -> None:
        self._index = index
        self._leaves = {entry: self._leaf(entry, language) for entry in index.entries}
        in_order = sorted(self._leaves, key=lambda entry: (*_sorting(self._leaves[entry].label), name_of(entry)))
        self._place = {entry: place for place, entry in enumerate(in_order)}
        self._below = {entry: self._sorted(index.children.get(entry, ())) for entry in self._leaves}

    def whole(self, depth: int | None) -> Tree:
        hanging = {entry for entry in self._leaves if self._index.parents.get(entry, frozenset()) & self._place.keys()}
        standing = {entry for entry in self._leaves if self._below[entry] and entry not in hanging}
        roots = self._sorted(standing | (self._index.top_concepts & self._place.keys()))
        roots += self._rootless(roots)
        alone = self._leaves.keys() - hanging - set(roots) - self._index.deprecated
        orphans = [self._leaves[entry] for entry in self._sorted(alone)]
        return Tree(tuple(self.grown(roots, depth)), tuple(orphans))

    def grown(self, roots: list[Resource], depth: int | None) -> list[TreeNode]:
        known: dict[tuple[Resource, bool, int], TreeNode] = {}
        levels = DEEPEST if depth is None else min(depth, DEEPEST)
        return [_cut(root, levels, known) for root in self._unlimited(roots)]

    def _leaf(self, entry: Resource, language: str) -> TreeNode:
        label = display_label(self._index, entry, (language,))
        return TreeNode(entry, label, deprecated=entry in self._index.deprecated)

    def _sorted(self, entries: Iterable[Resource]) -> list[Resource]:
        return sorted((entry for entry in entries if entry in self._place), key=self._place.__getitem__)

    def _rootless(self, roots: list[Resource]) -> list[Resource]:
        """Return one concept of each cycle that no root leads to."""
        reached = {entry for entry, _ in walk(roots, self._below.__getitem__)}
        found = []
        for entry in self._sorted(self._leaves.keys() - reached):
            if entry not in reached and self._below[entry]:
                found.append(entry)
                reached.update(below for below, _ in walk([entry], self._below.__getitem__))
        return found

    def _unlimited(self, roots: list[Resource]) -> list[TreeNode]:
        grown: dict[Resource, TreeNode] = {}
        for entry, leaving in walk(roots, self._below.__getitem__):
            if leaving:
                # A child that is not grown yet is still being walked: it stands above this one.
                below = (grown.get(child) or replace(self._leaves[child], cycle=True) for child in self._below[entry])
                grown[entry] = replace(self._leaves[entry], children=tuple(below))
        return [grown[root] for root in roots]


def _cut(node: TreeNode, depth: int, known: dict[tuple[Resource, bool, int], TreeNode]) -> TreeNode:
    """Return the node without what is more than `depth` levels below it; each concept and depth is cut once."""
    key = (node.concept, node.cycle, depth)
    if key not in known:
        if depth == 0:
            known[key] = replace(node, children=(), more=len(node.children))
        else:
            known[key] = replace(node, children=tuple(_cut(child, depth - 1, known) for child in node.children))
    return known[key]


def _sorting(label: str) -> tuple[str, str]:
    return label.casefold(), label
