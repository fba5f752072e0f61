"""How mappings are written: their ends and provenance once, their state with what it rests on, the plain triple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.terms import LEX, OWL, RDF, SEMAPV, SSSOM, XSD
from registry.services.mapping_pairs import Pair
from registry.services.mapping_records import PREDICATES, STATES, MappingRecord, mapping_node
from registry.store.quads import Value
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.contract.mappings import Mismatch, Predicate, State

MISMATCHES: Mapping[Mismatch, NamedNode] = {
    "homonym": LEX.Homonymous,
    "broader": LEX.ObjectIsBroader,
    "narrower": LEX.ObjectIsNarrower,
    "sibling": LEX.OnlySiblings,
    "part": LEX.PartAndWhole,
    "facet": LEX.OtherFacet,
    "unit": LEX.OtherUnit,
    "scope": LEX.OtherScope,
    "unclear": LEX.TooUnclear,
    "other": LEX.OtherMismatch,
}
"""How reasons for a mismatch are written, as values of lex:mismatch."""
_DROPPED = (LEX.rejectedBy, LEX.rejectionReason, LEX.mismatch)


def pair_graph(work: Work, pair: Pair) -> NamedNode:
    """The graph of what stands between the two vocabularies of a pair."""
    return work.names.pair_graph("mappings", *pair.homes)


def asker_node(work: Work) -> NamedNode:
    """The principal at work."""
    return work.names.thing("principal", work.asker.principal.id or work.asker.principal.handle)


def write_mapping(
    work: Work, pair: Pair, predicate: Predicate, standing: MappingRecord | None, justification: NamedNode | None = None
) -> NamedNode:
    """The mapping's node, its ends and provenance written when it is new."""
    if standing is not None:
        return standing.node
    node, graph = mapping_node(work.names, pair.subject, predicate, pair.object), pair_graph(work, pair)
    facts: tuple[tuple[NamedNode, Value], ...] = (
        (RDF.type, SSSOM.Mapping),
        (OWL.annotatedSource, pair.subject),
        (OWL.annotatedProperty, PREDICATES[predicate]),
        (OWL.annotatedTarget, pair.object),
        (SSSOM.mapping_justification, justification or SEMAPV.ManualMappingCuration),
        (SSSOM.author_id, asker_node(work)),
        (SSSOM.mapping_date, Literal(work.now.date().isoformat(), datatype=XSD.date)),
    )
    work.add(Quad(node, slot, value, graph) for slot, value in facts)
    return node


def write_state(
    work: Work,
    pair: Pair,
    node: NamedNode,
    state: State,
    approvals: Mapping[NamedNode, NamedNode] | None = None,
    fingerprint: str | None = None,
) -> None:
    """Write the state with what it rests on, and drop what an earlier state rested on."""
    graph, given = pair_graph(work, pair), approvals or {}
    work.put(graph, node, LEX.mappingState, STATES[state])
    for slot in (LEX.approvedBySubjectSide, LEX.approvedByObjectSide):
        work.put(graph, node, slot, *([given[slot]] if slot in given else []))
    work.put(graph, node, LEX.fingerprint, *([Literal(fingerprint)] if fingerprint else []))
    for slot in _DROPPED:
        work.put(graph, node, slot)


def write_rejection(work: Work, pair: Pair, node: NamedNode, reason: str, mismatch: Mismatch | None) -> None:
    """Write who turned a mapping down, why, and in which way the two differ."""
    graph = pair_graph(work, pair)
    work.put(graph, node, LEX.rejectedBy, asker_node(work))
    work.put(graph, node, LEX.rejectionReason, Literal(reason))
    if mismatch is not None:
        work.put(graph, node, LEX.mismatch, MISMATCHES[mismatch])


def write_confidence(work: Work, pair: Pair, node: NamedNode, confidence: float | None) -> None:
    """Write how sure somebody or something is, when that was said."""
    if confidence is not None:
        work.put(pair_graph(work, pair), node, SSSOM.confidence, Literal(str(confidence), datatype=XSD.decimal))


def assert_plainly(
    work: Work, pair: Pair, standing: MappingRecord | None, predicate: Predicate, *, holds: bool
) -> None:
    """An approved mapping is asserted as the plain SKOS triple beside its record; any other is not."""
    subject, object_ = pair.ends(standing)
    spoken = standing.predicate if standing else predicate
    quad = Quad(subject, PREDICATES[spoken], object_, pair_graph(work, pair))
    if holds:
        work.add([quad])
    else:
        work.remove([quad])
