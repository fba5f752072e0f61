"""A list of changes as Markdown for people."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from registry.skos.diff import ChangeKind, TypedChange, Value
from registry.skos.values import name_of

_HEADINGS = {
    ChangeKind.ADDED: "New concepts",
    ChangeKind.DEPRECATED: "Deprecated",
    ChangeKind.MERGED: "Merged",
    ChangeKind.REINSTATED: "Reinstated",
    ChangeKind.REMOVED: "Removed",
    ChangeKind.PREF_LABEL_CHANGED: "Preferred labels changed",
    ChangeKind.LABELS_CHANGED: "Other labels changed",
    ChangeKind.MOVED: "Moved",
    ChangeKind.RELATED_CHANGED: "Related concepts changed",
    ChangeKind.NOTATION_CHANGED: "Notations changed",
    ChangeKind.NOTES_CHANGED: "Notes changed",
    ChangeKind.MAPPING_ADDED: "Mappings added",
    ChangeKind.MAPPING_WITHDRAWN: "Mappings withdrawn",
    ChangeKind.PROPERTY_CHANGED: "Other properties changed",
}
_WITHOUT_VALUES = frozenset({ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.REINSTATED})
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#"} | {"\n": " ", "\r": " "})


def to_markdown(changes: Iterable[TypedChange], *, title: str = "Changes") -> str:
    """Return the changes as a Markdown page: a section for each kind with its count, one line for each change."""
    sections = [f"# {_escaped(title)}\n"]
    for kind, group in groupby(changes, key=lambda change: change.kind):
        lines = [_line(change) for change in group]
        sections.append("\n".join([f"## {_HEADINGS[kind]} ({len(lines)})\n", *lines, ""]))
    if len(sections) == 1:
        sections.append("Nothing changed.\n")
    return "\n".join(sections)


def _line(change: TypedChange) -> str:
    head = f"- **{_escaped(change.label)}** `{name_of(change.concept)}`"
    if change.kind in _WITHOUT_VALUES:
        return head
    if change.kind in (ChangeKind.DEPRECATED, ChangeKind.MERGED):
        return f"{head} → {_listed(change.after)}" if change.after else f"{head}, without replacement"
    language = f" ({change.language})" if change.language else ""
    return f"{head} {_escaped(change.property)}{language}: {_listed(change.before)} → {_listed(change.after)}"


def _listed(values: tuple[Value, ...]) -> str:
    return ", ".join(f"“{_escaped(value.label or value.text)}”" for value in values) or "nothing"


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)
