"""Mappings from files: every row put forward, or left out with its line and the reason."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from registry.contract.operation import AnyOperation, Http, Need, Operation, Request, Response, Written


class LeftOut(Response):
    """A row of a file that did not become a mapping."""

    line: int = Field(description="Where it stands in the file (in JSON and XML: which it is, from one).")
    subject_id: str
    object_id: str
    reason: str


class MappingsImported(Written):
    """What became of every row of a file."""

    rows: int
    suggested: int = Field(0, description="Put forward.")
    rejected: int = Field(0, description="On record as not matching.")
    unsure: int = Field(0, description="On record as looked at without a result (reviewer_agreement 0).")
    no_match: int = Field(0, description="Concepts without a match (sssom:NoTermFound).")
    unchanged: int = Field(0, description="Stood already.")
    left_out: list[LeftOut] = Field(default_factory=list)


class FileMapping(Response):
    """A mapping of a file that the other file holds otherwise or not at all."""

    subject_id: str
    predicate_id: str
    object_id: str
    negative: bool = Field(False, description="It says that the two do not match.")
    changed: dict[str, list[str]] = Field(
        default_factory=dict, description="Slots that differ, each with its value before and after."
    )


class MappingDifference(Response):
    """How two files of mappings differ."""

    added: list[FileMapping]
    removed: list[FileMapping]
    changed: list[FileMapping]


class ImportMappings(Request):
    """Import mappings from SSSOM (TSV, JSON), JSKOS or the Alignment API; each row is put forward or left out."""

    format: Literal["sssom", "sssom-json", "jskos", "alignment"] | None = Field(
        None, description="Told from the document when left away."
    )


IMPORT = Operation("mapping.import", ImportMappings, MappingsImported, Need("propose", "anything"),
                   Http("POST", "/v1/mappings/import"), "registry.services.mapping_import:import_mappings",
                   writes=True, document=True, optimistic=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (IMPORT,)
