"""Writes the pages of `docs/reference/` from the code: commands, operations, values, errors, settings.

    python -m docs.reference [FOLDER]

The pages hold nothing that depends on the machine or the day, so that a test can compare them with what is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, SecretStr, TypeAdapter
from typer.core import TyperCommand, TyperGroup

from api.openapi import CONTROLS
from api.problems import STATUSES
from cli import exits
from cli.main import NOUNS, VERBS, app
from registry import errors
from registry.contract.operation import AnyOperation, Document, operations
from registry.contract.problems import PREFIX, slug
from registry.settings import Settings

HERE = Path(__file__).resolve().parent / "reference"
WRITTEN = "Written by `make docs` from the code: change the code, not this page."

Schema = dict[str, Any]


def write(folder: Path) -> list[Path]:
    """The pages, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, page in PAGES.items():
        path = folder / name
        path.write_text(page(), encoding="utf-8")
        written.append(path)
    return written


def command_page() -> str:
    """Every command of `lexicord` with its arguments and options, as its own `--help` tells them."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    parts = ["# Commands", WRITTEN, _paragraphs(root.help), "## Options before the command", _parameters(root)]
    for word in (*VERBS, *NOUNS):
        command = typer.main.get_command(import_module(f"cli.{word}").app)
        assert isinstance(command, TyperCommand | TyperGroup)
        parts += _command(f"lexicord {word}", command, 2)
    return _joined(parts)


def _command(path: str, command: TyperCommand | TyperGroup, level: int) -> list[str]:
    heading = "#" * level
    if isinstance(command, TyperGroup):
        parts = [f"{heading} `{path}`", _paragraphs(command.help)]
        for name, below in command.commands.items():
            assert isinstance(below, TyperCommand | TyperGroup)
            parts += _command(f"{path} {name}", below, level + 1)
        return parts
    return [f"{heading} `{_usage(path, command)}`", _paragraphs(command.help), _parameters(command)]


def _usage(path: str, command: TyperCommand) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = [_argument(one.name or "", required=one.required) for one in arguments]
    return " ".join([path, *words])


def _argument(name: str, *, required: bool) -> str:
    return name.upper() if required else f"[{name.upper()}]"


def _parameters(command: TyperCommand | TyperGroup) -> str:
    context = typer.Context(command, info_name=command.name)
    told = [(one, one.get_help_record(context)) for one in command.get_params(context)]
    rows = [(_word(one, record[0]), record[1]) for one, record in told if record and one.name not in ("help", None)]
    return _table(("argument or option", "meaning"), rows)


def _word(parameter: Any, said: str) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter.name, required=True)}`"
    return f"`{said}`"


def operation_page() -> str:
    """Every operation: its route, the verb it needs, what it takes and what it answers."""
    rows = sorted(operations(), key=lambda row: row.noun)
    controls = [(f"`{name}`", f"every {on}", text) for name, text, _, on in CONTROLS]
    parts = ["# Operations", WRITTEN, INTRODUCTION, _table(("parameter", "on", "meaning"), controls)]
    for noun, group in groupby(rows, key=lambda row: row.noun):
        parts.append(f"## {noun}")
        for row in group:
            parts += _operation(row)
    return _joined(parts)


def value_page() -> str:
    """Every value that an operation answers with or takes inside a field."""
    models: dict[str, Schema] = {}
    for row in operations():
        _schema(row.request, models)
        if row.response is not Document:
            models[row.response.__name__] = _schema(row.response, models)
    parts = [
        "# Values",
        WRITTEN,
        "What the operations in [operations.md](operations.md) take inside fields and answer.",
    ]
    for name in sorted(models):
        parts += [f"## {name}", _paragraphs(models[name].get("description")), _fields(models[name])]
    return _joined(parts)


INTRODUCTION = """\
One operation is one row: the route, the remote command line and these pages come from it. Steps of a path are fields;
`{scheme}/{local}` names the field `concept` (`-/-` with `?iri=`, or `concept` in the body, for an IRI). GET takes the
other fields in the query, POST and PATCH in a JSON body, or in the query when the body is a document. Unknown fields
are refused. A write takes `Idempotency-Key`; one whose request has `base` takes `If-Match`. Errors are
`application/problem+json`: see [errors.md](errors.md)."""


def _operation(row: AnyOperation) -> list[str]:
    request = _schema(row.request, {})
    kind = "write" if row.writes else "read"
    where = WITHIN.get(row.needs.within, f" on the {row.needs.within}")
    by = f" named by `{row.needs.field}`" if row.needs.field else ""
    body = " The body is a document." if row.document else ""
    by_iri = f" By IRI: `{row.http.method} {row.http.iri_path}?iri=`." if row.http.iri_path else ""
    return [
        f"### {row.name}",
        f"`{row.http.method} {row.http.path}` · {kind} · needs `{row.needs.verb}`{where}{by}.{body}{by_iri}",
        _paragraphs(request.get("description")),
        _fields(request),
        "Answers a document." if row.response is Document else f"Answers {_link(row.response.__name__)}.",
    ]


WITHIN = {"registry": "", "anything": " anywhere", "schemes": " on the vocabularies"}
"""How a need that names no single thing reads."""


def _link(name: str) -> str:
    return f"[{name}](values.md#{name.lower()})"


def _schema(model: type[BaseModel], models: dict[str, Schema]) -> Schema:
    made: Schema = TypeAdapter(model).json_schema(ref_template="{model}", by_alias=True)
    defined: dict[str, Schema] = made.pop("$defs", {})
    models.update(defined)
    return defined[made["$ref"]] if "$ref" in made else made


def _fields(schema: Schema) -> str:
    if "enum" in schema:
        return f"One of {_kind(schema)}."
    required = schema.get("required", ())
    rows = [
        (f"`{name}`", _kind(field), _default(field, required=name in required), field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]
    return _table(("field", "kind", "default", "meaning"), rows)


def _kind(field: Schema) -> str:
    """A field's JSON type in words; a nested model as a link to its table."""
    if "$ref" in field:
        return _link(field["$ref"])
    if "anyOf" in field:
        return " or ".join(_kind(one) for one in field["anyOf"] if one.get("type") != "null")
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    if isinstance(field.get("additionalProperties"), dict):
        return f"object of {_kind(field['additionalProperties'])}"
    return str(field.get("format", field.get("type", "any JSON")))


