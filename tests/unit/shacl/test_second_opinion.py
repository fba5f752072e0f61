"""pySHACL in one file: the same values, the background no focus node, nothing fetched; known differences by name."""

from __future__ import annotations

import logging

import pytest

from registry.shacl import ShapesError, compile_shapes, second_opinion
from tests.unit.shacl.worlds import TAXONOMY, found, quads, report, signature, term

TARGET = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; "


def _plain(counter: object) -> list[str]:
    return sorted(str(each[:5]) for each in counter)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        ("sh:minCount 1", "ex:x a ex:C ."),
        ("sh:class skos:Concept", "ex:x a ex:C ; ex:p ex:annual, ex:other ."),
        ("sh:nodeKind sh:IRI ; sh:severity sh:Warning", 'ex:x a ex:C ; ex:p "01"^^xsd:integer, _:b, ex:y .'),
        ("sh:in ( 1 2 )", "ex:x a ex:C ; ex:p 1, 3, 'a'@en ."),
    ],
)
def test_both_engines_give_the_same_results(shape: str, data: str) -> None:
    shapes = quads(TARGET + shape + " ] .")
    theirs = second_opinion.validate(quads(data), shapes, quads(TAXONOMY))
    ours = report(TARGET + shape + " ] .", data, TAXONOMY)
    assert theirs.conforms is ours.conforms
    assert _plain(signature(theirs)) == _plain(signature(ours))


def test_paths_come_back_as_paths() -> None:
    shapes = (
        "ex:S sh:targetNode ex:x ; sh:property [ sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:minCount 1 ] , "
        "[ sh:path [ sh:alternativePath ( ex:p [ sh:oneOrMorePath ex:q ] ) ] ; sh:minCount 1 ] ."
    )
    theirs = second_opinion.validate([], quads(shapes))
    ours = compile_shapes(quads(shapes)).validate_graph([])
    assert sorted(str(each.result_path) for each in theirs.results) == sorted(str(e.result_path) for e in ours.results)


def test_the_background_is_never_a_focus_node() -> None:
    shapes = "ex:S sh:targetClass skos:Concept ; sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ] ."
    assert second_opinion.validate(quads("ex:x ex:p 1 ."), quads(shapes), quads(TAXONOMY)).conforms
    theirs = second_opinion.validate(quads("ex:mine a skos:Concept ."), quads(shapes), quads(TAXONOMY))
    assert found(theirs) == [("mine", "MinCount", None)]


def test_importing_fetches_nothing() -> None:
    shapes = quads("<https://example.org/s> owl:imports <http://192.0.2.1/none> . " + TARGET + "sh:minCount 1 ] .")
    assert second_opinion.validate(quads("<https://example.org/d> owl:imports <http://192.0.2.1/d> ."), shapes).conforms


def test_ill_formed_shapes_are_a_clear_error() -> None:
    with pytest.raises(ShapesError, match="pySHACL"):
        second_opinion.validate(quads("ex:x a ex:C ."), quads(TARGET + "sh:minCount 1, 2 ] ."))


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    shapes = TARGET + 'sh:datatype xsd:dateTime ; sh:minExclusive "2001-01-01T00:00:00"^^xsd:dateTime ] .'
    second_opinion.validate(quads('ex:x a ex:C ; ex:p "2001-13-45"^^xsd:dateTime .'), quads(shapes))
    with pytest.raises(ShapesError):
        second_opinion.validate(quads("ex:x a ex:C ."), quads(TARGET + "sh:minCount 1, 2 ] ."))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    logging.getLogger("rdflib.term").warning("afterwards")
    assert [record.message for record in caplog.records] == ["afterwards"]


KNOWN_DIFFERENCES = {
    "a blank for the T of a dateTime": ("sh:datatype xsd:dateTime", '"2021-02-03 10:00"^^xsd:dateTime', False),
    "an underscore in an integer": ("sh:datatype xsd:integer", '"1_000"^^xsd:integer', False),
    "a final line feed": ('sh:pattern "^a$"', '"a\\n"', False),
    "a class of characters": (r'sh:pattern "^\\p{Lu}$"', '"A"', True),
    "an underscore as a word character": (r'sh:pattern "^\\w$"', '"_"', False),
}


@pytest.mark.parametrize(("shape", "value", "right"), KNOWN_DIFFERENCES.values(), ids=KNOWN_DIFFERENCES.keys())
def test_the_known_differences_are_still_there(shape: str, value: str, right: bool) -> None:
    shapes, data = quads(TARGET + shape + " ] ."), quads(f"ex:x a ex:C ; ex:p {value} .")
    assert compile_shapes(shapes).validate_graph(data).conforms is right
    try:
        theirs = second_opinion.validate(data, shapes).conforms
    except ShapesError:
        return  # it cannot compile the pattern at all
    assert theirs is not right


def test_values_keep_their_lexical_forms() -> None:
    theirs = second_opinion.validate(
        quads('ex:x a ex:C ; ex:p "007"^^xsd:integer .'), quads(TARGET + "sh:maxInclusive 0 ] .")
    )
    assert [term(each.value) for each in theirs.results] == ["007"]
