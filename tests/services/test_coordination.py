"""Coordination: the arithmetic, and the report over a small organisation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract import conflicts, mappings
from registry.contract import coordination as rows
from registry.contract.coordination import CoordinationReport, ModelCoordination, PairCoverage, ReportCoordination
from registry.services.integration_points import integration_points, model
from tests.adapters.registries import Registry
from tests.services.worlds import fill

COUNTS = st.integers(0, 500)


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


@pytest.mark.parametrize(
    ("size", "points"),
    [((10, 25, 20), (45, 190, 200, 100, 535)), ((1, 2, 2), (0, 1, 4, 2, 7)), ((0, 0, 0), (0, 0, 0, 0, 0))],
)
def test_the_arithmetic(size: tuple[int, int, int], points: tuple[int, ...]) -> None:
    found = model(None, ModelCoordination(departments=size[0], use_cases=size[1], sources=size[2]))
    assert points == (found.alignment_pairs, found.source_pairs, found.use_case_points,
                      found.governance_touchpoints, found.total)  # fmt: skip
    assert found.formulas["alignment_pairs"] == "departments × (departments − 1) / 2"


@given(COUNTS, COUNTS, COUNTS, st.floats(0, 1))
def test_sums_add_up_and_grow(departments: int, use_cases: int, sources: int, relevance: float) -> None:
    found = integration_points(departments, use_cases, sources, relevance)
    parts = (found.alignment_pairs, found.source_pairs, found.use_case_points, found.governance_touchpoints)
    assert found.total == sum(parts)
    assert min(parts) >= 0
    assert integration_points(departments + 1, use_cases, sources, relevance).total >= found.total
    assert found.with_hub <= departments


@pytest.mark.parametrize("fields", [{"departments": -1}, {"relevance": 1.5}, {"sources": "many"}])
def test_impossible_sizes_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        ModelCoordination.model_validate({"departments": 1, "use_cases": 1, "sources": 1} | fields)


def test_the_arithmetic_is_asked_through_the_gate_too(world: Registry) -> None:
    assert world.call(rows.MODEL, ModelCoordination(departments=10, use_cases=25, sources=20)).total == 535


def report(world: Registry) -> CoordinationReport:
    found = world.call(rows.REPORT, ReportCoordination())
    assert isinstance(found, CoordinationReport)
    return found


def finance_and_it(world: Registry) -> PairCoverage:
    return next(pair for pair in report(world).pairs if (pair.one, pair.other) == ("finance", "it"))


def test_before_anything_is_agreed_all_is_untouched(world: Registry) -> None:
    found = report(world)
    assert (found.departments, found.departments_with_vocabulary) == (4, 2)
    pair = finance_and_it(world)
    assert (pair.shared, pair.untouched, pair.agreed, pair.coverage) == (3, 3, 0, 0.0)
    assert (found.open_conflicts, found.ages, found.mappings) == (0, [], {})


def test_conflicts_and_mappings_move_meanings_on(world: Registry) -> None:
    world.call(conflicts.FIND, conflicts.FindConflicts())
    lying = finance_and_it(world)
    assert (lying.shared, lying.untouched, lying.disputed) == (3, 3, 0)
    assert report(world).ages[0].age == "this week"
    for subject in ("fin/customer", "it/buyer"):
        world.call(mappings.APPROVE, mappings.ApproveMapping(subject=subject, object="hub/customer"))
    world.call(
        mappings.APPROVE, mappings.ApproveMapping(subject="fin/account", object="it/account", predicate="related")
    )
    pair = finance_and_it(world)
    assert (pair.shared, pair.agreed, pair.through_hub, pair.different, pair.untouched) == (3, 1, 1, 1, 1)
    assert pair.coverage == 0.6667
    found = report(world)
    assert (found.shared, found.agreed, found.coverage, found.mappings) == (3, 1, 0.6667, {"approved": 3})


def test_a_one_sided_mapping_covers_nothing(world: Registry) -> None:
    request = mappings.ApproveMapping(subject="fin/customer", object="it/buyer")
    world.acting("fiona").call(mappings.APPROVE, request)
    one_sided = finance_and_it(world)
    assert (one_sided.agreed, one_sided.disputed, one_sided.untouched) == (0, 1, 2)
    world.acting("ivan").call(mappings.APPROVE, request)
    assert (finance_and_it(world).agreed, finance_and_it(world).through_hub) == (1, 0)


def test_a_rejected_mapping_settles_that_two_differ(world: Registry) -> None:
    request = mappings.RejectMapping(subject="fin/account", object="it/account", reason="Books are no systems.")
    world.call(mappings.REJECT, request)
    assert (finance_and_it(world).different, finance_and_it(world).untouched) == (1, 2)
