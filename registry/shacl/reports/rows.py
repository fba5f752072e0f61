"""Results as flat rows, and those as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias

from registry.model.validation import Term, ValidationReport, ValidationResult, path_text
from registry.shacl.vocabulary import SH

Checked: TypeAlias = "Iterable[tuple[str, ValidationReport]]"


@dataclass(frozen=True, slots=True)
class Row:
    """One result in plain text; empty where the result does not say."""

    name: str
    severity: str
    pointer: str
    focus_node: str
    path: str
    constraint: str
    value: str
    message: str
    expected: str
    repair: str


def rows(checked: Checked) -> Iterator[Row]:
    """Yield one row a result, in the order of the reports."""
    for name, report in checked:
        for result in report.results:
            yield row(name, result)


def row(name: str, result: ValidationResult) -> Row:
    """Return the result in plain text."""
    return Row(
        name=name,
        severity=local(result.severity.value),
        pointer=result.pointer or "",
        focus_node=term_text(result.focus_node),
        path="" if result.result_path is None else path_text(result.result_path),
        constraint=local(result.source_constraint_component.value).removesuffix("ConstraintComponent"),
        value=term_text(result.value),
        message=" ".join(result.messages),
        expected=result.expected or "",
        repair="" if result.repair is None else f"{result.repair.repair_class}: {result.repair.explanation}",
    )


def local(iri: str) -> str:
    """Return the local name of a `sh:` term, or the whole IRI of another."""
    return iri.removeprefix(SH)


def term_text(term: Term | None) -> str:
    """Return the term in N-Triples syntax, empty for none."""
    return "" if term is None else str(term)


def to_csv(checked: Checked) -> str:
    """Return the results as CSV (RFC 4180) with a header line.

    A cell that a spreadsheet would take for a formula starts with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    names = [each.name for each in fields(Row)]
    writer.writerow(names)
    for each in rows(checked):
        writer.writerow([_harmless(getattr(each, name)) for name in names])
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
