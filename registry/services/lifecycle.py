"""The life of a concept: statuses, and the one table of transitions between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pyoxigraph import NamedNode

from registry.errors import RefusedError
from registry.model.principals import Verb
from registry.rdf.terms import LEX
from registry.store.quads import Description


class Status(StrEnum):
    """Where a concept stands in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DEPRECATED = "deprecated"
    ARCHIVED = "archived"
    REJECTED = "rejected"


NODES: Mapping[Status, NamedNode] = {
    Status.DRAFT: LEX.Draft,
    Status.IN_REVIEW: LEX.InReview,
    Status.APPROVED: LEX.Approved,
    Status.DEPRECATED: LEX.Deprecated,
    Status.ARCHIVED: LEX.Archived,
    Status.REJECTED: LEX.Rejected,
}
"""How each status is written in the curation graph, as a value of lex:status."""
STATUSES: Mapping[object, Status] = {node: status for status, node in NODES.items()}

TRANSITIONS: Mapping[str, tuple[frozenset[Status], Status, Verb]] = {
    "submit": (frozenset({Status.DRAFT}), Status.IN_REVIEW, "edit"),
    "approve": (frozenset({Status.IN_REVIEW}), Status.APPROVED, "approve"),
    "reject": (frozenset({Status.IN_REVIEW}), Status.REJECTED, "approve"),
    "reopen": (frozenset({Status.REJECTED, Status.DEPRECATED}), Status.DRAFT, "edit"),
    "deprecate": (frozenset({Status.APPROVED}), Status.DEPRECATED, "edit"),
    "archive": (frozenset({Status.DEPRECATED}), Status.ARCHIVED, "approve"),
}
"""Each step: the statuses it starts from, the one it leads to, and the verb it needs. There are no others."""


def status_of(description: Description) -> Status | None:
    """The status that a description states; None when it states none."""
    return next((STATUSES[value] for value in description.get(LEX.status, ()) if value in STATUSES), None)


def after(step: str, status: Status | None) -> Status:
    """The status after a step; RefusedError when the step does not start from this one."""
    starts, end, _ = TRANSITIONS[step]
    if status not in starts:
        possible = [name for name, (froms, _, _) in TRANSITIONS.items() if status in froms]
        raise RefusedError(
            f"A concept that is {spoken(status)} cannot be {_DONE[step]}: only one that is "
            f"{' or '.join(sorted(spoken(start) for start in starts))}.",
            advice=f"From here it can be: {', '.join(_DONE[name] for name in possible) or 'nothing more'}.",
            rule="lifecycle",
        )
    return end


def spoken(status: Status | None) -> str:
    """A status in words."""
    return "without a status" if status is None else status.value.replace("_", " ")


_DONE = {
    "submit": "submitted for review",
    "approve": "approved",
    "reject": "rejected",
    "reopen": "reopened",
    "deprecate": "deprecated",
    "archive": "archived",
}
