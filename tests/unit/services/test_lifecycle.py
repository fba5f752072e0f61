"""The transition table: what it allows, and that it allows nothing else."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from registry.errors import RefusedError
from registry.rdf.terms import LEX
from registry.services.lifecycle import NODES, STATUSES, TRANSITIONS, Status, after, spoken, status_of

ALLOWED = {
    ("submit", Status.DRAFT): Status.IN_REVIEW,
    ("approve", Status.IN_REVIEW): Status.APPROVED,
    ("reject", Status.IN_REVIEW): Status.REJECTED,
    ("reopen", Status.REJECTED): Status.DRAFT,
    ("reopen", Status.DEPRECATED): Status.DRAFT,
    ("deprecate", Status.APPROVED): Status.DEPRECATED,
    ("archive", Status.DEPRECATED): Status.ARCHIVED,
}


@pytest.mark.parametrize("step", TRANSITIONS)
@pytest.mark.parametrize("status", [*Status, None])
def test_a_step_leads_where_the_table_says_or_nowhere(step: str, status: Status | None) -> None:
    expected = ALLOWED.get((step, status)) if status else None
    if expected is not None:
        assert after(step, status) is expected
        return
    with pytest.raises(RefusedError, match=spoken(status)):
        after(step, status)


def test_every_status_has_its_node_and_back() -> None:
    assert {STATUSES[NODES[status]] for status in Status} == set(Status)


def test_a_description_states_one_status_or_none() -> None:
    assert status_of({LEX.status: (LEX.InReview,)}) is Status.IN_REVIEW
    assert status_of({LEX.status: (NamedNode("urn:other"),)}) is None
    assert status_of({}) is None
