"""The catalogue of checks: every row shows what it finds, and the clauses hold over their closure."""

import re
from collections import Counter
from itertools import permutations, product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Quad

from registry.errors import InvalidInputError
from registry.rdf.terms import SKOS
from registry.skos import CATALOGUE, Check, Policy, SchemeIndex, Severity, errors_of, run_checks
from registry.skos.ancestry import Ancestry, Edges, Pair
from registry.skos.checks.page import catalogue_page
from registry.skos.values import Resource
from tests.unit.skos.graphs import NAICS, STW_2018, UNESCO, ex, index, quads, schemes, tangles, unhurried, vocabulary

_IDS = [check.id for check in CATALOGUE]
_PAGE = Path(__file__).resolve().parents[3] / "docs" / "checks.md"


@pytest.mark.parametrize("check", CATALOGUE, ids=_IDS)
def test_the_example_triggers_its_check(check: Check) -> None:
    findings = run_checks(index(check.example), only={check.id}, policy=check.policy)
    assert findings
    assert {finding.severity for finding in findings} == {check.severity}
    assert all(finding.message and finding.fix for finding in findings)


@pytest.mark.parametrize("check", CATALOGUE, ids=_IDS)
def test_the_repaired_example_does_not(check: Check) -> None:
    assert run_checks(index(check.repaired), only={check.id}, policy=check.policy) == ()


def test_ids_are_distinct_and_readable() -> None:
    assert len(set(_IDS)) == len(_IDS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in _IDS)


def test_the_page_is_the_catalogue() -> None:
    assert _PAGE.read_text(encoding="utf-8") == catalogue_page()


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no check 'orphans'"):
        run_checks(index("ex:a a skos:Concept ."), only={"orphans"})


def test_a_flawless_vocabulary_has_no_findings() -> None:
    graph = """
    ex:s a skos:ConceptScheme ; dcterms:title "Finance"@en ; skos:hasTopConcept ex:a .
    ex:a a skos:Concept ; skos:inScheme ex:s ; skos:topConceptOf ex:s ; skos:prefLabel "Account"@en ;
        skos:definition "A record of what is owed."@en ; skos:narrower ex:b ; skos:exactMatch <http://e.org/1> .
    ex:b a skos:Concept ; skos:inScheme ex:s ; skos:prefLabel "Ledger"@en ; skos:broader ex:a ;
        skos:definition "A book of records."@en ; skos:closeMatch <http://e.org/2> .
    """
    assert run_checks(index(graph)) == ()


def test_errors_make_drafts_and_warnings_do_not() -> None:
    findings = run_checks(index('ex:a a skos:Concept . ex:b a skos:Concept ; skos:prefLabel "Account "@en .'))
    assert errors_of(findings) == {ex("a")}


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ("ex:a skos:related ex:b ; skos:broader ex:b .", True),
        ("ex:a skos:related ex:b . ex:a skos:broader ex:c . ex:c skos:broader ex:b .", True),
        ("ex:b skos:related ex:a . ex:a skos:broader ex:c . ex:b skos:narrower ex:c .", True),
        ("ex:a skos:relatedMatch ex:b . ex:a skos:broadMatch ex:c . ex:b skos:narrowMatch ex:c .", True),
        ("ex:a skos:related ex:b ; skos:broader ex:c . ex:b skos:broaderTransitive ex:c .", False),
        ("ex:a skos:related ex:b ; skos:broaderTransitive ex:b .", True),
        ("ex:a skos:related ex:b ; skos:broader ex:c . ex:b skos:broader ex:c .", False),
    ],
)
def test_related_clashes_with_broader_over_the_closure(graph: str, found: bool) -> None:
    assert bool(run_checks(index(graph), only={"relation-clash"})) is found


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ("ex:a skos:exactMatch ex:b ; skos:broadMatch ex:b .", True),
        ("ex:a skos:exactMatch ex:b . ex:b skos:narrowMatch ex:a .", True),
        ("ex:a skos:exactMatch ex:b . ex:b skos:relatedMatch ex:a .", True),
        ("ex:a skos:exactMatch ex:b . ex:c skos:exactMatch ex:b ; skos:broadMatch ex:a .", True),
        ("ex:a skos:exactMatch ex:b ; skos:closeMatch ex:b .", False),
        ("ex:a skos:exactMatch ex:b ; skos:broadMatch ex:c .", False),
    ],
)
def test_exact_clashes_with_the_others_over_its_closure(graph: str, found: bool) -> None:
    assert bool(run_checks(index(graph), only={"mapping-clash"})) is found


