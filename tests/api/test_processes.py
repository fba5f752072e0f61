"""Two server workers and the command line on one folder: each sees what the others write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from registry.bootstrap import os_user
from tests.adapters.ports import free_port
from tests.adapters.registries import Registry, issue

LEXICORD = [sys.executable, "-c", "from cli.main import main; main()"]


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
def test_the_same_commands_print_the_same(sqlite_registry: Registry) -> None:
    token = issue(sqlite_registry.store, os_user())
    run(sqlite_registry, "department", "add", "finance", "--name", "Finance")
    commands = (["department", "list"], ["department", "show", "finance"], ["-o", "json", "department", "list"],
                ["scheme", "list"], ["mapping", "list"], ["principal", "list"])  # fmt: skip
    with served(sqlite_registry, workers=1) as url:
        for command in commands:
            here = run(sqlite_registry, *command)
            there = subprocess.run(
                [*LEXICORD, "--registry", url, "--token", token, *command], capture_output=True, text=True, check=False
            )
            assert (there.returncode, there.stdout) == (0, here), there.stderr


@pytest.mark.torture
def test_an_open_server_on_another_address_is_refused(sqlite_registry: Registry) -> None:
    command = [*LEXICORD, "--registry", str(sqlite_registry.directory), "serve", "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "no token" in done.stderr
