"""Expansions as search engines read them: a boolean query, a synonyms file, plain values for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from registry.resolution.expand import Expansion

_SOLR_SPECIAL = re.compile(r"([,\\#]|=>)")
_SAME = "same"


def boolean_query(expansion: Expansion, *, weighted: bool = False, exclude_forbidden: bool = False) -> str:
    """Phrases joined by OR, as Lucene, Elasticsearch, OpenSearch and most engines read them; "" without terms.

    `weighted` adds `^weight` to what weighs less than 1; `exclude_forbidden` ends with NOT and the forbidden words.
    """
    phrases = [
        _phrase(term.text) + (f"^{term.weight:g}" if weighted and term.weight != 1 else "") for term in expansion.terms
    ]
    forbidden = [_phrase(term.text) for term in expansion.avoided if term.usage == "forbidden"]
    query = " OR ".join(phrases)
    if not (exclude_forbidden and forbidden and phrases):
        return query
    return f"({query}) AND NOT ({' OR '.join(forbidden)})"


def solr_synonyms(expansions: Iterable[Expansion]) -> str:
    """A synonyms file in Solr's format, which Elasticsearch and OpenSearch read too; lines sorted, none twice.

    Labels of one concept are one line of equivalents, or stand before `=>` when the expansion reaches further: a search
    for the concept then finds the narrower and mapped, not the other way round. A word to avoid leads to its
    replacement, and stays findable.
    """
    lines = {line for expansion in expansions for line in _lines(expansion)}
    return "".join(f"{line}\n" for line in sorted(lines))


def expansion_document(expansion: Expansion) -> dict[str, object]:
    """The expansion as plain values for JSON: concept, terms, avoided, tokens, left_out."""
    return asdict(expansion)


def _lines(expansion: Expansion) -> Iterator[str]:
    own = list(dict.fromkeys(_synonym(term.text) for term in expansion.terms if term.way == _SAME))
    further = list(dict.fromkeys(_synonym(term.text) for term in expansion.terms if term.way != _SAME))
    if own and further:
        yield f"{', '.join(own)} => {', '.join(dict.fromkeys([*own, *further]))}"
    elif len(own) > 1:
        yield ", ".join(own)
    for term in expansion.avoided:
        if term.replacement:
            yield f"{_synonym(term.text)} => {_synonym(term.replacement)}, {_synonym(term.text)}"


def _phrase(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _synonym(text: str) -> str:
    """A label on one line, with what means something in the format escaped."""
    return _SOLR_SPECIAL.sub(lambda special: "".join(f"\\{one}" for one in special[0]), " ".join(text.split()))
