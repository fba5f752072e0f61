"""One page of a list, and the cursor to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from registry.contract.operation import Page
from registry.errors import InvalidInputError

T = TypeVar("T")


def page(items: Sequence[T], request: Page) -> tuple[Sequence[T], str | None]:
    """The items of the page asked for, and the cursor of the next one, None when this is the last."""
    start = offset(request)
    end = start + request.limit
    return items[start:end], str(end) if end < len(items) else None


def offset(request: Page) -> int:
    """Where the page starts; InvalidInputError for a cursor that no page gave."""
    cursor = request.cursor or "0"
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise InvalidInputError(f"{cursor!r} is no cursor.", advice="Give `next` of the page before, or none.")
    return int(cursor)