def test_the_main_language_may_be_given() -> None:
    graph = index('ex:a a skos:Concept ; skos:prefLabel "Account"@en .')
    assert run_checks(graph, only={"no-main-language-label"}) == ()
    assert len(run_checks(graph, only={"no-main-language-label"}, main_language="DE")) == 1
    assert len(run_checks(graph, only={"no-main-language-label"}, policy=Policy(main_language="de"))) == 1


@pytest.mark.parametrize(
    ("label", "definition", "circular"),
    [
        ("Account", "An account is a record.", False),
        ("Account", "Account.", True),
        ("Account", "A record of an account.", True),
        ("Account", "An account of accounts.", False),
        ("Lead", "A leading figure.", False),
        ("+", "A sign that adds.", False),
    ],
)
def test_a_definition_is_circular_when_it_needs_its_own_label(label: str, definition: str, circular: bool) -> None:
    graph = index(f'ex:a skos:prefLabel "{label}"@en ; skos:definition "{definition}"@en .')
    assert bool(run_checks(graph, only={"circular-definition"})) is circular


def test_a_label_that_many_share_costs_one_finding_each() -> None:
    graph = index(" ".join(f'ex:c{number} a skos:Concept ; skos:prefLabel "Same"@en .' for number in range(50)))
    findings = run_checks(graph, only={"same-pref-label"})
    assert len(findings) == 50
    assert "and 46 more" in findings[0].message


_FEW: list[Resource] = [ex(name) for name in "abcde"]
_PARENTS = st.dictionaries(st.sampled_from(_FEW), st.sets(st.sampled_from(_FEW), max_size=3), max_size=5)


def _closure(parents: Edges) -> set[Pair]:
    above: set[Pair] = {(low, high) for low, highs in parents.items() for high in highs if low != high}
    while more := {(low, top) for (low, mid), (base, top) in product(above, above) if mid == base} - above:
        above |= more
    return above


@unhurried
@given(_PARENTS)
def test_ancestry_is_the_closure(parents: Edges) -> None:
    expected = _closure(parents)
    assert Ancestry(parents).above(product(_FEW, _FEW)) == expected
    on_cycles = {node for cycle in Ancestry(parents).cycles for node in cycle}
    assert on_cycles == {node for node in _FEW if (node, node) in expected}


def test_a_ladder_deeper_than_the_stack_is_answered() -> None:
    nodes: list[Resource] = [ex(str(number)) for number in range(5000)]
    parents: Edges = {low: set(nodes[max(0, place - 2) : place]) for place, low in enumerate(nodes)}
    asked = [(nodes[-1], nodes[0]), (nodes[0], nodes[-1]), (nodes[2500], nodes[2499])]
    assert Ancestry(parents).above(asked) == {asked[0], asked[2]}


@unhurried
@given(schemes() | tangles())
def test_no_graph_breaks_a_check_and_its_order_does_not_matter(graph: list[Quad]) -> None:
    findings = run_checks(SchemeIndex.of(graph))
    assert findings == run_checks(SchemeIndex.of(reversed(graph)))
    assert list(findings) == sorted(findings, key=lambda found: list(Severity).index(found.severity))


@unhurried
@given(st.permutations(quads("ex:a skos:broader ex:b . ex:b skos:broader ex:c . ex:a skos:related ex:c .")))
@example(quads("ex:a skos:related ex:c ; skos:broader ex:b . ex:b skos:broader ex:c ."))
def test_a_clash_is_told_once(graph: list[Quad]) -> None:
    findings = run_checks(SchemeIndex.of(graph), only={"relation-clash"})
    assert [(found.concept, found.severity) for found in findings] == [(ex("a"), Severity.ERROR)]


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_cycle_is_told_at_its_first_concept(order: tuple[str, str, str]) -> None:
    first, second, third = map(ex, order)
    cycle = [(first, second), (second, third), (third, first)]
    findings = run_checks(
        SchemeIndex.of([Quad(low, SKOS.broader, high) for low, high in cycle]), only={"cyclic-hierarchy"}
    )
    assert [found.concept for found in findings] == [ex("a")]


@pytest.mark.shared
def test_the_real_vocabularies_have_their_known_faults() -> None:
    found = {
        name: Counter(finding.check for finding in run_checks(SchemeIndex.of(vocabulary(name))))
        for name in (STW_2018, UNESCO, NAICS)
    }
    assert found[STW_2018]["mis-encoded-label"] == 192
    assert found[STW_2018]["deprecated-still-broader"] == 18
    assert found[STW_2018]["replacement-chain"] == 7
    assert found[STW_2018]["relation-clash"] == found[UNESCO]["relation-clash"] == 0
    assert found[UNESCO]["top-concept-with-broader"] == 1
    assert found[UNESCO]["same-pref-label"] == 8
    assert found[NAICS]["untyped-entry"] == found[NAICS]["missing-label"] == 2212
    assert found[NAICS]["transitive-without-broader"] == 2189
