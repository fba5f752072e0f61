"""Authority: who is right about terms and values, on which basis, for whom and until when."""

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

Kind = Literal["term", "value"]
TierName = Literal["mandate", "normal", "fallback"]
Status = Literal["draft", "active", "suspended", "revoked"]
BasisClass = Literal["law", "regulation", "board_decision", "policy", "agreement"]
Strategy = Literal["authority", "trust", "recency", "independent_majority", "completeness", "escalate"]
Dimension = Literal["concept", "property", "entity_type", "subject_area", "jurisdiction", "usage"]
MOST_CLAIMS = 1_000
MOST_TERMS = 1_000


def _short(name: str) -> str:
    """A grant's short id, from that or from its IRI: a whole IRI never stands in a path."""
    short = name.rpartition("/id/authority-grant/")[2]
    if not short.isalnum():
        raise ValueError("name a grant by its IRI or by its short id")
    return short


GrantName = Annotated[Reference, AfterValidator(_short)]
"""A grant as people name it; kept as its short id."""


class Scope(Response):
    """Where something applies; what is absent means any."""

    concept: str | None = None
    property: str | None = None
    entity_type: str | None = None
    subject_area: str | None = Field(None, description="Key of the subject area.")
    jurisdiction: str | None = None
    usage: str | None = Field(None, description="Key of the department whose usage is meant, or a purpose's IRI.")


class TrustGiven(Response):
    """How much a source's values weigh, from 0 to 100, and how that falls with age."""

    maximum: float = Field(50, ge=0, le=100)
    minimum: float = Field(0, ge=0, le=100)
    decay: Literal["none", "linear", "half_life"] = "none"
    period_days: int | None = Field(None, ge=1, description="Of linear decay, or the half-life.")


class AuthorityGrant(Response):
    """A grant: who decides, over what, on which basis, from when to when."""

    id: str = Field(description="Its short name; the last step of its IRI.")
    iri: str
    kind: Kind
    holder: str = Field(description="Key of the department, or for values of the content source.")
    scope: Scope
    tier: TierName
    rank: int
    status: Status
    basis: str | None = None
    basis_class: BasisClass | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    review_by: date | None = None
    delegated_from: str | None = None
    delegable: bool = False
    max_depth: int = 1
    arbiter: str | None = None
    trust: TrustGiven | None = None


class AuthorityGrants(Response):
    """Grants in view, by holder."""

    grants: list[AuthorityGrant]
    total: int
    next: str | None = None


class GrantWritten(Written):
    """A grant after a change."""

    grant: AuthorityGrant


class _Scoped(Request):
    concept: Reference | None = Field(None, description="Only this concept and those below it.")
    property: str | None = Field(None, max_length=4_096, description="Only this property, by its IRI.")
    entity_type: str | None = Field(None, max_length=4_096, description="Only things of this class, by its IRI.")
    subject_area: Key | None = Field(None, description="Only this subject area and those below it, by its key.")
    jurisdiction: str | None = Field(None, max_length=4_096, description="Only where this law applies, by its IRI.")
    usage: Key | None = Field(None, description="Only in the usage of this department, by its key.")


class GrantAuthority(_Scoped):
    """Grant authority over terms or values."""

    holder: Key = Field(description="Key of the department, or for values of the content source, that decides.")
    kind: Kind = "term"
    basis: str = Field(max_length=4_096, description="IRI of the document that says so.")
    basis_class: BasisClass = Field(description="What kind of document that is.")
    tier: TierName = Field("normal", description="Its weight; a mandate outweighs every other.")
    rank: int = Field(100, ge=0, le=1_000_000, description="The smaller goes first among equals.")
    valid_from: AwareDatetime | None = Field(None, description="The moment it begins.")
    valid_until: AwareDatetime | None = Field(None, description="The moment it ends; without grace.")
    review_by: date | None = Field(None, description="The day by which somebody looks at it again.")
    delegated_from: GrantName | None = Field(None, description="The grant it is passed on from.")
    delegable: bool = Field(False, description="Whether the holder may pass it on.")
    max_depth: int = Field(1, ge=1, le=9, description="How often in a row it may be passed on.")
    arbiter: Key | None = Field(None, description="Key of the department that decides ties.")
    trust: TrustGiven | None = Field(None, description="For values: how much the source's claims weigh.")
    amends: GrantName | None = Field(None, description="Say an existing grant anew instead of making another.")


class RevokeAuthority(Request):
    """Take a grant back for good; what was passed on from it is void at once."""

    grant: GrantName = Field(description="Its IRI or short id.")


class SuspendAuthority(Request):
    """Suspend a grant, or let a suspended one count again."""

    grant: GrantName = Field(description="Its IRI or short id.")
    resume: bool = Field(False, description="Let it count again.")


class ListAuthority(Page):
    """List the authority grants."""

    holder: Key | None = Field(None, description="Only those of this department or content source.")
    kind: Kind | None = None
    status: Status | None = None


