"""One record over HTTP beside a bare ASGI hello-world on the same server, at the same rate, in one run.

Both servers are uvicorn processes on loopback; requests are sent on a schedule of 500 a second over 16 connections that
stay open, so that a slow answer delays no other. Latency is counted from the moment a request was due.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from registry.client import connect
from registry.contract import departments, schemes, sources
from registry.resources import bundled
from registry.store.store import create
from tests.adapters.ports import free_port

RATE = 500
SECONDS = 6
CONNECTIONS = 16
HELLO = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})
"""


def run() -> dict[str, object]:
    """p50 and p99 in milliseconds and server CPU a request in microseconds, ours beside the hello-world's."""
    with tempfile.TemporaryDirectory() as folder:
        registry, record = _registry(Path(folder))
        (Path(folder) / "hello.py").write_text(HELLO)
        environment = {**os.environ, "LEXICORD_REGISTRY": str(registry), "LEXICORD_TRUST_LOOPBACK": "1"}
        with _served(["hello:app"], folder, environment) as (port, pid):
            hello = asyncio.run(_load(port, "/", record)), _cpu(pid)
        with _served(["--factory", "api.app:from_environment"], folder, environment) as (port, pid):
            asyncio.run(_load(port, "/v1/sources/wiki/validate", record, seconds=1))
            before = _cpu(pid)
            ours = asyncio.run(_load(port, "/v1/sources/wiki/validate", record)), _cpu(pid) - before
    figures = (
        ("p50, ms", statistics.median(ours[0]), statistics.median(hello[0])),
        ("p99, ms", _p99(ours[0]), _p99(hello[0])),
        ("server CPU a request, µs", ours[1] / len(ours[0]) * 1e6, hello[1] / len(hello[0]) * 1e6),
    )
    return {f"{name} at {RATE} a second": _beside(mine, theirs) for name, mine, theirs in figures}


def _beside(mine: float, theirs: float) -> dict[str, object]:
    ratio = round(mine / theirs, 1)
    return {"ours": round(mine, 2), "peer": round(theirs, 2), "ratio": ratio, "of": "bare ASGI hello-world"}


def _registry(folder: Path) -> tuple[Path, bytes]:
    where = folder / "registry"
    create(where, base_iri="https://vocab.nordhaven.example").close()
    client = connect(str(where))
    client.call(departments.ADD, departments.AddDepartment(key="nordhaven", name="Nordhaven", formal=True))
    for key in ("finance", "it", "sales"):
        client.call(departments.ADD, departments.AddDepartment(key=key, name=f"The {key}", part_of="nordhaven"))
    for key in ("enterprise", "finance", "it", "sales"):
        owner = "nordhaven" if key == "enterprise" else key
        with (bundled("ontologies") / "example" / f"{key}.ttl").open("rb") as document:
            client.call(schemes.IMPORT, schemes.ImportScheme(key=key, owner=owner, name=f"{key}.ttl"), document)
    wiki = bundled("examples") / "sources" / "wiki"
    client.call(
        sources.REGISTER,
        sources.RegisterSource(
            key="wiki", owner="it", title="The wiki", vocabularies=("enterprise", "finance", "it", "sales"),
            context=orjson.loads((wiki / "context.jsonld").read_bytes())["@context"],
        ),
    )  # fmt: skip
    client.close()
    return where, (wiki / "records.ndjson").read_bytes().splitlines()[0]


@contextmanager
def _served(what: list[str], folder: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "error", "--app-dir", folder, *what]
    process = subprocess.Popen(command, env={**environment, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)})
    try:
        asyncio.run(_wait(port))
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


async def _wait(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("the server did not start")


async def _load(port: int, path: str, body: bytes, *, seconds: float = SECONDS) -> list[float]:
    """Milliseconds from the moment each request was due to its answer."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    request = head.encode() + b"\r\n" + body
    began = time.perf_counter() + 0.2
    count = int(RATE * seconds)
    loads = [_connection(port, request, began, range(n, count, CONNECTIONS)) for n in range(CONNECTIONS)]
    return [latency for part in await asyncio.gather(*loads) for latency in part]


async def _connection(port: int, request: bytes, began: float, numbers: range) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    for number in numbers:
        due = began + number / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"not answered: {head!r}")
        await _body(reader, head)
        latencies.append((time.perf_counter() - due) * 1e3)
    writer.close()
    return latencies


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    lower = head.lower()
    if b"content-length:" in lower:
        await reader.readexactly(int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        return
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size + 2)
    await reader.readline()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


if __name__ == "__main__":
    for name, figure in run().items():
        print(name, figure)
