"""The log: one gapless seq, one header a write, chained by hash.

    header   canonical JSON: version, seq, id, operation, principal, recorded_at, graphs, digests of patch and payloads
    hash     SHA-256(previous hash + header)

The chain holds digests only, so that payloads can be erased and it still verifies.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pyoxigraph import NamedNode

from registry.rdf.patch import Patch, digest
from registry.store.database import Connection, Database, execute, rows
from registry.store.payloads import NewPayload, seal, write_payloads
from registry.store.quads import patch_rows, term_id, write_patch
from registry.store.search import write_labels

FORMAT_VERSION = 1
GENESIS = "0" * 64
NO_CHANGE = Patch()


@dataclass(frozen=True, slots=True)
class Entry:
    """A write about to be recorded."""

    operation: str
    principal: str
    patch: Patch = NO_CHANGE
    payloads: tuple[NewPayload, ...] = ()
    behind: str | None = None
    request_id: str = ""
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Logged:
    """A record of the log as it stands."""

    seq: int
    operation: str
    principal: str
    recorded_at: str
    header: dict[str, Any]
    hash: str


def head(connection: Connection) -> tuple[int, str, str]:
    """Seq, hash and time of the newest record; zero and the genesis hash in an empty log."""
    found = rows(connection, "SELECT seq, hash, recorded_at FROM head WHERE scope = '*'")
    return (found[0][0], found[0][1], found[0][2]) if found else (0, GENESIS, "")


def append(connection: Connection, entry: Entry, *, now: datetime | None = None) -> Logged:
    """Write a record with all its rows, in the caller's transaction under the head's lock."""
    last, previous, last_at = head(connection)
    seq = last + 1
    at = _after(now or datetime.now(UTC), last_at)
    sealed = [seal(payload) for payload in entry.payloads]
    graphs = sorted(graph.value for graph in entry.patch.graphs)
    lines, made = entry.patch.serialize(), patch_rows(entry.patch)
    header = {
        "v": FORMAT_VERSION,
        "seq": seq,
        "id": uuid.uuid4().hex,
        "operation": entry.operation,
        "principal": entry.principal,
        "behind": entry.behind,
        "recorded_at": at,
        "request_id": entry.request_id,
        "graphs": graphs,
        "patch": {"sha256": digest(lines), **made.digests()},
        "payloads": [s.reference for s in sealed],
        **dict(entry.facts),
    }
    text = orjson.dumps(header, option=orjson.OPT_SORT_KEYS).decode()
    chained = chain_hash(previous, text)
    values = {"seq": seq, "operation": entry.operation, "principal": entry.principal, "at": at, "header": text,
              "previous": previous, "hash": chained}  # fmt: skip
    execute(connection, "INSERT INTO record (seq, operation, principal, recorded_at, header, previous, hash) "
             "VALUES (:seq, :operation, :principal, :at, :header, :previous, :hash)", values)  # fmt: skip
    write_payloads(connection, seq, sealed)
    if entry.patch:
        execute(connection, "INSERT INTO patch (seq, body) VALUES (:seq, :body)",
                 {"seq": seq, "body": zlib.compress(lines, 1)})  # fmt: skip
        write_patch(connection, seq, made)
        write_labels(connection, seq, entry.patch)
        execute(connection, "INSERT INTO record_graph (graph, seq) VALUES (:graph, :seq)",
                 *({"graph": term_id(NamedNode(graph)), "seq": seq} for graph in graphs))  # fmt: skip
    _move_heads(connection, ["*", *graphs], seq, chained, at)
    return Logged(seq, entry.operation, entry.principal, at, header, chained)


def chain_hash(previous: str, header: str) -> str:
    """The hash of a record: SHA-256 over the previous hash and the canonical header."""
    return hashlib.sha256(f"{previous}{header}".encode()).hexdigest()


def read(connection: Connection, *, where: str = "TRUE", values: dict[str, Any] | None = None) -> list[Logged]:
    """Records that match, oldest first."""
    sql = f"SELECT r.seq, r.operation, r.principal, r.recorded_at, r.header, r.hash FROM record r WHERE {where}"
    found = rows(connection, f"{sql} ORDER BY r.seq", values)
    return [Logged(r[0], r[1], r[2], r[3], orjson.loads(r[4]), r[5]) for r in found]


def patch_at(connection: Connection, seq: int) -> Patch:
    """The patch of one record; empty when it has none."""
    found = rows(connection, "SELECT body FROM patch WHERE seq = :seq", {"seq": seq})
    return Patch.parse(zlib.decompress(found[0][0])) if found else Patch()


def seq_at(connection: Connection, moment: datetime) -> int:
    """The last seq recorded at or before a moment; 0 when the log began later."""
    at = stamp(moment)
    return int(rows(connection, "SELECT COALESCE(MAX(seq), 0) FROM record WHERE recorded_at <= :at", {"at": at})[0][0])


@dataclass(frozen=True, slots=True)
class JournalFeed:
    """The journal as projections read it."""

    database: Database

    def head(self) -> int:
        """The newest seq."""
        with self.database.reading() as connection:
            return head(connection)[0]

    def chain(self, seq: int) -> str | None:
        """The chained hash of a record; None when there is none."""
        with self.database.reading() as connection:
            found = rows(connection, "SELECT hash FROM record WHERE seq = :seq", {"seq": seq})
        return str(found[0][0]) if found else None

    def patches(self, after: int, limit: int) -> Iterator[tuple[int, bytes]]:
        """Seq and patch text of the records after a seq, ascending, at most `limit`."""
        with self.database.reading() as connection:
            found = rows(connection, "SELECT seq, body FROM patch WHERE seq > :after ORDER BY seq LIMIT :limit",
                         {"after": after, "limit": limit})  # fmt: skip
        for row in found:
            yield row[0], zlib.decompress(row[1])


def _move_heads(connection: Connection, scopes: list[str], seq: int, chained: str, at: str) -> None:
    execute(
        connection,
        "INSERT INTO head (scope, seq, hash, recorded_at) VALUES (:scope, :seq, :hash, :at) "
        "ON CONFLICT (scope) DO UPDATE SET seq = :seq, hash = :hash, recorded_at = :at",
        *({"scope": scope, "seq": seq, "hash": chained, "at": at} for scope in scopes),
    )


def stamp(moment: datetime) -> str:
    """A moment as the log writes it: UTC, ISO 8601, six decimals, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _after(now: datetime, last: str) -> str:
    at = stamp(now)
    if at > last:
        return at
    return stamp(datetime.fromisoformat(last) + timedelta(microseconds=1))
