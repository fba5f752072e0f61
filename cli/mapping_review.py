"""Reviewing suggestions: one key a decision, written at once; or a sheet that is filled in elsewhere."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from cli.keys import END, next_key, single_keys
from cli.mapping_text import show_candidate
from cli.output import fields, line, note
from cli.session import call
from registry.contract import mapping_review as review_rows
from registry.contract import mappings as rows
from registry.contract.mappings import Candidate, Candidates
from registry.errors import InvalidInputError, RegistryError

APPROVING = {"e": "exact", "c": "close", "b": "broad", "n": "narrow", "r": "related"}
"""Keys that approve, each with the predicate: the object is the broader one, for `b`."""
MISMATCHES = {
    "h": ("homonym", "One word, two meanings."),
    "b": ("broader", "The object takes in more."),
    "n": ("narrower", "The object takes in less."),
    "s": ("sibling", "Two kinds of one thing."),
    "p": ("part", "One is a part of the other."),
    "f": ("facet", "Different kinds of thing."),
    "u": ("unit", "Other unit, currency or formula."),
    "c": ("scope", "Other places, times, people or purposes."),
    "v": ("unclear", "Said too vaguely to tell."),
    "o": ("other", "They differ."),
}
"""Keys after `x`: in which way the two differ, and the reason that is recorded."""
HELP = """  e exact   c close   b broad (the object is broader)   n narrow   r related
  x not the same, then why: h homonym  b broader  n narrower  s siblings  p part and whole  f other facet
                            u unit  c scope  v unclear  o other
  0 no match exists there   u unsure   s skip   q quit   ? this help"""
COLUMNS = ("decision", "reason", "subject", "subject_label", "subject_definition", "object", "object_label",
           "object_definition", "confidence", "matched", "beware")  # fmt: skip
DECISIONS = (*APPROVING.values(), "not", "none", "unsure")
"""What a sheet may say in its column `decision`; an empty cell decides nothing."""


def review(found: Candidates, other: str) -> dict[str, int]:
    """How many were decided in which way; each decision is written before the next one is shown."""
    counted: Counter[str] = Counter()
    left_alone: set[str] = set()
    note(HELP)
    with single_keys():
        for place, candidate in enumerate(found.candidates, 1):
            if candidate.subject in left_alone:
                continue
            line()
            show_candidate(candidate)
            done = _asked(candidate, other, f"[{place}/{len(found.candidates)}]")
            if done is None:
                break
            counted[done] += 1
            if done in APPROVING.values() or done == "none":
                left_alone.add(candidate.subject)
    return dict(counted)


def tell(counted: dict[str, int]) -> None:
    """What a review came to."""
    line()
    line(f"{sum(count for done, count in counted.items() if done != 'skipped')} decided.")
    fields(sorted(counted.items()))


def _asked(candidate: Candidate, other: str, where: str) -> str | None:
    """The decision that was written; None to stop. What the registry refuses is told and asked again."""
    while True:
        note(f"{where} e c b n r  x  0  u  s  q  ?")
        key = next_key()
        if key in (END, "q"):
            return None
        if key == "?":
            note(HELP)
            continue
        if key == "s":
            return "skipped"
        try:
            done = _decided(key, candidate, other)
        except RegistryError as error:
            note(f"Not written: {error.message} {error.advice}")
            continue
        if done is not None:
            return done
        note(f"{key!r} is no key here; ? tells which are.")


def _decided(key: str, candidate: Candidate, other: str) -> str | None:
    if key in APPROVING:
        decide(APPROVING[key], candidate.subject, candidate.object, other, confidence=candidate.score)
        return APPROVING[key]
    if key == "x":
        return _rejected(candidate, other)
    words = {"0": "none", "u": "unsure"}
    if key not in words:
        return None
    decide(words[key], candidate.subject, candidate.object, other)
    return words[key]


def _rejected(candidate: Candidate, other: str) -> str | None:
    note("Why not? " + "  ".join(f"{key} {mismatch}" for key, (mismatch, _) in MISMATCHES.items()))
    mismatch, reason = MISMATCHES.get(next_key(), ("", ""))
    if not mismatch:
        return None
    decide("not", candidate.subject, candidate.object, other, reason=reason, mismatch=mismatch)
    return "not"


def decide(decision: str, subject: str, object_: str, other: str, *, dry_run: bool = False, **more: Any) -> None:
    """Write one decision; raises what the registry refuses it with."""
    if decision in APPROVING.values():
        call(rows.APPROVE, subject=subject, object=object_, predicate=decision, dry_run=dry_run, **more)
    elif decision == "not":
        call(rows.REJECT, subject=subject, object=object_, dry_run=dry_run, **more)
    elif decision == "unsure":
        call(rows.UNSURE, subject=subject, object=object_, dry_run=dry_run, **more)
    else:
        call(review_rows.NO_MATCH, concept=subject, scheme=other, dry_run=dry_run, **more)


def sheet(found: Candidates) -> bytes:
    """Suggestions as CSV (UTF-8 with a mark, so that spreadsheets read it right), the decisions still empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in found.candidates:
        said = one.evidence
        matched = f"{said.subject_match.text} ~ {said.object_match.text}, {said.rule}"
        writer.writerow([
            "", "", one.subject, _safe(one.subject_label), _safe(said.subject_definition or ""), one.object,
            _safe(one.object_label), _safe(said.object_definition or ""), f"{one.confidence:.4f}",
            _safe(matched), _safe("; ".join(said.warnings)),
        ])  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def review_sheet(document: bytes, name: str, *, dry_run: bool) -> tuple[dict[str, int], list[str]]:
    """How many rows were decided in which way, and what was wrong with the others, each with its line."""
    counted: Counter[str] = Counter()
    faults = []
    for number, row in _rows(document, name):
        decision = row["decision"].strip().lower()
        if not decision:
            counted["left empty"] += 1
            continue
        try:
            _from_sheet(decision, row, dry_run=dry_run)
        except RegistryError as error:
            faults.append(f"line {number}: {error.message} {error.advice}".rstrip())
        else:
            counted[decision] += 1
    return dict(counted), faults


