"""Fixtures: registries on every backend, the real data beside the repository, and no skip that CI does not know."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from registry.store.store import create
from tests.adapters import postgresql as pg
from tests.adapters.registries import BASE, Registry, copy

# A busy machine is no failure: no test has a time limit.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent
LONG = os.environ.get("LEXICORD_LONG") == "1"

ALLOWED_SKIPS = ("long form: set LEXICORD_LONG=1", "the real data is not beside the repository")
"""The reasons for which a test may be skipped under CI."""
_skipped: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the long form unless it is asked for, and what needs the real data where there is none."""
    for item in items:
        if item.get_closest_marker("long") and not LONG:
            item.add_marker(pytest.mark.skip(reason=ALLOWED_SKIPS[0]))
        if item.get_closest_marker("shared") and not shared_folder().is_dir():
            item.add_marker(pytest.mark.skip(reason=ALLOWED_SKIPS[1]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note why tests were skipped."""
    if report.skipped and isinstance(report.longrepr, tuple) and not hasattr(report, "wasxfail"):
        _skipped.append(f"{report.nodeid}: {report.longrepr[2]}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skip for any other reason is a failure."""
    unknown = [line for line in _skipped if not any(reason in line for reason in ALLOWED_SKIPS)]
    if os.environ.get("CI") and unknown:
        sys.stderr.write("\nskipped for a reason that CI does not allow:\n " + "\n ".join(unknown) + "\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def shared_folder() -> Path:
    """Where the real vocabularies, mappings and suites lie."""
    return Path(os.environ.get("LEXICORD_SHARED") or ROOT.parent / "shared") / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the real data; mark the test with `shared`, so that it skips where there is none."""
    return shared_folder()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry on SQLite, to copy."""
    folder = tmp_path_factory.mktemp("template") / "registry"
    create(folder, base_iri=BASE).close()
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[pg.PostgreSQL]:
    """A running PostgreSQL."""
    if pg.binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with pg.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: pg.PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An empty registry on PostgreSQL, to copy: its folder and its database's name."""
    folder = tmp_path_factory.mktemp("template") / "registry"
    create(folder, base_iri=BASE, database_url=postgresql.create("template_registry")).close()
    return folder, "template_registry"


@pytest.fixture
def sqlite_registry(sqlite_template: Path, tmp_path: Path) -> Iterator[Registry]:
    """A fresh registry in a folder."""
    made = copy(sqlite_template, tmp_path / "registry")
    yield made
    made.close()


@pytest.fixture
def postgresql_registry(
    postgresql: pg.PostgreSQL, postgresql_template: tuple[Path, str], tmp_path: Path
) -> Iterator[Registry]:
    """A fresh registry on PostgreSQL."""
    folder, template = postgresql_template
    name = f"r{uuid.uuid4().hex}"
    made = copy(folder, tmp_path / "registry", postgresql.create(name, template))
    yield made
    made.close()
    postgresql.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql), "http"])
def registry(request: pytest.FixtureRequest) -> Registry:
    """A fresh registry, once on each backend in this process and once over HTTP."""
    over_http = request.param == "http"
    made: Registry = request.getfixturevalue("sqlite_registry" if over_http else f"{request.param}_registry")
    if over_http:
        made.serve()
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest) -> Registry:
    """A fresh registry on each backend, to open its store directly."""
    made: Registry = request.getfixturevalue(f"{request.param}_registry")
    return made
