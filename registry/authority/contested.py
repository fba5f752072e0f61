"""Which senses count as one dispute: those a conflict says mean to define one thing, and those a mandate covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry.authority.applicable import Bearing
from registry.authority.grants import Tier
from registry.authority.scopes import Hierarchy, Scope
from registry.authority.senses import Sense, classes


def joined(found: Sequence[Sense], disputes: Iterable[Sequence[str]]) -> tuple[Sense, ...]:
    """The senses with those in one dispute put together; a fork is in none."""
    home = {iri: number for number, sense in enumerate(found) if sense.fork is None for iri in sense.members}
    pairs = []
    for concepts in disputes:
        numbers = sorted({home[iri] for iri in concepts if iri in home})
        pairs += [(str(numbers[0]), str(other)) for other in numbers[1:]]
    groups = dict.fromkeys(classes(map(str, range(len(found))), pairs).values())
    merged = (_merged([found[int(number)] for number in sorted(group, key=int)]) for group in groups)
    return tuple(sorted(merged, key=lambda sense: (sense.members, sense.fork is not None)))


def mandated(bearing: Bearing, members: Iterable[str], hierarchy: Hierarchy) -> list[list[str]]:
    """For each mandate in force for this question: the concepts it covers, which it makes one dispute."""
    known = sorted(members)
    mandates = {one.grant.iri: one.grant for one in bearing.applying if one.grant.tier is Tier.MANDATE}
    return [_covered(mandates[iri].scope, known, hierarchy) for iri in sorted(mandates)]


def nearest_setting(
    found: tuple[Sense, ...], asked: Scope, settings: Mapping[str, Scope], hierarchy: Hierarchy
) -> tuple[Sense, ...]:
    """The senses whose concepts stand nearest to the subject, then jurisdiction, then usage that was asked about.

    A dimension that no sense names, or that none of them meets, separates nothing.
    """
    for name in ("subject_area", "jurisdiction", "usage"):
        wanted = getattr(asked, name)
        if wanted is None or len(found) < 2:
            continue
        above = hierarchy.above(name, wanted)
        near = {
            number: min(distances)
            for number, sense in enumerate(found)
            if (distances := [above[at] for at in _settings(sense, name, settings) if at in above])
        }
        if near:
            least = min(near.values())
            found = tuple(found[number] for number, distance in sorted(near.items()) if distance == least)
    return found


def _settings(sense: Sense, name: str, settings: Mapping[str, Scope]) -> list[str]:
    stated = (getattr(settings[iri], name) for iri in sense.members if iri in settings)
    return [value for value in stated if value is not None]


def _covered(scope: Scope, members: Sequence[str], hierarchy: Hierarchy) -> list[str]:
    if scope.concept is None:
        return list(members)
    return [iri for iri in members if scope.concept in hierarchy.above("concept", iri)]


def _merged(senses: Sequence[Sense]) -> Sense:
    if len(senses) == 1:
        return senses[0]
    members = tuple(sorted({iri for sense in senses for iri in sense.members}))
    seeds = sorted(
        (seed for sense in senses for seed in sense.seeds), key=lambda s: (s.concept, s.through, str(s.match))
    )
    return Sense(members, tuple(seeds))
