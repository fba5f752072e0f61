"""From a shapes graph to shapes: targets, paths, severities and constraints, with every syntax rule checked.

A shape that is ill-formed, and any `sh:` term that is unknown or not evaluated here, is refused: ignoring it would
report "conforms" for data nobody checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.parameters import READERS, ParameterReader
from registry.shacl.paths import read_path
from registry.shacl.queries import SparqlComponent, read_components, read_query
from registry.shacl.shapes import Constraint, Shape, ShapeNode, Target
from registry.shacl.terms import check_terms
from registry.shacl.vocabulary import (
    DISALLOWED,
    IN_BRANCH,
    PARAMETERS,
    PARAMETERS_1_2,
    RDF_TYPE,
    RDFS_CLASS,
    TARGETS,
    VIOLATION,
    sh,
)

_ABOUT = ("name", "description", "order", "group", "defaultValue")
_NODE_SHAPE, _PROPERTY_SHAPE = sh("NodeShape"), sh("PropertyShape")


def read_shapes(graph: DataGraph, version: Literal["1.0", "1.2"]) -> dict[ShapeNode, Shape]:
    """Return every shape of the shapes graph by its node, in the order of the graph. Raises ShapesError."""
    check_terms(graph, version)
    reader = _ShapesReader(graph, version)
    for node in reader.declared():
        reader.read(node)
    return reader.shapes


def read_disallowed(graph: DataGraph, version: Literal["1.0", "1.2"]) -> frozenset[Term] | None:
    """Return the severities whose results keep data from conforming; None, as in SHACL 1.0, where any does.

    In the draft of SHACL 1.2 they are the values of sh:conformanceDisallows, wherever in the shapes graph it stands.
    """
    if version == "1.0":
        return None
    found = {each for about in graph.forward.values() for each in about.get(sh("conformanceDisallows"), ())}
    for each in found:
        if not isinstance(each, ox.NamedNode):
            raise ShapesError(f"sh:conformanceDisallows is {each}.", advice="It has to be the IRI of a severity.")
    return frozenset(found) or frozenset(DISALLOWED)


class _ShapesReader:
    """Reads shapes as they are referred to, each once."""

    def __init__(self, graph: DataGraph, version: Literal["1.0", "1.2"]) -> None:
        self.graph = graph
        self.version = version
        self.components = read_components(graph)
        self.shapes: dict[ShapeNode, Shape] = {}
        names = PARAMETERS | TARGETS | (PARAMETERS_1_2 if version == "1.2" else frozenset())
        own = {predicate for component in self.components for predicate in component.parameters.values()}
        self.markers = {sh(name) for name in names} | own | {IN_BRANCH}

    def declared(self) -> Iterator[ShapeNode]:
        """Yield the nodes that are shapes by their type, or by having a target or a parameter (SHACL, section 2.1)."""
        declarations = {each for component in self.components for each in component.declarations}
        for node, about in list(self.graph.forward.items()):
            types = about.get(RDF_TYPE, {})
            is_shape = _NODE_SHAPE in types or _PROPERTY_SHAPE in types or not self.markers.isdisjoint(about)
            if is_shape and node not in declarations and not isinstance(node, ox.Literal):
                yield node

    def read(self, node: ShapeNode) -> None:
        waiting: list[ShapeNode] = [node]
        while waiting:
            each = waiting.pop()
            if each not in self.shapes:
                shape, referred = self._shape(each)
                self.shapes[each] = shape
                waiting.extend(reversed(referred))

    def _shape(self, node: ShapeNode) -> tuple[Shape, list[ShapeNode]]:
        parameters = ParameterReader(self.graph, node, self.version)
        constraints = tuple(self._constraints(parameters))
        path = parameters.optional("path")
        shape = Shape(
            node=node,
            path=None if path is None else read_path(self.graph, path),
            targets=tuple(self._targets(parameters)),
            constraints=constraints,
            properties=tuple(parameters.property_shapes()),
            severity=parameters.severity(VIOLATION),
            messages=parameters.messages(),
            deactivated=parameters.flag("deactivated"),
            about={name: found for name in _ABOUT if (found := tuple(parameters.values(name)))},
        )
        self._check_kind(shape)
        return shape, [*parameters.referred]

    def _constraints(self, parameters: ParameterReader) -> Iterator[Constraint]:
        for name, read in READERS.items():
            if name not in PARAMETERS_1_2 or self.version == "1.2":
                yield from read(parameters)
        for component in self.components:
            yield from _applied(component, parameters)

    def _targets(self, parameters: ParameterReader) -> Iterator[Target]:
        node = parameters.node
        for class_ in parameters.iris("targetClass"):
            yield Target("class", class_)
        types = self.graph.forward.get(node, {}).get(RDF_TYPE, {})
        implicit = {_NODE_SHAPE, _PROPERTY_SHAPE} & set(types)
        if implicit and isinstance(node, ox.NamedNode) and self.graph.is_instance(node, RDFS_CLASS):
            yield Target("class", node)
        for each in parameters.values("targetNode"):
            if isinstance(each, ox.BlankNode):
                raise parameters.fault("targetNode", each, "an IRI or a literal")
            yield Target("node", each)
        for predicate in parameters.iris("targetSubjectsOf"):
            yield Target("subjects_of", predicate)
        for predicate in parameters.iris("targetObjectsOf"):
            yield Target("objects_of", predicate)
        for each in parameters.values("target"):
            yield Target("sparql", each, read_query(self.graph, each, form="select", prebound=frozenset()))

    def _check_kind(self, shape: Shape) -> None:
        types = self.graph.forward.get(shape.node, {}).get(RDF_TYPE, {})
        if shape.path is None and _PROPERTY_SHAPE in types:
            raise ShapesError(f"The property shape {shape.node} has no sh:path.", advice="Give it one sh:path.")
        if shape.path is not None and _NODE_SHAPE in types:
            raise ShapesError(f"The node shape {shape.node} has a sh:path.", advice="Type it sh:PropertyShape instead.")


def _applied(component: SparqlComponent, parameters: ParameterReader) -> Iterable[Constraint]:
    """Yield the constraints a SPARQL-based component declares on the shape (SHACL, section 6)."""
    found = {name: list(parameters.objects(predicate)) for name, predicate in component.parameters.items()}
    if not all(found[name] for name in component.mandatory):
        return
    if len(component.parameters) > 1 and any(len(values) > 1 for values in found.values()):
        raise ShapesError(f"{parameters.node} gives a parameter of {component.node} more than one value.")
    for chosen in _choices(found):
        yield component.constraint(chosen, property_shape=parameters.is_property_shape)


def _choices(found: Mapping[str, list[Term]]) -> Iterator[dict[str, Term]]:
    if len(found) != 1:
        yield {name: values[0] for name, values in found.items() if values}
        return
    [(name, values)] = found.items()
    for value in values:
        yield {name: value}
