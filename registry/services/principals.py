"""Principals: registered, listed, disabled and enabled. There is always somebody left who may do that."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from registry.contract.principals import (
    AddPrincipal,
    DisablePrincipal,
    EnablePrincipal,
    ListPrincipals,
    Principal,
    Principals,
    PrincipalWritten,
    RoleHeld,
)
from registry.errors import ConflictError, InvalidInputError, RefusedError
from registry.model import principals as model
from registry.services.views import scope_in_view
from registry.store import principals as people
from registry.store.work import Work

RESERVED = ("erased:", "p-")
"""What handles cannot start with: opaque ids and what is left of the erased look like that."""


def add(work: Work, request: AddPrincipal) -> Callable[[Work], PrincipalWritten]:
    """Register a principal; AlreadyExistsError when the handle is taken."""
    if request.handle.startswith(RESERVED) or request.handle == "system":
        raise InvalidInputError(f"{request.handle!r} cannot be a handle.", advice="Choose another one.")
    owner = _owner(work, request)
    new = people.add_principal(
        work.ledger, request.kind, request.handle, name=request.name, owner=owner.id if owner else None
    )
    # An agent's request names its owner, whose personal data that is.
    work.about = owner.id if owner else new.id
    work.summary = f"{new.kind} {new.id}"
    return lambda after: PrincipalWritten(principal=described(after, [new])[0])


def find(work: Work, request: ListPrincipals) -> Principals:
    """All principals, by handle, with their roles."""
    return Principals(principals=described(work, people.principals(work.reader.connection)))


def disable(work: Work, request: DisablePrincipal) -> Callable[[Work], PrincipalWritten]:
    """Disable a principal; ConflictError for the last registrar and for oneself."""
    found = people.require_principal(work.reader.connection, request.principal)
    if found.id == work.asker.principal.id:
        raise ConflictError("Nobody disables themselves.", advice="Ask another registrar.")
    require_other_registrar(work, found)
    return _set_disabled(work, found, disabled=True)


def enable(work: Work, request: EnablePrincipal) -> Callable[[Work], PrincipalWritten]:
    """Enable a principal; RefusedError for an erased one."""
    found = people.require_principal(work.reader.connection, request.principal)
    if found.handle.startswith(RESERVED):
        raise RefusedError("What was erased stays erased.", advice="Register the person anew.")
    return _set_disabled(work, found, disabled=False)


def _set_disabled(work: Work, found: model.Principal, *, disabled: bool) -> Callable[[Work], PrincipalWritten]:
    if found.disabled != disabled:
        people.set_disabled(work.ledger, found.id, disabled)
    work.about = found.id
    work.summary = f"{found.kind} {found.id}"
    return lambda after: PrincipalWritten(
        principal=described(after, [people.require_principal(after.reader.connection, found.id)])[0]
    )


def require_other_registrar(work: Work, leaving: model.Principal) -> None:
    """Nothing, when somebody else is registrar everywhere, or this one is not; raises ConflictError otherwise."""
    connection = work.reader.connection
    holders = {id_ for id_, held in people.all_assignments(connection) if (held.role, held.scope) == ("registrar", "*")}
    active = {one.id for one in people.principals(connection) if one.id in holders and not one.disabled}
    if active == {leaving.id}:
        raise ConflictError(
            "This is the last registrar of the whole registry: nobody could name another.",
            advice="Name another one first: lexicord role grant HANDLE registrar --everywhere",
        )


def described(work: Work, found: Iterable[model.Principal]) -> list[Principal]:
    """Principals as they are answered: with roles, and owners by handle. Two queries for all."""
    connection = work.reader.connection
    handles = {one.id: one.handle for one in people.principals(connection)}
    roles: dict[str, list[RoleHeld]] = {}
    for id_, held in people.all_assignments(connection):
        if not scope_in_view(work.reader, work.names, held.scope):
            continue
        roles.setdefault(id_, []).append(RoleHeld(role=held.role, scope=held.scope))
    return [
        Principal(
            id=one.id,
            handle=one.handle,
            kind=one.kind,
            name=one.name,
            owner=handles.get(one.owner) if one.owner else None,
            disabled=one.disabled,
            roles=roles.get(one.id, []),
        )
        for one in found
    ]


def _owner(work: Work, request: AddPrincipal) -> model.Principal | None:
    if request.owner is None:
        return None
    if request.kind == "person":
        raise RefusedError("A person has no owner.", advice="Leave --owner away, or say --kind agent or service.")
    owner = people.require_principal(work.reader.connection, request.owner)
    if owner.kind != "person":
        raise RefusedError(f"{request.owner} is no person.", advice="Name the person who answers for it.")
    return owner
