"""Is the log what was written? The chain, and everything the chained headers name, checked against the tables."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from registry.rdf.patch import digest
from registry.store.database import Connection, rows
from registry.store.journal import GENESIS, chain_hash, head
from registry.store.payloads import salted_digest
from registry.store.quads import misnamed_term, rows_digest

_NOTHING = rows_digest([])


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the log is intact; if not, the first bad record and what is wrong with it."""

    intact: bool
    records: int
    head: str
    first_bad: int | None = None
    reason: str = ""


@dataclass(slots=True)
class _Beside:
    """What stands beside the log, by seq: patches, payloads, digests of quad rows."""

    patches: dict[int, bytes]
    payloads: dict[int, dict[str, tuple[Any, ...]]]
    added: dict[int, str]
    removed: dict[int, str]

    def left(self) -> tuple[int, str] | None:
        """The first thing that no record speaks of."""
        found = [(min(things), what) for things, what in (
            (self.patches, "a patch"), (self.payloads, "a payload"), (self.added, "quad rows"),
            (self.removed, "quad rows"),
        ) if things]  # fmt: skip
        return min(found, default=None)


def verify(connection: Connection, anchored: Iterable[tuple[int, str]] = ()) -> Verification:
    """Walk the whole log: seq without gaps, chain, patches, payloads, quad rows, terms, head; then the anchors.

    `anchored` are (seq, hash) pairs kept outside the database: only they show a log that was cut at its end.
    """
    beside = _Beside(_patches(connection), _payloads(connection), _digests(connection, "since_seq"),
                     _digests(connection, "until_seq"))  # fmt: skip
    hashes = [GENESIS]
    for row in rows(connection, f"SELECT {_COLUMNS} FROM record ORDER BY seq"):
        expected = len(hashes)
        reason = _record_fault(row, expected, hashes[-1]) or _content_fault(row[0], orjson.loads(row[1]), beside)
        if reason:
            return Verification(False, expected - 1, hashes[-1], expected, reason)
        hashes.append(row[3])
    return _end_fault(connection, hashes, beside, anchored) or Verification(True, len(hashes) - 1, hashes[-1])


_COLUMNS = "seq, header, previous, hash, operation, principal, recorded_at"


def _end_fault(
    connection: Connection, hashes: list[str], beside: _Beside, anchored: Iterable[tuple[int, str]]
) -> Verification | None:
    count = len(hashes) - 1

    def bad(seq: int, reason: str) -> Verification:
        return Verification(False, count, hashes[-1], seq, reason)

    last, stored_head, _ = head(connection)
    if count != last or hashes[-1] != stored_head:
        return bad(min(count, last) + 1, f"the head names record {last}, the log ends with {count}")
    left = beside.left()
    if left:
        return bad(left[0], f"there is {left[1]} that no record names")
    for seq, anchored_hash in anchored:
        if seq > count:
            return bad(count + 1, f"the anchor names record {seq}; the log ends with {count}")
        if hashes[seq] != anchored_hash:
            return bad(seq, "the anchor names another hash")
    misnamed = misnamed_term(connection)
    return bad(count, f"the term dictionary was changed at {misnamed}") if misnamed else None


def _record_fault(row: Sequence[Any], expected: int, previous: str) -> str:
    seq, header, stored_previous, stored, *columns = row
    if seq != expected:
        return f"record {expected} is missing"
    if stored_previous != previous or chain_hash(previous, header) != stored:
        return "its hash does not follow from its header and the record before"
    said = orjson.loads(header)
    if said["seq"] != seq or [said["operation"], said["principal"], said["recorded_at"]] != columns:
        return "its columns do not say what its header says"
    return ""


def _content_fault(seq: int, header: dict[str, Any], beside: _Beside) -> str:
    try:
        lines = zlib.decompress(beside.patches.pop(seq, zlib.compress(b"")))
    except zlib.error:
        return "its patch is damaged"
    if digest(lines) != header["patch"]["sha256"]:
        return "its patch is not the one its header names"
    if (beside.added.pop(seq, _NOTHING), beside.removed.pop(seq, _NOTHING)) != (
        header["patch"]["added"], header["patch"]["removed"],
    ):  # fmt: skip
        return "the quad rows are not those of its patch"
    named = {reference["name"]: reference["digest"] for reference in header["payloads"]}
    found = beside.payloads.pop(seq, {})
    if set(named) != set(found):
        return "its payloads are not those its header names"
    changed = [name for name, payload in found.items() if not _payload_holds(payload, named[name])]
    return f"its payload {changed[0]!r} was changed" if changed else ""


def _payload_holds(payload: tuple[Any, ...], named: str) -> bool:
    text, salt, stored, erased = payload
    if stored != named:
        return False
    if text is None or salt is None:
        return erased is not None and text is None and salt is None
    return salted_digest(bytes(salt), text) == named


def _patches(connection: Connection) -> dict[int, bytes]:
    return {row[0]: bytes(row[1]) for row in rows(connection, "SELECT seq, body FROM patch")}


def _payloads(connection: Connection) -> dict[int, dict[str, tuple[Any, ...]]]:
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for row in rows(connection, "SELECT seq, name, body, salt, digest, erased_seq FROM payload"):
        found.setdefault(row[0], {})[row[1]] = tuple(row[2:])
    return found


def _digests(connection: Connection, column: str) -> dict[int, str]:
    sql = (
        f"SELECT {column}, subject, predicate, object, graph FROM quad WHERE {column} IS NOT NULL "
        f"ORDER BY {column}, subject, predicate, object, graph"
    )
    return {seq: rows_digest(_ids(group)) for seq, group in groupby(rows(connection, sql), key=lambda row: row[0])}


def _ids(group: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, ...]]:
    for row in group:
        yield tuple(row[1:])
