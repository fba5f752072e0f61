"""The label index: which concepts a term, a few characters or a text may mean. Suggests; deciding is authority's part.

A large base and a small overlay of what was added since, both immutable, and the entries taken away. A change makes a
new index that shares the base; once the overlay has grown, the next change builds a new base. Answers never depend on
the order in which entries came, nor on what stands in the base and what in the overlay; only which labels are compared
by spelling is found per segment, so a fuzzy hit beyond the best ones may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from registry.errors import InvalidInputError
from registry.rdf.text import fold_label
from registry.resolution.labels import TIER_SCORES, Hit, LabelEntry, Place, Suggestion, Tier
from registry.resolution.segment import SUBSTRING_FROM, Segment
from registry.resolution.words import Words

MERGE_AT = 2_000
"""How many entries added or taken away since the base was built make the next change build a new one."""
SUGGESTED_AT_MOST = 50
Keep = Callable[[LabelEntry], bool]
Answer = TypeVar("Answer", Hit, Suggestion)


@dataclass(frozen=True, eq=False)
class LabelIndex:
    """An immutable index of label entries; make one with `build`, and changed ones with `with_changes`."""

    base: Segment
    overlay: Segment
    removed: frozenset[LabelEntry] = field(default=frozenset())

    @staticmethod
    def build(entries: Iterable[LabelEntry]) -> LabelIndex:
        """The index of distinct entries, whatever their order."""
        return LabelIndex(Segment.build(entries), _EMPTY)

    def with_changes(
        self, added: Iterable[LabelEntry] = (), removed: Iterable[LabelEntry] = (), *, merge_at: int = MERGE_AT
    ) -> LabelIndex:
        """The index after a change; an entry both removed and added stands. Costs what the overlay holds.

        Removing what is not there changes nothing.
        """
        new = set(added)
        gone = set(removed) - new
        overlay = (set(self.overlay) - gone) | {entry for entry in new if entry not in self.base}
        absent = (self.removed - new) | {entry for entry in gone if entry in self.base}
        changed = LabelIndex(self.base, Segment.build(overlay), absent)
        return changed if len(overlay) + len(absent) <= merge_at else changed.merged()

    def merged(self) -> LabelIndex:
        """The same entries as one base without an overlay."""
        return LabelIndex.build(self)

    def warm(self) -> LabelIndex:
        """This index with everything built that is otherwise built when first asked for."""
        for segment in (self.base, self.overlay):
            segment.warm()
        return self

    def __iter__(self) -> Iterator[LabelEntry]:
        for segment, keep in self._segments(None):
            yield from filter(keep, segment) if keep else segment

    def __len__(self) -> int:
        return len(self.base) + len(self.overlay) - len(self.removed)

    def search(self, term: str, top: int = 5, language: str | None = None) -> tuple[Hit, ...]:
        """The closest labels, one a concept, from the first tier that has any; in a fixed order, best first.

        Exact, then folded, then by words, then by spelling. Only the first three say that the term is the label.
        Raises InvalidInputError for a `top` below 1.
        """
        _require_some(top)
        key = fold_label(term)
        return (
            self._keyed(term, key, language)[:top]
            or self._by_tokens(key, language)[:top]
            or self._fuzzy(key, language, top)
        )

    def exact(self, term: str, language: str | None = None) -> tuple[Hit, ...]:
        """Labels that are the term, character by character, or else but for case, accents and punctuation."""
        return self._keyed(term, fold_label(term), language)

    def by_tokens(self, term: str, language: str | None = None) -> tuple[Hit, ...]:
        """Labels with the words of the term, in any order, singular or plural; notations are never met so."""
        return self._by_tokens(fold_label(term), language)

    def fuzzy(self, term: str, top: int = 5, language: str | None = None) -> tuple[Hit, ...]:
        """Labels spelt like the term; none for a term of four characters or fewer. Needs numpy."""
        _require_some(top)
        return self._fuzzy(fold_label(term), language, top)

    def suggest(self, prefix: str, limit: int = 10, language: str | None = None) -> tuple[Suggestion, ...]:
        """Concepts for the characters typed so far, each by its closest label, best first.

        A label that begins so goes before one with a word that does, and that before one that contains three
        characters or more somewhere (needs numpy); then preferred before alternative before hidden, short before long.
        Raises InvalidInputError for a limit not between 1 and 50.
        """
        if not 1 <= limit <= SUGGESTED_AT_MOST:
            raise InvalidInputError(f"{limit} suggestions cannot be given.", advice="Ask for 1 to 50.")
        typed = fold_label(prefix)
        if not typed:
            return ()
        segments = self._segments(language)
        begun = [_beginning(segment, typed, limit, keep, language) for segment, keep in segments]
        found = _one_a_concept(begun, limit, _closeness)
        if len(found) < limit and len(typed) >= SUBSTRING_FROM:
            seen = [one.entry.concept for one in found]
            inside = [_first(segment.containing(typed, language), limit, keep, seen) for segment, keep in segments]
            found += _one_a_concept(inside, limit - len(found), _closeness)
        return tuple(found[:limit])

    def phrases_in(self, text: Words) -> set[tuple[int, int, str]]:
        """(first word, word after the last, phrase) of every label that stands in a text. Needs ahocorasick_rs.

        A label taken away is still found: `entries_of_phrase` then has nothing for it.
        """
        return {found for segment, _ in self._segments(None) for found in segment.scanner.phrases_in(text)}

    def entries_of_phrase(self, phrase: str, language: str | None = None) -> Sequence[LabelEntry]:
        """The entries that a phrase of running text may stand for."""
        if self.removed or self.overlay.count:
            return self._gathered(language, lambda segment: segment.entries_of_phrase(phrase))
        entries = self.base.entries_of_phrase(phrase)
        return [entry for entry in entries if entry.speaks(language)] if language else entries

    def _segments(self, language: str | None) -> list[tuple[Segment, Keep | None]]:
        """The segments with entries, each with the test its entries must pass; None when all do."""
        spoken: Keep | None = (lambda entry: entry.speaks(language)) if language else None
        removed, of_base = self.removed, spoken
        if removed:
            of_base = lambda entry: entry not in removed and entry.speaks(language)  # noqa: E731
        if not self.overlay.count:
            return [(self.base, of_base)]
        return [(self.base, of_base), (self.overlay, spoken)]

    def _keyed(self, term: str, key: str, language: str | None) -> tuple[Hit, ...]:
        if language or self.removed or self.overlay.count:
            entries = self._gathered(language, lambda segment: segment.entries_of(key))
        else:
            entries = self.base.entries_of(key)
        if not entries:
            return ()
        same = [entry for entry in entries if entry[4] == term]
        return _hits(same, Tier.EXACT) if same else _hits(entries, Tier.FOLDED)

    def _by_tokens(self, key: str, language: str | None) -> tuple[Hit, ...]:
        return _hits(self._gathered(language, lambda segment: segment.entries_by_tokens(key, language)), Tier.TOKENS)

    def _gathered(self, language: str | None, ask: Callable[[Segment], Sequence[LabelEntry]]) -> Sequence[LabelEntry]:
        """What the segments have, less what may not be given, in the order of offer."""
        segments = self._segments(language)
        if len(segments) == 1:
            segment, keep = segments[0]
            return list(filter(keep, ask(segment))) if keep else ask(segment)
        return sorted((one for segment, keep in segments for one in filter(keep, ask(segment))), key=_offered)

    def _fuzzy(self, key: str, language: str | None, top: int) -> tuple[Hit, ...]:
        found = [_first(segment.similar(key, language), top, keep) for segment, keep in self._segments(language)]
        return tuple(_one_a_concept(found, top, lambda hit: (-hit.score, _offered(hit.entry))))


_EMPTY = Segment.build(())


def _require_some(top: int) -> None:
    if top < 1:
        raise InvalidInputError(f"{top} hits cannot be given.", advice="Ask for 1 or more.")


def _offered(entry: LabelEntry) -> tuple[int, int, str, LabelEntry]:
    """The order in which labels are offered: kind, then length, then alphabet."""
    key = fold_label(entry.text)
    return entry.kind, len(key), key, entry


def _hits(entries: Sequence[LabelEntry], tier: Tier) -> tuple[Hit, ...]:
    """One hit a concept, of entries in the order of offer."""
    score = TIER_SCORES[tier]
    if len(entries) == 1:
        return (Hit(entries[0], tier, score),)
    best: dict[str, Hit] = {}
    for entry in entries:
        if entry.concept not in best:
            best[entry.concept] = Hit(entry, tier, score)
    return tuple(best.values())


def _beginning(segment: Segment, typed: str, limit: int, keep: Keep | None, language: str | None) -> list[Suggestion]:
    """The first suggestions of a segment; the whole range is read only when its best did not do."""
    suggestions, complete = segment.beginning(typed)
    found = _first(suggestions, limit, keep)
    if len(found) < limit and not complete:
        return _first(segment.all_beginning(typed, language), limit, keep)
    return found


def _first(answers: Iterable[Answer], limit: int, keep: Keep | None, seen: Iterable[str] = ()) -> list[Answer]:
    """The first answers that may be given, one a concept, none of the concepts seen."""
    concepts, found = set(seen), list[Answer]()
    for answer in answers:
        entry = answer[0]
        if entry.concept not in concepts and (keep is None or keep(entry)):
            concepts.add(entry.concept)
            found.append(answer)
            if len(found) >= limit:
                break
    return found


def _one_a_concept(found: list[list[Answer]], limit: int, order: Callable[[Answer], object]) -> list[Answer]:
    """The first answers of all segments, each of which is in order already."""
    if len(found) == 1:
        return found[0]
    best: dict[str, Answer] = {}
    for answer in sorted(chain.from_iterable(found), key=order):  # type: ignore[arg-type]
        best.setdefault(answer[0].concept, answer)
    return list(best.values())[:limit]


def _closeness(suggestion: Suggestion) -> tuple[Place, object]:
    return suggestion.place, _offered(suggestion.entry)
