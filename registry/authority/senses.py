"""Senses: candidates joined by exact mappings that both sides approved (skos:exactMatch is transitive, SKOS S45)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.model.decisions import Found, Match, TermConcept

LIVE = ("approved", "draft", "in_review")
"""States in which a concept may answer; drafts only when they are asked for."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A live concept that a term led to: how it was met, and which deprecated concepts led on to it."""

    concept: str
    match: Match
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork:
    """A deprecated concept with several replacements: nobody but the asker can say which is meant."""

    concept: str
    match: Match
    replacements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning: the concepts agreed to be one, the seeds that led here, or the fork it ends in."""

    members: tuple[str, ...]
    seeds: tuple[Seed, ...] = ()
    fork: Fork | None = None

    def matches(self) -> tuple[Match, ...]:
        """How the term met this sense."""
        return (self.fork.match,) if self.fork else tuple(seed.match for seed in self.seeds)


def classes(concepts: Iterable[str], joins: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """For each concept its class: all that joins connect it with, itself included, sorted."""
    parent = {concept: concept for concept in concepts}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in joins:
        if one in parent and other in parent:
            low, high = sorted((root(one), root(other)))
            parent[high] = low
    grouped: dict[str, list[str]] = {}
    for concept in sorted(parent):
        grouped.setdefault(root(concept), []).append(concept)
    return {concept: tuple(members) for members in grouped.values() for concept in members}


def follow(found: Found, concepts: Mapping[str, TermConcept], answerable: frozenset[str]) -> Seed | Fork | None:
    """Where a found concept leads: itself, the end of its chain of replacements, a fork, or None at a dead end.

    Each concept is visited once, so that a circle of replacements is a dead end and not a hang.
    """
    here, through = found.concept, []
    while here not in answerable:
        known = concepts.get(here)
        onward = [] if known is None else [iri for iri in sorted(set(known.replaced_by)) if iri in concepts]
        if known is None or known.status in LIVE or here in through or not onward:
            return None
        if len(onward) > 1:
            return Fork(here, found.match, tuple(onward))
        through.append(here)
        here = onward[0]
    return Seed(here, found.match, tuple(through))


def senses(seeds: Iterable[Seed], forks: Iterable[Fork], class_of: Mapping[str, tuple[str, ...]]) -> tuple[Sense, ...]:
    """The senses that seeds and forks belong to, sorted by their first member."""
    grouped: dict[tuple[str, ...], list[Seed]] = {}
    for seed in sorted(seeds, key=lambda seed: (seed.concept, seed.through, str(seed.match))):
        grouped.setdefault(class_of[seed.concept], []).append(seed)
    found = [Sense(members, tuple(led)) for members, led in grouped.items()]
    found += [Sense((fork.concept,), fork=fork) for fork in sorted(forks, key=lambda fork: fork.concept)]
    return tuple(sorted(found, key=lambda sense: (sense.members, sense.fork is not None)))
