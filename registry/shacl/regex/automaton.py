"""Matching in time linear in the text: the states of a nondeterministic automaton followed all at once.

R. Cox, "Regular Expression Matching Can Be Simple And Fast" (2007), after K. Thompson (1968). Transitions are
remembered as they are met, so that a text costs two look-ups a character once its kind has been seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from registry.shacl.errors import ShapesError
from registry.shacl.regex.tree import Anchor, Char, Choice, Group, Node, Repeat, Sequence

_MOST_STATES: Final = 20_000
_MOST_REMEMBERED: Final = 20_000


class Around(NamedTuple):
    """What stands at a position: whether it is the start or end of a line or text, as the anchors see it."""

    start: bool
    end: bool


States = frozenset[int]


@dataclass(slots=True)
class Automaton:
    """The automaton of a tree without back-references; `search` says whether it matches anywhere in a text."""

    tests: dict[int, tuple[Callable[[str], object], int]] = field(default_factory=dict)
    jumps: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    flags: int = 0
    multiline: bool = False
    states: int = 0
    begin: int = 0
    accept: int = 0
    _closed: dict[tuple[States, Around], States] = field(default_factory=dict)
    _moved: dict[tuple[States, str], States] = field(default_factory=dict)

    def search(self, text: str) -> bool:
        """Say whether the pattern matches somewhere in the text; time linear in its length."""
        current: States = frozenset()
        for at, char in enumerate(text):
            reached = self._closure(current | {self.begin}, self._around(text, at))
            if self.accept in reached:
                return True
            current = self._move(reached, char)
        return self.accept in self._closure(current | {self.begin}, self._around(text, len(text)))

    def _around(self, text: str, at: int) -> Around:
        last = len(text)
        if not self.multiline:
            return Around(at == 0, at == last)
        return Around(at == 0 or (text[at - 1] == "\n" and at < last), at == last or text[at] == "\n")

    def _closure(self, states: States, around: Around) -> States:
        key = (states, around)
        known = self._closed.get(key)
        if known is None:
            if len(self._closed) > _MOST_REMEMBERED:
                self._closed.clear()
            known = self._closed[key] = self._follow(states, around)
        return known

    def _follow(self, states: States, around: Around) -> States:
        reached = set(states)
        waiting = list(states)
        while waiting:
            for condition, target in self.jumps.get(waiting.pop(), ()):
                if target not in reached and (not condition or getattr(around, condition)):
                    reached.add(target)
                    waiting.append(target)
        return frozenset(reached)

    def _move(self, states: States, char: str) -> States:
        key = (states, char)
        known = self._moved.get(key)
        if known is None:
            if len(self._moved) > _MOST_REMEMBERED:
                self._moved.clear()
            edges = (self.tests[state] for state in states if state in self.tests)
            known = self._moved[key] = frozenset(target for test, target in edges if test(char))
        return known


def build_automaton(tree: Node, *, flags: int, multiline: bool) -> Automaton:
    """Return the automaton of the tree. Raises ShapesError when it would have more than 20,000 states."""
    automaton = Automaton(flags=flags, multiline=multiline)
    automaton.begin = _new(automaton)
    automaton.accept = _add(automaton, tree, automaton.begin)
    return automaton


def _new(automaton: Automaton) -> int:
    automaton.states += 1
    if automaton.states > _MOST_STATES:
        raise ShapesError(
            f"sh:pattern unfolds to more than {_MOST_STATES} states.", advice="Lower the counts of its quantifiers."
        )
    return automaton.states - 1


def _add(automaton: Automaton, node: Node, start: int) -> int:
    """Add the node's states behind `start` and return the state in which it has matched."""
    match node:
        case Char(fragment):
            end = _new(automaton)
            automaton.tests[_branch(automaton, start)] = (re.compile(fragment, automaton.flags).fullmatch, end)
            return end
        case Anchor(at):
            return _jump(automaton, start, _new(automaton), at)
        case Sequence(items):
            for item in items:
                start = _add(automaton, item, start)
            return start
        case Choice(options):
            ends = [_add(automaton, option, _branch(automaton, start)) for option in options]
            end = _new(automaton)
            for each in ends:
                _jump(automaton, each, end)
            return end
        case Repeat():
            return _repeat(automaton, node, start)
        case Group(item):
            return _add(automaton, item, start)
        case _:
            raise AssertionError("back-references are not regular")


def _repeat(automaton: Automaton, node: Repeat, start: int) -> int:
    for _ in range(node.low):
        start = _add(automaton, node.item, start)
    if node.high is None:
        loop = _branch(automaton, start)
        _jump(automaton, _add(automaton, node.item, loop), loop)
        return _jump(automaton, loop, _new(automaton))
    end = _new(automaton)
    for _ in range(node.high - node.low):
        _jump(automaton, start, end)
        start = _add(automaton, node.item, start)
    return _jump(automaton, start, end)


def _branch(automaton: Automaton, start: int) -> int:
    return _jump(automaton, start, _new(automaton))


def _jump(automaton: Automaton, start: int, end: int, condition: str = "") -> int:
    automaton.jumps.setdefault(start, []).append((condition, end))
    return end
