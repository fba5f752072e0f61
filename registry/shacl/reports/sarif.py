"""The report as SARIF 2.1.0 (OASIS), which code hosts and editors show."""

from __future__ import annotations

import json
from typing import Any

from registry import __version__
from registry.model.validation import ValidationResult
from registry.shacl.reports.json_body import repair_json
from registry.shacl.reports.rows import Checked, local, row

_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(checked: Checked) -> str:
    """Return one SARIF run, a result for each of ours: its rule is the constraint component, its place the pointer.

    SARIF has no place for a JSON Patch: repairs are kept in the results' property bags.
    """
    results = [(name, result) for name, report in checked for result in report.results]
    rules = sorted({result.source_constraint_component.value for _, result in results})
    driver = {
        "name": "Lexicord",
        "version": __version__,
        "rules": [{"id": local(iri), "helpUri": iri} for iri in rules],
    }
    numbers = {iri: number for number, iri in enumerate(rules)}
    found = [_result(name, result, numbers[result.source_constraint_component.value]) for name, result in results]
    body = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": found}]}
    return json.dumps(body, ensure_ascii=False, indent=2)


def _result(name: str, result: ValidationResult, rule: int) -> dict[str, Any]:
    plain = row(name, result)
    logical = [{"fullyQualifiedName": plain.pointer or plain.focus_node, "kind": "member"}]
    place = {"physicalLocation": {"artifactLocation": {"uri": name}}, "logicalLocations": logical}
    bag: dict[str, Any] = {"focusNode": plain.focus_node, "path": plain.path, "value": plain.value}
    if result.repair is not None:
        bag["repair"] = repair_json(result.repair)
    return {
        "ruleId": local(result.source_constraint_component.value),
        "ruleIndex": rule,
        "level": _LEVELS.get(plain.severity, "error"),
        "message": {"text": plain.message or plain.expected},
        "locations": [place],
        "properties": bag,
    }
