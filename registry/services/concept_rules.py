"""What may not be written: the integrity conditions of SKOS, and what a hierarchy must stay, each refused with why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from registry.errors import AlreadyExistsError, RefusedError
from registry.rdf.terms import SKOS
from registry.services.concepts import described, label_of
from registry.services.references import local_of
from registry.services.scheme_facts import SchemeFacts
from registry.store.search import KINDS, LabelKind, labels_equal, search_key
from registry.store.work import Work

Steps = Mapping[NamedNode, NamedNode]
"""Each node reached, with the one it was reached from."""
_LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
_SAID = {SKOS.prefLabel: "preferred", SKOS.altLabel: "alternative", SKOS.hiddenLabel: "hidden"}


def check_labels(quads: Iterable[Quad]) -> None:
    """Nothing, when a concept's labels keep S13 and S14 of the SKOS Reference; RefusedError otherwise."""
    kinds: dict[Literal, list[NamedNode]] = {}
    languages: Counter[str] = Counter()
    for quad in sorted(quads, key=str):
        if quad.predicate in KINDS and KINDS[quad.predicate] is not LabelKind.NOTATION:
            assert isinstance(quad.object, Literal)
            kinds.setdefault(quad.object, []).append(quad.predicate)
            languages[quad.object.language or ""] += quad.predicate == SKOS.prefLabel
    twice = sorted(language for language, count in languages.items() if count > 1)
    if twice:
        raise RefusedError(
            f"A concept has one preferred label in a language (SKOS S14); this gives {languages[twice[0]]} in "
            f"{twice[0] or 'none'}.",
            advice="Keep one, and make the others alternative labels.", rule="S14",
        )  # fmt: skip
    for label, stated in kinds.items():
        if len(stated) > 1:
            both = " and ".join(_SAID[kind] for kind in stated)
            raise RefusedError(
                f"{label.value!r} cannot be a label of one concept twice, as {both} label (SKOS S13).",
                advice="Remove it from one of them.", rule="S13",
            )  # fmt: skip


def check_unique(work: Work, facts: SchemeFacts, node: NamedNode, labels: Sequence[Literal]) -> None:
    """Nothing, when no other concept of the vocabulary prefers one of these labels; AlreadyExistsError otherwise."""
    wanted = {(search_key(label.value), label.language or ""): label for label in labels}
    graph = work.names.scheme_graph(facts.key)
    for hit in labels_equal(work.reader, [key for key, _ in wanted]):
        same = hit.kind is LabelKind.PREFERRED and hit.graph == graph and hit.concept != node
        if same and (hit.folded, hit.language) in wanted:
            other = f"{facts.key}/{local_of(hit.concept, facts.namespace)}"
            raise AlreadyExistsError(
                f"{hit.text!r} ({hit.language or 'no language'}) is the preferred label of {other} already.",
                advice="Use that concept, or tell the new one apart, such as Crane (bird).", concept=hit.concept.value,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relations:
    """A concept's relations as they are about to be: all broader ones, all related ones."""

    node: NamedNode
    broader: frozenset[NamedNode]
    related: frozenset[NamedNode]


@dataclass(slots=True)
class Hierarchy:
    """The hierarchy of one vocabulary around a concept, asked level by level, the concept's own links left out."""

    work: Work
    graph: NamedNode
    node: NamedNode
    shown: dict[NamedNode, str] = field(default_factory=dict)

    def above(self, starts: Iterable[NamedNode]) -> Steps:
        """Everything above the starts, each with what it was reached from; the starts from themselves."""
        return self._walk(starts, lambda level: self._links(level, SKOS.broader, SKOS.narrower))

    def below(self, starts: Iterable[NamedNode]) -> Steps:
        """Everything below the starts."""
        return self._walk(starts, lambda level: self._links(level, SKOS.narrower, SKOS.broader))

    def related(self, nodes: Iterable[NamedNode]) -> list[tuple[NamedNode, NamedNode]]:
        """What these are related to, stated on either side."""
        return self._links(list(nodes), SKOS.related, SKOS.related)

    def path(self, steps: Steps, end: NamedNode) -> str:
        """The way from a start to a node reached, in labels."""
        way = [end]
        while steps[way[-1]] != way[-1]:
            way.append(steps[way[-1]])
        return self.spoken(reversed(way))

    def spoken(self, nodes: Iterable[NamedNode]) -> str:
        """Concepts in labels, with arrows between them."""
        way = list(nodes)
        about = described(self.work.reader.about(way))
        return " → ".join(label_of(about.get(node, {}), node, self.work.settings.languages) for node in way)

    def _walk(
        self, starts: Iterable[NamedNode], links: Callable[[list[NamedNode]], list[tuple[NamedNode, NamedNode]]]
    ) -> Steps:
        steps = {start: start for start in starts}
        level = list(steps)
        while level:
            following = []
            for low, high in links(level):
                if high not in steps:
                    steps[high] = low
                    if high != self.node:
                        following.append(high)
            level = following
        return steps

    def _links(self, level: list[NamedNode], forth: NamedNode, back: NamedNode) -> list[tuple[NamedNode, NamedNode]]:
        stated = [q for q in self.work.reader.about(level) if q.predicate == forth and q.graph_name == self.graph]
        inverse = [q for q in self.work.reader.pointing([back], level) if q.graph_name == self.graph]
        pairs = [(q.subject, q.object) for q in stated] + [(q.object, q.subject) for q in inverse]
        found = [(a, b) for a, b in pairs if isinstance(a, NamedNode) and isinstance(b, NamedNode)]
        return sorted(set(found), key=lambda pair: (pair[0].value, pair[1].value))


def check_relations(hierarchy: Hierarchy, wanted: Relations, *, below: bool) -> None:
    """Nothing, when the hierarchy stays free of cycles and S27 holds; RefusedError with the path otherwise.

    `below`: also for everything below the concept, which moves along with it.
    """
    node = wanted.node
    above = hierarchy.above(wanted.broader)
    if node in wanted.broader or node in wanted.related:
        raise RefusedError("A concept cannot be its own neighbour.", advice="Name another one.", rule="reflexive")
    if node in above:
        raise RefusedError(
            f"That would close a loop: {hierarchy.spoken([node])} → {hierarchy.path(above, node)}.",
            advice="Move one of them elsewhere first.", rule="cyclic-hierarchy",
        )  # fmt: skip
    pairs = [(node, other) for other in sorted(wanted.related, key=str)]
    moved = hierarchy.below([node]) if below or wanted.related else {node: node}
    if below:
        pairs += hierarchy.related([one for one in moved if one != node])
    for low, other in pairs:
        if other in above:
            _refuse_clash(hierarchy, low, other, f"{hierarchy.spoken([node])} → {hierarchy.path(above, other)}")
        if low == node and other in moved:
            _refuse_clash(hierarchy, low, other, hierarchy.path(moved, other))


def _refuse_clash(hierarchy: Hierarchy, low: NamedNode, other: NamedNode, path: str) -> None:
    pair = " and ".join(hierarchy.spoken([one]) for one in (low, other))
    raise RefusedError(
        f"{pair} would be related and one above the other, which are disjoint (SKOS S27): {path}.",
        advice="Keep the relation or the hierarchy, not both.",
        rule="S27",
    )
