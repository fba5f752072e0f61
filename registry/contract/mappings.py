"""Mappings between vocabularies: suggested by matching, agreed by both departments, remembered when rejected."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from registry.contract.operation import (
    AnyOperation,
    Document,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Page,
    Reference,
    Request,
    Response,
    Written,
)

Predicate = Literal["exact", "close", "broad", "narrow", "related"]
State = Literal["suggested", "one_sided", "approved", "needs_review", "rejected", "unsure", "withdrawn"]
Mismatch = Literal["homonym", "broader", "narrower", "sibling", "part", "facet", "unit", "scope", "unclear", "other"]
"""In which way two concepts that look alike are not the same."""


class Mapping(Response):
    """A mapping: from one vocabulary's concept to another's, in SSSOM's words, and how far it has come."""

    iri: str
    subject_id: str
    subject_label: str
    subject: str = Field(description="The subject as people type it: SCHEME/LOCAL.")
    predicate_id: str = Field(description="`skos:exactMatch`, `skos:closeMatch`, …")
    object_id: str
    object_label: str
    object: str = Field(description="The object as people type it: SCHEME/LOCAL.")
    state: State = Field(description="`needs_review`: agreed, but a label or definition of an end changed since.")
    confidence: float | None = None
    mapping_justification: str
    approved_by_subject_side: str | None = Field(None, description="Handle of who approved for the subject's side.")
    approved_by_object_side: str | None = Field(None, description="Handle of who approved for the object's side.")
    waiting_for: list[str] = Field(default_factory=list, description="Vocabularies whose side has yet to approve.")
    rejected_by: str | None = None
    rejection_reason: str | None = None
    mismatch: Mismatch | None = Field(None, description="In which way the two differ, when they were rejected.")


class Mappings(Response):
    """Mappings in view, by their subjects."""

    mappings: list[Mapping]
    total: int = Field(description="How many there are over all pages.")
    next: str | None = None


class MappingWritten(Written):
    """A mapping after a change."""

    mapping: Mapping


class MatchedLabel(Response):
    """A label that took part in a match."""

    text: str
    language: str = ""
    kind: str


class Competing(Response):
    """Another object considered for the same subject."""

    object_id: str
    object_label: str
    confidence: float


class Evidence(Response):
    """Why a pair is suggested: matched labels, rule, similarities, neighbours, competitors, warnings."""

    subject_match: MatchedLabel
    object_match: MatchedLabel
    rule: str
    similarity: dict[str, float]
    structure: float | None = Field(None, description="Agreement of the neighbours mapped so far, 0 to 1.")
    context: dict[str, float] = Field(
        default_factory=dict, description="What speaks for it beyond the labels, 0 to 1: definitions, fields, votes."
    )
    margin: float = Field(description="Lead over the next best; negative when it is not the best.")
    token_rules: list[str] = Field(default_factory=list)
    competing: list[Competing] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    subject_definition: str | None = None
    object_definition: str | None = None
    subject_broader: list[str] = Field(default_factory=list, description="Labels of the concepts above the subject.")
    object_broader: list[str] = Field(default_factory=list, description="Labels of the concepts above the object.")
    subject_siblings: list[str] = Field(default_factory=list, description="Labels of concepts beside the subject.")
    object_siblings: list[str] = Field(default_factory=list, description="Labels of concepts beside the object.")


class Candidate(Response):
    """A suggested mapping, in SSSOM's words."""

    subject_id: str
    subject_label: str
    subject: str
    object_id: str
    object_label: str
    object: str
    predicate_id: str
    confidence: float = Field(description="How often such pairs are right, learnt from audits; the score without any.")
    score: float = Field(description="How alike the two look, 0 to 1.")
    priority: float = Field(0.0, description="Debt removed × use × confidence, by which the queue is ordered.")
    evidence: Evidence


class Candidates(Response):
    """Suggested mappings between two vocabularies, the most confident first."""

    candidates: list[Candidate]
    total: int = Field(description="How many reach the asked confidence; `candidates` holds the first of them.")
    passed_over: int = Field(0, description="Pairs not offered because they are mapped or rejected already.")
    judged: int = Field(0, description="Audited pairs from which `confidence` is learnt.")
    common_languages: list[str] = Field(default_factory=list)


class ListMappings(Page):
    """List mappings, of one vocabulary or between two."""

    scheme: Key | None = Field(None, description="One end lies in this vocabulary.")
    other: Key | None = Field(None, description="The other end lies in that vocabulary.")
    state: State | None = Field(None, description="Only mappings in this state.")


class SuggestMappings(Request):
    """Suggest mappings between two vocabularies, each with its evidence."""

    scheme: Key = Field(description="The vocabulary of the subjects.")
    other: Key = Field(description="The vocabulary of the objects.")
    limit: int = Field(50, ge=1, le=10_000, description="How many at most.")
    min_confidence: float = Field(0.5, ge=0.0, le=1.0, description="Leave out what scores less.")
    order: Literal["confidence", "queue"] = Field(
        "confidence", description="`queue`: by debt removed × use × confidence, the best object of each subject only."
    )


