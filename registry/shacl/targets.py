"""The focus nodes that a shape's targets select from the data (SHACL, section 2.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import Shape, Target
from registry.shacl.sparql import SparqlData


def focus_nodes(shape: Shape, graph: DataGraph) -> tuple[Term, ...]:
    """Return the focus nodes that the shape's targets select, each once.

    What validation has selected before it reduced the data to what is believed is taken from the graph's cache.
    """
    known: dict[Term, tuple[Term, ...]] = graph.cache.setdefault("targets", {})
    if shape.node not in known:
        found = (node for target in shape.targets for node in _selected(target, graph))
        known[shape.node] = tuple(dict.fromkeys(found))
    return known[shape.node]


def _selected(target: Target, graph: DataGraph) -> Iterable[Term]:
    match target.kind, target.value:
        case "class", class_:
            return graph.instances(class_)
        case "node", node:
            return (node,)
        case "subjects_of", predicate:
            return [subject for subject, about in graph.forward.items() if predicate in about]
        case "objects_of", ox.NamedNode() as predicate:
            return [object_ for about in graph.forward.values() for object_ in about.get(predicate, ())]
        case _:
            return _queried(target, graph)


def _queried(target: Target, graph: DataGraph) -> Iterator[Term]:
    """Yield the ?this of a SPARQL target's solutions that the data, not only the background, describes or mentions."""
    if target.query is None:
        raise ShapesError(f"The target {target.value} has no query.")
    own = {term for quad in graph.quads() for term in (quad.subject, quad.object)}
    for solution in SparqlData.of(graph).select(target.query, {}):
        node = solution.get("this")
        if node is not None and node in own:
            yield node
