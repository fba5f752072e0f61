"""Streams of records: one JSON object a line in, one answer a line out, in the same order, and a summary at the end."""

from __future__ import annotations

import io
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import IO, Any

import orjson

from registry.contract.operation import Document
from registry.contract.validation import ValidateStream
from registry.errors import InvalidInputError, RegistryError
from registry.rdf.documents import open_document
from registry.services.checking import Checker, checker_of
from registry.services.executors import Executor, executor
from registry.store.work import Work

Check = Callable[[bytes], dict[str, Any]]
MOST_HELD, LONGEST_HELD = 200, 0.05
"""Answers, and seconds, that one piece of the answer's stream gathers at most."""
LONGEST_LINE = 8 << 20
"""Bytes of one line; a longer one is that line's error and is never held in memory."""


def validate(work: Work, request: ValidateStream) -> Document:
    """The reports on a stream, made as they are read: memory does not grow with its length.

    A line: `line`, `status` (`conforms`, `does-not-conform`, `malformed`) and the report's members, or `error`. A line
    that is no record never ends the stream. The last line is `summary`. Blank lines are skipped.
    """
    if work.document is None:
        raise InvalidInputError("There is no stream in the request.", advice="Send it as the body.")
    checker = checker_of(work, request.source, own_context=request.own_context)
    mine, stream = _kept(work.document)
    name = f"{request.source}-reports.ndjson"
    check = checker.check_and_fix if request.fix else checker.check_json
    work_on = executor(partial(written_answer, check=check), request.workers, lambda line: len(line[1] or b""))
    return Document(
        "application/x-ndjson", name, _closing(mine, in_pieces(answers(stream, checker, work_on, request.after)))
    )


Line = tuple[int, bytes | None]
Answered = tuple[bytes, str, dict[str, int]]
"""The answer as it goes out, its status, and the results of each severity."""


def answers(stream: IO[bytes], checker: Checker, work_on: Executor[Line, Answered], after: int = 0) -> Iterator[bytes]:
    """The answer to each line behind the first `after`, then the summary."""
    counts: Counter[str] = Counter()
    lines = (line for line in numbered_lines(stream) if line[0] > after)
    for text, status, found in work_on.answers(lines):
        counts[status] += 1
        if status == "does-not-conform":
            counts.update(found)
        yield text
    yield orjson.dumps({"summary": {**checker.head(), **summed(counts)}}) + b"\n"


def summed(counts: Counter[str]) -> dict[str, Any]:
    """The figures of a summary."""
    records = counts["conforms"] + counts["does-not-conform"] + counts["malformed"]
    return {
        "conforms": records == counts["conforms"],
        "records": records,
        "conforming": counts["conforms"],
        "not_conforming": counts["does-not-conform"],
        "malformed": counts["malformed"],
        "counts": {name: counts[name] for name in ("violation", "warning", "info")},
    }


def written_answer(line: Line, check: Check) -> Answered:
    """The answer to one line, written out."""
    answer = answer_line(*line, check)
    return orjson.dumps(answer) + b"\n", answer["status"], answer.get("counts", {})


def answer_line(number: int, line: bytes | None, check: Check) -> dict[str, Any]:
    """The answer to one line; None stands for a line beyond the limit."""
    if line is None:
        return _malformed(
            number, f"The line is longer than {LONGEST_LINE} bytes.", "Split the record, or send it alone."
        )
    try:
        found = check(line.rstrip())
    except RegistryError as error:
        return _malformed(number, error.message, error.advice)
    return {"line": number, "status": "conforms" if found["conforms"] else "does-not-conform", **found}


def numbered_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not blank, numbered from one; None for one that is too long, of which only that is kept."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                continue
            yield number, None
        elif line.strip():
            yield number, line


def _malformed(number: int, message: str, advice: str) -> dict[str, Any]:
    return {"line": number, "status": "malformed", "error": {"message": message, "advice": advice}}


def _closing(mine: ExitStack, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with mine:
        yield from pieces


def in_pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines in larger pieces, which a server hands on at a fraction of the cost; none waits for long."""
    held: list[bytes] = []
    since = time.monotonic()
    for line in lines:
        held.append(line)
        if len(held) >= MOST_HELD or time.monotonic() - since > LONGEST_HELD:
            yield b"".join(held)
            held, since = [], time.monotonic()
    if held:
        yield b"".join(held)


def _kept(document: IO[bytes]) -> tuple[ExitStack, IO[bytes]]:
    """The document as a stream of its own, and what closes it: the caller may close theirs before the last answer."""
    mine = ExitStack()
    try:
        where = document.tell()
        stream: IO[bytes] = mine.enter_context(os.fdopen(os.dup(document.fileno()), "rb"))
        stream.seek(where)
    except (OSError, io.UnsupportedOperation, AttributeError):
        stream = document
    try:
        return mine, open_document(stream, "The stream")[0]
    except RegistryError:
        mine.close()
        raise
