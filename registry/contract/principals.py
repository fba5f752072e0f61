"""Principals, roles and tokens: who may act, what, where, and with which proof."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    Operation,
    Request,
    Response,
    Written,
)
from registry.model.principals import Kind, Role, Verb

Handle = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}$")]
"""What people type for a principal: letters, digits and . _ @ : + -"""
Name = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class RoleHeld(Response):
    """A role in a scope."""

    role: Role
    scope: str = Field(description="`*` everywhere, `department:KEY` or `scheme:KEY`.")


class Principal(Response):
    """A person, an agent (AI system, pipeline, bot) or a service."""

    id: str = Field(description="The opaque id that the log holds for ever.")
    handle: str
    kind: Kind
    name: str = ""
    owner: str | None = Field(None, description="Handle of the person who answers for an agent or a service.")
    disabled: bool = False
    roles: list[RoleHeld] = Field(default_factory=list)


class Principals(Response):
    """All principals, by handle."""

    principals: list[Principal]


class PrincipalWritten(Written):
    """A principal after a change."""

    principal: Principal


class PrincipalErased(Written):
    """What was destroyed of a principal's personal data."""

    id: str = Field(description="The opaque id under which its deeds stay on record.")
    payloads: int = Field(description="Bodies of the log destroyed together with their salts.")
    tokens: int = Field(description="Tokens that were still valid and are revoked now.")
    roles: int = Field(description="Roles taken away.")


class AddPrincipal(Request):
    """Register a person, an agent or a service."""

    handle: Handle = Field(description="What people type for it; it can be erased later.")
    kind: Kind = Field(description="person, agent (AI system, pipeline, bot) or service.")
    name: Name = Field("", description="Its full name.")
    owner: Handle | None = Field(None, description="Handle of the person who answers for an agent or a service.")


class ListPrincipals(Request):
    """List the principals with their roles."""


class DisablePrincipal(Request):
    """Stop a principal from doing anything, at once."""

    principal: Handle


class EnablePrincipal(Request):
    """Let a disabled principal act again."""

    principal: Handle


class ErasePrincipal(Request):
    """Destroy a principal's personal data; its deeds stay on record under an opaque id."""

    principal: Handle


class RoleAssignment(Response):
    """A role that a principal holds in a scope."""

    principal: str = Field(description="Its handle.")
    kind: Kind
    role: Role
    scope: str = Field(description="`*` everywhere, `department:KEY` or `scheme:KEY`.")
    disabled: bool = False


class RoleAssignments(Response):
    """Who holds which role where."""

    roles: list[RoleAssignment]


class RoleWritten(Written):
    """A role after it was granted or revoked; `changed` is false when nothing had to be done."""

    principal: str
    role: Role
    scope: str
    changed: bool


class GrantRole(Request):
    """Give a principal a role in a department, a vocabulary or everywhere."""

    principal: Handle
    role: Role
    department: Key | None = Field(None, description="Key of the department in which it holds.")
    scheme: Key | None = Field(None, description="Key of the vocabulary in which it holds.")
    everywhere: bool = Field(False, description="In the whole registry.")


class RevokeRole(Request):
    """Take a role away; the very next request is decided without it."""

    principal: Handle
    role: Role
    department: Key | None = Field(None, description="Key of the department in which it held.")
    scheme: Key | None = Field(None, description="Key of the vocabulary in which it held.")
    everywhere: bool = Field(False, description="In the whole registry.")


class ListRoles(Request):
    """List who holds which role where."""

    principal: Handle | None = Field(None, description="Only this principal's.")


class Token(Response):
    """An access token without its text, which is shown once and kept nowhere."""

    id: str
    principal: str = Field(description="Handle of the principal it acts as.")
    label: str = ""
    scopes: list[Verb] | None = Field(None, description="The verbs it is limited to; null: all its principal may do.")
    expires_at: str = Field("", description="When it stops to work; empty: never.")
    revoked: bool = False


class Tokens(Response):
    """Tokens: all for a registrar or auditor, the asker's own otherwise."""

    tokens: list[Token]


class TokenIssued(Written):
    """A new token with its text: this answer is the only place where it ever stands."""

    token: Token
    text: str = Field(description="Send it as Authorization: Bearer …")


class TokenRevoked(Written):
    """A token that no longer opens anything; `changed` is false when it was revoked before."""

    id: str
    changed: bool


class IssueToken(Request):
    """Issue an access token; its text is shown once."""

    principal: Handle
    label: Name = Field("", description="What it is for.")
    scopes: tuple[Verb, ...] = Field((), description="Limit it to these verbs; none: all its principal may do.")
    expires: str | None = Field(None, max_length=64, description="Days from now, or a time (ISO 8601); 90 days.")


class ListTokens(Request):
    """List access tokens, never their text."""

    principal: Handle | None = Field(None, description="Only this principal's.")


class RevokeToken(Request):
    """Revoke an access token; the very next request with it is refused."""

    token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")] = Field(description="Its id.")


_AT = "registry.services.principals:"
_ROLES = "registry.services.roles:"
_TOKENS = "registry.services.tokens:"

ADD = Operation("principal.add", AddPrincipal, PrincipalWritten, Need("administer"),
                Http("POST", "/v1/principals"), _AT + "add", writes=True)  # fmt: skip
LIST = Operation("principal.list", ListPrincipals, Principals, Need("read"),
                 Http("GET", "/v1/principals"), _AT + "find")  # fmt: skip
DISABLE = Operation("principal.disable", DisablePrincipal, PrincipalWritten, Need("administer"),
                    Http("POST", "/v1/principals/{principal}/disable"), _AT + "disable", writes=True)  # fmt: skip
ENABLE = Operation("principal.enable", EnablePrincipal, PrincipalWritten, Need("administer"),
                   Http("POST", "/v1/principals/{principal}/enable"), _AT + "enable", writes=True)  # fmt: skip
ERASE = Operation("principal.erase", ErasePrincipal, PrincipalErased, Need("erase"),
                  Http("POST", "/v1/principals/{principal}/erase"), "registry.services.erasure:erase",
                  writes=True)  # fmt: skip
GRANT = Operation("role.grant", GrantRole, RoleWritten, Need("administer"),
                  Http("POST", "/v1/roles"), _ROLES + "grant", writes=True)  # fmt: skip
REVOKE = Operation("role.revoke", RevokeRole, RoleWritten, Need("administer"),
                   Http("POST", "/v1/roles/revoke"), _ROLES + "revoke", writes=True)  # fmt: skip
ROLES = Operation("role.list", ListRoles, RoleAssignments, Need("read"),
                  Http("GET", "/v1/roles"), _ROLES + "find")  # fmt: skip
ISSUE = Operation("token.issue", IssueToken, TokenIssued, Need("administer"),
                  Http("POST", "/v1/tokens"), _TOKENS + "issue", writes=True, secret=True)  # fmt: skip
TOKENS = Operation("token.list", ListTokens, Tokens, Need("read"),
                   Http("GET", "/v1/tokens"), _TOKENS + "find")  # fmt: skip
REVOKE_TOKEN = Operation("token.revoke", RevokeToken, TokenRevoked, Need("administer"),
                         Http("POST", "/v1/tokens/{token}/revoke"), _TOKENS + "revoke", writes=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (
    ADD, LIST, DISABLE, ENABLE, ERASE, GRANT, REVOKE, ROLES, ISSUE, TOKENS, REVOKE_TOKEN,
)  # fmt: skip
