"""The graph tier: what constraints find, what results say, and that a background is never a focus node."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from registry.errors import InvalidInputError
from registry.shacl import Background
from tests.unit.shacl.worlds import EX, TAXONOMY, compiled, found, quads, report, term

TARGET = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "


def _on_p(constraint: str) -> str:
    return f"{TARGET} sh:property [ sh:path ex:p ; {constraint} ] ."


@pytest.mark.parametrize(
    ("constraint", "values", "results"),
    [
        ("sh:minCount 1", "", [("x", "MinCount", None)]),
        ("sh:maxCount 1", "1, 2", [("x", "MaxCount", None)]),
        ("sh:maxCount 1", '1, "1"^^xsd:integer', []),
        ("sh:datatype xsd:date", '"2021-02-03 10:00"^^xsd:date', [("x", "Datatype", "2021-02-03 10:00")]),
        ("sh:datatype xsd:integer", '"1_000"^^xsd:integer', [("x", "Datatype", "1_000")]),
        ("sh:minLength 2", "[]", [("x", "MinLength", "_")]),
        ('sh:pattern "^a"', "[]", [("x", "Pattern", "_")]),
        ('sh:pattern "A" ; sh:flags "i"', '"a"', []),
        ("sh:minInclusive 1", '"5"', [("x", "MinInclusive", "5")]),
        ("sh:minInclusive 1", "1.0, 1e0", []),
        ("sh:maxExclusive '2021-01-01T00:00:00Z'^^xsd:dateTime", "'2020-12-31T23:00:00'^^xsd:dateTime", [
            ("x", "MaxExclusive", "2020-12-31T23:00:00")]),
        ("sh:maxExclusive '2021-01-01T00:00:00Z'^^xsd:dateTime", "'2020-12-31T09:00:00'^^xsd:dateTime", []),
        ("sh:languageIn ( 'en' )", '"a"@en-GB, "b"@fr', [("x", "LanguageIn", "b")]),
        ("sh:uniqueLang true", '"a"@en, "b"@EN', [("x", "UniqueLang", None)]),
        ("sh:in ( 1 )", '"01"^^xsd:integer', [("x", "In", "01")]),
        ("sh:hasValue 1", '"+1"^^xsd:integer', [("x", "HasValue", None)]),
        ("sh:equals ex:q", "1", [("x", "Equals", "1")]),
        ("sh:not [ sh:datatype xsd:string ]", '"a"', [("x", "Not", "a")]),
        ("sh:xone ( [ sh:datatype xsd:string ] [ sh:minLength 1 ] )", '"a"', [("x", "Xone", "a")]),
        ("sh:nodeKind sh:IRI ; sh:deactivated true", "1", []),
    ],
)  # fmt: skip
def test_a_constraint_finds_exactly_this(constraint: str, values: str, results: list[tuple[str, str, str]]) -> None:
    data = "ex:x a ex:C . " + (f"ex:x ex:p {values} ." if values else "")
    assert found(report(_on_p(constraint), data)) == results


def test_lexical_forms_are_reported_as_they_were_sent() -> None:
    result = report(_on_p("sh:maxInclusive 0"), 'ex:x a ex:C ; ex:p "007"^^xsd:integer .').results[0]
    assert term(result.value) == "007"


def test_targets_are_inherited_by_subclass() -> None:
    shapes = _on_p("sh:minCount 1")
    assert found(report(shapes, "ex:x a ex:D . ex:D rdfs:subClassOf ex:E . ex:E rdfs:subClassOf ex:C .")) == [
        ("x", "MinCount", None)
    ]
    assert found(report(shapes, "ex:x a ex:D .", "ex:D rdfs:subClassOf ex:C .")) == [("x", "MinCount", None)]


def test_messages_are_the_shapes_own_with_their_templates_filled() -> None:
    shapes = _on_p('sh:datatype xsd:date ; sh:message "{$value} at {$path} of {?this} is no {$date}."')
    [result] = report(shapes, 'ex:x a ex:C ; ex:p "soon" .').results
    assert result.messages == ("soon at <https://example.org/p> of <https://example.org/x> is no {$date}.",)
    assert result.expected == "a value of datatype xsd:date"


def test_our_own_message_says_what_was_expected_and_what_was_found() -> None:
    [result] = report(_on_p("sh:datatype xsd:date"), 'ex:x a ex:C ; ex:p "soon" .').results
    assert result.messages == ('Expected a value of datatype xsd:date, found "soon".',)


def test_a_result_below_a_violation_still_does_not_conform() -> None:
    answer = report(_on_p("sh:minCount 1 ; sh:severity sh:Info"), "ex:x a ex:C .")
    assert not answer.conforms
    assert dict(answer.counts) == {"violation": 0, "warning": 0, "info": 1}


def test_the_background_is_read_and_never_a_focus_node() -> None:
    shapes = (
        "ex:S a sh:NodeShape ; sh:targetClass skos:Concept ; sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ] ."
    )
    assert report(shapes, "ex:x ex:p 1 .", TAXONOMY).conforms
    assert found(report(shapes, "ex:mine a skos:Concept .", TAXONOMY)) == [("mine", "MinCount", None)]


def test_a_record_that_declares_a_cited_concept_does_not_make_it_one() -> None:
    shapes = _on_p("sh:class skos:Concept")
    assert report(shapes, "ex:x a ex:C ; ex:p ex:annual .", TAXONOMY).conforms
    declared = (
        "ex:x a ex:C ; ex:p ex:invented . ex:invented a skos:Concept ; skos:inScheme ex:hr ; skos:broader ex:leave ."
    )
    assert found(report(shapes, declared, TAXONOMY)) == [("x", "Class", "invented")]
    branch = _on_p("lex:inBranch ex:leave")
    assert found(report(branch, declared, TAXONOMY)) == [("x", "InBranch", "invented")]
    in_scheme = _on_p("sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue ex:hr ] ]")
    assert found(report(in_scheme, declared, TAXONOMY)) == [("x", "Node", "invented")]


def test_data_cannot_add_to_what_the_background_says_of_its_concepts() -> None:
    shapes = _on_p("sh:node [ sh:property [ sh:path ex:approved ; sh:hasValue true ] ]")
    assert not report(shapes, "ex:x a ex:C ; ex:p ex:annual . ex:annual ex:approved true .", TAXONOMY).conforms


def test_a_nested_blank_node_may_have_a_type_the_background_knows_too() -> None:
    assert report(_on_p("sh:class skos:Concept"), "ex:x a ex:C ; ex:p [ a skos:Concept ] .", TAXONOMY).conforms


@pytest.mark.parametrize(("value", "conforms"), [("leave", True), ("summer", True), ("pay", False), ("none", False)])
@pytest.mark.parametrize("background", [TAXONOMY, None])
def test_in_branch_follows_broader_to_the_given_concept(value: str, conforms: bool, background: str | None) -> None:
    data = f"ex:x a ex:C ; ex:p ex:{value} . " + ("" if background else TAXONOMY)
    assert report(_on_p("lex:inBranch ex:leave"), data, background).conforms is conforms


def test_a_background_in_circles_ends() -> None:
    circle = "ex:a a skos:Concept ; skos:broader ex:b . ex:b a skos:Concept ; skos:broader ex:a ."
    assert report(_on_p("lex:inBranch ex:a"), "ex:x a ex:C ; ex:p ex:b .", circle).conforms


def test_equal_backgrounds_have_equal_versions() -> None:
    one, other = Background(quads(TAXONOMY)), Background(reversed(quads(TAXONOMY)))
    assert one.version == other.version != Background(quads("ex:a a ex:B .")).version
    assert Background([], version="7").version == "7"


def test_blank_nodes_of_the_background_are_not_those_of_the_data() -> None:
    shapes = _on_p("sh:nodeKind sh:BlankNode ; sh:property [ sh:path ex:q ; sh:maxCount 0 ]")
    node = [ox.Quad(ox.BlankNode("b"), ox.NamedNode(EX + "q"), ox.Literal("1"))]
    data = [*quads("ex:x a ex:C ."), ox.Quad(ox.NamedNode(EX + "x"), ox.NamedNode(EX + "p"), ox.BlankNode("b"))]
    assert compiled(shapes).validate_graph(data, Background(node)).conforms


def test_a_graph_of_a_dataset_is_data_like_the_others() -> None:
    named = [ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(EX + "g")) for q in quads("ex:x a ex:C .")]
    assert not compiled(_on_p("sh:minCount 1")).validate_graph(named).conforms


def test_triple_terms_are_refused() -> None:
    inner = ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.NamedNode(EX + "c"))
    data = [ox.Quad(ox.NamedNode(EX + "x"), ox.NamedNode(EX + "p"), inner)]
    with pytest.raises(InvalidInputError, match="triple term"):
        compiled(_on_p("sh:minCount 1")).validate_graph(data)


@pytest.mark.parametrize(
    ("path", "data", "values"),
    [
        ("[ sh:inversePath ex:p ]", "ex:a ex:p ex:x .", {"a"}),
        ("( ex:p ex:q )", "ex:x ex:p ex:a . ex:a ex:q ex:b .", {"b"}),
        ("[ sh:alternativePath ( ex:p ex:q ) ]", "ex:x ex:p ex:a ; ex:q ex:b .", {"a", "b"}),
        ("[ sh:zeroOrMorePath ex:p ]", "ex:x ex:p ex:a . ex:a ex:p ex:x .", {"x", "a"}),
        ("[ sh:oneOrMorePath ex:p ]", "ex:x ex:p ex:a . ex:a ex:p ex:b .", {"a", "b"}),
        ("[ sh:zeroOrOnePath ex:p ]", "ex:x ex:p ex:a . ex:a ex:p ex:b .", {"x", "a"}),
        ("[ sh:inversePath ( ex:p ex:q ) ]", "ex:a ex:p ex:m . ex:m ex:q ex:x .", {"a"}),
        ("[ sh:inversePath [ sh:oneOrMorePath ex:p ] ]", "ex:a ex:p ex:b . ex:b ex:p ex:x .", {"a", "b"}),
        ("[ sh:inversePath [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ]", "ex:x ex:q ex:a .", {"a"}),
    ],
)
@pytest.mark.parametrize("split", [False, True])
def test_paths_lead_to_their_value_nodes(path: str, data: str, values: set[str], split: bool) -> None:
    shapes = f"ex:S sh:targetNode ex:x ; sh:property [ sh:path {path} ; sh:nodeKind sh:Literal ] ."
    answer = report(shapes, "" if split else data, data if split else None)
    assert {term(result.value) for result in answer.results} == values
