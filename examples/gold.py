"""What is right in the example organisation, read from its own files: no registry is asked.

The vocabularies say which concepts share a label; the gold says which of them mean the same. A pair of concepts is a
frozenset of their two IRIs.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from registry.rdf.terms import OWL, SKOS
from registry.rdf.text import fold_label
from registry.resources import bundled

Pair = frozenset[str]
NEARLY = frozenset({"closeMatch", "broadMatch", "narrowMatch"})
"""Relations that are neither the same meaning nor another one altogether."""
PLAIN = frozenset({"UNCONTESTED", "AGREED", "AGREED_UNOWNED", "NEEDS_CONTEXT", "NO_CANDIDATE"})
"""Outcomes that need nobody's authority."""

Label = tuple[str, str]
"""A folded label and its language."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A live concept: its vocabulary's key, its preferred labels, and all that people read."""

    scheme: str
    preferred: frozenset[Label]
    labels: frozenset[Label]


@dataclass(frozen=True, slots=True)
class Gold:
    """Concepts by IRI, and what the gold says about pairs of them."""

    concepts: dict[str, Concept]
    exact: frozenset[Pair]
    nearly: frozenset[Pair]
    negatives: frozenset[Pair]
    rows: tuple[dict[str, Any], ...]

    def between(self, pair: Pair) -> tuple[str, ...]:
        """The keys of the vocabularies of a pair, sorted."""
        return tuple(sorted(self.concepts[concept].scheme for concept in pair))

    def homonyms(self) -> frozenset[Pair]:
        """Pairs with one preferred label and two meanings, those left out that mean nearly the same."""
        return self._sharing(preferred=True) - self.exact - self.nearly

    def same_words(self) -> frozenset[Pair]:
        """Pairs of one meaning that share a label, preferred or not."""
        return self._sharing(preferred=False) & self.exact

    def common_label(self, pair: Pair) -> bool:
        """Whether the two concepts of a pair share a label in one language."""
        one, other = (self.concepts[concept].labels for concept in pair)
        return not one.isdisjoint(other)

    def common_word(self, pair: Pair) -> bool:
        """Whether any label of one has a word of more than two letters that a label of the other has, too."""
        one, other = (
            {word for label, _ in self.concepts[concept].labels for word in label.split() if len(word) > 2}
            for concept in pair
        )
        return not one.isdisjoint(other)

    def _sharing(self, *, preferred: bool) -> frozenset[Pair]:
        by_label: dict[Label, list[str]] = defaultdict(list)
        for iri, concept in self.concepts.items():
            for label in concept.preferred if preferred else concept.labels:
                by_label[label].append(iri)
        pairs = (frozenset(pair) for several in by_label.values() for pair in combinations(several, 2))
        return frozenset(pair for pair in pairs if len(set(self.between(pair))) == 2)


def read(keys: Iterable[str]) -> Gold:
    """The gold about these vocabularies."""
    concepts = {iri: concept for key in keys for iri, concept in _concepts(key)}
    rows = tuple(row for row in document("mappings.sssom.json")["mappings"] if _pair(row) <= concepts.keys())
    said: dict[str, set[Pair]] = defaultdict(set)
    for row in rows:
        said["not" if row.get("predicate_modifier") else row["predicate_id"].partition("#")[2]].add(_pair(row))
    nearly = frozenset(pair for name in NEARLY for pair in said[name])
    return Gold(concepts, frozenset(said["exactMatch"]), nearly, frozenset(said["not"]), rows)


def document(name: str) -> dict[str, Any]:
    """One of the gold's JSON documents."""
    found: dict[str, Any] = json.loads((folder() / "gold" / name).read_text(encoding="utf-8"))
    return found


def folder() -> Path:
    """Where the example organisation lies."""
    return bundled("ontologies") / "example"


def questions() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The questions that need nobody's authority, and the others.

    A question needs authority when it gives a context in which grants are written (a subject area, a jurisdiction, a
    usage), when only a grant leads to its outcome, or when it rests on one department having adopted another's concept.
    """
    adopted = {(row["endorsed_by"], row["concept"]) for row in document("authority.json")["endorsements"]}
    plain: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for question in document("questions.json")["questions"]:
        scoped = any(question[name] for name in ("subject", "jurisdiction", "usage"))
        asker = f"https://vocab.nordhaven.example/id/department/{question['department']}"
        apart = scoped or question["outcome"] not in PLAIN or (asker, question["winner"]) in adopted
        (others if apart else plain).append(question)
    return plain, others


def _pair(row: dict[str, Any]) -> Pair:
    return frozenset((row["subject_id"], row["object_id"]))


def _concepts(key: str) -> Iterator[tuple[str, Concept]]:
    quads = list(ox.parse(path=str(folder() / f"{key}.ttl"), format=ox.RdfFormat.TURTLE))
    labels: dict[str, dict[str, set[Label]]] = defaultdict(lambda: defaultdict(set))
    retired = {quad.subject for quad in quads if quad.predicate == OWL.deprecated}
    for quad in quads:
        if isinstance(quad.object, ox.Literal) and quad.object.language and quad.subject not in retired:
            folded = (fold_label(quad.object.value), quad.object.language)
            labels[str(getattr(quad.subject, "value", ""))][quad.predicate.value].add(folded)
    for iri, said in labels.items():
        preferred = frozenset(said[SKOS.prefLabel.value])
        if preferred:
            yield iri, Concept(key, preferred, preferred | said[SKOS.altLabel.value])
