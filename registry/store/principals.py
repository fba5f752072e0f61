"""Principals, their roles and tokens, as they stand in the transaction that asks.

Roles and tokens are read with the request they decide on, so that a revocation is seen by the very next one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from registry.errors import AlreadyExistsError, NotFoundError, UnauthenticatedError
from registry.model.principals import Assignment, Kind, Principal, Role
from registry.store.database import Connection, execute, rows

TOKEN_PREFIX = "lxc"  # noqa: S105 -- a public prefix, so that leaked tokens can be searched for

_COLUMNS = "id, kind, handle, name, owner, disabled"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token's row: everything but the secret."""

    id: str
    principal: str
    label: str
    scopes: frozenset[str] | None
    audience: str
    expires_at: str
    revoked: bool


def principal_by_handle(connection: Connection, handle: str) -> Principal | None:
    """The principal people know by that handle."""
    found = rows(connection, f"SELECT {_COLUMNS} FROM principal WHERE handle = :handle", {"handle": handle})
    return _principal(found[0]) if found else None


def principal_by_id(connection: Connection, id_: str) -> Principal | None:
    """The principal with that id."""
    found = rows(connection, f"SELECT {_COLUMNS} FROM principal WHERE id = :id", {"id": id_})
    return _principal(found[0]) if found else None


def principals(connection: Connection) -> list[Principal]:
    """All principals, by handle."""
    return [_principal(row) for row in rows(connection, f"SELECT {_COLUMNS} FROM principal ORDER BY handle")]


def require_principal(connection: Connection, handle: str) -> Principal:
    """The principal people know by that handle, or who has that id; NotFoundError otherwise."""
    found = principal_by_handle(connection, handle) or principal_by_id(connection, handle)
    if found is None:
        raise NotFoundError(f"There is no principal {handle!r}.", advice="List them with: lexicord principal list")
    return found


def add_principal(
    connection: Connection, kind: Kind, handle: str, *, name: str = "", owner: str | None = None
) -> Principal:
    """Register a principal under a fresh opaque id; AlreadyExistsError when the handle is taken."""
    if principal_by_handle(connection, handle):
        raise AlreadyExistsError(f"There is a principal {handle!r} already.", advice="Choose another handle.")
    new = Principal(f"p-{uuid.uuid4().hex[:16]}", kind, handle, name, owner)
    execute(
        connection,
        f"INSERT INTO principal ({_COLUMNS}) VALUES (:id, :kind, :handle, :name, :owner, :off)",
        {"id": new.id, "kind": kind, "handle": handle, "name": name, "owner": owner, "off": False},
    )
    return new


def set_disabled(connection: Connection, id_: str, disabled: bool) -> None:
    """Disable a principal, or enable it again."""
    execute(connection, "UPDATE principal SET disabled = :off WHERE id = :id", {"off": disabled, "id": id_})


def forget(connection: Connection, id_: str) -> None:
    """Replace a principal's handle and name by its opaque id, disable it and revoke its tokens."""
    execute(
        connection,
        "UPDATE principal SET handle = :handle, name = '', disabled = :off WHERE id = :id",
        {"handle": f"erased:{id_}", "off": True, "id": id_},
    )
    execute(connection, "UPDATE token SET revoked = :on, label = '' WHERE principal = :id", {"on": True, "id": id_})


def assignments(connection: Connection, id_: str) -> tuple[Assignment, ...]:
    """The roles a principal holds now."""
    found = rows(
        connection,
        "SELECT role, scope FROM role_assignment WHERE principal = :id AND until_seq IS NULL ORDER BY role, scope",
        {"id": id_},
    )
    return tuple(Assignment(row[0], row[1]) for row in found)


def all_assignments(connection: Connection) -> list[tuple[str, Assignment]]:
    """Every role held now, with the id of its principal."""
    found = rows(
        connection,
        "SELECT principal, role, scope FROM role_assignment WHERE until_seq IS NULL ORDER BY principal, role, scope",
    )
    return [(row[0], Assignment(row[1], row[2])) for row in found]


def grant_role(connection: Connection, id_: str, role: Role, scope: str, seq: int) -> bool:
    """Give a role in a scope from `seq` on; False when it is held already."""
    if Assignment(role, scope) in assignments(connection, id_):
        return False
    execute(
        connection,
        "INSERT INTO role_assignment (principal, role, scope, since_seq) VALUES (:id, :role, :scope, :seq)",
        {"id": id_, "role": role, "scope": scope, "seq": seq},
    )
    return True


