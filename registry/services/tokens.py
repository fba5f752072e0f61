"""Access tokens: issued with their text shown once, listed without it, revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from registry.contract.principals import (
    IssueToken,
    ListTokens,
    RevokeToken,
    Token,
    TokenIssued,
    TokenRevoked,
    Tokens,
)
from registry.errors import ConflictError, InvalidInputError, NotFoundError
from registry.model.principals import VERBS, Resource, Verb
from registry.store import principals as people
from registry.store.work import Work

DEFAULT_DAYS = 90
"""How long a token lives when nobody says."""
LONGEST_DAYS = 3_660
_DAYS = re.compile(r"\s*([0-9]{1,9})\s*(?:d|days?)?\s*")
_WHOLE = Resource("the registry")


def issue(work: Work, request: IssueToken) -> TokenIssued:
    """A new token and its text; ConflictError for a principal that is disabled.

    Its scopes narrow what its principal may do; they never widen it.
    """
    found = people.require_principal(work.reader.connection, request.principal)
    if found.disabled:
        raise ConflictError(f"{found.handle} is disabled.", advice="Enable it first, or name another principal.")
    expires_at = _expiry(request.expires, work.now)
    issued, text = people.issue_token(
        work.ledger,
        work.store.secret,
        found.id,
        label=request.label,
        scopes=frozenset(request.scopes) or None,
        audience=work.settings.audience,
        expires_at=expires_at,
    )
    work.about = found.id
    work.summary = f"token {issued.id} for {found.id}"
    return TokenIssued(token=_answered(issued, found.handle), text=text)


def find(work: Work, request: ListTokens) -> Tokens:
    """Tokens by principal: all for those who administer or audit the registry, the asker's own otherwise."""
    connection = work.reader.connection
    handles = {one.id: one.handle for one in people.principals(connection)}
    only = people.require_principal(connection, request.principal).id if request.principal else None
    sees_all = work.may("administer", _WHOLE) or work.may("audit", _WHOLE)
    shown = [
        _answered(token, handles.get(token.principal, token.principal))
        for token in people.tokens(connection)
        if only in (None, token.principal) and (sees_all or token.principal == work.asker.principal.id)
    ]
    return Tokens(tokens=sorted(shown, key=lambda token: (token.principal, token.id)))


def revoke(work: Work, request: RevokeToken) -> TokenRevoked:
    """Revoke a token; NotFoundError when there is none. A second time is no change."""
    known = {token.id: token for token in people.tokens(work.reader.connection)}
    found = known.get(request.token)
    if found is None:
        raise NotFoundError(f"There is no token {request.token!r}.", advice="List them with: lexicord token list")
    if not found.revoked:
        people.revoke_token(work.ledger, found.id)
    work.about = found.principal
    work.summary = f"token {found.id}"
    return TokenRevoked(id=found.id, changed=not found.revoked)


def _answered(token: people.Token, handle: str) -> Token:
    scopes: list[Verb] | None = None
    if token.scopes is not None:
        scopes = [verb for verb in sorted(VERBS["registrar"]) if verb in token.scopes]
    return Token(
        id=token.id,
        principal=handle,
        label=token.label,
        scopes=scopes,
        expires_at=token.expires_at,
        revoked=token.revoked,
    )


def _expiry(wanted: str | None, now: datetime) -> str:
    """The moment a token expires, in UTC; InvalidInputError for what is no time, past, or over ten years away."""
    days = _DAYS.fullmatch(wanted) if wanted else None
    if wanted is None or days:
        moment = now + timedelta(days=min(int(days[1]), LONGEST_DAYS + 1) if days else DEFAULT_DAYS)
    else:
        moment = _moment(wanted)
    if moment <= now or moment > now + timedelta(days=LONGEST_DAYS):
        raise InvalidInputError(
            f"A token cannot expire at {wanted}.", advice=f"Give 1 to {LONGEST_DAYS} days, or a time in that span."
        )
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"{text!r} is neither a number of days nor a time.", advice="Such as 90, or 2027-01-31T00:00:00Z."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
