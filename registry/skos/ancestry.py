"""Who stands above whom: cycles and reachability in a hierarchy, near-linear also where it is deep or tangled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from registry.skos.values import Resource

Edges = Mapping[Resource, Iterable[Resource]]


Pair = tuple[Resource, Resource]

# How many questions one pass over the hierarchy answers: 2,048 bits are as quick to merge as 64.
_BATCH = 2048


class Ancestry:
    """Answers "is `high` above `low`?" for a hierarchy given as each resource's parents.

    Cycles are condensed (Tarjan 1972). Numbers given on the way decide nearly every question by comparison; the rest
    are answered together, 2,048 to a linear pass, so that no shape of hierarchy makes the checks quadratic.
    """

    def __init__(self, parents: Edges) -> None:
        components, self._entered = _components(parents)
        self.cycles = tuple(frozenset(component) for component in components if len(component) > 1)
        self._component = {node: number for number, component in enumerate(components) for node in component}
        self._cyclic = {number for number, component in enumerate(components) if len(component) > 1}
        self._up = [self._parents_of(component, parents) for component in components]
        self._lowest: list[int] = []
        for number, above in enumerate(self._up):
            self._lowest.append(min([number, *(self._lowest[parent] for parent in above)]))

    def above(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Return those pairs (low, high) for which a path of at least one step leads up from `low` to `high`.

        A step from a resource to itself is no path; a cycle is one for each pair of its members.
        """
        found: set[Pair] = set()
        open_questions: dict[int, list[tuple[int, Pair]]] = defaultdict(list)
        for pair in pairs:
            start, goal = self._component.get(pair[0]), self._component.get(pair[1])
            if start is None or goal is None:
                continue
            if self._known(start, goal):
                found.add(pair)
            elif self._lowest[start] <= goal < start:
                open_questions[goal].append((start, pair))
        goals = sorted(open_questions)
        for place in range(0, len(goals), _BATCH):
            found.update(self._answers({goal: open_questions[goal] for goal in goals[place : place + _BATCH]}))
        return found

    def same_cycle(self, left: Resource, right: Resource) -> bool:
        """Return whether two resources stand above each other."""
        number = self._component.get(left)
        return number is not None and number in self._cyclic and number == self._component.get(right)

    def _known(self, start: int, goal: int) -> bool:
        if start == goal:
            return start in self._cyclic
        return self._entered[start] <= goal < start

    def _answers(self, questions: Mapping[int, Sequence[tuple[int, Pair]]]) -> Iterator[Pair]:
        """Yield the pairs that hold: every component learns, as bits, which goals stand above it."""
        own = {goal: 1 << bit for bit, goal in enumerate(questions)}
        last = max(start for asked in questions.values() for start, _ in asked)
        reached: list[int] = []
        for number in range(last + 1):
            bits = own.get(number, 0)
            for parent in self._up[number]:
                bits |= reached[parent]
            reached.append(bits)
        for goal, asked in questions.items():
            yield from (pair for start, pair in asked if reached[start] & own[goal])

    def _parents_of(self, component: Sequence[Resource], parents: Edges) -> tuple[int, ...]:
        own = self._component[component[0]]
        above = {self._component[parent] for node in component for parent in parents.get(node, ())}
        return tuple(sorted(above - {own}))


def walk(roots: Iterable[Resource], edges: Callable[[Resource], Iterable[Resource]]) -> Iterator[tuple[Resource, bool]]:
    """Yield (node, False) on entering and (node, True) on leaving each node of a depth-first walk, each node once."""
    seen: set[Resource] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        yield root, False
        stack = [(root, iter(edges(root)))]
        while stack:
            node, waiting = stack[-1]
            following = next((next_node for next_node in waiting if next_node not in seen), None)
            if following is None:
                stack.pop()
                yield node, True
            else:
                seen.add(following)
                yield following, False
                stack.append((following, iter(edges(following))))


def clusters(nodes: Iterable[Resource], pairs: Iterable[tuple[Resource, Resource]]) -> dict[Resource, Resource]:
    """Return a representative for each node, the same for nodes that pairs connect (union by path halving)."""
    leader: dict[Resource, Resource] = {node: node for node in nodes}

    def find(node: Resource) -> Resource:
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for left, right in pairs:
        leader.setdefault(left, left)
        leader.setdefault(right, right)
        leader[find(left)] = find(right)
    return {node: find(node) for node in leader}


def _components(parents: Edges) -> tuple[list[list[Resource]], list[int]]:
    """Return the strongly connected components, ancestors first, and how many were complete on entering each."""
    edges = {node: tuple(above) for node, above in parents.items()}
    index: dict[Resource, int] = {}
    low: dict[Resource, int] = {}
    complete_at: dict[Resource, int] = {}
    pending: list[Resource] = []
    is_pending: set[Resource] = set()
    components: list[list[Resource]] = []
    entered: list[int] = []
    # From the bottom upwards, so that one walk numbers whole branches and a comparison then settles their questions.
    has_children = {parent for above in edges.values() for parent in above}
    bottom_first = sorted(edges, key=has_children.__contains__)
    for node, leaving in walk(bottom_first, lambda at: edges.get(at, ())):
        if not leaving:
            index[node] = low[node] = len(index)
            complete_at[node] = len(components)
            pending.append(node)
            is_pending.add(node)
            continue
        low[node] = min([low[node], *(low[up] for up in edges.get(node, ()) if up in is_pending)])
        if low[node] == index[node]:
            cut = next(place for place in range(len(pending) - 1, -1, -1) if pending[place] == node)
            is_pending.difference_update(pending[cut:])
            components.append(pending[cut:])
            del pending[cut:]
            entered.append(complete_at[node])
    return components, entered
