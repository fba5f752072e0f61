"""A hidden graph never existed: for every operation, an outsider's answer equals the twin's, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.contract.operation import AnyOperation, Document, encode, operations
from registry.contract.problems import to_problem
from registry.errors import RegistryError
from tests.adapters.registries import Registry, copy
from tests.properties.world import NAMES_NOTHING_HIDDEN, SAMPLES, Sample, build, restrict

ROWS = {row.name: row for row in operations()}
SEQS = re.compile(rb'"(seq|head|version|graph_version|records|until)":\s*("[0-9a-f]*"|\d+)')
NUMBERS = re.compile(rb"\d+")
"""What may differ: numbers of the log."""


@pytest.fixture(scope="module")
def twins(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Registry, Registry]]:
    """A registry with the restricted vocabulary, and one without it, otherwise written alike."""
    folder = tmp_path_factory.mktemp("twins")
    plain = copy(sqlite_template, folder / "without")
    build(plain)
    plain.close()
    with_it, without = copy(folder / "without", folder / "with"), copy(folder / "without", folder / "twin")
    restrict(with_it)
    yield with_it, without
    with_it.close()
    without.close()


def test_every_operation_is_asked() -> None:
    assert set(SAMPLES) | NAMES_NOTHING_HIDDEN >= set(ROWS), "an operation has no sample for the views"


def answered(registry: Registry, operation: AnyOperation, sample: Sample) -> bytes:
    try:
        answer: Any = sample.ask(registry.acting("olga"), operation)
    except RegistryError as error:
        return NUMBERS.sub(b"#", repr(to_problem(error)).encode())
    return answer.read() if isinstance(answer, Document) else SEQS.sub(b"", encode(answer))


CASES = [(name, number) for name in sorted(SAMPLES) if name in ROWS for number in range(len(SAMPLES[name]()))]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_an_outsider_gets_what_the_twin_gives(twins: tuple[Registry, Registry], name: str, number: int) -> None:
    sample = SAMPLES[name]()[number]
    with_it, without = (answered(registry, ROWS[name], sample) for registry in twins)
    assert with_it == without
    for secret in (b"secret", b"Secret", b"leaked", b'"closed"', b"/closed"):
        assert secret not in with_it or secret.decode() in repr(sample)


def test_an_insider_sees_it(twins: tuple[Registry, Registry]) -> None:
    with_it, without = twins
    shown = SAMPLES["scheme.show"]()[1]
    answer = shown.ask(with_it.acting("ines"), ROWS["scheme.show"])
    assert answer.audience == "board"
    with pytest.raises(RegistryError):
        shown.ask(without.acting("ines"), ROWS["scheme.show"])
