"""What the registry costs beside what one would write or run without it.

Whole commands (CPU seconds of a process, the cheapest of some) on a registry that holds the STW and UNESCO thesauri;
questions and writes in one process; eight processes that write at once. The peers: rdflib, which parses the same file
and answers the same question from memory; Skosify, where it is installed; the bare databases, one row a
transaction, which no audited write can beat (SQLite with `BEGIN IMMEDIATE` and its own busy timeout).
Rates and waits are by the clock: they count what else the machine does.

    python -m benchmarks registry_costs
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import psycopg

from benchmarks.measure import clock, cpu, fastest, process
from registry.client import connect
from registry.contract.departments import ADD, LIST, AddDepartment, ListDepartments
from registry.contract.operation import Operation, Request
from registry.contract.resolution import RESOLVE, ResolveTerm
from registry.store.store import create, open_store
from registry.store.verification import verify
from tests.adapters import postgresql as pg

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
VOCABULARIES = SHARED / "data" / "vocabularies"
STW, UNESCO = VOCABULARIES / "stw-9.06-2018.ttl", VOCABULARIES / "unesco-thesaurus-2019-10.ttl"
CONCEPT, TERM = "http://zbw.eu/stw/descriptor/10382-3", "Geldpolitik"
PROGRAMS = Path(sys.executable).parent
BASE = "https://registry.example"
LONG = os.environ.get("LEXICORD_LONG") == "1"
RUNS = 7 if LONG else 3
WRITES = 400 if LONG else 100
WRITERS, WRITES_EACH = 8, 100 if LONG else 25

Figures: TypeAlias = dict[str, object]

PARSE = f"import rdflib; rdflib.Graph().parse({str(STW)!r})"
SKOSIFY = f"import skosify; skosify.skosify({str(STW)!r})"
PAGE = f"""import rdflib
graph = rdflib.Graph().parse({str(STW)!r})
for predicate, value in graph.predicate_objects(rdflib.URIRef({CONCEPT!r})):
    print(predicate, value, *graph.objects(value, rdflib.SKOS.prefLabel))"""
QUESTION = f"""SELECT ?concept WHERE {{
    ?concept <http://www.w3.org/2004/02/skos/core#prefLabel>|<http://www.w3.org/2004/02/skos/core#altLabel> ?label
    FILTER (LCASE(STR(?label)) = "{TERM.lower()}") }}"""


def figure(ours: float, peer: float | None = None, of: str = "") -> Figures:
    """One figure, and the peer's; the ratio is ours over theirs."""
    ours = float(f"{ours:.3g}")
    if peer is None:
        return {"ours": ours}
    return {"ours": ours, "peer": float(f"{peer:.3g}"), "ratio": float(f"{ours / peer:.3g}"), "of": of}


def lexicord(folder: Path, *arguments: str) -> list[str | Path]:
    return [PROGRAMS / "lexicord", "--registry", folder, *arguments]


def python(program: str) -> list[str | Path]:
    return [sys.executable, "-c", program]


def imports(folder: Path) -> Figures:
    """`scheme import` of both thesauri into a new registry, which the other figures use."""
    process(lexicord(folder, "init", "--base-iri", BASE))
    ours = process(lexicord(folder, "scheme", "import", str(STW), "--key", "stw", "--kind", "external"))
    unesco = process(lexicord(folder, "scheme", "import", str(UNESCO), "--key", "unesco", "--kind", "external"))
    theirs = process(python(PARSE))
    found: Figures = {
        "scheme import of STW, CPU s": figure(ours.cpu_seconds, theirs.cpu_seconds, "rdflib parses the file, no more"),
        "scheme import of STW, peak MB": figure(ours.peak_mb, theirs.peak_mb, "rdflib parses the file, no more"),
        "scheme import of UNESCO, CPU s": figure(unesco.cpu_seconds),
        "registry of both on disk, MB": figure((folder / "registry.db").stat().st_size / 1e6),
    }
    if find_spec("skosify"):
        other = process(python(SKOSIFY))
        found["scheme import of STW, CPU s (2)"] = figure(ours.cpu_seconds, other.cpu_seconds, "Skosify, in memory")
    return found


