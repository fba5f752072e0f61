"""The lexical spaces of XML Schema 1.1 datatypes as RDF 1.1 uses them, and the values they stand for.

RDF maps lexical forms without whitespace processing, so " 1 " is not in the lexical space of xsd:integer. Engines
differ; docs/validation.md lists where and why.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from registry.shacl.vocabulary import RDF, XSD

LexicalCheck = Callable[[str], bool]

_ZONE = r"(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME = (
    r"(?P<hour>[01][0-9]|2[0-3]|24(?=:00:00(?:\.0+)?(?![0-9.]))):(?P<minute>[0-5][0-9]):"
    r"(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
)
_DAYS_TIME = r"(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_NAME_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME_REST = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
_BASE64 = r"[A-Za-z0-9+/] ?"
_XML_CHAR = r"[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]"
_NO_BREAKS = r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]"
_UNBROKEN = r"[\u0021-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]"

_FORMS: Final[Mapping[str, str]] = {
    "boolean": r"true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "integer": r"[+-]?[0-9]+",
    "double": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?{_DAYS_TIME}",
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "dayTimeDuration": rf"-?P(?=[0-9T]){_DAYS_TIME}",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": rf"(?:(?:{_BASE64}){{4}})*(?:(?:{_BASE64}){{3}}[A-Za-z0-9+/]"
    rf"|(?:{_BASE64}){{2}}[AEIMQUYcgkosw048] ?=|{_BASE64}[AQgw] ?= ?=)?",
    "anyURI": r"(?:[^%]|%[0-9a-fA-F]{2})*",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "string": rf"{_XML_CHAR}*",
    "normalizedString": rf"{_NO_BREAKS}*",
    "token": rf"(?:{_UNBROKEN}+(?: {_UNBROKEN}+)*)?",
    "NMTOKEN": rf"[{_NAME_REST}:]+",
    "Name": rf"[{_NAME_START}:][{_NAME_REST}:]*",
    "NCName": rf"[{_NAME_START}][{_NAME_REST}]*",
}

# Forms that need no look at the calendar, as most dates are: tried first, since they cost a third.
_COMMON: Final[Mapping[str, str]] = {
    "date": r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
    "dateTime": r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?",
}

# The value spaces of the bounded integers (XSD 1.1 part 2, section 3.4): lowest and highest, None for no bound.
_BOUNDS: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(1 << 63), (1 << 63) - 1),
    "int": (-(1 << 31), (1 << 31) - 1),
    "short": (-(1 << 15), (1 << 15) - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, (1 << 64) - 1),
    "unsignedInt": (0, (1 << 32) - 1),
    "unsignedShort": (0, (1 << 16) - 1),
    "unsignedByte": (0, 255),
}

# The longest integer or decimal read as a number: Python's conversion is quadratic in the digits.
_MOST_DIGITS: Final = 4000


def lexical_check(datatype: str) -> LexicalCheck | None:
    """Return the test of the datatype's lexical space, or None for a datatype whose space is not known.

    The test is a pure function of the lexical form. An unknown datatype has no ill-typed literals (RDF 1.1).
    """
    if datatype.startswith(XSD):
        return _xsd_check(datatype[len(XSD) :])
    return None


@lru_cache(maxsize=64)
def _xsd_check(name: str) -> LexicalCheck | None:
    if name in _BOUNDS:
        return _integer_check(*_BOUNDS[name])
    if name == "dateTimeStamp":
        return lambda text: (match := _matcher("dateTime")(text)) is not None and bool(match["zone"]) and _day_ok(match)
    if name == "float":
        name = "double"
    if name not in _FORMS:
        return None
    matcher = _matcher(name)
    if name in ("date", "dateTime", "gMonthDay"):
        common = re.compile(_COMMON.get(name, "(?!)")).fullmatch
        return lambda text: common(text) is not None or ((match := matcher(text)) is not None and _day_ok(match))
    return lambda text: matcher(text) is not None


@lru_cache(maxsize=64)
def _matcher(name: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(_FORMS[name], re.DOTALL).fullmatch


def _day_ok(match: re.Match[str]) -> bool:
    """Say whether the day exists in its month: 30 February never, 29 February in leap years and in no year."""
    day = int(match["day"])
    if day <= 28:
        return True
    groups = match.groupdict()
    year = _proleptic(groups["year"]) if "year" in groups else 2000
    return day <= monthrange(year, int(match["month"]))[1]


def _proleptic(year: str) -> int:
    """Return a year of four digits with the same leap rule, as the calendar repeats every 400 years."""
    return int(year[-6:].lstrip("-")) % 400 + 2000 if len(year) > 6 else int(year) % 400 + 2000


def _integer_check(low: int | None, high: int | None) -> LexicalCheck:
    matcher = _matcher("integer")

    def check(text: str) -> bool:
        if matcher(text) is None:
            return False
        if low is None and high is None:
            return True
        value = parse_integer(text)
        return (low is None or value >= low) and (high is None or value <= high)

    return check


is_plain_date: Final = re.compile(_COMMON["date"]).fullmatch
"""Match a valid xsd:date of ten characters without a time zone: such dates are ordered as their texts are."""


def parse_integer(text: str) -> int:
    """Return the integer a valid lexical form stands for; beyond 4,000 digits, one of the same sign and 4,000."""
    if len(text) <= _MOST_DIGITS:
        return int(text)
    digits = text.lstrip("+-").lstrip("0")
    return (-1 if text[0] == "-" else 1) * int(digits[:_MOST_DIGITS] or "0")


INTEGER_TYPES: Final = frozenset(XSD + name for name in _BOUNDS)
NUMERIC_TYPES: Final = INTEGER_TYPES | {XSD + "decimal", XSD + "double", XSD + "float"}
LANG_STRING: Final = RDF + "langString"
DIR_LANG_STRING: Final = RDF + "dirLangString"


def temporal_match(name: str, text: str) -> re.Match[str] | None:
    """Return the parts (year, month, day, hour, minute, second, zone) of a valid date, time or g… form, or None."""
    match = _matcher(name)(text)
    return match if match is None or "day" not in match.groupdict() or _day_ok(match) else None
