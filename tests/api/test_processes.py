"""Two server workers and the command line on one folder: each sees what the others write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from registry.bootstrap import os_user
from tests.adapters.ports import free_port
from tests.adapters.registries import Registry, issue
from tests.properties.world import RECORD, build

LEXICORD = [sys.executable, "-c", "from cli.main import main; main()"]


COMMANDS = (
    "department list", "department show finance", "-o json department list", "scheme list", "scheme show finance",
    "scheme tree finance", "scheme export finance --format turtle", "-o json scheme stats it", "concept find account",
    "concept show finance/account", "concept history finance/account", "-o json concept show it/account",
    "mapping list", "mapping suggest finance it", "conflict list", "resolve account --department finance",
    "resolve account", "resolve nothing", "-o json resolve Lead", "source list", "source show wiki", "principal list",
    "role list", "coordination report", "coordination model --departments 10 --use-cases 25 --sources 20",
    "concept show finance/none", "scheme show nowhere", "concept show relative", "audit list",
)  # fmt: skip
"""Commands that read, good and bad."""


@contextmanager
def served(registry: Registry, workers: int) -> Iterator[str]:
    """The URL of `lexicord serve` on the registry's folder."""
    port = free_port()
    command = [
        *LEXICORD,
        "--registry",
        str(registry.directory),
        "serve",
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.fail(process.stderr.read().decode())
        try:
            httpx.get(f"{url}/healthz")
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not start")


def run(registry: Registry, *arguments: str) -> str:
    done = subprocess.run(
        [*LEXICORD, "--registry", str(registry.directory), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.torture
def test_two_workers_and_the_command_line_see_each_other(backend: Registry) -> None:
    token = issue(backend.store, os_user())
    with (
        served(backend, workers=2) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as web,
    ):
        run(backend, "department", "add", "finance", "--name", "Finance")
        for _ in range(20):
            with httpx.Client(base_url=url, headers=dict(web.headers)) as fresh:
                assert fresh.get("/v1/departments/finance").json()["name"] == "Finance"
        written = web.post("/v1/departments", json={"key": "it", "name": "IT"})
        assert written.status_code == 200, written.text
        for _ in range(20):
            with httpx.Client(base_url=url, headers=dict(web.headers)) as fresh:
                assert fresh.get("/v1/departments/it", params={"min_seq": written.json()["seq"]}).status_code == 200
        assert "IT" in run(backend, "department", "list")


@pytest.mark.torture
def test_the_same_commands_print_the_same(sqlite_registry: Registry, tmp_path: Path) -> None:
    token = issue(sqlite_registry.store, os_user())
    build(sqlite_registry)
    record = tmp_path / "record.json"
    record.write_bytes(RECORD)
    commands = [line.split() for line in COMMANDS] + [["validate", str(record), "--source", "wiki"]]
    with served(sqlite_registry, workers=1) as url:
        for command in commands:
            here, there = (
                subprocess.run([*LEXICORD, *where, *command], capture_output=True, text=True, check=False)
                for where in (["--registry", str(sqlite_registry.directory)], ["--registry", url, "--token", token])
            )
            assert there.stdout == here.stdout, (command, there.stderr)
            assert (there.returncode, there.stderr) == (here.returncode, here.stderr), command


@pytest.mark.torture
def test_an_open_server_on_another_address_is_refused(sqlite_registry: Registry) -> None:
    command = [*LEXICORD, "--registry", str(sqlite_registry.directory), "serve", "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "no token" in done.stderr
