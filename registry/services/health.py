"""The registry's health: figures and findings, each with what to do about it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from registry.contract.audit import CheckHealth, Finding, Health
from registry.errors import SyntaxFaultError
from registry.model.names import DEFAULT_BASE
from registry.services.verification import receipts_folder
from registry.store import journal, schema
from registry.store import principals as people
from registry.store.anchors import read_anchors
from registry.store.database import Connection, rows
from registry.store.projection.folders import Checkpoints
from registry.store.segments import segments_of, workers
from registry.store.work import Work

TIGHT, FULL = 1 << 30, 64 << 20
"""Bytes of free disk below which the doctor warns, and below which it calls it an error."""
OLD_ANCHOR = timedelta(days=7)
_EXAMPLE_HOSTS = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 -- compared with, never listened on
_EXAMPLE_ENDINGS = (".example", ".test", ".invalid", ".localhost", "example.org", "example.com", "example.net")


def check(work: Work, request: CheckHealth) -> Health:
    """Head, counts and findings; `healthy` when nothing is an error, warnings aside."""
    head = journal.head(work.reader.connection)[0]
    findings = [
        _base(work),
        _log(work.reader.connection, head),
        *_files(work),
        _anchors(work, head),
        _projections(work.store.directory / "projection", head),
        _receipts(receipts_folder(work)),
        _registrars(work.reader.connection),
    ]
    return Health(
        healthy=all(one.state != "error" for one in findings),
        head=head,
        base_iri=work.names.base,
        database="sqlite" if work.store.database.is_sqlite else "postgresql",
        schema_revision=schema.REVISION,
        counts=_counts(work.reader.connection),
        findings=findings,
    )


def _counts(connection: Connection) -> dict[str, int]:
    asked = {
        "records": "SELECT COUNT(*) FROM record",
        "quads": "SELECT COUNT(*) FROM quad WHERE until_seq IS NULL",
        "graphs": "SELECT COUNT(*) FROM head WHERE scope <> '*'",
        "labels": "SELECT COUNT(*) FROM label WHERE until_seq IS NULL",
        "principals": "SELECT COUNT(*) FROM principal",
        "tokens": "SELECT COUNT(*) FROM token",
    }
    return {name: int(rows(connection, sql)[0][0]) for name, sql in asked.items()}


def _base(work: Work) -> Finding:
    base = work.names.base
    advice = "IRIs are for ever: begin again with lexicord init --base-iri https://… before anybody cites them."
    if base == DEFAULT_BASE:
        return _warning(
            "base IRI", "There is no base IRI: new concepts get urn:uuid IRIs that no browser follows.", advice
        )
    host = (urlsplit(base).hostname or "").lower()
    if host in _EXAMPLE_HOSTS or host.endswith(_EXAMPLE_ENDINGS):
        return _warning("base IRI", f"The base {base} is a place-holder: nobody else can follow its IRIs.", advice)
    if base.startswith("http://"):
        return _ok("base IRI", f"{base} (http; https is safer to follow)")
    return _ok("base IRI", base)


def _log(connection: Connection, head: int) -> Finding:
    count = int(rows(connection, "SELECT COUNT(*) FROM record")[0][0])
    if count != head:
        return _error("log", f"The head is {head}, but there are {count} records.", "Run lexicord audit verify.")
    return _ok("log", f"{count} records, without a gap; lexicord audit verify walks the chain")


def _files(work: Work) -> Iterator[Finding]:
    free = shutil.disk_usage(work.store.directory).free
    said = f"{free / (1 << 30):.1f} GB free"
    if free < TIGHT:
        kind = _error if free < FULL else _warning
        yield kind("disk", said, "Free some space: a full disk refuses every write.")
    else:
        yield _ok("disk", said)
    key = work.store.directory / "secret.key"
    if not key.exists():
        yield _error("secret key", "secret.key is missing: no token is valid.", "Restore it from a backup.")
    elif stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield _warning("secret key", "secret.key can be read by others on this machine.", "chmod 600 secret.key")
    else:
        yield _ok("secret key", "readable by its owner only")


def _anchors(work: Work, head: int) -> Finding:
    advice = "Run lexicord audit anchor, and copy anchors.log to another machine."
    try:
        known = read_anchors(work.store.anchors)
    except SyntaxFaultError as error:
        return _error("anchors", error.message, "Run lexicord audit verify with a copy of the anchors.")
    if not known:
        return _warning("anchors", "The log was never anchored: cutting off its end could not be seen.", advice)
    last = max(known, key=lambda one: one.seq)
    behind, age = head - last.seq, work.now - datetime.fromisoformat(last.recorded_at)
    if behind and age > OLD_ANCHOR:
        return _warning("anchors", f"{behind} records and {age.days} days since the last anchor.", advice)
    return _ok("anchors", f"anchored until {last.seq}" + (f", {behind} records since" if behind else ""))


def _projections(folder: Path, head: int) -> Finding:
    published = Checkpoints(folder).newest_first() if folder.is_dir() else []
    if not published:
        return _ok("projections", "none built yet; they follow from the log when they are needed")
    lag = head - int(published[0].name.rpartition("-")[2])
    return _ok("projections", f"newest checkpoint {lag} records behind the log; it catches up when it is opened")


def _receipts(folder: Path) -> Finding:
    if not folder.is_dir():
        return _ok("receipts", "none yet")
    files = [file for worker in workers(folder) for file in segments_of(folder, worker)]
    unfinished = sum(not file.closed for file in files)
    return _ok("receipts", f"{len(files)} segments, {unfinished} of them open; audit verify --receipts checks them")


def _registrars(connection: Connection) -> Finding:
    active = {one.id for one in people.principals(connection) if not one.disabled and one.kind == "person"}
    held = people.all_assignments(connection)
    count = len({id_ for id_, one in held if id_ in active and (one.role, one.scope) == ("registrar", "*")})
    if count < 2:
        return _warning(
            "registrars",
            f"{count or 'No'} person is registrar of the whole registry.",
            "Name a second one, so that nobody is locked out: lexicord role grant HANDLE registrar --everywhere",
        )
    return _ok("registrars", f"{count} persons are registrars of the whole registry")


def _ok(check: str, message: str) -> Finding:
    return Finding(check=check, state="ok", message=message)


def _warning(check: str, message: str, fix: str) -> Finding:
    return Finding(check=check, state="warning", message=message, fix=fix)


def _error(check: str, message: str, fix: str) -> Finding:
    return Finding(check=check, state="error", message=message, fix=fix)
