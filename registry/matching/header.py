"""The metadata header of an SSSOM file: the small part of YAML it uses, read and written.

Scalars, lists and maps in block style, empty flow lists and maps, plain and quoted text and comments are understood;
anything else of YAML is refused with its line, never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from registry.errors import InvalidInputError, SyntaxFaultError

Scalar: TypeAlias = str
Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Line: TypeAlias = tuple[int, int, str]  # number in the file, indentation, content

_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{}#&*!|>%@`,][^#"']*?)\s*:(?:\s+(?P<rest>.*))?$""")
_COMMENT = re.compile(r"\s+#.*$")
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9(/_.][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
_CONTROLS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_AMBIGUOUS = re.compile(r"true|false|null|yes|no|on|off|~|[-+.0-9][-+.0-9eE_:xob]*|\d{4}-\d\d-\d\d.*", re.IGNORECASE)


def read_header(lines: Sequence[str]) -> dict[str, Value]:
    """Return the header's map; raise SyntaxFaultError with the line that is not understood."""
    content = [(number, len(line) - len(line.lstrip(" ")), line.strip()) for number, line in enumerate(lines, 1)]
    kept = [line for line in content if line[2] and not line[2].startswith("#") and line[2] != "---"]
    if not kept:
        return {}
    value, rest = _map(kept, kept[0][1])
    if rest:
        raise _fault(rest[0])
    return value


def write_header(values: Mapping[str, Value], indent: int = 0) -> Iterator[str]:
    """Yield the lines of a map in block style; `read_header` of them gives it back."""
    margin = " " * indent
    for key, value in values.items():
        if isinstance(value, str):
            yield f"{margin}{_name(key)}: {_scalar(value)}"
        elif isinstance(value, Mapping):
            yield f"{margin}{_name(key)}:" if value else f"{margin}{_name(key)}: {{}}"
            yield from write_header(value, indent + 2)
        else:
            yield f"{margin}{_name(key)}:" if value else f"{margin}{_name(key)}: []"
            yield from (line for item in value for line in _item(item, indent + 2))


def _item(value: Value, indent: int) -> Iterator[str]:
    margin = " " * indent
    if isinstance(value, str):
        yield f"{margin}- {_scalar(value)}"
    elif not value:
        yield f"{margin}- {'{}' if isinstance(value, Mapping) else '[]'}"
    elif isinstance(value, Mapping):
        first, *others = write_header(value, indent + 2)
        yield f"{margin}- {first.strip()}"
        yield from others
    else:
        raise InvalidInputError("A header holds a list within a list.", advice="Give the inner list a name.")


def _map(lines: list[Line], indent: int) -> tuple[dict[str, Value], list[Line]]:
    values: dict[str, Value] = {}
    while lines and lines[0][1] == indent and not _is_item(lines[0]):
        head, lines = lines[0], lines[1:]
        found = _KEY.match(head[2])
        if found is None:
            raise _fault(head)
        key = str(_unquoted(found[1], head))
        if key in values:
            raise SyntaxFaultError(f"Line {head[0]} of the header says {key!r} again.", line=head[0])
        rest = _without_comment(found["rest"] or "")
        values[key], lines = (_unquoted(rest, head), lines) if rest else _block(lines, indent)
    if lines and lines[0][1] > indent:
        raise _fault(lines[0])
    return values, lines


def _block(lines: list[Line], indent: int) -> tuple[Value, list[Line]]:
    """Return the list or map that stands below a key; a list may stand at the key's own indentation."""
    if lines and _is_item(lines[0]) and lines[0][1] >= indent:
        return _list(lines, lines[0][1])
    if lines and lines[0][1] > indent:
        return _map(lines, lines[0][1])
    return "", lines


def _list(lines: list[Line], indent: int) -> tuple[list[Value], list[Line]]:
    values: list[Value] = []
    while lines and lines[0][1] == indent and _is_item(lines[0]):
        number, _, text = lines[0]
        content = text[1:].lstrip()
        if _KEY.match(content):
            inner = (number, indent + len(text) - len(content), content)
            value, lines = _map([inner, *lines[1:]], inner[1])
            values.append(value)
        else:
            values.append(_unquoted(_without_comment(content), lines[0]))
            lines = lines[1:]
    return values, lines


def _without_comment(text: str) -> str:
    return text if text[:1] in ('"', "'") else _COMMENT.sub("", " " + text).strip()


def _is_item(line: Line) -> bool:
    return line[2] == "-" or line[2].startswith("- ")


def _unquoted(text: str, line: Line) -> Value:
    text = text.strip()
    if text in ("[]", "{}"):
        return [] if text == "[]" else {}
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError as error:
            raise _fault(line) from error
    if text.startswith("'"):
        if len(text) < 2 or not text.endswith("'"):
            raise _fault(line)
        return text[1:-1].replace("''", "'")
    if text[:1] in ("[", "{", "&", "*", "!", "|", ">", "%", "@", "`"):
        raise _fault(line)
    return text


def _scalar(text: str) -> str:
    """Return a text as a plain YAML scalar where that says the same, else in double quotes."""
    plain = _PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text) and not text.endswith(":")
    if plain and ": " not in text and " #" not in text and text == text.strip():
        return text
    return _quoted(text)


def _name(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and not _AMBIGUOUS.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _fault(line: Line) -> SyntaxFaultError:
    return SyntaxFaultError(
        f"Line {line[0]} of the header is not understood: {line[2]!r}.",
        advice="Write it as 'slot: value', or a list of '- value' below 'slot:'.",
        line=line[0],
    )
