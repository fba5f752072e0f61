"""Quality of content sources over time: what submitted records showed, day by day, and what moved."""

from __future__ import annotations

from pydantic import Field

from registry.contract.operation import AnyOperation, Http, Key, Need, Operation, Request, Response


class DayMeasure(Response):
    """One day's value of a series."""

    day: str = Field(description="The day (UTC).")
    value: float = Field(description="From 0 to 1; for volume a number of records.")
    total: int = Field(description="How many were looked at.")


class QualitySeries(Response):
    """A dimension of a property over time (dqv:QualityMeasurement)."""

    property: str = Field(description="IRI of the property; empty for whole records.")
    dimension: str = Field(description="completeness, conformance, uniqueness, volume or use-….")
    value: float = Field(description="Over the whole period.")
    days: list[DayMeasure] = Field(default_factory=list, description="By day.")


class MovedValue(Response):
    """A value that has become more or less frequent."""

    value: str
    before: float = Field(description="Its share in the days before.")
    now: float = Field(description="Its share on the newest day.")


class Drift(Response):
    """How the values of a property on the newest day differ from those of the days before."""

    property: str = Field(description="IRI of the property.")
    index: float | None = Field(None, description="Population stability index; none below 200 values on a side.")
    drifted: bool = Field(description="Whether the index is above 0.2.")
    counted: int = Field(description="Values of the newest day.")
    moved: list[MovedValue] = Field(default_factory=list, description="The values that moved most.")


class TermUse(Response):
    """A term that a source does not use as it should."""

    property: str = Field(description="IRI of the property.")
    term: str
    use: str = Field(description="unknown, deprecated or ambiguous.")
    count: int


class Requirement(Response):
    """A minimum requirement and whether it is met."""

    dimension: str
    minimum: float = Field(description="From 0 to 1.")
    value: float | None = Field(None, description="The lowest value of any property; none when it was not measured.")
    met: bool = Field(description="Whether the value is at least the minimum.")


class Quality(Response):
    """The quality of a source's submitted records."""

    source: str = Field(description="Key of the content source.")
    since: str = Field(description="The first day looked at.")
    last_day: str | None = Field(None, description="The newest day with records.")
    silent_days: int | None = Field(None, description="Days since then; none when it never sent a record.")
    series: list[QualitySeries] = Field(default_factory=list, description="By property and dimension.")
    drift: list[Drift] = Field(default_factory=list, description="Properties whose values can be compared.")
    terms: list[TermUse] = Field(default_factory=list, description="Unknown, deprecated and ambiguous terms.")
    requirements: list[Requirement] = Field(default_factory=list, description="What was asked for as a minimum.")
    met: bool = Field(True, description="Whether every minimum is met.")


class ShowQuality(Request):
    """Show the quality of a source's submitted records over time, with drift and minimum requirements."""

    source: Key
    days: int = Field(30, ge=1, le=366, description="How many days to look back.")
    minimum: tuple[str, ...] = Field((), max_length=20, description="DIMENSION=SHARE, such as completeness=0.95.")


SHOW = Operation("source.quality", ShowQuality, Quality, Need("read", "source", "source"),
                 Http("GET", "/v1/sources/{source}/quality"), "registry.services.quality:show")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (SHOW,)
