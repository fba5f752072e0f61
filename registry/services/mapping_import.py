"""Mappings from a file: rows between two vocabularies here are put forward, others are left out with the reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.mapping_exchange import ImportMappings, LeftOut, MappingsImported
from registry.contract.mappings import Predicate, State
from registry.errors import InvalidInputError, SyntaxFaultError, TooLargeError
from registry.matching.exchange import line_of, read_mappings
from registry.matching.mapping_set import NO_TERM_FOUND, MappingSet, propagated
from registry.matching.mapping_set import Mapping as Row
from registry.model.principals import Verb
from registry.rdf.terms import LEX, OWL, RDF, SSSOM, XSD, named_node
from registry.services.gathered import Gathered
from registry.services.lifecycle import Status
from registry.services.mapping_pairs import gathered_for
from registry.services.mapping_records import (
    INVERSE,
    LIVE,
    PREDICATES,
    STATES,
    MappingRecord,
    by_pair,
    mapping_node,
    records_touching,
)
from registry.services.mapping_rules import excludes
from registry.services.mapping_slots import author_values, slot_values
from registry.services.mapping_writing import asker_node
from registry.services.no_match import write_no_match
from registry.services.references import scheme_resource
from registry.store.quads import Value
from registry.store.work import Work

UNSAID = "The imported mapping set says that the two do not match."
"""The reason on record for a negated mapping that gives none."""
_WORDS: Mapping[str, Predicate] = {node.value: word for word, node in PREDICATES.items()}


class _Left(Exception):  # noqa: N818 -- no error of the registry: it ends one row with the reason
    """Why a row is left out."""


@dataclass(slots=True)
class _Import:
    """One import under way."""

    work: Work
    gathered: Gathered
    known: Mapping[frozenset[NamedNode], list[MappingRecord]]
    seen: dict[frozenset[NamedNode], set[Predicate]] = field(default_factory=lambda: defaultdict(set))
    rights: dict[tuple[Verb, str, str], bool] = field(default_factory=dict)

    def require(self, verb: Verb, one: str, other: str) -> None:
        """Nothing, when the asker may do that on one side; asked once for every two vocabularies."""
        if (verb, one, other) not in self.rights:
            sides = scheme_resource(self.work.reader, self.work.names, one, other)
            self.rights[verb, one, other] = self.work.dry_run or self.work.may(verb, sides)
        if not self.rights[verb, one, other]:
            raise _Left(f"you may not {verb} in {one} or {other}")


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both concepts of a row with their vocabularies."""

    subject: NamedNode
    object: NamedNode
    homes: tuple[str, str]

    @property
    def pair(self) -> frozenset[NamedNode]:
        """Both, whichever way round."""
        return frozenset((self.subject, self.object))


def import_mappings(work: Work, request: ImportMappings) -> Callable[[Work], MappingsImported]:
    """What became of every row; SyntaxFaultError or InvalidInputError with the line when the file cannot be read.

    Approved is nothing: imported mappings wait for both sides. A negated row is recorded as rejected by who imports it,
    who has to be an approver of one side; one with reviewer_agreement 0 as unsure; sssom:NoTermFound as no match.
    """
    text = _text(work)
    mapping_set = propagated(read_mappings(text, request.format))
    under_way, start = _begin(work, mapping_set), line_of(text, 0)
    counts: Counter[str] = Counter()
    left_out = []
    for place, row in enumerate(mapping_set.mappings):
        try:
            counts[_row(under_way, row)] += 1
        except (_Left, InvalidInputError) as reason:
            said = reason.message if isinstance(reason, InvalidInputError) else str(reason)
            left_out.append(
                LeftOut(line=start + place, subject_id=row.subject_id, object_id=row.object_id, reason=said)
            )
    work.summary = f"mappings imported: {counts.total() - counts['unchanged']}"
    rows = len(mapping_set.mappings)
    return lambda _after: MappingsImported(rows=rows, left_out=left_out, **counts)


def _text(work: Work) -> str:
    limit = work.settings.max_body
    content = b"" if work.document is None else work.document.read(limit + 1)
    if len(content) > limit:
        raise TooLargeError(f"The file has more than {limit} bytes.", advice="Split it.", limit=limit)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SyntaxFaultError(f"The file is no UTF-8: {error}.", advice="Save it as UTF-8.") from error


def _begin(work: Work, mapping_set: MappingSet) -> _Import:
    """Everything that is known of the concepts of the file, in a few queries."""
    gathered = gathered_for(work)
    ends = {node for row in mapping_set.mappings for end in (row.subject_id, row.object_id) if (node := _node(end))}
    gathered.load(sorted(ends, key=str))
    return _Import(work, gathered, by_pair(records_touching(gathered, sorted(ends, key=str))))


def _node(iri: str) -> NamedNode | None:
    try:
        return named_node(iri)
    except InvalidInputError:
        return None


