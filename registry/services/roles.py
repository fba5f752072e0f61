"""Roles: granted, revoked, listed. Only persons decide."""

from __future__ import annotations

from registry.contract.principals import (
    GrantRole,
    ListRoles,
    RevokeRole,
    RoleAssignment,
    RoleAssignments,
    RoleWritten,
)
from registry.errors import InvalidInputError, NotFoundError, RefusedError
from registry.model.principals import EVERYWHERE, PERSONS_ONLY, Assignment
from registry.services.principals import RESERVED, require_other_registrar
from registry.services.references import require_department, require_scheme
from registry.services.views import scope_in_view
from registry.store import principals as people
from registry.store.work import Work


def grant(work: Work, request: GrantRole) -> RoleWritten:
    """Give a role in a scope; RefusedError for a deciding role and no person. A role held already is no change."""
    found = people.require_principal(work.reader.connection, request.principal)
    scope = _scope(request)
    _require_scope(work, request)
    if found.handle.startswith(RESERVED):
        raise RefusedError(f"{found.id} was erased.", advice="Register the person anew.")
    if request.role in PERSONS_ONLY and found.kind != "person":
        raise RefusedError(
            f"{found.handle} is no person: {request.role} is a role that decides.",
            advice="Agents and services can be reader, contributor, steward or auditor.",
        )
    changed = Assignment(request.role, scope) not in people.assignments(work.reader.connection, found.id)
    if changed:
        connection = work.ledger
        people.grant_role(connection, found.id, request.role, scope, work.next_seq)
    work.about = found.id
    work.summary = f"{request.role} in {scope} to {found.id}"
    return RoleWritten(principal=found.handle, role=request.role, scope=scope, changed=changed)


def revoke(work: Work, request: RevokeRole) -> RoleWritten:
    """Take a role away; NotFoundError when it is not held, ConflictError for the last registrar everywhere."""
    found = people.require_principal(work.reader.connection, request.principal)
    scope = _scope(request)
    if Assignment(request.role, scope) not in people.assignments(work.reader.connection, found.id):
        raise NotFoundError(
            f"{found.handle} is not {request.role} in {scope}.",
            advice=f"List its roles with: lexicord role list {found.handle}",
        )
    if (request.role, scope) == ("registrar", EVERYWHERE):
        require_other_registrar(work, found)
    connection = work.ledger
    people.revoke_role(connection, found.id, request.role, scope, work.next_seq)
    work.about = found.id
    work.summary = f"{request.role} in {scope} from {found.id}"
    return RoleWritten(principal=found.handle, role=request.role, scope=scope, changed=True)


def find(work: Work, request: ListRoles) -> RoleAssignments:
    """Who holds which role where, by handle; roles in vocabularies out of view are left out."""
    connection = work.reader.connection
    known = {one.id: one for one in people.principals(connection)}
    only = people.require_principal(connection, request.principal).id if request.principal else None
    held = [
        RoleAssignment(
            principal=known[id_].handle,
            kind=known[id_].kind,
            role=one.role,
            scope=one.scope,
            disabled=known[id_].disabled,
        )
        for id_, one in people.all_assignments(connection)
        if id_ in known and only in (None, id_) and scope_in_view(work.reader, work.names, one.scope)
    ]
    return RoleAssignments(roles=sorted(held, key=lambda one: (one.principal, one.role, one.scope)))


def _scope(request: GrantRole | RevokeRole) -> str:
    named = [f"{kind}:{key}" for kind in ("department", "scheme") if (key := getattr(request, kind)) is not None]
    if request.everywhere:
        named.append(EVERYWHERE)
    if len(named) != 1:
        raise InvalidInputError(
            "A role is held in one place." if named else "Say where the role is held.",
            advice="Give one of --department KEY, --scheme KEY or --everywhere.",
        )
    return named[0]


def _require_scope(work: Work, request: GrantRole) -> None:
    if request.department is not None:
        require_department(work.reader, work.names, request.department)
    if request.scheme is not None:
        require_scheme(work.reader, work.names, request.scheme)
