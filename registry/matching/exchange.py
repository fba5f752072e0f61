"""Mapping sets as files: SSSOM in TSV or JSON, JSKOS, the Alignment API, told from one another by what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import Literal

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching.alignment import read_alignment
from registry.matching.jskos import from_jskos, to_jskos
from registry.matching.mapping_set import SEMAPV, SLOTS, Mapping, MappingSet, is_set
from registry.matching.prefixes import expand
from registry.matching.sssom import from_json, from_tsv, to_json, to_tsv

Format = Literal["sssom", "sssom-json", "jskos", "alignment"]
Triple = tuple[str, str, str, str]
_READERS = {"sssom": from_tsv, "sssom-json": from_json, "jskos": from_jskos}
_WRITERS = {"sssom": to_tsv, "sssom-json": to_json, "jskos": to_jskos}


@dataclass(frozen=True, slots=True)
class Changed:
    """A mapping that two sets hold with different values: slot to before and after."""

    mapping: Mapping
    slots: Dictionary[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class SetDifference:
    """What one set holds and the other does not, and what both hold with different values."""

    added: tuple[Mapping, ...]
    removed: tuple[Mapping, ...]
    changed: tuple[Changed, ...]


def format_of_mappings(text: str) -> Format:
    """Return the format a text is in: XML is an alignment, JSON is SSSOM when it says so, anything else SSSOM TSV."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        return "alignment"
    if start in ("{", "["):
        return "sssom-json" if _says_sssom(text) else "jskos"
    return "sssom"


def read_mappings(text: str, format_name: Format | None = None) -> MappingSet:
    """Return the mapping set of a text; raise what its reader raises, with the line where it has one."""
    chosen = format_name or format_of_mappings(text)
    if chosen == "alignment":
        return _from_alignment(text)
    if chosen not in _READERS:
        raise InvalidInputError(f"There is no format {chosen!r}.", advice="Send SSSOM, JSKOS or an alignment.")
    return _READERS[chosen](text)


def write_mappings(mapping_set: MappingSet, format_name: Literal["sssom", "sssom-json", "jskos"]) -> str:
    """Return the set as a text."""
    return _WRITERS[format_name](mapping_set)


def line_of(text: str, place: int) -> int:
    """Return the line, from one, on which the mapping at a place of an SSSOM TSV begins; else its number, from one."""
    if format_of_mappings(text) != "sssom":
        return place + 1
    lines = text.split("\n")
    height = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return height + 2 + place


def difference(before: MappingSet, after: MappingSet) -> SetDifference:
    """Return how two sets differ; mappings are the same when subject, predicate, modifier and object are."""
    ours, theirs = ({_key(one): one for one in several.mappings} for several in (before, after))
    shared = [(ours[key], theirs[key]) for key in sorted(ours.keys() & theirs.keys())]
    changed = [(new, _slots(old, new)) for old, new in shared]
    return SetDifference(
        added=tuple(theirs[key] for key in sorted(theirs.keys() - ours.keys())),
        removed=tuple(ours[key] for key in sorted(ours.keys() - theirs.keys())),
        changed=tuple(Changed(new, slots) for new, slots in changed if slots),
    )


def _slots(old: Mapping, new: Mapping) -> dict[str, tuple[object, object]]:
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in (*SLOTS, "extensions")}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and any(map(is_set, pair))}


def _key(one: Mapping) -> Triple:
    return one.subject_id, one.predicate_id, one.predicate_modifier, one.object_id


def _says_sssom(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SyntaxFaultError(f"The document is no JSON: {error}.", advice="Send SSSOM or JSKOS as JSON.") from error
    if not isinstance(document, dict):
        return False
    held = document.get("mappings")
    first = held[0] if isinstance(held, list) and held else {}
    return "mapping_set_id" in document or (isinstance(first, dict) and "predicate_id" in first)


def _from_alignment(text: str) -> MappingSet:
    rows = tuple(
        Mapping(
            subject_id=cell.subject_id,
            predicate_id=expand(cell.predicate_id, {}),
            object_id=cell.object_id,
            mapping_justification=f"{SEMAPV}UnspecifiedMatching",
            confidence=min(max(cell.measure, 0.0), 1.0),
        )
        for cell in read_alignment(text)
    )
    return MappingSet(mapping_set_id="urn:x-alignment:cells", mappings=rows)
