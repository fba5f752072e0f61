"""Errors as RFC 9457 problems with their HTTP status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from registry import errors
from registry.contract.problems import to_problem

STATUSES: dict[type[errors.RegistryError], int] = {
    errors.RegistryError: 422,
    errors.InvalidInputError: 400,
    errors.SyntaxFaultError: 400,
    errors.TooLargeError: 413,
    errors.UnauthenticatedError: 401,
    errors.NotPermittedError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.AlreadyExistsError: 409,
    errors.StaleError: 409,
    errors.RefusedError: 422,
    errors.EnvironmentFaultError: 503,
    errors.NotARegistryError: 503,
    errors.NewerDatabaseError: 503,
}
"""Every class of the tree by name: a test proves that none is missing."""

MEDIA_TYPE = "application/problem+json"


def status_of(error: errors.RegistryError) -> int:
    """The status of an error: its own class's, or that of the nearest class above it."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(error: errors.RegistryError, instance: str, *, status: int | None = None) -> Response:
    """The answer that tells of an error."""
    code = status or status_of(error)
    headers = {"WWW-Authenticate": 'Bearer realm="lexicord"'} if code == HTTPStatus.UNAUTHORIZED else {}
    return _problem({**to_problem(error), "status": code, "instance": instance}, code, headers)


def plain_problem(status: int, detail: str, instance: str, headers: dict[str, str] | None = None) -> Response:
    """The answer for what the framework itself refuses: no such path, a method that is not offered."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "detail": detail, "status": status,
            "instance": instance}  # fmt: skip
    return _problem(body, status, headers or {})


def _problem(body: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body, default=str), status, headers, MEDIA_TYPE)
