"""`lexicord validate DATA --shapes SHAPES` stands in for other SHACL tools: the W3C suite by its public command."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from cli.main import run
from tests.conftest import LONG

SH = "http://www.w3.org/ns/shacl#"
EVERY = 1 if LONG else 7
PARTS = ("focusNode", "value", "sourceConstraintComponent", "resultSeverity")


def _text(term: Any) -> str:
    """Return the term as the suite's flattened expectations write it."""
    if isinstance(term, ox.BlankNode):
        return "_:"
    if isinstance(term, ox.NamedNode):
        return term.value.rpartition("/")[2] if term.value.startswith("file:") else term.value
    if term.language:
        return f'"{term.value}"@{term.language}'
    plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    return f'"{term.value}"' + ("" if plain else f"^^{term.datatype.value}")


def _expected(row: list[str | None]) -> tuple[str | None, ...]:
    focus, _, value, component, severity = row
    base = "https://example.org/"
    named = [each.rpartition("/")[2] if each and each.startswith(base) else each for each in (focus, value)]
    return named[0], named[1], component, severity


def _results(turtle: str) -> tuple[bool, Counter[tuple[str | None, ...]]]:
    """Return what a report graph says: whether the data conforms, and what each result is about."""
    quads = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))
    about: dict[Any, dict[str, Any]] = {}
    for quad in quads:
        about.setdefault(quad.subject, {})[quad.predicate.value.removeprefix(SH)] = quad.object
    [conforms] = [each["conforms"].value for each in about.values() if "conforms" in each]
    rows = [tuple(_text(each[part]) if part in each else None for part in PARTS)
            for each in about.values() if "focusNode" in each]  # fmt: skip
    return conforms == "true", Counter(rows)


def _difference(folder: Path, case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str | None:
    files = [str(folder / case["data"]), "--shapes", str(folder / case["shapes"])]
    code = run(["--output", "turtle", "validate", *files])
    answer = capsys.readouterr().out
    if case["fail"]:
        return None if (code, answer) == (2, "") else f"{case['id']}: a failure was expected, not {code}"
    conforms, found = _results(answer)
    expected = Counter(_expected(row) for row in case["results"])
    if (conforms, code) != (case["conforms"], 0 if case["conforms"] else 1):
        return f"{case['id']}: {conforms} and {code}"
    return None if found == expected else f"{case['id']}: too many {found - expected}, missing {expected - found}"


@pytest.mark.shared
def test_the_w3c_suite_goes_through_the_public_command(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases: list[dict[str, Any]] = json.loads((shared / "shacl" / "w3c-expected.json").read_text())[::EVERY]
    found = [_difference(shared / "shacl", case, capsys) for case in cases]
    assert len(found) >= 120 // EVERY
    assert [line for line in found if line] == []


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:uniqueValuesFor ex:code ;
  sh:property [ sh:path ex:title ; sh:minCount 1 ] .
"""


def _record(number: int, code: str, **more: str) -> str:
    context = {"ex": "https://example.org/", "code": "ex:code", "title": "ex:title"}
    return json.dumps({"@context": context, "@id": f"ex:r{number}", "@type": "ex:C", "code": code, **more})


@pytest.fixture
def stream(tmp_path: Path) -> list[str]:
    """Five records of which three share a code; one of these has another fault, and the last line is none."""
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    lines = [_record(1, "a", title="x"), _record(2, "b", title="x"), _record(3, "a"), _record(4, "a", title="y"), "{"]
    (tmp_path / "data.ndjson").write_text("\n".join(lines))
    return ["validate", str(tmp_path / "data.ndjson"), "--shapes", str(tmp_path / "shapes.ttl")]


def test_a_stream_is_told_at_its_end_what_is_not_unique(stream: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--output", "jsonl", *stream, "--shacl", "1.2"]) == 1
    *lines, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 3, 4, 5, 1, 3, 4]
    assert [line.get("amends") for line in lines[5:]] == ["conforms", "does-not-conform", "conforms"]
    assert {line["results"][0]["constraint"] for line in lines[5:]} == {"uniqueValuesFor"}
    summary = last["summary"]
    counted = [summary[name] for name in ("records", "conforming", "not_conforming", "malformed")]
    assert (counted, summary["counts"]["violation"]) == ([5, 1, 3, 1], 4)


def test_people_read_the_same_counts(stream: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*stream, "--shacl", "1.2"]) == 1
    assert "5 records: 1 conform, 3 do not, 1 are no records." in capsys.readouterr().out


def test_version_1_0_refuses_what_1_2_has(stream: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(stream) == 2
    assert "uniqueValuesFor" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [["--shacl", "2.0"], ["--engine", "other"], ["--engine", "pyshacl", "--shacl", "1.2"]]
)
def test_a_version_or_engine_that_there_is_not_is_refused(stream: list[str], options: list[str]) -> None:
    assert run([*stream, *options]) == 2


def test_version_and_engine_go_with_shapes(stream: list[str]) -> None:
    assert run([*stream[:2], "--source", "wiki", "--engine", "pyshacl"]) == 2


def test_a_second_opinion_is_one_option_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes = SHAPES.replace("sh:uniqueValuesFor ex:code ;", "")
    (tmp_path / "shapes.ttl").write_text(shapes)
    (tmp_path / "data.ttl").write_text("<https://example.org/x> a <https://example.org/C> .")
    files = ["validate", str(tmp_path / "data.ttl"), "--shapes", str(tmp_path / "shapes.ttl")]
    answers = []
    for engine in ("lexicord", "pyshacl"):
        assert run(["--output", "json", *files, "--engine", engine]) == 1
        answers.append(json.loads(capsys.readouterr().out))
    assert [each["constraint"] for answer in answers for each in answer["results"]] == ["minCount", "minCount"]


def test_a_query_that_never_ends_is_an_error_of_the_shapes(tmp_path: Path) -> None:
    from registry.services.shape_validation import shapes_check
    from registry.shacl import ValidationTimeoutError

    query = "SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (CONCAT(STR(?a), STR(?d)) = ?l) }"
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(f"""@prefix sh: <{SH}> . @prefix ex: <https://example.org/> .
        ex:S sh:targetNode ex:x ; sh:sparql [ sh:select "{query}" ] .""")
    data = "\n".join(
        f"<https://example.org/s{at}> <https://example.org/p> <https://example.org/o> ." for at in range(999)
    )
    with shapes.open("rb") as document, shapes_check(document, "shapes.ttl", seconds=0.5) as check:
        with pytest.raises(ValidationTimeoutError):
            check.graph(ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
        assert check.graph([]).conforms
