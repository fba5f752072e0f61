"""Every error has an exit code and an HTTP status, named for its class; it reads the same across the wire."""

from __future__ import annotations

import ast
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import registry
from api.problems import STATUSES, problem, status_of
from cli.exits import CODES, code_of
from registry import errors
from registry.contract.problems import PREFIX, from_problem, kinds, slug, to_problem
from registry.errors import Fault, RegistryError

Kind = type[RegistryError]


def import_everything() -> None:
    for module in pkgutil.walk_packages(registry.__path__, "registry."):
        import_module(module.name)


def tree(kind: Kind = RegistryError) -> Iterator[Kind]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith("registry."):
            yield from tree(below)


OURS = tuple(kind for kind in tree() if kind.__module__ == errors.__name__)
"""The classes of the tree's own file."""


def named(kind: Kind) -> str:
    return kind.__name__


def test_the_picture_of_the_tree_is_the_tree() -> None:
    drawn = [line.strip("│├└─ ").split()[0] for line in (errors.__doc__ or "").splitlines() if "Error " in line]
    assert [name for name in drawn if name.endswith("Error")] == [kind.__name__ for kind in OURS if kind != OURS[0]]


@pytest.mark.parametrize("kind", OURS, ids=named)
def test_each_class_is_mapped_by_name_in_both_shells(kind: Kind) -> None:
    assert 0 < CODES[kind] < 126
    assert 400 <= STATUSES[kind] <= 599


def test_the_shells_map_nothing_else() -> None:
    assert set(CODES) == set(STATUSES) == set(OURS)


def test_every_other_error_of_the_core_has_a_mapped_class_above_it_that_is_not_the_root() -> None:
    import_everything()
    for kind in set(tree()) - set(OURS):
        nearest = next(above for above in kind.__mro__ if above in CODES)
        assert nearest is not RegistryError, f"{kind.__module__}.{kind.__name__} says only that something is wrong"
        assert (code_of(kind("x")), status_of(kind("x"))) == (CODES[nearest], STATUSES[nearest])


def test_every_error_of_the_core_is_in_the_tree() -> None:
    """What is no RegistryError and no error by name is a signal inside one engine, or rolls a dry run back."""
    import_everything()
    strays = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in _below(Exception)
        if kind.__module__.startswith("registry.")
        and not issubclass(kind, RegistryError)
        and kind.__name__.endswith(("Error", "Exception"))
    ]
    assert strays == []


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def test_the_tree_knows_neither_status_nor_exit_code() -> None:
    source = Path(errors.__file__).read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    numbers = [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, int)]
    words = {one.id for one in nodes if isinstance(one, ast.Name)} | {
        one.attr for one in nodes if isinstance(one, ast.Attribute)
    }
    assert [number for number in numbers if not isinstance(number, bool)] == []
    assert {word for word in words if "status" in word.lower() or "exit" in word.lower()} == set()


def test_every_class_has_a_name_of_its_own_on_the_wire() -> None:
    assert {slug(kind): kind for kind in OURS}.items() <= kinds().items()
    assert len({slug(kind) for kind in OURS}) == len(OURS)


texts = st.text(max_size=40)
plain = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | texts
facts = st.dictionaries(st.from_regex(r"fact_[a-z]{1,6}", fullmatch=True), plain | st.lists(texts, max_size=3))


@pytest.mark.parametrize("kind", OURS, ids=named)
@settings(max_examples=25)
@given(message=texts.filter(bool), advice=texts, faults=st.lists(st.tuples(texts, texts), max_size=3), facts=facts)
def test_an_error_survives_the_wire(
    kind: Kind, message: str, advice: str, faults: list[tuple[str, str]], facts: dict[str, object]
) -> None:
    sent = kind(message, advice=advice, faults=[Fault(*fault) for fault in faults], **facts)
    came = from_problem(json.loads(bytes(problem(sent, "/v1/x").body)))
    assert type(came) is kind
    assert (came.message, came.advice, came.faults) == (sent.message, sent.advice, sent.faults)
    assert came.facts == {name: value for name, value in facts.items() if value is not None}
    assert (code_of(came), status_of(came)) == (code_of(sent), status_of(sent))


@pytest.mark.parametrize("kind", OURS, ids=named)
def test_a_problem_has_the_members_of_rfc_9457(kind: Kind) -> None:
    answer = problem(kind("It is so.", advice="Do this."), "/v1/x")
    body = json.loads(bytes(answer.body))
    assert answer.media_type == "application/problem+json"
    assert answer.status_code == body["status"] == STATUSES[kind]
    assert body["type"] == PREFIX + slug(kind)
    assert {"title", "detail", "instance"} <= body.keys()
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)


def test_a_class_from_elsewhere_travels_as_the_nearest_class_of_the_tree() -> None:
    import_everything()
    for kind in set(tree()) - set(OURS):
        nearest = next(above for above in kind.__mro__ if above in STATUSES)
        assert type(from_problem(to_problem(kind("x")))) is nearest


@pytest.mark.parametrize("body", [{}, {"type": "about:blank", "title": "Gone"}, {"type": PREFIX + "unheard-of"}])
def test_a_problem_that_is_not_ours_is_a_plain_error_with_a_message(body: dict[str, object]) -> None:
    came = from_problem(body)
    assert type(came) is RegistryError
    assert came.message
