"""A record from its text: strict JSON, in which nothing is lost unseen."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

from registry.errors import Fault, InvalidInputError, SyntaxFaultError, TooLargeError
from registry.shacl.records import check_record

_SPACED: Final = re.compile(rb'"\s+:')
LARGEST_RECORD: Final = 16 * 1024 * 1024


def parse_record(text: bytes | str, *, largest: int = LARGEST_RECORD) -> dict[str, Any]:
    """Return the record the text holds: one JSON object.

    Raises SyntaxFaultError with line and column for what is no JSON (NaN, invalid UTF-8 and bottomless nesting among
    it), InvalidInputError for another JSON value and for an object that names a member twice, of which JSON parsers
    silently keep the last, and TooLargeError beyond `largest` bytes.
    """
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(data) > largest:
        raise TooLargeError(f"The record has {len(data)} bytes.", advice=f"The limit is {largest}.", limit=largest)
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SyntaxFaultError(
            f"The record is not JSON: {error.msg}.", advice="Correct it.", line=error.lineno, column=error.colno
        ) from error
    if record.__class__ is not dict:
        check_record(record)
    # A record that is written as it was read has lost nothing; it is the quickest look, and most feeds pass it.
    if orjson.dumps(record) != data and _may_repeat(data, record):
        check_record(record)
        json.loads(data, object_pairs_hook=_once)
    result: dict[str, Any] = record
    return result


def _may_repeat(data: bytes, record: dict[str, Any]) -> bool:
    """Say whether a member may have come twice: their names end in a quote and a colon, so that can be counted."""
    return data.count(b'":') != _members(record) or _SPACED.search(data) is not None


def _members(value: Any) -> int:
    """Return the number of members of all objects inside the value."""
    if value.__class__ is dict:
        count = len(value)
        for each in value.values():
            if each.__class__ is dict or each.__class__ is list:
                count += _members(each)
        return count
    return sum(_members(each) for each in value if each.__class__ is dict or each.__class__ is list)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInputError(
            f"The record names the member {twice!r} twice.",
            advice="Give several values as a list.",
            faults=[Fault(f"/{twice}", "named twice")],
        )
    return members
