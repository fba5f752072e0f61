"""Two concepts that somebody decides about: every mapping there is between them, and who may speak for which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from registry.errors import InvalidInputError, NotFoundError
from registry.model.principals import Verb
from registry.rdf.terms import named_node
from registry.services.gathered import Gathered
from registry.services.mapping_records import LIVE, MappingRecord, records, records_touching
from registry.services.mapping_rules import require_two_vocabularies
from registry.services.references import require_concept, scheme_resource
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.contract.mappings import ApproveMapping, Predicate, RejectMapping, UnsureMapping, WithdrawMapping

    Named = ApproveMapping | RejectMapping | WithdrawMapping | UnsureMapping


@dataclass(frozen=True, slots=True)
class Pair:
    """Two concepts of two vocabularies, with every mapping there is or was between them."""

    subject: NamedNode
    object: NamedNode
    homes: tuple[str, str]
    known: tuple[MappingRecord, ...]

    def with_predicate(self, predicate: Predicate) -> MappingRecord | None:
        """The mapping with that predicate, as read from the subject."""
        return next((record for record in self.known if record.seen_from(self.subject) == predicate), None)

    def live(self) -> list[MappingRecord]:
        """The mappings that somebody still stands behind."""
        return [record for record in self.known if record.state in LIVE]

    def ends(self, standing: MappingRecord | None) -> tuple[NamedNode, NamedNode]:
        """Subject and object as a standing mapping has them, else as they were named."""
        return (standing.subject, standing.object) if standing else (self.subject, self.object)


def gathered_for(work: Work) -> Gathered:
    """A gathering of concepts in the asker's view."""
    return Gathered(work.reader, work.names, work.settings.languages)


def pair(work: Work, gathered: Gathered, subject: str, object_: str) -> Pair:
    """The pair that two references name; NotFoundError for an unknown concept, RefusedError within one vocabulary."""
    ends = (require_concept(work.reader, work.names, subject), require_concept(work.reader, work.names, object_))
    return pair_of(gathered, *ends)


def pair_of(gathered: Gathered, subject: NamedNode, object_: NamedNode) -> Pair:
    """The pair of two concepts, read with its mappings."""
    homes = require_two_vocabularies(gathered, subject, object_)
    wanted = frozenset((subject, object_))
    known = [record for record in records_touching(gathered, [subject]) if record.pair == wanted]
    return Pair(subject, object_, homes, tuple(known))


def named(work: Work, gathered: Gathered, request: Named) -> tuple[Pair, Predicate]:
    """The pair a request names, and the predicate it means: the stated one, else the only live one's, else exact."""
    if request.mapping is None:
        assert request.subject is not None
        assert request.object is not None
        found = pair(work, gathered, request.subject, request.object)
        live = found.live()
        return found, request.predicate or (live[0].seen_from(found.subject) if len(live) == 1 else "exact")
    recorded = records(gathered, [_mapping_node(work, request.mapping)])
    if not recorded:
        raise NotFoundError(f"There is no mapping {request.mapping!r}.", advice="List: lexicord mapping list")
    one = recorded[0]
    return pair_of(gathered, one.subject, one.object), request.predicate or one.predicate


def require_either_side(work: Work, asked: Pair, verb: Verb) -> list[NamedNode]:
    """The ends on whose side the asker may do that; NotPermittedError when there is none.

    A dry run shows those who may not what would come of it if both sides did.
    """
    ends = (asked.subject, asked.object)
    sides = zip(ends, asked.homes, strict=True)
    mine = [end for end, key in sides if work.may(verb, scheme_resource(work.reader, work.names, key))]
    if not mine and work.dry_run:
        return list(ends)
    if not mine:
        work.require(verb, scheme_resource(work.reader, work.names, *asked.homes))
    return mine


def _mapping_node(work: Work, name: str) -> NamedNode:
    """The mapping of that IRI or short id."""
    if ":" in name:
        return named_node(name)
    if not name.isalnum():
        raise InvalidInputError(f"{name!r} names no mapping.", advice="Name both concepts, or the mapping's IRI.")
    return work.names.thing("mapping", name)
