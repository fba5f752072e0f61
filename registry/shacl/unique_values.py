"""sh:uniqueValuesFor (SHACL 1.2 draft): no two target nodes of a shape have exactly the same values.

Within one graph it is a check like any other. Across the records of a stream, each a graph of its own, the values of
every target node are registered and compared at the end (`registry.shacl.unique_register`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.compiled import Finding, SetCheck
from registry.shacl.graph import DataGraph
from registry.shacl.messages import short
from registry.shacl.shapes import Constraint, Shape, ShapeNode
from registry.shacl.targets import focus_nodes

Properties: TypeAlias = "tuple[ox.NamedNode, ...]"
Values: TypeAlias = "tuple[frozenset[Term], ...]"
Select: TypeAlias = "Callable[[Shape, DataGraph], Collection[Term]]"


class UniqueKey(NamedTuple):
    """The values of one target node, for which constraint they are, and whether the graph itself repeats them."""

    shape: ShapeNode
    constraint: int
    node: Term
    values: Values
    repeated: bool


def unique_check(constraint: Constraint, shape: Shape) -> SetCheck | None:
    """Return the check of a sh:uniqueValuesFor of the shape, or None for another constraint."""
    if constraint.name != "uniqueValuesFor":
        return None
    test = partial(_test, shape, constraint.argument)
    return SetCheck(constraint.component, constraint.name, test, expectation(constraint.argument))


def expectation(properties: Properties) -> str:
    """Return in words what the constraint on these properties wants."""
    return f"values of {' and '.join(short(each) for each in properties)} that no other node has"


def unique_keys(shape: Shape, at: int, properties: Properties, graph: DataGraph) -> Iterator[UniqueKey]:
    """Yield what the target nodes of a validated graph add to the register: nodes without any value add nothing."""
    for values, nodes in _index(shape, properties, graph).items():
        for node in nodes:
            yield UniqueKey(shape.node, at, node, values, len(nodes) > 1)


def _test(
    shape: Shape, properties: Properties, _: Term, values: Collection[Term], graph: DataGraph
) -> Iterator[Finding]:
    index = _index(shape, properties, graph)
    for value in values:
        own = _values_of(value, properties, graph)
        other = next((each for each in index.get(own, ()) if each != value), None)
        if other is not None:
            yield Finding(found=f"the same at {short(other)}")


def _index(shape: Shape, properties: Properties, graph: DataGraph) -> dict[Values, list[Term]]:
    """Return the target nodes by their values, made once for a graph; nodes without any value are left out."""
    known: dict[object, dict[Values, list[Term]]] = graph.cache.setdefault("unique", {})
    key = (shape.node, properties)
    if key not in known:
        known[key] = {}
        for node in focus_nodes(shape, graph):
            values = _values_of(node, properties, graph)
            if any(values):
                known[key].setdefault(values, []).append(node)
    return known[key]


def _values_of(node: Term, properties: Properties, graph: DataGraph) -> Values:
    return tuple(frozenset(graph.objects(node, each)) for each in properties)
