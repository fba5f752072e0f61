"""Resolution: a term to its authoritative concept, with the reason, or the one question that has to be asked first."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from registry.contract.operation import AnyOperation, Http, Key, Need, Operation, Request, Response
from registry.model.decisions import MatchKind, Outcome

LONGEST_TERM = 1_000
MOST_TERMS = 1_000


def _printable(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"a term holds no control characters such as U+{ord(character):04X}")
    return text


Term = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TERM, strip_whitespace=True),
    AfterValidator(_printable),
]
"""A label, a notation, an IRI or SCHEME/LOCAL: 1 to 1,000 characters, none of them a control character."""
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", max_length=63)]
"""A language tag of BCP 47."""


class Chosen(Response):
    """A concept in an answer."""

    concept: str
    pref_label: str
    definition: str | None = None
    owner: str | None = Field(None, description="Key of the department that owns it.")
    scheme: str
    status: str = "approved"


class Met(Response):
    """How the term met a concept."""

    kind: MatchKind
    score: float
    label: str
    language: str = ""


class Other(Chosen):
    """A concept that was considered and is not the answer, and why."""

    match: Met | None = None
    reason: str


class Choice(Response):
    """A possible answer to the question that is asked back."""

    value: str
    concepts: list[str]


class AskedBack(Response):
    """The one question that separates most. `about` says which field of the request answers it."""

    about: str = Field(description="`department`, `language`, `scheme`, or `concept` (ask again by its IRI).")
    text: str
    options: list[Choice]


class Resolution(Response):
    """The answer to a term: the same bytes for the same question on the same facts."""

    term: str
    outcome: Outcome
    winner: Chosen | None = None
    match: Met | None = None
    alternatives: list[Other] = Field(default_factory=list)
    because: list[str]
    question: AskedBack | None = None
    safe_to_use: bool = Field(description="Whether the winner may be used without a person looking at it.")
    decision_id: str
    graph_version: int = Field(description="The last seq that touched anything this answer rests on.")
    valid_at: str | None = Field(None, description="The moment asked about; none is said for now.")


class Resolutions(Response):
    """An answer for each term, in the order they were asked."""

    answers: list[Resolution]


class _Context(Request):
    department: Key | None = Field(None, description="Key of the department that is asking.")
    language: Language | None = Field(None, description="The term's language.")
    scheme: list[Key] = Field(default_factory=list, max_length=100, description="Only concepts of these vocabularies.")
    include_drafts: bool = Field(False, description="Consider concepts that are not approved yet.")


class ResolveTerm(_Context):
    """Resolve a term to its authoritative concept, with the reason."""

    term: Term


class ResolveTerms(_Context):
    """Resolve up to 1,000 terms at once, all in the same context."""

    terms: list[Term] = Field(min_length=1, max_length=MOST_TERMS)


RESOLVE = Operation("resolve.term", ResolveTerm, Resolution, Need("read"),
                    Http("GET", "/v1/resolve"), "registry.services.resolution:resolve")  # fmt: skip
RESOLVE_MANY = Operation("resolve.terms", ResolveTerms, Resolutions, Need("read"),
                         Http("POST", "/v1/resolve"), "registry.services.resolution:resolve_many")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (RESOLVE, RESOLVE_MANY)
