"""Judging a random sample of suggestions without seeing how sure the matching was."""

from __future__ import annotations

from cli.keys import END, next_key, single_keys
from cli.output import fields, heading, line, note, table
from cli.session import call
from registry.contract import mapping_review as rows
from registry.contract.mapping_review import (
    BandAccepted,
    BandEstimate,
    BlindCandidate,
    BlindSample,
    Calibration,
    NoMatchWritten,
)
from registry.errors import InvalidInputError

JUDGED = {"y": True, "n": False}


def band_ends(text: str) -> tuple[float, float]:
    """Both ends of LOW..HIGH; InvalidInputError when it is no band."""
    low, dots, high = text.partition("..")
    try:
        return float(low), float(high) if dots else 1.0
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is no band.", advice="Write it as LOW..HIGH, such as 0.95..1.") from error


def judge(found: BlindSample) -> BandEstimate | None:
    """The band after the last judgement, None when nothing was judged; each judgement is written at once."""
    note(f"{len(found.candidates)} of {found.population} suggestions, drawn at random. Is it the same? "
         "y yes   n no   s skip   q quit")  # fmt: skip
    band = None
    with single_keys():
        for place, candidate in enumerate(found.candidates, 1):
            line()
            _show(candidate)
            key = _key(f"[{place}/{len(found.candidates)}] y n s q")
            if key in (END, "q"):
                break
            if key in JUDGED:
                band = call(rows.JUDGE, subject=candidate.subject, object=candidate.object, score=candidate.score,
                            correct=JUDGED[key]).band  # fmt: skip
    return band


def _key(prompt: str) -> str:
    while True:
        note(prompt)
        key = next_key()
        if key in (END, "q", "s", *JUDGED):
            return key


def _show(one: BlindCandidate) -> None:
    heading(f"{one.subject_label}  =  {one.object_label} ?")
    fields([("here", one.subject), ("there", one.object),
            ("matched", f"{one.subject_match.text} ~ {one.object_match.text}"),
            ("definition here", one.subject_definition), ("definition there", one.object_definition)])  # fmt: skip


def calibrated(found: Calibration) -> None:
    """What scores have turned out to mean, band by band."""
    table(
        ("score", "judged", "right", "expected", "at the least"),
        [
            (
                f"{b.low:g}..{b.high:g}",
                b.judged,
                b.correct,
                f"{b.expected:.3f}",
                f"{b.at_worst:.3f}" if b.judged else "",
            )
            for b in found.bands
        ],
    )
    note("Expected: with what is usual counted as four judgements. At the least: with 95 % assurance.")


def accepted(found: BandAccepted) -> None:
    """What accepting a band came to."""
    line(f"{found.accepted} mappings approved, {found.left_out} left out.")
    fields([("judged", f"{found.band.correct} of {found.band.judged} right"),
            ("at the least", f"{found.band.at_worst:.1%} with 95 % assurance")])  # fmt: skip
    for reason in found.reasons:
        note(f"left out: {reason}")


def no_match_written(found: NoMatchWritten) -> None:
    """The finding that nothing matches."""
    line(f"{found.concept}: no match exists in {found.scheme}.")
