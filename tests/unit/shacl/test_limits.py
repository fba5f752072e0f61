"""A query that never ends is killed; a regular expression that would explode is matched in linear time."""

from __future__ import annotations

import pytest

from registry.shacl import ShapesError, ValidationTimeoutError
from registry.shacl.limits import validate_within
from registry.shacl.regex import compile_pattern
from tests.unit.shacl.worlds import quads, report, signature

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
