"""Reports as the API answers them, read back as values, so that they can be written in other tools' formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from registry.errors import InvalidInputError
from registry.model.validation import PatchOperation, Repair, Term, ValidationReport, ValidationResult
from registry.rdf.terms import SH

FORMATS = ("turtle", "json-ld", "sarif", "junit", "csv", "html")
"""The formats that reports can be written in, beside JSON."""
_SEVERITIES = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}


def written(reports: Iterable[tuple[str, ValidationReport]], name: str) -> str:
    """The reports, each with the name of what was checked, in one of FORMATS."""
    return _writer(name)(list(reports))


def report_of(body: Mapping[str, Any]) -> ValidationReport:
    """The report that a body of `source.validate` says; of a line that is no record, one result that says so."""
    if body.get("status") == "malformed":
        return _malformed(body)
    counts = body.get("counts", {})
    results = tuple(_result(each) for each in body["results"])
    return ValidationReport(bool(body["conforms"]), results, max(sum(counts.values()), len(results)))


def _writer(name: str) -> Callable[[list[tuple[str, ValidationReport]]], str]:
    from registry.shacl import reports

    writers: dict[str, Callable[[list[tuple[str, ValidationReport]]], str]] = {
        "turtle": reports.to_turtle,
        "json-ld": reports.to_json_ld,
        "sarif": reports.to_sarif,
        "junit": reports.to_junit,
        "csv": reports.to_csv,
        "html": reports.to_html,
    }
    if name not in writers:
        raise InvalidInputError(f"Reports are not written as {name!r}.", advice=f"Formats: {', '.join(FORMATS)}.")
    return writers[name]


def _malformed(body: Mapping[str, Any]) -> ValidationReport:
    node = NamedNode(f"urn:x-lexicord:line:{body.get('line', 0)}")
    result = ValidationResult(
        node, None, None, SH.NodeKindConstraintComponent, SH.Violation, BlankNode("record"),
        (body["error"]["message"],), "", "a JSON object",
    )  # fmt: skip
    return ValidationReport(False, (result,))


def _result(body: Mapping[str, Any]) -> ValidationResult:
    name = body["constraint"]
    return ValidationResult(
        _node(body["focus_node"]),
        NamedNode(body["path"]) if ":" in (body["path"] or "") and body["path"][:1] not in "<^(" else None,
        _term(body),
        SH[f"{name[:1].upper()}{name[1:]}ConstraintComponent"],
        _SEVERITIES.get(body["severity"]) or NamedNode(body["severity"]),
        NamedNode(body["shape"]) if body["shape"] else BlankNode("shape"),
        (body["message"],) if body["message"] else (),
        body["pointer"],
        body["expected"],
        _repair(body["repair"]),
    )


def _node(text: str) -> Term:
    if text.startswith("_:"):
        return BlankNode(text[2:])
    try:
        return NamedNode(text)
    except ValueError:
        return Literal(text)


def _term(body: Mapping[str, Any]) -> Term | None:
    """The value as a term again: N-Triples is parsed as the object of a statement."""
    if body.get("term") is None:
        return None
    [quad] = parse(f"<urn:x:s> <urn:x:p> {body['term']} .", format=RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, NamedNode | BlankNode | Literal)
    return quad.object


def _repair(body: Mapping[str, Any] | None) -> Repair | None:
    if body is None:
        return None
    patch = (PatchOperation(one["op"], one["path"], one.get("value"), one.get("from")) for one in body["patch"])
    return Repair(tuple(patch), body["class"], body["confidence"], body["explanation"])
