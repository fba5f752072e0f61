"""The operations as routes: parse what came, call the gate, answer its bytes."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, cast

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.limits import RateLimiter
from api.problems import problem
from registry.contract.addressing import gather, takes_many
from registry.contract.operation import AnyOperation, Document, encode, parse
from registry.errors import InvalidInputError, RegistryError, StaleError, TooLargeError
from registry.gate import Gate, Identity, Options
from registry.store.principals import any_live_token

Endpoint = Callable[[Request], Awaitable[Response]]

CONTROLS = frozenset({"as_of", "dry_run", "min_seq"})
"""Query parameters that every operation takes."""
SECRETS = frozenset({"token", "access_token", "api_key"})
"""Query parameters that are refused: addresses end up in logs."""
IN_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Surface:
    """What the routes share: the gate, whom a request without a token acts as (a trusted loopback server), limits."""

    gate: Gate
    trusted_user: str | None
    limiter: RateLimiter

    def endpoint(self, operation: AnyOperation) -> Endpoint:
        """The route's function for one operation."""

        async def run(request: Request) -> Response:
            return await self.answer(operation, request)

        run.__name__ = operation.name.replace(".", "_").replace("-", "_")
        run.__doc__ = operation.request.__doc__
        return run

    async def answer(self, operation: AnyOperation, request: Request) -> Response:
        """The answer to one request: the operation's bytes, or a problem."""
        instance = request.url.path
        try:
            identity = await run_in_threadpool(self._identity, request)
            limited = self.limiter.refusal(identity.token or request.client, instance)
            if limited is not None:
                return limited
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
                await self._receive(request, cast("IO[bytes]", body))
                return await run_in_threadpool(self._call, operation, request, identity, cast("IO[bytes]", body))
        except StaleError as error:
            matched = HTTPStatus.PRECONDITION_FAILED if "if-match" in request.headers else None
            return problem(error, instance, status=matched)
        except RegistryError as error:
            return problem(error, instance)

    def _identity(self, request: Request) -> Identity:
        leaked = SECRETS & request.query_params.keys()
        if leaked:
            raise InvalidInputError(
                f"A token in the address ({', '.join(sorted(leaked))}) is refused: addresses are logged.",
                advice="Send it as Authorization: Bearer …, and revoke this one.",
            )
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token:
            if scheme.lower() != "bearer":
                raise InvalidInputError(f"Authorization by {scheme} is not offered.", advice="Send Bearer.")
            return Identity(token=token.strip())
        if self.trusted_user is None:
            return Identity()
        with self.gate.store.database.reading() as connection:
            return Identity() if any_live_token(connection) else Identity(os_user=self.trusted_user)

    async def _receive(self, request: Request, body: IO[bytes]) -> None:
        limit = self.gate.settings.max_body
        received = 0
        async for block in request.stream():
            received += len(block)
            if received > limit:
                raise TooLargeError(
                    f"The body is larger than {limit} bytes.",
                    advice="The command line reads files of any size into a folder's registry.",
                    limit=limit,
                )
            body.write(block)
        body.seek(0)

    def _call(self, operation: AnyOperation, request: Request, identity: Identity, body: IO[bytes]) -> Response:
        options = _options(request)
        values = gather(operation, request.path_params, _given(operation, request, body))
        if "if-match" in request.headers and "base" in operation.request.model_fields:
            values["base"] = _version(request.headers["if-match"])
        asked = parse(operation.request, values)
        answered = self.gate.call(operation, asked, identity, options, body if operation.document else None)
        if isinstance(answered, Document):
            return _document(answered)
        return _json(answered, request)


def _given(operation: AnyOperation, request: Request, body: IO[bytes]) -> dict[str, Any]:
    query = _query(operation, request)
    if operation.http.method == "GET" or operation.document:
        if operation.document and "media_type" in operation.request.model_fields and "media_type" not in query:
            query["media_type"] = request.headers.get("content-type", "").partition(";")[0].strip()
        return query
    text = body.read()
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if text and media != "application/json":
        raise InvalidInputError(f"The body is {media}; this operation reads application/json.")
    try:
        said = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    if not isinstance(said, dict):
        raise InvalidInputError("The body is not a JSON object.")
    return {**said, **query}


def _query(operation: AnyOperation, request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in request.query_params:
        if name not in CONTROLS:
            many = request.query_params.getlist(name)
            values[name] = many if takes_many(operation, name) else many[-1]
    return values


def _options(request: Request) -> Options:
    query = request.query_params
    min_seq = query.get("min_seq")
    if min_seq is not None and not (min_seq.isascii() and min_seq.isdigit() and len(min_seq) < 19):
        raise InvalidInputError("min_seq is a number: the seq of the write to wait for.")
    if query.get("dry_run", "false") not in ("true", "false"):
        raise InvalidInputError("dry_run is true or false.")
    return Options(
        dry_run=query.get("dry_run") == "true",
        idempotency_key=request.headers.get("idempotency-key"),
        as_of=query.get("as_of"),
        min_seq=None if min_seq is None else int(min_seq),
        request_id=_request_id(request),
    )


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if given.isascii() and given.isprintable() and len(given) <= 64 else ""


def _version(header: str) -> int:
    tag = header.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdigit() and len(tag) < 19):
        raise InvalidInputError('If-Match holds one ETag of this resource, such as "17".')
    return int(tag)


def _json(answered: Any, request: Request) -> Response:
    version = getattr(answered, "version", None)
    headers = {} if version is None else {"ETag": f'"{version}"'}
    if headers and request.method == "GET" and request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(encode(answered), headers=headers, media_type="application/json")


def _document(document: Document) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{document.name}"'} if document.name else {}
    chunks = cast("AsyncIterator[bytes]", document.chunks)
    return StreamingResponse(chunks, headers=headers, media_type=document.media_type)