def commands(folder: Path) -> Figures:
    """Short commands as whole processes."""
    page = fastest(python(PAGE), 1)

    def ours(*arguments: str) -> float:
        return fastest(lexicord(folder, *arguments), RUNS).cpu_seconds

    return {
        "--help, CPU s": figure(ours("--help"), fastest([PROGRAMS / "rdfpipe", "--help"], RUNS).cpu_seconds,
                                "rdfpipe --help (rdflib's command)"),
        "concept show, CPU s": figure(ours("concept", "show", CONCEPT), page.cpu_seconds, "rdflib: parse, then read"),
        "concept find, CPU s": figure(ours("concept", "find", TERM), page.cpu_seconds, "rdflib: parse, then read"),
        "resolve, CPU s": figure(ours("resolve", TERM), page.cpu_seconds, "rdflib: parse, then read"),
        "audit verify, CPU s": figure(ours("audit", "verify")),
    }  # fmt: skip


def questions(folder: Path) -> Figures:
    """Questions to a process that stays open: each with its permission, its view, and for `resolve` its receipt."""
    import rdflib

    empty = folder.with_name("empty")
    create(empty, base_iri=BASE).close()
    question = ResolveTerm(term=TERM)
    listing, resolving = asked(folder, LIST, ListDepartments()), asked(folder, RESOLVE, question)
    graph = rdflib.Graph().parse(STW).parse(UNESCO)
    _, theirs = cpu(lambda: list(graph.query(QUESTION)))
    return {
        "resolve in process, CPU ms": figure(resolving, theirs * 1000, "rdflib: SPARQL over labels in memory"),
        "list of no departments in process, CPU ms": figure(
            listing, asked(empty, LIST, ListDepartments()), "the same on an empty registry"
        ),
    }


def asked(folder: Path, operation: Operation[Any, Any], request: Request) -> float:
    """Milliseconds of CPU for one call, on the mean of many."""
    with closing(connect(str(folder))) as client:
        client.call(operation, request)
        _, seconds = cpu(lambda: [client.call(operation, request) for _ in range(WRITES)])
    return seconds / WRITES * 1000


def verification(folder: Path) -> Figures:
    """The log verified: chain, patches, payloads and quad rows, against SQLite's check of the same file."""
    store = open_store(folder)
    with store.reading() as reader:
        found, ours = cpu(lambda: verify(reader.connection))
    store.close()
    assert found.intact, found.reason
    with closing(sqlite3.connect(folder / "registry.db")) as bare:
        _, theirs = cpu(lambda: bare.execute("PRAGMA integrity_check").fetchall())
    return {"journal verification of both thesauri, CPU s": figure(ours, theirs, "SQLite: PRAGMA integrity_check")}


def written(folder: Path) -> tuple[float, float]:
    """Change-sets a second through the gate, one after the other, and records a second verified afterwards."""
    with closing(connect(str(folder))) as client:
        client.call(ADD, AddDepartment(key="first", name="First"))
        _, seconds = clock(
            lambda: [client.call(ADD, AddDepartment(key=f"d{n}", name=f"Department {n}")) for n in range(WRITES)]
        )
    store = open_store(folder)
    with store.reading() as reader:
        found, verifying = cpu(lambda: verify(reader.connection))
    store.close()
    assert found.intact, found.reason
    return WRITES / seconds, (WRITES + 1) / verifying


def changes(folder: Path) -> Figures:
    """Change-sets a second on each database, beside single rows committed by its driver."""
    create(folder / "sqlite", base_iri=BASE).close()
    sqlite, verified = written(folder / "sqlite")
    bare = WRITES / clock(lambda: commit_rows(folder / "bare.db", WRITES))[1]
    found: Figures = {
        "change-sets a second, SQLite": figure(sqlite, bare, "SQLite alone: one row a transaction"),
        "records verified a CPU second": figure(verified),
    }
    if pg.binaries() is None:
        return found
    with pg.running() as server:
        create(folder / "postgresql", base_iri=BASE, database_url=server.create("lexicord")).close()
        ours, _ = written(folder / "postgresql")
        with bare_postgresql(server.url("postgres")) as write:
            theirs = WRITES / clock(lambda: longest_of(WRITES, write))[1]
        found["change-sets a second, PostgreSQL"] = figure(ours, theirs, "PostgreSQL alone: one row a transaction")
        found |= eight_writers("PostgreSQL", folder / "postgresql", server.url("postgres"))
    return found


