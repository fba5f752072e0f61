"""What something costs: CPU seconds of a callable, and CPU, wall clock and peak memory of a whole process.

A process is run by a small one of its own (this file as a script), because Linux counts the memory that the parent held
at the fork as the child's, and because RUSAGE_CHILDREN adds up all children of a process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What a process cost: seconds of CPU (user and system) and of the clock, peak memory in MB, and what it said."""

    cpu_seconds: float
    seconds: float
    peak_mb: float
    code: int
    output: str


def cpu(function: Callable[[], T]) -> tuple[T, float]:
    """A callable's result, and the seconds of CPU this process spent on it, in all threads."""
    before = time.process_time()
    result = function()
    return result, time.process_time() - before


def clock(function: Callable[[], T]) -> tuple[T, float]:
    """A callable's result, and the seconds that passed."""
    before = time.perf_counter()
    result = function()
    return result, time.perf_counter() - before


def peak_mb() -> float:
    """The most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def process(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, code: int = 0
) -> Cost:
    """What a command costs from its start to its end; RuntimeError when it ends with another code."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        runner = [sys.executable, "-S", "-E", __file__, str(report), *map(str, command)]
        done = subprocess.run(runner, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        if not report.exists():
            raise RuntimeError(f"{command}: {done.stderr}")
        cost = Cost(**json.loads(report.read_text()), output=done.stdout)
    if cost.code != code:
        raise RuntimeError(f"{command} ended with {cost.code}: {done.stdout}{done.stderr}")
    return cost


def fastest(command: Sequence[str | Path], times: int, *, cwd: Path | None = None, code: int = 0) -> Cost:
    """The cheapest of several runs by CPU: what is left when the files are in the cache and others do not disturb."""
    return min((process(command, cwd=cwd, code=code) for _ in range(times)), key=lambda cost: cost.cpu_seconds)


def _report(path: str, command: list[str]) -> None:
    began = time.perf_counter()
    done = subprocess.run(command, check=False)
    passed = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "seconds": passed,
        "peak_mb": used.ru_maxrss / 1024,
        "code": done.returncode,
    }
    Path(path).write_text(json.dumps(told))


if __name__ == "__main__":
    _report(sys.argv[1], sys.argv[2:])
