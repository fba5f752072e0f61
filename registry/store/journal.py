"""The log: one gapless seq, one header a write, chained by hash.

    header   canonical JSON: version, seq, id, operation, principal, recorded_at, graphs, digests of patch and payloads
    hash     SHA-256(previous hash + header)

The chain holds digests only, so that payloads can be erased and it still verifies.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pyoxigraph import NamedNode

from registry.rdf.patch import Patch, digest
from registry.store.database import Connection, Database, execute, rows
from registry.store.payloads import NewPayload, salted_digest, seal, write_payloads
from registry.store.quads import term_id, write_patch
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


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the log is intact; if not, the first bad record and what is wrong with it."""

    intact: bool
    records: int
    head: str
    first_bad: int | None = None
    reason: str = ""


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
    graphs = sorted({quad.graph_name.value for part in (entry.patch.added, entry.patch.removed) for quad in part
                     if isinstance(quad.graph_name, NamedNode)})  # fmt: skip
    lines = entry.patch.serialize()
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
        "patch": {"sha256": digest(lines), "added": len(entry.patch.added), "removed": len(entry.patch.removed)},
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
        write_patch(connection, seq, entry.patch)
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
    stamp = _stamp(moment)
    return int(
        rows(connection, "SELECT COALESCE(MAX(seq), 0) FROM record WHERE recorded_at <= :at", {"at": stamp})[0][0]
    )


@dataclass(frozen=True, slots=True)
class JournalFeed:
    """The journal as projections read it."""

    database: Database

    def head(self) -> int:
        """The newest seq."""
        with self.database.reading() as connection:
            return head(connection)[0]

    def patches(self, after: int, limit: int) -> Iterator[tuple[int, bytes]]:
        """Seq and patch text of the records after a seq, ascending, at most `limit`."""
        with self.database.reading() as connection:
            found = rows(connection, "SELECT seq, body FROM patch WHERE seq > :after ORDER BY seq LIMIT :limit",
                         {"after": after, "limit": limit})  # fmt: skip
        for row in found:
            yield row[0], zlib.decompress(row[1])


def verify(connection: Connection, anchored: Iterable[tuple[int, str]] = ()) -> Verification:
    """Walk the whole log: seq without gaps, chain, digests of patches and payloads, quad rows, heads, anchors."""
    last, stored_head, _ = head(connection)
    previous, hashes = GENESIS, [GENESIS]
    bodies: dict[int, bytes] = {row[0]: row[1] for row in rows(connection, "SELECT seq, body FROM patch")}
    payloads = _payloads(connection)
    quads = _quad_counts(connection)
    count = 0
    for row in rows(
        connection, "SELECT seq, header, previous, hash, operation, principal, recorded_at FROM record ORDER BY seq"
    ):
        count += 1
        reason = _record_fault(row, count, previous) or _content_fault(
            orjson.loads(row[1]), bodies.pop(row[0], None), payloads.pop(row[0], {}), quads.pop(row[0], (0, 0))
        )
        if reason:
            return Verification(False, count, previous, count if row[0] != count else row[0], reason)
        previous = row[3]
        hashes.append(previous)
    if count != last or previous != stored_head:
        return Verification(
            False, count, previous, count + 1, "the records after this are missing: the head names more"
        )
    for left, what in ((bodies, "a patch"), (payloads, "a payload"), (quads, "quad rows")):
        if left:
            return Verification(False, count, previous, min(left), f"{what} without a record")
    for seq, anchored_hash in anchored:
        if seq >= len(hashes) or hashes[seq] != anchored_hash:
            reason = "the anchor names a record that is gone" if seq >= len(hashes) else "the anchor names another hash"
            return Verification(False, count, previous, min(seq, len(hashes)), reason)
    return Verification(True, count, previous)


def _record_fault(row: Sequence[Any], expected: int, previous: str) -> str:
    seq, header, stored_previous, stored, operation, principal, recorded_at = row
    if seq != expected:
        return f"record {expected} is missing"
    if stored_previous != previous or chain_hash(previous, header) != stored:
        return "its hash does not follow from the record before and its header"
    said = orjson.loads(header)
    if (said["seq"], said["operation"], said["principal"], said["recorded_at"]) != (
        seq,
        operation,
        principal,
        recorded_at,
    ):
        return "its columns do not say what its header says"
    return ""


def _content_fault(
    header: dict[str, Any], body: bytes | None, payloads: dict[str, tuple[Any, ...]], quads: tuple[int, int]
) -> str:
    try:
        lines = zlib.decompress(body) if body is not None else b""
    except zlib.error:
        return "its patch is damaged"
    if digest(lines) != header["patch"]["sha256"]:
        return "its patch is not the one its header names"
    if quads != (header["patch"]["added"], header["patch"]["removed"]):
        return "the quad rows are not those of its patch"
    named = {reference["name"]: reference["digest"] for reference in header["payloads"]}
    if set(named) != set(payloads):
        return "its payloads are not those its header names"
    for name, (text, salt, stored, erased) in payloads.items():
        whole = text is not None and salt is not None and salted_digest(bytes(salt), text) == named[name]
        if stored != named[name] or not (whole or (erased is not None and text is None and salt is None)):
            return f"its payload {name!r} was changed"
    return ""


def _payloads(connection: Connection) -> dict[int, dict[str, tuple[Any, ...]]]:
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for row in rows(connection, "SELECT seq, name, body, salt, digest, erased_seq FROM payload"):
        found.setdefault(row[0], {})[row[1]] = tuple(row[2:])
    return found


def _quad_counts(connection: Connection) -> dict[int, tuple[int, int]]:
    added = _counted(connection, "SELECT since_seq, COUNT(*) FROM quad GROUP BY since_seq")
    removed = _counted(
        connection, "SELECT until_seq, COUNT(*) FROM quad WHERE until_seq IS NOT NULL GROUP BY until_seq"
    )
    return {seq: (added.get(seq, 0), removed.get(seq, 0)) for seq in {*added, *removed}}


def _counted(connection: Connection, sql: str) -> dict[int, int]:
    return {row[0]: row[1] for row in rows(connection, sql)}


def _move_heads(connection: Connection, scopes: list[str], seq: int, chained: str, at: str) -> None:
    execute(
        connection,
        "INSERT INTO head (scope, seq, hash, recorded_at) VALUES (:scope, :seq, :hash, :at) "
        "ON CONFLICT (scope) DO UPDATE SET seq = :seq, hash = :hash, recorded_at = :at",
        *({"scope": scope, "seq": seq, "hash": chained, "at": at} for scope in scopes),
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _after(now: datetime, last: str) -> str:
    stamp = _stamp(now)
    if stamp > last:
        return stamp
    return _stamp(datetime.fromisoformat(last) + timedelta(microseconds=1))
