"""Which part of a request stands in the path, which in the query and which in the body: for server and client alike.

`{scheme}/{local}` in a path names the field `concept` as SCHEME/LOCAL; a concept known by its IRI is named in the
query (`iri`) or in the body, with `-` for both steps of the path: a whole IRI never stands in a path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from registry.contract.operation import AnyOperation, Request

ELSEWHERE = "-"
_STEP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes: the filled path, the query, and the JSON body (None: no body, or a document)."""

    path: str
    query: dict[str, Any]
    body: dict[str, Any] | None


def steps(operation: AnyOperation) -> tuple[str, ...]:
    """The names in the operation's path."""
    return tuple(_STEP.findall(operation.http.path))


def names_concept(operation: AnyOperation) -> bool:
    """Whether the path's `{scheme}/{local}` is the field `concept`."""
    return "local" in steps(operation) and "concept" in operation.request.model_fields


def address(operation: AnyOperation, request: Request) -> Address:
    """Where a client sends the request."""
    fields = request.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    filled = {}
    if names_concept(operation):
        scheme, slash, local = str(fields["concept"]).partition("/")
        if slash and local and ":" not in scheme and "/" not in local:
            filled = {"scheme": scheme, "local": local}
            del fields["concept"]
        else:
            filled = {"scheme": ELSEWHERE, "local": ELSEWHERE}
    for name in steps(operation):
        if name not in filled:
            filled[name] = str(fields.pop(name))
    path = _STEP.sub(lambda step: quote(filled[step[1]], safe="~"), operation.http.path)
    in_query = operation.http.method in ("GET", "DELETE") or operation.document
    return Address(path, fields if in_query else {}, None if in_query else fields)


def gather(operation: AnyOperation, path: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The request's fields as a server finds them: path steps over what the query or the body says."""
    values = dict(given)
    rest = dict(path)
    if names_concept(operation):
        scheme, local = rest.pop("scheme", ELSEWHERE), rest.pop("local", ELSEWHERE)
        iri = values.pop("iri", None)
        if iri is not None:
            values["concept"] = iri
        elif (scheme, local) != (ELSEWHERE, ELSEWHERE):
            values["concept"] = f"{scheme}/{local}"
    return {**values, **rest}


def takes_many(operation: AnyOperation, name: str) -> bool:
    """Whether a field holds several values: then a query may repeat it."""
    field = operation.request.model_fields.get(name)
    return field is not None and str(field.annotation).startswith(("tuple", "list"))
