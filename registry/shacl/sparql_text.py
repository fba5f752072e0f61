"""SPARQL as text: its tokens, what a query in a shapes graph may not contain, and pre-binding by substitution.

SHACL, appendix A (pre-binding of variables), defines the restrictions that make substitution well-defined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

import pyoxigraph as ox

from registry.shacl.errors import ShapesError, UnsupportedShapesError

_TOKEN: Final = re.compile(
    r"(?P<blank>\s+|\#[^\n]*)"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r'|(?P<string>"""(?:(?:"|"")?(?:[^"\\]|\\.))*"""|\'\'\'(?:(?:\'|\'\')?(?:[^\'\\]|\\.))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\')'
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<name>[^\W\d][\w.\-]*(?::[\w.\-:%\\]*)?|:[\w.\-:%\\]*|_:[\w.\-]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_REFUSED: Final = {
    "SERVICE": "it would reach the network",
    "FROM": "it names another dataset",
    "LOAD": "it would reach the network",
    "MINUS": "pre-binding is not defined in it",
    "VALUES": "pre-binding is not defined in it",
}


class Token(NamedTuple):
    """A piece of query text and its kind: blank, iri, string, variable, name or other."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword this token may be, in capitals."""
        return self.text.upper() if self.kind == "name" else ""


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of the query; joined they are the text again."""
    return [Token(match.lastgroup or "other", match.group()) for match in _TOKEN.finditer(text)]


def check_query(text: str, form: str, prebound: frozenset[str]) -> None:
    """Raise ShapesError when the query is not one that a shapes graph may contain.

    It must be a SELECT or ASK query that parses. SERVICE, FROM and LOAD are refused, and so is what SHACL's appendix
    A excludes: MINUS, VALUES, `AS ?v` for a pre-bound variable, and nested SELECTs that do not return all of them.
    """
    tokens = [token for token in tokens_of(text) if token.kind != "blank"]
    for token in tokens:
        if token.word in _REFUSED:
            raise UnsupportedShapesError(
                f"A query of the shapes graph uses {token.word}: {_REFUSED[token.word]}.",
                advice=text.strip(),
            )
    _check_assignments(tokens, prebound)
    _check_nested(tokens, prebound)
    _check_syntax(text, form)


def _check_assignments(tokens: list[Token], prebound: frozenset[str]) -> None:
    for before, token in pairwise(tokens):
        if before.word == "AS" and token.kind == "variable" and token.text[1:] in prebound:
            raise ShapesError(f"A query of the shapes graph assigns to the pre-bound variable {token.text}.")


def _check_nested(tokens: list[Token], prebound: frozenset[str]) -> None:
    selects = [at for at, token in enumerate(tokens) if token.word == "SELECT"]
    for at in selects:
        if at == 0 or tokens[at - 1].text != "{":
            continue
        returned = {token.text[1:] for token in _projection(tokens[at + 1 :]) if token.kind == "variable"}
        if missing := prebound - returned:
            names = ", ".join(sorted(missing))
            raise ShapesError(f"A nested SELECT of the shapes graph does not return the pre-bound {names}.")


def _projection(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.word == "WHERE" or token.text == "{":
            return
        yield token


def _check_syntax(text: str, form: str) -> None:
    """Parse the query on an empty store: a property path stands in for $PATH."""
    words = [token.word for token in tokens_of(text) if token.word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")]
    if not words or words[0] != form.upper():
        raise ShapesError(f"sh:{form} holds a query of another form: {text.strip()}")
    try:
        ox.Store().query(prebind(text, {"PATH": "<urn:x-path>"}))
    except (SyntaxError, ValueError) as error:
        raise ShapesError(f"A query of the shapes graph does not parse: {error}", advice=text.strip()) from error


def prebind(text: str, bindings: Mapping[str, str], rename: Mapping[str, str] | None = None) -> str:
    """Return the query with the variables replaced by terms in SPARQL syntax, and function names by other names.

    Variables stay where the grammar allows nothing else: in projections, GROUP BY and ORDER BY. `bound(?v)` of a
    pre-bound variable is `true`.
    """
    tokens = tokens_of(text)
    parts: list[str] = []
    scope = _Scope()
    at = 0
    while at < len(tokens):
        token = tokens[at]
        scope.see(token)
        if token.word == "BOUND" and (end := _bound_call(tokens, at, bindings)):
            parts.append("(true)")
            at = end
            continue
        parts.append(_replaced(token, bindings, rename or {}, scope))
        at += 1
    return "".join(parts)


def _replaced(token: Token, bindings: Mapping[str, str], rename: Mapping[str, str], scope: _Scope) -> str:
    if token.kind == "variable" and token.text[1:] in bindings and not scope.names_only:
        return bindings[token.text[1:]]
    return rename.get(token.word.lower(), token.text) if token.kind == "name" else token.text


def _bound_call(tokens: list[Token], at: int, bindings: Mapping[str, str]) -> int:
    """Return the position behind `bound(?v)` when ?v is pre-bound, else 0."""
    solid = [(place, token) for place, token in enumerate(tokens[at + 1 : at + 10], at + 1) if token.kind != "blank"]
    match [token.text for _, token in solid[:3]]:
        case ["(", variable, ")"] if variable[:1] in "?$" and variable[1:] in bindings:
            return solid[2][0] + 1
    return 0


class _Scope:
    """Follows a query's clauses, to know where a variable's name stands that no term may replace."""

    def __init__(self) -> None:
        self.clause = ""
        self.depth = 0

    @property
    def names_only(self) -> bool:
        return self.clause in ("SELECT", "GROUP", "ORDER") and self.depth == 0

    def see(self, token: Token) -> None:
        if token.word in ("SELECT", "GROUP", "ORDER", "HAVING", "WHERE", "LIMIT", "OFFSET"):
            self.clause, self.depth = token.word, 0
        elif token.text in "{}":
            self.clause, self.depth = "", 0
        elif token.text in "()":
            self.depth += 1 if token.text == "(" else -1
