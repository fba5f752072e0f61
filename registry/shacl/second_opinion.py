"""The verdict of pySHACL on the same shapes and data, in our own values: the engine's only contact with rdflib.

Known differences between the two engines are listed in docs/validation.md and held by tests.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from registry.model.validation import (
    AlternativePath,
    InversePath,
    Path,
    RepeatedPath,
    SequencePath,
    Term,
    ValidationReport,
    ValidationResult,
)
from registry.shacl.errors import ShapesError

_LOGGERS = ("rdflib", "rdflib.term", "rdflib.graph", "pyshacl-validate")


def validate(
    data: Iterable[ox.Quad], shapes: Iterable[ox.Quad], background: Iterable[ox.Quad] = ()
) -> ValidationReport:
    """Return pySHACL's report on the data, with the background visible to it but never a focus node.

    Nothing is fetched: owl:imports is not followed. Raises ShapesError when pySHACL finds the shapes ill-formed.
    Results whose focus node occurs in the background alone are left out, since pySHACL knows one data graph only. What
    rdflib and pySHACL would log about it is kept quiet: results and errors say it.
    """
    with _quiet():
        return _validated(data, shapes, background)


def _validated(data: Iterable[ox.Quad], shapes: Iterable[ox.Quad], background: Iterable[ox.Quad]) -> ValidationReport:
    shapes_graph = _graph(shapes)
    data_graph = _graph(data)
    own = set(data_graph.subjects()) | set(data_graph.objects()) | set(shapes_graph.objects(None, SH.targetNode))
    for triple in _graph(background):
        data_graph.add(triple)
    report = _run(data_graph, shapes_graph)
    results = tuple(
        _result(report, node)
        for node in report.objects(None, SH.result)
        if next(report.objects(node, SH.focusNode)) in own
    )
    return ValidationReport(conforms=not results, results=results)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep both libraries from logging in this thread."""
    thread = threading.get_ident()

    def elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != thread

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(elsewhere)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(elsewhere)


def _run(data_graph: rdflib.Graph, shapes_graph: rdflib.Graph) -> rdflib.Graph:
    try:
        _, report, text = pyshacl.validate(
            data_graph, shacl_graph=shapes_graph, do_owl_imports=False, inference="none", advanced=True
        )
    except Exception as error:  # pySHACL raises bare Exception and NotImplementedError for shapes it cannot use
        raise _ill_formed(error) from error
    if not isinstance(report, rdflib.Graph):
        raise _ill_formed(text)
    return report


def _ill_formed(reason: object) -> ShapesError:
    return ShapesError(f"pySHACL could not use the shapes: {reason}", advice="Correct the shapes graph.")


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for quad in quads:
        graph.add((_to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)))
    return graph


def _to_rdflib(term: Any) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise ShapesError("Quoted triples cannot be given to pySHACL.", advice="Leave them out of data and shapes.")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    # The lexical form is what the record said; rdflib would otherwise rewrite "01" to "1".
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def _from_rdflib(node: Any) -> Term:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> ValidationResult:
    def one(predicate: rdflib.URIRef) -> Term | None:
        value = next(report.objects(node, predicate), None)
        return None if value is None else _from_rdflib(value)

    path = next(report.objects(node, SH.resultPath), None)
    return ValidationResult(
        focus_node=cast(Term, one(SH.focusNode)),
        result_path=None if path is None else _path(report, path),
        value=one(SH.value),
        source_constraint_component=cast(ox.NamedNode, one(SH.sourceConstraintComponent)),
        severity=cast(ox.NamedNode, one(SH.resultSeverity)),
        source_shape=cast("ox.NamedNode | ox.BlankNode", one(SH.sourceShape)),
        messages=tuple(sorted(str(text) for text in report.objects(node, SH.resultMessage))),
    )


def _path(graph: rdflib.Graph, node: rdflib.term.Node) -> Path:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if (node, RDF.first, None) in graph:
        return SequencePath(_paths(graph, node))
    [(predicate, inner)] = [(p, o) for p, o in graph.predicate_objects(node) if str(p).endswith("Path")]
    if predicate == SH.inversePath:
        return InversePath(_path(graph, inner))
    if predicate == SH.alternativePath:
        return AlternativePath(_paths(graph, inner))
    return RepeatedPath(_path(graph, inner), _MODIFIERS[str(predicate)])


def _paths(graph: rdflib.Graph, head: rdflib.term.Node) -> tuple[Path, ...]:
    return tuple(_path(graph, member) for member in Collection(graph, head))


_MODIFIERS: dict[str, Any] = {str(SH.zeroOrMorePath): "*", str(SH.oneOrMorePath): "+", str(SH.zeroOrOnePath): "?"}
