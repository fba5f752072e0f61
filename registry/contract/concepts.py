"""Concepts: shown, found, created, revised, moved, taken through their life, and their history."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

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

StatusName = Literal["draft", "in_review", "approved", "deprecated", "archived", "rejected"]
Tagged = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]
"""A text with its language, `TEXT@LANG`; without a tag the vocabulary's main language is meant."""
References = tuple[Reference, ...]
Texts = tuple[Tagged, ...]


class ConceptRef(Response):
    """A concept as it is named where another one is shown."""

    iri: str
    label: str
    scheme: str | None = None
    local: str = ""
    status: StatusName | None = None


class ConceptMapping(Response):
    """A mapping to a concept elsewhere. `state` is `published` when the vocabulary itself states it."""

    iri: str
    label: str
    scheme: str | None = None
    predicate: str
    state: str


class Note(Response):
    """A note of any kind: changeNote, example, historyNote, editorialNote, note."""

    kind: str
    text: str
    language: str = ""


class Concept(Response):
    """A concept: what it means, who owns it, where it stands. Untagged texts stand under the language ``."""

    iri: str
    scheme: str
    local: str = Field(description="Its name within its vocabulary: SCHEME/LOCAL names it everywhere.")
    label: str = Field(description="The label to show.")
    status: StatusName | None
    owner: str | None
    pref_label: dict[str, str]
    alt_label: dict[str, list[str]]
    hidden_label: dict[str, list[str]]
    notation: list[str]
    definition: dict[str, str]
    scope_note: dict[str, str]
    broader: list[ConceptRef]
    narrower: list[ConceptRef]
    related: list[ConceptRef]
    top_concept_of: list[str] = Field(description="Keys of the vocabularies it is a top concept of.")
    mappings: list[ConceptMapping]
    replaced_by: list[ConceptRef]
    facet: str | None = None
    effective_from: str | None = None
    effective_until: str | None = None
    reason: str | None = Field(None, description="Why it was retired without a replacement.")
    notes: list[Note]
    scheme_title: str = ""
    version: int = Field(description="The last seq that touched it: `base` of a change.")


class FoundConcept(ConceptRef):
    """A concept in a list, with the label that matched."""

    matched: str
    kind: Literal["pref_label", "alt_label", "hidden_label", "notation"]
    match: Literal["exact", "prefix", "part"]
    language: str = ""
    definition: str | None = None


class Concepts(Response):
    """Concepts that match, best first. `total` counts what has a matching label, concept of that status or not."""

    concepts: list[FoundConcept]
    total: int
    more: bool = Field(False, description="Whether there are more matching labels than were looked at.")
    next: str | None = None


class ConceptWritten(Written):
    """A concept after a change."""

    concept: Concept


class HistoryEntry(Response):
    """One change of a concept."""

    seq: int
    at: str
    who: str = Field(description="Handle of the principal.")
    operation: str
    reason: str | None = Field(None, description="Why, unless erased.")
    added: list[str]
    removed: list[str]


class ConceptHistory(Response):
    """Every change of a concept, newest first."""

    iri: str
    label: str
    changes: list[HistoryEntry]
    next: str | None = None


class ShowConcept(Request):
    """Show a concept: what it means, who owns it, where it stands."""

    concept: Reference


class FindConcepts(Page):
    """Find concepts by their words: exact before prefix before part, preferred labels first."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
    scheme: Key | None = None
    language: str | None = Field(None, max_length=35, description="Only labels in this language.")
    status: StatusName | None = None


class CreateConcept(Request):
    """Create a concept in a vocabulary."""

    scheme: Key
    label: Texts = Field(min_length=1, description="Preferred labels, TEXT@LANG, one in a language.")
    alt: Texts = ()
    hidden: Texts = ()
    definition: Texts = ()
    scope_note: Texts = ()
    broader: References = ()
    related: References = ()
    notation: tuple[NonEmptyStr, ...] = ()
    iri: str | None = Field(None, max_length=4_096, description="Its IRI; a fresh one when left away.")
    status: Literal["draft", "approved"] = "draft"


class ReviseConcept(Request):
    """Revise a concept's labels, notes or relations; a former name stays findable."""

    concept: Reference
    label: Texts = Field((), description="New preferred labels, TEXT@LANG.")
    not_a_synonym: bool = Field(False, description="Leave no alternative label where a name changes.")
    add_alt: Texts = ()
    remove_alt: Texts = ()
    add_hidden: Texts = ()
    remove_hidden: Texts = ()
    definition: Texts = Field((), description="New definitions, each in place of the one in its language.")
    scope_note: Texts = ()
    notation: tuple[NonEmptyStr, ...] | None = Field(None, description="All its notations from now on.")
    broader: References | None = Field(None, description="All its broader concepts from now on.")
    add_broader: References = ()
    remove_broader: References = ()
    add_related: References = ()
    remove_related: References = ()
    base: int | None = Field(None, ge=0, description="The version it was read at.")
    reason: NonEmptyStr


