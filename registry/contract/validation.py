"""Validation: records of content sources against their profile, one by one or as a stream."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Document,
    Http,
    Key,
    Need,
    Operation,
    Request,
    Response,
)
from registry.contract.sources import Mode

MOST_RESULTS = 100
"""Results that a report names; its counts are true."""


class Counts(Response):
    """How many results of each severity there are."""

    violation: int = 0
    warning: int = 0
    info: int = 0


class RepairAdvice(Response):
    """What would make a result disappear."""

    repair_class: Literal["auto", "review"] = Field(alias="class", description="Whether a person must look first.")
    confidence: float = Field(description="From 0 to 1.")
    explanation: str
    patch: list[dict[str, Any]] = Field(default_factory=list, description="A JSON Patch (RFC 6902) on the record.")


class Result(Response):
    """One thing that is wrong with a record (sh:ValidationResult)."""

    severity: str = Field(description="violation, warning, info, or the IRI of another severity.")
    focus_node: str
    path: str | None = None
    constraint: str = Field(description="The constraint that is not met, such as minCount.")
    value: str | None = None
    term: str | None = Field(None, description="The value as N-Triples writes it, with its datatype or language.")
    pointer: str | None = Field(None, description="JSON Pointer (RFC 6901) into the record.")
    message: str
    expected: str | None = Field(None, description="What would have been accepted, in words.")
    shape: str = Field("", description="The shape that says so.")
    repair: RepairAdvice | None = None


class Fixed(Response):
    """What automatic repair makes of a record; the original is left as it is."""

    record: dict[str, Any]
    conforms: bool = Field(description="Whether the repaired record conforms.")
    counts: Counts
    patch: list[dict[str, Any]] = Field(default_factory=list, description="The JSON Patch that leads there.")


class Report(Response):
    """The report on one record."""

    source: str = Field(description="Key of the content source.")
    profile: str
    profile_version: str
    taxonomy_version: str = Field(description="The state of the vocabularies the record was held against.")
    conforms: bool = Field(description="Whether there is no result at all (sh:conforms).")
    mode: Mode
    counts: Counts
    results: list[Result] = Field(default_factory=list)
    focus_node: str = Field("", description="The record's IRI; one made from its content when it states none.")
    report_id: str = Field(description="Names record, profile and taxonomy: equal for equal ones.")
    fixed: Fixed | None = Field(None, description="The repaired record, when `fix` asks for it.")


class ValidateRecord(Request):
    """Validate one record of a source: JSON, JSON-LD, Turtle or N-Triples."""

    source: Key
    media_type: str | None = Field(None, max_length=200, description="What the record is, when it does not show.")
    own_context: bool = Field(False, description="Let the record bring an inline @context of its own.")
    fix: Literal["auto"] | None = Field(None, description="auto: answer with the repaired record, too (JSON only).")


class ValidateStream(Request):
    """Validate a stream of records, one JSON object a line; one answer a line, in order, and a summary at the end."""

    source: Key
    media_type: str | None = Field(None, max_length=200, description="application/x-ndjson.")
    own_context: bool = Field(False, description="Let records bring an inline @context of their own.")
    fix: Literal["auto"] | None = Field(None, description="auto: answer with each repaired record, too.")
    after: int = Field(0, ge=0, description="Lines that were answered before: they are passed over and not counted.")
    workers: int = Field(1, ge=1, le=64, description="Processes to work in; a server always uses one.")


VALIDATE = Operation("source.validate", ValidateRecord, Report, Need("read", "source", "source"),
                     Http("POST", "/v1/sources/{source}/validate"), "registry.services.validation:validate",
                     document=True)  # fmt: skip
STREAM = Operation("source.validate-stream", ValidateStream, Document, Need("read", "source", "source"),
                   Http("POST", "/v1/sources/{source}/validate/stream"), "registry.services.streams:validate",
                   document=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (VALIDATE, STREAM)
