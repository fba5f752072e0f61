"""The columns of a vocabulary's sheet: which triples each one says, and which triples its text would state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode

from registry.errors import InvalidInputError
from registry.rdf.terms import LEX, XSD, Term
from registry.skos import names
from registry.skos.index import SchemeIndex
from registry.skos.languages import is_language
from registry.skos.values import literals

Statement = tuple[NamedNode | BlankNode, NamedNode, Term]
Held = dict[str, list[Statement]]
Resolve = Callable[[str, str], NamedNode]

STATUSES: Mapping[str, NamedNode] = {
    "draft": LEX.Draft,
    "in_review": LEX.InReview,
    "approved": LEX.Approved,
    "deprecated": LEX.Deprecated,
    "archived": LEX.Archived,
    "rejected": LEX.Rejected,
}
_TRUE = Literal("true", datatype=XSD.boolean)


class Column(Protocol):
    """One column: `held` says what the graph has for a concept, by cell text; `stated` what a new text would add."""

    @property
    def header(self) -> str:
        """The column's name in the sheet."""

    def held(self, concept: NamedNode) -> Held:
        """Return the texts the concept has here, each with the triples that say it."""

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the triples that a new text states. Raises InvalidInputError when it cannot."""


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A label or note in one language, or without one. Typed values and blank texts are not in its reach."""

    header: str
    index: SchemeIndex
    property: NamedNode
    language: str | None

    def held(self, concept: NamedNode) -> Held:
        """Return the plain texts of this property in this language."""
        values = literals(self.index.objects(concept, self.property))
        return {value.value: [(concept, self.property, value)] for value in values if in_reach(value, self.language)}

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the text in this column's language."""
        return [(concept, self.property, Literal(text, language=self.language) if self.language else Literal(text))]


@dataclass(frozen=True, eq=False)
class NotationColumn:
    """The notations. A kept one keeps its datatype, a new one is a plain string."""

    header: str
    index: SchemeIndex

    def held(self, concept: NamedNode) -> Held:
        """Return the notations by their text."""
        held: Held = defaultdict(list)
        for value in self.index.objects(concept, names.NOTATION):
            if isinstance(value, Literal) and value.value.strip():
                held[value.value].append((concept, names.NOTATION, value))
        return dict(held)

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the notation as a plain string."""
        return [(concept, names.NOTATION, Literal(text))]


@dataclass(frozen=True, eq=False)
class LinkColumn:
    """Links to other resources, stated from either side; a new one is stated on both where the vocabulary does so."""

    header: str
    index: SchemeIndex
    forward: NamedNode | None
    backward: NamedNode | None
    resolve: Resolve
    pointing: Mapping[NamedNode, Mapping[Term, Sequence[NamedNode | BlankNode]]]

    def held(self, concept: NamedNode) -> Held:
        """Return the linked IRIs, with the triples of both sides."""
        held: Held = defaultdict(list)
        if self.forward is not None:
            for value in self.index.objects(concept, self.forward):
                if isinstance(value, NamedNode):
                    held[value.value].append((concept, self.forward, value))
        if self.backward is not None:
            for subject in self.pointing[self.backward].get(concept, ()):
                if isinstance(subject, NamedNode):
                    held[subject.value].append((subject, self.backward, concept))
        return dict(held)

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the link to the resource that the text names by IRI, notation or prefLabel."""
        target = self.resolve(text, self.header)
        stated: list[Statement] = [] if self.forward is None else [(concept, self.forward, target)]
        if self.backward is not None and (self.forward is None or self.index.subjects(self.backward)):
            stated.append((target, self.backward, concept))
        return stated


