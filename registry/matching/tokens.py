"""How alike two labels are word by word: a soft Dice coefficient weighted by how rare each word is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

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


class SoftDice:
    """Compares bags of stems under given weights and rules; symmetric, and 1 exactly for equal bags."""

    __slots__ = ("_losses", "_spelling", "_weights", "rules")

    def __init__(self, weights: Mapping[str, float], rules: TokenRules) -> None:
        self.rules = rules
        self._weights = weights
        self._losses = {token: self._loss(token) for token in weights}
        self._spelling: dict[tuple[str, str], float] = {}

    def under(self, rules: TokenRules) -> SoftDice:
        """Return the same comparison under other rules; what was found out about spelling is kept."""
        other = SoftDice(self._weights, rules)
        other._spelling = self._spelling
        return other

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

    def pairs(self, ours: list[str], theirs: list[str]) -> Iterator[tuple[float, str, str]]:
        """Yield the tokens that stand for each other, surest first, and remove them from the two lists."""
        found = [(alike, x, y) for x in ours for y in theirs if (alike := self.alike(x, y))]
        for alike, x, y in sorted(found, key=lambda pair: (-pair[0], min(pair[1:]), max(pair[1:]))):
            if x in ours and y in theirs:
                ours.remove(x)
                theirs.remove(y)
                yield alike, x, y

    def alike(self, x: str, y: str) -> float:
        """Return how surely two different tokens mean the same: by rule, or by spelling."""
        key = (x, y) if x < y else (y, x)
        spelling = self._spelling.get(key)
        if spelling is None:
            spelling = self._spelling[key] = self._spelt_alike(x, y)
        synonym = self.rules.synonyms.get(key)
        return spelling if synonym is None else max(spelling, synonym)

    def _spelt_alike(self, x: str, y: str) -> float:
        if x.isdigit() or y.isdigit():
            return 0.0
        (one, first), (other, second) = _parted(x), _parted(y)
        alike = spelt_alike(one, other)
        if first != second:
            alike *= DERIVED
        return alike / (1 + 0.5 * self.rules.contrast.get((x, y), 0)) if alike else 0.0

    def _contrasted(self, ours: list[str], theirs: list[str]) -> bool:
        contrast = self.rules.contrast
        if any(contrast.get((x, y), 0) >= 2 for x in ours for y in theirs):
            return True
        return any(x.isdigit() for x in ours) and any(y.isdigit() for y in theirs)

    def _loss(self, token: str) -> float:
        """Return the weight of a token only one side has: less for an empty word, more for one that parts concepts."""
        droppable = self.rules.droppable.get(token, 0.0)
        if droppable:
            return self._weights[token] * (1 - DROP_DISCOUNT * droppable)
        essential = self.rules.essential.get(token, 0) >= 2
        return self._weights[token] * (1 + ESSENTIAL_SURCHARGE if essential else 1.0)


def spelt_alike(x: str, y: str) -> float:
    """Return how surely two stems are one word, from their spelling alone; 0 for short ones."""
    shorter, prefix = min(len(x), len(y)), _common_prefix(x, y)
    if x == y:
        return 1.0
    if shorter <= 3:
        return 0.0
    winkler = float(JaroWinkler.similarity(x, y))
    alike = winkler - 0.1 if winkler > 0.9 else 0.0
    if prefix >= 4 and prefix / shorter >= 0.55:
        alike = max(alike, 0.8 if prefix / shorter >= 0.7 else 0.55)
    return alike


def applied_rules(dice: SoftDice, left: Bag, right: Bag) -> tuple[str, ...]:
    """Return the token rules a comparison used, in words: "car = automobil", "gross ≠ net", "busi dropped"."""
    _, ours, theirs = _split(left, right)
    said = [f"{x} = {y}" for _, x, y in dice.pairs(ours, theirs)] if ours and theirs else []
    contrast = dice.rules.contrast
    said += [f"{x} ≠ {y}" for x in ours for y in theirs if contrast.get((x, y), 0) >= 2]
    said += [f"{token} dropped" for token in (*ours, *theirs) if dice.rules.droppable.get(token)]
    return tuple(said)


def left_over(dice: SoftDice, left: Bag, right: Bag) -> tuple[frozenset[str], frozenset[str]]:
    """Return the tokens of either bag that nothing in the other stands for and that are not empty words."""
    _, ours, theirs = _split(left, right)
    list(dice.pairs(ours, theirs))
    empty = dice.rules.droppable
    return frozenset(ours) - empty.keys(), frozenset(theirs) - empty.keys()


def _split(left: Bag, right: Bag) -> tuple[list[str], list[str], list[str]]:
    """Return the tokens both bags share, and what is left of either."""
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
