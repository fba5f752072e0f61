"""Whether the two records are as they were written: the log against itself and its anchors, the receipts against it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.contract.audit import (
    Anchored,
    AnchorLog,
    AuditReceipt,
    AuditReceipts,
    ListReceipts,
    ReceiptsVerified,
    Verified,
    VerifyLog,
)
from registry.errors import InvalidInputError, RefusedError, SyntaxFaultError
from registry.store import journal
from registry.store import principals as people
from registry.store.anchors import append_anchor, check, read_anchors
from registry.store.database import Connection
from registry.store.receipt_reading import read_receipts, verify_receipts
from registry.store.verification import verify as verify_log
from registry.store.work import Work

SEGMENT = "receipts.segment"
"""The operation under which the log knows a closed segment of receipts."""
_OWN = ("at", "kind", "operation", "principal", "outcome", "count")


def verify(work: Work, request: VerifyLog) -> Verified:
    """Walk the whole log and hold it against every anchor; its fault, never an exception, when it is not intact."""
    try:
        own = [(anchor.seq, anchor.hash) for anchor in read_anchors(work.store.anchors)]
    except SyntaxFaultError as error:
        return Verified(intact=False, records=0, head="", reason=error.message)
    anchors = sorted({*own, *((anchor.seq, anchor.hash) for anchor in request.anchors)})
    found = verify_log(work.reader.connection, anchors)
    until = max((seq for seq, _ in anchors), default=0)
    return Verified(
        intact=found.intact,
        records=found.records,
        head=found.head,
        first_bad=found.first_bad,
        reason=found.reason,
        anchors=len(anchors),
        anchored_until=until if found.intact and anchors else None,
        tail=_tail(found.records, until) if found.intact else "",
        receipts=_receipts_verified(work) if request.receipts else None,
    )


def anchor(work: Work, request: AnchorLog) -> Anchored:
    """Write the head to the anchors; RefusedError when the log is empty or does not bear out an earlier anchor."""
    connection = work.reader.connection
    seq, hash_, recorded_at = journal.head(connection)
    if seq == 0:
        raise RefusedError("The log is empty: there is no head to anchor.", advice="Anchor after the first write.")
    known = read_anchors(work.store.anchors)
    wrong = check(known, lambda wanted: _hash_at(connection, wanted))
    if wrong is not None:
        raise RefusedError(
            f"The log does not bear out an earlier anchor: {wrong.reason}.",
            advice="Do not anchor over it: run lexicord audit verify, and restore a backup.",
        )
    new = not any(one.seq == seq for one in known)
    if new:
        append_anchor(work.store.anchors, seq, hash_, recorded_at)
    return Anchored(seq=seq, hash=hash_, recorded_at=recorded_at, new=new)


def receipts(work: Work, request: ListReceipts) -> AuditReceipts:
    """Answers served and refusals, newest first, principals by handle."""
    handles = {one.id: one.handle for one in people.principals(work.reader.connection)}
    wanted = next((id_ for id_, handle in handles.items() if handle == request.principal), request.principal)
    span = _moment(request.since), _moment(request.until)
    found = (
        receipt
        for receipt in read_receipts(receipts_folder(work), *span)
        if request.operation in (None, receipt.get("operation")) and wanted in (None, receipt.get("principal"))
    )
    newest = heapq.nlargest(request.limit, enumerate(found), key=lambda pair: pair[0])
    return AuditReceipts(receipts=[_receipt(receipt, handles) for _, receipt in newest])


def receipts_folder(work: Work) -> Path:
    """Where this registry's receipts lie."""
    return work.settings.receipts or work.store.directory / "receipts"


def known_segments(connection: Connection) -> dict[str, str]:
    """The closed segments that the log knows: name to SHA-256."""
    found = journal.read(connection, where="r.operation = :operation", values={"operation": SEGMENT})
    return {one.header["segment"]["name"]: one.header["segment"]["sha256"] for one in found}


def _tail(records: int, until: int) -> str:
    if until == 0:
        return "no anchor: nothing outside the database vouches for the log"
    if until == records:
        return ""
    return f"tail not anchored since {until}: {records - until} records have nothing outside that vouches for them"


def _receipts_verified(work: Work) -> ReceiptsVerified:
    found = verify_receipts(receipts_folder(work), known_segments(work.reader.connection))
    return ReceiptsVerified(
        intact=found.intact,
        segments=found.segments,
        receipts=found.receipts,
        first_bad=found.first_bad,
        lost_open_batch=found.lost_open_batch,
        unrecorded=list(found.unrecorded),
    )


def _hash_at(connection: Connection, seq: int) -> str | None:
    found = journal.read(connection, where="r.seq = :seq", values={"seq": seq})
    return found[0].hash if found else None


def _receipt(receipt: Mapping[str, Any], handles: Mapping[str, str]) -> AuditReceipt:
    principal = str(receipt.get("principal") or "")
    return AuditReceipt(
        at=receipt["at"],
        kind=str(receipt.get("kind", "")),
        operation=str(receipt.get("operation", "")),
        principal=handles.get(principal, principal),
        outcome=str(receipt.get("outcome", "")),
        count=int(receipt.get("count", 1)),
        facts={name: value for name, value in _others(receipt) if value not in (None, "")},
    )


def _others(receipt: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, value in receipt.items() if name not in _OWN)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is no time.", advice="Times are ISO 8601: 2026-11-20T10:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
