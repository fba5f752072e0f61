"""The SHACL engines of the JavaScript world as peers: installed with npm into a folder that is thrown away."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("rdf-validate-shacl", "shacl-engine")
_PACKAGES = ("rdf-validate-shacl@0.6.5", "shacl-engine@1.1.2", "@zazuko/env@3", "n3@1")
_PROGRAM = Path(__file__).with_name("shacl_node.mjs")
_PATIENCE = 300


@dataclass(frozen=True)
class Verdicts:
    """Whether each graph conforms, and what one cost once the engine was warm (microseconds)."""

    conforms: list[bool]
    cpu_us: float
    median_us: float


@contextmanager
def installed() -> Iterator[Path | str]:
    """A temporary folder with the engines, or why there is none."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        yield "there is no npm"
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *_PACKAGES]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            yield "npm could not install them"
            return
        shutil.copy(_PROGRAM, folder)
        yield folder


def validate(engine: str, folder: Path, shapes: str, graphs: Sequence[bytes], *, warm: int) -> Verdicts:
    """What an engine says about graphs in N-Triples, each for itself; those before `warm` are not timed."""
    (folder / "shapes.ttl").write_text(shapes, encoding="utf-8")
    (folder / "graphs").write_bytes(b"".join(graph.rstrip(b"\n") + b"\n#\n" for graph in graphs))
    command = ["node", _PROGRAM.name, engine, "shapes.ttl", "graphs", str(warm)]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    return Verdicts(told["verdicts"], told["cpu_us"], told["median_us"])
