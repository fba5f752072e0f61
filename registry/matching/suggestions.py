"""Candidate mappings between two vocabularies, best first, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable

from registry.errors import InvalidInputError
from registry.matching.candidate import Candidate
from registry.matching.extra import require_extra
from registry.matching.homonyms import HomonymModel, marked
from registry.matching.settings import DEFAULTS, MatchSettings
from registry.matching.vocabulary import Vocabulary

Pair = tuple[str, str]


def suggest(
    subject: Vocabulary,
    object: Vocabulary,  # noqa: A002  (SSSOM's word)
    *,
    settings: MatchSettings = DEFAULTS,
    accepted: Iterable[Pair] = (),
    rejected: Iterable[Pair] = (),
    top: int = 5,
    homonyms: HomonymModel | None = None,
) -> tuple[Candidate, ...]:
    """Return up to `top` candidates for each subject that has any, ordered by confidence, then by identifiers.

    The answer depends on the two vocabularies as sets, never on the order of their entries or labels. An accepted
    pair is offered with confidence 1 and teaches the others; a rejected pair is not offered, nor is a concept for
    itself when both vocabularies hold it (matching one with itself finds its duplicates). Accepted and rejected pairs
    whose ends are not in the vocabularies say nothing here and are passed over. What decisions about other labels have
    taught (`homonyms`, see `registry.matching.homonyms.learn`) marks equal labels that may mean different things; it
    moves no confidence. Raises EnvironmentFaultError without the extra `matching`, InvalidInputError for a pair both
    accepted and rejected or `top` below 1.
    """
    taken, refused = frozenset(accepted), frozenset(rejected)
    if both := taken & refused:
        raise InvalidInputError(
            f"{len(both)} pairs are both accepted and rejected, the first of them {min(both)}.",
            advice="Withdraw one of the two decisions.",
        )
    if top < 1:
        raise InvalidInputError(f"top={top} asks for nothing.", advice="Ask for at least one candidate.")
    require_extra()
    from registry.matching.offers import offers
    from registry.matching.pipeline import compare, match

    compared = compare(subject, object, settings, taken, refused)
    offered = offers(compared, match(compared, settings), floor=settings.floor, top=top)
    return tuple(marked(offered, homonyms, (subject.key, object.key))) if homonyms else offered
