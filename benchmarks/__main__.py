"""Run the benchmarks, print each figure beside the peer's from the same run, and keep them as JSON.

    python -m benchmarks            every module here that has `run() -> dict[str, object]`
    python -m benchmarks NAME…      some of them

LEXICORD_LONG=1 asks a module for its long form. A module answers figures by name. A figure is
`{"ours": …, "peer": …, "ratio": …, "of": "who the peer is"}`, a plain value, or a table of values by name; where one
row of a table of matchers or validators is called `lexicord`, the other rows are its peers.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import benchmarks
from benchmarks.measure import clock
from registry import __version__

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SHARED = Path(os.environ.get("LEXICORD_SHARED") or ROOT.parent / "shared")
OURS = "lexicord"


@dataclass(frozen=True)
class Figure:
    """One line of the table; `ratio` is ours over the peer's."""

    name: str
    ours: object
    peer: object = None
    ratio: object = None
    of: str = ""


def names(wanted: list[str]) -> list[str]:
    """The benchmarks asked for, or all; SystemExit when there is none of that name."""
    there = sorted(found.name for found in iter_modules(benchmarks.__path__) if not found.name.startswith("_"))
    unknown = set(wanted) - set(there)
    if unknown:
        raise SystemExit(f"No benchmark {', '.join(sorted(unknown))}. There are: {', '.join(there)}.")
    return wanted or there


def figures(result: Mapping[str, object]) -> Iterator[Figure]:
    """The figures of a result, one a line."""
    ours = result.get(OURS)
    if isinstance(ours, Mapping):
        yield from _beside_each_peer(ours, result)
        return
    for name, value in result.items():
        yield from _figure(name, value)


def _figure(name: str, value: object) -> Iterator[Figure]:
    if not isinstance(value, Mapping):
        yield Figure(name, value)
    elif "ours" in value:
        peer = value.get("peer")
        yield Figure(
            name, value["ours"], peer, value.get("ratio", _ratio(value["ours"], peer)), str(value.get("of", ""))
        )
    elif isinstance(value.get(OURS), Mapping):
        yield from (Figure(f"{name}, {one.name}", one.ours, one.peer, one.ratio, one.of) for one in figures(value))
    else:
        for below, inner in value.items():
            yield from _figure(f"{name}, {below}", inner)


def _beside_each_peer(ours: Mapping[object, object], result: Mapping[str, object]) -> Iterator[Figure]:
    peers = {name: row for name, row in result.items() if name != OURS and isinstance(row, Mapping)}
    for figure, value in ours.items():
        for name, row in peers.items():
            if figure in row:
                yield Figure(str(figure), value, row[figure], _ratio(value, row[figure]), name)
        if not any(figure in row for row in peers.values()):
            yield Figure(str(figure), value)


def _ratio(ours: object, peer: object) -> float | None:
    if not isinstance(ours, int | float) or not isinstance(peer, int | float) or not peer:
        return None
    return float(f"{ours / peer:.3g}")


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "lexicord": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu_count": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "long": os.environ.get("LEXICORD_LONG") == "1",
    }


def keep(name: str, facts: Mapping[str, object], result: Mapping[str, object]) -> Path:
    """Write a result, as the module gave it and figure by figure."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    told = [vars(figure) for figure in figures(result)]
    text = json.dumps({"benchmark": name, "machine": facts, "figures": told, "result": result}, indent=2, default=str)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def show(name: str, result: Mapping[str, object], seconds: float) -> None:
    """Print a result as a table."""
    rows = [("figure", "ours", "peer's", "ours/peer's", "peer"), *map(_cells, figures(result))]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    print(f"\n{name} ({seconds:.0f} s)")
    for row in rows:
        print("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _cells(figure: Figure) -> tuple[str, str, str, str, str]:
    values = ("" if value is None else _text(value) for value in (figure.ours, figure.peer, figure.ratio))
    ours, peer, ratio = values
    return figure.name, ours, peer, ratio, figure.of


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def measure(name: str) -> None:
    """Run one benchmark, print it and keep it; a module without `run` is no benchmark."""
    run = getattr(import_module(f"benchmarks.{name}"), "run", None)
    if run is None:
        return
    facts = machine()
    try:
        result, seconds = clock(run)
    except FileNotFoundError as error:
        if SHARED.is_dir():
            raise
        absent = error.filename or error
        print(f"\n{name}: left out, for {absent} is not there (LEXICORD_SHARED names the folder of real data)")
        return
    show(name, result, seconds)
    print(f"  kept in {keep(name, {**facts, 'seconds': round(seconds, 1)}, result).relative_to(ROOT)}")


def main(wanted: list[str]) -> int:
    """Run what is asked for; several each in a process of its own, so that none counts another's memory."""
    asked = names(wanted)
    if len(asked) == 1:
        measure(asked[0])
        return 0
    failed = [
        name for name in asked if subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode
    ]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
