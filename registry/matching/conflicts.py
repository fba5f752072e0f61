"""Where vocabularies disagree: the same label for different things, other labels for the same, other orders.

Everything found is a candidate for a conflict, never an error: departments may well mean different things by one word.
Needs nothing of the extra `matching`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

from registry.matching.normalise import STOP_WORDS, normalise
from registry.matching.vocabulary import Entry, Label, Vocabulary

ClashKind = Literal[
    "homonym",
    "synonym_without_mapping",
    "preferred_elsewhere_alternative",
    "same_code_other_meaning",
    "opposite_hierarchy",
]
Pair: TypeAlias = tuple[str, str]

FAR_DEFINITIONS = 0.2
"""The share of words two definitions must have in common for equal labels not to count as homonyms."""
LEAST_WORDS = 3
"""A definition of fewer words says too little to tell two meanings apart."""
CONCEPTS_PAIRED = 12
"""A label of more concepts makes one clash of all of them instead of one for every two."""
DEPTH = 8

_INVERSE = {"broadMatch": "narrowMatch", "narrowMatch": "broadMatch"}


@dataclass(frozen=True, slots=True)
class Relation:
    """A mapping that is there: its ends, its SKOS predicate (CURIE or IRI), and whether it says they do not match."""

    subject_id: str
    predicate_id: str
    object_id: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A concept in a clash: where it stands, how it is named and defined, and the label it brings into the clash."""

    vocabulary: str
    concept_id: str
    pref_label: str
    definition: str
    label: str
    label_kind: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A disagreement with its evidence.

    `shared` holds the labels, codes or other concepts it is about; `mapping` is the state between the parties: "none",
    "rejected", or the local name of a SKOS mapping predicate; `definition_overlap` the share of words their definitions
    have in common, None when one hardly has a definition.
    """

    kind: ClashKind
    shared: tuple[str, ...]
    parties: tuple[Party, ...]
    mapping: str
    definition_overlap: float | None = None


@dataclass(frozen=True, slots=True)
class _Use:
    vocabulary: str
    entry: Entry
    label: Label


def label_clashes(vocabularies: Iterable[Vocabulary], mappings: Iterable[Relation] = ()) -> tuple[Clash, ...]:
    """Return every clash between concepts of different vocabularies, ordered by kind, then by what is shared.

    Labels are compared by `normalise` within one language (a label without one is compared with all). Two concepts
    mapped as exact that share a preferred label agree, and so do not clash.
    """
    known = sorted(vocabularies, key=lambda vocabulary: vocabulary.key)
    states = _states(mappings)
    found = [*_same_labels(known, states), *_same_codes(known, states), *_opposite_orders(known, states)]
    return tuple(
        sorted(found, key=lambda clash: (clash.kind, clash.shared, [party.concept_id for party in clash.parties]))
    )


def _states(mappings: Iterable[Relation]) -> dict[Pair, str]:
    """Return what is said between two concepts, in both directions; what is asserted goes before what is rejected."""
    states: dict[Pair, str] = {}
    for relation in sorted(mappings, key=_weight):
        state = "rejected" if relation.negative else _name(relation)
        states[relation.subject_id, relation.object_id] = state
        states[relation.object_id, relation.subject_id] = _INVERSE.get(state, state)
    return states


def _weight(relation: Relation) -> tuple[bool, bool, str]:
    """Return what sorts a rejection first and an exact match last, so that the last word is the strongest."""
    return (not relation.negative, _name(relation) == "exactMatch", relation.predicate_id)


def _name(relation: Relation) -> str:
    return relation.predicate_id.replace("#", ":").rpartition(":")[2]


def _same_labels(vocabularies: Sequence[Vocabulary], states: Mapping[Pair, str]) -> Iterator[Clash]:
    shared: dict[Pair, list[tuple[_Use, _Use]]] = defaultdict(list)
    for uses in _uses_by_key(vocabularies).values():
        if len({use.entry.id for use in uses}) > CONCEPTS_PAIRED:
            yield _crowd(uses)
            continue
        for one, other in combinations(uses, 2):
            if one.vocabulary != other.vocabulary and one.entry.id != other.entry.id and _comparable(one, other):
                shared[one.entry.id, other.entry.id].append((one, other))
    for pair, several in shared.items():
        clash = _of_two(several, states.get(pair, "none"))
        if clash:
            yield clash


def _uses_by_key(vocabularies: Iterable[Vocabulary]) -> dict[str, list[_Use]]:
    uses: dict[str, list[_Use]] = defaultdict(list)
    for vocabulary in vocabularies:
        for entry in sorted(vocabulary.entries, key=lambda entry: entry.id):
            for label in sorted(entry.labels, key=Label.sort_key):
                key = normalise(label.text, label.primary_language)
                if key and label.kind != "hidden":
                    uses[key].append(_Use(vocabulary.key, entry, label))
    return {key: several for key, several in uses.items() if len({use.vocabulary for use in several}) > 1}


def _comparable(one: _Use, other: _Use) -> bool:
    languages = {one.label.primary_language, other.label.primary_language}
    return len(languages) == 1 or "" in languages


def _of_two(several: Sequence[tuple[_Use, _Use]], state: str) -> Clash | None:
    """Return how two concepts clash that share labels; None when they are mapped and named alike."""
    one, other = min(several, key=lambda uses: (_kinds(uses) != "pref pref", uses[0].label.sort_key()))
    agreed = state in ("exactMatch", "closeMatch")
    kinds = {_kinds(uses) for uses in several}
    overlap = definition_overlap(one.entry, other.entry)
    apart = state in ("rejected", "broadMatch", "narrowMatch", "relatedMatch")
    kind: ClashKind = "synonym_without_mapping"
    if apart or (not agreed and overlap is not None and overlap < FAR_DEFINITIONS):
        kind = "homonym"
    elif "pref pref" not in kinds and kinds & {"pref alt", "alt pref"}:
        kind = "preferred_elsewhere_alternative"
    elif agreed:
        return None
    texts = sorted({uses[0].label.text for uses in several})
    return Clash(kind, tuple(texts), (_party(one), _party(other)), state, overlap)


def _kinds(uses: tuple[_Use, _Use]) -> str:
    return f"{uses[0].label.kind} {uses[1].label.kind}"


def _crowd(uses: Sequence[_Use]) -> Clash:
    first = {use.entry.id: use for use in reversed(uses)}
    parties = tuple(_party(use) for _, use in sorted(first.items()))
    return Clash("homonym", (uses[0].label.text,), parties, "none")


def definition_overlap(one: Entry, other: Entry) -> float | None:
    """Return the share of words two definitions have in common (Dice), None when one has too few to say."""
    ours, theirs = _words(one), _words(other)
    if min(len(ours), len(theirs)) < LEAST_WORDS:
        return None
    return round(2 * len(ours & theirs) / (len(ours) + len(theirs)), 4)


def _words(entry: Entry) -> frozenset[str]:
    empty = frozenset[str]().union(*STOP_WORDS.values())
    return frozenset(word for word in normalise(entry.definition).split() if word not in empty and len(word) > 2)


def _same_codes(vocabularies: Sequence[Vocabulary], states: Mapping[Pair, str]) -> Iterator[Clash]:
    """Yield concepts with one code that share no label; a bare number of one or two digits is no code."""
    uses: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for vocabulary in vocabularies:
        for entry in sorted(vocabulary.entries, key=lambda entry: entry.id):
            for code in sorted(set(entry.notation)):
                if len(code.strip()) > 2 or (code.strip() and not code.strip().isdigit()):
                    uses[code.strip()].append((vocabulary.key, entry))
    for code, several in uses.items():
        for (ours, one), (theirs, other) in combinations(several[:CONCEPTS_PAIRED], 2):
            state = states.get((one.id, other.id), "none")
            if ours != theirs and one.id != other.id and state != "exactMatch" and not _keys(one) & _keys(other):
                parties = (_named(ours, one), _named(theirs, other))
                yield Clash("same_code_other_meaning", (code,), parties, state, definition_overlap(one, other))


def _opposite_orders(vocabularies: Sequence[Vocabulary], states: Mapping[Pair, str]) -> Iterator[Clash]:
    """Yield two concepts of one vocabulary whose counterparts in another stand the other way round."""
    for left, right in combinations(vocabularies, 2):
        counterparts = _counterparts(left, right, states)
        above, across = _ancestors(left), _ancestors(right)
        entries = {entry.id: entry for entry in (*left.entries, *right.entries)}
        for lower, uppers in sorted(above.items()):
            for upper in sorted(uppers & counterparts.keys() if lower in counterparts else ()):
                below, over = counterparts[lower], counterparts[upper]
                if below in across.get(over, ()) and over not in across.get(below, ()):
                    parties = (_named(left.key, entries[lower]), _named(right.key, entries[below]))
                    state = states.get((lower, below), "none")
                    yield Clash("opposite_hierarchy", (entries[upper].name, entries[over].name), parties, state)


def _counterparts(left: Vocabulary, right: Vocabulary, states: Mapping[Pair, str]) -> dict[str, str]:
    """Return for concepts of one vocabulary those of the other mapped as exact, else the only one of the same name."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in sorted(right.entries, key=lambda entry: entry.id):
        for key in _preferred_keys(entry):
            named[key].append(entry.id)
    found: dict[str, str] = {}
    for entry in left.entries:
        same = {other for key in _preferred_keys(entry) if len(named[key]) == 1 for other in named[key]}
        if len(same) == 1 and states.get((entry.id, min(same)), "none") == "none":
            found[entry.id] = min(same)
    theirs = {entry.id for entry in right.entries}
    ours = {entry.id for entry in left.entries}
    exact = (pair for pair, state in sorted(states.items()) if state == "exactMatch")
    return found | {subject: other for subject, other in exact if subject in ours and other in theirs}


def _ancestors(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    parents = {entry.id: entry.broader for entry in vocabulary.entries}
    return {entry_id: frozenset(_climb(entry_id, parents)) for entry_id in parents}


def _climb(entry_id: str, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    seen, edge = set[str](), {entry_id}
    for _ in range(DEPTH):
        edge = {above for below in edge for above in parents.get(below, ())} - seen
        seen |= edge
    return seen - {entry_id}


def _preferred_keys(entry: Entry) -> set[tuple[str, str]]:
    labels = (label for label in entry.labels if label.kind == "pref")
    return {(normalise(label.text, label.primary_language), label.primary_language) for label in labels}


def _keys(entry: Entry) -> set[str]:
    return {normalise(label.text, label.primary_language) for label in entry.labels}


def _party(use: _Use) -> Party:
    return Party(use.vocabulary, use.entry.id, use.entry.name, use.entry.definition, use.label.text, use.label.kind)


def _named(vocabulary: str, entry: Entry) -> Party:
    return Party(vocabulary, entry.id, entry.name, entry.definition, entry.name, "pref")
