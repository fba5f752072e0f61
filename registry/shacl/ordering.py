"""The order of literal values that ranges and sh:lessThan compare by (SPARQL 1.1 operator mapping, XSD 1.1 order).

Numbers compare across numeric datatypes. Strings compare by code point. Dates and times compare on the time line;
where only one of two has a time zone they are ordered only when more than 14 hours apart, otherwise the comparison
is indeterminate, and an indeterminate comparison never satisfies a constraint.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from registry.shacl.datatypes import INTEGER_TYPES, NUMERIC_TYPES, lexical_check, parse_integer, temporal_match
from registry.shacl.vocabulary import XSD

Number = int | float | Decimal
_FOURTEEN_HOURS: Final = Decimal(14 * 3600)
_TEMPORAL: Final = {XSD + name: name for name in ("date", "dateTime", "time", "gYear", "gYearMonth")}
_DURATIONS: Final = frozenset({XSD + "dayTimeDuration", XSD + "yearMonthDuration", XSD + "duration"})


class Instant(NamedTuple):
    """A point on the time line in seconds, and whether its time zone is known."""

    seconds: Decimal
    zoned: bool


class Comparable(NamedTuple):
    """A literal's value and the kind of values it can be compared with."""

    kind: str
    value: Number | str | bool | Instant | tuple[int, Decimal]


def comparable(term: object) -> Comparable | None:
    """Return the term's value for comparison, or None when it has none (IRIs, ill-typed and unordered literals)."""
    if not isinstance(term, ox.Literal) or term.language:
        return None
    return comparable_text(term.value, term.datatype.value)


@lru_cache(maxsize=65536)
def comparable_text(text: str, datatype: str) -> Comparable | None:
    """Return the value of a literal without a language, given by its lexical form and datatype IRI, or None."""
    if datatype == XSD + "string":
        return Comparable("string", text)
    name = "dateTime" if datatype == XSD + "dateTimeStamp" else _TEMPORAL.get(datatype)
    check = lexical_check(datatype)
    if check is None or not check(text):
        return None
    if datatype in NUMERIC_TYPES:
        return Comparable("number", _number(text, datatype))
    if datatype == XSD + "boolean":
        return Comparable("boolean", text in ("true", "1"))
    if name is not None:
        return Comparable(name, _instant(name, text))
    return Comparable("duration", _duration(text)) if datatype in _DURATIONS else None


def _number(text: str, datatype: str) -> Number:
    if datatype in INTEGER_TYPES:
        return parse_integer(text)
    if datatype == XSD + "decimal":
        return Decimal(text)
    return float(text)


def _instant(name: str, text: str) -> Instant:
    match = temporal_match(name, text)
    assert match is not None  # the lexical check has accepted it
    parts = match.groupdict()
    zone = parts["zone"]
    days = _days(int(parts.get("year") or 1972), int(parts.get("month") or 1), int(parts.get("day") or 1))
    clock = int(parts.get("hour") or 0) * 3600 + int(parts.get("minute") or 0) * 60
    seconds = Decimal(days * 86400 + clock) + Decimal(parts.get("second") or 0)
    if name == "time" and parts.get("hour") == "24":
        seconds -= 86400  # 24:00:00 is midnight of the same recurring day
    return Instant(seconds - _offset(zone), zone is not None)


def _days(year: int, month: int, day: int) -> int:
    """Return the number of the day in the proleptic Gregorian calendar, which repeats every 400 years, for any year."""
    era, of_era = divmod(year - 1, 400)
    return era * 146097 + date(of_era + 2001, month, day).toordinal()


def _offset(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return (-60 if zone[0] == "-" else 60) * minutes


_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)


def _duration(text: str) -> tuple[int, Decimal]:
    match = _DURATION.fullmatch(text)
    assert match is not None  # the lexical check has accepted it
    years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups()[1:])
    sign = -1 if match[1] else 1
    return sign * int(years * 12 + months), sign * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def compare(left: Comparable | None, right: Comparable | None) -> int | None:
    """Return -1, 0 or 1 for less, equal or greater, and None when the two are not comparable or indeterminate."""
    if left is None or right is None or left.kind != right.kind:
        return None
    a, b = left.value, right.value
    if isinstance(a, Instant) and isinstance(b, Instant):
        return _compare_instants(a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _compare_durations(a, b)
    if a != a or b != b:  # not a number
        return None
    return _sign(a, b)


def _sign(a: Any, b: Any) -> int:
    return int(a > b) - int(a < b)


def _compare_instants(a: Instant, b: Instant) -> int | None:
    if a.zoned == b.zoned:
        return _sign(a.seconds, b.seconds)
    if abs(a.seconds - b.seconds) > _FOURTEEN_HOURS:
        return _sign(a.seconds, b.seconds)
    return None


def _compare_durations(a: tuple[object, ...], b: tuple[object, ...]) -> int | None:
    """Compare months and seconds; a month is 28 to 31 days, so mixed differences are indeterminate."""
    months, seconds = _sign(a[0], b[0]), _sign(a[1], b[1])
    return months or seconds if months * seconds >= 0 else None
