"""The log as auditors read it: listed within the asker's view, exported whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, cast

import orjson
from pyoxigraph import NamedNode

from registry.contract.audit import AuditRecord, AuditRecords, ExportLog, ListRecords
from registry.contract.operation import Document
from registry.errors import InvalidInputError
from registry.model.principals import Resource
from registry.rdf.terms import LEX
from registry.store import journal
from registry.store import principals as people
from registry.store.database import Connection, among, listed, rows
from registry.store.journal import Logged
from registry.store.payloads import read_payloads
from registry.store.quads import term_id
from registry.store.work import Work

WHOLE = Resource("the registry")
_AT_ONCE = 500
_IN_MEMORY = 8 << 20


def find(work: Work, request: ListRecords) -> AuditRecords:
    """Records of the log, newest first, up to the seq that is read.

    Who audits the whole registry sees every record; who audits some vocabularies, the records that touched those.
    """
    view = _view(work)
    where, values = _matching(work, request, view)
    found = journal.read(work.reader.connection, where=where, values=values)[::-1]
    shown = found[: request.limit]
    return AuditRecords(
        records=_answered(work, shown, view), next=str(shown[-1].seq) if len(found) > request.limit else None
    )


def export(work: Work, request: ExportLog) -> Document:
    """The log as JSON lines, oldest first.

    SHA-256 over `previous` and the header in canonical form (sorted keys, no spaces) is `hash`, so that the chain can
    be verified elsewhere. Payloads are given as they stand; an erased one is the string `erased`.
    """
    kept = cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 -- read after this returns
    for line in _lines(work, request):
        kept.write(line)
    kept.seek(0)
    return Document("application/x-ndjson", "audit.jsonl", _read_out(kept))


@dataclass(frozen=True, slots=True)
class _View:
    """The graphs whose records an auditor sees; None: all records."""

    graphs: Mapping[int, str] | None = None
    handles: Mapping[str, str] = field(default_factory=dict)


def _view(work: Work) -> _View:
    handles = {one.id: one.handle for one in people.principals(work.reader.connection)}
    if work.may("audit", WHOLE):
        return _View(None, handles)
    owners: dict[str, list[str]] = {}
    for quad in work.reader.quads(predicate=LEX.owner):
        if isinstance(quad.graph_name, NamedNode) and isinstance(quad.object, NamedNode):
            for key in work.names.schemes_of(quad.graph_name.value):
                owners.setdefault(key, []).append(work.names.key_of(quad.object.value))
    seen: dict[int, str] = {}
    for graph in work.reader.graphs():
        keys = work.names.schemes_of(graph.value)
        if any(work.may("audit", Resource("vocabulary", (key,), tuple(owners.get(key, ())))) for key in keys):
            seen[term_id(graph)] = graph.value
    return _View(seen, handles)


def _matching(work: Work, request: ListRecords, view: _View) -> tuple[str, dict[str, Any]]:
    """The condition on records, one more than the page holds, and its values, as `journal.read` takes them."""
    connection = work.reader.connection
    parts = ["s.seq > :since", "s.seq <= :upto"]
    values: dict[str, Any] = {"since": request.since, "upto": _upto(work, request.cursor)}
    if request.operation is not None:
        parts.append("s.operation = :operation")
        values["operation"] = request.operation
    if request.principal is not None:
        known = next((id_ for id_, handle in view.handles.items() if handle == request.principal), request.principal)
        parts.append("s.principal = :principal")
        values["principal"] = known
    if view.graphs is not None:
        inside = f"g.graph {among(connection, 'graphs')}"
        parts.append(f"EXISTS (SELECT 1 FROM record_graph g WHERE g.seq = s.seq AND {inside})")
        values["graphs"] = listed(connection, sorted(view.graphs))
    page = f"SELECT s.seq FROM record s WHERE {' AND '.join(parts)} ORDER BY s.seq DESC LIMIT {request.limit + 1}"
    return f"r.seq IN (SELECT seq FROM ({page}) AS page)", values


def _upto(work: Work, cursor: str | None) -> int:
    if cursor is None:
        return work.seq
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInputError(f"{cursor!r} is no cursor.", advice="Give the `next` of the page before.")
    return min(work.seq, int(cursor) - 1)


def _answered(work: Work, found: list[Logged], view: _View) -> list[AuditRecord]:
    connection = work.reader.connection
    seqs = [one.seq for one in found]
    payloads = read_payloads(connection, seqs)
    added, removed = (_quad_counts(connection, column, seqs, view) for column in ("since_seq", "until_seq"))
    sizes = {seq: (added.get(seq, 0), removed.get(seq, 0)) for seq in seqs}
    return [_record(one, payloads[one.seq], sizes[one.seq], view) for one in found]


def _quad_counts(connection: Connection, column: str, seqs: list[int], view: _View) -> dict[int, int]:
    """How many quads began, or ended, with each of these records, in the graphs in view."""
    inside, values = "", {"ids": listed(connection, seqs)}
    if view.graphs is not None:
        inside, values["graphs"] = f"AND graph {among(connection, 'graphs')}", listed(connection, sorted(view.graphs))
    sql = f"SELECT {column}, COUNT(*) FROM quad WHERE {column} {among(connection)} {inside} GROUP BY {column}"
    return {row[0]: row[1] for row in rows(connection, sql, values)}


def _record(one: Logged, payloads: Mapping[str, object], size: tuple[int, int], view: _View) -> AuditRecord:
    """One record; when it touched graphs out of view as well, only that it touched those in view."""
    graphs = list(one.header["graphs"])
    shown = graphs if view.graphs is None else [graph for graph in graphs if graph in view.graphs.values()]
    whole = shown == graphs
    behind = one.header.get("behind")
    return AuditRecord(
        seq=one.seq,
        recorded_at=one.recorded_at,
        operation=one.operation,
        principal=view.handles.get(one.principal, one.principal),
        behind=view.handles.get(behind, behind) if behind else None,
        summary=one.header.get("summary", "") if whole else "",
        graphs=shown,
        added=size[0],
        removed=size[1],
        request=_request(payloads) if whole else None,
        request_id=one.header["request_id"],
        hash=one.hash,
    )


def _request(payloads: Mapping[str, object]) -> Any:
    """The request as it was sent, with what the use case noted beside it."""
    body = payloads.get("request")
    if not isinstance(body, dict):
        return body
    return {**body.get("request", {}), **{name: value for name, value in body.items() if name != "request"}}


def _lines(work: Work, request: ExportLog) -> Iterator[bytes]:
    connection = work.reader.connection
    before = journal.read(connection, where="r.seq = :seq", values={"seq": request.since})
    previous = before[0].hash if before else journal.GENESIS
    for start in range(request.since, work.seq, _AT_ONCE):
        span = {"after": start, "upto": min(start + _AT_ONCE, work.seq)}
        found = journal.read(connection, where="r.seq > :after AND r.seq <= :upto", values=span)
        payloads = read_payloads(connection, [one.seq for one in found])
        for one in found:
            line = {"seq": one.seq, "hash": one.hash, "previous": previous, "header": one.header}
            line["payloads"] = payloads[one.seq]
            if request.patches:
                line["patch"] = journal.patch_at(connection, one.seq).serialize().decode().splitlines()
            yield orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n"
            previous = one.hash


def _read_out(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while block := kept.read(1 << 16):
            yield block
