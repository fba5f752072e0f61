"""A compiled sh:pattern: quick where backtracking is cheap, linear where it would not be, never exponential."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from registry.errors import TooLargeError
from registry.shacl.errors import ShapesError
from registry.shacl.regex.automaton import Automaton, build_automaton
from registry.shacl.regex.parser import parse_regex
from registry.shacl.regex.tree import (
    Anchor,
    Backreference,
    Char,
    Choice,
    Group,
    Node,
    Repeat,
    Sequence,
    has_backreference,
)

_MOST_STEPS: Final = 200_000
_MOST_WORK: Final = 100_000_000
_UNBOUNDED: Final = 99
_LONGEST_SOURCE: Final = 10_000


class Effort(NamedTuple):
    """An upper bound on the ways a backtracking matcher can try a pattern: factor · length ** degree."""

    factor: int
    degree: int

    def steps(self, length: int) -> int:
        """Return the bound for a text of that length, capped far above every limit."""
        return self.factor * max(length, 1) ** self.degree if self.degree < _UNBOUNDED else 1 << 60


@dataclass(frozen=True)
class Pattern:
    """A pattern and its flags, ready to be searched for; equal sources and flags compile to equal patterns."""

    source: str
    flags: str
    tree: Node = field(repr=False, compare=False)

    def search(self, text: str) -> bool:
        """Say whether the pattern matches anywhere in the text.

        Python's backtracking matcher is used where its effort is bounded by 200,000 steps for a text this long, the
        linear automaton otherwise. Raises TooLargeError where a pattern with back-references, which no automaton can
        match, would go beyond that bound, and where states times characters are over a hundred million.
        """
        if self._effort.degree == 0 or self._effort.steps(len(text)) <= _MOST_STEPS:
            return self._matcher(text) is not None
        if has_backreference(self.tree) or self._automaton.states * len(text) > _MOST_WORK:
            raise TooLargeError(
                f"A text of {len(text)} characters is too long for sh:pattern {self.source!r}.",
                advice="Shorten the text, or state the pattern without back-references and large counts.",
                limit=_MOST_STEPS if has_backreference(self.tree) else _MOST_WORK,
            )
        return self._automaton.search(text)

    @property
    def quick_search(self) -> Callable[[str], object]:
        """The search as a function whose answer counts as true or false: Python's own where it is always quick."""
        return self._matcher if self._effort.degree == 0 else self.search

    @cached_property
    def _matcher(self) -> Callable[[str], re.Match[str] | None]:
        return re.compile(_python(self.tree, multiline="m" in self.flags), _python_flags(self.flags)).search

    @cached_property
    def _automaton(self) -> Automaton:
        return build_automaton(self.tree, flags=_python_flags(self.flags), multiline="m" in self.flags)

    @cached_property
    def _effort(self) -> Effort:
        effort = _effort(self.tree)
        anchored = "m" not in self.flags and _starts_anchored(self.tree)
        return effort if anchored or (effort.factor == 1 and effort.degree == 0) else _times(effort, Effort(1, 1))


@lru_cache(maxsize=512)
def compile_pattern(source: str, flags: str = "") -> Pattern:
    """Return the compiled pattern. Raises ShapesError for what XPath does not have, and for unknown flags."""
    if not set(flags) <= set("smixq"):
        raise ShapesError(f"sh:flags {flags!r} are not known.", advice="Use the letters s, m, i, x and q.")
    if len(source) > _LONGEST_SOURCE:
        raise ShapesError(f"sh:pattern is longer than {_LONGEST_SOURCE} characters.", advice="Shorten it.")
    pattern = Pattern(source, flags, parse_regex(source, flags))
    if not has_backreference(pattern.tree):
        build_automaton(pattern.tree, flags=_python_flags(flags), multiline="m" in flags)
    return pattern


def _python_flags(flags: str) -> int:
    return re.IGNORECASE if "i" in flags else 0


def _python(node: Node, *, multiline: bool) -> str:
    """Return the tree in the syntax of Python's `re`."""
    match node:
        case Char(fragment):
            return fragment
        case Anchor("start"):
            return r"(?:\A|(?<=\n)(?!\Z))" if multiline else r"\A"
        case Anchor():
            return r"(?=\n|\Z)" if multiline else r"\Z"
        case Backreference(number):
            return rf"(?:\{number})"
        case Sequence(items):
            return "".join(_python(item, multiline=multiline) for item in items)
        case Choice(options):
            return "(?:" + "|".join(_python(option, multiline=multiline) for option in options) + ")"
        case Repeat(item, low, high):
            return f"(?:{_python(item, multiline=multiline)}){{{low},{'' if high is None else high}}}"
        case Group(item):
            return f"({_python(item, multiline=multiline)})"


def _effort(node: Node) -> Effort:
    match node:
        case Sequence(items):
            effort = Effort(1, 0)
            for item in items:
                effort = _times(effort, _effort(item))
            return effort
        case Choice(options):
            efforts = [_effort(option) for option in options]
            return Effort(sum(each.factor for each in efforts), max(each.degree for each in efforts))
        case Repeat(item, low, high):
            return _repeated(_effort(item), low, high)
        case Group(item):
            return _effort(item)
        case _:
            return Effort(1, 0)


def _repeated(inner: Effort, low: int, high: int | None) -> Effort:
    if inner == Effort(1, 0):
        return Effort(1, 1) if high is None else Effort(high - low + 1, 0)
    if high is None or inner.degree * high >= _UNBOUNDED or high > 20:
        return Effort(1, _UNBOUNDED)
    return Effort(min(inner.factor**high * (high - low + 1), 1 << 60), inner.degree * high)


def _times(a: Effort, b: Effort) -> Effort:
    return Effort(min(a.factor * b.factor, 1 << 60), min(a.degree + b.degree, _UNBOUNDED))


def _starts_anchored(node: Node) -> bool:
    match node:
        case Anchor("start"):
            return True
        case Sequence(items):
            return bool(items) and _starts_anchored(items[0])
        case Choice(options):
            return all(_starts_anchored(option) for option in options)
        case Group(item):
            return _starts_anchored(item)
        case _:
            return False
