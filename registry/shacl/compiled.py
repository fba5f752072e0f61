"""A compiled shape: what it checks, how it reports, and how it answers yes or no."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from registry.model.validation import Path, Term, ValidationResult
from registry.shacl.graph import DataGraph
from registry.shacl.messages import render, short, variables_of
from registry.shacl.paths import Walk
from registry.shacl.shapes import ShapeNode


class Finding(NamedTuple):
    """What a set check found wrong: the value at fault, and where it differs from the shape, a path and messages."""

    value: Term | None = None
    path: Path | None = None
    messages: tuple[str, ...] = ()
    found: str = ""


ValueTest = Callable[[Term, DataGraph], bool]
SetTest = Callable[[Term, Collection[Term], DataGraph], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """A constraint on each value node by itself; `test` says whether the value is all right."""

    component: ox.NamedNode
    name: str
    test: ValueTest
    expected: str


@dataclass(frozen=True, slots=True)
class SetCheck:
    """A constraint on the focus node and all its value nodes together; `test` yields what is wrong."""

    component: ox.NamedNode
    name: str
    test: SetTest
    expected: str
    variables: Mapping[str, Term] = field(default_factory=dict)


class CompiledShape:
    """A shape ready to validate focus nodes. Built by the compiler, unchanged afterwards, safe to share.

    `harmless` says that results of its severity do not keep data from conforming (SHACL 1.2, sh:conformanceDisallows).
    """

    __slots__ = (
        "deactivated",
        "harmless",
        "messages",
        "node",
        "path",
        "properties",
        "set_checks",
        "severity",
        "value_checks",
        "walk",
    )

    def __init__(self, node: ShapeNode, path: Path | None, walk: Walk | None) -> None:
        self.node = node
        self.path = path
        self.walk = walk
        self.severity = ox.NamedNode("http://www.w3.org/ns/shacl#Violation")
        self.messages: tuple[ox.Literal, ...] = ()
        self.deactivated = False
        self.harmless = False
        self.value_checks: tuple[ValueCheck, ...] = ()
        self.set_checks: tuple[SetCheck, ...] = ()
        self.properties: tuple[CompiledShape, ...] = ()

    def values(self, focus: Term, graph: DataGraph) -> Collection[Term]:
        """Return the value nodes: the focus node itself, or what the path leads to."""
        return (focus,) if self.walk is None else self.walk(focus, graph)

    def report(self, focus: Term, graph: DataGraph, out: list[ValidationResult]) -> None:
        """Append every result of validating the focus node (SHACL, section 3.4)."""
        if self.deactivated:
            return
        values = self.values(focus, graph)
        for check in self.set_checks:
            out.extend(self.set_result(focus, check, finding) for finding in check.test(focus, values, graph))
        for value in values:
            out.extend(
                self._value_result(focus, value_check, value)
                for value_check in self.value_checks
                if not value_check.test(value, graph)
            )
            for shape in self.properties:
                shape.report(value, graph, out)

    def conforms(self, focus: Term, graph: DataGraph) -> bool:
        """Say whether validating the focus node would give no result of a severity that matters."""
        if self.deactivated:
            return True
        values = self.values(focus, graph)
        if not self.harmless and not self._holds(focus, values, graph):
            return False
        for value in values:
            for shape in self.properties:
                if not shape.conforms(value, graph):
                    return False
        return True

    def _holds(self, focus: Term, values: Collection[Term], graph: DataGraph) -> bool:
        for check in self.set_checks:
            for _ in check.test(focus, values, graph):
                return False
        return all(check.test(value, graph) for value in values for check in self.value_checks)

    def _value_result(self, focus: Term, check: ValueCheck, value: Term) -> ValidationResult:
        if self.messages:
            messages = render(self.messages, variables_of(focus, self.path, value))
        else:
            messages = (f"Expected {check.expected}, found {short(value)}.",)
        return ValidationResult(
            focus, self.path, value, check.component, self.severity, self.node, messages, None, check.expected
        )

    def set_result(self, focus: Term, check: SetCheck, finding: Finding) -> ValidationResult:
        """Return the result that a finding of one of the shape's set checks is reported as."""
        path = finding.path or self.path
        messages = finding.messages
        if not messages and self.messages:
            messages = render(self.messages, variables_of(focus, path, finding.value, check.variables))
        if not messages:
            found = finding.found or ("" if finding.value is None else short(finding.value))
            messages = (f"Expected {check.expected}" + (f", found {found}." if found else "."),)
        return ValidationResult(
            focus, path, finding.value, check.component, self.severity, self.node, messages, None, check.expected
        )
