"""Values are ordered as XML Schema and SPARQL order them, and not at all where they are not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from registry.shacl.datatypes import lexical_check
from registry.shacl.ordering import comparable, compare
from tests.unit.shacl.worlds import XSD


def _literal(text: str) -> ox.Literal:
    lexical, _, datatype = text.partition("^^")
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + (datatype or "string")))


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("1^^integer", "1.5^^decimal", -1),
        ("1^^byte", "1e0^^double", 0),
        ("INF^^double", "99999^^integer", 1),
        ("NaN^^double", "1^^integer", None),
        ("1^^integer", "1", None),
        ("a", "b", -1),
        ("Z", "a", -1),
        ("false^^boolean", "1^^boolean", -1),
        ("2021-01-01^^date", "2021-01-01T00:00:00^^dateTime", None),
        ("2021-01-01T10:00:00^^dateTime", "2021-01-01T11:00:00Z^^dateTime", None),
        ("2021-01-01T10:00:00^^dateTime", "2021-01-02T00:00:01Z^^dateTime", -1),
        ("2021-01-01T10:00:00^^dateTime", "2021-01-02T00:00:00Z^^dateTime", None),
        ("2021-01-01T12:00:00+02:00^^dateTime", "2021-01-01T10:00:00Z^^dateTime", 0),
        ("2021-01-01T24:00:00^^dateTime", "2021-01-02T00:00:00^^dateTime", 0),
        ("2021-01-01T00:00:00.5Z^^dateTimeStamp", "2021-01-01T00:00:00Z^^dateTime", 1),
        ("-0001-12-31^^date", "0000-01-01^^date", -1),
        ("2000-02-29^^date", "2000-03-01^^date", -1),
        ("12021-01-01^^date", "2021-01-01^^date", 1),
        ("24:00:00^^time", "00:00:01^^time", -1),
        ("2020^^gYear", "2021^^gYear", -1),
        ("P1M^^duration", "P30D^^duration", None),
        ("P1M^^duration", "P1M1D^^duration", -1),
        ("-PT1S^^dayTimeDuration", "PT0S^^dayTimeDuration", -1),
        ("2021-02-30^^date", "2021-03-01^^date", None),
        ("9" * 6000 + "^^integer", "1^^integer", 1),
    ],
)
def test_two_values_compare(left: str, right: str, order: int | None) -> None:
    a, b = comparable(_literal(left)), comparable(_literal(right))
    assert compare(a, b) == order
    assert compare(b, a) == (None if order is None else -order)


def test_what_is_no_literal_has_no_order() -> None:
    assert comparable(ox.NamedNode("https://example.org/")) is None
    assert comparable(ox.Literal("a", language="en")) is None
    assert comparable(ox.Literal("a", datatype=ox.NamedNode("https://example.org/type"))) is None


@pytest.mark.parametrize(
    ("datatype", "valid", "invalid"),
    [
        ("duration", "-P1Y2M3DT4H5M6.7S", "P1M1Y"),
        ("yearMonthDuration", "P1Y", "P1D"),
        ("dayTimeDuration", "PT1S", "P1Y"),
        ("base64Binary", "YW Jj", "YQ="),
        ("hexBinary", "0aFF", "0aF"),
        ("gMonthDay", "--02-29", "--02-30"),
        ("gDay", "---31", "---32"),
        ("gMonth", "--12", "--13"),
        ("gYearMonth", "2021-02", "2021-13"),
        ("date", "1600-02-29", "1900-02-29"),
        ("time", "24:00:00.0", "24:00:01"),
        ("dateTimeStamp", "2021-01-01T00:00:00Z", "2021-01-01T00:00:00"),
        ("unsignedByte", "255", "256"),
        ("negativeInteger", "-1", "0"),
        ("NCName", "a-b", "a:b"),
        ("token", "a b", "a  b"),
        ("normalizedString", " a ", "a\tb"),
        ("float", "1.5E3", "1.5E3.1"),
    ],
)
def test_lexical_spaces_of_the_rarer_datatypes(datatype: str, valid: str, invalid: str) -> None:
    check = lexical_check(XSD + datatype)
    assert check is not None
    assert (check(valid), check(invalid)) == (True, False)


def test_an_unknown_datatype_has_no_ill_typed_literals() -> None:
    assert lexical_check("https://example.org/type") is None
    assert lexical_check(XSD + "notThere") is None
