"""The client of a registry behind a URL: the same calls, answers and errors as in a folder."""

from __future__ import annotations

from typing import IO, Any, TypeVar

import httpx
import orjson

from registry.client.options import CallOptions
from registry.contract.addressing import address
from registry.contract.operation import Document, Operation, Request
from registry.contract.problems import PREFIX, from_problem
from registry.errors import EnvironmentFaultError, RegistryError

Q = TypeVar("Q", bound=Request)
R = TypeVar("R")

PATIENCE = httpx.Timeout(10.0, read=600.0, write=600.0)
"""Seconds to connect; reading an import's answer may take minutes."""


class HttpClient:
    """Calls operations over HTTP."""

    def __init__(self, url: str, options: CallOptions, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Accept": "application/json"}
        if options.token:
            headers["Authorization"] = f"Bearer {options.token}"
        if options.idempotency_key:
            headers["Idempotency-Key"] = options.idempotency_key
        if options.acting_as:
            raise RegistryError("--as works on a folder only.", advice="Use a token of that principal.")
        self._options = options
        self._url = url.rstrip("/")
        self._http = httpx.Client(headers=headers, timeout=PATIENCE, transport=transport, trust_env=False)

    def call(self, operation: Operation[Q, R], request: Q, document: IO[bytes] | None = None) -> R:
        """The operation's answer; raises the error tree of `registry.errors`, as the server tells it."""
        where = address(operation, request)
        content: Any = None
        headers = {}
        if document is not None:
            content, headers["Content-Type"] = _blocks(document), "application/octet-stream"
        elif where.body is not None:
            content, headers["Content-Type"] = orjson.dumps(where.body), "application/json"
        try:
            response = self._http.request(
                operation.http.method,
                self._url + where.path,
                params={**_flat(where.query), **self._controls()},
                content=content,
                headers=headers,
            )
        except httpx.HTTPError as error:
            raise EnvironmentFaultError(
                f"The server at {self._url} does not answer: {error}.", advice="Check the URL, and that it runs."
            ) from error
        return _answer(operation, response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _controls(self) -> dict[str, str]:
        said = {
            "as_of": self._options.as_of,
            "dry_run": "true" if self._options.dry_run else None,
            "min_seq": None if self._options.min_seq is None else str(self._options.min_seq),
        }
        return {name: value for name, value in said.items() if value is not None}


def _answer(operation: Operation[Q, R], response: httpx.Response) -> R:
    if response.status_code >= 400:
        raise _error(response)
    if operation.response is Document:
        name = response.headers.get("Content-Disposition", "").partition('filename="')[2].rstrip('"')
        return Document(response.headers.get("Content-Type", ""), name, [response.content])  # type: ignore[return-value]
    answered: R = operation.response.model_validate_json(response.content)  # type: ignore[attr-defined]
    return answered


def _error(response: httpx.Response) -> RegistryError:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if str(problem.get("type", "")).startswith(PREFIX):
        return from_problem(problem)
    return EnvironmentFaultError(
        f"The server answered {response.status_code} {response.reason_phrase}.",
        advice="Is it a Lexicord server? See its log.",
    )


def _flat(query: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


def _blocks(document: IO[bytes]) -> Any:
    while block := document.read(1 << 20):
        yield block
