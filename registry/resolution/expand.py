"""What to search for when a concept is meant, and which words to avoid, as weighted terms within a token budget.

Pure: the concepts come handed in as values, and the same values give the same expansion. Labels of the concept itself
weigh most; narrower concepts and mapped ones pass their weight on, and a label reached by two ways keeps the larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from registry.errors import InvalidInputError, NotFoundError
from registry.rdf.text import fold_label
from registry.resolution.labels import ALT, HIDDEN, PREF, speaks

Usage = Literal["deprecated", "forbidden"]
BYTES_PER_TOKEN = 4
"""A token of a language model holds about four bytes of text; a term costs at least one."""
MAX_DEPTH = 10
_SAME, _NARROWER, _MAPPED = "same", "narrower", "mapped"


@dataclass(frozen=True, slots=True)
class Term:
    """A label to search for; `kind` is PREF, ALT or HIDDEN, `language` a lower-case tag or ""."""

    text: str
    kind: int = PREF
    language: str = ""


@dataclass(frozen=True, slots=True)
class AvoidedTerm:
    """A label not to use, why, and what to write in its place, if anything."""

    text: str
    usage: Usage
    replacement: str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class ExpandableConcept:
    """A concept as expansion sees it: its labels, its narrower concepts, its mapped ones with weights in (0, 1]."""

    iri: str
    terms: tuple[Term, ...] = ()
    narrower: tuple[str, ...] = ()
    mapped: Mapping[str, float] = field(default_factory=dict)
    avoided: tuple[AvoidedTerm, ...] = ()

    def __post_init__(self) -> None:
        if any(not 0 < weight <= 1 for weight in self.mapped.values()):
            raise InvalidInputError(f"A mapping of {self.iri} has a weight outside (0, 1].")


@dataclass(frozen=True, slots=True)
class Expanding:
    """How far to go.

    `languages` keeps terms that speak one of them, all when empty; `depth` counts steps to narrower concepts, 0 to 10;
    `max_tokens` bounds what the terms cost together, None for no bound. The weights multiply: of an alternative label,
    of a hidden one, of each step to a narrower concept.
    """

    languages: tuple[str, ...] = ()
    depth: int = 0
    max_tokens: int | None = None
    alt_weight: float = 0.9
    hidden_weight: float = 0.7
    narrower_weight: float = 0.8

    def __post_init__(self) -> None:
        if not 0 <= self.depth <= MAX_DEPTH:
            raise InvalidInputError(f"A depth of {self.depth} is not possible.", advice=f"Ask for 0 to {MAX_DEPTH}.")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise InvalidInputError("A budget below one token holds nothing.", advice="Leave it out for no bound.")


@dataclass(frozen=True, slots=True)
class ExpandedTerm:
    """A term to search for with its weight from 0 to 1, the concept it is of, and by which way that was reached."""

    text: str
    language: str
    weight: float
    concept: str
    way: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """Terms by falling weight, then what to avoid; `left_out` counts what the budget had no room for."""

    concept: str
    terms: tuple[ExpandedTerm, ...]
    avoided: tuple[AvoidedTerm, ...]
    tokens: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Reached:
    """A concept on the way out: how much its labels weigh, and how it was reached."""

    concept: ExpandableConcept
    weight: float
    way: str


def expand(iri: str, concepts: Mapping[str, ExpandableConcept], asked: Expanding = Expanding()) -> Expansion:
    """The expansion of a concept; what it leads to is passed over when it was not handed in.

    A forbidden word is never among the terms. Raises NotFoundError when the concept itself was not handed in.
    """
    if iri not in concepts:
        raise NotFoundError(f"There is no concept {iri} to expand.")
    reached = list(_reached(iri, concepts, asked))
    avoided = _avoided(reached, asked)
    forbidden = {fold_label(term.text) for term in avoided if term.usage == "forbidden"}
    terms = [term for term in _weighed(reached, asked) if fold_label(term.text) not in forbidden]
    return _within(iri, terms, avoided, asked.max_tokens)


def token_cost(text: str) -> int:
    """What a text costs of a token budget: a quarter of its UTF-8 bytes, rounded up, one at least."""
    return max(1, -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN))


def _reached(iri: str, concepts: Mapping[str, ExpandableConcept], asked: Expanding) -> Iterator[_Reached]:
    """The concept, its narrower ones level by level, then the mapped ones of them all; each once, the nearest way."""
    seen, level = {iri}, [_Reached(concepts[iri], 1.0, _SAME)]
    inside: list[_Reached] = []
    for _ in range(asked.depth + 1):
        inside += level
        following = sorted({child for one in level for child in one.concept.narrower if child in concepts} - seen)
        seen.update(following)
        weight = level[0].weight * asked.narrower_weight if level else 0.0
        level = [_Reached(concepts[child], weight, _NARROWER) for child in following]
    yield from inside
    mapped: dict[str, float] = {}
    for one in inside:
        for other, weight in one.concept.mapped.items():
            mapped[other] = max(mapped.get(other, 0.0), one.weight * weight)
    for other in sorted(mapped.keys() & concepts.keys() - seen):
        yield _Reached(concepts[other], mapped[other], _MAPPED)


def _weighed(reached: Iterable[_Reached], asked: Expanding) -> list[ExpandedTerm]:
    """Every label once (by folded key), with its largest weight, heaviest first."""
    kinds = {PREF: 1.0, ALT: asked.alt_weight, HIDDEN: asked.hidden_weight}
    found = [
        ExpandedTerm(term.text, term.language, round(one.weight * kinds[term.kind], 4), one.concept.iri, one.way)
        for one in reached
        for term in one.concept.terms
        if term.kind in kinds and _spoken(term.language, asked.languages)
    ]
    best: dict[str, ExpandedTerm] = {}
    for term in sorted(
        found, key=lambda term: (-term.weight, _rank(term.language, asked.languages), term.text, term.concept)
    ):
        best.setdefault(fold_label(term.text), term)
    best.pop("", None)
    return list(best.values())


def _weight_order(term: ExpandedTerm, languages: tuple[str, ...]) -> tuple[float, int, str, str, str]:
    return -term.weight, _rank(term.language, languages), term.text, term.language, term.concept


def _avoided(reached: Iterable[_Reached], asked: Expanding) -> list[AvoidedTerm]:
    """What the concept itself and its narrower ones say not to use; another department's word is its own affair."""
    found = {
        term
        for one in reached
        if one.way != _MAPPED
        for term in one.concept.avoided
        if _spoken(term.language, asked.languages)
    }
    return sorted(found, key=lambda term: (term.usage != "forbidden", term.text, term.language, term.replacement or ""))


def _within(iri: str, terms: list[ExpandedTerm], avoided: list[AvoidedTerm], budget: int | None) -> Expansion:
    """What fits: terms by weight, then words to avoid; the first that does not fit ends its list."""
    kept, spent = _fitting([token_cost(term.text) for term in terms], 0, budget)
    costs = [token_cost(term.text) + token_cost(term.replacement or "") for term in avoided]
    also, spent = _fitting(costs, spent, budget)
    left_out = len(terms) - kept + len(avoided) - also
    return Expansion(iri, tuple(terms[:kept]), tuple(avoided[:also]), spent, left_out)


def _fitting(costs: list[int], spent: int, budget: int | None) -> tuple[int, int]:
    """How many fit one after the other, and what is spent then."""
    for number, cost in enumerate(costs):
        if budget is not None and spent + cost > budget:
            return number, spent
        spent += cost
    return len(costs), spent


def _spoken(language: str, languages: tuple[str, ...]) -> bool:
    return not languages or any(speaks(language, asked) for asked in languages)


def _rank(language: str, languages: tuple[str, ...]) -> int:
    """The place of a language among those asked for; behind them all when none was."""
    return next((place for place, asked in enumerate(languages) if speaks(language, asked)), len(languages))
