"""Results as JSON values, as the command line and the API answer them."""

from __future__ import annotations

from typing import Any

from registry.model.validation import Repair, ValidationReport, ValidationResult, path_text
from registry.shacl.reports.rows import local


def to_json(report: ValidationReport) -> dict[str, Any]:
    """Return conforms, counts by severity, the true number of results, and the results."""
    return {
        "conforms": report.conforms,
        "counts": dict(report.counts),
        "total": report.total,
        "results": [_result(each) for each in report.results],
    }


def _result(result: ValidationResult) -> dict[str, Any]:
    return {
        "severity": local(result.severity.value).lower(),
        "focus_node": str(result.focus_node),
        "path": None if result.result_path is None else path_text(result.result_path),
        "constraint": local(result.source_constraint_component.value),
        "value": None if result.value is None else str(result.value),
        "pointer": result.pointer,
        "message": " ".join(result.messages),
        "expected": result.expected,
        "source_shape": str(result.source_shape),
        "repair": None if result.repair is None else repair_json(result.repair),
    }


def repair_json(repair: Repair) -> dict[str, Any]:
    """Return the repair with its patch as RFC 6902 writes it."""
    return {
        "patch": [operation.to_json() for operation in repair.patch],
        "class": repair.repair_class,
        "confidence": repair.confidence,
        "explanation": repair.explanation,
    }
