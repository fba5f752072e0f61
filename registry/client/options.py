"""What stays the same over a client's calls: who is asking, and at which state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallOptions:
    """`token` for a server, `acting_as` for a folder; `as_of` a seq or time; `dry_run` changes nothing."""

    token: str | None = None
    acting_as: str | None = None
    as_of: str | None = None
    dry_run: bool = False
    idempotency_key: str | None = None
    min_seq: int | None = None
