"""Reports in other formats hold every result, and text from data never becomes markup or a formula."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from registry.model.validation import ValidationReport
from registry.shacl import reports
from registry.shacl.repair import advise
from tests.unit.shacl.test_json_tier import GOOD, SHAPES
from tests.unit.shacl.worlds import records, report

EVIL = '<script>alert("x")</script>\u0001'
PATHS = """
ex:S sh:targetNode ex:x ; sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ] ,
  [ sh:path [ sh:alternativePath ( ex:p [ sh:zeroOrMorePath ex:q ] ) ] ; sh:maxCount 0 ; sh:severity sh:Warning ;
    sh:message "none"@en ] .
"""


@pytest.fixture
def checked() -> list[tuple[str, ValidationReport]]:
    """Two records, one of them good, and a graph with results on paths."""
    validator = records(SHAPES)
    bad = {**GOOD, "code": " ABC", "title": {"fr": EVIL}}
    advised = advise(bad, validator.validate(bad), validator)
    return [("feed.ndjson#1", validator.validate(GOOD)), ("feed.ndjson#2", advised), ("paths.ttl", report(PATHS, ""))]


def test_the_graph_is_a_report_as_shacl_defines_it(checked: list[tuple[str, ValidationReport]]) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    count = sum(len(each.results) for _, each in checked)
    turtle = list(ox.parse(reports.to_turtle(checked), format=ox.RdfFormat.TURTLE))
    json_ld = list(ox.parse(reports.to_json_ld(checked), format=ox.RdfFormat.JSON_LD))
    assert len(turtle) == len(json_ld) == len(reports.report_quads(checked))
    for quads in (turtle, json_ld):
        names = [quad.predicate.value.removeprefix(sh) for quad in quads]
        assert names.count("result") == names.count("focusNode") == names.count("resultSeverity") == count == 4
        assert names.count("conforms") == 1
        assert names.count("resultPath") == 4
        assert {"inversePath", "alternativePath", "zeroOrMorePath"} <= set(names)


def test_the_report_graph_says_the_same_as_the_report() -> None:
    answer = report("ex:S sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:maxCount 0 ] .", "ex:x ex:p 1 .")
    [result] = answer.results
    quads = {(quad.predicate.value.rsplit("#", 1)[1], quad.object) for quad in reports.report_quads([("x", answer)])}
    assert ("focusNode", result.focus_node) in quads
    assert ("resultPath", result.result_path) in quads
    assert ("sourceShape", result.source_shape) in quads


def test_sarif_holds_level_rule_place_and_repair(checked: list[tuple[str, ValidationReport]]) -> None:
    body = json.loads(reports.to_sarif(checked))
    [run] = body["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert body["version"] == "2.1.0"
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert sorted(result["level"] for result in run["results"]) == ["error", "error", "error", "warning"]
    [pattern] = [each for each in run["results"] if each["ruleId"].startswith("Pattern")]
    assert pattern["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "/code"
    assert pattern["properties"]["repair"]["patch"] == [{"op": "replace", "path": "/code", "value": "ABC"}]


def test_junit_fails_a_case_for_violations_only(checked: list[tuple[str, ValidationReport]]) -> None:
    suite = ElementTree.fromstring(reports.to_junit(checked))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert [len(case.findall("failure")) for case in suite] == [0, 2, 1]
    assert "Warning" in (suite[2].findtext("system-out") or "")


def test_csv_has_a_row_a_result_and_no_formula(checked: list[tuple[str, ValidationReport]]) -> None:
    rows = list(csv.DictReader(io.StringIO(reports.to_csv(checked), newline="")))
    assert len(rows) == 4
    assert {row["pointer"] for row in rows if row["name"] == "feed.ndjson#2"} == {"/code", "/title/fr"}
    text = reports.to_csv([("=cmd()", checked[1][1])])
    assert all(row["name"] == "'=cmd()" for row in csv.DictReader(io.StringIO(text, newline="")))


def test_html_escapes_what_data_says_and_stands_alone(checked: list[tuple[str, ValidationReport]]) -> None:
    page = reports.to_html(checked, "A & B")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "A &amp; B" in page
    assert "http://" not in page.split("</style>")[0]
    assert "1 of 3 conform." in page
    assert "No results." in reports.to_html([("x", ValidationReport(True))])


def test_json_has_the_fields_that_scripts_rely_on(checked: list[tuple[str, ValidationReport]]) -> None:
    body = reports.to_json(checked[1][1])
    assert body["conforms"] is False
    assert body["counts"] == {"violation": 2, "warning": 0, "info": 0}
    fields = {"severity", "focus_node", "path", "constraint", "value", "pointer", "message", "repair"}
    assert all(fields <= set(result) for result in body["results"])
    json.dumps(body)
