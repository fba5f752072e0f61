"""A taxonomy frozen beside the data: read by every validation, a focus node of none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import pyoxigraph as ox

from registry.errors import InvalidInputError
from registry.model.validation import Term
from registry.shacl.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, SKOS_BROADER

_Edges: TypeAlias = "dict[tuple[Term, ox.NamedNode], dict[Term, None]]"


def reachable(start: Term, step: Callable[[Term], Iterable[Term]]) -> frozenset[Term]:
    """Return the start and everything reached by repeated steps; cycles end."""
    found: dict[Term, None] = {start: None}
    waiting = [start]
    while waiting:
        for each in step(waiting.pop()):
            if each not in found:
                found[each] = None
                waiting.append(each)
    return frozenset(found)


def plain_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """Return the term unchanged. Raises InvalidInputError for a triple term, which SHACL 1.0 does not know."""
    if isinstance(term, ox.Triple):
        raise InvalidInputError(f"{term} is a triple term (RDF 1.2).", advice="Reify it with RDF 1.1 statements.")
    return term


def _renamed(term: Term) -> Term:
    return ox.BlankNode(f"background.{term.value}") if isinstance(term, ox.BlankNode) else term


class Background:
    """An index of background quads, built once and never changed afterwards.

    `version` names its content and is part of every memo key; by default it is the SHA-256 of the sorted N-Quads.
    Blank nodes are renamed so that they cannot meet those of the data. Safe to share between threads.
    """

    def __init__(self, quads: Iterable[ox.Quad], *, version: str | None = None) -> None:
        self.forward: dict[Term, dict[ox.NamedNode, dict[Term, None]]] = {}
        self.backward: _Edges = {}
        self._below: dict[Term, frozenset[Term]] = {}
        self._subclasses: dict[Term, frozenset[Term]] = {}
        self._instances: dict[Term, frozenset[Term]] = {}
        self._given_version = version
        self.cache: dict[str, Any] = {}
        for quad in quads:
            self._add(_renamed(plain_term(quad.subject)), quad.predicate, _renamed(plain_term(quad.object)))

    def _add(self, subject: Term, predicate: ox.NamedNode, object_: Term) -> None:
        self.forward.setdefault(subject, {}).setdefault(predicate, {})[object_] = None
        self.backward.setdefault((object_, predicate), {})[subject] = None

    @cached_property
    def version(self) -> str:
        """The version given, or a digest of the content: equal content has an equal version."""
        if self._given_version is not None:
            return self._given_version
        lines = sorted(str(quad) for quad in self.quads())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def quads(self) -> Iterable[ox.Quad]:
        """Yield the statements, in the default graph."""
        for subject, by_predicate in self.forward.items():
            for predicate, objects in by_predicate.items():
                for object_ in objects:
                    yield ox.Quad(subject, predicate, object_)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return sum(len(objects) for by_predicate in self.forward.values() for objects in by_predicate.values())

    @cached_property
    def _classes(self) -> frozenset[Term]:
        """Every class with an instance here, and the classes above those."""
        direct = {each for about in self.forward.values() for each in about.get(RDF_TYPE, ())}
        return frozenset(above for each in direct for above in self._closure(each, upwards=True))

    @cached_property
    def _mentioned(self) -> frozenset[Term]:
        objects = (each for about in self.forward.values() for values in about.values() for each in values)
        return frozenset(self.forward) | {each for each in objects if isinstance(each, ox.NamedNode)}

    def governs(self, class_: Term) -> bool:
        """Say whether instances of the class stand here, so that only those count as its instances."""
        return class_ in self._classes

    def mentions(self, node: Term) -> bool:
        """Say whether the IRI occurs here, as a subject or an object."""
        return node in self._mentioned

    def instances(self, class_: Term) -> frozenset[Term]:
        """Return the instances of the class and of those below it."""
        known = self._instances.get(class_)
        if known is None:
            found = (self.backward.get((each, RDF_TYPE), {}) for each in self.subclasses(class_))
            known = self._instances[class_] = frozenset(node for nodes in found for node in nodes)
        return known

    def subclasses(self, class_: Term) -> frozenset[Term]:
        """Return the class and those below it (rdfs:subClassOf*)."""
        known = self._subclasses.get(class_)
        if known is None:
            known = self._subclasses[class_] = self._closure(class_, upwards=False)
        return known

    def below(self, concept: Term) -> frozenset[Term]:
        """Return the concept and those below it (skos:broader*)."""
        known = self._below.get(concept)
        if known is None:
            known = self._below[concept] = self._down(concept, SKOS_BROADER)
        return known

    def _down(self, start: Term, predicate: ox.NamedNode) -> frozenset[Term]:
        return reachable(start, lambda node: self.backward.get((node, predicate), {}))

    def _closure(self, class_: Term, *, upwards: bool) -> frozenset[Term]:
        if not upwards:
            return self._down(class_, RDFS_SUBCLASS_OF)
        empty: Mapping[ox.NamedNode, dict[Term, None]] = {}
        return reachable(class_, lambda node: self.forward.get(node, empty).get(RDFS_SUBCLASS_OF, {}))
