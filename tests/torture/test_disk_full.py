"""A full disk: the write is refused with what to do, and the registry is as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from registry.bootstrap import os_user
from registry.contract.departments import ADD, LIST, AddDepartment
from registry.errors import EnvironmentFaultError
from registry.store.verification import verify
from tests.adapters.registries import Registry

LIMITED = """
import resource, sys
from registry.client import connect
from registry.bootstrap import os_user
from registry.contract.departments import ADD, AddDepartment
from registry.errors import EnvironmentFaultError
client = connect(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
written = 0
try:
    for n in range(10_000):
        client.call(ADD, AddDepartment(key=f"limited{n}", name="x" * 190))
        written += 1
except EnvironmentFaultError as error:
    print(written, error.message, error.advice, sep="|")
"""


@pytest.mark.torture
def test_a_file_size_limit(sqlite_registry: Registry) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    size = (sqlite_registry.directory / "registry.db").stat().st_size
    command = [sys.executable, "-c", LIMITED, str(sqlite_registry.directory), str(size + 200_000)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr
    written, message, advice = done.stdout.strip().split("|")
    assert "does not accept" in message
    assert "Nothing was changed" in advice
    with sqlite_registry.store.reading() as reader:
        verified = verify(reader.connection)
    assert verified.intact, verified.reason
    assert verified.records == 1 + int(written)
    assert sqlite_registry.call(ADD, AddDepartment(key="it", name="IT")).seq == verified.records + 1


def _fill(registry: Registry) -> None:
    for n in range(1_000):
        registry.call(ADD, AddDepartment(key=f"more{n}", name="x" * 190))


@pytest.mark.torture
def test_a_page_limit(sqlite_registry: Registry) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    store = sqlite_registry.client(os_user())._gate.store  # type: ignore[attr-defined]

    def limit(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {int(pages or 0) + 2}")

    sa.event.listen(store.database.engine, "begin", limit)
    with pytest.raises(EnvironmentFaultError, match="full"):
        _fill(sqlite_registry)
    sa.event.remove(store.database.engine, "begin", limit)
    store.database.engine.dispose()
    with sqlite_registry.store.reading() as reader:
        assert verify(reader.connection).intact
    found = sqlite_registry.call(LIST)
    assert "finance" in {department.key for department in found.departments}
    assert sqlite_registry.call(ADD, AddDepartment(key="after", name="After")).department.key == "after"
