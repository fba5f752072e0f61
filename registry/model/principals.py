"""Who is asking, and what they may do: principals, roles, resources, and the one policy function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["person", "agent", "service"]
Role = Literal["reader", "contributor", "steward", "approver", "arbiter", "registrar", "auditor"]
Verb = Literal["read", "propose", "edit", "approve", "decide", "import", "grant", "administer", "audit", "erase"]

VERBS: dict[Role, frozenset[Verb]] = {
    "reader": frozenset({"read"}),
    "contributor": frozenset({"read", "propose"}),
    "steward": frozenset({"read", "propose", "edit", "import"}),
    "approver": frozenset({"read", "propose", "approve"}),
    "arbiter": frozenset({"read", "propose", "approve", "decide"}),
    "registrar": frozenset(
        {"read", "propose", "edit", "approve", "decide", "import", "grant", "administer", "audit", "erase"}
    ),
    "auditor": frozenset({"read", "audit"}),
}
"""What each role may do, within the scope of its assignment."""

PERSONS_ONLY: frozenset[Role] = frozenset({"approver", "arbiter", "registrar"})
"""Roles that decide: no agent and no service holds one."""

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, an agent (an AI system, a pipeline, a bot) or a service. `handle` is what people type."""

    id: str
    kind: Kind
    handle: str
    name: str = ""
    owner: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role in a scope: `*`, `department:KEY` or `scheme:KEY`."""

    role: Role
    scope: str


@dataclass(frozen=True, slots=True)
class Resource:
    """What a request is about: the schemes and departments whose roles count. Empty: the registry as a whole."""

    kind: str
    schemes: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()

    def scopes(self) -> frozenset[str]:
        """The assignment scopes that reach this resource."""
        named = [f"scheme:{key}" for key in self.schemes] + [f"department:{key}" for key in self.departments]
        return frozenset([EVERYWHERE, *named])


@dataclass(frozen=True, slots=True)
class Asker:
    """A principal with the roles in force now; `behind` is the operating system's user under `--as`."""

    principal: Principal
    assignments: tuple[Assignment, ...] = ()
    behind: str | None = None
    scopes: frozenset[str] | None = None
    token: str | None = None
    request_id: str = ""
    facts: dict[str, str] = field(default_factory=dict, compare=False)

    def may(self, verb: Verb, resource: Resource) -> bool:
        """Whether this asker may do that: the one policy function, for every surface."""
        return not self.principal.disabled and permits(self.assignments, verb, resource) and self._token_allows(verb)

    def may_read(self) -> bool:
        """Whether this asker may read what is not restricted: any role will do."""
        return bool(self.assignments) and not self.principal.disabled and self._token_allows("read")

    def may_anywhere(self, verb: Verb) -> bool:
        """Whether this asker may do that in at least one place; the use case checks in which."""
        held = any(verb in VERBS[a.role] for a in self.assignments)
        return held and not self.principal.disabled and self._token_allows(verb)

    def reaches(self, scope: str) -> bool:
        """Whether any role, everywhere or in that scope, lets this asker see what is restricted to it."""
        return any(a.scope in (EVERYWHERE, scope) for a in self.assignments) and not self.principal.disabled

    def _token_allows(self, verb: Verb) -> bool:
        return self.scopes is None or verb in self.scopes


def permits(assignments: Iterable[Assignment], verb: Verb, resource: Resource) -> bool:
    """Whether one of the assignments carries the verb in a scope that reaches the resource."""
    scopes = resource.scopes()
    return any(a.scope in scopes and verb in VERBS[a.role] for a in assignments)


def roles_for(verb: Verb) -> tuple[Role, ...]:
    """The roles that would do, for the message of a refusal."""
    return tuple(role for role, verbs in VERBS.items() if verb in verbs)
