"""The SKOS Reference's clauses, asked as SPARQL property paths, agree with the checks on any graph."""

import pytest
from hypothesis import given, settings
from pyoxigraph import Quad, QuerySolutions, Store

from registry.rdf.terms import SKOSXL
from registry.skos import SchemeIndex, run_checks
from tests.unit.skos.graphs import quads, schemes, tangles, unhurried

_PREFIX = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?c "
_UP = "(skos:broader|^skos:narrower|skos:broaderTransitive|^skos:narrowerTransitive|skos:broadMatch|^skos:narrowMatch)+"
_RELATED = "(skos:related|^skos:related|skos:relatedMatch|^skos:relatedMatch)"
CLAUSES = {
    "inconsistent-pref-labels": "{ ?c skos:prefLabel ?a, ?b FILTER(!sameTerm(?a, ?b) && LANG(?a) = LANG(?b)) }",
    "disjoint-labels": "{ { ?c skos:prefLabel ?l ; skos:altLabel|skos:hiddenLabel ?l } "
    "UNION { ?c skos:altLabel ?l ; skos:hiddenLabel ?l } }",
    "relation-clash": f"{{ ?c {_RELATED} ?d ; {_UP} ?d }}",
    "mapping-clash": "{ ?c skos:broadMatch|skos:narrowMatch|skos:relatedMatch ?d ; "
    "(skos:exactMatch|^skos:exactMatch)+ ?d }",
}


def asked(graph: list[Quad], clause: str) -> set[str]:
    store = Store()
    store.extend(graph)
    answer = store.query(_PREFIX + CLAUSES[clause])
    assert isinstance(answer, QuerySolutions)
    return {str(solution["c"]) for solution in answer}


@pytest.mark.parametrize("clause", list(CLAUSES))
@settings(unhurried, max_examples=150)
@given(graph=tangles() | schemes())
def test_the_check_finds_what_the_clause_forbids(clause: str, graph: list[Quad]) -> None:
    # A concept's relation to itself has a check of its own, and XL labels are spelt out before the labels are judged.
    plain = [quad for quad in graph if quad.subject != quad.object and quad.predicate not in SKOSXL]
    found = run_checks(SchemeIndex.of(plain), only={clause})
    assert {str(finding.concept) for finding in found} == asked(plain, clause)


@pytest.mark.parametrize(
    ("clause", "graph"),
    [
        ("relation-clash", "ex:a skos:related ex:b . ex:a skos:broadMatch ex:c . ex:b skos:narrower ex:c ."),
        ("mapping-clash", "ex:a skos:exactMatch ex:b . ex:c skos:exactMatch ex:b ; skos:relatedMatch ex:a ."),
        ("disjoint-labels", 'ex:a skos:altLabel "A"@en ; skos:hiddenLabel "A"@en .'),
        ("inconsistent-pref-labels", 'ex:a skos:prefLabel "A" , "B" .'),
    ],
)
def test_the_clauses_are_asked_rightly(clause: str, graph: str) -> None:
    assert len(asked(quads(graph), clause)) == 1
