"""SSSOM's slots on a mapping's node: those that no other part of the registry speaks for are kept as they came."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Any

from pyoxigraph import Literal, NamedNode

from registry.errors import InvalidInputError
from registry.matching.mapping_set import MANY, NUMBERS, REFERENCES, SLOTS, Mapping, is_set
from registry.rdf.terms import SSSOM, XSD, named_node
from registry.store.quads import Description, Value

OURS = frozenset({
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_id", "mapping_date", "confidence", "record_id",
})  # fmt: skip
"""The slots that the registry writes itself."""
REVIEWED = frozenset({"reviewer_id", "reviewer_label", "reviewer_agreement", "comment"})
"""The slots that a decision taken here fills."""
KEPT = tuple(slot for slot in SLOTS if slot not in OURS)
_PREDICATES: Dictionary[str, NamedNode] = {slot: SSSOM[slot] for slot in KEPT}


def slot_values(row: Mapping) -> Iterator[tuple[NamedNode, Value]]:
    """What a row says beyond the registry's own slots; InvalidInputError for a reference that is no IRI."""
    for slot in KEPT:
        value = getattr(row, slot)
        if is_set(value):
            yield from ((_PREDICATES[slot], _term(slot, text)) for text in (value if slot in MANY else (value,)))


def author_values(row: Mapping) -> list[Value]:
    """The authors of a row, as IRIs."""
    return [named_node(author) for author in row.author_id]


def with_slots(row: Mapping, said: Description) -> Mapping:
    """A row with what its node keeps; of reviews the registry's own are told where there are any."""
    kept = {slot: said[_PREDICATES[slot]] for slot in KEPT if _PREDICATES[slot] in said}
    values: dict[str, Any] = {
        slot: _value(slot, terms)
        for slot, terms in kept.items()
        if slot not in REVIEWED or not is_set(getattr(row, slot))
    }
    return replace(row, **values)


def _term(slot: str, value: object) -> Value:
    if slot in NUMBERS:
        return Literal(str(value), datatype=XSD.decimal)
    if slot in REFERENCES:
        try:
            return named_node(str(value))
        except InvalidInputError:
            return Literal(str(value))
    return Literal(str(value))


def _value(slot: str, terms: tuple[Value, ...]) -> object:
    if slot in NUMBERS:
        return float(terms[0].value)
    return tuple(term.value for term in terms) if slot in MANY else terms[0].value