class AddArea(Request):
    """Add a subject area, or place one below another."""

    key: Key
    label: NonEmptyStr = Field(description="What people call it.")
    broader: Key | None = Field(None, description="Key of the area above.")
    hub: Key | None = Field(None, description="Key of the hub to which departments map this area's concepts.")


class AreaWritten(Written):
    """A subject area after a change."""

    key: str
    iri: str
    label: str
    broader: str | None = None


class SetPolicy(_Scoped):
    """Say how competing answers are decided in a scope; it replaces the policy of that scope."""

    strategies: list[Strategy] = Field(
        ["authority"], min_length=1, max_length=6, description="What is tried, in order."
    )
    margins: dict[Literal["trust", "recency", "independent_majority", "completeness"], float] = Field(
        default_factory=dict, description="By how much each strategy's winner has to lead."
    )
    max_age_days: int | None = Field(None, ge=1, description="Older values do not count.")
    authority_required: bool = Field(False, description="Only a source with a grant wins.")
    dimension_order: list[Dimension] = Field(default_factory=list, description="Compares what is else incomparable.")
    safe_when_provisional: bool = Field(False, description="Answers by a fallback alone may be used.")
    safe_when_unowned: bool = Field(False, description="Agreed answers that nobody owns may be used.")


class PolicyWritten(Written):
    """A policy after a change."""

    iri: str
    scope: Scope
    strategies: list[Strategy]


class EndorseConcept(Request):
    """Adopt another department's concept as one's own meaning."""

    concept: Reference
    department: Key = Field(description="Key of the department that adopts it.")
    withdraw: bool = Field(False, description="Take the adoption back.")


class Endorsed(Written):
    """Who has adopted a concept."""

    concept: str
    endorsed_by: list[str]


class OverrideValue(Request):
    """Pin a value for a limited time against what the sources claim."""

    entity: str = Field(max_length=4_096, description="IRI of the thing the value is of.")
    property: str = Field(max_length=4_096, description="IRI of the property.")
    value: NonEmptyStr = Field(description="The value that holds meanwhile.")
    reason: str = Field(min_length=10, max_length=2_000)
    valid_until: AwareDatetime = Field(description="The moment it ends.")
    overridden_source: Key = Field(description="Key of the source whose claim is overridden.")
    overridden_value: str | None = Field(None, max_length=10_000, description="What it claims now.")
    break_glass: bool = Field(False, description="In an emergency by one person, to be reviewed within 72 hours.")
    approved_by: str | None = Field(None, max_length=100, description="Handle of the second person.")


class OverrideWritten(Written):
    """An override after a change."""

    iri: str
    valid_until: AwareDatetime
    review_by: date | None = None


class MapCell(Response):
    """Who decides in one subject area, property or jurisdiction."""

    kind: Kind
    scope: Scope
    state: Literal["covered", "nobody", "contested", "fallback_only", "expiring"]
    holders: list[str]
    grants: list[str]
    until: AwareDatetime | None = None


class AuthorityMap(Response):
    """Who decides where."""

    cells: list[MapCell]
    counts: dict[str, int]


class MapAuthority(Request):
    """Show who decides where, and where nobody does."""

    kind: Kind | None = None


class LintFinding(Response):
    """One thing to look at."""

    severity: Literal["error", "warning", "info"]
    rule: str
    about: str
    message: str


class Linted(Response):
    """What is wrong with who may decide, the gravest first."""

    findings: list[LintFinding]
    errors: int
    healthy: bool


class LintAuthority(Request):
    """Check the grants and the map: for CI."""


class DrillPath(Response):
    """Whom a tie over a vocabulary's terms would reach."""

    one: str
    other: str
    arbiter: str | None
    people: list[str] = Field(description="Handles of those who may decide there.")
    reaches_somebody: bool


class Drilled(Response):
    """Every escalation path tried, without escalating anything."""

    paths: list[DrillPath]
    dead_ends: int


class DrillAuthority(Request):
    """Try every escalation path, without escalating anything."""


class ClaimGiven(Response):
    """What one content source says of a property."""

    source: Key
    value: str | None = Field(None, max_length=10_000)
    observed: AwareDatetime
    roots: list[str] = Field(default_factory=list, max_length=100, description="The origins it goes back to.")
    valid: bool = True
    blocked: bool = False
    completeness: float = Field(0, ge=0, le=1)


class DecideValue(_Scoped):
    """Decide which of several claimed values is right, with the reason."""

    entity: str = Field(max_length=4_096, description="IRI of the thing the value is of.")
    valid_at: AwareDatetime = Field(description="The moment the answer is for.")
    claims: list[ClaimGiven] = Field(max_length=MOST_CLAIMS, description="What each source says.")
    canonical: Literal["exact", "text", "number"] = Field("text", description="When two values are equal.")
    faults: list[str] = Field(default_factory=list, max_length=100, description="What the merged record breaks.")


