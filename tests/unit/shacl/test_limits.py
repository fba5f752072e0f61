"""A query that never ends is killed; a regular expression that would explode is matched in linear time."""

from __future__ import annotations

from multiprocessing import active_children

import pytest

from registry.shacl import ShapesError, ValidationTimeoutError
from registry.shacl.limits import KillableValidator, asks_queries, validate_within
from registry.shacl.regex import compile_pattern
from tests.unit.shacl.worlds import compiled, quads, report, signature

ENDLESS = """
ex:S sh:targetNode ex:x ; sh:sparql [ sh:select
  "SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (CONCAT(STR(?a), STR(?d)) = STR(?l)) }" ] .
"""
ORDINARY = "ex:S sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:class ex:C ] ."


def test_a_query_that_never_ends_is_killed() -> None:
    data = quads(" ".join(f"ex:s{at} ex:p ex:o{at} ." for at in range(1000)))
    with pytest.raises(ValidationTimeoutError) as caught:
        validate_within(0.5, data, quads(ENDLESS))
    assert caught.value.facts["limit"] == 0.5


def test_a_killed_child_is_replaced_and_one_that_ends_is_kept() -> None:
    data = quads(" ".join(f"ex:s{at} ex:p ex:o{at} ." for at in range(1000)))
    with KillableValidator(0.5, quads(ENDLESS)) as validator:
        with pytest.raises(ValidationTimeoutError):
            validator.judge(data)
        for _ in range(2):
            assert validator.judge(quads("ex:x ex:p 1 .")).report.conforms
        children = {child.pid for child in active_children()}
    assert len(children) == 1
    assert children.isdisjoint({child.pid for child in active_children()})


def test_a_child_says_what_is_to_be_unique() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:uniqueValuesFor ex:p ."
    with KillableValidator(60, quads(shapes), version="1.2") as validator:
        [key] = validator.judge(quads("ex:x a ex:C ; ex:p 1 .")).keys
    assert (key.node, key.repeated) == (quads("ex:x ex:p 1 .")[0].subject, False)


@pytest.mark.parametrize(("shapes", "asks"), [(ENDLESS, True), (ORDINARY, False)])
def test_shapes_with_queries_are_told_from_those_without(shapes: str, asks: bool) -> None:
    assert asks_queries(compiled(shapes)) is asks


def test_what_ends_gives_the_same_report_as_in_process() -> None:
    data, background = "ex:x ex:p ex:y .", "ex:z a ex:C ."
    answer = validate_within(60, quads(data), quads(ORDINARY), quads(background))
    assert signature(answer) == signature(report(ORDINARY, data, background))
    assert not answer.conforms


def test_what_the_child_refuses_is_raised_here() -> None:
    with pytest.raises(ShapesError, match="minCuont"):
        validate_within(60, [], quads("ex:S sh:targetNode ex:x ; sh:property [ sh:path ex:p ; sh:minCuont 1 ] ."))


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|aa)+$", "^(a*)*b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*b"]
)
def test_patterns_that_explode_elsewhere_are_answered(pattern: str) -> None:
    assert compile_pattern(pattern).search("a" * 30_000 + "!") is False
