"""Judging suggestions in bulk: blind samples and what they teach, whole bands accepted, no match found."""

from __future__ import annotations

from pydantic import Field

from registry.contract.mappings import MatchedLabel
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


class BlindCandidate(Response):
    """A suggested pair of a random sample; its score is to be kept from whoever judges."""

    subject: str
    subject_label: str
    subject_definition: str | None = None
    object: str
    object_label: str
    object_definition: str | None = None
    subject_match: MatchedLabel
    object_match: MatchedLabel
    score: float = Field(description="To be sent back with the judgement, and not shown before.")


class BlindSample(Response):
    """A random sample of the best suggestions in a band, in an order that does not betray their score."""

    candidates: list[BlindCandidate]
    population: int = Field(description="Suggestions in the band that nobody has decided.")
    judged: int = Field(description="Pairs of the band that were judged before.")


class BandEstimate(Response):
    """How often suggestions of a band are right."""

    low: float
    high: float
    judged: int
    correct: int
    expected: float = Field(description="Mean of a beta-binomial posterior.")
    at_worst: float = Field(description="The least share that is right, with 95 % assurance (Clopper-Pearson).")


class Calibration(Response):
    """What scores have turned out to mean between two vocabularies."""

    bands: list[BandEstimate]
    judged: int


class JudgementWritten(Written):
    """The band after a judgement."""

    band: BandEstimate


class BandAccepted(Written):
    """What accepting a band came to."""

    accepted: int
    left_out: int = Field(description="Not accepted: judged wrong, or in contradiction to what stands.")
    band: BandEstimate
    reasons: list[str] = Field(default_factory=list, description="Why some were left out; the first few.")


class NoMatchWritten(Written):
    """The finding that a vocabulary holds no match for a concept."""

    iri: str
    concept: str
    scheme: str


class SampleMappings(Request):
    """Draw a random sample of a band of suggestions, to be judged without its score in view."""

    scheme: Key = Field(description="The vocabulary of the subjects.")
    other: Key = Field(description="The vocabulary of the objects.")
    low: float = Field(0.0, ge=0.0, le=1.0, description="Where the band begins.")
    high: float = Field(1.0, ge=0.0, le=1.0, description="Where it ends; 1 is within.")
    sample: int = Field(50, ge=1, le=1_000, description="How many to draw.")
    seed: str = Field("", max_length=200, description="Another seed draws another sample.")


class ShowCalibration(Request):
    """Show what scores have turned out to mean between two vocabularies."""

    scheme: Key = Field(description="The vocabulary of the subjects.")
    other: Key = Field(description="The vocabulary of the objects.")


class JudgeMapping(Request):
    """Judge a pair of a random sample; confidence between the two vocabularies is learnt from it."""

    subject: Reference
    object: Reference
    score: float = Field(ge=0.0, le=1.0, description="The score that the sample gave with the pair.")
    correct: bool = Field(description="Whether the two are the same.")


class AcceptBand(Request):
    """Accept a whole band of suggestions, when judged samples prove that it is right often enough."""

    scheme: Key = Field(description="The vocabulary of the subjects.")
    other: Key = Field(description="The vocabulary of the objects.")
    low: float = Field(ge=0.0, le=1.0, description="Where the band begins.")
    high: float = Field(1.0, ge=0.0, le=1.0, description="Where it ends; 1 is within.")
    target: float = Field(
        0.95, gt=0.0, lt=1.0, description="The least share that has to be right, with 95 % assurance."
    )


class NoMatch(Request):
    """Record that a vocabulary holds no match for a concept; it is no longer offered any there."""

    concept: Reference
    scheme: Key = Field(description="The vocabulary that was searched.")
    reason: NonEmptyStr | None = None


_SERVICE = "registry.services.mapping_audit"

SAMPLE = Operation("mapping.sample", SampleMappings, BlindSample, Need("read"),
                   Http("GET", "/v1/mappings/sample"), f"{_SERVICE}:sample")  # fmt: skip
CALIBRATION = Operation("mapping.calibration", ShowCalibration, Calibration, Need("read"),
                        Http("GET", "/v1/mappings/calibration"), f"{_SERVICE}:calibration")  # fmt: skip
JUDGE = Operation("mapping.judge", JudgeMapping, JudgementWritten, Need("approve", "anything"),
                  Http("POST", "/v1/mappings/judge"), f"{_SERVICE}:judge", writes=True)  # fmt: skip
ACCEPT_BAND = Operation("mapping.accept-band", AcceptBand, BandAccepted, Need("approve", "anything"),
                        Http("POST", "/v1/mappings/accept-band"), "registry.services.mapping_bands:accept_band",
                        writes=True, optimistic=True)  # fmt: skip
NO_MATCH = Operation("mapping.no-match", NoMatch, NoMatchWritten, Need("propose", "anything"),
                     Http("POST", "/v1/mappings/no-match"), "registry.services.no_match:no_match",
                     writes=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (SAMPLE, CALIBRATION, JUDGE, ACCEPT_BAND, NO_MATCH)
