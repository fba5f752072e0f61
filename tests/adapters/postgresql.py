"""A real PostgreSQL for the tests: Debian's, in a folder of its own, on a Unix socket and a loopback port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.adapters.ports import free_port


@dataclass(frozen=True)
class PostgreSQL:
    """A running server."""

    port: int

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """A new database, and its URL."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True) as own:
            own.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True) as own:
            own.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def binaries() -> Path | None:
    """The folder of the newest server's programs; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server in a temporary folder, stopped at the end.

    The folder is not pytest's: each session shuts the one above it again, and the server's own user must get in.
    """
    with tempfile.TemporaryDirectory(prefix="lexicord-pg-") as folder:
        yield from _running_in(Path(folder))


def _running_in(folder: Path) -> Iterator[PostgreSQL]:
    programs = binaries()
    assert programs is not None
    data, port = folder / "data", free_port()
    data.mkdir(parents=True)
    as_owner = _as_owner(folder)
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    _run([*as_owner, *initdb])
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c max_connections=200"
    control = [*as_owner, programs / "pg_ctl", "-D", data, "-w"]
    _run([*control, "-l", folder / "log", "-o", settings, "start"])
    try:
        yield PostgreSQL(port)
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _as_owner(folder: Path) -> list[str]:
    """The server refuses to run as root: then Debian's own user does it."""
    if os.getuid() != 0:
        return []
    subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: Sequence[object]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
