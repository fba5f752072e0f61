"""What changed between two states of a vocabulary, in the words stewards use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.rdf.terms import Term, local_name
from registry.skos import names
from registry.skos.index import SchemeIndex, as_index
from registry.skos.labels import display_label
from registry.skos.values import Resource, name_of


class ChangeKind(StrEnum):
    """What happened to a concept, in the order in which a change report tells it."""

    ADDED = "added"
    DEPRECATED = "deprecated"
    MERGED = "merged"
    REINSTATED = "reinstated"
    REMOVED = "removed"
    PREF_LABEL_CHANGED = "pref_label_changed"
    LABELS_CHANGED = "labels_changed"
    MOVED = "moved"
    RELATED_CHANGED = "related_changed"
    NOTATION_CHANGED = "notation_changed"
    NOTES_CHANGED = "notes_changed"
    MAPPING_ADDED = "mapping_added"
    MAPPING_WITHDRAWN = "mapping_withdrawn"
    PROPERTY_CHANGED = "property_changed"


class Value(NamedTuple):
    """One value before or after a change: its text, its language or None, and for a concept its label."""

    text: str
    language: str | None = None
    label: str | None = None
    datatype: str | None = None

    def __str__(self) -> str:
        if self.label is not None:
            return f"{self.label} <{self.text}>"
        return self.text


@dataclass(frozen=True, slots=True)
class TypedChange:
    """One change of one resource: what kind, by which property and in which language, from what, to what.

    `label` is the resource's label for people, after the change where it still has one. For a deprecation `after`
    holds the replacements; for a move `before` and `after` are all broader concepts.
    """

    kind: ChangeKind
    concept: Resource
    label: str
    property: str = ""
    language: str | None = None
    before: tuple[Value, ...] = ()
    after: tuple[Value, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the change as JSON-able values."""
        return {
            "kind": self.kind.value,
            "concept": name_of(self.concept),
            "label": self.label,
            "property": self.property or None,
            "language": self.language,
            "before": [value._asdict() for value in self.before],
            "after": [value._asdict() for value in self.after],
        }


Delta = tuple[frozenset[Value], frozenset[Value]]


@dataclass(frozen=True, eq=False)
class _Pair:
    before: SchemeIndex
    after: SchemeIndex
    language: str

    def label(self, resource: Resource) -> str:
        index = self.after if resource in self.after.entries or resource not in self.before.entries else self.before
        return display_label(index, resource, (self.language,))

    def change(self, kind: ChangeKind, at: Resource, name: str = "", language: str | None = None) -> _Drafter:
        return _Drafter(kind, at, self.label(at), name, language)


class _Drafter(NamedTuple):
    kind: ChangeKind
    concept: Resource
    label: str
    name: str
    language: str | None

    def of(self, before: Iterable[Value] = (), after: Iterable[Value] = ()) -> TypedChange:
        return TypedChange(*self, before=tuple(sorted(before, key=_key)), after=tuple(sorted(after, key=_key)))


def diff(
    before: SchemeIndex | Iterable[Quad], after: SchemeIndex | Iterable[Quad], *, language: str = "en"
) -> tuple[TypedChange, ...]:
    """Return every change from one state of a vocabulary to another, by kind, then label; labels in `language`.

    An addition or removal is one change. Relations count in either direction they are stated in. Blank nodes are
    compared by what they say, so that parsing a file twice is no change. A deprecation whose one replacement took over
    the label is a merge.
    """
    pair = _Pair(as_index(before), as_index(after), language)
    whole = tuple(_whole_changes(pair))
    told = {change.concept for change in whole if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED)}
    details = (change for change in _detail_changes(pair) if change.concept not in told)
    return tuple(sorted((*whole, *details), key=_telling_order))


def _whole_changes(pair: _Pair) -> Iterator[TypedChange]:
    old, new = pair.before.entries, pair.after.entries
    for entry in new - old:
        yield pair.change(ChangeKind.ADDED, entry).of()
    for entry in old - new:
        yield pair.change(ChangeKind.REMOVED, entry).of()
    for entry in (pair.after.deprecated - pair.before.deprecated) & old & new:
        targets = pair.after.replaced_by.get(entry, ())
        kind = ChangeKind.MERGED if _took_over(pair, entry, targets) else ChangeKind.DEPRECATED
        yield pair.change(kind, entry, "isReplacedBy").of(after=(_value(pair, pair.after, end) for end in targets))
    for entry in (pair.before.deprecated - pair.after.deprecated) & old & new:
        yield pair.change(ChangeKind.REINSTATED, entry).of()


def _took_over(pair: _Pair, entry: Resource, targets: Iterable[Resource]) -> bool:
    """Return whether one replacement has a label now that only the deprecated concept had."""
    ends = list(targets)
    if len(ends) != 1:
        return False
    gained = _all_labels(pair.after, ends[0]) - _all_labels(pair.before, ends[0])
    return not gained.isdisjoint(pair.before.labels[names.PREF_LABEL].get(entry, ()))


def _all_labels(index: SchemeIndex, concept: Resource) -> set[Literal]:
    return {label for kind in index.labels.values() for label in kind.get(concept, ())}


