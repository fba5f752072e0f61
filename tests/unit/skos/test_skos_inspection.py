"""What an import is told about a file before anything of it is kept."""

from collections import Counter

import pytest
from hypothesis import given
from pyoxigraph import Literal, Quad

from registry.rdf.terms import XSD
from registry.skos import errors_of, inspect_import
from registry.skos.datatypes import is_ill_typed
from registry.skos.languages import is_language
from tests.unit.skos.graphs import NAICS, STW_2018, UNESCO, ex, quads, schemes, unhurried, vocabulary


@pytest.mark.parametrize(
    ("graph", "check", "severity"),
    [
        ("ex:a skos:inScheme ex:s .", "no-concepts", "warning"),
        ("ex:a skos:inScheme ex:s .", "untyped-entry", "warning"),
        ("ex:a a skos:Concept .", "no-scheme", "warning"),
        ("ex:a a skos:Concept .", "missing-label", "error"),
        ("ex:a a skos:Concept .", "no-scheme-described", "warning"),
        ("ex:s a skos:ConceptScheme . ex:t a skos:ConceptScheme .", "several-schemes", "warning"),
        ('ex:a a skos:Concept ; dcterms:modified "2019-02-30"^^xsd:date .', "ill-typed-literal", "warning"),
        ('ex:a a skos:Concept ; skos:prefLabel "A"@en , "B"@en .', "inconsistent-pref-labels", "error"),
        ('ex:a a skos:Concept ; skos:prefLabel " A"@en .', "extra-space", "warning"),
        ('ex:a a skos:Concept ; skos:prefLabel "A\\u0000"@en .', "unprintable-characters", "warning"),
        ("<a> a skos:Concept .", "invalid-iri", "error"),
        ("<urn:x:a> a skos:Concept .", "not-http-iri", "warning"),
        ("ex:a a skos:Concept ; skos:broader <b> .", "invalid-reference", "warning"),
        ("ex:a a skos:Concept ; ex:own 1 .", "unknown-property", "info"),
        ('ex:a a skos:Concept ; skos:note [ ex:value "x" ] .', "blank-nodes", "info"),
        ("ex:a a skos:Concept ; owl:deprecated true .", "deprecated-without-replacement", "warning"),
        ("ex:a skos:inScheme ex:s ; owl:deprecated true .", "untyped-deprecated", "info"),
        ("ex:a a skos:Concept ; skos:prefLable ex:b .", "undefined-skos-term", "warning"),
    ],
)
def test_each_fault_is_told(graph: str, check: str, severity: str) -> None:
    found = {(finding.check, finding.severity.value) for finding in inspect_import(quads(graph)).findings}
    assert (check, severity) in found


def test_what_is_read_is_counted_by_property() -> None:
    report = inspect_import(quads('ex:a a skos:Concept ; skos:altLabel "A"@en , "B"@en . ex:b a skos:Concept .'))
    assert (report.quads_read, report.concepts, report.entries) == (4, 2, 2)
    assert list(report.read.values()) == [2, 2]
    assert report.as_dict()["languages"] == {"en": 2}


def test_concepts_with_an_error_are_told_apart() -> None:
    report = inspect_import(quads('ex:a a skos:Concept ; skos:prefLabel "A "@en . ex:b a skos:Concept .'))
    assert errors_of(report.findings) == {ex("b")}


@unhurried
@given(schemes())
def test_no_file_breaks_the_inspection(graph: list[Quad]) -> None:
    report = inspect_import(graph)
    assert report.quads_read == len(set(graph)) == sum(report.read.values())
    assert report == inspect_import(reversed(graph))


@pytest.mark.parametrize(
    ("text", "datatype", "ill"),
    [
        ("2020-02-29", "date", False),
        ("2019-02-29", "date", True),
        ("2019-02-28T25", "dateTime", True),
        ("2019-02-28T12:00:00Z", "dateTime", False),
        ("28.02.2019", "date", True),
        ("-0044-03-15", "date", False),
        ("1", "boolean", False),
        ("yes", "boolean", True),
        ("+5", "integer", False),
        ("5.0", "integer", True),
        (".5", "decimal", False),
        ("5e3", "decimal", True),
        ("INF", "double", False),
        ("a b", "anyURI", True),
        ("a/b", "anyURI", False),
        ("anything", "string", False),
    ],
)
def test_literals_fit_their_datatype(text: str, datatype: str, ill: bool) -> None:
    assert is_ill_typed(Literal(text, datatype=XSD[datatype])) is ill


@pytest.mark.parametrize(
    "tag", ["en", "EN-gb", "zh-hant-tw", "sr-latn", "es-419", "de-1996", "gsw", "x-ours", "en-x-ours"]
)
def test_languages(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["uu", "xx", "e", "english-united-kingdom-x", "en-", "en_gb", "", "123"])
def test_no_languages(tag: str) -> None:
    assert not is_language(tag)


@pytest.mark.shared
def test_a_file_without_concepts_says_so_plainly() -> None:
    report = inspect_import(vocabulary(NAICS))
    assert (report.concepts, report.entries) == (0, 2212)
    message = "The file has 0 concepts and 2,212 entries that are only in a scheme."
    assert message in [finding.message for finding in report.findings if finding.check == "no-concepts"]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "clean"), [(UNESCO, True), (STW_2018, False)])
def test_real_thesauri_have_no_errors(name: str, clean: bool) -> None:
    report = inspect_import(vocabulary(name))
    kinds = Counter(finding.severity.value for finding in report.findings)
    assert kinds["error"] == 0
    assert (kinds["warning"] == 0) is clean
