"""How a term met a concept: by which of its labels, and how exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.model.decisions import LabelProperty, Match, MatchKind
from registry.rdf.text import fold_label

_EXACT: Mapping[LabelProperty, MatchKind] = {
    "iri": MatchKind.IRI,
    "notation": MatchKind.NOTATION,
    "pref_label": MatchKind.EXACT_PREF_LABEL,
    "alt_label": MatchKind.EXACT_ALT_LABEL,
    "hidden_label": MatchKind.HIDDEN_LABEL,
}
_KIND_ORDER: Mapping[MatchKind, int] = {kind: place for place, kind in enumerate(MatchKind)}
_PROPERTY_ORDER: Mapping[LabelProperty, int] = {
    "iri": 0, "notation": 1, "pref_label": 2, "alt_label": 3, "hidden_label": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LabelFact:
    """A label as it stands in a vocabulary; `language` is a lower-case BCP 47 tag, or "" when none is stated."""

    of: LabelProperty
    text: str
    language: str = ""


def best_match(term: str, language: str | None, labels: Iterable[LabelFact]) -> Match | None:
    """The closest match of a term among the labels of one concept; None when no label has the term's folded key.

    A label in the asked language goes before one in another, then the order of MatchKind decides, then the property,
    then the text: never the order in which labels come.
    """
    key = fold_label(term)
    met = [_match(term, label) for label in labels if label.text == term or fold_label(label.text) == key]
    return min(met, key=lambda match: _order(match, language), default=None)


def _match(term: str, label: LabelFact) -> Match:
    kind = _EXACT[label.of] if label.text == term or label.of == "notation" else MatchKind.NORMALISED
    return Match(kind, label.of, label.text, label.language)


def _order(match: Match, language: str | None) -> tuple[bool, int, int, str, str]:
    return (not match.speaks(language), _KIND_ORDER[match.kind], _PROPERTY_ORDER[match.of], match.language, match.label)