def _detail_changes(pair: _Pair) -> Iterator[TypedChange]:
    yield from _relation_changes(pair, ChangeKind.MOVED, "broader", lambda index: index.parents)
    yield from _relation_changes(pair, ChangeKind.RELATED_CHANGED, "related", lambda index: index.related)
    for name in sorted({*pair.before.properties, *pair.after.properties} - _TOLD_OTHERWISE, key=name_of):
        for subject, delta in _deltas(pair, name):
            yield from _property_changes(pair, name, subject, delta)


def _relation_changes(
    pair: _Pair,
    kind: ChangeKind,
    name: str,
    relation: Callable[[SchemeIndex], Mapping[Resource, frozenset[Resource]]],
) -> Iterator[TypedChange]:
    old, new = relation(pair.before), relation(pair.after)
    for concept in old.keys() | new.keys():
        ends = old.get(concept, frozenset()), new.get(concept, frozenset())
        if ends[0] != ends[1]:
            yield pair.change(kind, concept, name).of(
                (_value(pair, pair.before, end) for end in ends[0]), (_value(pair, pair.after, end) for end in ends[1])
            )


def _deltas(pair: _Pair, name: NamedNode) -> Iterator[tuple[Resource, Delta]]:
    """Yield, for each resource whose values of a property differ, those it lost and those it gained."""
    old, new = pair.before.subjects(name), pair.after.subjects(name)
    for subject in old.keys() | new.keys():
        values = old.get(subject, ()), new.get(subject, ())
        if values[0] == values[1] or isinstance(subject, BlankNode):
            continue
        lost = frozenset(_value(pair, pair.before, value) for value in values[0])
        gained = frozenset(_value(pair, pair.after, value) for value in values[1])
        # A concept's own label is for people and may differ between the two states: the text decides.
        if delta := _differences(lost, gained):
            yield subject, delta


def _differences(old: frozenset[Value], new: frozenset[Value]) -> Delta | None:
    was, now = {_identity(value) for value in old}, {_identity(value) for value in new}
    lost = frozenset(value for value in old if _identity(value) not in now)
    gained = frozenset(value for value in new if _identity(value) not in was)
    return (lost, gained) if lost or gained else None


def _property_changes(pair: _Pair, name: NamedNode, subject: Resource, delta: Delta) -> Iterator[TypedChange]:
    local, (lost, gained) = local_name(name.value), delta
    if name in names.MAPPINGS:
        for value in lost:
            yield pair.change(ChangeKind.MAPPING_WITHDRAWN, subject, local).of(before=[value])
        for value in gained:
            yield pair.change(ChangeKind.MAPPING_ADDED, subject, local).of(after=[value])
        return
    kind = _KINDS.get(name, ChangeKind.PROPERTY_CHANGED)
    by_language: dict[str | None, tuple[list[Value], list[Value]]] = defaultdict(lambda: ([], []))
    for side, values in enumerate((lost, gained)):
        for value in values:
            by_language[value.language][side].append(value)
    for language, (before, after) in by_language.items():
        yield pair.change(kind, subject, local, language).of(before, after)


def _value(pair: _Pair, index: SchemeIndex, term: Term) -> Value:
    if isinstance(term, Literal):
        return Value(term.value, term.language, None, None if term.language else term.datatype.value)
    if isinstance(term, NamedNode):
        known = term in index.entries or term in index.labels[names.PREF_LABEL]
        return Value(term.value, label=pair.label(term) if known else None)
    return _said_by(index, term) if isinstance(term, BlankNode) else Value(str(term))


def _said_by(index: SchemeIndex, node: BlankNode) -> Value:
    """Return what a blank node says, as one value: its properties and their values in order, one level deep."""
    said = sorted(
        f"{local_name(name.value)} {'[]' if isinstance(value, BlankNode) else name_of(value)}"
        for name, subjects in index.properties.items()
        for value in subjects.get(node, ())
    )
    return Value("; ".join(said))


def _identity(value: Value) -> tuple[str, str | None, str | None]:
    return value.text, value.language, value.datatype


def _key(value: Value) -> tuple[str, str, str]:
    return value.label or "", value.text, value.language or ""


def _telling_order(change: TypedChange) -> tuple[object, ...]:
    values = [_key(value) for value in (*change.before, *change.after)]
    return _PLACES[change.kind], change.label.casefold(), change.concept.value, change.property, values


_PLACES = {kind: place for place, kind in enumerate(ChangeKind)}
_KINDS: Mapping[NamedNode, ChangeKind] = {
    names.PREF_LABEL: ChangeKind.PREF_LABEL_CHANGED,
    names.ALT_LABEL: ChangeKind.LABELS_CHANGED,
    names.HIDDEN_LABEL: ChangeKind.LABELS_CHANGED,
    names.NOTATION: ChangeKind.NOTATION_CHANGED,
    **dict.fromkeys(names.NOTE_KINDS, ChangeKind.NOTES_CHANGED),
}
# Told by the relations they state, whichever side states them.
_TOLD_OTHERWISE = frozenset({names.BROADER, names.NARROWER, names.RELATED})
