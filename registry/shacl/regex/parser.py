"""Parsing of XPath regular expressions into a tree; what is not in their grammar is refused, never guessed."""

from __future__ import annotations

import re
import string
from typing import Final

from registry.shacl.errors import ShapesError
from registry.shacl.regex.charsets import escape_set, property_set
from registry.shacl.regex.tree import Anchor, Backreference, Char, Choice, Group, Node, Repeat, Sequence

_CONTROL: Final = {"n": "\n", "r": "\r", "t": "\t"}
_QUANTITY: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_PROPERTY: Final = re.compile(r"\{([^}]*)\}")
_MOST_REPEATS: Final = 10_000
_DEEPEST: Final = 200
_DEFINED: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def parse_regex(source: str, flags: str = "") -> Node:
    """Return the tree of the pattern under the flags s, m, i, x and q. Raises ShapesError with the position."""
    if "q" in flags:
        return Sequence(tuple(Char(re.escape(char)) for char in source))
    return _Parser(source, flags).parse()


class _Parser:
    """A cursor over one pattern; each method consumes what its name says and returns its tree."""

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.depth = 0
        self.extended = "x" in flags
        self.dot = r"[\s\S]" if "s" in flags else r"[^\n]"

    def parse(self) -> Node:
        tree = self.choice()
        if self.at < len(self.source):
            raise self.fault("a closing parenthesis without an opening one")
        return tree

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fault(f"more than {_DEEPEST} groups inside one another")
        options = [self.branch()]
        while self.take("|"):
            options.append(self.branch())
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def branch(self) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.quantified(self.atom()))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def quantified(self, item: Node) -> Node:
        bounds = self.quantity()
        if bounds is None:
            return item
        if isinstance(item, Anchor):
            raise self.fault("a quantifier after an anchor")
        self.take("?")  # a reluctant quantifier finds another match, never another answer
        if self.peek() and self.peek() in "*+?{":
            raise self.fault("two quantifiers in a row")
        return Repeat(item, *bounds)

    def quantity(self) -> tuple[int, int | None] | None:
        sign = self.peek()
        if sign in _DEFINED:
            self.at += 1
            return _DEFINED[sign]
        if sign != "{":
            return None
        match = _QUANTITY.match(self.source, self.at)
        if match is None:
            raise self.fault("a brace that is not a quantifier; write it as \\{")
        self.at = match.end()
        return self.bounds(match)

    def bounds(self, match: re.Match[str]) -> tuple[int, int | None]:
        low = int(match[1][:9])
        high = low if match[2] is None else int(match[3][:9]) if match[3] else None
        if max(low, high or 0) > _MOST_REPEATS or (high is not None and high < low):
            raise self.fault(f"a quantifier out of range (0 to {_MOST_REPEATS}, the lower bound first)")
        return low, high

    def atom(self) -> Node:
        char = self.next()
        if char == ".":
            return Char(self.dot)
        if char in "^$":
            return Anchor("start" if char == "^" else "end")
        if char == "(":
            return self.group()
        if char == "[":
            return Char(self.character_class())
        if char == "\\":
            return self.escape()
        if char in "*+?{}]":
            raise self.fault(f"an unescaped {char!r}; write it as \\{char}")
        return Char(re.escape(char))

    def group(self) -> Node:
        if self.take("?"):
            if not self.take(":"):
                raise self.fault("look-around or inline flags, which XPath does not have; use sh:flags")
            item = self.choice()
            self.expect(")")
            return item
        self.groups += 1
        number = self.groups
        item = self.choice()
        self.expect(")")
        self.closed.add(number)
        return Group(item)

    def escape(self) -> Node:
        if self.peek().isascii() and self.peek() in "123456789" and self.peek():
            number = int(self.next())
            if number not in self.closed:
                raise self.fault(f"a back-reference to group {number}, which is not closed before it")
            return Backreference(number)
        return Char(self.escaped_set())

    def escaped_set(self) -> str:
        char = self.next() if self.peek() else ""
        if char in _CONTROL:
            return re.escape(_CONTROL[char])
        if char and char in "dDsSiIcCwW":
            return escape_set(char)
        if char and char in "pP":
            return self.property(negated=char == "P")
        if not char or char not in string.punctuation:
            raise self.fault(f"the escape \\{char}, which XPath does not have")
        return re.escape(char)

    def property(self, *, negated: bool) -> str:
        match = _PROPERTY.match(self.source, self.at)
        if match is None:
            raise self.fault("\\p without a name in braces")
        self.at = match.end()
        return property_set(match[1], negated=negated)

    def character_class(self) -> str:
        """Return the fragment of what follows an opening bracket, up to and with the closing one."""
        extended, self.extended = self.extended, False  # blanks count inside a class, even under the x flag
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fault(f"more than {_DEEPEST} classes inside one another")
        negated = self.take("^")
        members: list[str] = []
        subtracted = ""
        while not self.take("]") or not members:
            if members and self.source.startswith("-[", self.at):
                self.at += 2
                subtracted = self.character_class()
                self.expect("]")
                break
            members.append(self.member())
        self.depth -= 1
        self.extended = extended
        return _class_fragment(members, negated=negated, subtracted=subtracted)

    def member(self) -> str:
        low = self.class_character()
        if len(low) > 1 or not self.source.startswith("-", self.at):
            return low if len(low) > 1 else re.escape(low)
        if self.source[self.at + 1 : self.at + 2] in ("]", "[", ""):
            return re.escape(low)
        self.at += 1
        high = self.class_character()
        if len(high) > 1 or high < low:
            raise self.fault("a range of characters that does not rise")
        return f"[{re.escape(low)}-{re.escape(high)}]"

    def class_character(self) -> str:
        """Return one literal character, or the fragment (longer than one character) of an escaped set."""
        if not self.peek():
            raise self.fault("a bracket that is never closed")
        char = self.next()
        if char == "[":
            raise self.fault("an unescaped '[' inside a class; write it as \\[")
        if char == "]":
            raise self.fault("an empty class")
        if char != "\\":
            return char
        fragment = self.escaped_set()
        if fragment.startswith("["):
            return fragment
        return fragment[-1]

    def peek(self) -> str:
        while self.extended and self.source[self.at : self.at + 1] in ("\t", "\n", "\r", " "):
            self.at += 1
        return self.source[self.at : self.at + 1]

    def next(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def take(self, char: str) -> bool:
        if self.peek() != char:
            return False
        self.at += 1
        return True

    def expect(self, char: str) -> None:
        if not self.take(char):
            raise self.fault(f"a {char!r} is missing")

    def fault(self, what: str) -> ShapesError:
        return ShapesError(
            f"sh:pattern {self.source!r} is not an XPath regular expression: {what}, near character {self.at}.",
            advice="See XPath and XQuery Functions and Operators, section 5.6.1.",
        )


def _class_fragment(members: list[str], *, negated: bool, subtracted: str) -> str:
    """Return one character of the union (or of its complement) that is not in the subtracted set."""
    union = "|".join(members)
    base = rf"(?:(?!{union})[\s\S])" if negated else _union(members)
    return f"(?:(?!{subtracted}){base})" if subtracted else base


def _union(members: list[str]) -> str:
    """Return the members as one bracket where none is a complement, which is quicker than alternatives."""
    if any(member.startswith("[^") for member in members):
        return f"(?:{'|'.join(members)})"
    return "[" + "".join(_inner(member) for member in members) + "]"


def _inner(member: str) -> str:
    return member[1:-1] if len(member) > 2 and member.startswith("[") else _in_bracket(member)


def _in_bracket(char: str) -> str:
    return char if len(char) == 2 else "\\" + char if char in "[]^-\\&|~" else char
