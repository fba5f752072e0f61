"""A record from its text: strict JSON, in which nothing is lost unseen."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

from registry.errors import Fault, InvalidInputError, SyntaxFaultError, TooLargeError
from registry.shacl.records import check_record

LARGEST_RECORD: Final = 16 * 1024 * 1024
_SPACED: Final = re.compile(rb'"\s+:')
_BLANKS: Final = (b'" ', b'"\t', b'"\n', b'"\r')
_EXACT: Final = 2.0**53
_LONGEST_NUMBER: Final = 1_000
_DEEPEST: Final = 64


def parse_record(text: bytes | str, name: str = "The record", *, largest: int = LARGEST_RECORD) -> dict[str, Any]:
    """Return the record the text holds: one JSON object (RFC 8259, UTF-8), numbers as they were written.

    Raises SyntaxFaultError with line and column for what is no JSON and no UTF-8; InvalidInputError for another JSON
    value, an empty object, several records in a "@graph", NaN, nesting beyond 64 levels and an object that names a
    member twice, of which JSON parsers silently keep the last; TooLargeError beyond `largest` bytes.
    """
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(data) > largest:
        raise TooLargeError(f"{name} has {len(data)} bytes.", advice=f"The limit is {largest}.", limit=largest)
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError:
        record = _read_strictly(data, name)
    else:
        # A record that is written as it was read has lost nothing; it is the quickest look, and most feeds pass it.
        if orjson.dumps(record) != data and _may_lose(data, record):
            record = _read_strictly(data, name)
    if record.__class__ is not dict or not record or "@graph" in record:
        raise _no_record(record, name)
    if data.count(b"{") + data.count(b"[") > _DEEPEST:
        check_record(record)
    result: dict[str, Any] = record
    return result


def _may_lose(data: bytes, record: Any) -> bool:
    """Say whether a member may have come twice or a number lost digits.

    Members' names end in a quote and a colon, so that they can be counted.
    """
    if any(blank in data for blank in _BLANKS) and _SPACED.search(data):
        return True
    return data.count(b'":') != _members(record)


def _members(value: Any) -> int:
    """Return the number of members of all objects inside the value; -1 for a number that may have been rounded."""
    count = len(value) if value.__class__ is dict else 0
    for each in value.values() if value.__class__ is dict else value if value.__class__ is list else (value,):
        kind = each.__class__
        if kind is float and not -_EXACT < each < _EXACT:
            return -1
        if kind is dict or kind is list:
            inner = _members(each)
            if inner < 0:
                return -1
            count += inner
    return count


def _read_strictly(data: bytes, name: str) -> Any:
    """Return the JSON value, read with every check; the errors say where the fault is."""
    if not data.strip():
        raise InvalidInputError(f"{name} is empty: it says nothing.", advice="Send one JSON object.")
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_integer)
        if r"\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"{name} has half of a character: {error.reason}.", advice="Write it whole.") from error
    except UnicodeDecodeError as error:
        where = error.start + 1
        raise SyntaxFaultError(
            f"{name} is not UTF-8: byte {where}.", advice="Save it as UTF-8.", line=1, column=where
        ) from error
    except json.JSONDecodeError as error:
        raise SyntaxFaultError(
            f"{name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            advice="Correct it there.",
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise InvalidInputError(f"{name} is nested deeper than {_DEEPEST} levels.", advice="Flatten it.") from error


def _no_record(value: Any, name: str) -> InvalidInputError:
    """Return the error for a JSON value that is not one record."""
    if isinstance(value, dict) and value:
        return InvalidInputError(f"{name} holds a graph of several.", advice="Send each record as an object.")
    if isinstance(value, dict):
        return InvalidInputError(f"{name} is empty: it says nothing.", advice="Leave it out, or fill in its fields.")
    kind = {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number or truth value")
    advice = "Send the records one a line (NDJSON)." if isinstance(value, list) else "Send one JSON object."
    return InvalidInputError(f"{name} is {kind}, not a JSON object.", advice=advice)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInputError(
            f"The member {twice!r} is given twice.",
            advice="Keep one of them, or give several values as a list.",
            faults=[Fault(f"/{twice}", "given twice")],
        )
    return members


def _no_number(text: str) -> Any:
    raise InvalidInputError(f"{text} is not a JSON number.", advice="Leave the field out, or write null.")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise InvalidInputError("A number has more than 1,000 digits.", advice="Write it as a text.")
    return int(text)
