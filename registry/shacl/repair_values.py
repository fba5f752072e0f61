"""Texts that nearly are values of a datatype, rewritten: dates, numbers and truth values as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from registry.shacl.datatypes import INTEGER_TYPES, NUMERIC_TYPES, lexical_check
from registry.shacl.vocabulary import XSD

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier enero jan",
            "february februar fevrier février febrero feb",
            "march märz maerz mars marzo mar",
            "april avril abril apr",
            "may mai mayo",
            "june juni juin junio jun",
            "july juli juillet julio jul",
            "august aout août agosto aug",
            "september septembre septiembre sep sept",
            "october oktober octobre octubre oct okt",
            "november novembre noviembre nov",
            "december dezember decembre décembre diciembre dec dez",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d])")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_DAY_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})(?!\d)")
_MONTH_NAMED: Final = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_CLOCK: Final = re.compile(r"[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*(Z|[+-]\d{2}:?\d{2})?\Z", re.IGNORECASE)
_TRUTHS: Final = {"yes": "true", "y": "true", "ja": "true", "oui": "true", "si": "true", "sí": "true", "on": "true"} | {
    "no": "false",
    "n": "false",
    "nein": "false",
    "non": "false",
    "off": "false",
}


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text rewritten, how sure that is (0 to 1), whether it is lossless, and what was done."""

    text: str
    confidence: float
    certain: bool
    how: str


def rewritings(text: str, datatype: str) -> Iterator[Rewriting]:
    """Yield forms of the text that are in the datatype's lexical space, the surest first."""
    check = lexical_check(datatype)
    if check is None:
        return
    for each in _candidates(text, datatype):
        if each.text != text and check(each.text):
            yield each


def _candidates(text: str, datatype: str) -> Iterator[Rewriting]:
    if text.strip() != text:
        yield Rewriting(text.strip(), 0.99, True, "blanks around it removed")
    text = text.strip()
    if datatype in (XSD + "date", XSD + "dateTime", XSD + "dateTimeStamp"):
        yield from _dates(text, with_time=datatype != XSD + "date")
    elif datatype == XSD + "boolean":
        yield Rewriting(text.lower(), 0.98, True, "written in lower case")
        yield Rewriting(_TRUTHS.get(text.lower(), ""), 0.9, True, "written as true or false")
    elif datatype in NUMERIC_TYPES:
        yield from _numbers(text, datatype)


def _numbers(text: str, datatype: str) -> Iterator[Rewriting]:
    bare = text.replace("_", "").replace("'", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    yield Rewriting(bare, 0.95, True, "digit separators removed")
    if datatype in INTEGER_TYPES:
        whole, point, rest = bare.partition(".")
        if point and not rest.strip("0"):
            yield Rewriting(whole, 0.97, True, "the empty fraction removed")
        if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+", bare):
            yield Rewriting(bare.replace(",", ""), 0.8, False, "thousands separators removed")
    elif re.fullmatch(r"[+-]?\d+,\d{1,2}", bare):
        yield Rewriting(bare.replace(",", "."), 0.8, False, "the decimal comma written as a point")


def _dates(text: str, *, with_time: bool) -> Iterator[Rewriting]:
    for day, end, confidence, how in _days(text):
        clock = _CLOCK.match(text, end) if end < len(text) else None
        if end < len(text) and clock is None:
            continue
        if not with_time:
            yield Rewriting(day, confidence if clock is None else 0.7, clock is None and confidence > 0.8, how)
        elif clock is not None:
            yield Rewriting(f"{day}T{_time(clock)}", confidence, confidence > 0.8, how)
        else:
            yield Rewriting(f"{day}T00:00:00", 0.5, False, "midnight assumed")


def _days(text: str) -> Iterator[tuple[str, int, float, str]]:
    """Yield the ISO day, where it ends in the text, the confidence, and what was done."""
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        yield _iso(match[1], match[2], match[3]), match.end(), 0.98, "written as an ISO 8601 date"
    if match := _YEAR_LAST.match(text):
        yield from _day_or_month_first(match)
    if (match := _DAY_NAMED.match(text)) and (month := _MONTHS.get(match[2].lower())):
        yield _iso(match[3], str(month), match[1]), match.end(), 0.95, "written as an ISO 8601 date"
    if (match := _MONTH_NAMED.match(text)) and (month := _MONTHS.get(match[1].lower())):
        yield _iso(match[3], str(month), match[2]), match.end(), 0.95, "written as an ISO 8601 date"


def _day_or_month_first(match: re.Match[str]) -> Iterator[tuple[str, int, float, str]]:
    first, second = int(match[1]), int(match[3])
    ambiguous = first <= 12 and second <= 12 and first != second and match[2] != "."
    yield _iso(match[4], match[3], match[1]), match.end(), 0.5 if ambiguous else 0.95, "read as day, month, year"
    yield _iso(match[4], match[1], match[3]), match.end(), 0.5 if ambiguous else 0.95, "read as month, day, year"


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _time(clock: re.Match[str]) -> str:
    zone = (clock[4] or "").upper()
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{int(clock[1]):02d}:{clock[2]}:{clock[3] or '00'}{zone}"
