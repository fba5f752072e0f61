"""The one way in, for CLI, REST, MCP and Python: authenticate, permit, run, check, commit, audit.

A write runs under the head's lock, on the newest state, and is committed with its audit record in one transaction.
A long one (an import) runs beside the lock first; only if something it touches has moved meanwhile does it run again.
"""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Protocol, TypeVar

from pydantic import BaseModel

from registry.contract.operation import AnyOperation, Operation, Request, Written
from registry.errors import (
    ConflictError,
    InvalidInputError,
    NotPermittedError,
    RefusedError,
    RegistryError,
    UnauthenticatedError,
)
from registry.model.principals import Asker, Assignment, Principal
from registry.rdf.patch import Patch
from registry.services.guard import guard
from registry.services.references import locate
from registry.services.views import hidden_graphs
from registry.settings import Settings
from registry.store import journal
from registry.store import principals as people
from registry.store.database import Connection, execute, rows
from registry.store.payloads import NewPayload
from registry.store.quads import Reader
from registry.store.store import Store
from registry.store.work import Work, not_permitted

logger = logging.getLogger(__name__)

Q = TypeVar("Q", bound=Request)
R = TypeVar("R")

KEPT_ANSWERS = timedelta(hours=24)
"""How long an idempotency key is remembered."""
TRIES = 3
"""How often a long write runs beside the lock before it runs under it."""
KNOWN_ASKERS = 10_000
"""How many askers are remembered between two writes."""
PATIENCE = 5.0
"""Seconds that `min_seq` waits."""


class Receipts(Protocol):
    """Where answers and refusals are noted."""

    def write(self, receipt: Mapping[str, Any]) -> None:
        """Note one; never raises into the request."""

    def close(self) -> None:
        """Write out what is held and let go of the folder."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who says to be asking: a token, or the operating system's user, who may act as another."""

    token: str | None = None
    os_user: str | None = None
    acting_as: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How a request is to be run."""

    dry_run: bool = False
    idempotency_key: str | None = None
    as_of: str | None = None
    min_seq: int | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """An asker as of a seq, and the ids of the graphs out of their view."""

    seq: int
    asker: Asker
    hidden: frozenset[int]
    expires_at: str

    def expired(self, now: datetime) -> bool:
        """Whether the token behind it has run out."""
        return bool(self.expires_at) and datetime.fromisoformat(self.expires_at) <= now


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way through the gate."""

    operation: AnyOperation
    request: Any
    identity: Identity
    options: Options
    document: IO[bytes] | None = None


