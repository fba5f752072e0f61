"""The report as SHACL defines it (section 3.6): a graph, in Turtle or JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox

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
from registry.shacl.reports.rows import Checked
from registry.shacl.vocabulary import LEX, RDF_FIRST, RDF_NIL, RDF_REST, RDF_TYPE, SH, XSD, sh

_PREFIXES = {"sh": SH, "xsd": XSD, "lex": LEX}
_MODIFIERS = {"*": sh("zeroOrMorePath"), "+": sh("oneOrMorePath"), "?": sh("zeroOrOnePath")}
_BOOLEAN = ox.NamedNode(XSD + "boolean")


def report_quads(checked: Checked) -> list[ox.Quad]:
    """Return one sh:ValidationReport over everything checked; it conforms when all do. Pointers are lex:pointer."""
    writer = _GraphWriter()
    writer.report([report for _, report in checked])
    return writer.quads


def to_turtle(checked: Checked) -> str:
    """Return the report graph in Turtle."""
    text = ox.serialize(report_quads(checked), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES)
    assert text is not None  # without an output, serialize returns the bytes
    return text.decode()


def to_json_ld(checked: Checked) -> str:
    """Return the report graph as expanded JSON-LD, as pyoxigraph writes it, indented."""
    text = ox.serialize(report_quads(checked), format=ox.RdfFormat.JSON_LD)
    assert text is not None  # without an output, serialize returns the bytes
    body: Any = json.loads(text)
    return json.dumps(body, ensure_ascii=False, indent=2)


class _GraphWriter:
    """Collects the quads of one report graph, with blank nodes numbered in order."""

    def __init__(self) -> None:
        self.quads: list[ox.Quad] = []
        self.count = 0

    def blank(self) -> ox.BlankNode:
        self.count += 1
        return ox.BlankNode(f"report{self.count}")

    def add(self, subject: ox.NamedNode | ox.BlankNode, predicate: ox.NamedNode, value: Term) -> None:
        self.quads.append(ox.Quad(subject, predicate, value))

    def report(self, reports: Sequence[ValidationReport]) -> None:
        node = self.blank()
        conforms = all(report.conforms for report in reports)
        self.add(node, RDF_TYPE, sh("ValidationReport"))
        self.add(node, sh("conforms"), ox.Literal("true" if conforms else "false", datatype=_BOOLEAN))
        for report in reports:
            for result in report.results:
                self.add(node, sh("result"), self.result(result))

    def result(self, result: ValidationResult) -> ox.BlankNode:
        node = self.blank()
        self.add(node, RDF_TYPE, sh("ValidationResult"))
        for predicate, value in _plain_statements(result):
            self.add(node, predicate, value)
        if result.result_path is not None:
            self.add(node, sh("resultPath"), self.path(result.result_path))
        return node

    def path(self, path: Path) -> Term:
        match path:
            case ox.NamedNode():
                return path
            case SequencePath(paths):
                return self.list([self.path(each) for each in paths])
            case AlternativePath(paths):
                return self.path_of(sh("alternativePath"), self.list([self.path(each) for each in paths]))
            case InversePath(inner):
                return self.path_of(sh("inversePath"), self.path(inner))
            case RepeatedPath(inner, modifier):
                return self.path_of(_MODIFIERS[modifier], self.path(inner))

    def path_of(self, predicate: ox.NamedNode, value: Term) -> ox.BlankNode:
        node = self.blank()
        self.add(node, predicate, value)
        return node

    def list(self, members: Sequence[Term]) -> ox.BlankNode:
        nodes = [self.blank() for _ in members]
        tails: tuple[Term, ...] = (*nodes[1:], RDF_NIL)
        for node, member, rest in zip(nodes, members, tails, strict=True):
            self.add(node, RDF_FIRST, member)
            self.add(node, RDF_REST, rest)
        return nodes[0]


def _plain_statements(result: ValidationResult) -> Iterator[tuple[ox.NamedNode, Term]]:
    yield sh("focusNode"), result.focus_node
    yield sh("resultSeverity"), result.severity
    yield sh("sourceConstraintComponent"), result.source_constraint_component
    yield sh("sourceShape"), result.source_shape
    if result.value is not None:
        yield sh("value"), result.value
    for message in result.messages:
        yield sh("resultMessage"), ox.Literal(message)
    if result.pointer is not None:
        yield ox.NamedNode(LEX + "pointer"), ox.Literal(result.pointer)
