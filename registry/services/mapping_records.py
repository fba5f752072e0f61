"""Mappings as they stand: who agreed to what, and whether both ends are still what was agreed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from registry.model.names import Names
from registry.rdf.terms import LEX, OWL, SKOS
from registry.services.gathered import Gathered
from registry.services.references import first
from registry.store.quads import Description, Reader

if TYPE_CHECKING:  # its models cost ten milliseconds, which every answer of `resolve` would pay
    from registry.contract.mappings import Predicate, State

PREDICATES: Mapping[Predicate, NamedNode] = {
    "exact": SKOS.exactMatch,
    "close": SKOS.closeMatch,
    "broad": SKOS.broadMatch,
    "narrow": SKOS.narrowMatch,
    "related": SKOS.relatedMatch,
}
"""The mapping predicates of SKOS (§10), under the words people type."""
INVERSE: Mapping[Predicate, Predicate] = {
    "exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad", "related": "related",
}  # fmt: skip
STATES: Mapping[State, NamedNode] = {
    "suggested": LEX.Suggested,
    "one_sided": LEX.OneSided,
    "approved": LEX.MappingApproved,
    "rejected": LEX.MappingRejected,
    "unsure": LEX.MappingUnsure,
    "withdrawn": LEX.Withdrawn,
    "needs_review": LEX.NeedsReview,
}
"""How each state is written, as a value of lex:mappingState."""
_STATE_NAMES: Mapping[str, State] = {node.value: state for state, node in STATES.items()}
_PREDICATE_NAMES: Mapping[str, Predicate] = {node.value: word for word, node in PREDICATES.items()}

LIVE: frozenset[State] = frozenset({"suggested", "one_sided", "approved", "needs_review"})
"""States of a mapping that somebody still stands behind."""


@dataclass(frozen=True, slots=True)
class MappingRecord:
    """One mapping; `state` is the effective one, `unchanged` whether both ends are as they were judged."""

    node: NamedNode
    subject: NamedNode
    predicate: Predicate
    object: NamedNode
    state: State
    unchanged: bool
    said: Description

    @property
    def pair(self) -> frozenset[NamedNode]:
        """Both ends, whichever way round."""
        return frozenset((self.subject, self.object))

    def seen_from(self, subject: NamedNode) -> Predicate:
        """The predicate as read from that end."""
        return self.predicate if subject == self.subject else INVERSE[self.predicate]

    def approver(self, end: NamedNode) -> NamedNode | None:
        """The principal who approved for the side of that end."""
        slot = LEX.approvedBySubjectSide if end == self.subject else LEX.approvedByObjectSide
        values = self.said.get(slot, ())
        return values[0] if values and isinstance(values[0], NamedNode) else None


def mapping_node(names: Names, subject: NamedNode, predicate: Predicate, object: NamedNode) -> NamedNode:  # noqa: A002
    """The IRI of a mapping, so that it can be named before it exists."""
    return names.hashed("mapping", subject.value, PREDICATES[predicate].value, object.value)


def nodes_touching(reader: Reader, concepts: Iterable[NamedNode]) -> list[NamedNode]:
    """The mappings with one of these concepts at an end, sorted. One query for all."""
    wanted = list(concepts)
    if not wanted:
        return []
    found = reader.pointing((OWL.annotatedSource, OWL.annotatedTarget), wanted)
    return sorted({q.subject for q in found if isinstance(q.subject, NamedNode)}, key=lambda node: node.value)


def nodes_between(reader: Reader, names: Names, one: str, other: str) -> list[NamedNode]:
    """The mappings between two vocabularies, sorted."""
    return reader.subjects(LEX.mappingState, None, names.pair_graph("mappings", one, other))


def nodes_by_subject(reader: Reader, names: Names, schemes: Collection[str] = ()) -> list[NamedNode]:
    """The mappings in view that have ends in all of these vocabularies, by the IRI of their subject."""
    found: list[tuple[str, str]] = []
    for graph in reader.graphs():
        keys = names.schemes_of(graph.value)
        if len(keys) == 2 and set(schemes) <= set(keys) and graph == names.pair_graph("mappings", *keys):
            quads = reader.quads(predicate=OWL.annotatedSource, graph=graph)
            found += [(str(quad.object), str(quad.subject.value)) for quad in quads]  # type: ignore[union-attr]
    return [NamedNode(node) for _, node in sorted(found)]


def records(gathered: Gathered, nodes: Iterable[NamedNode]) -> list[MappingRecord]:
    """These mappings with their effective states; two queries for all. Ends out of view leave a mapping out."""
    described = gathered.reader.describe(nodes)
    ends = {node: _ends(said) for node, said in described.items()}
    gathered.load(end for pair in ends.values() if pair for end in pair)
    found = [_record(gathered, node, said, pair) for node, said in described.items() if (pair := ends[node])]
    return [record for record in found if record is not None]


def records_touching(gathered: Gathered, concepts: Iterable[NamedNode]) -> list[MappingRecord]:
    """The mappings at these concepts."""
    return records(gathered, nodes_touching(gathered.reader, concepts))


def by_pair(found: Iterable[MappingRecord]) -> dict[frozenset[NamedNode], list[MappingRecord]]:
    """Mappings by the two concepts they join, whichever way round."""
    grouped: dict[frozenset[NamedNode], list[MappingRecord]] = defaultdict(list)
    for record in found:
        grouped[record.pair].append(record)
    return grouped


def _ends(said: Description) -> tuple[NamedNode, NamedNode] | None:
    ends = [said.get(slot, ()) for slot in (OWL.annotatedSource, OWL.annotatedTarget)]
    if not all(len(values) == 1 and isinstance(values[0], NamedNode) for values in ends):
        return None
    return ends[0][0], ends[1][0]  # type: ignore[return-value]


def _record(
    gathered: Gathered, node: NamedNode, said: Description, ends: tuple[NamedNode, NamedNode]
) -> MappingRecord | None:
    subject, object_ = ends
    stored = _STATE_NAMES.get(first(said, LEX.mappingState) or "")
    predicate = _PREDICATE_NAMES.get(first(said, OWL.annotatedProperty) or "")
    if stored is None or predicate is None or not (gathered.entries[subject].home and gathered.entries[object_].home):
        return None
    judged = first(said, LEX.fingerprint)
    unchanged = judged is None or judged == gathered.fingerprint(subject, object_)
    state: State = "needs_review" if stored in ("approved", "one_sided") and not unchanged else stored
    return MappingRecord(node, subject, predicate, object_, state, unchanged, said)