def _row(doing: _Import, row: Row) -> str:
    """Write one row; what became of it. Raises _Left with the reason why it is left out."""
    if row.object_id == NO_TERM_FOUND:
        return _missed(doing, row)
    predicate = _WORDS.get(row.predicate_id)
    if predicate is None:
        raise _Left(f"{row.predicate_id} is none of SKOS's five mapping predicates")
    ends, state = _ends(doing, row), _state(row)
    doing.require("approve" if state == "rejected" else "propose", *ends.homes)
    standing = next((r for r in doing.known.get(ends.pair, ()) if r.seen_from(ends.subject) == predicate), None)
    if _stands(standing, state):
        return "unchanged"
    if state != "rejected":
        _require_compatible(doing, ends, predicate)
    _write(doing, ends, predicate, state, row, standing)
    return state


def _state(row: Row) -> State:
    if row.is_negative:
        return "rejected"
    return "unsure" if row.reviewer_agreement == 0 else "suggested"


def _ends(doing: _Import, row: Row) -> _Ends:
    nodes = (named_node(row.subject_id), named_node(row.object_id))
    homes = []
    for node in nodes:
        entry = doing.gathered.entries.get(node)
        if entry is None or entry.home is None:
            raise _Left(f"{node.value} is in no vocabulary here")
        if entry.status() in (Status.DEPRECATED, Status.ARCHIVED):
            raise _Left(f"{doing.gathered.reference(node)} is {entry.status().value}")
        homes.append(entry.home)
    if homes[0] == homes[1]:
        raise _Left(f"both lie in {homes[0]}")
    return _Ends(*nodes, (homes[0], homes[1]))


def _stands(standing: MappingRecord | None, state: State) -> bool:
    """Whether the row says nothing new; raises _Left where somebody here has decided otherwise."""
    if standing is None or standing.state == "withdrawn" or not standing.unchanged:
        return False
    if standing.state == "rejected" and state == "suggested":
        raise _Left("it was rejected here")
    if standing.state in LIVE and state == "rejected":
        raise _Left(f"it is {standing.state.replace('_', ' ')} here")
    return standing.state != "unsure" or state == "unsure"


def _require_compatible(doing: _Import, ends: _Ends, predicate: Predicate) -> None:
    live = (r for r in doing.known.get(ends.pair, ()) if r.state in LIVE)
    others = {r.seen_from(ends.subject) for r in live} | {
        word if ends.subject.value < ends.object.value else INVERSE[word] for word in doing.seen[ends.pair]
    }
    clash = next((other for other in sorted(others) if excludes(predicate, other)), None)
    if clash is not None:
        raise _Left(f"no pair has both {predicate} and {clash} (SKOS S46)")
    doing.seen[ends.pair].add(predicate if ends.subject.value < ends.object.value else INVERSE[predicate])


def _write(
    doing: _Import, ends: _Ends, predicate: Predicate, state: State, row: Row, standing: MappingRecord | None
) -> None:
    work, graph = doing.work, doing.work.names.pair_graph("mappings", *ends.homes)
    if standing is not None:
        work.remove(Quad(standing.node, p, value, graph) for p, values in standing.said.items() for value in values)
    node = mapping_node(work.names, ends.subject, predicate, ends.object)
    facts: list[tuple[NamedNode, Value]] = [
        (RDF.type, SSSOM.Mapping),
        (OWL.annotatedSource, ends.subject),
        (OWL.annotatedProperty, PREDICATES[predicate]),
        (OWL.annotatedTarget, ends.object),
        (SSSOM.mapping_justification, named_node(row.mapping_justification)),
        (LEX.mappingState, STATES[state]),
        *((SSSOM.author_id, author) for author in author_values(row)),
        *slot_values(row),
    ]
    if row.mapping_date:
        facts.append((SSSOM.mapping_date, Literal(row.mapping_date, datatype=XSD.date)))
    if row.confidence is not None:
        facts.append((SSSOM.confidence, Literal(str(row.confidence), datatype=XSD.decimal)))
    if state in ("rejected", "unsure"):
        facts.append((LEX.fingerprint, Literal(doing.gathered.fingerprint(ends.subject, ends.object))))
    if state == "rejected":
        facts += [(LEX.rejectedBy, asker_node(work)), (LEX.rejectionReason, Literal(row.comment or UNSAID))]
    work.add(Quad(node, slot, value, graph) for slot, value in facts)


def _missed(doing: _Import, row: Row) -> str:
    concept = named_node(row.subject_id)
    key = next((k for k, facts in doing.gathered.schemes.items() if facts.node.value == row.object_source), None)
    home = doing.gathered.entry(concept).home
    if home is None:
        raise _Left(f"{row.subject_id} is in no vocabulary here")
    if key is None or key == home:
        raise _Left(f"object_source {row.object_source or '(none)'} is no other vocabulary here")
    doing.require("propose", home, key)
    write_no_match(doing.work, doing.gathered, concept, key, row.comment or None)
    return "no_match"
