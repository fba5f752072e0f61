"""Conflicts between departments: a standing register of where their words do not mean the same."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Page,
    Reference,
    Request,
    Response,
    Written,
)

Kind = Literal[
    "homonym",
    "synonym_without_mapping",
    "preferred_elsewhere_alternative",
    "opposite_hierarchy",
    "definitions_disagree",
    "same_code_other_meaning",
    "different_unit_or_formula",
    "different_granularity",
    "different_value_list",
    "mapping_clash",
    "competing_owners",
    "contested",
]
State = Literal["open", "assigned", "decided", "applied", "accepted_as_different"]
How = Literal["keep-both", "one-governs", "merge", "split", "broader", "transition"]
"""Ways to decide: homonyms stay apart; one meaning governs and the others are local; one meaning for both; new concepts
are to be made; one stands above the other; one governs, and the other is valid until a day."""


def _short(name: str) -> str:
    """A conflict's short id, from that or from its IRI: a whole IRI never stands in a path."""
    short = name.rpartition("/id/conflict/")[2]
    if not short.isalnum():
        raise ValueError("name a conflict by its IRI or by its short id")
    return short


ConflictName = Annotated[Reference, AfterValidator(_short)]
"""A conflict as people name it; kept as its short id."""


class Side(Response):
    """A concept in a conflict."""

    concept: str
    reference: str = Field(description="The concept as people type it: SCHEME/LOCAL.")
    scheme: str | None
    owner: str | None = Field(None, description="Key of the department that owns it.")
    pref_label: str
    alt_label: list[str] = Field(default_factory=list)
    definition: str | None = None
    broader: list[str] = Field(default_factory=list, description="Labels of the concepts above it.")


class Conflict(Response):
    """A conflict: who is involved, about which concepts, how far from being settled."""

    id: str = Field(description="Its short name; the last step of its IRI.")
    iri: str
    kind: Kind
    label_key: str | None = Field(None, description="The folded label or code under which the concepts meet.")
    parties: list[str] = Field(description="Keys of the departments involved.")
    schemes: list[str]
    sides: list[Side] = Field(description="The concepts side by side.")
    evidence: str = Field(description="What makes it a conflict, in a sentence.")
    state: State
    found: str | None = Field(None, description="When it was recorded.")
    arbiter: str | None = Field(None, description="Handle or department that decides when the parties cannot.")
    due_by: str | None = None
    decided_by: str | None = None
    reason: str | None = None
    how: How | None = Field(None, description="In which way it was decided.")
    governs: str | None = Field(None, description="Key of the department whose meaning governs.")
    until: date | None = Field(None, description="Until when what the decision replaces is valid.")
    dissent: str | None = Field(None, description="What those who did not agree had to say.")
    appealed_from: str | None = Field(None, description="The arbiter whose decision was appealed.")
    changed_since: bool = Field(False, description="It was settled, and a side has changed since: it is open again.")


class ConflictWritten(Written):
    """A conflict after a change."""

    conflict: Conflict
    mappings_changed: int = Field(0, description="Pairs of concepts that the decision mapped or parted.")


class Conflicts(Response):
    """Conflicts in view, open ones first."""

    conflicts: list[Conflict]
    total: int = Field(description="How many there are over all pages.")
    counts: dict[str, int] = Field(default_factory=dict, description="How many of each kind, over all pages.")
    next: str | None = None


class ConflictsFound(Written):
    """What looking for conflicts changed in the register."""

    opened: int = Field(description="New ones.")
    reopened: int = Field(0, description="Settled ones whose concepts have changed since.")
    closed: int = Field(0, description="Open ones whose cause is gone.")
    standing: int = Field(description="Open and assigned ones now, between the vocabularies looked at.")
    kinds: dict[str, int] = Field(default_factory=dict, description="Standing ones of each kind.")
    pairs: int = Field(description="Pairs of vocabularies compared.")


class ListConflicts(Page):
    """List the conflicts between departments."""

    department: Key | None = Field(None, description="This department is a party.")
    scheme: Key | None = Field(None, description="A concept of this vocabulary is concerned.")
    kind: Kind | None = None
    state: State | None = None


class ShowConflict(Request):
    """Show a conflict with both meanings side by side."""

    conflict: ConflictName = Field(description="Its IRI or short id.")


class FindConflicts(Request):
    """Look for conflicts between vocabularies and record them."""

    scheme: list[Key] = Field(
        default_factory=list, max_length=100, description="Only between these vocabularies; all in view when empty."
    )


class AssignConflict(Request):
    """Give a conflict a due date and, if need be, another arbiter."""

    conflict: ConflictName = Field(description="Its IRI or short id.")
    due_by: AwareDatetime = Field(description="When it goes to the arbiter, with a time zone.")
    arbiter: Key | None = Field(None, description="Key of a department that is no party.")


class DecideConflict(Request):
    """Decide a conflict, with the reason that the losing side is owed; mappings follow from it."""

    conflict: ConflictName = Field(description="Its IRI or short id.")
    how: How = Field(description="In which way.")
    reason: NonEmptyStr
    governs: Key | None = Field(None, description="Key of the department whose meaning governs.")
    broader: Reference | None = Field(None, description="The concept that stands above the others.")
    until: date | None = Field(None, description="Until when what is replaced stays valid, for a transition.")
    dissent: NonEmptyStr | None = Field(None, description="What those who did not agree had to say.")


class ReopenConflict(Request):
    """Open a settled conflict again, or appeal to the next arbiter."""

    conflict: ConflictName = Field(description="Its IRI or short id.")
    reason: NonEmptyStr
    appeal: bool = Field(False, description="Let the next department above the arbiter decide; once.")


LIST = Operation("conflict.list", ListConflicts, Conflicts, Need("read"),
                 Http("GET", "/v1/conflicts"), "registry.services.conflicts:find")  # fmt: skip
SHOW = Operation("conflict.show", ShowConflict, Conflict, Need("read"),
                 Http("GET", "/v1/conflicts/{conflict}"), "registry.services.conflicts:show")  # fmt: skip
FIND = Operation("conflict.find", FindConflicts, ConflictsFound, Need("propose", "anything"),
                 Http("POST", "/v1/conflicts/find"), "registry.services.conflict_search:search",
                 writes=True, optimistic=True)  # fmt: skip

_DECISIONS = "registry.services.conflict_decisions"
ASSIGN = Operation("conflict.assign", AssignConflict, ConflictWritten, Need("approve", "anything"),
                   Http("POST", "/v1/conflicts/{conflict}/assign"), f"{_DECISIONS}:assign", writes=True)  # fmt: skip
DECIDE = Operation("conflict.decide", DecideConflict, ConflictWritten, Need("approve", "anything"),
                   Http("POST", "/v1/conflicts/{conflict}/decide"), f"{_DECISIONS}:decide", writes=True)  # fmt: skip
REOPEN = Operation("conflict.reopen", ReopenConflict, ConflictWritten, Need("approve", "anything"),
                   Http("POST", "/v1/conflicts/{conflict}/reopen"), f"{_DECISIONS}:reopen", writes=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (LIST, SHOW, FIND, ASSIGN, DECIDE, REOPEN)
