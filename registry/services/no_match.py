"""Findings that a vocabulary holds no match for a concept: remembered until a label or definition changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.mapping_review import NoMatch, NoMatchWritten
from registry.errors import RefusedError
from registry.model.names import Names
from registry.rdf.terms import LEX, RDF, RDFS, SSSOM, XSD
from registry.services.gathered import Gathered
from registry.services.mapping_pairs import gathered_for
from registry.services.mapping_writing import asker_node
from registry.services.references import first, require_concept, require_scheme, scheme_resource
from registry.store.quads import Description, Reader
from registry.store.work import Work


@dataclass(frozen=True, slots=True)
class Missed:
    """A concept without a match in another vocabulary; `unchanged`: it still says what it said then."""

    node: NamedNode
    concept: NamedNode
    scheme: NamedNode
    unchanged: bool
    said: Description


def no_match(work: Work, request: NoMatch) -> Callable[[Work], NoMatchWritten]:
    """Record the finding; RefusedError for the concept's own vocabulary."""
    gathered = gathered_for(work)
    concept = require_concept(work.reader, work.names, request.concept)
    require_scheme(work.reader, work.names, request.scheme)
    home = gathered.entry(concept).home or ""
    if home in ("", request.scheme):
        raise RefusedError(
            f"{gathered.reference(concept)} is not of another vocabulary than {request.scheme}.",
            advice="Name the vocabulary in which a match was sought.",
        )
    if not work.dry_run:
        work.require("propose", scheme_resource(work.reader, work.names, home, request.scheme))
    node = write_no_match(work, gathered, concept, request.scheme, request.reason)
    work.summary = "no match found"
    named = gathered.reference(concept)
    return lambda _after: NoMatchWritten(iri=node.value, concept=named, scheme=request.scheme)


def write_no_match(work: Work, gathered: Gathered, concept: NamedNode, key: str, reason: str | None) -> NamedNode:
    """Write that a vocabulary holds no match for a concept of another; its node."""
    node = work.names.hashed("no-match", concept.value, key)
    graph = work.names.pair_graph("mappings", gathered.entry(concept).home or "", key)
    work.add([Quad(node, RDF.type, LEX.NoMatch, graph), Quad(node, LEX.soughtFor, concept, graph),
              Quad(node, LEX.soughtIn, gathered.schemes[key].node, graph)])  # fmt: skip
    work.put(graph, node, SSSOM.author_id, asker_node(work))
    work.put(graph, node, SSSOM.mapping_date, Literal(work.now.date().isoformat(), datatype=XSD.date))
    work.put(graph, node, LEX.fingerprint, Literal(gathered.fingerprint(concept)))
    work.put(graph, node, RDFS.comment, *([Literal(reason)] if reason else []))
    return node


def missed(gathered: Gathered, reader: Reader, names: Names, one: str, other: str) -> list[Missed]:
    """The findings between two vocabularies, either way."""
    graph = names.pair_graph("mappings", one, other)
    described = reader.describe(reader.subjects(RDF.type, LEX.NoMatch, graph))
    gathered.load(_node(said, LEX.soughtFor) for said in described.values())
    return [_missed(gathered, node, said) for node, said in described.items()]


def unmatched(found: Iterable[Missed]) -> frozenset[str]:
    """The concepts that are offered nothing, because nobody has changed them since."""
    return frozenset(one.concept.value for one in found if one.unchanged)


def _missed(gathered: Gathered, node: NamedNode, said: Description) -> Missed:
    concept = _node(said, LEX.soughtFor)
    unchanged = first(said, LEX.fingerprint) == gathered.fingerprint(concept)
    return Missed(node, concept, _node(said, LEX.soughtIn), unchanged, said)


def _node(said: Description, predicate: NamedNode) -> NamedNode:
    value = said[predicate][0]
    assert isinstance(value, NamedNode)
    return value
