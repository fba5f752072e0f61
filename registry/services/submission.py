"""Records submitted: each validated, its violations held against what is tolerated, the day's figures added up.

In observe and warn mode every record is let through and its violations become the baseline. In enforce mode a record
with a violation that is not in its baseline is held back, and a baseline only shrinks: what was mended once is new when
it comes back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from registry.contract.quarantine import MOST_SUBMITTED, SubmitRecords, Submitted
from registry.errors import InvalidInputError, RegistryError, TooLargeError
from registry.services.checking import Checker, checker_of
from registry.services.measuring import Meter
from registry.services.streams import numbered_lines
from registry.store.submitted import Held, hold, measure, remember, tolerate, tolerated
from registry.store.work import Work

MOST_NAMED = 100


@dataclass(slots=True)
class _Outcome:
    """What has become of the records so far."""

    records: int = 0
    conforming: int = 0
    tolerated: int = 0
    malformed: int = 0
    held: list[Held] = field(default_factory=list)
    baseline: dict[str, set[str]] = field(default_factory=dict)


def submit(work: Work, request: SubmitRecords) -> Callable[[Work], Submitted]:
    """Take the records in.

    TooLargeError beyond MOST_SUBMITTED records, of which none is taken; a line that is no record is held back in
    enforce mode and counted in any.
    """
    if work.document is None:
        raise InvalidInputError("There are no records in the request.", advice="Send them as the body (NDJSON).")
    checker = checker_of(work, request.source)
    lines = list(_bounded(numbered_lines(work.document)))
    meter = Meter(checker)
    checked = [_checked(checker, line, meter) for line in lines]
    outcome = _settled(work, checker, checked)
    day = work.now.astimezone(UTC).date().isoformat()
    connection = work.ledger
    hold(connection, outcome.held)
    tolerate(connection, request.source, outcome.baseline)
    remember(connection, request.source, [text for text, found in checked if "error" not in found])
    measure(connection, request.source, day, meter.measures())
    work.summary = f"source {request.source}: {outcome.records} records, {len(outcome.held)} held"
    answer = Submitted(
        source=request.source, mode=checker.source.mode, records=outcome.records,
        accepted=outcome.records - len(outcome.held) - (0 if checker.source.mode == "enforce" else outcome.malformed),
        conforming=outcome.conforming, tolerated=outcome.tolerated, quarantined=len(outcome.held),
        malformed=outcome.malformed, held=[one.id for one in outcome.held[:MOST_NAMED]],
    )  # fmt: skip
    return lambda _after: answer


def reasons_of(found: dict[str, Any]) -> list[str]:
    """The codes of a report's violations: the constraint and the field it is about."""
    if "error" in found:
        return ["malformed"]
    violations = (result for result in found["results"] if result["severity"] == "violation")
    return sorted({f"{result['constraint']}:{_place(result)}" for result in violations})


def held(source: str, text: str, found: dict[str, Any], now: datetime) -> Held:
    """A record as the quarantine keeps it; its id follows from the source and the record's IRI or text."""
    node = found.get("focus_node", "")
    name = hashlib.blake2b(f"{source}\x1f{node or text}".encode(), digest_size=8).hexdigest()
    return Held(
        id=name, source=source, state="held", node=node, reasons=" ".join(reasons_of(found)), record=text,
        report=orjson.dumps(found).decode(), received_at=now.astimezone(UTC).isoformat(),
    )  # fmt: skip


def _place(result: dict[str, Any]) -> str:
    pointer = result["pointer"] or ""
    return pointer.split("/")[1] if "/" in pointer else (result["path"] or "record")


def _bounded(lines: Iterator[tuple[int, bytes | None]]) -> Iterator[bytes | None]:
    for count, (_, line) in enumerate(lines):
        if count >= MOST_SUBMITTED:
            raise TooLargeError(
                f"The submission has more than {MOST_SUBMITTED} records; none was taken.",
                advice="Submit them in parts.",
                limit=MOST_SUBMITTED,
            )
        yield line


def _checked(checker: Checker, line: bytes | None, meter: Meter) -> tuple[str, dict[str, Any]]:
    """The record's text and its report, or what is wrong with the line under `error`."""
    if line is None:
        return "", {"error": "The line is too long."}
    text = line.decode(errors="replace").strip().replace("\x00", "\ufffd")
    try:
        record = checker.parse(line.rstrip())
        found = checker.check_json(line.rstrip())
    except RegistryError as error:
        return text, {"error": error.message}
    meter.add(record, found)
    return text, found


def _settled(work: Work, checker: Checker, checked: list[tuple[str, dict[str, Any]]]) -> _Outcome:
    source, enforced = checker.source.key, checker.source.mode == "enforce"
    nodes = list(dict.fromkeys(found["focus_node"] for _, found in checked if "error" not in found))
    known = tolerated(work.ledger, source, nodes)
    outcome = _Outcome(records=len(checked))
    kept: dict[str, Held] = {}
    for text, found in checked:
        reasons = set(reasons_of(found))
        outcome.malformed += "error" in found
        outcome.conforming += bool(found.get("conforms"))
        node = found.get("focus_node", "")
        fresh = reasons - known.get(node, set()) if enforced else set()
        if fresh:
            one = held(source, text, found, work.now)
            kept[one.id] = one
        elif reasons and enforced:
            outcome.tolerated += 1
        if node and (reasons or node in known):
            outcome.baseline[node] = reasons & known.get(node, set()) if enforced else reasons
    outcome.held = list(kept.values())
    return outcome