class AddMapping(Request):
    """Put a mapping forward; each side's approver approves it afterwards."""

    subject: Reference
    object: Reference
    predicate: Predicate = "exact"
    confidence: float | None = Field(None, ge=0.0, le=1.0)
    reason: NonEmptyStr | None = None
    reconsider: bool = Field(False, description="Put it forward although it was rejected.")


class _Named(Request):
    """A mapping, by its IRI or by its two concepts."""

    subject: Reference | None = None
    object: Reference | None = None
    mapping: Reference | None = Field(None, description="The mapping's IRI or short id, instead of subject and object.")

    @model_validator(mode="after")
    def _one_way(self) -> _Named:
        pair = (self.subject is not None, self.object is not None)
        if pair not in ((True, True), (False, False)) or all(pair) == (self.mapping is not None):
            raise ValueError("name the mapping by `subject` and `object`, or by `mapping` alone")
        return self


class ApproveMapping(_Named):
    """Approve a mapping for every side you may approve for; it holds once both sides have."""

    predicate: Predicate | None = Field(None, description="`exact` unless the mapping says otherwise.")
    confidence: float | None = Field(None, ge=0.0, le=1.0)
    reason: NonEmptyStr | None = None
    reconsider: bool = Field(False, description="Approve it although it was rejected.")


class RejectMapping(_Named):
    """Reject a mapping, or a suggested pair; it is remembered and not offered again."""

    reason: NonEmptyStr
    mismatch: Mismatch | None = Field(None, description="In which way the two differ.")
    predicate: Predicate | None = Field(None, description="`exact` unless the mapping says otherwise.")


class UnsureMapping(_Named):
    """Leave a pair open that one cannot tell; it is not offered again until an end changes."""

    reason: NonEmptyStr | None = None
    predicate: Predicate | None = Field(None, description="`exact` unless the mapping says otherwise.")


class WithdrawMapping(_Named):
    """Take a mapping back."""

    reason: NonEmptyStr | None = None
    predicate: Predicate | None = Field(None, description="Which one, where the two concepts have several.")


class ExportMappings(Request):
    """Export the approved mappings between two vocabularies as SSSOM, JSKOS or RDF.

    The subject is always of `scheme`; a mapping that was made the other way round is turned, with its predicate.
    """

    scheme: Key
    other: Key
    negatives: bool = Field(False, description="The rejected ones instead, as negated mappings.")
    state: State | None = Field(None, description="The ones in this state instead of the approved ones.")
    format: Literal["sssom", "sssom-json", "jskos", "rdf"] = "sssom"


class Band(Response):
    """Selected candidates of one band of confidence."""

    at_least: float
    below: float
    candidates: int
    correct: int
    precision: float | None = None


class Evaluation(Response):
    """How suggestions compare with mappings known to be right."""

    precision: float
    recall: float
    f1: float
    recall_at: dict[int, float] = Field(description="Share of the gold among the first k of each subject.")
    threshold: float
    bands: list[Band]
    selected: int
    correct: int
    gold: int
    gold_unknown: int = Field(0, description="Gold pairs with an end in neither vocabulary; they count as missed.")
    subjects: int = Field(description="Concepts of the first vocabulary.")
    objects: int = Field(description="Concepts of the second.")
    cpu_seconds: float
    peak_mb: float


_SERVICE = "registry.services.mappings"

LIST = Operation("mapping.list", ListMappings, Mappings, Need("read"),
                 Http("GET", "/v1/mappings"), f"{_SERVICE}:find")  # fmt: skip
SUGGEST = Operation("mapping.suggest", SuggestMappings, Candidates, Need("read"),
                    Http("GET", "/v1/mappings/suggestions"), "registry.services.suggestions:suggest")  # fmt: skip
ADD = Operation("mapping.add", AddMapping, MappingWritten, Need("propose", "anything"),
                Http("POST", "/v1/mappings"), f"{_SERVICE}:add", writes=True)  # fmt: skip
APPROVE = Operation("mapping.approve", ApproveMapping, MappingWritten, Need("approve", "anything"),
                    Http("POST", "/v1/mappings/approve"), f"{_SERVICE}:approve", writes=True)  # fmt: skip
REJECT = Operation("mapping.reject", RejectMapping, MappingWritten, Need("approve", "anything"),
                   Http("POST", "/v1/mappings/reject"), f"{_SERVICE}:reject", writes=True)  # fmt: skip
UNSURE = Operation("mapping.unsure", UnsureMapping, MappingWritten, Need("propose", "anything"),
                   Http("POST", "/v1/mappings/unsure"), f"{_SERVICE}:unsure", writes=True)  # fmt: skip
WITHDRAW = Operation("mapping.withdraw", WithdrawMapping, MappingWritten, Need("approve", "anything"),
                     Http("POST", "/v1/mappings/withdraw"), f"{_SERVICE}:withdraw", writes=True)  # fmt: skip
EXPORT = Operation("mapping.export", ExportMappings, Document, Need("read"),
                   Http("GET", "/v1/mappings/export"), "registry.services.mapping_export:export")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (LIST, SUGGEST, ADD, APPROVE, REJECT, UNSURE, WITHDRAW, EXPORT)
