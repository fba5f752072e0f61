"""Documentation made from the operations' rows: OpenAPI 3.1 for tools, a page for people. Nothing is fetched."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter

from registry.contract.addressing import names_concept, steps
from registry.contract.operation import AnyOperation, Document

REFERENCE = "#/components/schemas/{model}"
CONTROLS = (
    ("as_of", "What the registry said then: a seq or a time.", "string", "read"),
    ("min_seq", "Wait for this write to have arrived.", "integer", "read"),
    ("dry_run", "Answer as if, and change nothing.", "boolean", "write"),
)
PROBLEMS = {
    400: "Malformed.", 401: "A token is needed.", 403: "Not permitted.", 404: "Not found.", 409: "Conflict.",
    412: "If-Match does not hold.", 413: "Too large.", 422: "Refused.", 429: "Too many requests.",
    503: "The database or the disk is at fault.",
}  # fmt: skip


def route_facts(operation: AnyOperation) -> dict[str, Any]:
    """What a route says of itself in OpenAPI, beside its schemas."""
    return {
        "name": operation.name,
        "operation_id": operation.name,
        "summary": operation.summary,
        "tags": [operation.noun],
        "response_model": None,
    }


def describe(app: FastAPI, rows: list[AnyOperation]) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes, openapi_version="3.1.0")
        schemas: dict[str, Any] = {"Problem": _problem_schema()}
        for operation in rows:
            _describe_operation(
                document["paths"][operation.http.path][operation.http.method.lower()], operation, schemas
            )
        document.setdefault("components", {})["schemas"] = schemas
        document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"bearer": []}, {}]
        app.openapi_schema = document
    return app.openapi_schema


def _describe_operation(entry: dict[str, Any], operation: AnyOperation, schemas: dict[str, Any]) -> None:
    entry["description"] = operation.request.__doc__ or ""
    fields = _schema(operation.request, schemas)
    in_path = set(steps(operation))
    named = in_path | ({"concept"} if names_concept(operation) else set())
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in steps(operation)
    ]
    rest = {name: schema for name, schema in fields.get("properties", {}).items() if name not in named}
    required = [name for name in fields.get("required", ()) if name in rest]
    if operation.http.method == "GET" or operation.document:
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema,
             "description": schema.get("description", "")} for name, schema in rest.items()
        ]  # fmt: skip
    else:
        body = {"type": "object", "properties": rest, "required": required, "additionalProperties": False}
        entry["requestBody"] = {"required": bool(required), "content": {"application/json": {"schema": body}}}
    if operation.document:
        entry["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    kind = "write" if operation.writes else "read"
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": {"type": type_}, "description": text}
        for name, text, type_, on in CONTROLS
        if on == kind
    ]
    entry["parameters"] = parameters
    entry["responses"] = {"200": _answer(operation, schemas), **_problems()}


def _answer(operation: AnyOperation, schemas: dict[str, Any]) -> dict[str, Any]:
    if operation.response is Document:
        return {"description": "The document.", "content": {"*/*": {"schema": {}}}}
    _schema(operation.response, schemas)
    reference = {"$ref": REFERENCE.format(model=operation.response.__name__)}
    return {"description": "The answer.", "content": {"application/json": {"schema": reference}}}


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    made = TypeAdapter(model).json_schema(ref_template=REFERENCE)
    schemas.update(made.pop("$defs", {}))
    schemas[model.__name__] = made
    return made


def _problems() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {str(status): {"description": text, "content": content} for status, text in PROBLEMS.items()}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "instance": text,
            "advice": text,
            "errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": text, "detail": text}}},
            "facts": {"type": "object"},
        },
    }  # fmt: skip


def page(rows: list[AnyOperation]) -> str:
    """Every operation on one page: what it is for, what it takes, how to call it."""
    nouns = sorted({row.noun for row in rows})
    menu = " ".join(f'<a href="#{noun}">{noun}</a>' for noun in nouns)
    sections = "".join(_section(noun, [row for row in rows if row.noun == noun]) for noun in nouns)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Lexicord API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style><h1>Lexicord API</h1>"
        '<p>Every operation of this server. For tools: <a href="/openapi.json">openapi.json</a>. Errors are '
        "<code>application/problem+json</code> (RFC 9457).</p>"
        f"<nav>{menu}</nav>{sections}</html>"
    )


def _section(noun: str, rows: list[AnyOperation]) -> str:
    return f'<h2 id="{noun}">{noun}</h2>' + "".join(map(_operation, rows))


def _operation(operation: AnyOperation) -> str:
    fields = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{'required' if field.is_required() else ''}</td>"
        f"<td>{escape(field.description or '')}</td></tr>"
        for name, field in operation.request.model_fields.items()
    )
    body = " + document" if operation.document else ""
    return (
        f'<section><h3><b class="{operation.http.method.lower()}">{operation.http.method}</b> '
        f"<code>{escape(operation.http.path)}</code>{body}</h3><p>{escape(operation.summary)} "
        f"<small>{escape(operation.name)} · needs “{operation.needs.verb}”</small></p>"
        f"<table>{fields}</table></section>"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430}"
    "nav a{margin-right:.8rem}section{border-top:1px solid #d8dde5;padding:.4rem 0}h3{font-size:1rem;margin:.4rem 0}"
    "h3 b{display:inline-block;min-width:4rem}.get{color:#0b6b3a}.post,.patch{color:#8a4b00}.delete{color:#9b1c1c}"
    "td{padding:.1rem 1rem .1rem 0;vertical-align:top}small{color:#5b6675}"
)
