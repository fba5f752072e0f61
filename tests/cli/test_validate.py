"""`lexicord source` and `lexicord validate`: tables, JSON, exit codes, with and without a registry."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cli.main import run
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples" / "sources"
PROFILE = str(ROOT / "shapes" / "profiles" / "document.ttl")
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/> .
ex:PageShape a sh:NodeShape ; sh:targetClass ex:Page ;
    sh:property [ sh:path ex:title ; sh:minCount 1 ] ;
    sh:property [ sh:path ( ex:about skos:broader ) ; sh:class skos:Concept ] ;
    sh:property [ sh:path [ sh:inversePath ex:cites ] ; sh:maxCount 0 ] ;
    sh:property [ sh:path [ sh:zeroOrMorePath ex:next ] ; sh:nodeKind sh:IRI ] .
"""
DATA = """
@prefix ex: <https://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:good a ex:Page ; ex:title "Good" .
ex:bad a ex:Page ; ex:about ex:topic ; ex:next "end" . ex:topic skos:broader ex:unknown . ex:other ex:cites ex:bad .
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with shapes and data."""
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    (tmp_path / "data.ttl").write_text(DATA)
    (tmp_path / "good.ttl").write_text('<https://example.org/good> a <https://example.org/Page> ; '
                                       '<https://example.org/title> "Good" .')  # fmt: skip
    return tmp_path


