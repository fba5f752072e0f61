"""Where two concepts that are taken for the same differ in what they say: definitions, units, periods, value lists.

Compared are concepts mapped as exact or close, and those of one preferred label that nobody has told apart. Everything
found is a candidate for a conflict, never an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from registry.matching.conflicts import FAR_DEFINITIONS, Pair, Relation, definition_overlap
from registry.matching.normalise import normalise
from registry.matching.vocabulary import Entry, Vocabulary

Kind = Literal[
    "definitions_disagree",
    "different_unit_or_formula",
    "different_granularity",
    "different_value_list",
    "competing_owners",
]
_AGREED = frozenset({"exactMatch", "closeMatch"})

UNITS: Mapping[str, Mapping[str, str]] = {
    "currency": {"eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "usd": "USD", "dollar": "USD",
                 "dollars": "USD", "$": "USD", "gbp": "GBP", "sterling": "GBP", "£": "GBP", "chf": "CHF",
                 "jpy": "JPY", "yen": "JPY", "¥": "JPY", "sek": "SEK", "nok": "NOK", "dkk": "DKK"},
    "mass": {"kg": "kilogram", "kilogram": "kilogram", "kilograms": "kilogram", "lb": "pound", "lbs": "pound",
             "tonne": "tonne", "tonnes": "tonne", "gram": "gram", "grams": "gram"},
    "length": {"km": "kilometre", "kilometre": "kilometre", "kilometres": "kilometre", "kilometers": "kilometre",
               "mile": "mile", "miles": "mile", "metre": "metre", "metres": "metre", "meters": "metre"},
    "ratio": {"%": "percent", "percent": "percent", "percentage": "percent", "‰": "permille", "permille": "permille"},
    "basis": {"gross": "gross", "net": "net", "brutto": "gross", "netto": "net"},
}  # fmt: skip
"""Words that say what something is counted in, by what they measure."""
PERIODS: Mapping[str, str] = {
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "annual": "year", "annually": "year",
    "yearly": "year", "täglich": "day", "wöchentlich": "week", "monatlich": "month", "jährlich": "year",
}  # fmt: skip
"""Words that say over which period something is counted."""
_WORD = re.compile(r"[^\W\d_]+|[€$£¥%‰]")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two concepts do not agree in: the concepts, and what each side says, the subject's first."""

    kind: Kind
    concepts: Pair
    said: str


def disagreements(left: Vocabulary, right: Vocabulary, mappings: Iterable[Relation]) -> tuple[Disagreement, ...]:
    """Return what concepts of two vocabularies taken for the same disagree in, ordered by kind and concepts."""
    known = list(mappings)
    ours, theirs = ({entry.id: entry for entry in vocabulary.entries} for vocabulary in (left, right))
    met, agreed = _met(left, right, known)
    below = (_below(left), _below(right))
    found = [Disagreement("competing_owners", (shared, shared), "") for shared in ours.keys() & theirs.keys()]
    for one, other in met:
        found += _of_two(ours[one], theirs[other], mapped=(one, other) in agreed)
        found += _value_lists((one, other), ours, theirs, below)
    found += _finer(known, ours, theirs)
    return tuple(sorted(found, key=lambda one: (one.kind, one.concepts, one.said)))


def _met(left: Vocabulary, right: Vocabulary, mappings: Iterable[Relation]) -> tuple[list[Pair], set[Pair]]:
    """Return the pairs taken for the same, and those among them that a mapping says so of."""
    named: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
    for place, vocabulary in enumerate((left, right)):
        for entry in vocabulary.entries:
            for label in entry.labels:
                if label.kind == "pref":
                    named[place].setdefault(normalise(label.text, label.primary_language), set()).add(entry.id)
    agreed, apart = set[Pair](), set[Pair]()
    for relation in mappings:
        says_same = not relation.negative and _name(relation) in _AGREED
        for pair in ((relation.subject_id, relation.object_id), (relation.object_id, relation.subject_id)):
            (agreed if says_same else apart).add(pair)
    ours, theirs = ({entry.id for entry in vocabulary.entries} for vocabulary in (left, right))
    agreed = {(a, b) for a, b in agreed if a in ours and b in theirs and a != b}
    shared = {key for key in named[0].keys() & named[1].keys() if len(named[0][key]) == len(named[1][key]) == 1}
    alike = {(min(named[0][key]), min(named[1][key])) for key in shared}
    return sorted(agreed | {(a, b) for a, b in alike - apart if a != b}), agreed


