"""Whether a literal is what its datatype says: the XSD types that vocabularies use."""

from __future__ import annotations

import re
from datetime import date

from pyoxigraph import Literal

from registry.rdf.terms import XSD
from registry.skos.iris import fault_in

_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_DAY = r"-?\d{4,}-\d\d-\d\d"
_LEXICAL = {
    XSD[name].value: re.compile(pattern)
    for name, pattern in {
        "boolean": r"true|false|1|0",
        "integer": r"[+-]?\d+",
        "int": r"[+-]?\d+",
        "long": r"[+-]?\d+",
        "nonNegativeInteger": r"\+?\d+|-0+",
        "positiveInteger": r"\+?0*[1-9]\d*",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        "float": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
        "date": _DAY + _ZONE,
        "dateTime": _DAY + r"T\d\d:\d\d:\d\d(?:\.\d+)?" + _ZONE,
        "gYear": r"-?\d{4,}" + _ZONE,
        "gYearMonth": r"-?\d{4,}-\d\d" + _ZONE,
    }.items()
}
_WITH_A_DAY = frozenset({XSD.date.value, XSD.dateTime.value})
_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_ill_typed(literal: Literal) -> bool:
    """Return whether a literal's text is outside its datatype; other datatypes than the common XSD ones never are.

    Days are checked against the calendar for the years 1 to 9999.
    """
    datatype = literal.datatype.value
    pattern = _LEXICAL.get(datatype)
    if pattern is None:
        return datatype == XSD.anyURI.value and bool(fault_in(literal.value))
    if not pattern.fullmatch(literal.value):
        return True
    return datatype in _WITH_A_DAY and not _is_a_day(literal.value)


def _is_a_day(text: str) -> bool:
    found = _PLAIN_DAY.match(text)
    if found is None or found[0].startswith("0000"):
        return True
    try:
        date.fromisoformat(found[0])
    except ValueError:
        return False
    return True
