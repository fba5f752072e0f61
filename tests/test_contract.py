"""The operations' rows hold what everything made from them relies on, and the command line tells of itself."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperGroup

from cli.main import NOUNS as CLI_NOUNS
from cli.main import VERBS, app
from registry.contract.addressing import names_concept, steps
from registry.contract.operation import NOUNS, AnyOperation, Document, Request, Response, Written
from registry.model.principals import Verb

ROOT = Path(__file__).resolve().parent.parent
SELF_EXPLAINING = frozenset({
    "add", "alt", "broader", "by", "cases", "concept", "confidence", "definition", "departments", "format",
    "hash", "hidden", "key", "kind", "language", "media", "notation", "note", "object", "other", "owner", "predicate",
    "principal", "reason", "related", "remove", "replaced", "role", "scheme", "scope", "seq", "source", "sources",
    "state", "status", "subject", "term", "terms", "text", "title", "type", "use",
})  # fmt: skip
"""Words that need no description in a request: the standards' own, and those of the design."""
SHORT_WORDS = frozenset({"at", "by", "id", "in", "of", "on", "to"})


def rows() -> list[AnyOperation]:
    """The rows of the nouns that are there; that each is there is a test of its own."""
    there = [noun for noun in NOUNS if find_spec(f"registry.contract.{noun}")]
    return [row for noun in there for row in import_module(f"registry.contract.{noun}").OPERATIONS]


ROWS = rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def models() -> dict[type[BaseModel], None]:
    """Every model that a row takes or answers, with those inside them."""
    found: dict[type[BaseModel], None] = {}
    for row in ROWS:
        for model in (row.request, row.response):
            _gather(model, found)
    return found


def _gather(annotation: Any, found: dict[type[BaseModel], None]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
        found[annotation] = None
        for field in annotation.model_fields.values():
            _gather(field.annotation, found)
    for part in get_args(annotation):
        _gather(part, found)


MODELS = list(models())
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_has_its_rows(noun: str) -> None:
    assert len(import_module(f"registry.contract.{noun}").OPERATIONS) > 0


@each_row
def test_the_use_case_exists_and_takes_work_and_request(row: AnyOperation) -> None:
    """One that needs no work may say so with an underscore."""
    assert [name.lstrip("_") for name in inspect.signature(row.function()).parameters] == ["work", "request"]


@each_row
def test_names_are_noun_and_verb(row: AnyOperation) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", row.name)


@each_row
def test_requests_and_answers_are_of_the_base_classes(row: AnyOperation) -> None:
    assert issubclass(row.request, Request)
    assert row.response is Document or issubclass(row.response, Response)
    assert not row.writes or issubclass(row.response, Written), "a write answers its seq"


@each_row
def test_a_get_never_writes(row: AnyOperation) -> None:
    assert not (row.writes and row.http.method == "GET")
    assert not (row.document and row.http.method == "GET"), "a GET has no body"


@each_row
def test_the_steps_of_a_path_are_fields(row: AnyOperation) -> None:
    named = set(steps(row)) - ({"scheme", "local"} if names_concept(row) else set())
    assert named <= set(row.request.model_fields)
    assert row.http.path.startswith("/v1/")
    assert "local" not in steps(row) or names_concept(row)


@each_row
def test_what_is_needed_is_a_verb_on_a_field_of_the_request(row: AnyOperation) -> None:
    assert row.needs.verb in get_args(Verb)
    assert not row.needs.field or row.needs.field in row.request.model_fields
    assert bool(row.needs.field) == (row.needs.within not in ("registry", "anything"))


@each_row
def test_an_operation_says_in_one_line_what_it_does(row: AnyOperation) -> None:
    assert row.request.__doc__ != Request.__doc__
    assert 10 <= len(row.summary) <= 120
    assert row.summary[0].isupper()
    assert row.summary.endswith(".")


def test_names_paths_and_models_are_unique() -> None:
    paths = [(row.http.method, re.sub(r"\{\w+\}", "{}", row.http.path)) for row in ROWS]
    for things in ([row.name for row in ROWS], paths, [model.__name__ for model in MODELS]):
        assert {thing for thing, count in Counter(things).items() if count > 1} == set()


@each_model
def test_models_are_frozen_described_and_build(model: type[BaseModel]) -> None:
    assert model.model_config.get("frozen"), "an answer or a request is a value"
    assert (model.__doc__ or "").strip()
    assert json.dumps(model.model_json_schema())


@each_model
def test_fields_are_described_or_explain_themselves(model: type[BaseModel]) -> None:
    bare = [name for name, field in model.model_fields.items() if not field.description]
    unclear = [name for name in bare if not _clear(name, asked=issubclass(model, Request))]
    assert unclear == [], "give them a description"


def _clear(name: str, *, asked: bool) -> bool:
    words = name.split("_")
    if asked:
        return all(word in SELF_EXPLAINING for word in words)
    return all(len(word) > 2 or word in SHORT_WORDS for word in words)


def commands(word: str) -> Iterator[tuple[str, Any]]:
    command = typer.main.get_command(import_module(f"cli.{word}").app)
    if not isinstance(command, TyperGroup):
        yield word, command
        return
    yield from ((f"{word} {name}", below) for name, below in command.commands.items())


@pytest.mark.parametrize("word", [*VERBS, *CLI_NOUNS])
def test_every_command_and_every_option_has_help(word: str) -> None:
    for path, command in commands(word):
        assert command.help, f"lexicord {path} has no help"
        options = [one for one in command.params if one.param_type_name == "option"]
        assert [f"lexicord {path} --{one.name}" for one in options if not getattr(one, "help", "")] == []


@pytest.mark.parametrize("word", CLI_NOUNS)
def test_a_noun_has_help_and_verbs(word: str) -> None:
    command = typer.main.get_command(import_module(f"cli.{word}").app)
    assert isinstance(command, TyperGroup)
    assert command.help
    assert command.commands


def test_the_global_options_have_help() -> None:
    for option in typer.main.get_command(app).params:
        assert getattr(option, "help", ""), f"--{option.name}"


HEAVY = ("alembic", "fastapi", "httpx", "numpy", "pyshacl", "rapidfuzz", "rdflib", "rich", "sqlmodel", "starlette")


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that a command line has loaded when it is done."""
    program = (
        "import sys; from cli.main import run; run(sys.argv[1:]); "
        "print('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    )
    line = [sys.executable, "-c", program, "--registry", str(folder), *arguments]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--help") & {*HEAVY, "pydantic", "sqlalchemy", "pyoxigraph"} == set()


@pytest.mark.parametrize("arguments", ["department list", "concept show test/x", "concept find x", "resolve x"])
def test_a_short_command_loads_no_server_no_orm_and_no_engine(sqlite_template: Path, arguments: str) -> None:
    assert loaded(sqlite_template, *arguments.split()) & set(HEAVY) == set()
