"""Trees: every path, every entry once at least, cycles cut, orphans listed."""

import pytest
from hypothesis import given
from pyoxigraph import Quad

from registry.errors import InvalidInputError, NotFoundError
from registry.skos import SchemeIndex, tree
from tests.unit.skos.graphs import STW_2018, ex, index, quads, schemes, tangles, unhurried, vocabulary

_TYPES = "ex:a a skos:Concept . ex:b a skos:Concept . ex:c a skos:Concept . ex:d a skos:Concept . "


def drawn(turtle: str, **options: object) -> list[str]:
    grown = tree(index(_TYPES + turtle), **options)  # type: ignore[arg-type]
    roots = [
        "  " * depth + node.label + " (cycle)" * node.cycle + f" +{node.more}" * bool(node.more)
        for root in grown.roots
        for depth, node in root.lines()
    ]
    return roots + [f"orphan {node.label}" for node in grown.orphans]


def test_a_concept_with_two_parents_stands_under_each() -> None:
    graph = "ex:c skos:broader ex:a , ex:b . ex:d skos:broader ex:c ."
    assert drawn(graph) == ["a", "  c", "    d", "b", "  c", "    d"]


def test_siblings_are_sorted_by_label_in_the_language() -> None:
    graph = (
        'ex:a skos:narrower ex:b , ex:c . ex:b skos:prefLabel "Z"@en , "A"@de . ex:c skos:prefLabel "m"@en , "m"@de .'
    )
    assert drawn(graph) == ["a", "  m", "  Z", "orphan d"]
    assert drawn(graph, language="de") == ["a", "  A", "  m", "orphan d"]


def test_a_cycle_below_a_root_is_cut_where_it_closes() -> None:
    graph = "ex:b skos:broader ex:a , ex:d . ex:c skos:broader ex:b . ex:d skos:broader ex:c ."
    assert drawn(graph) == ["a", "  b", "    c", "      d", "        b (cycle)"]


def test_a_cycle_without_root_gets_one() -> None:
    assert drawn("ex:b skos:broader ex:c . ex:c skos:broader ex:b .") == [
        "b",
        "  c",
        "    b (cycle)",
        "orphan a",
        "orphan d",
    ]


def test_a_concept_above_itself_is_a_cycle_of_one() -> None:
    assert drawn("ex:a skos:broader ex:a .")[:2] == ["a", "  a (cycle)"]


def test_the_depth_is_limited_and_says_what_is_left_out() -> None:
    graph = "ex:a skos:narrower ex:b , ex:c . ex:c skos:narrower ex:d ."
    assert drawn(graph, depth=0) == ["a +2"]
    assert drawn(graph, depth=1) == ["a", "  b", "  c +1"]
    assert drawn(graph, root=ex("c")) == ["c", "  d"]


def test_top_concepts_are_roots_and_deprecated_ones_no_orphans() -> None:
    assert drawn("ex:s skos:hasTopConcept ex:a . ex:b owl:deprecated true .") == ["a", "orphan c", "orphan d"]


def test_bad_questions_are_refused() -> None:
    with pytest.raises(NotFoundError):
        drawn("", root=ex("nowhere"))
    with pytest.raises(InvalidInputError):
        drawn("", depth=-1)


def test_a_chain_deeper_than_the_stack_is_cut_with_a_count() -> None:
    chain = " ".join(f"ex:n{number} a skos:Concept ; skos:broader ex:n{number - 1} ." for number in range(1, 3000))
    (root,) = tree(SchemeIndex.of(quads("ex:n0 a skos:Concept . " + chain))).roots
    last = list(root.lines())[-1]
    assert (last[0], last[1].more) == (100, 1)


def test_as_json() -> None:
    assert tree(index("ex:a a skos:Concept .")).as_dict() == {
        "roots": [],
        "orphans": [
            {
                "concept": "http://example.org/a",
                "label": "a",
                "deprecated": False,
                "cycle": False,
                "more": 0,
                "children": [],
            }
        ],
    }


@unhurried
@given(schemes() | tangles())
def test_every_live_entry_is_in_the_tree_or_an_orphan(graph: list[Quad]) -> None:
    found = SchemeIndex.of(graph)
    grown = tree(found)
    shown = {node.concept for root in grown.roots for _, node in root.lines()}
    orphans = {node.concept for node in grown.orphans}
    assert found.live <= shown | orphans
    assert not shown & orphans
    assert grown == tree(SchemeIndex.of(reversed(graph)))


@pytest.mark.shared
def test_a_real_thesaurus_hangs_from_its_seven_top_concepts() -> None:
    grown = tree(SchemeIndex.of(vocabulary(STW_2018)), language="de")
    assert (len(grown.roots), len(grown.orphans)) == (7, 0)
