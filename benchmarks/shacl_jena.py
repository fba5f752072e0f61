"""Jena's SHACL validator as a peer and a referee: Debian's libapache-jena-java, driven by a small Java program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

JARS = Path("/usr/share/java")
SOURCE = Path(__file__).with_name("ShaclJena.java")
_MESSAGES = "org/apache/jena/ext/xerces/"
_NEEDED = (
    *("jena-*", "commons-*", "httpc*", "jackson-*", "jakarta.json-api*", "titanium-json-ld", "jsonld-java"),
    *("protobuf", "thrift", "libthrift", "guava", "gson", "slf4j-api", "slf4j-nop", "caffeine", "xercesImpl"),
)


@dataclass(frozen=True)
class Answers:
    """The results of each graph, each a list of texts, and what one cost once the machine was warm (microseconds)."""

    results: list[list[list[str | None]]]
    median_us: float
    cpu_us: float


def absent() -> str | None:
    """Why Jena cannot be asked, or None when it can."""
    if shutil.which("javac") is None or shutil.which("java") is None:
        return "there is no Java compiler"
    if not (JARS / "jena-shacl.jar").is_file():
        return "libapache-jena-java is not installed"
    return None


def validate(shapes: str, graphs: Iterable[bytes], *, warm: int = 0) -> Answers:
    """What Jena says about graphs in N-Triples, each for itself; those before `warm` are not timed.

    RuntimeError when Jena does not answer for each of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        classes = _compiled(Path(folder))
        (Path(folder) / "shapes.ttl").write_text(shapes, encoding="utf-8")
        with (Path(folder) / "graphs").open("w+b") as text, (Path(folder) / "answers").open("w+b") as answers:
            for graph in graphs:
                text.write(graph.rstrip(b"\n") + b"\n#\n")
            text.seek(0)
            command = ["java", "-Xmx2g", "-cp", classes, "ShaclJena", str(Path(folder) / "shapes.ttl"), str(warm)]
            subprocess.run(command, stdin=text, stdout=answers, check=True, env=_environment())
            answers.seek(0)
            return _read(answers)


def _read(answers: IO[bytes]) -> Answers:
    *results, cost = [json.loads(line) for line in answers]
    if not isinstance(cost, dict):
        raise RuntimeError("Jena stopped before the last graph.")
    return Answers(results, cost["median_us"], cost["cpu_us"])


def _compiled(folder: Path) -> str:
    """Compile the program into the folder, and return the class path to run it with.

    Debian's jena-core holds the message texts of its XML parser under another name than it looks for them, so that they
    are laid beside it.
    """
    with zipfile.ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith(_MESSAGES) and not name.endswith(("/", ".class")):
                target = folder / "xerces" / name.removeprefix(_MESSAGES)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    path = os.pathsep.join([str(folder), *_jars()])
    subprocess.run(["javac", "-cp", path, "-d", str(folder), str(SOURCE)], check=True, env=_environment())
    return path


def _jars() -> Iterator[str]:
    for pattern in _NEEDED:
        yield from sorted(str(found) for found in JARS.glob(f"{pattern}.jar"))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "CLASSPATH"}


def of_result(focus: Any, path: Any, value: Any, component: Any, severity: Any) -> list[str | None]:
    """Our own result in the texts that Jena's results are given in."""
    return [_text(focus), None if path is None else str(path), _text(value), _text(component), _text(severity)]


def _text(term: Any) -> str | None:
    import pyoxigraph as ox

    if term is None:
        return None
    if isinstance(term, ox.Literal):
        kind = f"@{term.language.lower()}" if term.language else f"^^{term.datatype.value}"
        return f"{term.value}{kind}"
    return "_" if isinstance(term, ox.BlankNode) else str(term)
