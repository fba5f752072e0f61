"""What follows from mappings, with the path it follows by, and where they contradict each other.

SKOS makes only exactMatch transitive. Beyond it SSSOM's chaining rules are used: an exact match followed by a mapping,
or following one, gives that mapping (T1, RCE1, RCE2), and a mapping read backwards its inverse (RI1, RI2). Chains have
at most three links, so that an inferred mapping can still be judged by its path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from registry.matching.conflicts import Relation
from registry.matching.vocabulary import Vocabulary

LONGEST_CHAIN = 3
_INVERSE = {
    "exactMatch": "exactMatch",
    "broadMatch": "narrowMatch",
    "narrowMatch": "broadMatch",
    "closeMatch": "closeMatch",
    "relatedMatch": "relatedMatch",
}
_STRONG = frozenset({"exactMatch", "broadMatch", "narrowMatch"})
_NAMESPACE = "http://www.w3.org/2004/02/skos/core#"

Rule = Literal["chain", "inversion"]
Fault = Literal[
    "two_in_one_clique", "exact_and_other", "broader_cycle", "contradicts_rejection", "maps_to_itself", "unknown_end"
]


@dataclass(frozen=True, slots=True)
class Inferred:
    """A mapping that follows from others: its ends, its predicate as a CURIE, and the mappings it stands on in order.

    It falls when one of its premises does, is never exported as asserted and joins no sense class.
    """

    subject_id: str
    predicate_id: str
    object_id: str
    path: tuple[Relation, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Incoherence:
    """Mappings that cannot all be right: what is wrong, the concepts concerned, the mappings behind it, in words."""

    kind: Fault
    concepts: tuple[str, ...]
    path: tuple[Relation, ...]
    message: str


@dataclass(frozen=True, slots=True)
class _Link:
    predicate: str
    target: str
    relation: Relation


def infer(mappings: Iterable[Relation], *, weak: bool = False) -> tuple[Inferred, ...]:
    """Return what follows from the mappings and is not among them, each by its shortest path, ordered by its ends.

    Rejections are no premises. `weak` lets close and related matches take part, at most one in a chain.
    """
    known = sorted(set(mappings), key=_order)
    asserted = {
        (relation.subject_id, _name(relation), relation.object_id) for relation in known if not relation.negative
    }
    links = _links(known, weak=weak)
    found = [
        inferred
        for start in sorted(links)
        for inferred in _reached(start, links)
        if (inferred.subject_id, inferred.predicate_id.removeprefix("skos:"), inferred.object_id) not in asserted
    ]
    return tuple(sorted(found, key=lambda inferred: (inferred.subject_id, inferred.object_id, inferred.predicate_id)))


def incoherences(mappings: Iterable[Relation], vocabularies: Iterable[Vocabulary] = ()) -> tuple[Incoherence, ...]:
    """Return the contradictions among mappings, over everything that follows from them.

    Two concepts of one vocabulary in one exact clique; exact together with broad, narrow or related between a pair
    (SKOS S46); cycles of broader through mappings and the vocabularies' own hierarchies, which includes an ancestor
    mapped below a descendant; what follows from mappings but was rejected; a mapping of a concept to itself, or, when
    vocabularies are given, of one that is in none of them.
    """
    known, vocabularies = sorted(set(mappings), key=_order), tuple(vocabularies)
    inferred = infer(known, weak=True)
    found = [
        *_ends(known, vocabularies),
        *_crowded_cliques(known, vocabularies),
        *_disjoint(known, inferred),
        *_against_rejections(known, inferred),
        *_cycles(known, vocabularies),
    ]
    return tuple(sorted(found, key=lambda incoherence: (incoherence.kind, incoherence.concepts)))


def _links(mappings: Iterable[Relation], *, weak: bool) -> dict[str, list[_Link]]:
    """Return every mapping from both of its ends."""
    links: dict[str, list[_Link]] = defaultdict(list)
    for relation in mappings:
        name = _name(relation)
        if (
            not relation.negative
            and name in (_INVERSE if weak else _STRONG)
            and relation.subject_id != relation.object_id
        ):
            links[relation.subject_id].append(_Link(name, relation.object_id, relation))
            links[relation.object_id].append(_Link(_INVERSE[name], relation.subject_id, relation))
    return links


def _reached(start: str, links: Mapping[str, Sequence[_Link]]) -> Iterator[Inferred]:
    """Yield what chains of up to three links give a concept, the shortest chain of each kind only."""
    seen: set[tuple[str, str]] = {("exactMatch", start)}
    edge: list[tuple[str, str, tuple[Relation, ...]]] = [("exactMatch", start, ())]
    for _ in range(LONGEST_CHAIN):
        further = []
        for so_far, place, path in edge:
            for link in links.get(place, ()):
                predicate = _composed(so_far, link.predicate)
                if predicate and link.target != start and (predicate, link.target) not in seen:
                    seen.add((predicate, link.target))
                    further.append((predicate, link.target, (*path, link.relation)))
        for predicate, target, path in further:
            yield Inferred(start, f"skos:{predicate}", target, path, "inversion" if len(path) == 1 else "chain")
        edge = further


def _composed(first: str, second: str) -> str | None:
    if first == "exactMatch":
        return second
    return first if second == "exactMatch" else None


def _ends(mappings: Iterable[Relation], vocabularies: Sequence[Vocabulary]) -> Iterator[Incoherence]:
    entries = {entry.id for vocabulary in vocabularies for entry in vocabulary.entries}
    for relation in mappings:
        ends = (relation.subject_id, relation.object_id)
        if ends[0] == ends[1]:
            yield Incoherence("maps_to_itself", ends[:1], (relation,), f"{ends[0]} is mapped to itself")
        for end in ends if entries else ():
            if end not in entries:
                yield Incoherence("unknown_end", (end,), (relation,), f"{end} is in none of the vocabularies")


def _crowded_cliques(mappings: Sequence[Relation], vocabularies: Iterable[Vocabulary]) -> Iterator[Incoherence]:
    home = {entry.id: vocabulary.key for vocabulary in vocabularies for entry in vocabulary.entries}
    clique_of = _cliques(mappings)
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for concept, clique in sorted(clique_of.items()):
        if concept in home:
            members[clique, home[concept]].append(concept)
    for (clique, key), several in members.items():
        if len(several) > 1:
            exact = (relation for relation in mappings if _is_exact(relation))
            path = tuple(relation for relation in exact if clique_of[relation.subject_id] == clique)
            message = f"{len(several)} concepts of {key} are exact matches of one another: {', '.join(several)}"
            yield Incoherence("two_in_one_clique", tuple(several), path, message)


def _disjoint(mappings: Iterable[Relation], inferred: Iterable[Inferred]) -> Iterator[Incoherence]:
    said: dict[tuple[str, str], dict[str, tuple[Relation, ...]]] = defaultdict(dict)
    for relation in mappings:
        if not relation.negative:
            said[relation.subject_id, relation.object_id].setdefault(_name(relation), (relation,))
    for conclusion in inferred:
        predicate = conclusion.predicate_id.removeprefix("skos:")
        said[conclusion.subject_id, conclusion.object_id].setdefault(predicate, conclusion.path)
    for pair, predicates in said.items():
        for other in ("broadMatch", "narrowMatch", "relatedMatch"):
            if "exactMatch" in predicates and other in predicates and pair[0] < pair[1]:
                path = (*predicates["exactMatch"], *predicates[other])
                message = f"{pair[0]} and {pair[1]} are mapped as exactMatch and as {other} (SKOS S46)"
                yield Incoherence("exact_and_other", pair, path, message)


def _against_rejections(mappings: Iterable[Relation], inferred: Iterable[Inferred]) -> Iterator[Incoherence]:
    rejected = {
        (relation.subject_id, _name(relation), relation.object_id): relation
        for relation in mappings
        if relation.negative
    }
    for conclusion in inferred:
        name = conclusion.predicate_id.removeprefix("skos:")
        against = rejected.get((conclusion.subject_id, name, conclusion.object_id))
        if against:
            message = f"{conclusion.subject_id} {name} {conclusion.object_id} follows from mappings but was rejected"
            ends = (conclusion.subject_id, conclusion.object_id)
            yield Incoherence("contradicts_rejection", ends, (*conclusion.path, against), message)


def _cycles(mappings: Sequence[Relation], vocabularies: Iterable[Vocabulary]) -> Iterator[Incoherence]:
    """Yield groups of concepts that stand above one another, exact matches taken together."""
    clique_of = _cliques(mappings)
    above: dict[str, set[str]] = defaultdict(set)
    for vocabulary in vocabularies:
        for entry in vocabulary.entries:
            above[clique_of.get(entry.id, entry.id)] |= {clique_of.get(parent, parent) for parent in entry.broader}
    hierarchical = [r for r in mappings if not r.negative and _name(r) in ("broadMatch", "narrowMatch")]
    for relation in hierarchical:
        lower, upper = relation.subject_id, relation.object_id
        if _name(relation) == "narrowMatch":
            lower, upper = upper, lower
        above[clique_of.get(lower, lower)].add(clique_of.get(upper, upper))
    for group in _tangles(above):
        concepts = {concept for concept, clique in clique_of.items() if clique in group} | group
        touching = (*hierarchical, *(relation for relation in mappings if _is_exact(relation)))
        path = tuple(r for r in touching if r.subject_id in concepts and r.object_id in concepts)
        if path:
            message = f"{len(group)} concepts stand above one another: {', '.join(sorted(concepts))}"
            yield Incoherence("broader_cycle", tuple(sorted(concepts)), path, message)


def _tangles(above: Mapping[str, set[str]]) -> Iterator[frozenset[str]]:
    """Yield the groups of nodes that reach one another, and single nodes that reach themselves (Kosaraju)."""
    order, below = _finishing_order(above), defaultdict[str, set[str]](set)
    for node, uppers in above.items():
        for upper in uppers:
            below[upper].add(node)
    placed: set[str] = set()
    for node in reversed(order):
        group = _reach(node, below, placed)
        placed |= group
        if len(group) > 1 or (group and node in above.get(node, ())):
            yield frozenset(group)


def _finishing_order(above: Mapping[str, set[str]]) -> list[str]:
    order: list[str] = []
    seen: set[str] = set()
    for root in sorted(above):
        stack = [] if root in seen else [(root, iter(sorted(above.get(root, ()))))]
        seen.add(root)
        while stack:
            node, rest = stack[-1]
            further = next((upper for upper in rest if upper not in seen), None)
            if further is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(further)
                stack.append((further, iter(sorted(above.get(further, ())))))
    return order


def _reach(start: str, edges: Mapping[str, set[str]], taken: set[str]) -> set[str]:
    reached, stack = set[str](), [start]
    while stack:
        node = stack.pop()
        if node not in reached and node not in taken:
            reached.add(node)
            stack.extend(edges.get(node, ()))
    return reached


def _cliques(mappings: Iterable[Relation]) -> dict[str, str]:
    """Return for each concept in an exact match the smallest identifier it is an exact match of, by any chain."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for relation in mappings:
        if _is_exact(relation):
            neighbours[relation.subject_id].add(relation.object_id)
            neighbours[relation.object_id].add(relation.subject_id)
    clique_of: dict[str, str] = {}
    for concept in sorted(neighbours):
        if concept not in clique_of:
            clique_of |= dict.fromkeys(_reach(concept, neighbours, set()), concept)
    return clique_of


def _is_exact(relation: Relation) -> bool:
    return not relation.negative and _name(relation) == "exactMatch"


def _name(relation: Relation) -> str:
    return relation.predicate_id.removeprefix(_NAMESPACE).removeprefix("skos:")


def _order(relation: Relation) -> tuple[str, str, str, bool]:
    return (relation.subject_id, relation.object_id, relation.predicate_id, relation.negative)
