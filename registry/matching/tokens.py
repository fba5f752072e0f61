"""How alike two labels are word by word: a soft Dice coefficient weighted by how rare each word is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from rapidfuzz.distance import JaroWinkler

from registry.matching.token_rules import Bag, TokenRules

CONTRAST_PENALTY = 0.35
ESSENTIAL_SURCHARGE = 0.5
DROP_DISCOUNT = 0.7
DERIVED = 0.5
"""How much two words of one stem mean the same when one is who does it, or that it is done, and the other is not."""


def inverse_document_frequency(bags: Iterable[Bag]) -> dict[str, float]:
    """Return ln(1 + N/n) for each token: N labels in all, n of them with the token.

    This is why adding a concept can move the similarity of other pairs a little: its words become less rare.
    """
    total, found = 0, Counter[str]()
    for bag in bags:
        total += 1
        found.update(set(bag))
    return {token: math.log(1 + total / count) for token, count in found.items()}


class _Alike(dict[tuple[str, str], float]):
    """How surely two different tokens mean the same, in either order; spelling is judged when it is first asked for."""

    __slots__ = ("_contrast",)

    def __init__(self, contrast: Mapping[tuple[str, str], int]) -> None:
        super().__init__()
        self._contrast = contrast

    def __missing__(self, pair: tuple[str, str]) -> float:
        x, y = pair
        alike = self._by_spelling(x, y) if x < y else self[y, x]
        self[pair] = alike
        return alike

    def _by_spelling(self, x: str, y: str) -> float:
        if x.isdigit() or y.isdigit():
            return 0.0
        (one, first), (other, second) = _parted(x), _parted(y)
        alike = spelt_alike(one, other)
        if first != second:
            alike *= DERIVED
        return alike / (1 + 0.5 * self._contrast.get((x, y), 0)) if alike else 0.0


class SoftDice:
    """Compares bags of stems under given weights and rules; symmetric, and 1 exactly for equal bags.

    `parting` holds the pairs of tokens that part meanings.
    """

    __slots__ = ("_alike", "_losses", "_numbers", "_spelling", "_weights", "parting", "rules")

    def __init__(self, weights: Mapping[str, float], rules: TokenRules, spelling: _Alike | None = None) -> None:
        self.rules = rules
        self._weights = weights
        self._losses = {token: self._loss(token) for token in weights}
        self._numbers = frozenset(token for token in weights if token.isdigit())
        self.parting = frozenset(pair for pair, places in rules.contrast.items() if places >= 2)
        self._spelling = _Alike(rules.contrast) if spelling is None else spelling
        self._alike = self._spelling
        if rules.synonyms:
            self._alike = _Alike(rules.contrast)
            self._alike.update(self._spelling)
            self._alike.update({pair: max(self._spelling[pair], sure) for pair, sure in rules.synonyms.items()})

    def under(self, rules: TokenRules) -> SoftDice:
        """Return the same comparison under other synonyms and droppable tokens; what spelling said is kept."""
        return SoftDice(self._weights, rules, self._spelling)

    def __call__(self, left: Bag, right: Bag) -> float:
        """Return the similarity of two bags, from 0 to 1."""
        common, ours, theirs = _split(left, right)
        weight = self._weights
        matched = total = 2 * sum([weight[token] for token in common])
        kept = 1.0
        if ours and theirs:
            for alike, x, y in self.pairs(ours, theirs):
                matched += alike * (weight[x] + weight[y])
                total += weight[x] + weight[y]
            if not matched:
                return 0.0
            if ours and theirs and self._contrasted(ours, theirs):
                kept -= CONTRAST_PENALTY
        losses = self._losses
        total += sum([losses[token] for token in ours]) + sum([losses[token] for token in theirs])
        return kept * matched / total if total else 0.0

    def pairs(self, ours: list[str], theirs: list[str]) -> list[tuple[float, str, str]]:
        """Return the tokens that stand for each other, surest first, and remove them from the two lists."""
        known = self._alike
        found = [(alike, x, y) for x in ours for y in theirs if (alike := known[x, y])]
        found.sort(key=_surest_first)
        taken = []
        for pair in found:
            _, x, y = pair
            if x in ours and y in theirs:
                ours.remove(x)
                theirs.remove(y)
                taken.append(pair)
        return taken

    def _contrasted(self, ours: list[str], theirs: list[str]) -> bool:
        if not self.parting.isdisjoint(product(ours, theirs)):
            return True
        return not (self._numbers.isdisjoint(ours) or self._numbers.isdisjoint(theirs))

    def _loss(self, token: str) -> float:
        """Return the weight of a token only one side has: less for an empty word, more for one that parts concepts."""
        droppable = self.rules.droppable.get(token, 0.0)
        if droppable:
            return self._weights[token] * (1 - DROP_DISCOUNT * droppable)
        essential = self.rules.essential.get(token, 0) >= 2
        return self._weights[token] * (1 + ESSENTIAL_SURCHARGE if essential else 1.0)


def spelt_alike(x: str, y: str) -> float:
    """Return how surely two stems are one word, from their spelling alone; 0 for short ones."""
    if x == y:
        return 1.0
    shorter = min(len(x), len(y))
    if shorter <= 3:
        return 0.0
    winkler = float(JaroWinkler.similarity(x, y, score_cutoff=0.9))
    alike = winkler - 0.1 if winkler > 0.9 else 0.0
    if x[:4] == y[:4]:
        share = _common_prefix(x, y) / shorter
        alike = max(alike, 0.8 if share >= 0.7 else 0.55 if share >= 0.55 else 0.0)
    return alike


@dataclass(frozen=True, slots=True)
class Reading:
    """How a comparison read two bags.

    `rules`: the token rules it used, in words ("car = automobil", "gross ≠ net", "busi dropped"); `ours` and `theirs`:
    the tokens of either bag that nothing in the other stands for and that are not empty words.
    """

    rules: tuple[str, ...]
    ours: frozenset[str]
    theirs: frozenset[str]


def reading(dice: SoftDice, left: Bag, right: Bag) -> Reading:
    """Return how a comparison read two bags, for those who want to know why."""
    _, ours, theirs = _split(left, right)
    said = [f"{x} = {y}" for _, x, y in dice.pairs(ours, theirs)] if ours and theirs else []
    said += [f"{x} ≠ {y}" for x in ours for y in theirs if (x, y) in dice.parting]
    empty = dice.rules.droppable
    said += [f"{token} dropped" for token in (*ours, *theirs) if empty.get(token)]
    return Reading(tuple(said), frozenset(ours) - empty.keys(), frozenset(theirs) - empty.keys())


def _surest_first(pair: tuple[float, str, str]) -> tuple[float, str, str]:
    alike, x, y = pair
    return (-alike, x, y) if x < y else (-alike, y, x)


def _split(left: Bag, right: Bag) -> tuple[list[str], list[str], list[str]]:
    """Return the tokens both bags share, and what is left of either."""
    common = [token for token in left if token in right]
    if not common:
        return common, list(left), list(right)
    theirs, common, ours = list(right), [], []
    for token in left:
        if token in theirs:
            theirs.remove(token)
            common.append(token)
        else:
            ours.append(token)
    return common, ours, theirs


def _parted(token: str) -> tuple[str, str]:
    """Return the stem of a token and the mark of its derivation, "" when it has none."""
    stem, _, mark = token.partition("-")
    return stem, mark


def _common_prefix(x: str, y: str) -> int:
    for length, (a, b) in enumerate(zip(x, y, strict=False)):
        if a != b:
            return length
    return min(len(x), len(y))