@dataclass(frozen=True, eq=False)
class FacetColumn:
    """The facets: IRIs, or plain words."""

    header: str
    index: SchemeIndex

    def held(self, concept: NamedNode) -> Held:
        """Return the facets by IRI or text."""
        held: Held = defaultdict(list)
        for value in self.index.objects(concept, names.FACET):
            if isinstance(value, NamedNode) or (isinstance(value, Literal) and in_reach(value, None)):
                held[value.value].append((concept, names.FACET, value))
        return dict(held)

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the facet, as an IRI when it is written as one."""
        return [(concept, names.FACET, NamedNode(text) if text.startswith(("http://", "https://")) else Literal(text))]


@dataclass(frozen=True, eq=False)
class StatusColumn:
    """The status in our words; `deprecated` also stands for owl:deprecated true, and both are written."""

    header: str
    index: SchemeIndex

    def held(self, concept: NamedNode) -> Held:
        """Return the status words, with the triples that say them."""
        held: Held = defaultdict(list)
        for word, status in STATUSES.items():
            if status in self.index.objects(concept, names.STATUS):
                held[word].append((concept, names.STATUS, status))
        for flag in self.index.objects(concept, names.OWL_DEPRECATED):
            if isinstance(flag, Literal) and flag.value in ("true", "1"):
                held["deprecated"].append((concept, names.OWL_DEPRECATED, flag))
        return dict(held)

    def stated(self, concept: NamedNode, text: str) -> list[Statement]:
        """Return the status; InvalidInputError for a word that is none."""
        if text not in STATUSES:
            raise InvalidInputError(f"{text!r} is not a status.", advice=f"Write one of {', '.join(STATUSES)}.")
        stated: list[Statement] = [(concept, names.STATUS, STATUSES[text])]
        return [*stated, (concept, names.OWL_DEPRECATED, _TRUE)] if text == "deprecated" else stated


def in_reach(value: Literal, language: str | None) -> bool:
    """Return whether a column of texts in this language can say a value: plain, not blank, without a direction."""
    return (
        value.language == language
        and value.direction is None
        and (language is not None or value.datatype == XSD.string)
        and bool(value.value.strip())
    )


_TEXTS: Mapping[str, NamedNode] = {
    "prefLabel": names.PREF_LABEL,
    "altLabel": names.ALT_LABEL,
    "hiddenLabel": names.HIDDEN_LABEL,
    "definition": names.DEFINITION,
    "scopeNote": names.SCOPE_NOTE,
    "example": names.EXAMPLE,
}
_LINKS: Mapping[str, tuple[NamedNode | None, NamedNode | None]] = {
    "broader": (names.BROADER, names.NARROWER),
    "related": (names.RELATED, names.RELATED),
    "exactMatch": (names.EXACT_MATCH, None),
    "closeMatch": (names.CLOSE_MATCH, None),
    "broadMatch": (names.BROAD_MATCH, None),
    "narrowMatch": (names.NARROW_MATCH, None),
    "relatedMatch": (names.RELATED_MATCH, None),
    "replacedBy": (names.IS_REPLACED_BY, None),
    "collection": (None, names.MEMBER),
    "inScheme": (names.IN_SCHEME, None),
}


class Columns:
    """Makes the columns of one vocabulary's sheet by their headers."""

    def __init__(self, index: SchemeIndex, resolve: Resolve) -> None:
        self._index = index
        self._resolve = resolve
        turned = {backward for _, backward in _LINKS.values() if backward is not None}
        self._pointing = {name: _turned(index.pairs(name)) for name in turned}

    def headers(self, languages: Iterable[str] = ()) -> list[str]:
        """Return the headers that hold all that this vocabulary's sheet can say, after `iri` and before `base`.

        `languages` get a prefLabel column also when no label is in them yet.
        """
        texts = [
            f"{name}@{language}" if language else name
            for name, kind in _TEXTS.items()
            for language in sorted(self._languages(kind) | (set(languages) if name == "prefLabel" else set()))
        ]
        links = [name for name in _LINKS if name not in ("broader", "replacedBy", "collection", "inScheme")]
        return ["notation", "broader", *texts, *links, "status", "replacedBy", "facet", "collection", "inScheme"]

    def column(self, header: str) -> Column:
        """Return the column of this name; InvalidInputError when there is none, or its language is no language."""
        name, at, language = header.partition("@")
        if name in _TEXTS and (not at or is_language(language)):
            return TextColumn(header, self._index, _TEXTS[name], language.lower() or None)
        if not at and name in _LINKS:
            return LinkColumn(header, self._index, *_LINKS[name], self._resolve, self._pointing)
        if header == "notation":
            return NotationColumn(header, self._index)
        if header == "status":
            return StatusColumn(header, self._index)
        if header == "facet":
            return FacetColumn(header, self._index)
        known = ("iri", "notation", *_LINKS, *(f"{name}@LANGUAGE" for name in _TEXTS), "status", "facet", "base")
        raise InvalidInputError(f"There is no column {header!r}.", advice=f"Columns: {', '.join(known)}.")

    def _languages(self, kind: NamedNode) -> set[str]:
        return {
            value.language or ""
            for subject, values in self._index.subjects(kind).items()
            if subject in self._index.entries
            for value in literals(values)
            if in_reach(value, value.language) and _can_head(value.language)
        }


def _can_head(language: str | None) -> bool:
    return language is None or is_language(language)


def _turned(pairs: Iterable[tuple[NamedNode | BlankNode, Term]]) -> Mapping[Term, list[NamedNode | BlankNode]]:
    turned: dict[Term, list[NamedNode | BlankNode]] = defaultdict(list)
    for subject, value in pairs:
        turned[value].append(subject)
    return dict(turned)
