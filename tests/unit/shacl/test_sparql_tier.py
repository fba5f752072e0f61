"""The SPARQL tier: pre-binding, what queries may not do, and answers in the data's own terms."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from registry.shacl import Background, ShapesError, UnsupportedShapesError, compile_shapes
from registry.shacl.sparql_text import prebind
from tests.unit.shacl.worlds import PREFIXES, TAXONOMY, compiled, found, quads, report, term

DECLARED = 'ex:P sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] . '


def _select(query: str, more: str = "") -> str:
    return DECLARED + f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex:P ; {more} sh:select """{query}""" ] .'


REFUSED = {
    "SERVICE": "SELECT $this WHERE { SERVICE <http://192.0.2.1/> { $this ?p ?o } }",
    "FROM": "SELECT $this FROM <http://192.0.2.1/> WHERE { $this ?p ?o }",
    "MINUS": "SELECT $this WHERE { $this ?p ?o MINUS { $this ex:a ?o } }",
    "VALUES": "SELECT $this WHERE { VALUES ?x { 1 } }",
    "an assignment": "SELECT $this WHERE { BIND (1 AS $this) }",
    "a nested SELECT": "SELECT $this WHERE { { SELECT ?x WHERE { ?x ?p ?o } } }",
    "an update": "INSERT DATA { ex:a ex:b ex:c }",
    "a LOAD": "LOAD <http://192.0.2.1/>",
    "another form": "ASK { $this ?p ?o }",
    "no query at all": "SELECT $this WHERE {",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED.keys())
def test_queries_that_could_reach_out_or_cannot_be_pre_bound_are_refused(query: str) -> None:
    with pytest.raises(ShapesError):
        compiled(_select(query))


def test_words_inside_strings_comments_and_names_are_not_keywords() -> None:
    query = "SELECT $this WHERE { # SERVICE\\n $this ex:FROM 'VALUES' . }"
    assert report(_select(query), "ex:x a ex:C .").conforms


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT $this ?value WHERE { $this ex:p ?value . FILTER (?value > 1) }", ["2"]),
        ("SELECT $this WHERE { FILTER (bound($this)) }", ["x"]),
        ("SELECT $this ?value WHERE { $this ex:p ?value . FILTER NOT EXISTS { $this ex:q ?value } }", ["01", "2"]),
        ("SELECT $this (COUNT(?o) AS ?value) WHERE { $this ex:p ?o } GROUP BY $this ORDER BY $this", ["2"]),
        (
            "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { $this ex:q ?value } }",
            ["01", "2"],
        ),
        ("SELECT $this ?value WHERE { BIND ($this AS ?value) }", ["x"]),
    ],
)
def test_variables_are_pre_bound_and_values_keep_their_forms(query: str, values: list[str]) -> None:
    answer = report(_select(query), 'ex:x a ex:C ; ex:p "01"^^xsd:integer, 2 .')
    assert sorted(str(term(each.value)) for each in answer.results) == values


def test_blank_nodes_can_be_asked_about_and_come_back_as_blank_nodes() -> None:
    query = "SELECT $this ?value WHERE { $this ex:p ?value . FILTER (isBlank($this) && isBlank(?value)) }"
    data = quads("_:a a ex:C ; ex:p _:b .")
    [result] = compiled(_select(query)).validate_graph(data).results
    assert isinstance(result.focus_node, ox.BlankNode)
    assert result.value == ox.BlankNode("b")


def test_a_literal_focus_node_matches_nothing_where_it_cannot_stand() -> None:
    shapes = DECLARED + (
        "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:sparql [ sh:prefixes ex:P ; sh:select "
        '"SELECT $this WHERE { $this ex:q ?o }" ] .'
    )
    assert report(shapes, 'ex:x ex:p "literal" .').conforms


def test_messages_come_from_the_solution_then_the_query_then_the_shape() -> None:
    solution = _select("SELECT $this ?message WHERE { BIND ('mine' AS ?message) }", 'sh:message "other" ;')
    assert report(solution, "ex:x a ex:C .").results[0].messages == ("mine",)
    query = _select("SELECT $this ?lang WHERE { $this ex:p ?lang }", 'sh:message "No {?lang} for {$this}." ;')
    [result] = report(query, 'ex:x a ex:C ; ex:p "en" .').results
    assert result.messages == ("No en for <https://example.org/x>.",)


def test_a_reported_failure_is_a_failure() -> None:
    with pytest.raises(ShapesError, match="failure"):
        report(_select("SELECT $this ?failure WHERE { BIND (true AS ?failure) }"), "ex:x a ex:C .")


def test_a_sparql_target_selects_nodes_of_the_data_only() -> None:
    shapes = DECLARED + (
        "ex:S a sh:NodeShape ; sh:nodeKind sh:BlankNode ; sh:target [ a sh:SPARQLTarget ; sh:prefixes ex:P ; "
        'sh:select "SELECT ?this WHERE { ?this a ex:C }" ] .'
    )
    assert found(report(shapes, "ex:x a ex:C .", "ex:y a ex:C .")) == [("x", "NodeKind", "x")]


def test_queries_see_the_background_and_leave_nothing_in_it() -> None:
    query = "SELECT $this ?value WHERE { $this ex:p ?value . FILTER NOT EXISTS { ?value <%s> ?s } }"
    shapes = compiled(_select(query % "http://www.w3.org/2004/02/skos/core#inScheme"))
    background = Background(quads(TAXONOMY))
    for _ in range(2):
        assert shapes.validate_graph(quads("ex:x a ex:C ; ex:p ex:annual ."), background).conforms
        assert not shapes.validate_graph(quads("ex:x a ex:C ; ex:p ex:other ."), background).conforms
    assert len(background.cache["sparql"]) == len(background)


def test_a_component_without_a_suitable_validator_is_refused() -> None:
    component = (
        "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; "
        'sh:nodeValidator [ sh:select "SELECT $this WHERE { $this ?p $limit }" ] . '
    )
    with pytest.raises(UnsupportedShapesError):
        compiled(component + "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; ex:limit 1 ] .")


def test_in_branch_for_other_engines_says_the_same_as_ours() -> None:
    file = (Path(__file__).resolve().parents[3] / "shapes" / "in-branch.ttl").read_text()
    renamed = file.replace("lex:InBranchConstraintComponent", "lex:AnotherComponent")
    shapes = "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; lex:inBranch ex:leave ] . "
    data = quads("ex:x ex:p ex:leave, ex:summer, ex:pay, ex:none . " + TAXONOMY)
    both = compile_shapes(ox.parse(PREFIXES + renamed + shapes, format=ox.RdfFormat.TURTLE)).validate_graph(data)
    ours = [each for each in found(both) if each[1] == "InBranch"]
    theirs = [each for each in found(both) if each[1] == "AnotherComponent" or "Another" in each[1]]
    assert [each[2] for each in ours] == [each[2] for each in theirs] == ["none", "pay"]
    alone = compile_shapes(ox.parse(PREFIXES + file + shapes, format=ox.RdfFormat.TURTLE)).validate_graph(data)
    assert found(alone) == ours


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("SELECT $this WHERE { $this ?p ?o }", "SELECT $this WHERE { <u:x> ?p ?o }"),
        ("SELECT ($this AS ?x) WHERE { }", "SELECT (<u:x> AS ?x) WHERE { }"),
        ("ASK { FILTER (BOUND ( ?this ) && ?thisOne) }", "ASK { FILTER ((true) && ?thisOne) }"),
        ("SELECT ?a { ?a ?b '$this' } GROUP BY ?this", "SELECT ?a { ?a ?b '$this' } GROUP BY ?this"),
        ("SELECT ?a { } HAVING (?this > 1)", "SELECT ?a { } HAVING (<u:x> > 1)"),
    ],
)
def test_pre_binding_replaces_variables_where_a_term_may_stand(query: str, bound: str) -> None:
    assert prebind(query, {"this": "<u:x>"}) == bound
