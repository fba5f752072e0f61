"""Records of the example sources held against the document profile, and against everything that can go wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from registry.contract import principals, schemes, sources, validation
from registry.contract.departments import ADD, AddDepartment
from registry.contract.principals import AddPrincipal, GrantRole
from registry.contract.shapes import PUBLISH, PublishShapes
from registry.contract.sources import RegisterSource
from registry.contract.validation import ValidateRecord, ValidateStream
from registry.errors import InvalidInputError, NotFoundError, SyntaxFaultError, TooLargeError
from registry.rdf.patch import Patch
from registry.rdf.terms import LEX
from registry.services import streams
from registry.services.checking import at_pointer, is_json
from registry.services.repairs import MISSING, read_day
from registry.settings import Settings
from registry.shacl.json_text import parse_record
from registry.store import journal
from registry.store.store import create
from tests.adapters.registries import Registry, copy
from tests.conftest import ROOT

BASE = "https://vocab.nordhaven.example"
EXAMPLES = ROOT / "examples" / "sources"
SOURCES = ("crm", "dms", "wiki")


@pytest.fixture(scope="module")
def nordhaven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example organisation: four vocabularies, three sources."""
    folder = tmp_path_factory.mktemp("nordhaven") / "registry"
    create(folder, base_iri=BASE).close()
    made = copy(folder, folder.with_name("filled"))
    for key in ("nordhaven", "finance", "it", "sales"):
        made.call(ADD, AddDepartment(key=key, name=key.title()))
    for key in ("enterprise", "finance", "it", "sales"):
        with (ROOT / "ontologies" / "example" / f"{key}.ttl").open("rb") as document:
            owner, kind = ("nordhaven", "hub") if key == "enterprise" else (key, "department")
            asked = schemes.ImportScheme(key=key, owner=owner, kind=kind, name=f"{key}.ttl")
            made.call(schemes.IMPORT, asked, document)
    for key in SOURCES:
        context = json.loads((EXAMPLES / key / "context.jsonld").read_bytes())
        used = ("enterprise", "finance", "it", "sales")
        asked_source = RegisterSource(key=key, owner="sales", title=key.upper(), context=context, vocabularies=used)
        made.call(sources.REGISTER, asked_source)
    made.close()
    return folder.with_name("filled")


@pytest.fixture(params=["sqlite", "http"])
def example(request: pytest.FixtureRequest, nordhaven: Path, tmp_path: Path) -> Any:
    """The example organisation, in this process and over HTTP."""
    made = copy(nordhaven, tmp_path / "registry")
    if request.param == "http":
        made.serve()
    yield made
    made.close()


def lines(registry: Registry, source: str, body: bytes) -> list[dict[str, Any]]:
    document = registry.call(validation.STREAM, ValidateStream(source=source), io.BytesIO(body))
    return [orjson.loads(line) for line in document.read().splitlines()]


def report(registry: Registry, source: str, record: Any, **fields: Any) -> validation.Report:
    body = record if isinstance(record, bytes) else orjson.dumps(record)
    answered: validation.Report = registry.call(
        validation.VALIDATE, ValidateRecord(source=source, **fields), io.BytesIO(body)
    )
    return answered


def record_of(source: str, line: int) -> dict[str, Any]:
    text = (EXAMPLES / source / "records.ndjson").read_bytes().splitlines()[line - 1]
    found: dict[str, Any] = orjson.loads(text)
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_the_example_feeds_show_what_people_found_in_them(example: Registry, source: str) -> None:
    expected = json.loads((EXAMPLES / source / "expected.json").read_bytes())["lines"]
    found = lines(example, source, (EXAMPLES / source / "records.ndjson").read_bytes())
    assert [one["line"] for one in found[:-1]] == [one["line"] for one in expected]
    for wanted, got in zip(expected, found[:-1], strict=True):
        shown = {(f["severity"], f["pointer"]) for f in wanted["findings"] if f["severity"] != "feed"}
        told = {(result["severity"], result["pointer"]) for result in got["results"]}
        assert shown <= told, f"{source} line {wanted['line']}"
        assert got["conforms"] == (not shown)
    summary = found[-1]["summary"]
    assert (summary["records"], summary["malformed"], summary["conforms"]) == (20, 0, False)
    assert summary["counts"]["violation"] == sum(one["counts"]["violation"] for one in found[:-1])


