"""What matching compares: a vocabulary as plain frozen values, detached from any store or syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from registry.errors import InvalidInputError

LabelKind = Literal["pref", "alt", "hidden"]
_KIND_ORDER: Mapping[str, int] = {"pref": 0, "alt": 1, "hidden": 2}


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a concept: its text, its BCP 47 language ("" when unknown) and its SKOS kind."""

    text: str
    language: str = ""
    kind: LabelKind = "pref"

    @property
    def primary_language(self) -> str:
        """Return the primary subtag in lower case: "en" for "en-GB", "" when unknown."""
        return self.language.partition("-")[0].lower()

    def sort_key(self) -> tuple[int, str, str]:
        """Return the place of this label among its siblings: preferred first, then by language and text."""
        return (_KIND_ORDER[self.kind], self.language, self.text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept, class or property to be matched; `broader`, `related` and `domain` hold identifiers of entries.

    `kind` says what may match what: entries of kinds "concept" and "class" match each other, every other kind only
    itself ("object_property", "datatype_property").
    """

    id: str
    labels: tuple[Label, ...]
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    definition: str = ""
    notation: tuple[str, ...] = ()
    kind: str = "concept"
    domain: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the label to show: an English preferred label when there is one, else the first; "" without any."""
        return min(self.labels, key=_display_order).text if self.labels else ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A vocabulary with the key it is known by; identifiers of entries are unique, their order means nothing."""

    key: str
    entries: tuple[Entry, ...] = field(default=())

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.id in seen:
                raise InvalidInputError(
                    f"Vocabulary {self.key!r} holds {entry.id!r} twice.", advice="Merge the two entries first."
                )
            seen.add(entry.id)

    def languages(self) -> frozenset[str]:
        """Return the primary language subtags of all labels that name a language."""
        return frozenset(label.primary_language for entry in self.entries for label in entry.labels) - {""}


def common_languages(subject: Vocabulary, object: Vocabulary) -> frozenset[str]:  # noqa: A002  (SSSOM's word)
    """Return the languages both vocabularies have labels in; empty means only spelling can bring them together.

    A vocabulary whose labels name no language shares every language of the other.
    """
    left, right = subject.languages(), object.languages()
    return left & right if left and right else left | right


def by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the entries under their identifiers, in the order of the identifiers."""
    return {entry.id: entry for entry in sorted(entries, key=lambda entry: entry.id)}


def _display_order(label: Label) -> tuple[int, bool, str, str]:
    return (_KIND_ORDER[label.kind], label.primary_language != "en", label.language, label.text)
