"""What `lexicord mapping diff` compares: two files of mappings, in any format that import reads."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import TYPE_CHECKING

from cli.output import line
from cli.reading import opened
from registry.contract.mapping_exchange import FileMapping, MappingDifference
from registry.errors import SyntaxFaultError

if TYPE_CHECKING:
    from registry.matching.mapping_set import Mapping, MappingSet


def differences(before: str, after: str) -> MappingDifference:
    """How the second file differs from the first; raises what the reader of its format raises."""
    from registry.matching.exchange import difference

    found = difference(_read(before), _read(after))
    return MappingDifference(
        added=[_mapping(one) for one in found.added],
        removed=[_mapping(one) for one in found.removed],
        changed=[_mapping(one.mapping, one.slots) for one in found.changed],
    )


def shown(found: MappingDifference) -> None:
    """The differences, one a line."""
    for mark, several in (("+", found.added), ("-", found.removed), ("~", found.changed)):
        for one in several:
            word = "not " * one.negative + one.predicate_id.rpartition("#")[2]
            line(f"{mark} {one.subject_id} {word} {one.object_id}")
            for slot, (old, new) in one.changed.items():
                line(f"    {slot}: {old or '(none)'} → {new or '(none)'}")
    line(f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed.")


def _read(file: str) -> MappingSet:
    from registry.matching.exchange import read_mappings

    with opened(file) as (document, name):
        content = document.read()
    try:
        return read_mappings(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SyntaxFaultError(f"{name} is no UTF-8: {error}.", advice="Save it as UTF-8.") from error


def _mapping(one: Mapping, slots: Dictionary[str, tuple[object, object]] | None = None) -> FileMapping:
    changed = {slot: [_text(value) for value in values] for slot, values in (slots or {}).items()}
    return FileMapping(
        subject_id=one.subject_id, predicate_id=one.predicate_id, object_id=one.object_id,
        negative=one.is_negative, changed=changed,
    )  # fmt: skip


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "|".join(map(str, value))
    return "" if value is None else str(value)