def test_automatic_repairs_are_those_a_person_would_make(example: Registry) -> None:
    made = 0
    for source in SOURCES:
        expected = json.loads((EXAMPLES / source / "expected.json").read_bytes())["lines"]
        found = lines(example, source, (EXAMPLES / source / "records.ndjson").read_bytes())
        for wanted, got in zip(expected, found[:-1], strict=True):
            people = {f["pointer"]: f for f in wanted["findings"]}
            for result in got["results"]:
                repair = result["repair"]
                if repair and repair["class"] == "auto":
                    assert repair["patch"] == people[result["pointer"]]["repair"], f"{source} {wanted['line']}"
                    made += 1
    assert made >= 12


def test_a_record_that_conforms_says_what_it_was_held_against(example: Registry) -> None:
    found = report(example, "wiki", record_of("wiki", 1))
    assert found.conforms
    assert (found.source, found.profile, found.mode, found.taxonomy_version) == ("wiki", "document", "warn", "8")
    assert found.focus_node == "https://wiki.nordhaven.example/page/4701"
    assert report(example, "wiki", record_of("wiki", 1)).report_id == found.report_id


def test_a_retired_concept_is_a_warning_with_its_replacement(example: Registry) -> None:
    [result] = [r for r in report(example, "wiki", record_of("wiki", 3)).results if r.pointer == "/topics/0"]
    assert result.severity == "warning"
    assert result.repair is not None
    assert result.repair.repair_class == "auto"
    assert result.repair.patch == [{"op": "replace", "path": "/topics/0", "value": f"{BASE}/finance/write-off"}]


@pytest.mark.parametrize(
    ("topic", "said"),
    [("Write-off", "write-off"), ("write off", "write-off"), ("Writte-off", "nearest"),
     (f"{BASE}/finance/write-of", "nearest")],
)  # fmt: skip
def test_a_label_or_a_slip_where_an_iri_is_due_gets_the_concept(example: Registry, topic: str, said: str) -> None:
    record = {**record_of("wiki", 1), "topics": [topic]}
    found = report(example, "wiki", record)
    [result] = [r for r in found.results if r.constraint == "class"]
    assert (result.pointer, result.severity) == ("/topics/0", "violation")
    assert result.repair is not None
    assert said in result.repair.explanation
    assert result.repair.patch[0]["value"] == f"{BASE}/finance/write-off"


def test_a_concept_of_a_vocabulary_that_the_source_does_not_use_is_told(example: Registry) -> None:
    context = json.loads((EXAMPLES / "wiki" / "context.jsonld").read_bytes())
    asked = RegisterSource(key="narrow", owner="it", title="Narrow", context=context, vocabularies=("enterprise",))
    example.call(sources.REGISTER, asked)
    found = report(example, "narrow", {**record_of("wiki", 1), "topics": [f"{BASE}/finance/posting"]})
    [result] = found.results
    assert result.repair is not None
    assert "vocabulary finance, which this source does not use" in result.repair.explanation


def test_what_a_vocabulary_says_is_believed_at_once_and_as_it_was_then(example: Registry) -> None:
    record = {**record_of("wiki", 1), "topics": [f"{BASE}/finance/posting"]}
    before = report(example, "wiki", record)
    graph = example.store.names.curation_graph("finance")
    posting = NamedNode(f"{BASE}/finance/posting")
    with example.store.writing() as connection:
        standing = Quad(posting, LEX.status, LEX.Approved, graph)
        patch = Patch(frozenset({Quad(posting, LEX.status, LEX.Draft, graph)}), frozenset({standing}))
        journal.append(connection, journal.Entry("test", "system", patch))
    after = report(example, "wiki", record)
    assert (before.conforms, after.conforms) == (True, False)
    assert (int(before.taxonomy_version), int(after.taxonomy_version)) == (8, example.store.head())
    assert after.results[0].repair is not None
    assert "Draft" in after.results[0].repair.explanation
    past = str(example.store.head() - 1)
    body = io.BytesIO(orjson.dumps(record))
    assert example.call(validation.VALIDATE, ValidateRecord(source="wiki"), body, as_of=past).conforms


