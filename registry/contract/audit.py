"""The log: listed, verified, exported, anchored; and the registry's health."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Document,
    Http,
    Need,
    Operation,
    Page,
    Request,
    Response,
)


class AuditRecord(Response):
    """One write: who did what, when, and to what."""

    seq: int
    recorded_at: str
    operation: str
    principal: str = Field(description="Handle of who did it; an erased one's opaque id.")
    behind: str | None = Field(None, description="The operating system's user behind --as.")
    summary: str = ""
    graphs: list[str] = Field(default_factory=list, description="The graphs in view that it touched.")
    added: int = Field(0, description="Quads it added to the graphs in view.")
    removed: int = Field(0, description="Quads it removed from the graphs in view.")
    request: dict[str, Any] | Literal["erased"] | None = Field(
        None, description="What was sent, with what the use case noted; `erased` when it was destroyed."
    )
    request_id: str = ""
    hash: str = ""


class AuditRecords(Response):
    """Records of the log, newest first."""

    records: list[AuditRecord]
    next: str | None = Field(None, description="The cursor of the next page.")


class ListRecords(Page):
    """List what was done, newest first."""

    since: int = Field(0, ge=0, description="Only records after this seq.")
    operation: str | None = Field(None, max_length=100, description="Only this operation, such as concept.deprecate.")
    principal: str | None = Field(None, max_length=200, description="Only what this principal did: handle or id.")


class AuditReceipt(Response):
    """An answer that was served, or a refusal."""

    at: str
    kind: str = ""
    operation: str = ""
    principal: str = ""
    outcome: str = ""
    count: int = Field(1, description="How many such receipts this one stands for.")
    facts: dict[str, Any] = Field(default_factory=dict, description="What else it says.")


class AuditReceipts(Response):
    """Receipts, newest first."""

    receipts: list[AuditReceipt]


class ListReceipts(Request):
    """List answers served and refusals, newest first."""

    since: str | None = Field(None, max_length=64, description="Only from this time on (ISO 8601).")
    until: str | None = Field(None, max_length=64, description="Only before this time (ISO 8601).")
    operation: str | None = Field(None, max_length=100, description="Only this operation.")
    principal: str | None = Field(None, max_length=200, description="Only this principal's: handle or id.")
    limit: int = Field(50, ge=1, le=1000, description="How many at most.")


class LogAnchor(Request):
    """A head of the log kept elsewhere."""

    seq: int = Field(ge=1)
    hash: str = Field(max_length=128)


class ReceiptsVerified(Response):
    """Whether the receipts are as they were written."""

    intact: bool
    segments: int
    receipts: int
    first_bad: str | None = None
    lost_open_batch: int = Field(0, description="Crashes that lost a batch, on record and now.")
    unrecorded: list[str] = Field(default_factory=list, description="Closed segments that the log does not know.")


class Verified(Response):
    """Whether the log is intact; if not, the first bad record and why."""

    intact: bool
    records: int
    head: str = Field(description="The hash of the last good record.")
    first_bad: int | None = None
    reason: str = ""
    anchors: int = Field(0, description="How many anchors the log was held against.")
    anchored_until: int | None = Field(None, description="The newest record that an anchor vouches for.")
    tail: str = Field("", description="What no anchor vouches for.")
    receipts: ReceiptsVerified | None = None


class VerifyLog(Request):
    """Verify the log: chain, digests, quad rows, anchors; and the receipts when asked for."""

    anchors: tuple[LogAnchor, ...] = Field((), description="Heads kept elsewhere, besides the registry's own.")
    receipts: bool = Field(False, description="Verify the receipts as well.")


class ExportLog(Request):
    """Export the log as JSON lines, one record a line, oldest first, with what can verify it elsewhere."""

    since: int = Field(0, ge=0, description="Only records after this seq.")
    patches: bool = Field(False, description="With each record's patch, as N-Quads lines after A or D.")


class Anchored(Response):
    """The head that was written outside the database."""

    seq: int
    hash: str
    recorded_at: str
    new: bool = Field(description="False when this head was anchored before.")


class AnchorLog(Request):
    """Write the log's head outside the database, so that a cut or rewritten log shows."""


class Finding(Response):
    """One thing the doctor found."""

    check: str
    state: Literal["ok", "warning", "error"]
    message: str
    fix: str = ""


class Health(Response):
    """The registry's health: figures, and what to do about what is not well."""

    healthy: bool = Field(description="Whether no check is an error.")
    head: int
    base_iri: str
    database: str = Field(description="sqlite or postgresql.")
    schema_revision: str
    counts: dict[str, int] = Field(default_factory=dict)
    findings: list[Finding] = Field(default_factory=list)


class CheckHealth(Request):
    """Check the registry's health: base IRI, schema, disk, projections, anchors, receipts."""


_AT = "registry.services.audit:"

LIST = Operation("audit.list", ListRecords, AuditRecords, Need("audit", "anything"),
                 Http("GET", "/v1/audit"), _AT + "find")  # fmt: skip
RECEIPTS = Operation("audit.receipts", ListReceipts, AuditReceipts, Need("audit"),
                     Http("GET", "/v1/audit/receipts"), "registry.services.verification:receipts")  # fmt: skip
VERIFY = Operation("audit.verify", VerifyLog, Verified, Need("audit"),
                   Http("POST", "/v1/audit/verify"), "registry.services.verification:verify")  # fmt: skip
EXPORT = Operation("audit.export", ExportLog, Document, Need("audit"),
                   Http("GET", "/v1/audit/export"), _AT + "export")  # fmt: skip
ANCHOR = Operation("audit.anchor", AnchorLog, Anchored, Need("audit"),
                   Http("POST", "/v1/audit/anchors"), "registry.services.verification:anchor")  # fmt: skip
HEALTH = Operation("doctor.check", CheckHealth, Health, Need("audit"),
                   Http("GET", "/v1/doctor"), "registry.services.health:check")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (LIST, RECEIPTS, VERIFY, EXPORT, ANCHOR, HEALTH)
