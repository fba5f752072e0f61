"""Mappings in the words of SSSOM as frozen values, and the rules of the standard they must keep.

SSSOM, A Simple Standard for Sharing Ontological Mappings, version 1.1. Values hold whole IRIs; files hold CURIEs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from registry.errors import Fault, InvalidInputError
from registry.matching.header import Value

UNSPECIFIED_LICENSE = "https://w3id.org/sssom/license/unspecified"
NO_TERM_FOUND = "https://w3id.org/sssom/NoTermFound"
"""The object of a mapping that says a concept has no match; `object_source` says where it was looked for."""

SEMAPV = "https://w3id.org/semapv/vocab/"
Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One mapping with the slots of SSSOM 1.1 under their own names; "" , () and None stand for an absent slot.

    Entity references are whole IRIs. `extensions` holds columns the standard does not know, sorted by name.
    """

    subject_id: str = ""
    subject_label: str = ""
    subject_category: str = ""
    predicate_id: str = ""
    predicate_label: str = ""
    predicate_modifier: Literal["", "Not"] = ""
    object_id: str = ""
    object_label: str = ""
    object_category: str = ""
    mapping_justification: str = ""
    author_id: Texts = ()
    author_label: Texts = ()
    reviewer_id: Texts = ()
    reviewer_label: Texts = ()
    creator_id: Texts = ()
    creator_label: Texts = ()
    license: str = ""
    subject_type: str = ""
    subject_source: str = ""
    subject_source_version: str = ""
    object_type: str = ""
    object_source: str = ""
    object_source_version: str = ""
    predicate_type: str = ""
    mapping_provider: str = ""
    mapping_source: str = ""
    mapping_cardinality: str = ""
    cardinality_scope: Texts = ()
    mapping_tool: str = ""
    mapping_tool_id: str = ""
    mapping_tool_version: str = ""
    mapping_date: str = ""
    publication_date: str = ""
    review_date: str = ""
    confidence: float | None = None
    reviewer_agreement: float | None = None
    curation_rule: Texts = ()
    curation_rule_text: Texts = ()
    subject_match_field: Texts = ()
    object_match_field: Texts = ()
    match_string: Texts = ()
    subject_preprocessing: Texts = ()
    object_preprocessing: Texts = ()
    similarity_score: float | None = None
    similarity_measure: str = ""
    see_also: Texts = ()
    issue_tracker_item: str = ""
    other: str = ""
    comment: str = ""
    record_id: str = ""
    extensions: tuple[tuple[str, str], ...] = ()

    @property
    def is_negative(self) -> bool:
        """Return whether the mapping says that the two do not match in this way."""
        return self.predicate_modifier == "Not"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSet:
    """Mappings with what is said about all of them; `metadata` holds every other slot of the header as it stands."""

    mapping_set_id: str
    license: str = UNSPECIFIED_LICENSE
    mappings: tuple[Mapping, ...] = ()
    metadata: Dictionary[str, Value] = field(default_factory=dict)
    curie_map: Dictionary[str, str] = field(default_factory=dict, compare=False)