def commit_rows(path: Path, count: int) -> float:
    """Rows into SQLite, one a transaction, as durable as ours (WAL, synchronous=FULL); the longest wait in seconds."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, body TEXT)")
        return longest_of(count, lambda n: insert(bare, n))


def insert(bare: sqlite3.Connection, number: int) -> None:
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("INSERT INTO record (body) VALUES (?)", (f"row {number} " + "x" * 500,))
    bare.execute("COMMIT")


@contextmanager
def bare_postgresql(url: str) -> Iterator[Callable[[int], Any]]:
    """A function that commits one row to PostgreSQL, on an open connection."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as bare:
        bare.execute("SELECT pg_advisory_lock(1)")
        bare.execute("CREATE TABLE IF NOT EXISTS record (seq BIGSERIAL PRIMARY KEY, body TEXT)")
        bare.execute("SELECT pg_advisory_unlock(1)")
        yield lambda n: bare.execute("INSERT INTO record (body) VALUES (%s)", (f"row {n} " + "x" * 500,))


def longest_of(count: int, write: Callable[[int], Any]) -> float:
    return max(clock(lambda n=n: write(n))[1] for n in range(count))  # type: ignore[misc]


def eight_writers(name: str, ours: Path, peer: str) -> Figures:
    """Throughput and longest wait of eight processes that write at once; the peer's database as its path or URL."""
    rate, wait = race("lexicord", str(ours))
    theirs = race(name.lower(), peer)
    of = f"{name} alone: one row a transaction"
    return {
        f"eight writers on {name}, change-sets a second": figure(rate, theirs[0], of),
        f"eight writers on {name}, longest wait in s": figure(wait, theirs[1], of),
    }


def race(kind: str, where: str) -> tuple[float, float]:
    """Writes a second, from the first begin to the last end, and the longest wait of any, of eight processes."""
    start = time.time() + 3
    command = [sys.executable, "-m", "benchmarks.registry_costs", kind, where, str(start)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    told = [json.loads(one.communicate()[0]) for one in running]
    passed = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return WRITERS * WRITES_EACH / passed, max(one["longest"] for one in told)


def compete(kind: str, where: str, start: str) -> dict[str, float]:
    """One of the eight: write from the agreed moment on."""
    with writer(kind, where) as write:
        time.sleep(max(0.0, float(start) - time.time()))
        began = time.time()
        longest = longest_of(WRITES_EACH, write)
        return {"began": began, "ended": time.time(), "longest": longest}


@contextmanager
def writer(kind: str, where: str) -> Iterator[Callable[[int], Any]]:
    """A function that writes once, on an open connection."""
    if kind == "sqlite":
        with closing(sqlite3.connect(where, timeout=60, isolation_level=None)) as bare:
            bare.execute("PRAGMA synchronous=FULL")
            yield lambda n: insert(bare, n)
        return
    if kind == "postgresql":
        with bare_postgresql(where) as write:
            yield write
        return
    with closing(connect(where)) as client:
        client.call(ADD, AddDepartment(key=f"w{os.getpid()}", name="Writer"))
        yield lambda n: client.call(ADD, AddDepartment(key=f"p{os.getpid()}-{n}", name=f"Department {n}"))


def run() -> dict[str, object]:
    """Every figure; the thesauri's only where they stand beside the repository."""
    found: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if STW.exists():
            for measure in (imports, commands, questions, verification):
                found |= measure(folder / "thesauri")
        found |= changes(folder)
        found |= eight_writers("SQLite", folder / "sqlite", str(folder / "bare.db"))
    return found


if __name__ == "__main__":
    print(json.dumps(compete(*sys.argv[1:])))
