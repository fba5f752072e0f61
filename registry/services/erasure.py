"""Erasure: a principal's personal data destroyed, while the chain that digests it still verifies."""

from __future__ import annotations

from collections.abc import Callable

from registry.contract.principals import ErasePrincipal, PrincipalErased
from registry.errors import ConflictError, RefusedError
from registry.services.principals import RESERVED, require_other_registrar
from registry.store import principals as people
from registry.store.database import Connection, execute
from registry.store.payloads import erase_principal
from registry.store.work import Work


def erase(work: Work, request: ErasePrincipal) -> Callable[[Work], PrincipalErased]:
    """Replace handle and name by the opaque id, take roles and tokens away, destroy the payloads about the principal.

    The write itself is the tombstone: its own request, which names the handle, is destroyed with the others once its
    digest is in the chain. ConflictError for the last registrar and for oneself, RefusedError when it was done before.
    """
    found = people.require_principal(work.reader.connection, request.principal)
    if found.handle.startswith(RESERVED):
        raise RefusedError(f"{found.id} was erased before.", advice="Nothing is left to erase.")
    if found.id == work.asker.principal.id:
        raise ConflictError("Nobody erases themselves.", advice="Ask another registrar.")
    require_other_registrar(work, found)
    connection = work.ledger
    held = people.assignments(connection, found.id)
    for one in held:
        people.revoke_role(connection, found.id, one.role, one.scope, work.next_seq)
    live = sum(not token.revoked for token in people.tokens(connection) if token.principal == found.id)
    people.forget(connection, found.id)
    work.about = found.id
    work.summary = f"erased {found.kind} {found.id}"

    def finish(after: Work) -> PrincipalErased:
        destroyed = erase_principal(after.reader.connection, found.id, after.seq)
        _forget_answers(after.reader.connection, found.id)
        return PrincipalErased(id=found.id, payloads=destroyed, tokens=live, roles=len(held))

    return finish


def _forget_answers(connection: Connection, id_: str) -> None:
    """Drop the answers kept for repeated requests that are the principal's own or speak of it."""
    execute(
        connection,
        "DELETE FROM idempotency WHERE principal = :id OR response LIKE :part",
        {"id": id_, "part": f"%{id_}%"},
    )