def test_a_record_without_an_identifier_gets_the_same_one_each_time(example: Registry) -> None:
    record = {name: value for name, value in record_of("wiki", 1).items() if name != "uri"}
    first, again = report(example, "wiki", record), report(example, "wiki", dict(reversed(record.items())))
    assert first.conforms
    assert first.focus_node == again.focus_node
    assert first.focus_node.startswith(f"{BASE}/id/source/wiki/record/")
    for nothing in (None, ""):
        assert report(example, "wiki", {**record, "uri": nothing}).conforms
    for wrong in ({"uri": 5}, {"uri": ["urn:a"]}, {"uri": "urn:a", "@id": "urn:b"}):
        with pytest.raises(InvalidInputError, match="identifier"):
            report(example, "wiki", {**record, **wrong})
    named = report(example, "wiki", {**record, "uri": "page/1"})
    assert named.focus_node == "https://wiki.nordhaven.example/unresolved/page/1"


def test_a_record_of_a_class_nobody_looks_at_does_not_pass_unseen(example: Registry) -> None:
    found = report(example, "wiki", {**record_of("wiki", 1), "kind": "https://example.org/Other"})
    assert not found.conforms
    assert (found.results[0].pointer, found.results[0].constraint) == ("/kind", "class")
    assert report(example, "wiki", {k: v for k, v in record_of("wiki", 1).items() if k != "kind"}).conforms


def test_rdf_is_validated_as_it_is(example: Registry) -> None:
    turtle = b"""@prefix lex: <https://w3id.org/lexicord/ns#> . @prefix dcterms: <http://purl.org/dc/terms/> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    [] a lex:Document ; dcterms:identifier "A-100" ; dcterms:issued "2021-02-30"^^xsd:date ."""
    for media in ("text/turtle", None):
        found = report(example, "wiki", turtle, media_type=media)
        assert ("datatype", "2021-02-30") in {(r.constraint, r.value) for r in found.results}
        assert all(result.pointer is None for result in found.results)
        assert found.focus_node.startswith(f"{BASE}/id/source/wiki/record/")
    with pytest.raises(SyntaxFaultError):
        report(example, "wiki", b"<urn:a> <urn:b>", media_type="text/turtle")


def test_a_context_of_the_records_own_is_refused_unless_inline_and_allowed(example: Registry) -> None:
    own = {**record_of("wiki", 1), "@context": {"labels": None}}
    with pytest.raises(InvalidInputError, match="context of its own"):
        report(example, "wiki", own)
    assert report(example, "wiki", own, own_context=True).conforms
    for remote in ("https://example.org/c", ["https://example.org/c"], {"a": {"@id": "urn:x:a", "@context": "x"}}):
        with pytest.raises(InvalidInputError, match="elsewhere"):
            report(example, "wiki", {**own, "@context": remote}, own_context=True)


DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "a list"), (b'"x"', "a text"), (b"5", "a number"), (b"null", "null"), (b"{}", "empty"),
        (b"", "empty"), (b" \n", "empty"), (b"{", "not JSON"), (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1, "a": 2}', "twice"), (b'{"b": {"a": 1, "a": 2}}', "twice"), (b'{"a": "\xff"}', "UTF-8"),
        (DEEP, "deeper"),
        (b'{"@graph": [{"title": "x"}]}', "several"), (b'{"a": 1} {"a": 2}', "Extra data"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_its_reason(nordhaven: Path, tmp_path: Path, body: bytes, said: str) -> None:
    made = copy(nordhaven, tmp_path / "registry")
    with pytest.raises(InvalidInputError, match=said):
        report(made, "wiki", body)
    answered = lines(made, "wiki", b"\n" + (body.strip() or b"{") + b"\n" + orjson.dumps(record_of("wiki", 1)))
    made.close()
    assert [one.get("status") for one in answered] == ["malformed", "conforms", None]
    assert answered[0]["line"] == 2
    assert answered[0]["error"]["message"]
    assert answered[-1]["summary"]["malformed"] == 1


def test_answers_go_out_in_pieces_and_none_is_lost() -> None:
    sent = [b"%d\n" % number for number in range(1_000)]
    pieces = list(streams.in_pieces(iter(sent)))
    assert b"".join(pieces) == b"".join(sent)
    assert len(pieces) < len(sent) / 10
    assert list(streams.in_pieces(iter([]))) == []


def test_a_line_beyond_the_limit_is_that_lines_error(nordhaven: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 4_000)
    made = copy(nordhaven, tmp_path / "registry")
    good = orjson.dumps(record_of("wiki", 1))
    answered = lines(made, "wiki", b'{"a": "' + b"x" * 20_000 + b'"}\n' + good + b"\n" + b"y" * 5_000)
    made.close()
    assert [one.get("status") for one in answered] == ["malformed", "conforms", "malformed", None]


def test_results_are_capped_and_their_counts_true(example: Registry) -> None:
    found = report(
        example, "wiki", {**record_of("wiki", 1), "topics": [f"https://example.org/{n}" for n in range(150)]}
    )
    assert len(found.results) == 100
    assert found.counts.violation == 151


def test_a_record_above_the_limit_of_a_body_is_refused(nordhaven: Path, tmp_path: Path) -> None:
    from registry.client.local import LocalClient
    from registry.client.options import CallOptions

    made = copy(nordhaven, tmp_path / "registry")
    made.close()
    client = LocalClient(tmp_path / "registry", CallOptions(), Settings(max_body=1_000))
    with pytest.raises(TooLargeError, match="1000 bytes"):
        client.call(validation.VALIDATE, ValidateRecord(source="wiki"), io.BytesIO(b" " * 1_001))
    client.close()


def test_a_vocabulary_out_of_view_does_not_show_in_validation(nordhaven: Path, tmp_path: Path) -> None:
    made = copy(nordhaven, tmp_path / "registry")
    names = made.store.names
    audience = Quad(NamedNode(f"{BASE}/finance"), LEX.audience, names.thing("department", "finance"),
                    names.curation_graph("finance"))  # fmt: skip
    with made.store.writing() as connection:
        journal.append(connection, journal.Entry("test", "system", Patch(frozenset({audience}))))
    made.call(principals.ADD, AddPrincipal(handle="bob", kind="person"))
    made.call(principals.GRANT, GrantRole(principal="bob", role="reader", department="sales"))
    record = orjson.dumps({**record_of("wiki", 1), "topics": [f"{BASE}/finance/posting", "Posting"]})
    mine = made.call(validation.VALIDATE, ValidateRecord(source="wiki"), io.BytesIO(record))
    assert [result.pointer for result in mine.results] == ["/topics/1"]
    assert mine.results[0].repair is not None
    his = made.acting("bob").call(validation.VALIDATE, ValidateRecord(source="wiki"), io.BytesIO(record))
    assert {result.pointer for result in his.results} == {"/topics/0", "/topics/1"}
    assert "finance/posting" not in json.dumps([r.repair.model_dump() for r in his.results if r.repair])
    assert "finance" not in made.acting("bob").call(sources.SHOW, sources.ShowSource(source="wiki")).vocabularies
    again = made.call(validation.VALIDATE, ValidateRecord(source="wiki"), io.BytesIO(record))
    assert again.model_dump() == mine.model_dump()
    made.close()


def test_an_unknown_source_is_not_found(example: Registry) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        report(example, "nowhere", {"a": 1})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.text(), json_values, min_size=1))
def test_any_object_is_read_as_it_was_written(record: dict[str, Any]) -> None:
    text = json.dumps(record).encode()
    if "@graph" in record:
        return
    assert parse_record(text) == json.loads(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_a_named_fault(body: bytes) -> None:
    try:
        found = parse_record(body)
    except InvalidInputError as error:
        found = {"fault": error.message}
    assert found


@pytest.mark.parametrize(
    ("text", "day", "certain"),
    [
        ("31.12.2023", "2023-12-31", True), ("5 Mar 2024", "2024-03-05", True), ("March 5, 2024", "2024-03-05", True),
        ("20240411", "2024-04-11", True), ("2024-05-06T10:00:00Z", "2024-05-06", True),
        ("2024/1/2", "2024-01-02", True),
        ("03/05/2024", "2024-03-05", False), ("13/05/2024", "2024-05-13", True), ("05/13/2024", "2024-05-13", True),
    ],
)  # fmt: skip
def test_days_in_other_forms(text: str, day: str, certain: bool) -> None:
    found = read_day(text)
    assert found is not None
    assert (found[0].isoformat(), found[1]) == (day, certain)


@pytest.mark.parametrize("text", ["2024-02-30", "soon", "", "31.2.2024", "1/2/3", "99999999", "12 Foo 2024"])
def test_what_is_no_day(text: str) -> None:
    assert read_day(text) is None


def test_where_a_pointer_leads() -> None:
    record = {"a/b": {"c~d": [1, {"": 2}]}}
    assert at_pointer(record, "") == record
    assert at_pointer(record, "/a~1b/c~0d/1/") == 2
    assert at_pointer(record, "/a~1b/c~0d/2") is MISSING
    assert at_pointer(record, "/x/y") is MISSING


@pytest.mark.parametrize(
    ("media", "body", "json_"),
    [("application/json", b"<urn:a>", True), ("text/turtle; charset=utf-8", b"{}", False), (None, b" {", True),
     (None, b"@prefix", False), (None, b"<urn:a>", False), ("application/octet-stream", b"[1]", True),
     ("application/ld+json", b"", True), (None, b"_:a <urn:b> 1 .", False), (None, b"true", True)],
)  # fmt: skip
def test_what_a_body_is(media: str | None, body: bytes, json_: bool) -> None:
    assert is_json(media, body) is json_


def test_a_number_where_a_text_is_due_is_shown_as_it_was_sent(example: Registry) -> None:
    found = report(example, "wiki", {**record_of("wiki", 1), "pageId": 4714})
    assert ("datatype", "4714", "/pageId") in {(r.constraint, r.value, r.pointer) for r in found.results}


def many(source: str, count: int) -> bytes:
    """A feed of many lines: clean and faulty records, and lines that are none."""
    known = (EXAMPLES / source / "records.ndjson").read_bytes().splitlines()
    return b"\n".join(known[n % 20] if n % 7 else b'{"broken": ' for n in range(count))


def test_several_processes_answer_as_one_does_in_the_same_order(nordhaven: Path, tmp_path: Path) -> None:
    made = copy(nordhaven, tmp_path / "registry")
    body = many("wiki", 1_500)
    one, two = (
        made.call(validation.STREAM, ValidateStream(source="wiki", workers=workers), io.BytesIO(body)).read()
        for workers in (1, 2)
    )
    made.close()
    assert one == two
    assert one.count(b"\n") == 1_501


def test_lines_that_were_answered_are_passed_over(example: Registry) -> None:
    body = many("wiki", 60)
    whole = lines(example, "wiki", body)
    asked = ValidateStream(source="wiki", after=45)
    rest = [orjson.loads(line) for line in example.call(validation.STREAM, asked, io.BytesIO(body)).read().splitlines()]
    assert rest[:-1] == whole[45:-1]
    assert rest[-1]["summary"]["records"] == 15


@pytest.mark.parametrize("source", SOURCES)
def test_automatic_repair_leaves_only_what_a_person_has_to_decide(example: Registry, source: str) -> None:
    body = (EXAMPLES / source / "records.ndjson").read_bytes()
    asked = ValidateStream(source=source, fix="auto")
    found = [
        orjson.loads(line) for line in example.call(validation.STREAM, asked, io.BytesIO(body)).read().splitlines()
    ]
    mended = 0
    for original, answer in zip(body.splitlines(), found[:-1], strict=True):
        fixed = answer["fixed"]
        again = report(example, source, fixed["record"])
        assert again.conforms == fixed["conforms"]
        assert sum(fixed["counts"].values()) <= sum(answer["counts"].values())
        assert not [r for r in again.results if r.repair and r.repair.repair_class == "auto"]
        if not fixed["patch"]:
            assert fixed["record"] == orjson.loads(original)
        mended += bool(fixed["patch"])
    assert mended >= 3


def test_a_value_in_another_form_is_repaired_without_knowing_the_registry(example: Registry) -> None:
    context = json.loads((EXAMPLES / "wiki" / "context.jsonld").read_bytes())["@context"]
    shapes = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    <urn:x:count> a sh:NodeShape ; sh:targetClass <https://w3id.org/lexicord/ns#Document> ;
        sh:property [ sh:path <http://www.w3.org/ns/dcat#version> ; sh:datatype xsd:integer ] ."""
    asked = PublishShapes(key="counted", owner="it")
    example.call(PUBLISH, asked, io.BytesIO(shapes.encode()))
    typed = {**context, "revision": {"@id": "dcat:version", "@type": "xsd:integer"}}
    source = RegisterSource(key="counted", owner="it", title="Counted", context=typed, profile="counted")
    example.call(sources.REGISTER, source)
    [result] = report(example, "counted", {"uri": "https://x.example/1", "kind": "page", "revision": "1_000"}).results
    assert result.repair is not None
    assert result.repair.patch == [{"op": "replace", "path": "/revision", "value": "1000"}]
