"""What is ill-formed, misspelt or not evaluated is refused; what only describes is kept."""

from __future__ import annotations

import pytest

from registry.shacl import ShapesError, UnsupportedShapesError
from tests.unit.shacl.worlds import compiled, quads, report

SHAPE = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "
PROPERTY = SHAPE + "sh:property ex:P . ex:P sh:path ex:p ; "

ILL_FORMED = {
    "a misspelt parameter": PROPERTY + "sh:minCout 1 .",
    "a misspelt target": "ex:S a sh:NodeShape ; sh:targetClas ex:C .",
    "a misspelt parameter in a list": SHAPE + "sh:or ( [ sh:datatyp xsd:string ] ) .",
    "a misspelt severity": SHAPE + "sh:severity sh:Violaton .",
    "a minCount that is no integer": PROPERTY + 'sh:minCount "one" .',
    "two minCounts": PROPERTY + "sh:minCount 1, 2 .",
    "two datatypes": PROPERTY + "sh:datatype xsd:string, xsd:date .",
    "a datatype that is a literal": PROPERTY + 'sh:datatype "xsd:string" .',
    "a list of datatypes in 1.0": PROPERTY + "sh:datatype ( xsd:string xsd:date ) .",
    "a class that is a blank node": SHAPE + "sh:class [] .",
    "an unknown node kind": PROPERTY + "sh:nodeKind sh:Blank .",
    "a pattern that is no regular expression": PROPERTY + 'sh:pattern "(" .',
    "flags that are unknown": PROPERTY + 'sh:pattern "a" ; sh:flags "g" .',
    "a list without an end": PROPERTY + "sh:in ex:l . ex:l rdf:first 1 .",
    "a list in a circle": PROPERTY + "sh:in ex:l . ex:l rdf:first 1 ; rdf:rest ex:l .",
    "languages that are no strings": PROPERTY + "sh:languageIn ( ex:en ) .",
    "minCount on a node shape": SHAPE + "sh:minCount 1 .",
    "uniqueLang on a node shape": SHAPE + "sh:uniqueLang true .",
    "lessThan on a node shape": SHAPE + "sh:lessThan ex:q .",
    "a property shape without a path": SHAPE + "sh:property [ sh:minCount 1 ] .",
    "a property shape that does not exist": SHAPE + "sh:property ex:Missing .",
    "a node shape that does not exist": SHAPE + "sh:node ex:Missing .",
    "sh:node naming a property shape": SHAPE + "sh:node ex:P . ex:P sh:path ex:p .",
    "two paths": SHAPE + "sh:property [ sh:path ex:p, ex:q ] .",
    "a node shape with a path": "ex:S a sh:NodeShape ; sh:path ex:p .",
    "a path of one alternative": SHAPE + "sh:property [ sh:path [ sh:alternativePath ( ex:p ) ] ] .",
    "a path that contains itself": SHAPE + "sh:property [ sh:path _:p ] . _:p sh:inversePath _:p .",
    "a path that is nothing": SHAPE + "sh:property [ sh:path [ ex:p ex:q ] ] .",
    "deactivated by a string": SHAPE + 'sh:deactivated "yes" .',
    "a message that is a number": SHAPE + "sh:message 1 .",
    "a blank target node": "ex:S a sh:NodeShape ; sh:targetNode [] .",
    "a branch that is a label": SHAPE + 'lex:inBranch "Leave" .',
    "a recursive shape": SHAPE + "sh:property [ sh:path ex:p ; sh:node ex:S ] .",
    "shapes that are each other's alternative": SHAPE + "sh:not ex:T . ex:T sh:not ex:S .",
}
UNSUPPORTED = {
    "sh:entailment": SHAPE + "sh:entailment <http://www.w3.org/ns/entailment/RDFS> .",
    "rules": SHAPE + "sh:rule [ a sh:TripleRule ] .",
    "node expressions": SHAPE + "sh:expression [ sh:path ex:p ] .",
    "JavaScript": SHAPE + "sh:js [ sh:jsFunctionName 'f' ] .",
    "functions": "ex:f a sh:SPARQLFunction . " + SHAPE + "sh:nodeKind sh:IRI .",
    "terms of 1.2 in 1.0": PROPERTY + "sh:singleLine true .",
    "unique values of 1.2": SHAPE + "sh:uniqueValuesFor ex:C .",
    "a recursive shape": SHAPE + "sh:node ex:S .",
}


@pytest.mark.parametrize("turtle", ILL_FORMED.values(), ids=ILL_FORMED.keys())
def test_an_ill_formed_shape_is_refused_and_the_message_says_why(turtle: str) -> None:
    with pytest.raises(ShapesError) as caught:
        compiled(turtle)
    assert len(caught.value.message) > 20


@pytest.mark.parametrize("turtle", UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_what_is_not_evaluated_is_refused_instead_of_ignored(turtle: str) -> None:
    with pytest.raises(UnsupportedShapesError):
        compiled(turtle)


def test_what_describes_a_shape_is_kept() -> None:
    shapes = compiled(
        PROPERTY + 'sh:name "P"@en ; sh:description "A p." ; sh:order 2 ; sh:group ex:G ; sh:defaultValue ex:x .'
    )
    about = next(shape for shape in shapes.shapes.values() if shape.path is not None).about
    assert set(about) == {"name", "description", "order", "group", "defaultValue"}


def test_importing_fetches_nothing() -> None:
    imported = "<https://example.org/shapes> owl:imports <http://192.0.2.1/none> . "
    assert report(imported + SHAPE + "sh:nodeKind sh:IRI .", "ex:x a ex:C .").conforms


def test_shapes_nested_too_deep_are_refused_not_overflowed() -> None:
    chain = " ".join(f"ex:N{at} a sh:NodeShape ; sh:node ex:N{at + 1} ." for at in range(500))
    with pytest.raises(ShapesError, match="nested"):
        compiled(chain + " ex:N500 a sh:NodeShape .")


def test_data_beside_the_shapes_may_use_any_words() -> None:
    assert report(SHAPE + "sh:nodeKind sh:IRI . ex:x sh:notATerm 1 ; ex:y 2 .", "ex:x a ex:C .").conforms


def test_a_class_that_is_a_shape_targets_its_instances() -> None:
    assert not report("ex:C a rdfs:Class, sh:NodeShape ; sh:nodeKind sh:BlankNode .", "ex:x a ex:C .").conforms


@pytest.mark.parametrize(
    ("shape", "data", "conforms"),
    [
        ("sh:singleLine true", 'ex:x ex:p "a b"', True),
        ("sh:singleLine true", 'ex:x ex:p "a\\nb"', False),
        ("sh:datatype ( xsd:date xsd:dateTime )", 'ex:x ex:p "2021-02-03"^^xsd:date', True),
        ("sh:datatype ( xsd:date xsd:dateTime )", 'ex:x ex:p "2021-02-30"^^xsd:date', False),
        ("sh:class ( ex:A ex:B )", "ex:x ex:p ex:y . ex:y a ex:B", True),
        ("sh:class ( ex:A ex:B )", "ex:x ex:p ex:y . ex:y a ex:D", False),
        ("sh:rootClass ex:A", "ex:x ex:p ex:B . ex:B rdfs:subClassOf ex:A", True),
        ("sh:rootClass ex:A", "ex:x ex:p ex:B", False),
    ],
)
def test_the_draft_of_1_2_is_evaluated_when_asked_for(shape: str, data: str, conforms: bool) -> None:
    shapes = compiled(f"ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; {shape} ] .", version="1.2")
    assert shapes.validate_graph(quads(data + " .")).conforms is conforms
