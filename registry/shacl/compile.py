"""The compiler: a shapes graph in, a validator out, as pure functions over quads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from registry.model.validation import Term, ValidationReport, ValidationResult
from registry.shacl.background import Background
from registry.shacl.compiled import CompiledShape, SetCheck, ValueCheck
from registry.shacl.errors import ShapesError, UnsupportedShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.paths import walk_of
from registry.shacl.reading import read_disallowed, read_shapes
from registry.shacl.set_checks import set_check
from registry.shacl.shapes import Constraint, Shape, ShapeNode
from registry.shacl.sparql import SparqlData
from registry.shacl.sparql_checks import sparql_check
from registry.shacl.targets import focus_nodes
from registry.shacl.unique_values import unique_check
from registry.shacl.value_checks import value_check

if TYPE_CHECKING:
    from registry.shacl.context import RecordContext
    from registry.shacl.record_validator import RecordValidator

Version = Literal["1.0", "1.2"]
_DEEPEST = 100


def compile_shapes(shapes: Iterable[ox.Quad], *, version: Version = "1.0") -> CompiledShapes:
    """Return the shapes compiled, ready to validate any number of graphs and records.

    `version` "1.2" also evaluates sh:singleLine, sh:rootClass, sh:uniqueValuesFor, sh:closed sh:ByTypes, lists in
    sh:class and sh:datatype, and sh:conformanceDisallows, from the draft of SHACL 1.2. Nothing is fetched: owl:imports
    is not followed. Raises ShapesError for shapes that are ill-formed or recursive, UnsupportedShapesError for what is
    not evaluated here.
    """
    graph = DataGraph.of(shapes)
    read = read_shapes(graph, version)
    disallows = read_disallowed(graph, version)
    compiler = _Compiler(read, disallows)
    compiled = {node: compiler.shape(node) for node in read}
    return CompiledShapes(read, compiled, tuple(graph.quads()), disallows)


class CompiledShapes:
    """Shapes that validate. Frozen after compilation and safe to share between threads.

    `shapes` holds them as they were read, by node, with their names, descriptions, order and groups.
    """

    def __init__(
        self,
        shapes: dict[ShapeNode, Shape],
        compiled: dict[ShapeNode, CompiledShape],
        quads: tuple[ox.Quad, ...],
        disallows: frozenset[Term] | None = None,
    ) -> None:
        self.shapes = shapes
        self.compiled = compiled
        self.quads = quads
        self.disallows = disallows
        self.targeted = tuple(shape for shape in shapes.values() if shape.targets and not shape.deactivated)

    def validate_graph(self, data: Iterable[ox.Quad], background: Background | None = None) -> ValidationReport:
        """Return the report on the data's focus nodes, by SHACL 1.0; terms keep the forms they were parsed with.

        The background is visible to the data and never a focus node, unless a sh:targetNode names one of its nodes.
        Raises ShapesError where a query of the shapes cannot be evaluated, InvalidInputError for triple terms.
        """
        return self.validate_data(DataGraph.of(data, background))

    def for_records(self, context: RecordContext, background: Background | None = None) -> RecordValidator:
        """Return the validator of JSON records that a context gives their meaning, over a frozen background."""
        from registry.shacl.record_validator import RecordValidator

        return RecordValidator(self, context, background)

    def validate_data(self, graph: DataGraph) -> ValidationReport:
        """Return the report on an index of the data; the index is spent afterwards."""
        graph.cache["shapes"] = self.quads
        try:
            return self._report(graph)
        finally:
            _forget_queries(graph)

    def _report(self, graph: DataGraph) -> ValidationReport:
        chosen = [(shape, focus_nodes(shape, graph)) for shape in self.targeted]
        graph.believe({node for _, nodes in chosen for node in nodes})
        _forget_queries(graph)  # the targets' queries saw the data before it was reduced to what is believed
        results: list[ValidationResult] = []
        for shape, nodes in chosen:
            report = self.compiled[shape.node].report
            for node in nodes:
                report(node, graph, results)
        return ValidationReport(self.conforming(results), tuple(results))

    def conforming(self, results: Iterable[ValidationResult]) -> bool:
        """Say whether data with these results conforms: none is of a severity that disallows it."""
        return not any(self.disallows is None or each.severity in self.disallows for each in results)


def _forget_queries(graph: DataGraph) -> None:
    data: SparqlData | None = graph.cache.pop("sparql", None)
    if data is not None:
        data.close()


class _Compiler:
    """Compiles shapes in the order they refer to each other; a circle of references is refused."""

    def __init__(self, shapes: dict[ShapeNode, Shape], disallows: frozenset[Term] | None) -> None:
        self.shapes = shapes
        self.disallows = disallows
        self.done: dict[ShapeNode, CompiledShape] = {}
        self.open: dict[ShapeNode, None] = {}

    def shape(self, node: ShapeNode) -> CompiledShape:
        if node in self.done:
            return self.done[node]
        if node in self.open:
            circle = " → ".join(str(each) for each in [*self.open, node])
            raise UnsupportedShapesError(
                f"The shapes refer to themselves: {circle}.",
                advice="Recursion is undefined in SHACL 1.0: break the circle.",
            )
        if len(self.open) >= _DEEPEST:
            raise ShapesError(f"More than {_DEEPEST} shapes are nested in one another.", advice="Flatten them.")
        self.open[node] = None
        self.done[node] = self._compiled(self.shapes[node])
        del self.open[node]
        return self.done[node]

    def _compiled(self, shape: Shape) -> CompiledShape:
        compiled = CompiledShape(shape.node, shape.path, None if shape.path is None else walk_of(shape.path))
        compiled.severity, compiled.messages, compiled.deactivated = shape.severity, shape.messages, shape.deactivated
        compiled.harmless = self.disallows is not None and shape.severity not in self.disallows
        checks = [self._check(constraint, shape) for constraint in shape.constraints]
        compiled.value_checks = tuple(each for each in checks if isinstance(each, ValueCheck))
        compiled.set_checks = tuple(each for each in checks if isinstance(each, SetCheck))
        compiled.properties = tuple(self.shape(node) for node in shape.properties)
        return compiled

    def _check(self, constraint: Constraint, shape: Shape) -> ValueCheck | SetCheck:
        check = (
            value_check(constraint, self.shape)
            or set_check(constraint, self.shape)
            or sparql_check(constraint, shape)
            or unique_check(constraint, shape)
        )
        if check is None:
            raise UnsupportedShapesError(f"{shape.node} has a {constraint.component}, which is not evaluated here.")
        return check
