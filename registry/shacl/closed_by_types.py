"""The properties that sh:closed sh:ByTypes permits for nodes of each type (SHACL 1.2 draft, sh:closed)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.background import reachable
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import PropertiesByTypes
from registry.shacl.vocabulary import RDF_TYPE, RDFS_CLASS, RDFS_SUBCLASS_OF, sh

_NODE_SHAPE = sh("NodeShape")


def declared_properties(graph: DataGraph, shape: Term) -> Iterator[ox.NamedNode]:
    """Yield the IRIs that sh:property/sh:path leads to from the shape."""
    for property_shape in graph.objects(shape, sh("property")):
        for path in graph.objects(property_shape, sh("path")):
            if isinstance(path, ox.NamedNode):
                yield path


def properties_by_types(graph: DataGraph, ignored: frozenset[Term]) -> PropertiesByTypes:
    """Return what the shapes graph declares for each type: on itself, on shapes of it, and on what is above them."""
    types = {target for about in graph.forward.values() for target in about.get(sh("targetClass"), ())}
    types |= set(graph.forward)
    declared = {type_: _collected(graph, type_) for type_ in types if isinstance(type_, ox.NamedNode)}
    always = {RDF_TYPE, *(each for each in ignored if isinstance(each, ox.NamedNode))}
    return PropertiesByTypes({type_: found for type_, found in declared.items() if found}, frozenset(always))


def _collected(graph: DataGraph, type_: Term) -> frozenset[ox.NamedNode]:
    visited = reachable(type_, lambda node: _next(graph, node))
    return frozenset(path for node in visited for path in declared_properties(graph, node))


def _next(graph: DataGraph, node: Term) -> Iterator[Term]:
    """Yield the nodes whose properties the node has, too: classes above, shapes of the class, shapes it includes."""
    if graph.is_instance(node, RDFS_CLASS):
        yield from graph.objects(node, RDFS_SUBCLASS_OF)
        yield from graph.subjects(node, sh("targetClass"))
    if graph.is_instance(node, _NODE_SHAPE):
        yield from graph.objects(node, sh("node"))
