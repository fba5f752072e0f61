"""Constraints stated in SPARQL (SHACL, sections 5 and 6), compiled to checks like those of the Core."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

import pyoxigraph as ox

from registry.model.validation import Path, Term
from registry.shacl.compiled import Finding, SetCheck
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.messages import render, variables_of
from registry.shacl.shapes import Constraint, Query, Shape, Validator
from registry.shacl.sparql import Solution, SparqlData


def sparql_check(constraint: Constraint, shape: Shape) -> SetCheck | None:
    """Return the check of a sh:sparql constraint or of a SPARQL-based component, or None for another constraint."""
    argument = constraint.argument
    if isinstance(argument, Query):
        test = partial(_select, shape, argument, {})
        return SetCheck(constraint.component, constraint.name, test, "no result of the shape's SPARQL query")
    if isinstance(argument, Validator):
        bindings = argument.bindings
        test = partial(_ask if argument.query.form == "ask" else _select, shape, argument.query, bindings)
        return SetCheck(constraint.component, constraint.name, test, "what the constraint component asks", bindings)
    return None


def _select(
    shape: Shape, query: Query, bindings: Mapping[str, Term], focus: Term, _: Collection[Term], graph: DataGraph
) -> Iterator[Finding]:
    """Yield a finding for every solution (SHACL, section 5.3.2)."""
    prebound = {"this": focus, "currentShape": shape.node, **bindings}
    for solution in SparqlData.of(graph).select(query, prebound, shape.path):
        if "failure" in solution:
            raise ShapesError(f"The query of {query.node} reports a failure for {focus}.")
        value = solution.get("value", focus if shape.path is None else None)
        path = _path(solution, shape.path)
        yield Finding(value, path, _messages(shape, query, solution, focus, path, value, bindings))


def _ask(
    shape: Shape, query: Query, bindings: Mapping[str, Term], focus: Term, values: Collection[Term], graph: DataGraph
) -> Iterator[Finding]:
    """Yield a finding for every value node for which the ASK query answers false (SHACL, section 6.3)."""
    data = SparqlData.of(graph)
    for value in values:
        prebound = {"this": focus, "value": value, "currentShape": shape.node, **bindings}
        if not data.ask(query, prebound, shape.path):
            yield Finding(value, None, _messages(shape, query, {}, focus, shape.path, value, bindings))


def _path(solution: Solution, default: Path | None) -> Path | None:
    path = solution.get("path")
    return path if isinstance(path, ox.NamedNode) and default is None else default


def _messages(
    shape: Shape,
    query: Query,
    solution: Solution,
    focus: Term,
    path: Path | None,
    value: Term | None,
    bindings: Mapping[str, Term],
) -> tuple[str, ...]:
    """Return the solution's ?message, else the query's messages, else the shape's (SHACL, section 5.3.2)."""
    said = solution.get("message")
    if isinstance(said, ox.Literal):
        return (said.value,)
    return render(query.messages or shape.messages, variables_of(focus, path, value, {**bindings, **solution}))
