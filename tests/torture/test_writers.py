"""Eight writers at once: no update is lost, a stale base is told, different concepts never collide."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from registry.contract.concepts import CREATE, REVISE, SHOW, CreateConcept, ReviseConcept, ShowConcept
from registry.contract.departments import ADD, AddDepartment
from registry.contract.schemes import CREATE as CREATE_SCHEME
from registry.contract.schemes import CreateScheme
from registry.errors import StaleError
from registry.store.verification import verify
from tests.adapters.registries import Registry
from tests.conftest import LONG

WRITERS = 8
TIMES = 20 if LONG else 4
SCRIPT = Path(__file__).parent / "reviser.py"


@pytest.fixture
def concepts(backend: Registry) -> list[str]:
    """Eight concepts, as SCHEME/LOCAL."""
    backend.call(ADD, AddDepartment(key="finance", name="Finance"))
    backend.call(CREATE_SCHEME, CreateScheme(key="finance", owner="finance", title="Finance"))
    made = []
    for n in range(WRITERS):
        request = CreateConcept(scheme="finance", label=(f"Concept {n}@en",), iri=f"https://vocab.example/finance/c{n}")
        concept = backend.call(CREATE, request).concept
        made.append(concept.iri)
    return made


def run(registry: Registry, targets: list[str], mode: str) -> list[dict[str, float]]:
    """One process for each target, all at once; what each reports."""
    processes = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(registry.directory), target, str(TIMES), mode],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=SCRIPT.parents[2],
        )
        for target in targets
    ]  # fmt: skip
    reports = []
    for process in processes:
        out, complaint = process.communicate()
        assert process.returncode == 0, complaint
        reports.append(json.loads(out))
    return reports


def labels(registry: Registry, concept: str) -> int:
    return len(registry.call(SHOW, ShowConcept(concept=concept)).alt_label.get("en", []))


@pytest.mark.torture
def test_eight_writers_on_different_concepts_never_collide(backend: Registry, concepts: list[str]) -> None:
    reports = run(backend, concepts, "based")
    assert [report["stale"] for report in reports] == [0] * WRITERS
    assert [labels(backend, concept) for concept in concepts] == [TIMES] * WRITERS
    check(backend)


@pytest.mark.torture
@pytest.mark.parametrize("mode", [pytest.param("blind", marks=pytest.mark.long), "based"])
def test_eight_writers_on_one_concept_lose_nothing(backend: Registry, concepts: list[str], mode: str) -> None:
    reports = run(backend, [concepts[0]] * WRITERS, mode)
    assert sum(report["written"] for report in reports) == WRITERS * TIMES
    assert labels(backend, concepts[0]) == WRITERS * TIMES
    if mode == "blind":
        assert [report["stale"] for report in reports] == [0] * WRITERS
    check(backend)


def test_a_stale_base_is_told(registry: Registry) -> None:
    registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    registry.call(CREATE_SCHEME, CreateScheme(key="finance", owner="finance", title="Finance"))
    iri = "https://vocab.example/finance/account"
    created = registry.call(CREATE, CreateConcept(scheme="finance", label=("Account@en",), iri=iri)).concept
    registry.call(REVISE, ReviseConcept(concept=iri, add_alt=("Ledger@en",), base=created.version, reason="first"))
    head = registry.store.head()
    with pytest.raises(StaleError) as told:
        registry.call(REVISE, ReviseConcept(concept=iri, add_alt=("Book@en",), base=created.version, reason="second"))
    assert (told.value.facts["base"], told.value.facts["current"]) == (created.version, head)
    assert registry.store.head() == head


def check(registry: Registry) -> None:
    with registry.store.reading() as reader:
        found = verify(reader.connection)
    assert found.intact, found.reason
