"""SHACL property paths (section 2.3.1): read from a shapes graph, walked over a data graph."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, TypeAlias

import pyoxigraph as ox

from registry.model.validation import AlternativePath, InversePath, Path, RepeatedPath, SequencePath, Term
from registry.shacl.background import reachable
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.vocabulary import RDF_FIRST, RDF_NIL, RDF_REST, sh

Walk: TypeAlias = "Callable[[Term, DataGraph], Collection[Term]]"

_MODIFIERS: dict[ox.NamedNode, Literal["*", "+", "?"]] = {
    sh("zeroOrMorePath"): "*",
    sh("oneOrMorePath"): "+",
    sh("zeroOrOnePath"): "?",
}


def read_list(graph: DataGraph, head: Term) -> tuple[Term, ...]:
    """Return the members of an RDF list. Raises ShapesError for a list that is ill-formed or goes in circles."""
    members: list[Term] = []
    seen: set[Term] = set()
    while head != RDF_NIL:
        first, rest = graph.objects(head, RDF_FIRST), graph.objects(head, RDF_REST)
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise ShapesError(f"{head} is not a well-formed RDF list.", advice="Give it an rdf:first and an rdf:rest.")
        seen.add(head)
        members.append(*first)
        (head,) = rest
    return tuple(members)


def read_path(graph: DataGraph, node: Term, inside: frozenset[Term] = frozenset()) -> Path:
    """Return the path that the node of the shapes graph stands for. Raises ShapesError where it is ill-formed."""
    if isinstance(node, ox.NamedNode):
        return node
    if isinstance(node, ox.Literal) or node in inside:
        raise ShapesError(f"{node} is not a SHACL path.", advice="Paths are IRIs or blank nodes and never recursive.")
    inside = inside | {node}
    if graph.objects(node, RDF_FIRST):
        return SequencePath(_members(graph, node, inside))
    if alternatives := graph.objects(node, sh("alternativePath")):
        return AlternativePath(_members(graph, _only(node, alternatives), inside))
    if inverse := graph.objects(node, sh("inversePath")):
        return InversePath(read_path(graph, _only(node, inverse), inside))
    for predicate, modifier in _MODIFIERS.items():
        if repeated := graph.objects(node, predicate):
            return RepeatedPath(read_path(graph, _only(node, repeated), inside), modifier)
    raise ShapesError(f"{node} is not a SHACL path.", advice="Use a predicate, a list, or a path term of SHACL.")


def _members(graph: DataGraph, head: Term, inside: frozenset[Term]) -> tuple[Path, ...]:
    members = read_list(graph, head)
    if len(members) < 2:
        raise ShapesError(f"The path {head} has fewer than two members.", advice="Use the member itself as the path.")
    return tuple(read_path(graph, member, inside) for member in members)


def _only(node: Term, values: Collection[Term]) -> Term:
    if len(values) != 1:
        raise ShapesError(f"The path {node} states its kind more than once.", advice="Give it one value.")
    return next(iter(values))


def walk_of(path: Path) -> Walk:
    """Return the function from a node and a graph to the path's value nodes, each once (SHACL, section 2.3.2)."""
    match path:
        case ox.NamedNode():
            return lambda node, graph: graph.objects(node, path)
        case InversePath(ox.NamedNode() as predicate):
            return lambda node, graph: graph.subjects(node, predicate)
        case InversePath(inner):
            return walk_of(_inverted(inner))
        case SequencePath(paths):
            return _sequence([walk_of(each) for each in paths])
        case AlternativePath(paths):
            return _alternative([walk_of(each) for each in paths])
        case RepeatedPath(inner, modifier):
            return _repeated(walk_of(inner), modifier)


def _inverted(path: Path) -> Path:
    """Return the path walked backwards, as a path whose inverse steps are predicates only."""
    match path:
        case ox.NamedNode():
            return InversePath(path)
        case InversePath(inner):
            return inner
        case SequencePath(paths):
            return SequencePath(tuple(_inverted(each) for each in reversed(paths)))
        case AlternativePath(paths):
            return AlternativePath(tuple(_inverted(each) for each in paths))
        case RepeatedPath(inner, modifier):
            return RepeatedPath(_inverted(inner), modifier)


def _sequence(walks: list[Walk]) -> Walk:
    def walk(node: Term, graph: DataGraph) -> Collection[Term]:
        nodes: Collection[Term] = (node,)
        for step in walks:
            nodes = {found: None for each in nodes for found in step(each, graph)}
        return nodes

    return walk


def _alternative(walks: list[Walk]) -> Walk:
    return lambda node, graph: {found: None for step in walks for found in step(node, graph)}


def _repeated(step: Walk, modifier: Literal["*", "+", "?"]) -> Walk:
    if modifier == "?":
        return lambda node, graph: {node: None} | dict.fromkeys(step(node, graph))
    if modifier == "*":
        return lambda node, graph: reachable(node, lambda each: step(each, graph))
    return lambda node, graph: {
        found: None for first in step(node, graph) for found in reachable(first, lambda each: step(each, graph))
    }