class _DryRun(Exception):  # noqa: N818 -- not an error: it rolls the transaction back
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one registry."""

    store: Store
    settings: Settings
    receipts: Receipts
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    known: dict[Identity, _Known] = field(default_factory=dict, compare=False)

    def call(
        self,
        operation: Operation[Q, R],
        request: Q,
        identity: Identity,
        options: Options | None = None,
        document: IO[bytes] | None = None,
    ) -> R:
        """The operation's answer to the request, for that identity.

        Raises the error tree of `registry.errors`; a refusal leaves a receipt.
        """
        given = options or Options()
        call = Call(
            operation, request, identity, replace(given, request_id=given.request_id or uuid.uuid4().hex), document
        )
        try:
            answer: R = self._write(call) if operation.writes else self._read(call)
        except (NotPermittedError, UnauthenticatedError) as refusal:
            self._refused(call, refusal)
            raise
        return answer

    def identify(self, identity: Identity) -> Asker:
        """The asker behind an identity, with the roles in force now."""
        with self.store.database.reading() as connection:
            return self._asker(connection, identity, "")

    def _read(self, call: Call) -> Any:
        self._await(call.options.min_seq)
        at = self.store.seq_of(call.options.as_of) if call.options.as_of else None
        with self.store.database.reading() as connection:
            seq = journal.head(connection)[0]
            known = self._known(connection, call.identity, seq)
            asker = replace(known.asker, request_id=call.options.request_id)
            reader = Reader(connection, self.store.cache, at, known.hidden)
            self._permit(call, asker, reader)
            work = self._work(call, reader, asker, at or seq)
            answer = call.operation.function()(work, call.request)
        for receipt in work.receipts:
            self.receipts.write({"kind": "answer", "operation": call.operation.name, "principal": asker.principal.id,
                                 "request_id": call.options.request_id, **receipt})  # fmt: skip
        return answer

    def _write(self, call: Call) -> Any:
        if call.options.as_of:
            raise InvalidInputError("The past cannot be changed.", advice="Leave --as-of away, or use rollback.")
        if call.operation.optimistic:
            for _ in range(TRIES):
                done, answer = self._beside_the_lock(call)
                if done:
                    return answer
        try:
            with self.store.writing() as connection:
                answer = self._under_the_lock(call, connection, None)
                if call.options.dry_run:
                    raise _DryRun(answer)
        except _DryRun as finished:
            return finished.answer
        return answer

    def _beside_the_lock(self, call: Call) -> tuple[bool, Any]:
        """Run a long write on a snapshot, then commit it if what it touches has not moved: (whether it did, answer)."""
        with self.store.database.reading() as connection:
            work, answer = self._run(call, connection)
            patch = work.patch()
        if call.document is not None:
            call.document.seek(0)
        try:
            with self.store.writing() as connection:
                if _moved(connection, patch, work):
                    return False, None
                answer = self._under_the_lock(call, connection, (work, answer, patch))
                if call.options.dry_run:
                    raise _DryRun(answer)
        except _DryRun as finished:
            return True, finished.answer
        return True, answer

    def _run(self, call: Call, connection: Connection) -> tuple[Work, Any]:
        asker = self._asker(connection, call.identity, call.options.request_id)
        reader = self._reader(connection, asker)
        self._permit(call, asker, reader)
        work = self._work(call, reader, asker, journal.head(connection)[0])
        return work, call.operation.function()(work, call.request)

    def _under_the_lock(self, call: Call, connection: Connection, ready: tuple[Work, Any, Patch] | None) -> Any:
        if not call.options.dry_run:
            self._settle_os_user(connection, call.identity)
        digest = _request_digest(call)
        if ready is None:
            asker = self._asker(connection, call.identity, call.options.request_id)
            kept = self._kept_answer(connection, call, asker, digest)
            if kept is not None:
                return kept
            work, answer = self._run(call, connection)
            patch = work.patch()
        else:
            work, answer, patch = ready
            asker = self._asker(connection, call.identity, call.options.request_id)
            kept = self._kept_answer(connection, call, asker, digest)
            if kept is not None:
                return kept
            self._permit(call, asker, self._reader(connection, asker))
            work.reader, work.asker, work.seq = self._reader(connection, asker), asker, journal.head(connection)[0]
        guard(work, patch)
        seq = self._commit(call, connection, work, patch)
        if callable(answer):
            work.seq, work.writes = seq, False
            answer = answer(work)
        if isinstance(answer, Written):
            answer = answer.model_copy(update={"seq": seq})
        self._keep_answer(connection, call, asker, digest, answer)
        return answer

    def _commit(self, call: Call, connection: Connection, work: Work, patch: Patch) -> int:
        if not patch and not work.ledger_changed:
            return work.seq
        principal = work.asker.principal
        body = {"request": _loggable(call), **work.facts}
        payloads = [NewPayload("request", "request", body, work.about or principal.id), *work.payloads]
        entry = journal.Entry(
            call.operation.name, principal.id, patch, tuple(payloads), work.asker.behind, call.options.request_id,
            (("summary", work.summary),) if work.summary else (),
        )  # fmt: skip
        return journal.append(connection, entry, now=self.clock()).seq

    def _work(self, call: Call, reader: Reader, asker: Asker, seq: int) -> Work:
        return Work(self.store, self.settings, reader, asker, seq, self.clock(), call.operation.writes, call.document,
                    call.options.dry_run)  # fmt: skip

    def _reader(self, connection: Connection, asker: Asker) -> Reader:
        reader = Reader(connection, self.store.cache)
        return replace(reader, hidden=hidden_graphs(reader, self.store.names, asker))

    def _known(self, connection: Connection, identity: Identity, seq: int) -> _Known:
        """Who asks and what is hidden from them: remembered as long as nothing was written.

        Roles, tokens and revocations are numbered writes like all others, so a newer seq is the one sign that they
        may have changed; a token's expiry is compared with the clock each time.
        """
        known = self.known.get(identity)
        if known is None or known.seq != seq or known.expired(self.clock()):
            asker = self._asker(connection, identity, "")
            hidden = self._reader(connection, asker).hidden
            expires = people.token_expiry(connection, asker.token) if asker.token else ""
            known = _Known(seq, asker, hidden, expires)
            if len(self.known) >= KNOWN_ASKERS:
                self.known.clear()
            self.known[identity] = known
        return known

    def _permit(self, call: Call, asker: Asker, reader: Reader) -> None:
        needs = call.operation.needs
        if asker.principal.disabled or not asker.assignments:
            raise not_permitted(asker, needs.verb, locate(reader, self.store.names, "registry", None))
        verb = "read" if call.options.dry_run else needs.verb
        value = getattr(call.request, needs.field) if needs.field else None
        if verb == "read" and asker.may_read():
            return
        resource = locate(reader, self.store.names, needs.within, value)
        if needs.within == "anything" and asker.may_anywhere(verb):
            return
        if not asker.may(verb, resource):
            raise not_permitted(asker, verb, resource)

    def _asker(self, connection: Connection, identity: Identity, request_id: str) -> Asker:
        if identity.token is not None:
            token = people.check_token(connection, self.store.secret, identity.token, self.settings.audience)
            principal = people.principal_by_id(connection, token.principal)
            if principal is None:
                raise UnauthenticatedError("The token's principal is gone.", advice="Ask a registrar for another.")
            held = people.assignments(connection, principal.id)
            return Asker(principal, held, None, token.scopes, token.id, request_id)
        if identity.os_user is None:
            raise UnauthenticatedError(
                "A token is needed.", advice="Send it as Authorization: Bearer …, or set LEXICORD_TOKEN."
            )
        user = people.principal_by_handle(connection, identity.os_user) or Principal("", "person", identity.os_user)
        if identity.acting_as is None:
            return Asker(user, (Assignment("registrar", "*"),), request_id=request_id)
        other = people.require_principal(connection, identity.acting_as)
        return Asker(other, people.assignments(connection, other.id), user.id or user.handle, request_id=request_id)

    def _settle_os_user(self, connection: Connection, identity: Identity) -> None:
        """Register the operating system's user on its first write: the folder's owner is its registrar."""
        if identity.os_user is None or people.principal_by_handle(connection, identity.os_user):
            return
        user = people.add_principal(connection, "person", identity.os_user)
        people.grant_role(connection, user.id, "registrar", "*", journal.head(connection)[0] + 1)

    def _await(self, min_seq: int | None) -> None:
        until = time.monotonic() + PATIENCE
        while min_seq is not None and (head := self.store.head()) < min_seq:
            if time.monotonic() > until:
                raise ConflictError(f"Write {min_seq} has not arrived here; the newest is {head}.", advice="Try again.")
            time.sleep(0.02)

    def _kept_answer(self, connection: Connection, call: Call, asker: Asker, digest: str) -> Any:
        key = call.options.idempotency_key
        if key is None or call.options.dry_run:
            return None
        oldest = journal.stamp(self.clock() - KEPT_ANSWERS)
        execute(connection, "DELETE FROM idempotency WHERE recorded_at < :oldest", {"oldest": oldest})
        found = rows(
            connection,
            "SELECT request_digest, response FROM idempotency WHERE principal = :p AND operation = :o AND key = :k",
            {"p": asker.principal.id, "o": call.operation.name, "k": key},
        )
        if not found:
            return None
        if found[0][0] != digest:
            raise RefusedError(
                f"The idempotency key {key!r} was used for another request.", advice="Use a new key for a new request."
            )
        return call.operation.response.model_validate_json(found[0][1])

    def _keep_answer(self, connection: Connection, call: Call, asker: Asker, digest: str, answer: Any) -> None:
        key = call.options.idempotency_key
        if key is None or call.options.dry_run:
            return
        if not isinstance(answer, BaseModel) or call.operation.secret:
            raise RefusedError(f"{call.operation.name} takes no idempotency key.", advice="Leave the key away.")
        execute(
            connection,
            "INSERT INTO idempotency (principal, operation, key, request_digest, response, recorded_at) "
            "VALUES (:p, :o, :k, :digest, :response, :at)",
            {"p": asker.principal.id, "o": call.operation.name, "k": key, "digest": digest,
             "response": answer.model_dump_json(by_alias=True), "at": journal.stamp(self.clock())},
        )  # fmt: skip

    def _refused(self, call: Call, refusal: RegistryError) -> None:
        receipt = {
            "kind": "refusal",
            "operation": call.operation.name,
            "outcome": "unauthenticated" if isinstance(refusal, UnauthenticatedError) else "refused",
            "principal": refusal.facts.get("principal", ""),
            "verb": refusal.facts.get("verb", ""),
            "resource": refusal.facts.get("resource", ""),
        }
        logger.info("request refused", extra=receipt)
        self.receipts.write(receipt)


def _moved(connection: Connection, patch: Patch, work: Work) -> bool:
    watched = {graph.value for graph in patch.graphs | work.watched}
    newer = {row[0] for row in rows(connection, "SELECT scope FROM head WHERE seq > :seq", {"seq": work.seq})}
    return bool(watched & newer)


def _loggable(call: Call) -> dict[str, Any]:
    return {key: value for key, value in call.request.model_dump(mode="json").items() if value not in (None, [], {})}


def _request_digest(call: Call) -> str:
    if call.options.idempotency_key is None:
        return ""
    hashed = hashlib.sha256(call.request.model_dump_json().encode())
    if call.document is not None:
        hashed.update(hashlib.file_digest(call.document, "sha256").digest())  # type: ignore[arg-type]
        call.document.seek(0)
    return hashed.hexdigest()
