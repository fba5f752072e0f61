"""A light index over terms as they were parsed: no rewriting of lexical forms, no triple store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.background import Background, plain_term, reachable
from registry.shacl.vocabulary import RDF_TYPE, RDFS_SUBCLASS_OF, SKOS, SKOS_BROADER

Terms: TypeAlias = "dict[Term, None]"
Forward: TypeAlias = "dict[Term, dict[ox.NamedNode, Terms]]"

_NOTHING: Mapping[ox.NamedNode, Terms] = {}


class DataGraph:
    """The data of one validation over an optional frozen background.

    The background is read with the data but is authoritative about itself: what the data says about one of its nodes
    (focus nodes apart), that an IRI is of one of its classes, or that an IRI belongs to one of its schemes or stands
    under one of its concepts, is not believed. `forward` maps subject to predicate to objects, in the order met.
    """

    __slots__ = ("_backward", "_described", "_subclasses", "background", "cache", "forward")

    def __init__(self, forward: Forward, background: Background | None = None) -> None:
        self.forward = forward
        self.background = background
        self.cache: dict[str, Any] = {}
        self._backward: dict[tuple[Term, ox.NamedNode], Terms] | None = None
        self._subclasses: dict[Term, frozenset[Term]] = {}
        self._described: bool | None = None

    @classmethod
    def of(cls, quads: Iterable[ox.Quad], background: Background | None = None) -> DataGraph:
        """Return the graph of the quads; the graphs of a dataset are merged."""
        forward: Forward = {}
        for quad in quads:
            about = forward.setdefault(plain_term(quad.subject), {})
            about.setdefault(quad.predicate, {})[plain_term(quad.object)] = None
        return cls(forward, background)

    def objects(self, node: Term, predicate: ox.NamedNode) -> Collection[Term]:
        """Return the objects of the node's statements with that predicate, each once."""
        own = self.forward.get(node, _NOTHING).get(predicate)
        if self.background is None:
            return own or ()
        shared = self.background.forward.get(node, _NOTHING).get(predicate)
        if not own or not shared:
            return own or shared or ()
        return own | shared

    def subjects(self, node: Term, predicate: ox.NamedNode) -> Collection[Term]:
        """Return the subjects of the statements with that predicate and the node as object, each once."""
        if self._backward is None:
            self._backward = {}
            for subject, by_predicate in self.forward.items():
                for each, objects in by_predicate.items():
                    for object_ in objects:
                        self._backward.setdefault((object_, each), {})[subject] = None
        own = self._backward.get((node, predicate))
        if self.background is None:
            return own or ()
        shared = self.background.backward.get((node, predicate))
        if not own or not shared:
            return own or shared or ()
        return own | shared

    def statements(self, node: Term) -> Iterator[tuple[ox.NamedNode, Term]]:
        """Yield predicate and object of every statement the data makes about the node."""
        for predicate, objects in self.forward.get(node, _NOTHING).items():
            for object_ in objects:
                yield predicate, object_

    def quads(self) -> Iterator[ox.Quad]:
        """Yield the data's own statements, without the background's."""
        for subject, by_predicate in self.forward.items():
            for predicate, objects in by_predicate.items():
                for object_ in objects:
                    yield ox.Quad(subject, predicate, object_)  # type: ignore[arg-type]

    def subclasses(self, class_: Term) -> frozenset[Term]:
        """Return the class and every class below it (rdfs:subClassOf*)."""
        if self.background is not None and not self._describes_classes():
            return self.background.subclasses(class_)
        known = self._subclasses.get(class_)
        if known is None:
            known = self._subclasses[class_] = reachable(class_, lambda c: self.subjects(c, RDFS_SUBCLASS_OF))
        return known

    def _describes_classes(self) -> bool:
        if self._described is None:
            self._described = any(RDFS_SUBCLASS_OF in by_predicate for by_predicate in self.forward.values())
        return self._described

    def is_instance(self, node: Term, class_: ox.NamedNode) -> bool:
        """Say whether the node is a SHACL instance of the class; the background decides about its own classes."""
        background = self.background
        if background is not None and isinstance(node, ox.NamedNode) and background.governs(class_):
            return node in background.instances(class_)
        subclasses = self.subclasses(class_)
        return any(each in subclasses for each in self.objects(node, RDF_TYPE))

    def is_below(self, node: Term, concept: ox.NamedNode) -> bool:
        """Say whether the node is the concept or below it (skos:broader*), in the background where there is one."""
        if self.background is not None:
            return node in self.background.below(concept)
        return concept in reachable(node, lambda each: self.objects(each, SKOS_BROADER))

    def instances(self, class_: Term) -> Iterator[Term]:
        """Yield the data's own instances of the class: the background is never a focus node."""
        subclasses = self.subclasses(class_)
        for subject, by_predicate in self.forward.items():
            if any(each in subclasses for each in by_predicate.get(RDF_TYPE, ())):
                yield subject

    def believe(self, focus_nodes: Collection[Term]) -> None:
        """Drop the statements that are the background's to make, except those about the focus nodes."""
        if self.background is None:
            return
        for subject in [each for each in self.forward if isinstance(each, ox.NamedNode) and each not in focus_nodes]:
            if subject in self.background.forward:
                del self.forward[subject]
            else:
                self.forward[subject] = _believable(self.forward[subject], self.background)
        self._backward = None


def _believable(about: dict[ox.NamedNode, Terms], background: Background) -> dict[ox.NamedNode, Terms]:
    return {
        predicate: kept
        for predicate, objects in about.items()
        if (kept := {each: None for each in objects if not _claims(predicate, each, background)})
    }


def _claims(predicate: ox.NamedNode, object_: Term, background: Background) -> bool:
    """Say whether a statement makes its subject part of what the background holds."""
    if predicate == RDF_TYPE:
        return background.governs(object_)
    return predicate.value.startswith(SKOS) and background.mentions(object_)
