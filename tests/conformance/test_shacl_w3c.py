"""The W3C SHACL test suite (core and SPARQL), and XSD 1.1 and RDF 1.1 where engines differ: exact answers."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from registry.model.validation import AlternativePath, InversePath, RepeatedPath, SequencePath, Term
from registry.model.validation import Path as ShaclPath
from registry.shacl import ShapesError, compile_shapes
from registry.shacl.datatypes import lexical_check
from registry.shacl.vocabulary import XSD

pytestmark = pytest.mark.shared

MODIFIERS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


def _load(folder: Path, name: str) -> list[ox.Quad]:
    return list(ox.parse(path=folder / name, base_iri=f"https://example.org/{name}"))


def _cases(shared: Path, name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((shared / "shacl" / name).read_text())
    return cases


def _text(term: Term | None) -> str | None:
    """Return the term as the suite's flattened expectations write it."""
    if term is None:
        return None
    if not isinstance(term, ox.Literal):
        return "_:" if isinstance(term, ox.BlankNode) else term.value
    if term.language:
        return f'"{term.value}"@{term.language}'
    return f'"{term.value}"' + ("" if term.datatype.value == XSD + "string" else f"^^{term.datatype.value}")


def _path(path: ShaclPath | None) -> str | None:
    match path:
        case None:
            return None
        case ox.NamedNode():
            return path.value
        case InversePath(inner):
            return f"inversePath({_path(inner)})"
        case SequencePath(paths):
            return "(" + " / ".join(str(_path(each)) for each in paths) + ")"
        case AlternativePath(paths):
            return "(" + " | ".join(str(_path(each)) for each in paths) + ")"
        case RepeatedPath(inner, modifier):
            return f"{MODIFIERS[modifier]}({_path(inner)})"


def _differences(folder: Path, case: dict[str, Any]) -> list[str]:
    try:
        report = compile_shapes(_load(folder, case["shapes"])).validate_graph(_load(folder, case["data"]))
    except ShapesError as error:
        return [] if case["fail"] else [f"{case['id']}: {error}"]
    if case["fail"]:
        return [f"{case['id']}: a failure was expected"]
    found = Counter(
        (
            _text(each.focus_node),
            _path(each.result_path),
            _text(each.value),
            each.source_constraint_component.value,
            each.severity.value,
        )
        for each in report.results
    )
    expected = Counter(tuple(each) for each in case["results"])
    if report.conforms == case["conforms"] and found == expected:
        return []
    return [f"{case['id']}: too many {found - expected}, missing {expected - found}"]


@pytest.mark.parametrize(("part", "count"), [("core/", 98), ("sparql/", 22)])
def test_every_test_of_the_suite_gives_exactly_the_expected_results(shared: Path, part: str, count: int) -> None:
    cases = [case for case in _cases(shared, "w3c-expected.json") if case["id"].startswith(part)]
    assert len(cases) == count
    assert [line for case in cases for line in _differences(shared / "shacl", case)] == []


def test_every_lexical_form_is_judged_as_the_datatypes_define(shared: Path) -> None:
    cases = _cases(shared, "lexical-cases.json")
    assert len(cases) == 92
    wrong = []
    for case in cases:
        check = lexical_check(XSD + case["datatype"].removeprefix("xsd:"))
        assert check is not None
        if check(case["lexical"]) != case["valid"]:
            wrong.append(case)
    assert wrong == []


def test_every_lexical_form_is_judged_the_same_by_sh_datatype(shared: Path) -> None:
    wrong = []
    for case in _cases(shared, "lexical-cases.json"):
        datatype = ox.NamedNode(XSD + case["datatype"].removeprefix("xsd:"))
        shapes = (
            "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> ."
            f"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:datatype {datatype} ] ."
        )
        value = ox.Literal(case["lexical"], datatype=datatype)
        data = [ox.Quad(ox.NamedNode("https://example.org/x"), ox.NamedNode("https://example.org/p"), value)]
        report = compile_shapes(ox.parse(shapes, format=ox.RdfFormat.TURTLE)).validate_graph(data)
        if report.conforms != case["valid"]:
            wrong.append(case)
    assert wrong == []


def test_every_semantic_case_is_judged_as_the_specification_says(shared: Path) -> None:
    cases = _cases(shared, "semantic-cases.json")
    assert len(cases) == 14
    wrong = []
    for case in cases:
        quads = list(ox.parse(case["turtle"], format=ox.RdfFormat.TURTLE))
        if compile_shapes(quads).validate_graph(quads).conforms != case["conforms"]:
            wrong.append(case["name"])
    assert wrong == []