@pytest.fixture(scope="module")
def nordhaven(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A registry with the wiki of the example organisation."""
    where = str(tmp_path_factory.mktemp("cli") / "r")
    for command in (
        ["init", "--base-iri", "https://vocab.nordhaven.example"],
        *(["department", "add", key, "--name", key.title()] for key in ("nordhaven", "finance", "it", "sales")),
        *(
            ["scheme", "import", str(ROOT / "ontologies" / "example" / f"{key}.ttl"), "--key", key, "--owner", owner,
             "--kind", "hub" if key == "enterprise" else "department"]
            for key, owner in (("enterprise", "nordhaven"), ("finance", "finance"), ("it", "it"), ("sales", "sales"))
        ),
        ["source", "register", "wiki", "--owner", "it", "--title", "The wiki", "--context",
         str(EXAMPLES / "wiki" / "context.jsonld"), "--mode", "enforce"],
    ):  # fmt: skip
        assert run(["--registry", where, *command]) == 0
    return where


def expect_told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    found = run(list(arguments))
    out, err = capsys.readouterr()
    assert found == code, err
    return out


def answered(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    return json.loads(expect_told(capsys, "--output", "json", *arguments, code=code))


def test_a_source_is_registered_listed_and_shown(nordhaven: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "The wiki" in expect_told(capsys, "--registry", nordhaven, "source", "list")
    shown = expect_told(capsys, "--registry", nordhaven, "source", "show", "wiki")
    assert "enforce" in shown
    assert "dcterms:issued" in shown


def test_many_records_are_told_the_worst_first(nordhaven: str, capsys: pytest.CaptureFixture[str]) -> None:
    feed = str(EXAMPLES / "wiki" / "records.ndjson")
    text = expect_told(capsys, "--registry", nordhaven, "validate", feed, "--source", "wiki", code=1)
    assert text.startswith("20 records: ")
    heads = [line.split()[0] for line in text.splitlines() if line.startswith(("VIOLATION", "WARNING", "INFO"))]
    assert heads == sorted(heads, key=["VIOLATION", "WARNING", "INFO"].index)
    assert "repair (automatic): Write the day as year-month-day." in text


def test_many_records_as_json_and_lines(nordhaven: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "feed.ndjson.gz"
    packed.write_bytes(gzip.compress((EXAMPLES / "wiki" / "records.ndjson").read_bytes()))
    whole = answered(capsys, "--registry", nordhaven, "validate", str(packed), "--source", "wiki", code=1)
    assert (whole["records"], len(whole["reports"]), whole["conforms"]) == (20, 20, False)
    assert whole["counts"]["violation"] == sum(one["counts"]["violation"] for one in whole["reports"])
    lines = expect_told(
        capsys, "--registry", nordhaven, "-o", "jsonl", "validate", str(packed), "--source", "wiki", code=1
    )
    assert [json.loads(line).get("line") for line in lines.splitlines()] == [*range(1, 21), None]


def test_one_record(nordhaven: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (EXAMPLES / "wiki" / "records.ndjson").read_text().splitlines()[:2]
    (tmp_path / "good.json").write_text(json.dumps(json.loads(good), indent=2))
    (tmp_path / "bad.json").write_text(bad)
    (tmp_path / "none.json").write_text("[]")
    at = ("--registry", nordhaven, "validate")
    assert expect_told(capsys, *at, str(tmp_path / "good.json"), "--source", "wiki").startswith("It conforms.")
    found = answered(capsys, *at, str(tmp_path / "bad.json"), "--source", "wiki", code=1)
    relied_on = {"severity", "focus_node", "path", "constraint", "value", "pointer", "message", "repair"}
    assert found["results"][0].keys() >= relied_on
    assert found["results"][0]["repair"].keys() == {"class", "confidence", "explanation", "patch"}
    expect_told(capsys, *at, str(tmp_path / "none.json"), "--source", "wiki", code=2)
    expect_told(capsys, *at, str(tmp_path / "good.json"), "--source", "nowhere", code=3)


def test_shapes_need_no_registry(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes = str(files / "shapes.ttl")
    assert expect_told(capsys, "validate", str(files / "good.ttl"), "--shapes", shapes) == "It conforms.\n"
    found = answered(capsys, "validate", str(files / "data.ttl"), "--shapes", shapes, code=1)
    assert found["counts"] == {"violation": 4, "warning": 0, "info": 0}
    assert {one["constraint"] for one in found["results"]} == {"minCount", "class", "maxCount", "nodeKind"}
    assert {one["focus_node"] for one in found["results"]} == {"https://example.org/bad"}


def test_the_background_is_looked_at_and_never_validated(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "taxonomy.ttl").write_text(
        "<https://example.org/unknown> a <http://www.w3.org/2004/02/skos/core#Concept> ; a <https://example.org/Page> ."
    )
    at = ("validate", str(files / "data.ttl"), "--shapes", str(files / "shapes.ttl"))
    found = answered(capsys, *at, "--background", str(files / "taxonomy.ttl"), code=1)
    assert "class" not in {one["constraint"] for one in found["results"]}
    assert {one["focus_node"] for one in found["results"]} == {"https://example.org/bad"}


def test_the_report_as_a_graph(files: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["-o", "turtle", "validate", str(files / "data.ttl"), "--shapes", str(files / "shapes.ttl")]) == 1
    quads = list(ox.parse(capfdbinary.readouterr().out, ox.RdfFormat.TURTLE))
    sh = "http://www.w3.org/ns/shacl#"
    assert sum(quad.predicate.value == f"{sh}result" for quad in quads) == 4
    paths = {quad.predicate.value for quad in quads}
    assert {f"{sh}inversePath", f"{sh}zeroOrMorePath", f"{sh}resultMessage"} <= paths


def test_the_report_as_rows(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = expect_told(
        capsys, "-o", "csv", "validate", str(files / "data.ttl"), "--shapes", str(files / "shapes.ttl"), code=1
    )
    assert len(rows.splitlines()) == 5


def test_records_in_lines_against_shapes(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context = {"@vocab": "https://example.org/"}
    good = {"@context": context, "@id": "urn:a", "@type": "Page", "title": "x"}
    bad = {"@context": context, "@id": "urn:b", "@type": "Page"}
    (files / "data.ndjson").write_text("\n".join([json.dumps(good), json.dumps(bad), "{", "[]"]))
    found = answered(capsys, "validate", str(files / "data.ndjson"), "--shapes", str(files / "shapes.ttl"), code=1)
    assert [one["status"] for one in found["reports"]] == ["conforms", "does-not-conform", "malformed", "malformed"]


@pytest.mark.parametrize(
    ("shapes", "code"),
    [
        ("garbage", 2),
        ("<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#nonsense> 1 .", 2),
        ("<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#minCount> 1 .", 2),
    ],
)  # fmt: skip
def test_shapes_that_cannot_be_used_are_exit_two(
    files: Path, capsys: pytest.CaptureFixture[str], shapes: str, code: int
) -> None:
    (files / "odd.ttl").write_text(shapes)
    expect_told(capsys, "validate", str(files / "data.ttl"), "--shapes", str(files / "odd.ttl"), code=code)


def test_what_is_to_be_held_against_must_be_said_once(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(files / "data.ttl")
    expect_told(capsys, "validate", data, code=2)
    expect_told(capsys, "validate", data, "--shapes", PROFILE, "--source", "wiki", code=2)
    expect_told(capsys, "validate", data, "--source", "wiki", "--background", data, code=2)
    expect_told(capsys, "validate", str(files / "nowhere.ttl"), "--shapes", PROFILE, code=3)
    expect_told(capsys, "validate", data, "--source", "wiki", "--fix", "auto", code=2)
    expect_told(capsys, "validate", data, "--source", "wiki", "--resume", code=2)
    expect_told(capsys, "validate", data, "--shapes", PROFILE, "--workers", "2", code=2)


FEED = EXAMPLES / "wiki" / "records.ndjson"


@pytest.mark.parametrize(
    ("name", "holds"),
    [("turtle", "sh:ValidationResult"), ("json-ld", "ns/shacl#ValidationResult"), ("sarif", '"runs"'),
     ("junit", '<testcase classname="shacl" name="line 20">'), ("csv", "line 2,Violation,/createdOn,"),
     ("html", "<!doctype html>")],
)  # fmt: skip
def test_reports_in_the_formats_of_other_tools(
    nordhaven: str, name: str, holds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holds in expect_told(
        capsys, "--registry", nordhaven, "--output", name, "validate", str(FEED), "--source", "wiki", code=1
    )


def test_repaired_records_are_written_and_the_original_is_kept(
    nordhaven: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed, mended = tmp_path / "feed.ndjson", tmp_path / "fixed.ndjson"
    feed.write_bytes(FEED.read_bytes())
    asked = ["--registry", nordhaven, "validate", str(feed), "--source", "wiki", "--fix", "auto", "--fixed"]
    expect_told(capsys, *asked, str(mended), code=1)
    assert feed.read_bytes() == FEED.read_bytes()
    before = answered(capsys, *asked[:-3], code=1)
    after = answered(capsys, "--registry", nordhaven, "validate", str(mended), "--source", "wiki", code=1)
    assert after["records"] == before["records"] == 20
    assert after["conforming"] > before["conforming"]
    assert "original" in refused(capsys, *asked, str(feed))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(list(arguments)) == 2
    return capsys.readouterr().err


def test_an_interrupted_validation_goes_on_where_it_stopped(
    nordhaven: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, whole, broken = tmp_path / "feed.ndjson", tmp_path / "whole.ndjson", tmp_path / "broken.ndjson"
    feed.write_bytes(FEED.read_bytes() * 40)
    asked = ["--registry", nordhaven, "validate", str(feed), "--source", "wiki", "--to"]
    expect_told(capsys, *asked, str(whole), code=1)
    assert not (tmp_path / "whole.ndjson.state").exists()
    monkeypatch.setattr("cli.validate._told", interrupt_after(450))
    assert run([*asked, str(broken)]) == 130
    monkeypatch.undo()
    with broken.open("ab") as file:
        file.write(b'{"line": 99, "half')
    assert "interrupted" in refused(capsys, *asked, str(broken))
    expect_told(capsys, *asked, str(broken), "--resume", code=1)
    assert broken.read_bytes() == whole.read_bytes()
    assert "nothing to resume" in refused(capsys, *asked, str(broken), "--resume")


def interrupt_after(count: int) -> Any:
    def interrupted(answers: Any) -> bool:
        for number, _ in enumerate(answers):
            if number == count:
                raise KeyboardInterrupt
        return True

    return interrupted