SLOTS = tuple(slot.name for slot in fields(Mapping) if slot.name != "extensions")
"""The slots of a mapping in the order of the standard, `record_id` last."""
_KINDS = {slot.name: str(slot.type) for slot in fields(Mapping)}
MANY = frozenset(name for name, kind in _KINDS.items() if kind == "Texts")
"""The slots that hold several values."""
NUMBERS = frozenset(name for name, kind in _KINDS.items() if kind.startswith("float"))
"""The slots that hold a number."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


REFERENCES = _names(
    "subject_id predicate_id object_id mapping_justification author_id reviewer_id creator_id subject_source"
    " object_source mapping_source mapping_tool_id curation_rule subject_match_field object_match_field"
    " subject_preprocessing object_preprocessing issue_tracker_item record_id"
)
"""The slots that hold entity references."""
PROPAGATED = _names(
    "subject_type subject_source subject_source_version object_type object_source object_source_version predicate_type"
    " mapping_provider cardinality_scope mapping_tool mapping_tool_id mapping_tool_version mapping_date"
    " publication_date subject_match_field object_match_field subject_preprocessing object_preprocessing"
    " similarity_measure curation_rule curation_rule_text"
)
"""The slots a header may say once for all mappings that do not say otherwise."""

_ALLOWED: Dictionary[str, Sequence[str]] = {
    "predicate_modifier": ("Not",),
    "mapping_cardinality": ("1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"),
}
_LIMITS: Dictionary[str, tuple[float, float]] = {
    "confidence": (0.0, 1.0),
    "similarity_score": (0.0, 1.0),
    "reviewer_agreement": (-1.0, 1.0),
}
_DATES = ("mapping_date", "publication_date", "review_date")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FAULTS_SHOWN = 20


def check(mapping_set: MappingSet) -> None:
    """Return when a set keeps the standard, raise InvalidInputError with what each row lacks when it does not."""
    faults = [Fault("/mapping_set_id", "is required")] if not mapping_set.mapping_set_id else []
    for place, mapping in enumerate(mapping_set.mappings):
        faults += [Fault(f"/mappings/{place}/{slot}", detail) for slot, detail in _faults(mapping)]
    faults += _record_faults(mapping_set.mappings)
    if faults:
        first = faults[0]
        raise InvalidInputError(
            f"{len(faults)} things are not as SSSOM asks; the first: {first.pointer} {first.detail}.",
            advice="Mend them at the places named and send the set again.",
            faults=faults[:_FAULTS_SHOWN],
        )


def value_of(slot: str, value: Value) -> Any:
    """Return a text or list as its slot holds it; raise InvalidInputError when it is of another kind."""
    if slot in MANY:
        return tuple(text_of(slot, text) for text in (value if isinstance(value, list) else [value]))
    text = text_of(slot, value)
    if slot not in NUMBERS:
        return text
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(
            f"The {slot} {text!r} is no number.", advice="Write it with a decimal point."
        ) from error


def text_of(slot: str, value: Value) -> str:
    """Return a value that must be one text; raise InvalidInputError when it is a list or map."""
    if not isinstance(value, str):
        raise InvalidInputError(f"The slot {slot} holds a list or map where one text belongs.")
    return value


def is_set(value: object) -> bool:
    """Return whether a slot's value says anything."""
    return value is not None and value != "" and value != ()


def propagated(mapping_set: MappingSet) -> MappingSet:
    """Return the set with what its header says for all mappings said in each, and no longer in the header."""
    common = {name: value for name, value in mapping_set.metadata.items() if name in PROPAGATED}
    given = {name: value_of(name, value) for name, value in common.items()}
    mappings = tuple(
        replace(mapping, **{name: value for name, value in given.items() if not is_set(getattr(mapping, name))})
        for mapping in mapping_set.mappings
    )
    rest = {name: value for name, value in mapping_set.metadata.items() if name not in common}
    return replace(mapping_set, mappings=mappings, metadata=rest)


def split_negatives(mapping_set: MappingSet) -> tuple[MappingSet, MappingSet]:
    """Return the set without, and one with only, the mappings that say two concepts do not match."""
    positive = tuple(mapping for mapping in mapping_set.mappings if not mapping.is_negative)
    negative = tuple(mapping for mapping in mapping_set.mappings if mapping.is_negative)
    identifier = mapping_set.mapping_set_id + "/negative"
    return replace(mapping_set, mappings=positive), replace(mapping_set, mappings=negative, mapping_set_id=identifier)


def _faults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    yield from _missing(mapping)
    for slot, allowed in _ALLOWED.items():
        value = getattr(mapping, slot)
        if value and value not in allowed:
            yield slot, f"is {value!r}; it may be {', '.join(allowed)}"
    for slot, (least, most) in _LIMITS.items():
        number = getattr(mapping, slot)
        if number is not None and not least <= number <= most:
            yield slot, f"is {number}; it must lie between {least:g} and {most:g}"
    for slot in _DATES:
        date = getattr(mapping, slot)
        if date and not _DATE.fullmatch(date):
            yield slot, f"is {date!r}; a date is written YYYY-MM-DD"
    for slot in MANY:
        if any(not text or text.endswith("\\") for text in getattr(mapping, slot)):
            yield slot, "holds an empty value, or one that ends with a backslash"


def _missing(mapping: Mapping) -> Iterator[tuple[str, str]]:
    needed = ["predicate_id", "mapping_justification"]
    needed.append("subject_label" if mapping.subject_type == "rdfs literal" else "subject_id")
    needed.append("object_label" if mapping.object_type == "rdfs literal" else "object_id")
    yield from ((slot, "is required") for slot in needed if not getattr(mapping, slot))
    reviewed = mapping.review_date or mapping.reviewer_agreement is not None
    if reviewed and not (mapping.reviewer_id or mapping.reviewer_label):
        yield "reviewer_id", "is required with a review_date or reviewer_agreement"


def _record_faults(mappings: Sequence[Mapping]) -> list[Fault]:
    identifiers = Counter(mapping.record_id for mapping in mappings)
    if identifiers[""] == len(mappings):
        return []
    return [
        Fault(f"/mappings/{place}/record_id", "must be on all rows or none, each another")
        for place, mapping in enumerate(mappings)
        if identifiers[mapping.record_id] > 1 or not mapping.record_id
    ]
