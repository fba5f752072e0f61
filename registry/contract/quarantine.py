"""Submitted records: validated, counted by day, and held in quarantine where their source is in enforce mode."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Page,
    Request,
    Response,
    Written,
)
from registry.contract.shapes import PreviewShapes, ShapesPreview
from registry.contract.sources import Mode

MOST_SUBMITTED = 10_000
"""Records of one submission."""
HeldState = Literal["held", "released"]


class Submitted(Written):
    """What became of the records of a submission."""

    source: str = Field(description="Key of the content source.")
    mode: Mode
    records: int = Field(description="Lines that were not blank.")
    accepted: int = Field(description="Records that were let through, conforming or not.")
    conforming: int = Field(description="Records that conform.")
    tolerated: int = Field(description="Records let through whose violations were known before enforcing.")
    quarantined: int = Field(description="Records held back, those that are none among them.")
    malformed: int = Field(description="Lines that are no record.")
    held: list[str] = Field(default_factory=list, description="Ids of the first hundred held records.")


class HeldRecord(Response):
    """A record in quarantine."""

    id: str
    source: str = Field(description="Key of the content source.")
    state: HeldState
    focus_node: str = Field(description="The record's IRI; empty for what is no record.")
    reasons: list[str] = Field(description="Codes: the constraint and the field, such as minCount:title.")
    received_at: str = Field(description="When it was submitted last.")
    settled_at: str = Field("", description="When it was released.")
    record: Any = Field(None, description="The record as it was sent, or as it was repaired; in `show` only.")
    report: dict[str, Any] | None = Field(None, description="Its report; in `show` only.")


class HeldRecords(Response):
    """Records in quarantine."""

    records: list[HeldRecord]
    next: str | None = Field(None, description="Where the next page begins.")


class HeldWritten(Written):
    """A record of the quarantine after a change."""

    record: HeldRecord


class Revalidated(Written):
    """What became of a quarantine that was validated again."""

    source: str = Field(description="Key of the content source.")
    checked: int = Field(description="Records that were held.")
    released: int = Field(description="Records that conform now and were let go.")
    held: int = Field(description="Records that are still held.")


class SubmitRecords(Request):
    """Submit records of a source, one a line: validated, counted, and held back where it enforces its profile."""

    source: Key
    media_type: str | None = Field(None, max_length=200, description="application/x-ndjson.")


class ListHeld(Page):
    """List the records that a source's quarantine holds."""

    source: Key
    state: HeldState = Field("held", description="held or released.")


class ShowHeld(Request):
    """Show a record in quarantine with its report."""

    source: Key
    id: NonEmptyStr = Field(description="Its id in the quarantine.")


class RepairHeld(Request):
    """Repair a record in quarantine by its automatic repairs, or replace it; it is released when it conforms."""

    source: Key
    id: NonEmptyStr = Field(description="Its id in the quarantine.")
    record: dict[str, Any] | None = Field(None, description="What replaces it; without it, automatic repair.")


class ReleaseHeld(Request):
    """Release a record from quarantine as it is, with a reason."""

    source: Key
    id: NonEmptyStr = Field(description="Its id in the quarantine.")
    reason: NonEmptyStr


class RevalidateHeld(Request):
    """Validate a source's quarantine again; what conforms now is released."""

    source: Key


SUBMIT = Operation("source.submit", SubmitRecords, Submitted, Need("propose", "source", "source"),
                   Http("POST", "/v1/sources/{source}/records"), "registry.services.submission:submit",
                   writes=True, document=True)  # fmt: skip
PREVIEW = Operation("shape.preview", PreviewShapes, ShapesPreview, Need("read", "source", "source"),
                    Http("POST", "/v1/sources/{source}/preview"), "registry.services.quarantine:preview",
                    document=True)  # fmt: skip
LIST = Operation("quarantine.list", ListHeld, HeldRecords, Need("edit", "source", "source"),
                 Http("GET", "/v1/sources/{source}/quarantine"), "registry.services.quarantine:find")  # fmt: skip
SHOW = Operation("quarantine.show", ShowHeld, HeldRecord, Need("edit", "source", "source"),
                 Http("GET", "/v1/sources/{source}/quarantine/{id}"),
                 "registry.services.quarantine:show")  # fmt: skip
REPAIR = Operation("quarantine.repair", RepairHeld, HeldWritten, Need("edit", "source", "source"),
                   Http("POST", "/v1/sources/{source}/quarantine/{id}/repair"),
                   "registry.services.quarantine:repair", writes=True)  # fmt: skip
RELEASE = Operation("quarantine.release", ReleaseHeld, HeldWritten, Need("edit", "source", "source"),
                    Http("POST", "/v1/sources/{source}/quarantine/{id}/release"),
                    "registry.services.quarantine:release", writes=True)  # fmt: skip
REVALIDATE = Operation("quarantine.revalidate", RevalidateHeld, Revalidated, Need("edit", "source", "source"),
                       Http("POST", "/v1/sources/{source}/quarantine/revalidate"),
                       "registry.services.quarantine:revalidate", writes=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (SUBMIT, PREVIEW, LIST, SHOW, REPAIR, RELEASE, REVALIDATE)
