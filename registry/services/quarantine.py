"""The quarantine of a source: listed, shown, repaired, released, validated again; and shapes tried on its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

import orjson

from registry.contract.quarantine import (
    HeldRecord,
    HeldRecords,
    HeldWritten,
    ListHeld,
    ReleaseHeld,
    RepairHeld,
    Revalidated,
    RevalidateHeld,
    ShowHeld,
)
from registry.contract.shapes import PreviewShapes, ShapesPreview
from registry.errors import InvalidInputError, RefusedError, RegistryError
from registry.services.checking import Checker, checker_of, checker_with
from registry.services.profiles import require_profile, shape_quads
from registry.services.shapes import read_shapes
from registry.services.sources import require_source
from registry.services.submission import held, reasons_of
from registry.store.submitted import Held, held_records, hold, recent_records, require_held
from registry.store.work import Work

_EXAMPLES = 10


def find(work: Work, request: ListHeld) -> HeldRecords:
    """The records in quarantine, by id."""
    require_source(work.reader, work.names, request.source)
    found = held_records(work.reader.connection, request.source, request.state, request.limit + 1, request.cursor or "")
    shown = found[: request.limit]
    return HeldRecords(
        records=[_summary(one) for one in shown], next=shown[-1].id if len(found) > request.limit else None
    )


def show(work: Work, request: ShowHeld) -> HeldRecord:
    """One record with its report; NotFoundError when there is none of that id."""
    return _whole(require_held(work.reader.connection, request.source, request.id))


def repair(work: Work, request: RepairHeld) -> Callable[[Work], HeldWritten]:
    """Repair one record; RefusedError when nothing repairs itself, InvalidInputError for what is no record."""
    one = require_held(work.ledger, request.source, request.id)
    checker = checker_of(work, request.source)
    text = orjson.dumps(request.record) if request.record is not None else _repaired(checker, one)
    after = _looked_at(work, checker, replace(one, record=text.decode(), state="held", settled_at=""))
    hold(work.ledger, [replace(after, id=one.id)])
    work.summary = f"quarantine of {request.source}: {request.id} repaired"
    return lambda _after: HeldWritten(record=_whole(replace(after, id=one.id)))


def release(work: Work, request: ReleaseHeld) -> Callable[[Work], HeldWritten]:
    """Let one record go as it is. The reason stands in the log beside who did it."""
    one = require_held(work.ledger, request.source, request.id)
    if one.state == "released":
        raise RefusedError(f"{request.id} is released already.", advice="List what is held.")
    after = replace(one, state="released", settled_at=_stamp(work))
    hold(work.ledger, [after])
    work.summary = f"quarantine of {request.source}: {request.id} released"
    return lambda _after: HeldWritten(record=_whole(after))


def revalidate(work: Work, request: RevalidateHeld) -> Callable[[Work], Revalidated]:
    """Validate all that is held again, against the profile and the vocabularies as they are now."""
    checker = checker_of(work, request.source)
    found = held_records(work.ledger, request.source, "held", 1_000_000)
    after = [replace(_looked_at(work, checker, one), id=one.id) for one in found]
    hold(work.ledger, after)
    released = sum(one.state == "released" for one in after)
    work.summary = f"quarantine of {request.source}: {released} released"
    answer = Revalidated(source=request.source, checked=len(after), released=released, held=len(after) - released)
    return lambda _after: answer


def preview(work: Work, request: PreviewShapes) -> ShapesPreview:
    """What shapes would say of the records that a source submitted last, beside what is said now."""
    now = checker_of(work, request.source)
    quads = read_shapes(work, request.media_type)
    if request.based_on:
        quads += shape_quads(work, require_profile(work.reader, work.names, request.based_on))
    then = checker_with(now, quads)
    records = recent_records(work.reader.connection, request.source)
    verdicts = [(now.check_json(text.encode()), then.check_json(text.encode())) for text in records]
    rejected = [after for before, after in verdicts if before["conforms"] and not after["conforms"]]
    return ShapesPreview(
        source=request.source,
        records=len(records),
        rejected_now=sum(not before["conforms"] for before, _ in verdicts),
        newly_rejected=len(rejected),
        newly_accepted=sum(not before["conforms"] and after["conforms"] for before, after in verdicts),
        share=round(len(rejected) / len(records), 4) if records else 0.0,
        examples=[_said(found) for found in rejected[:_EXAMPLES]],
    )


def _said(found: dict[str, Any]) -> str:
    result = found["results"][0]
    return f"{found['focus_node']} {result['pointer'] or ''} {result['constraint']}: {result['message']}"


def _repaired(checker: Checker, one: Held) -> bytes:
    fixed = checker.check_and_fix(one.record.encode())["fixed"]
    if not fixed["patch"]:
        raise RefusedError(f"Nothing in {one.id} repairs itself.", advice="Send the repaired record.")
    return orjson.dumps(fixed["record"])


def _looked_at(work: Work, checker: Checker, one: Held) -> Held:
    """The record with its report as of now; released when it has no violation any more."""
    try:
        found = checker.check_json(one.record.encode())
    except RegistryError as error:
        if not isinstance(error, InvalidInputError):
            raise
        found = {"error": error.message}
    after = replace(held(one.source, one.record, found, work.now), received_at=one.received_at)
    return after if reasons_of(found) else replace(after, state="released", settled_at=_stamp(work))


def _stamp(work: Work) -> str:
    return work.now.astimezone(UTC).isoformat()


def _summary(one: Held) -> HeldRecord:
    return HeldRecord.model_validate({
        "id": one.id, "source": one.source, "state": one.state, "focus_node": one.node, "reasons": one.reasons.split(),
        "received_at": one.received_at, "settled_at": one.settled_at,
    })  # fmt: skip


def _whole(one: Held) -> HeldRecord:
    try:
        record = orjson.loads(one.record)
    except orjson.JSONDecodeError:
        record = one.record
    return _summary(one).model_copy(update={"record": record, "report": orjson.loads(one.report)})
