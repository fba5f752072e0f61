"""Regular expressions as XPath has them, not as Python does."""

from __future__ import annotations

import re

import pytest

from registry.errors import TooLargeError
from registry.shacl import ShapesError
from registry.shacl.regex import compile_pattern
from registry.shacl.regex.automaton import build_automaton

CASES = [
    ("^[A-Z]{3}$", "ABC", True, ""),
    ("^[A-Z]{3}$", "ABC\n", False, ""),
    ("^$", "\n", False, ""),
    (r"^\d$", "٣", True, ""),
    (r"^\D$", "٣", False, ""),
    (r"^\p{Lu}\P{Lu}$", "Ab", True, ""),
    (r"^\p{IsGreek}$", "α", True, ""),
    (r"^\w+$", "a€b", True, ""),
    (r"^\w+$", "a_b", False, ""),
    (r"^\W$", "_", True, ""),
    (r"^\s$", "\u00a0", False, ""),
    (r"^\i\c*$", "x-1.y", True, ""),
    (r"^\i\c*$", "1x", False, ""),
    (r"^\I\C$", "1 ", True, ""),
    ("^[a-z-[aeiou]]+$", "xyz", True, ""),
    ("^[a-z-[aeiou]]+$", "xaz", False, ""),
    ("^[^a-c-[x]]$", "x", False, ""),
    (r"^[\D]$", "5", False, ""),
    (r"^[\d\-x]+$", "5-x", True, ""),
    ("^[-a]+[b-]$", "a--", True, ""),
    ("^a.c$", "a\nc", False, ""),
    ("^a.c$", "a\nc", True, "s"),
    ("^b$", "a\nb\nc", True, "m"),
    ("^b$", "a\nb\nc", False, ""),
    ("^$", "a\n", False, "m"),
    ("É", "é", True, "i"),
    ("a b # c", "ab#c", True, "x"),
    ("[a b]c", "xa c", True, "x"),
    ("[a b]{2}", "a ", True, "x"),
    ("a.b", "a.b", True, "q"),
    ("a.b", "axb", False, "q"),
    ("a??b", "b", True, ""),
    ("^(?:ab|c){2,3}$", "abcab", True, ""),
    (r"^(a|b)\1$", "aa", True, ""),
    (r"^(a|b)\1$", "ab", False, ""),
    ("", "anything", True, ""),
    ("^x{0}$", "", True, ""),
    (r"\/\@\-", "/@-", True, ""),
    ("^.$", "😀", True, ""),
]


@pytest.mark.parametrize(("pattern", "text", "matches", "flags"), CASES)
def test_a_pattern_matches_as_xpath_says(pattern: str, text: str, matches: bool, flags: str) -> None:
    assert compile_pattern(pattern, flags).search(text) is matches


@pytest.mark.parametrize(("pattern", "text", "matches", "flags"), [case for case in CASES if r"\1" not in case[0]])
def test_the_automaton_agrees(pattern: str, text: str, matches: bool, flags: str) -> None:
    tree = compile_pattern(pattern, flags).tree
    options = re.IGNORECASE if "i" in flags else 0
    assert build_automaton(tree, flags=options, multiline="m" in flags).search(text) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        *("(?=a)", "(?<!a)", "(?i)a", r"\b", r"\x41", "a**", "[", "[]", "(", "a)", "{", "a{2,1}", "a{1", "[z-a]"),
        *("*", "^*", "\\", r"\p{Nonsense}", r"\p{IsNowhere}", r"\pL", r"(a\1)", r"\2", "a{99999}", "(a{500}){500}"),
        "(" * 300 + ")" * 300,
    ],
)
def test_what_xpath_does_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(ShapesError):
        compile_pattern(pattern)


def test_back_references_are_bounded() -> None:
    pattern = compile_pattern(r"(a*)*\1b")
    with pytest.raises(TooLargeError):
        pattern.search("a" * 10_000)


def test_large_counts_over_long_texts_are_bounded() -> None:
    pattern = compile_pattern("^(?:a{0,90}b?){0,90}$")
    assert pattern.search("ab" * 20)
    with pytest.raises(TooLargeError):
        pattern.search("a" * 100_000)