class MoveConcept(Request):
    """Move a concept under another one."""

    concept: Reference
    to: Reference = Field(description="Its one broader concept from now on.")
    base: int | None = Field(None, ge=0, description="The version it was read at.")
    reason: NonEmptyStr | None = None


class DeprecateConcept(Request):
    """Retire a concept, naming its replacements or why there is none."""

    concept: Reference
    replaced_by: References = ()
    base: int | None = Field(None, ge=0, description="The version it was read at.")
    reason: NonEmptyStr


class _Step(Request):
    concept: Reference
    base: int | None = Field(None, ge=0, description="The version it was read at.")


class SubmitConcept(_Step):
    """Submit a draft for review."""

    reason: NonEmptyStr | None = None


class ApproveConcept(_Step):
    """Approve a concept in review: it answers questions from now on."""

    reason: NonEmptyStr | None = None


class RejectConcept(_Step):
    """Turn a concept in review down, with the reason."""

    reason: NonEmptyStr


class ReopenConcept(_Step):
    """Reopen a rejected or deprecated concept as a draft."""

    reason: NonEmptyStr


class ShowHistory(Page):
    """Show every change of a concept: when, who, why."""

    concept: Reference


_ONE = "/v1/concepts/{scheme}/{local}"
_HERE = "registry.services.concepts"
_EDITS = "registry.services.concept_edits"
_LIFE = "registry.services.concept_life"


def _step(name: str, request: type[Request], verb: Literal["edit", "approve"]) -> AnyOperation:
    return Operation(f"concept.{name}", request, ConceptWritten, Need(verb, "concept", "concept"),
                     Http("POST", f"{_ONE}/{name}"), f"{_LIFE}:{name}", writes=True)  # fmt: skip


SHOW = Operation("concept.show", ShowConcept, Concept, Need("read", "concept", "concept"),
                 Http("GET", _ONE, "/v1/concepts"), f"{_HERE}:show")  # fmt: skip
FIND = Operation("concept.find", FindConcepts, Concepts, Need("read"),
                 Http("GET", "/v1/concepts"), f"{_HERE}:find")  # fmt: skip
CREATE = Operation("concept.create", CreateConcept, ConceptWritten, Need("edit", "scheme", "scheme"),
                   Http("POST", "/v1/concepts"), f"{_EDITS}:create", writes=True)  # fmt: skip
REVISE = Operation("concept.revise", ReviseConcept, ConceptWritten, Need("edit", "concept", "concept"),
                   Http("PATCH", _ONE), f"{_EDITS}:revise", writes=True)  # fmt: skip
MOVE = Operation("concept.move", MoveConcept, ConceptWritten, Need("edit", "concept", "concept"),
                 Http("POST", f"{_ONE}/move"), f"{_EDITS}:move", writes=True)  # fmt: skip
HISTORY = Operation("concept.history", ShowHistory, ConceptHistory, Need("read", "concept", "concept"),
                    Http("GET", f"{_ONE}/history", "/v1/concepts/history"),
                    "registry.services.concept_history:show")  # fmt: skip
DEPRECATE = _step("deprecate", DeprecateConcept, "edit")
SUBMIT = _step("submit", SubmitConcept, "edit")
APPROVE = _step("approve", ApproveConcept, "approve")
REJECT = _step("reject", RejectConcept, "approve")
REOPEN = _step("reopen", ReopenConcept, "edit")

OPERATIONS: tuple[AnyOperation, ...] = (
    SHOW, FIND, CREATE, REVISE, MOVE, DEPRECATE, SUBMIT, APPROVE, REJECT, REOPEN, HISTORY,
)  # fmt: skip