def _of_two(one: Entry, other: Entry, *, mapped: bool) -> Iterator[Disagreement]:
    """Yield what two concepts say of themselves that does not go together."""
    pair = (one.id, other.id)
    overlap = definition_overlap(one, other)
    if mapped and overlap is not None and overlap < FAR_DEFINITIONS:
        yield Disagreement("definitions_disagree", pair, f"{overlap:.0%} of their words in common")
    ours, theirs = _words(one), _words(other)
    for terms in UNITS.values():
        yield from _apart("different_unit_or_formula", pair, ours, theirs, terms)
    yield from _apart("different_granularity", pair, ours, theirs, PERIODS)


def _apart(
    kind: Kind, pair: Pair, ours: frozenset[str], theirs: frozenset[str], terms: Mapping[str, str]
) -> Iterator[Disagreement]:
    here, there = ({terms[word] for word in words & terms.keys()} for words in (ours, theirs))
    if here and there and here.isdisjoint(there):
        yield Disagreement(kind, pair, f"{', '.join(sorted(here))} / {', '.join(sorted(there))}")


def _words(entry: Entry) -> frozenset[str]:
    """Return the words of a concept's preferred labels and definition, in lower case."""
    texts = [label.text for label in entry.labels if label.kind == "pref"]
    return frozenset(_WORD.findall(" ".join([*texts, entry.definition]).lower()))


def _value_lists(
    pair: Pair, ours: Mapping[str, Entry], theirs: Mapping[str, Entry], below: tuple[Mapping[str, list[str]], ...]
) -> Iterator[Disagreement]:
    """Yield lists of leaves below the two that share some values and not all."""
    lists = []
    for concept, entries, narrower in zip(pair, (ours, theirs), below, strict=True):
        children = narrower.get(concept, [])
        if len(children) < 2 or any(child in narrower for child in children):
            return
        lists.append({normalise(entries[child].name): entries[child].name for child in children})
    here, there = lists
    if here.keys() & there.keys() and here.keys() != there.keys():
        only = [", ".join(sorted(values[key] for key in values.keys() - others.keys())) or "nothing"
                for values, others in ((here, there), (there, here))]  # fmt: skip
        yield Disagreement("different_value_list", pair, f"{only[0]} / {only[1]}")


def _finer(
    mappings: Iterable[Relation], ours: Mapping[str, Entry], theirs: Mapping[str, Entry]
) -> Iterator[Disagreement]:
    """Yield a concept of one side that several of the other side are mapped below."""
    lower: dict[str, set[str]] = defaultdict(set)
    for relation in mappings:
        if not relation.negative and _name(relation) in ("broadMatch", "narrowMatch"):
            ends = (relation.subject_id, relation.object_id)
            under, over = ends if _name(relation) == "broadMatch" else ends[::-1]
            lower[over].add(under)
    for over, several in lower.items():
        for here, there in ((ours, theirs), (theirs, ours)):
            finer = sorted(several & there.keys())
            if over in here and len(finer) > 1:
                said = f"{here[over].name} / {', '.join(there[one].name for one in finer)}"
                yield from (Disagreement("different_granularity", (over, one), said) for one in finer)


def _below(vocabulary: Vocabulary) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for entry in vocabulary.entries:
        for parent in entry.broader:
            below[parent].append(entry.id)
    return dict(below)


def _name(relation: Relation) -> str:
    return relation.predicate_id.replace("#", ":").rpartition(":")[2]
