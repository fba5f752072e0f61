"""How several values share one cell of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATOR = " | "
# An escaped mark, a separator with at most one blank on either side, or any character.
_TOKENS = re.compile(r"(\\[\\|])|( ?\| ?)|([^\\| ]+|.)", re.DOTALL)


def join_cell(values: Iterable[str]) -> str:
    r"""Return a cell with the values in order, separated by ` | `; `\` and `|` in a value become `\\` and `\|`."""
    return SEPARATOR.join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def split_cell(cell: str) -> list[str]:
    r"""Return the values of a cell, blanks around them kept; a bare `|` separates too, and a lone `\` is itself."""
    if "|" not in cell and "\\" not in cell:
        return [cell]
    values = [""]
    for escaped, separator, text in _TOKENS.findall(cell):
        if separator:
            values.append("")
        else:
            values[-1] += escaped[1:] or text
    return values
