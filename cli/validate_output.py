"""Answers of a long validation kept in a file as they come, so that an interrupted one goes on where it stopped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from cli.reading import write_whole
from registry.errors import EnvironmentFaultError, InvalidInputError

_STATUSES = ("conforms", "does-not-conform", "malformed")


@dataclass(slots=True)
class Acknowledged:
    """How far a validation has come: the last line whose answer is in the file, the file's length, the figures."""

    source: str
    line: int = 0
    length: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, answer: dict[str, Any], length: int) -> None:
        """Take one answer that is in the file."""
        self.line, self.length = answer["line"], self.length + length
        self.counts[answer["status"]] += 1
        self.counts.update(answer.get("counts", {}))

    def summary(self, last: dict[str, Any]) -> dict[str, Any]:
        """The summary over everything acknowledged, in the form of the last part's own."""
        records = sum(self.counts[status] for status in _STATUSES)
        return {
            **last,
            "conforms": records == self.counts["conforms"],
            "records": records,
            "conforming": self.counts["conforms"],
            "not_conforming": self.counts["does-not-conform"],
            "malformed": self.counts["malformed"],
            "counts": {name: self.counts[name] for name in ("violation", "warning", "info")},
        }


def state_path(to: Path) -> Path:
    """Where the state of an output file stands: beside it."""
    return to.with_name(f"{to.name}.state")


def begun(to: Path, source: str, *, resume: bool) -> Acknowledged:
    """The state to start from: the one beside the file when it is to be resumed, else a new one.

    InvalidInputError when there is nothing to resume, when the state is another source's, or when the file is shorter
    than its state says.
    """
    state = state_path(to)
    if not resume:
        if state.exists():
            raise InvalidInputError(
                f"{to} is the output of a validation that was interrupted.",
                advice=f"Go on with --resume, or delete {state}.",
            )
        return Acknowledged(source)
    if not state.exists():
        raise InvalidInputError(f"There is nothing to resume: {state} does not exist.", advice="Leave --resume away.")
    try:
        said = json.loads(state.read_bytes())
        found = Acknowledged(said["source"], said["line"], said["length"], Counter(said["counts"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(f"{state} is not a state of ours.", advice="Delete it and start anew.") from error
    if found.source != source or not to.exists() or to.stat().st_size < found.length:
        raise InvalidInputError(
            f"{state} does not belong to this validation of {source}.", advice="Delete it and start anew."
        )
    return found


def kept(chunks: Iterable[bytes], to: Path, state: Acknowledged) -> Iterator[dict[str, Any]]:
    """The answers, each after it is in the file and acknowledged; the last is the summary of all of them.

    What stands in the file behind the last acknowledged answer is cut off first.
    """
    import orjson

    with _appending(to, state.length) as file:
        rest = b""
        for chunk in chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            answers = [(orjson.loads(line), len(line) + 1) for line in whole]
            lines = [(answer, size) for answer, size in answers if "summary" not in answer]
            file.write(b"".join(line + b"\n" for line, (answer, _) in zip(whole, answers, strict=True)
                                if "summary" not in answer))  # fmt: skip
            file.flush()
            for answer, size in lines:
                state.add(answer, size)
            _note(to, state)
            yield from (answer for answer, _ in lines)
            for answer, _ in answers:
                if "summary" in answer:
                    summary = {"summary": state.summary(answer["summary"])}
                    file.write(orjson.dumps(summary) + b"\n")
                    yield summary
    state_path(to).unlink()


def _appending(to: Path, length: int) -> IO[bytes]:
    try:
        file = to.open("r+b" if length else "wb")
        file.truncate(length)
        file.seek(length)
    except OSError as error:
        raise EnvironmentFaultError(f"{to} cannot be written: {error.strerror}.") from error
    return file


def _note(to: Path, state: Acknowledged) -> None:
    said = {"source": state.source, "line": state.line, "length": state.length, "counts": state.counts}
    write_whole(state_path(to), json.dumps(said).encode())
