"""The labels of a vocabulary laid out in columns, normalised once for everything that compares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from registry.matching.normalise import normalise, stems
from registry.matching.trigrams import Floats, Integers
from registry.matching.vocabulary import Entry, Label, Vocabulary, by_id

WEIGHTS: Mapping[str, float] = {"pref": 1.0, "alt": 0.9, "hidden": 0.9}
"""How much a label of each kind speaks for its concept."""

COMPARED_CHARACTERS = 400
"""How much of a label is compared: a longer text is no label, and must not cost its square."""

_KIND_GROUPS: Mapping[str, str] = {"class": "concept"}


@dataclass(frozen=True, slots=True)
class LabelTable:
    """One row per distinct label, ordered by entry: its entry's position, its key, its stems and its weight.

    `entries` and their `names` (the labels to show) are columns of their own, which `entry` points into.
    """

    entries: tuple[Entry, ...]
    names: tuple[str, ...]
    entry: Integers
    labels: tuple[Label, ...]
    keys: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    weight: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def rows_of_kind(self, group: str) -> Integers:
        """Return the rows whose entries belong to a group of kinds that may match each other."""
        kinds = np.array([kind_group(entry) == group for entry in self.entries], dtype=bool)
        return np.flatnonzero(kinds[self.entry]) if len(self.entry) else self.entry


def label_table(vocabulary: Vocabulary) -> LabelTable:
    """Return the labels of a vocabulary in an order that does not depend on the order they came in."""
    entries = tuple(by_id(vocabulary.entries).values())
    rows = [(place, label, key) for place, entry in enumerate(entries) for label, key in _distinct(entry)]
    return LabelTable(
        entries=entries,
        names=tuple(entry.name for entry in entries),
        entry=np.array([place for place, _, _ in rows], dtype=np.int64),
        labels=tuple(label for _, label, _ in rows),
        keys=tuple(key for _, _, key in rows),
        stems=tuple(tuple(stems(key, label.primary_language)) for _, label, key in rows),
        weight=np.array([WEIGHTS[label.kind] for _, label, _ in rows], dtype=np.float32),
    )


def kind_group(entry: Entry) -> str:
    """Return the name of the kinds an entry may match: concepts and classes together, every other kind alone."""
    return _KIND_GROUPS.get(entry.kind, entry.kind)


def _distinct(entry: Entry) -> Iterator[tuple[Label, str]]:
    seen: set[tuple[str, str]] = set()
    for label in sorted(entry.labels, key=Label.sort_key):
        key = normalise(label.text[:COMPARED_CHARACTERS], label.primary_language)
        if key and (key, label.primary_language) not in seen:
            seen.add((key, label.primary_language))
            yield label, key