def _default(field: Schema, *, required: bool) -> str:
    if required:
        return "required"
    value = field.get("default")
    return "" if value in (None, "", [], {}) else f"`{value}`"


def error_page() -> str:
    """Every class of the error tree: what it means, its type on the wire, its HTTP status and exit code."""
    rows = [
        (f"`{kind.__name__}`", _first(kind), f"`{PREFIX}{slug(kind)}`", str(STATUSES[kind]), str(exits.CODES[kind]))
        for kind in _tree(errors.RegistryError)
    ]
    return _joined([
        "# Errors",
        WRITTEN,
        "Over HTTP an error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, "
        "`instance`, and where they help `advice`, `errors` (a JSON Pointer and a detail each) and `facts`. A stale "
        "`If-Match` is a 412, a stale `base` a 409. On the command line it is a message on stderr and an exit code.",
        _table(("class", "meaning", "type", "HTTP", "exit"), rows),
        "## Exit codes",
        _table(("code", "meaning"), [(str(code), text) for code, text in EXIT_MEANINGS]),
    ])  # fmt: skip


EXIT_MEANINGS = (
    (exits.DONE, "Done."),
    (exits.NEGATIVE, "It does not conform, there is no safe answer, or it was refused."),
    (exits.USAGE, "The command line or the input is malformed."),
    (exits.MISSING, "Not found."),
    (exits.STALE, "Stale, or it exists already."),
    (exits.FORBIDDEN, "Not permitted."),
    (exits.ENVIRONMENT, "The disk, the database or the server is at fault."),
    (exits.BUG, "A bug; `--debug` shows where."),
    (exits.INTERRUPTED, "Interrupted."),
)


def _tree(kind: type[errors.RegistryError]) -> Iterator[type[errors.RegistryError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _tree(below)


def setting_page() -> str:
    """Every setting: its variable, type, default and meaning."""
    prefix = Settings.model_config["env_prefix"]
    rows = [
        (f"`{prefix}{name.upper()}`", _setting_kind(one.annotation), _setting_default(one.default), one.description)
        for name, one in Settings.model_fields.items()
    ]
    return _joined([
        "# Settings",
        WRITTEN,
        "Environment variables, read when a registry is opened. Lists are JSON. Secrets are never printed.",
        _table(("variable", "kind", "default", "meaning"), rows),
    ])  # fmt: skip


def _setting_kind(annotation: Any) -> str:
    if SecretStr in getattr(annotation, "__args__", ()):
        return "secret"
    schema: Schema = TypeAdapter(annotation).json_schema()
    return "list of string" if schema.get("type") == "array" else _kind(schema)


def _setting_default(value: Any) -> str:
    return "" if value is None else f"`{list(value) if isinstance(value, tuple) else value}`"


def _first(thing: object) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]


def _paragraphs(text: str | None) -> str:
    blocks = (text or "").strip().split("\n\n")
    return "\n\n".join(" ".join(line.strip() for line in block.splitlines()) for block in blocks)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines])


def _cell(value: Any) -> str:
    return " ".join(str(value or "").split()).replace("|", "\\|")


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": command_page,
    "operations.md": operation_page,
    "values.md": value_page,
    "errors.md": error_page,
    "settings.md": setting_page,
}
"""Each page's file name, and what makes it."""


if __name__ == "__main__":
    for page in write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        sys.stdout.write(f"{page}\n")
