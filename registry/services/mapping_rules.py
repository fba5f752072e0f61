"""What no mapping may say: refused before it is written, with the path that shows why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode

from registry.contract.mappings import Predicate
from registry.errors import ConflictError, RefusedError
from registry.services.gathered import Gathered
from registry.services.lifecycle import Status
from registry.services.mapping_records import LIVE, MappingRecord, nodes_touching, records

_EXCLUDE: frozenset[frozenset[Predicate]] = frozenset(
    frozenset(pair) for pair in (("exact", "broad"), ("exact", "narrow"), ("exact", "related"), ("broad", "narrow"))
)
"""Predicates that no pair of concepts has together: SKOS S46, and broader both ways would be a cycle."""


def excludes(one: Predicate, other: Predicate) -> bool:
    """Whether no pair of concepts has both predicates."""
    return frozenset((one, other)) in _EXCLUDE


def require_two_vocabularies(gathered: Gathered, subject: NamedNode, object: NamedNode) -> tuple[str, str]:  # noqa: A002
    """The keys of the homes of both ends; RefusedError for one concept, or two of one vocabulary."""
    if subject == object:
        raise RefusedError(f"{gathered.reference(subject)} cannot be mapped to itself.", advice="Name another concept.")
    gathered.load((subject, object))
    one, other = gathered.entries[subject].home, gathered.entries[object].home
    for end, key in ((subject, one), (object, other)):
        if key is None:
            raise RefusedError(f"{end.value} is in no vocabulary here.", advice="Import its vocabulary first.")
    assert one is not None
    assert other is not None
    if one == other:
        raise RefusedError(
            f"{_path(gathered, (subject, object))} lie in one vocabulary.",
            advice="Mappings join vocabularies; within one, use skos:broader, skos:related, or merge the concepts.",
            path=[subject.value, object.value],
        )
    return one, other


def require_in_force(gathered: Gathered, ends: Iterable[NamedNode]) -> None:
    """Nothing, when no end is deprecated; ConflictError naming its replacements otherwise."""
    for end in ends:
        entry = gathered.entry(end)
        if entry.status() in (Status.DEPRECATED, Status.ARCHIVED):
            instead = [gathered.reference(node) for node in entry.replaced_by()]
            raise ConflictError(
                f"{gathered.reference(end)} is {entry.status().value}.",
                advice=f"Map {' or '.join(instead)} instead." if instead else "Map a concept that is in force.",
                replaced_by=[node.value for node in entry.replaced_by()],
            )


def require_compatible(
    gathered: Gathered, subject: NamedNode, predicate: Predicate, others: Iterable[MappingRecord]
) -> None:
    """Nothing, when no other mapping of the pair contradicts the predicate; ConflictError otherwise (SKOS S46)."""
    for other in others:
        theirs = other.seen_from(subject)
        if other.state in LIVE and excludes(predicate, theirs):
            raise ConflictError(
                f"{_path(gathered, (other.subject, other.object), f' {other.predicate} ')} is {other.state} already, "
                f"and no pair has both {predicate} and {theirs} (SKOS S46).",
                advice="Withdraw the one that is wrong first.",
                rule="SKOS S46",
                path=[other.subject.value, other.object.value],
            )


def require_no_clique(gathered: Gathered, subject: NamedNode, object: NamedNode) -> None:  # noqa: A002
    """Nothing, when exact mappings would join no two concepts of one vocabulary; ConflictError with the path otherwise.

    Exact matches are transitive (SKOS S45), so joining both ends joins all that either is joined with.
    """
    left, right = _reached(gathered, subject), _reached(gathered, object)
    homes = {gathered.entries[node].home: node for node in sorted(left, key=str)}
    for node in sorted(right, key=str):
        clash = homes.get(gathered.entries[node].home)
        if clash is not None and clash != node:
            path = [*left[clash], *reversed(right[node])]
            raise ConflictError(
                f"{gathered.reference(clash)} and {gathered.reference(node)} would become one, and both lie in "
                f"{gathered.entries[node].home}: {_path(gathered, path, ' = ')}.",
                advice="Use broad, narrow or close here, or withdraw a mapping on the path.",
                path=[step.value for step in path],
            )


def _reached(gathered: Gathered, start: NamedNode) -> dict[NamedNode, tuple[NamedNode, ...]]:
    """What exact mappings that somebody approved lead to, each with the path that ends at the start."""
    paths: dict[NamedNode, tuple[NamedNode, ...]] = {start: (start,)}
    frontier = [start]
    gathered.load(frontier)
    while frontier:
        found = records(gathered, nodes_touching(gathered.reader, frontier))
        fresh = []
        for record in found:
            if record.predicate != "exact" or record.state not in ("one_sided", "approved", "needs_review"):
                continue
            for here, there in ((record.subject, record.object), (record.object, record.subject)):
                if here in paths and there not in paths:
                    paths[there] = (there, *paths[here])
                    fresh.append(there)
        frontier = fresh
    return paths


def _path(gathered: Gathered, nodes: Sequence[NamedNode], joint: str = " and ") -> str:
    return joint.join(f"{gathered.reference(node)} ({gathered.label(node)})" for node in nodes)
