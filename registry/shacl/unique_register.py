"""sh:uniqueValuesFor across records: exact, with a bounded memory however many records there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self

import pyoxigraph as ox

from registry.model.validation import Term, ValidationResult
from registry.shacl.compile import CompiledShapes
from registry.shacl.compiled import CompiledShape, Finding, SetCheck
from registry.shacl.graph import DataGraph
from registry.shacl.messages import short
from registry.shacl.unique_values import UniqueKey, Values, unique_keys

_CACHE_KB: Final = 8_000
_HELD: Final = 1_000
_REPEATED: Final = """
SELECT seen.node, seen.place, seen.shape, seen.at, least, most FROM
  (SELECT shape, at, shared, MIN(node) AS least, MAX(node) AS most FROM seen
   GROUP BY shape, at, shared HAVING MIN(node) <> MAX(node))
JOIN seen USING (shape, at, shared) WHERE NOT seen.told ORDER BY seen.place
"""


def keys_of(shapes: CompiledShapes, graph: DataGraph) -> list[UniqueKey]:
    """Return what a graph that the shapes have validated adds to the register; nothing for most shapes."""
    return [
        key
        for shape in shapes.targeted
        for at, each in enumerate(shape.constraints)
        if each.name == "uniqueValuesFor"
        for key in unique_keys(shape, at, each.argument, graph)
    ]


class UniqueRegister:
    """The values of the target nodes of many graphs, and which of them have the same.

    Nodes of the same IRI are one node, whichever graphs they are in; blank nodes of two graphs are two. Values are
    compared as they were written. They are kept in a private temporary database of SQLite, which has no name, grows on
    disk beyond 8 MB, and is gone when it is closed. For one thread.
    """

    def __init__(self, shapes: CompiledShapes) -> None:
        self._shapes = shapes
        self._nodes = {str(shape.node): shapes.compiled[shape.node] for shape in shapes.targeted}
        self._held: list[tuple[str, int, str, str, int, bool]] = []
        self._database = sqlite3.connect("", isolation_level=None)
        for setting in (f"cache_size=-{_CACHE_KB}", "temp_store=FILE", "journal_mode=OFF", "synchronous=OFF"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute("CREATE TABLE seen (shape, at, shared, node, place, told)")
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def add(self, place: int, keys: Iterable[UniqueKey]) -> None:
        """Take what the graph at a place, such as the line of a stream, has said."""
        for key in keys:
            node, shared = _node_text(key.node, place), _values_text(key.values, place)
            self._held.append((str(key.shape), key.constraint, shared, node, place, key.repeated))
        if len(self._held) >= _HELD:
            self._write()

    def repeated(self) -> Iterator[tuple[int, ValidationResult]]:
        """Yield place and result for every node that has the same values as one of another graph, by place.

        What a graph repeats within itself is in its own report and left out here.
        """
        self._write()
        self._database.execute("CREATE INDEX IF NOT EXISTS by_values ON seen (shape, at, shared, node)")
        for node, place, shape, at, least, most in self._database.execute(_REPEATED):
            yield place, self._result(node, self._nodes[shape], at, most if node == least else least)

    def _write(self) -> None:
        self._database.executemany("INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?)", self._held)
        self._held.clear()

    def _result(self, node: str, shape: CompiledShape, at: int, other: str) -> ValidationResult:
        finding = Finding(found=f"the same at {short(_term(other))}")
        return shape.set_result(_term(node), self._check(shape, at), finding)

    def _check(self, shape: CompiledShape, at: int) -> SetCheck:
        """Return the compiled check of the shape's constraint at that place among its constraints."""
        constraints = self._shapes.shapes[shape.node].constraints
        earlier = sum(each.name == "uniqueValuesFor" for each in constraints[:at])
        return [check for check in shape.set_checks if check.name == "uniqueValuesFor"][earlier]


def _node_text(node: Term, place: int) -> str:
    return f"_:{place}.{node.value}" if isinstance(node, ox.BlankNode) else node.value


def _term(text: str) -> Term:
    return ox.BlankNode(text.partition(".")[2]) if text.startswith("_:") else ox.NamedNode(text)


def _values_text(values: Values, place: int) -> str:
    """Return values as a text of their own: terms in N-Triples one a line, a point after those of each property."""
    return "\n.\n".join("\n".join(sorted(_value_text(each, place) for each in terms)) for terms in values)


def _value_text(value: Term, place: int) -> str:
    return _node_text(value, place) if isinstance(value, ox.BlankNode) else str(value)
