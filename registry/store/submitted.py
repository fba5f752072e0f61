"""Submitted records as they stand in SQL: quarantine, the newest of a source, tolerated violations, quality by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.errors import NotFoundError
from registry.store.database import Connection, bulk, execute, rows

KEPT_RECORDS = 500
"""Records of each source that are kept to try changed shapes on."""
_CHUNK = 400
_COLUMNS = "id, source, state, node, reasons, record, report, received_at, settled_at"


@dataclass(frozen=True, slots=True)
class Held:
    """A record in quarantine, with its report. `reasons` are codes separated by blanks."""

    id: str
    source: str
    state: str
    node: str
    reasons: str
    record: str
    report: str
    received_at: str
    settled_at: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: a property (empty for the record), a dimension and, where it is counted by value, a value."""

    property: str
    dimension: str
    value: str = ""


def hold(connection: Connection, held: Iterable[Held]) -> None:
    """Put records into quarantine; one that is there already is replaced."""
    for one in held:
        execute(connection, "DELETE FROM quarantine WHERE id = :id", {"id": one.id})
        values = {name: getattr(one, name) for name in _COLUMNS.split(", ")}
        places = ", ".join(f":{name}" for name in values)
        execute(connection, f"INSERT INTO quarantine ({_COLUMNS}) VALUES ({places})", values)


def held_records(connection: Connection, source: str, state: str, limit: int, after: str = "") -> list[Held]:
    """Records of a source in that state, by id, those behind `after`."""
    sql = (f"SELECT {_COLUMNS} FROM quarantine WHERE source = :source AND state = :state AND id > :after "
           "ORDER BY id LIMIT :limit")  # fmt: skip
    found = rows(connection, sql, {"source": source, "state": state, "after": after, "limit": limit})
    return [Held(*row) for row in found]


def require_held(connection: Connection, source: str, id_: str) -> Held:
    """A record in quarantine; NotFoundError when there is none of that id."""
    sql = f"SELECT {_COLUMNS} FROM quarantine WHERE source = :source AND id = :id"
    found = rows(connection, sql, {"source": source, "id": id_})
    if not found:
        raise NotFoundError(
            f"There is no record {id_!r} in the quarantine of {source}.",
            advice=f"List them with: lexicord source quarantine list {source}",
        )
    return Held(*found[0])


def remember(connection: Connection, source: str, records: Sequence[str]) -> None:
    """Keep the newest records of a source, and forget the oldest beyond KEPT_RECORDS."""
    values = {"source": source}
    last = rows(connection, "SELECT MAX(position) FROM recent_record WHERE source = :source", values)[0][0] or 0
    kept = records[-KEPT_RECORDS:]
    bulk(connection, "recent_record", ("source", "position", "record"),
         [(source, last + number, record) for number, record in enumerate(kept, 1)])  # fmt: skip
    oldest = {"source": source, "oldest": last + len(kept) - KEPT_RECORDS}
    execute(connection, "DELETE FROM recent_record WHERE source = :source AND position <= :oldest", oldest)


def recent_records(connection: Connection, source: str) -> list[str]:
    """The records that a source submitted last, oldest first."""
    sql = "SELECT record FROM recent_record WHERE source = :source ORDER BY position"
    return [row[0] for row in rows(connection, sql, {"source": source})]


def tolerated(connection: Connection, source: str, nodes: Sequence[str]) -> dict[str, set[str]]:
    """The violations that are tolerated of each of these records."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(nodes), _CHUNK):
        part = {f"n{number}": node for number, node in enumerate(nodes[start : start + _CHUNK])}
        places = ", ".join(f":{name}" for name in part)
        sql = f"SELECT node, reason FROM baseline WHERE source = :source AND node IN ({places})"
        for node, reason in rows(connection, sql, {"source": source, **part}):
            found.setdefault(node, set()).add(reason)
    return found


def tolerate(connection: Connection, source: str, known: Mapping[str, Iterable[str]]) -> None:
    """Make these the only violations that are tolerated of each of these records."""
    for node, reasons in known.items():
        values = {"source": source, "node": node}
        execute(connection, "DELETE FROM baseline WHERE source = :source AND node = :node", values)
        for reason in sorted(set(reasons)):
            sql = "INSERT INTO baseline (source, node, reason) VALUES (:source, :node, :reason)"
            execute(connection, sql, {**values, "reason": reason})


def measure(connection: Connection, source: str, day: str, found: Mapping[Measure, tuple[int, int]]) -> None:
    """Add measurements to those of a day: how many of how many."""
    sql = ("INSERT INTO quality (source, day, property, dimension, value, good, total) "
           "VALUES (:source, :day, :property, :dimension, :value, :good, :total) "
           "ON CONFLICT (source, day, property, dimension, value) "
           "DO UPDATE SET good = quality.good + excluded.good, total = quality.total + excluded.total")  # fmt: skip
    values = [
        {"source": source, "day": day, "property": what.property, "dimension": what.dimension, "value": what.value,
         "good": good, "total": total}
        for what, (good, total) in found.items()
    ]  # fmt: skip
    if values:
        execute(connection, sql, *values)


def measured(connection: Connection, source: str, since: str) -> list[tuple[str, Measure, int, int]]:
    """The measurements of a source since a day: day, what, how many of how many; by day."""
    sql = ("SELECT day, property, dimension, value, good, total FROM quality "
           "WHERE source = :source AND day >= :since ORDER BY day, property, dimension, value")  # fmt: skip
    found = rows(connection, sql, {"source": source, "since": since})
    return [(row[0], Measure(row[1], row[2], row[3]), int(row[4]), int(row[5])) for row in found]