class Group(Response):
    """Claims that say the same."""

    value: str
    sources: list[str]
    score: float | None = None


class Reason(Response):
    """A claim or grant that did not count, and why."""

    about: str
    reason: str


class DecidedValue(Response):
    """The value that is right, and everything that made it so."""

    decision_id: str
    outcome: str
    value: str | None
    sources: list[str]
    how: str | None
    decided_by: list[str]
    because: list[str]
    groups: list[Group]
    dropped: list[Reason]
    rejected: list[Reason]
    silent: list[str]
    sharper_answer_needs: list[str]
    valid_until: AwareDatetime | None
    arbiter: str | None
    stale_override: bool
    safe_to_use: bool
    graph_version: int
    policy_version: int


class WhatIf(Request):
    """Say which answers would change if a grant were revoked."""

    revoke: GrantName = Field(description="The grant, by its IRI or short id.")
    terms: list[NonEmptyStr] = Field(
        default_factory=list, max_length=MOST_TERMS, description="Those of the holder's concepts when empty."
    )
    department: Key | None = Field(None, description="Key of the department that is asking.")
    subject_area: Key | None = Field(None, description="Key of the subject area asked about.")
    jurisdiction: str | None = Field(None, max_length=4_096, description="IRI of the jurisdiction asked about.")
    valid_at: AwareDatetime | None = Field(None, description="The moment asked about; now when absent.")


class ChangedAnswer(Response):
    """An answer before and after."""

    term: str
    before: str
    before_winner: str | None
    after: str
    after_winner: str | None


class WhatIfAnswer(Response):
    """The answers that would change."""

    asked: int
    changed: int
    unresolved: int = Field(description="How many would have no winner any more.")
    answers: list[ChangedAnswer]


_AT = "/v1/authority"
_RUN = "registry.services.authority"

GRANT = Operation("authority.grant", GrantAuthority, GrantWritten, Need("grant", "department", "usage"),
                  Http("POST", f"{_AT}/grants"), f"{_RUN}:grant", writes=True)  # fmt: skip
REVOKE = Operation("authority.revoke", RevokeAuthority, GrantWritten, Need("grant", "anything"),
                   Http("POST", f"{_AT}/grants/{{grant}}/revoke"), f"{_RUN}:revoke", writes=True)  # fmt: skip
SUSPEND = Operation("authority.suspend", SuspendAuthority, GrantWritten, Need("grant", "anything"),
                    Http("POST", f"{_AT}/grants/{{grant}}/suspend"), f"{_RUN}:suspend", writes=True)  # fmt: skip
LIST = Operation("authority.list", ListAuthority, AuthorityGrants, Need("read"),
                 Http("GET", f"{_AT}/grants"), f"{_RUN}:find")  # fmt: skip
AREA = Operation("authority.area", AddArea, AreaWritten, Need("administer"),
                 Http("POST", f"{_AT}/areas"), f"{_RUN}_rules:add_area", writes=True)  # fmt: skip
POLICY = Operation("authority.policy", SetPolicy, PolicyWritten, Need("grant", "department", "usage"),
                   Http("POST", f"{_AT}/policies"), f"{_RUN}_rules:set_policy", writes=True)  # fmt: skip
ENDORSE = Operation("authority.endorse", EndorseConcept, Endorsed, Need("approve", "department", "department"),
                    Http("POST", f"{_AT}/endorsements"), f"{_RUN}_rules:endorse", writes=True)  # fmt: skip
OVERRIDE = Operation("authority.override", OverrideValue, OverrideWritten, Need("decide"),
                     Http("POST", f"{_AT}/overrides"), f"{_RUN}_rules:override", writes=True)  # fmt: skip
MAP = Operation("authority.map", MapAuthority, AuthorityMap, Need("read"),
                Http("GET", f"{_AT}/map"), f"{_RUN}_map:show")  # fmt: skip
LINT = Operation("authority.lint", LintAuthority, Linted, Need("read"),
                 Http("GET", f"{_AT}/lint"), f"{_RUN}_map:lint")  # fmt: skip
DRILL = Operation("authority.drill", DrillAuthority, Drilled, Need("read"),
                  Http("GET", f"{_AT}/drill"), f"{_RUN}_map:drill")  # fmt: skip
DECIDE = Operation("authority.decide", DecideValue, DecidedValue, Need("read"),
                   Http("POST", f"{_AT}/decide"), f"{_RUN}_decisions:decide")  # fmt: skip
WHAT_IF = Operation("authority.what-if", WhatIf, WhatIfAnswer, Need("read"),
                    Http("POST", f"{_AT}/what-if"), f"{_RUN}_decisions:what_if")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (
    GRANT, REVOKE, SUSPEND, LIST, AREA, POLICY, ENDORSE, OVERRIDE, MAP, LINT, DRILL, DECIDE, WHAT_IF,
)  # fmt: skip
