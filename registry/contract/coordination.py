"""Coordination: the arithmetic of integration, and how much of it the registry covers."""

from __future__ import annotations

from pydantic import Field

from registry.contract.operation import AnyOperation, Http, Need, Operation, Request, Response


class ModelCoordination(Request):
    """Count the integration points of departments, use cases and content sources."""

    departments: int = Field(ge=0, le=1_000_000)
    use_cases: int = Field(ge=0, le=1_000_000)
    sources: int = Field(ge=0, le=1_000_000)
    relevance: float | None = Field(
        None, ge=0.0, le=1.0, description="Share of sources a use case touches; 1 up to two sources, else 0.4."
    )


class IntegrationPoints(Response):
    """The integration points, each sum with the formula it comes from."""

    departments: int
    use_cases: int
    sources: int
    relevance: float
    alignment_pairs: int = Field(description="Pairs of departments that have to agree on terms.")
    source_pairs: int = Field(description="Pairs of sources whose schemas may conflict.")
    use_case_points: int = Field(description="Points at which use cases meet sources.")
    governance_touchpoints: int = Field(description="Points at which departments have a say in use cases.")
    total: int
    with_hub: int = Field(description="Alignments that remain when every department maps to one hub.")
    formulas: dict[str, str]


class Age(Response):
    """Conflicts of one age."""

    age: str = Field(description="`this week`, `this month`, `this quarter` or `older`.")
    conflicts: int


class PairCoverage(Response):
    """Two departments: the concepts both use, and how far they agree on them.

    A concept both use is one for which the two have a label in common, an open or settled conflict, or a mapping.
    """

    one: str
    other: str
    shared: int = Field(description="Meanings both use: agreed, disputed, settled as different, or untouched.")
    agreed: int = Field(description="Joined by exact mappings approved by both sides, directly or through a hub.")
    through_hub: int = Field(0, description="Of these, joined through a hub.")
    disputed: int = Field(
        0, description="People are at it: an assigned or contested conflict, or a mapping not yet agreed by both sides."
    )
    different: int = Field(
        0, description="Settled as not the same: a decided conflict, a rejected mapping, or one that is not exact."
    )
    untouched: int = Field(0, description="A label in common or a conflict found, and nobody has looked at it.")
    coverage: float | None = Field(None, description="Agreed or accepted as different, of all shared; none when 0.")


class CoordinationReport(Response):
    """How much of the integration arithmetic is covered, over what the asker may see."""

    departments: int
    departments_with_vocabulary: int = Field(description="Those that own a department vocabulary: they have to agree.")
    sources: int
    sources_bound: int = Field(description="Sources with a profile and a vocabulary.")
    points: IntegrationPoints
    pairs: list[PairCoverage] = Field(description="Pairs of departments with vocabularies, least covered first.")
    pairs_without_overlap: int = Field(0, description="Pairs that share nothing yet.")
    shared: int
    agreed: int
    disputed: int
    different: int
    untouched: int
    coverage: float | None = None
    open_conflicts: int
    ages: list[Age]
    mappings: dict[str, int] = Field(default_factory=dict, description="Mappings in each state.")


class ReportCoordination(Request):
    """Report how much of the integration arithmetic is covered."""


MODEL = Operation("coordination.model", ModelCoordination, IntegrationPoints, Need("read"),
                  Http("GET", "/v1/coordination/model"), "registry.services.integration_points:model")  # fmt: skip
REPORT = Operation("coordination.report", ReportCoordination, CoordinationReport, Need("read"),
                   Http("GET", "/v1/coordination"), "registry.services.coordination:report")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (MODEL, REPORT)