def _from_sheet(decision: str, row: dict[str, str], *, dry_run: bool) -> None:
    if decision not in DECISIONS:
        raise InvalidInputError(f"{decision!r} is no decision.", advice=f"Write one of: {', '.join(DECISIONS)}.")
    reason = row["reason"].strip()
    more: dict[str, Any] = {"reason": reason or None}
    if decision == "not":
        mismatch = next((m for m, _ in MISMATCHES.values() if m == reason.lower()), None)
        more = {
            "reason": next((said for m, said in MISMATCHES.values() if m == mismatch), reason),
            "mismatch": mismatch,
        }
    decide(decision, row["subject"], row["object"], row["object"].partition("/")[0], dry_run=dry_run, **more)


def _rows(document: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{name} is no UTF-8: {error}.", advice="Save it as UTF-8.") from error
    table = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=_delimiter(text))
    missing = {"decision", "reason", "subject", "object"} - set(table.fieldnames or ())
    if missing:
        raise InvalidInputError(
            f"{name} has no column {', '.join(sorted(missing))}.",
            advice="Write a sheet with: lexicord mapping suggest SCHEME OTHER --to FILE.csv",
        )
    for row in table:
        yield table.line_num, {column: value or "" for column, value in row.items() if isinstance(column, str)}


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_sheet(found: Candidates, to: Path, write: Callable[[Path, bytes], None]) -> None:
    """Write the sheet and say how to go on."""
    write(to, sheet(found))
    note(f"Wrote {len(found.candidates)} suggestions to {to}. Fill in `decision` ({_listed(DECISIONS)}), then:")
    note(f"lexicord mapping review {to}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
