"""What holds of suggestions whatever the vocabularies: order, symmetry of measures, decisions, bounds."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.matching import Candidate, Entry, Label, MatchSettings, Vocabulary, suggest
from registry.matching.conflicts import label_clashes
from registry.matching.evaluate import select
from registry.matching.normalise import normalise, stem_bag
from registry.matching.token_rules import TokenRules
from registry.matching.tokens import SoftDice, inverse_document_frequency

WORDS = ("account", "accounts", "claim", "claims", "customer", "client", "policy", "net", "gross", "income", "2", "PTO")
LABELS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
EVERYTHING = MatchSettings(floor=0.0)
LABELS_ALONE = MatchSettings(floor=0.0, rounds=0, use_rules=False, use_structure=False, use_context=False)
UNHURRIED = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def vocabularies(draw: st.DrawFn, key: str) -> Vocabulary:
    names = [f"{key}:{number}" for number in range(draw(st.integers(0, 6)))]
    entries = []
    for name in names:
        labels = draw(st.lists(LABELS, min_size=1, max_size=3, unique=True))
        kinds = ["pref", *(["alt"] * (len(labels) - 1))]
        language = draw(st.sampled_from(["en", "en", "de", ""]))
        texts = tuple(Label(text, language, kind) for text, kind in zip(labels, kinds, strict=True))  # type: ignore[arg-type]
        broader = tuple(draw(st.lists(st.sampled_from(names), max_size=1)))
        entries.append(
            Entry(name, texts, broader=broader, definition=draw(st.sampled_from(["", "an amount of income"])))
        )
    return Vocabulary(key, tuple(entries))


def shuffled(vocabulary: Vocabulary, chance: random.Random) -> Vocabulary:
    entries = [
        Entry(
            entry.id,
            tuple(chance.sample(entry.labels, len(entry.labels))),
            tuple(chance.sample(entry.broader, len(entry.broader))),
            definition=entry.definition,
        )
        for entry in vocabulary.entries
    ]
    chance.shuffle(entries)
    return Vocabulary(vocabulary.key, tuple(entries))


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"), st.randoms(use_true_random=False))
def test_the_order_of_the_input_means_nothing(left: Vocabulary, right: Vocabulary, chance: random.Random) -> None:
    assert suggest(left, right) == suggest(shuffled(left, chance), shuffled(right, chance))


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"))
def test_confidences_are_ordered_bounded_and_of_known_ends(left: Vocabulary, right: Vocabulary) -> None:
    found = suggest(left, right, settings=EVERYTHING, top=3)
    assert all(0.0 <= candidate.confidence < 1.0 for candidate in found)
    assert [c.confidence for c in found] == sorted((c.confidence for c in found), reverse=True)
    assert {c.subject_id for c in found} <= {entry.id for entry in left.entries}
    assert {c.object_id for c in found} <= {entry.id for entry in right.entries}
    assert len({c.pair for c in found}) == len(found)
    assert all(len([c for c in found if c.subject_id == entry.id]) <= 3 for entry in left.entries)


def by_pair(found: tuple[Candidate, ...]) -> dict[tuple[str, str], Candidate]:
    return {candidate.pair: candidate for candidate in found}


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"))
def test_labels_alone_are_as_alike_from_either_side(left: Vocabulary, right: Vocabulary) -> None:
    """Few entries, so that no candidate is cut off; structure and context take the subject's side on purpose."""
    there = by_pair(suggest(left, right, settings=LABELS_ALONE, top=50))
    back = by_pair(suggest(right, left, settings=LABELS_ALONE, top=50))
    assert {(b, a) for a, b in there} == set(back)
    for (ours, theirs), candidate in there.items():
        assert abs(candidate.confidence - back[theirs, ours].confidence) < 1e-4


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"), st.data())
def test_accepting_never_lowers_a_pair_and_rejecting_removes_it(
    left: Vocabulary, right: Vocabulary, data: st.DataObject
) -> None:
    before = by_pair(suggest(left, right, settings=EVERYTHING, top=50))
    if not before:
        return
    pair = data.draw(st.sampled_from(sorted(before)))
    accepted = suggest(left, right, settings=EVERYTHING, accepted=[pair], top=50)
    assert by_pair(accepted)[pair].confidence == 1.0 >= before[pair].confidence
    assert by_pair(accepted)[pair].evidence.decided
    assert select(accepted, threshold=0.0)[0].pair == pair
    assert pair not in by_pair(suggest(left, right, settings=EVERYTHING, rejected=[pair], top=50))


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"))
def test_an_unrelated_concept_moves_no_rule_and_no_edit_similarity(left: Vocabulary, right: Vocabulary) -> None:
    """What is weighed by rarity (words, cosine) may move: a new label makes every other word a little rarer.

    Equality of keys and stems and edit similarity of a pair stay what they are. A pair whose trigrams are hardly alike
    may come or go, since the least cosine of a candidate is a fixed number.
    """
    wider = Vocabulary(right.key, (*right.entries, Entry("b:other", (Label("zyxwv", "en"),))))
    before = by_pair(suggest(left, right, settings=LABELS_ALONE, top=50))
    after = by_pair(suggest(left, wider, settings=LABELS_ALONE, top=50))
    for pair in before.keys() ^ after.keys():
        evidence = (before.get(pair) or after[pair]).evidence
        assert (evidence.rule, evidence.similarity.cosine < 0.35) == ("similar", True)
    for pair in before.keys() & after.keys():
        one, other = before[pair].evidence, after[pair].evidence
        if (one.subject_match, one.object_match) == (other.subject_match, other.object_match):
            assert (one.rule, one.similarity.token_sort) == (other.rule, other.similarity.token_sort)


@given(st.lists(LABELS, min_size=2, max_size=8))
def test_soft_dice_is_symmetric_bounded_and_one_for_itself(labels: list[str]) -> None:
    bags = [stem_bag(label, "en") for label in labels]
    dice = SoftDice(inverse_document_frequency(bags), TokenRules(contrast={("net", "gross"): 3, ("gross", "net"): 3}))
    for one in bags:
        assert abs(dice(one, one) - 1.0) < 1e-9
        for other in bags:
            assert 0.0 <= dice(one, other) <= 1.0 + 1e-9
            assert abs(dice(one, other) - dice(other, one)) < 1e-9


@given(st.text(max_size=60), st.sampled_from(["", "en", "de", "fr"]))
def test_keys_are_stable_and_never_vanish(text: str, language: str) -> None:
    key = normalise(text, language)
    assert normalise(key, language) == key
    assert bool(key) == bool(text.strip())


@UNHURRIED
@given(vocabularies("a"), vocabularies("b"))
def test_clashes_are_between_vocabularies_and_independent_of_order(left: Vocabulary, right: Vocabulary) -> None:
    found = label_clashes([left, right])
    assert found == label_clashes([right, left])
    assert all(len({party.vocabulary for party in clash.parties}) == 2 for clash in found)
