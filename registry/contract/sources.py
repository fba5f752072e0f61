"""Content sources: systems that send records, and what their fields mean."""

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
    Reference,
    Request,
    Response,
    Written,
)

Mode = Literal["observe", "warn", "enforce"]
"""What happens to a record that does not conform; it never changes a result's severity."""


class Source(Response):
    """A content source: a system that sends records."""

    key: str
    iri: str
    title: str
    owner: str = Field(description="Key of the department that answers for it.")
    profile: str | None = Field(None, description="The profile its records have to meet.")
    mode: Mode = "observe"
    record_class: str = Field("", description="The class of a record that states none.")
    vocabularies: list[str] = Field(default_factory=list, description="Keys of the vocabularies its values come from.")
    fields: int = Field(0, description="Fields that its context gives a meaning.")
    context: dict[str, Any] | None = Field(None, description="Its JSON-LD context; in `source show` only.")
    version: int = 0


class Sources(Response):
    """All content sources, by key."""

    sources: list[Source]


class SourceWritten(Written):
    """A content source after a change."""

    source: Source


class RegisterSource(Request):
    """Register a content source: its owner, what its fields mean, the profile its records have to meet."""

    key: Key = Field(description="Its key: a lower-case letter, then lower-case letters, digits, hyphens.")
    owner: Key = Field(description="Key of the department that answers for it.")
    title: NonEmptyStr = Field(description="A title that people recognise.")
    context: dict[str, Any] = Field(description="Its JSON-LD context, written out; nothing is ever fetched.")
    profile: NonEmptyStr = Field("document", description="The profile its records have to meet.")
    vocabularies: tuple[Key, ...] = Field((), max_length=100, description="Keys of the vocabularies it cites.")
    mode: Mode = Field("warn", description="observe, warn or enforce.")
    type: Reference = Field(
        "https://w3id.org/lexicord/ns#Document", description="IRI of the class of a record that states none."
    )


class ListSources(Request):
    """List the content sources."""


class ShowSource(Request):
    """Show a content source with its context."""

    source: Key


class InferredField(Response):
    """What a sample says of one field, for an engineer to correct."""

    field: str = Field(description="Its name, as the source spells it.")
    property: str = Field(description="IRI of the property it stands for, or @id, @type.")
    value_type: str | None = Field(None, description="Datatype's IRI, @id for references, @language for a map.")
    languages: list[str] = Field(default_factory=list, description="Languages of its texts.")
    several: bool = Field(False, description="Whether a record may have several values.")
    present: float = Field(description="Share of records that have it, from 0 to 1.")
    vocabulary: str | None = Field(None, description="Key of the vocabulary that most values are found in.")
    vocabularies: list[str] = Field(default_factory=list, description="Keys of all vocabularies they are found in.")
    bound_by: Literal["IRI", "label"] | None = Field(None, description="What its values are of that vocabulary.")
    bound: float = Field(0.0, description="Share of distinct values that are found in a vocabulary, from 0 to 1.")
    reference_keys: list[str] = Field(default_factory=list, description="Members that stand for @id in its objects.")
    values: list[str] = Field(default_factory=list, description="The value list, when there are few that recur.")
    confidence: float = Field(description="From 0 to 1.")
    evidence: str = Field(description="What the sample shows, in words.")


class SourceInference(Response):
    """A content source inferred from a sample: context, vocabularies and a first profile."""

    key: str
    records: int = Field(description="Records of the sample.")
    type: str = Field(description="The class of a record that states none.")
    fields: list[InferredField]
    vocabularies: list[str] = Field(default_factory=list, description="Keys of the vocabularies whose IRIs it cites.")
    context: dict[str, Any] = Field(description="Its JSON-LD context.")
    profile: str = Field(description="A first profile in Turtle: what the sample shows as a rule.")


class InferSource(Request):
    """Infer a content source from a sample: what its fields mean, where values come from, a first profile."""

    key: Key = Field(description="The key it will have.")
    type: Reference = Field(
        "https://w3id.org/lexicord/ns#Document", description="IRI of the class of a record that states none."
    )
    media_type: str | None = Field(None, max_length=200, description="Taken for what it is: NDJSON, JSON or CSV.")


class ReviseSource(Request):
    """Revise a content source: what happens to records that do not conform, or which profile they must meet."""

    source: Key
    mode: Mode | None = Field(None, description="observe, warn or enforce.")
    profile: NonEmptyStr | None = Field(None, description="The profile its records have to meet.")


class AcknowledgeProfile(Request):
    """Acknowledge the newest version of a source's profile before its notice period ends."""

    source: Key


REGISTER = Operation("source.register", RegisterSource, SourceWritten, Need("edit", "department", "owner"),
                     Http("POST", "/v1/sources"), "registry.services.sources:register", writes=True)  # fmt: skip
LIST = Operation("source.list", ListSources, Sources, Need("read"),
                 Http("GET", "/v1/sources"), "registry.services.sources:find")  # fmt: skip
SHOW = Operation("source.show", ShowSource, Source, Need("read", "source", "source"),
                 Http("GET", "/v1/sources/{source}"), "registry.services.sources:show")  # fmt: skip

REVISE = Operation("source.revise", ReviseSource, SourceWritten, Need("edit", "source", "source"),
                   Http("PATCH", "/v1/sources/{source}"), "registry.services.sources:revise", writes=True)  # fmt: skip
ACKNOWLEDGE = Operation("source.acknowledge", AcknowledgeProfile, SourceWritten, Need("edit", "source", "source"),
                        Http("POST", "/v1/sources/{source}/acknowledge"), "registry.services.sources:acknowledge",
                        writes=True)  # fmt: skip

INFER = Operation("source.infer", InferSource, SourceInference, Need("read"),
                  Http("POST", "/v1/sources/infer"), "registry.services.inference:infer",
                  document=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (REGISTER, INFER, LIST, SHOW, REVISE, ACKNOWLEDGE)
