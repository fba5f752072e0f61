"""Mappings as premises, with the hierarchies they stand in: what a new one would contradict, and by which path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode

from registry.contract.mappings import Predicate
from registry.errors import ConflictError
from registry.matching.conflicts import Relation
from registry.matching.reason import Incoherence, incoherences
from registry.matching.vocabulary import Entry, Vocabulary
from registry.rdf.terms import SKOS
from registry.services.gathered import Gathered
from registry.services.mapping_records import PREDICATES, MappingRecord, records_touching

ROUNDS = 3
"""How far a new mapping's surroundings reach, each round by the hierarchies above and the mappings there."""
BINDING = ("one_sided", "approved", "needs_review")


def relation(record: MappingRecord) -> Relation:
    """A mapping as a premise; a rejected one as a denial."""
    predicate = PREDICATES[record.predicate].value
    return Relation(record.subject.value, predicate, record.object.value, negative=record.state == "rejected")


def premises(found: Iterable[MappingRecord], states: tuple[str, ...] = ("approved",)) -> list[Relation]:
    """What mappings in these states say, and what rejections of unchanged concepts deny."""
    return [relation(r) for r in found if r.state in states or (r.state == "rejected" and r.unchanged)]


def above(gathered: Gathered, concepts: Iterable[NamedNode]) -> tuple[Vocabulary, ...]:
    """The vocabularies of these concepts, cut down to them and everything above them. Two queries a level."""
    parents: dict[NamedNode, set[NamedNode]] = {}
    frontier = set(concepts)
    while frontier:
        gathered.load(frontier)
        found = _parents(gathered, frontier)
        parents.update(found)
        frontier = {parent for node in found for parent in found[node]} - parents.keys()
    entries: dict[str, list[Entry]] = defaultdict(list)
    for node, broader in sorted(parents.items(), key=lambda item: item[0].value):
        home = gathered.entries[node].home
        if home is not None:
            entries[home].append(Entry(node.value, (), tuple(sorted(parent.value for parent in broader))))
    return tuple(Vocabulary(key, tuple(several)) for key, several in sorted(entries.items()))


def require_coherent(
    gathered: Gathered,
    subject: NamedNode,
    predicate: Predicate,
    object: NamedNode,  # noqa: A002 -- SSSOM's word
) -> None:
    """Nothing, when the mapping contradicts none that somebody approved; ConflictError with the path otherwise.

    Looked at: exact with broad, narrow or related over chains (SKOS S46), cycles of broader through the vocabularies'
    own hierarchies, and chains that lead to what was rejected.
    """
    known, vocabularies = _surroundings(gathered, (subject, object))
    ends = frozenset((subject, object))
    others = premises((r for r in known if r.pair != ends or r.seen_from(subject) != predicate), BINDING)
    new = Relation(subject.value, PREDICATES[predicate].value, object.value)
    before = {_key(one) for one in incoherences(others, vocabularies)}
    for found in incoherences([*others, new], vocabularies):
        if _key(found) not in before and new in found.path:
            steps = "; ".join(_said(gathered, step) for step in found.path)
            raise ConflictError(
                f"This mapping cannot stand beside others ({found.kind.replace('_', ' ')}): {steps}.",
                advice="Choose another predicate, or withdraw the mapping or rejection that is wrong.",
                rule=found.kind,
                path=[f"{step.subject_id} {step.predicate_id} {step.object_id}" for step in found.path],
            )


def _surroundings(gathered: Gathered, ends: Iterable[NamedNode]) -> tuple[list[MappingRecord], tuple[Vocabulary, ...]]:
    concepts, known = set(ends), dict[NamedNode, MappingRecord]()
    vocabularies: tuple[Vocabulary, ...] = ()
    for _ in range(ROUNDS):
        vocabularies = above(gathered, concepts)
        reached = {NamedNode(entry.id) for vocabulary in vocabularies for entry in vocabulary.entries} | concepts
        known = {record.node: record for record in records_touching(gathered, sorted(reached, key=str))}
        grown = reached | {end for record in known.values() for end in record.pair}
        if grown == concepts:
            break
        concepts = grown
    return list(known.values()), vocabularies


def _parents(gathered: Gathered, concepts: set[NamedNode]) -> dict[NamedNode, set[NamedNode]]:
    """What stands above each concept, as its home says, either way round."""
    found = {
        node: {value for value in gathered.entries[node].values(SKOS.broader) if isinstance(value, NamedNode)}
        for node in concepts
    }
    for quad in gathered.reader.pointing((SKOS.narrower,), sorted(concepts, key=str)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            found[quad.object].add(quad.subject)
    return found


def _key(found: Incoherence) -> tuple[str, tuple[str, ...]]:
    return found.kind, found.concepts


def _said(gathered: Gathered, step: Relation) -> str:
    subject, object_ = NamedNode(step.subject_id), NamedNode(step.object_id)
    word = "not " * step.negative + step.predicate_id.rpartition("#")[2].removesuffix("Match")
    ends = [f"{gathered.reference(node)} ({gathered.label(node)})" for node in (subject, object_)]
    return f" {word} ".join(ends)
