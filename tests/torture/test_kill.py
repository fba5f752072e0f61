"""kill -9 at any moment: nothing acknowledged is lost, the chain holds, the projection is the fold of the journal."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.store import journal
from registry.store.journal import JournalFeed
from registry.store.projection import CURSOR_GRAPH
from registry.store.projection.disk import open_projection
from registry.store.store import open_store
from registry.store.verification import verify
from tests.adapters.registries import Registry
from tests.conftest import LONG

HERE = Path(__file__).parent
ROUNDS = 30 if LONG else 4
WRITERS = 3


def _start(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, cwd=HERE.parent.parent)


def _acknowledged(acks: Path) -> dict[int, str]:
    lines = acks.read_text().splitlines() if acks.exists() else []
    return {int(seq): key for seq, key in (line.split() for line in lines)}


def _round(directory: Path, acks: Path, chance: random.Random) -> None:
    """Let writers and a projector run until enough is acknowledged, then kill them all at a random moment."""
    enough = len(_acknowledged(acks)) + 20
    running = [_start("writer.py", str(directory), str(acks)) for _ in range(WRITERS)]
    running.append(_start("projector.py", str(directory)))
    while len(_acknowledged(acks)) < enough:
        for process in running:
            if process.poll() is not None:
                assert process.stderr is not None
                pytest.fail(f"a process ended by itself: {process.stderr.read().decode()}")
        time.sleep(0.02)
    time.sleep(chance.random() * 0.3)
    for process in running:
        os.kill(process.pid, signal.SIGKILL)
    for process in running:
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.torture
def test_nothing_acknowledged_is_lost(backend: Registry) -> None:
    directory, acks, chance = backend.directory, backend.directory / "acks", random.Random(5)
    for _ in range(ROUNDS):
        _round(directory, acks, chance)
        _check(directory, _acknowledged(acks))


def _check(directory: Path, acknowledged: dict[int, str]) -> None:
    store = open_store(directory)
    with store.reading() as reader:
        verified = verify(reader.connection)
        assert verified.intact, verified.reason
        by_seq = {record.seq: record for record in journal.read(reader.connection)}
        assert set(acknowledged) <= set(by_seq)
        for seq, key in acknowledged.items():
            added = journal.patch_at(reader.connection, seq).added
            assert any(key in str(quad.object) for quad in added), f"record {seq} is not the one acknowledged"
        truth = set(reader.quads())
    with open_projection(directory / "projection") as projection:
        assert projection.catch_up(JournalFeed(store.database)) == len(by_seq)
        projected = {quad for quad in projection.store if quad.graph_name != CURSOR_GRAPH}
    assert projected == truth
    store.close()
