"""What follows from mappings, and where they contradict each other; computed, never stored."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    Operation,
    Page,
    Request,
    Response,
)

Fault = Literal[
    "two_in_one_clique",
    "exact_and_other",
    "broader_cycle",
    "contradicts_rejection",
    "maps_to_itself",
    "unknown_end",
    "deprecated_end",
]


class Step(Response):
    """A mapping on a path."""

    subject: str
    subject_label: str
    predicate_id: str
    object: str
    object_label: str
    negative: bool = Field(False, description="It says that the two do not match.")


class InferredMapping(Response):
    """A mapping that follows from approved ones; it falls when one of them does."""

    subject: str
    subject_label: str
    predicate_id: str
    object: str
    object_label: str
    mapping_justification: Literal["MappingChaining", "MappingInversion"]
    path: list[Step] = Field(description="The mappings it stands on, in order.")


class InferredMappings(Response):
    """What follows from the mappings in view, by subjects."""

    mappings: list[InferredMapping]
    total: int = Field(description="How many there are over all pages.")
    next: str | None = None


class IncoherentMappings(Response):
    """Mappings that cannot all be right."""

    kind: Fault
    concepts: list[str]
    message: str
    path: list[Step]


class MappingCheck(Response):
    """Where mappings contradict each other, their vocabularies, or what was rejected."""

    results: list[IncoherentMappings]
    counts: dict[str, int]
    mappings: int = Field(description="How many mappings were looked at.")


class InferMappings(Page):
    """Infer mappings from approved ones: chains of up to three with at most one that is not exact, and inversions."""

    scheme: Key | None = Field(None, description="The subject lies in this vocabulary.")
    other: Key | None = Field(None, description="The object lies in that vocabulary.")
    weak: bool = Field(False, description="Let close and related mappings take part.")


class CheckMappings(Request):
    """Check that mappings can all be right together."""

    scheme: Key | None = Field(None, description="Only contradictions that concern this vocabulary.")
    other: Key | None = Field(None, description="And that one.")


INFER = Operation("mapping.infer", InferMappings, InferredMappings, Need("read"),
                  Http("GET", "/v1/mappings/inferred"), "registry.services.mapping_reasoning:infer")  # fmt: skip
CHECK = Operation("mapping.check", CheckMappings, MappingCheck, Need("read"),
                  Http("GET", "/v1/mappings/check"), "registry.services.mapping_reasoning:check")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (INFER, CHECK)
