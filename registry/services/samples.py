"""A sample of a source's records, read and counted: what each field holds, how often, in which forms."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.errors import InvalidInputError
from registry.services.repairs import read_day

MOST_RECORDS = 5_000
"""Records of a sample that are looked at."""
_MOST_VALUES = 5_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?\Z")
_IRI = re.compile(r"(https?|urn|mailto|ftp)://?[^\s<>\"{}|\\^`]+\Z")
_INTEGER = re.compile(r"[+-]?(0|[1-9]\d{0,17})\Z")
_DECIMAL = re.compile(r"[+-]?\d+\.\d+\Z")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z0-9]{2,8})*\Z")
RULE, OFTEN = 0.85, 10
"""The share of a field's values, and their number, from which a form is taken for the rule and the rest for faults."""


@dataclass(slots=True)
class FieldSample:
    """What a sample says of one field. `forms` counts values by form, `values` the texts themselves."""

    name: str
    present: int = 0
    several: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    odd: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many values there are."""
        return sum(self.forms.values())

    @property
    def form(self) -> tuple[str, float]:
        """The form of most values, and its share."""
        if not self.forms:
            return "text", 0.0
        name, count = self.forms.most_common(1)[0]
        return name, count / self.total

    @property
    def rule(self) -> str | None:
        """The form that all values have, or nearly all of many; None when there is none."""
        name, share = self.form
        return name if share == 1.0 or (share >= RULE and self.total >= OFTEN) else None

    @property
    def outliers(self) -> list[str]:
        """An example of each form beside the most frequent one."""
        return [text for form, text in self.odd.items() if form != self.form[0]]

    @property
    def is_unique(self) -> bool:
        """Whether hardly any value occurs twice."""
        return bool(self.values) and len(self.values) >= 0.9 * self.total

    def add(self, value: Any) -> None:
        """Take the field's value in one record."""
        values = value if isinstance(value, list) else [value]
        values = [each for each in values if each not in (None, "")]
        self.present += bool(values)
        self.several += len(values) > 1
        for each in values:
            self._count(each)

    def _count(self, value: Any) -> None:
        form = form_of(value)
        self.forms[form] += 1
        self.odd.setdefault(form, str(value)[:60])
        if form == "language map":
            self.languages.update(value.keys())
        if form == "reference":
            [(key, value)] = value.items()
            self.keys[key] += 1
        if not isinstance(value, dict) and (len(self.values) < _MOST_VALUES or str(value) in self.values):
            self.values[str(value)] += 1


def form_of(value: Any) -> str:
    """The form of a JSON value: date, date and time, IRI, integer, number, truth value, object, or text."""
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, dict):
        return _form_of_object(value)
    return _form_of_text(value) if isinstance(value, str) else "list"


def _form_of_object(value: dict[str, Any]) -> str:
    texts = list(value.values())
    if len(texts) == 1 and isinstance(texts[0], str) and _IRI.match(texts[0]):
        return "reference"
    return "language map" if value and all(_LANGUAGE.match(key) for key in value) else "object"


def _form_of_text(text: str) -> str:
    if _DATE.match(text) and read_day(text):
        return "date"
    for pattern, name in ((_DATE_TIME, "date and time"), (_IRI, "IRI"), (_INTEGER, "integer as text"),
                          (_DECIMAL, "number as text")):  # fmt: skip
        if pattern.match(text):
            return name
    if text in ("true", "false"):
        return "truth value as text"
    return "other date" if len(text) < 24 and any(c.isdigit() for c in text) and read_day(text) else "text"


def sampled(records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, FieldSample], int]:
    """What records say of each field, in the order they are met, and how many records there are."""
    found: dict[str, FieldSample] = {}
    count = 0
    for record in records:
        count += 1
        for name, value in record.items():
            found.setdefault(name, FieldSample(name)).add(value)
    return found, count


def read_sample(text: bytes) -> Iterator[dict[str, Any]]:
    """The records of a sample: JSON objects one a line, a JSON list of them, one object, or CSV with a head line.

    SyntaxFaultError or InvalidInputError for what is none of these.
    """
    from registry.shacl.json_text import parse_record

    start = text.lstrip()[:1]
    if start == b"[":
        yield from _listed(text)
    elif start == b"{":
        lines = [line for line in text.splitlines() if line.strip()]
        one = len(lines) == 1 or not lines[0].rstrip().endswith(b"}")
        for number, line in enumerate([text] if one else lines[:MOST_RECORDS], 1):
            yield parse_record(line.strip(), f"Line {number} of the sample")
    elif start:
        yield from _rows(text)


def _listed(text: bytes) -> Iterator[dict[str, Any]]:
    import orjson

    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(f"The sample is not JSON: {error.msg}.", advice="Correct it there.") from error
    if not all(isinstance(each, dict) for each in found):
        raise InvalidInputError("The sample's list holds something else than objects.", advice="Leave that out.")
    yield from found[:MOST_RECORDS]


def _rows(text: bytes) -> Iterator[dict[str, Any]]:
    try:
        plain = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError("The sample is not UTF-8.", advice="Save it as UTF-8.") from error
    head = plain.partition("\n")[0]
    separator = max((",", ";", "\t"), key=head.count)
    if head.count(separator) == 0:
        raise InvalidInputError("The sample is neither JSON nor CSV.", advice="Send records one a line (NDJSON).")
    for number, row in enumerate(csv.DictReader(io.StringIO(plain), delimiter=separator)):
        if number >= MOST_RECORDS:
            return
        if None in row:
            raise InvalidInputError(f"Row {number + 2} of the sample has more cells than the head.", advice="Quote it.")
        yield {name: value for name, value in row.items() if value}
