"""The sense is chosen by who asks, never by who is mightier; where that does not suffice, one question goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from registry.authority.senses import Sense
from registry.model.decisions import AskBack, Option, TermConcept, TermQuestion

About = Literal["department", "language", "scheme", "concept"]
_WORDS: Mapping[About, str] = {
    "department": 'Whose "{term}" is meant',
    "language": 'In which language is "{term}" meant',
    "scheme": 'Which vocabulary\'s "{term}" is meant',
    "concept": 'Which concept does "{term}" mean',
}


def nearest(
    senses: tuple[Sense, ...], question: TermQuestion, concepts: Mapping[str, TermConcept]
) -> tuple[tuple[Sense, ...], str | None]:
    """The senses in which the asker's department, or the nearest one above it, has the concept that met the term.

    Which department that is, is told as well. All senses and None when no department of the lineage has one, or when
    nobody said for whom it is asked.
    """
    for department in question.lineage:
        own = tuple(sense for sense in senses if department in _speakers(sense, concepts))
        if own:
            return own, department
    return senses, None


def ask_back(senses: tuple[Sense, ...], question: TermQuestion, concepts: Mapping[str, TermConcept]) -> AskBack:
    """The one question whose answer leaves the fewest senses on average, with the possible answers.

    Departments are asked about first when that separates as well as anything else, then languages, then vocabularies;
    where nothing separates, the concepts themselves are named.
    """
    tried: list[tuple[float, int, About, dict[str, list[Sense]]]] = []
    ways: tuple[tuple[About, Callable[[Sense], Iterable[str]]], ...] = (
        ("department", lambda sense: _speakers(sense, concepts)),
        ("language", lambda sense: {match.language for match in sense.matches()}),
        ("scheme", lambda sense: {concepts[iri].scheme for iri in _named(sense)}),
    )
    for place, (about, values) in enumerate(ways):
        groups = _grouped(senses, values)
        tried.append((_left(groups, len(senses)), place, about, groups))
    left, _, about, groups = min(tried, key=lambda way: way[:2])
    if left >= len(senses) or not groups:
        about, groups = "concept", {iri: [sense] for sense in senses for iri in _named(sense)}
    options = tuple(
        Option(value, tuple(sorted({iri for sense in led for iri in _named(sense)})))
        for value, led in sorted(groups.items())
    )
    return AskBack(about, _text(about, question.term, options, concepts), options)


def _speakers(sense: Sense, concepts: Mapping[str, TermConcept]) -> set[str]:
    """Whose the sense is: of those whose concept met the term. A concept merely joined to it makes it nobody's own."""
    return {department for iri in _named(sense) if iri in concepts for department in concepts[iri].speakers}


def _named(sense: Sense) -> tuple[str, ...]:
    if sense.fork:
        return sense.fork.replacements
    return tuple(dict.fromkeys(seed.concept for seed in sense.seeds))


def _grouped(senses: tuple[Sense, ...], values: Callable[[Sense], Iterable[str]]) -> dict[str, list[Sense]]:
    groups: dict[str, list[Sense]] = {}
    for sense in senses:
        for value in sorted(filter(None, values(sense))):
            groups.setdefault(value, []).append(sense)
    return groups


def _left(groups: Mapping[str, list[Sense]], total: int) -> float:
    """How many senses remain on average after an answer; a sense that no answer leads to counts against it."""
    reached = {id(sense) for led in groups.values() for sense in led}
    if len(groups) < 2:
        return float(total)
    missed = total - len(reached)
    return (sum(len(led) ** 2 for led in groups.values()) + missed * total) / (sum(map(len, groups.values())) + missed)


def _text(about: About, term: str, options: tuple[Option, ...], concepts: Mapping[str, TermConcept]) -> str:
    said = [_option(about, option, concepts) for option in options[:6]]
    more = len(options) - len(said)
    listed = ", ".join(said[:-1]) + (" or " if len(said) > 1 else "") + said[-1]
    return f"{_WORDS[about].format(term=term)}: {listed}{f' (and {more} more)' if more > 0 else ''}?"


def _option(about: About, option: Option, concepts: Mapping[str, TermConcept]) -> str:
    known = [concepts[iri] for iri in option.concepts if iri in concepts]
    gist = "; ".join(dict.fromkeys(concept.definition or concept.pref_label for concept in known))
    short = gist if len(gist) <= 90 else gist[:89].rsplit(" ", 1)[0] + "…"
    name = (
        option.value if about != "concept" else f"{known[0].scheme}'s {known[0].pref_label}" if known else option.value
    )
    return f"{name} ({short})" if short else name