def revoke_role(connection: Connection, id_: str, role: Role, scope: str, seq: int) -> bool:
    """Take a role away from `seq` on; False when it was not held."""
    done = execute(
        connection,
        "UPDATE role_assignment SET until_seq = :seq WHERE principal = :id AND role = :role AND scope = :scope "
        "AND until_seq IS NULL",
        {"id": id_, "role": role, "scope": scope, "seq": seq},
    )
    return done > 0


def issue_token(
    connection: Connection,
    secret: bytes,
    principal: str,
    *,
    label: str,
    scopes: frozenset[str] | None,
    audience: str,
    expires_at: str,
) -> tuple[Token, str]:
    """A new token's row and its text, which is shown once and kept nowhere."""
    id_, text = secrets.token_hex(6), secrets.token_urlsafe(32)
    whole = f"{TOKEN_PREFIX}_{id_}_{text}"
    values = {
        "id": id_,
        "principal": principal,
        "digest": token_digest(secret, whole),
        "label": label,
        "scopes": "*" if scopes is None else " ".join(sorted(scopes)),
        "audience": audience,
        "expires": expires_at,
        "revoked": False,
    }
    execute(
        connection,
        "INSERT INTO token (id, principal, digest, label, scopes, audience, expires_at, revoked) "
        "VALUES (:id, :principal, :digest, :label, :scopes, :audience, :expires, :revoked)",
        values,
    )
    return Token(id_, principal, label, scopes, audience, expires_at, False), whole


def tokens(connection: Connection) -> list[Token]:
    """All tokens, by principal."""
    sql = "SELECT id, principal, label, scopes, audience, expires_at, revoked FROM token ORDER BY principal, id"
    return [_token(row) for row in rows(connection, sql)]


def any_live_token(connection: Connection) -> bool:
    """Whether any token could still open this registry."""
    now = datetime.now(UTC).isoformat()
    sql = "SELECT COUNT(*) FROM token WHERE revoked = :off AND (expires_at = '' OR expires_at > :now)"
    return bool(rows(connection, sql, {"off": False, "now": now})[0][0])


def revoke_token(connection: Connection, id_: str) -> bool:
    """Revoke a token; False when it was revoked before. NotFoundError when there is none."""
    found = rows(connection, "SELECT revoked FROM token WHERE id = :id", {"id": id_})
    if not found:
        raise NotFoundError(f"There is no token {id_!r}.", advice="List them with: lexicord token list")
    execute(connection, "UPDATE token SET revoked = :on WHERE id = :id", {"on": True, "id": id_})
    return not found[0][0]


def check_token(connection: Connection, secret: bytes, text: str, audience: str) -> Token:
    """The token behind a text; UnauthenticatedError when it is unknown, revoked, expired or for another audience."""
    parts = text.split("_", 2)
    known = None
    if len(parts) == 3 and parts[0] == TOKEN_PREFIX:
        known = rows(
            connection,
            "SELECT id, principal, label, scopes, audience, expires_at, revoked, digest FROM token WHERE id = :id",
            {"id": parts[1]},
        )
    stored = known[0][7] if known else "0" * 64
    if not hmac.compare_digest(token_digest(secret, text), stored) or not known:
        raise UnauthenticatedError("The token is not known here.", advice="Ask a registrar for one.")
    token = _token(known[0])
    if token.revoked:
        raise UnauthenticatedError("The token was revoked.", advice="Ask a registrar for another.")
    if token.expires_at and datetime.fromisoformat(token.expires_at) <= datetime.now(UTC):
        raise UnauthenticatedError(f"The token expired at {token.expires_at}.", advice="Ask a registrar for another.")
    if token.audience != audience:
        raise UnauthenticatedError("The token is for another audience.", advice="Use a token issued for this registry.")
    return token


def token_expiry(connection: Connection, id_: str) -> str:
    """When a token runs out (ISO 8601), empty for one that does not."""
    found = rows(connection, "SELECT expires_at FROM token WHERE id = :id", {"id": id_})
    return str(found[0][0]) if found else ""


def token_digest(secret: bytes, text: str) -> str:
    """The keyed digest under which a token is kept (HMAC-SHA-256)."""
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _principal(row: tuple[object, ...]) -> Principal:
    owner = None if row[4] is None else str(row[4])
    return Principal(str(row[0]), cast(Kind, row[1]), str(row[2]), str(row[3]), owner, bool(row[5]))


def _token(row: tuple[object, ...]) -> Token:
    scopes = None if row[3] == "*" else frozenset(str(row[3]).split())
    return Token(str(row[0]), str(row[1]), str(row[2]), scopes, str(row[4]), str(row[5]), bool(row[6]))
