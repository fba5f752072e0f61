"""In which order a steward sees suggestions: debt removed × use × confidence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from pyoxigraph import NamedNode

from registry.matching import Candidate as Offer
from registry.matching.evaluate import select
from registry.rdf.terms import OWL, SKOS
from registry.services.conflict_records import UNSETTLED, conflict_nodes, conflict_records
from registry.services.judgements import Learnt
from registry.store.work import Work

_USES = (SKOS.broader, SKOS.narrower, SKOS.related, OWL.annotatedSource, OWL.annotatedTarget)
"""What points at a concept that is used: its vocabulary, and mappings to others."""
Ends = tuple[str, str]


def ordered(work: Work, schemes: tuple[str, str], offers: Sequence[Offer], learnt: Learnt) -> list[tuple[Offer, float]]:
    """The best object of each subject with its priority, highest first; ties in the order of the identifiers.

    Debt: one for the pair, and one for every unsettled conflict about both ends. Use: the logarithm of how much points
    at the two. Both are read at once for all.
    """
    best = select(offers, "many-to-one", 0.0)
    debt = _debt(work, schemes)
    uses = _uses(work, {end for offer in best for end in offer.pair})
    valued = [
        (offer, (1 + debt[_key(*offer.pair)]) * _weight(uses, offer.pair) * learnt.confidence(offer.confidence))
        for offer in best
    ]
    return sorted(valued, key=lambda one: (-one[1], one[0].pair))


def _weight(uses: Counter[str], pair: Ends) -> float:
    return math.log2(2 + uses[pair[0]] + uses[pair[1]])


def _debt(work: Work, schemes: tuple[str, str]) -> Counter[Ends]:
    found = conflict_records(work.reader, conflict_nodes(work.reader, work.names, frozenset(schemes)))
    return Counter(
        _key(one.value, other.value)
        for record in found
        if record.state in UNSETTLED
        for one, other in combinations(record.about, 2)
    )


def _uses(work: Work, concepts: Iterable[str]) -> Counter[str]:
    wanted = [NamedNode(concept) for concept in sorted(concepts)]
    pointing = work.reader.pointing(_USES, wanted) if wanted else []
    return Counter(quad.object.value for quad in pointing if isinstance(quad.object, NamedNode))


def _key(one: str, other: str) -> Ends:
    return (one, other) if one < other else (other, one)
