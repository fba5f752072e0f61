"""How answers look to people: tables and headings on stdout, notes on stderr, colour only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer


def line(text: str = "") -> None:
    """A line of the answer."""
    typer.echo(text)


def note(text: str) -> None:
    """A remark beside the answer, on stderr."""
    typer.echo(text, err=True)


def heading(text: str) -> None:
    """A heading of the answer."""
    typer.secho(text, bold=True)


def fields(pairs: Iterable[tuple[str, Any]]) -> None:
    """Named values, one a line; empty ones are left out."""
    shown = [(name, _text(value)) for name, value in pairs if value not in (None, "", [], {}, ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        typer.echo(f"  {name:<{width}}  {value}")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str = "none") -> None:
    """Rows under headings, columns as wide as their widest cell (on a terminal: as the terminal allows)."""
    cells = [[_text(cell) for cell in row] for row in rows]
    if not cells:
        typer.echo(empty)
        return
    widths = [max(len(row[n]) for row in [list(head), *cells]) for n in range(len(head))]
    widths = _fitted(widths)
    typer.secho(
        "  ".join(f"{name.upper():<{width}}" for name, width in zip(head, widths, strict=True)).rstrip(), bold=True
    )
    for row in cells:
        text = "  ".join(f"{_cut(cell, width):<{width}}" for cell, width in zip(row, widths, strict=True))
        typer.echo(text.rstrip())


def json_lines(value: Any) -> None:
    """A list's items, one JSON object a line; anything else as one line."""
    import orjson

    plain = value.model_dump(mode="json", by_alias=True)
    lists = [item for item in plain.values() if isinstance(item, list)]
    items = lists[0] if len(lists) == 1 or (lists and "next" in plain) else [plain]
    for item in items:
        typer.echo(orjson.dumps(item).decode())


def _fitted(widths: list[int]) -> list[int]:
    if not sys.stdout.isatty():
        return widths
    import shutil

    room = shutil.get_terminal_size().columns - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 12:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(item) for item in value)
    return str(value)
