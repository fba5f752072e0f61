"""What two vocabularies themselves teach about words: which mean the same, which part meanings, which add nothing.

Synonym tokens are those by which two labels of one concept differ ("car" and "automobile insurance"); contrast tokens
those by which labels of different concepts of one vocabulary differ ("gross" and "net income"). All tokens are stems.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from registry.matching.labels import LabelTable

Bag = tuple[str, ...]
Counts = Counter[tuple[str, str]]

LABELS_COMPARED = 12
"""A concept with more different labels teaches no synonyms: its labels are too loose."""
SIBLINGS_COMPARED = 40
"""More labels with all words but one in common tell a pattern ("... industry"), not contrasts."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What is known about tokens; every pair of tokens stands in both orders.

    `synonyms`: how surely two tokens mean the same (0 to 1). `droppable`: how surely one adds nothing (0 to 1).
    `contrast`: in how many places two tokens part concepts. `essential`: in how many places one token alone does.
    """

    synonyms: Mapping[tuple[str, str], float] = field(default_factory=dict)
    droppable: Mapping[str, float] = field(default_factory=dict)
    contrast: Mapping[tuple[str, str], int] = field(default_factory=dict)
    essential: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Observations:
    """Counts of what differs: within one concept, and between concepts of one vocabulary."""

    same_concept: Counts = field(default_factory=Counter)
    other_concept: Counts = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    dropped_elsewhere: Counter[str] = field(default_factory=Counter)


def contrast_rules(tables: Iterable[LabelTable]) -> TokenRules:
    """Return the contrasts within each vocabulary: labels of different concepts that are equal but for one token."""
    seen = _Observations()
    for table in tables:
        _observe_contrasts(table, seen)
    return TokenRules(contrast=seen.other_concept, essential=seen.dropped_elsewhere)


def learn_rules(
    left: LabelTable, right: LabelTable, seeds: Iterable[tuple[int, int]], contrasts: TokenRules
) -> TokenRules:
    """Return the contrasts with what labels of one concept, and of concepts known to match (`seeds`), have in common.

    A synonym or droppable token needs two places that show it, a share of the places its tokens stand in, and more
    places for it than contrasts against it.
    """
    seen = _Observations()
    bags = [_bags_by_entry(table) for table in (left, right)]
    for by_entry in bags:
        for several in by_entry.values():
            _observe_labels(combinations(several, 2) if len(several) <= LABELS_COMPARED else (), seen)
    for ours, theirs in seeds:
        a, b = bags[0].get(ours, ()), bags[1].get(theirs, ())
        _observe_labels(product(a, b) if max(len(a), len(b)) <= LABELS_COMPARED else (), seen)
    frequency = Counter(token for table in (left, right) for bag in table.stems for token in set(bag))
    return TokenRules(
        synonyms=dict(_synonyms(seen.same_concept, contrasts.contrast, frequency)),
        droppable=dict(_droppable(seen.dropped, contrasts.essential, frequency)),
        contrast=contrasts.contrast,
        essential=contrasts.essential,
    )


def _observe_contrasts(table: LabelTable, seen: _Observations) -> None:
    concepts: dict[Bag, set[int]] = defaultdict(set)
    without_one: dict[Bag, set[tuple[str, int]]] = defaultdict(set)
    for concept, bag in zip(table.entry.tolist(), table.stems, strict=True):
        tokens = tuple(sorted(set(bag)))
        concepts[tokens].add(concept)
        for place, token in enumerate(tokens if len(tokens) > 1 else ()):
            without_one[tokens[:place] + tokens[place + 1 :]].add((token, concept))
    for rest, several in without_one.items():
        for concept in concepts.get(rest, ()):
            seen.dropped_elsewhere.update(token for token, other in several if other != concept)
        if 1 < len(several) <= SIBLINGS_COMPARED:
            for (x, concept), (y, other) in permutations(several, 2):
                if x != y and concept != other:
                    seen.other_concept[x, y] += 1


def _bags_by_entry(table: LabelTable) -> dict[int, tuple[Bag, ...]]:
    by_entry: dict[int, dict[Bag, None]] = defaultdict(dict)
    for concept, bag in zip(table.entry.tolist(), table.stems, strict=True):
        by_entry[concept][bag] = None
    return {concept: tuple(bags) for concept, bags in by_entry.items()}


def _observe_labels(pairs: Iterable[tuple[Bag, Bag]], seen: _Observations) -> None:
    """Count the one token two labels of one meaning differ by, when they share at least one other."""
    for one, other in pairs:
        if abs(len(one) - len(other)) > 1:
            continue
        only_first, only_second = _rest(one, other), _rest(other, one)
        if len(only_first) == len(one):
            continue
        if len(only_first) == len(only_second) == 1:
            x, y = only_first[0], only_second[0]
            if not x.isdigit() and not y.isdigit():
                seen.same_concept[x, y] += 1
                seen.same_concept[y, x] += 1
        elif len(only_first) + len(only_second) == 1:
            seen.dropped[(only_first + only_second)[0]] += 1


def _rest(bag: Bag, other: Bag) -> list[str]:
    """Return the tokens of a bag that are not in the other, each as often as it is too many."""
    left, rest = list(other), []
    for token in bag:
        if token in left:
            left.remove(token)
        else:
            rest.append(token)
    return rest


def _synonyms(
    same: Counts, contrast: Mapping[tuple[str, str], int], frequency: Counter[str]
) -> Iterator[tuple[tuple[str, str], float]]:
    for (x, y), places in same.items():
        against = contrast.get((x, y), 0)
        if places >= 2 and places > against and places > 0.02 * min(frequency[x], frequency[y]):
            yield (x, y), min(0.95, 0.6 + 0.1 * (places - against))


def _droppable(
    dropped: Counter[str], essential: Mapping[str, int], frequency: Counter[str]
) -> Iterator[tuple[str, float]]:
    for token, places in dropped.items():
        against = essential.get(token, 0)
        if places >= 2 and min(places, 5) > against and places > 0.05 * frequency[token] and not token.isdigit():
            weight = min(places, 5)
            yield token, (weight - against) / (weight + against)
