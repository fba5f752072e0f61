"""How likely two equal labels mean different things, learnt from what was decided about others like them.

The strongest sign is which two vocabularies meet: the pathways of one and the chemicals of the other share many names
and hardly a meaning. The form of the label (one short word, capitals on one side only) says less, and what it says is
measured against what the vocabularies let expect, so that it does not repeat them.

Needs nothing of the extra `matching`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from registry.matching.candidate import Candidate

PAIR_WEIGHT = 3.0
"""How many decisions about a pair of vocabularies weigh as much as what is known of either alone."""
VOCABULARY_WEIGHT = 10.0
"""How many decisions about one vocabulary weigh as much as those about all of them."""
FORM_WEIGHT = 4.0
"""How many rejected labels of a form weigh as much as the assumption that the form says nothing."""
UNKNOWN_SHARE = 0.1
"""The share of equal labels taken to be rejected where nothing was decided at all, as if of `VOCABULARY_WEIGHT`."""
LIKELY = 0.5
"""The score from which a steward is warned."""
MANY_WORDS = 5
LENGTH_STEP = 5

Ends = tuple[str, str]


@dataclass(frozen=True, slots=True)
class EqualLabels:
    """Two labels with one key: the keys of their vocabularies, and both as they are written."""

    subject_vocabulary: str
    object_vocabulary: str
    subject_label: str
    object_label: str

    @property
    def vocabularies(self) -> Ends:
        """Return the two vocabularies, the same in both directions."""
        return min(self._ends), max(self._ends)

    @property
    def _ends(self) -> Ends:
        return self.subject_vocabulary, self.object_vocabulary

    def forms(self) -> Iterator[str]:
        """Yield what there is to say about the form of the labels."""
        ours, theirs = self.subject_label, self.object_label
        words = len(ours.split())
        yield f"{words} words" if words < MANY_WORDS else "many words"
        yield f"{min(len(ours), len(theirs)) // LENGTH_STEP} times {LENGTH_STEP} letters or more"
        yield " and ".join(sorted((_capitals(ours), _capitals(theirs))))
        if any(letter.isdigit() for letter in ours):
            yield "digits"


@dataclass(frozen=True, slots=True)
class HomonymModel:
    """What decisions have taught about equal labels; a model that learnt nothing gives every label the same score.

    `shares`: the share of rejected labels expected of each pair of vocabularies and, under a pair of one key and "",
    of each vocabulary with any other; `ratios`: how much oftener labels of a form are rejected than that.
    """

    share: float = UNKNOWN_SHARE
    shares: Mapping[Ends, float] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)

    def prior(self, labels: EqualLabels) -> float:
        """Return the share of equal labels of these two vocabularies that mean different things, from 0 to 1."""
        known = self.shares.get(labels.vocabularies)
        if known is not None:
            return known
        return _together([self.shares.get((key, ""), self.share) for key in labels.vocabularies], self.share)

    def score(self, labels: EqualLabels) -> float:
        """Return how likely two equal labels mean different things, from 0 to 1, by vocabularies and form."""
        odds = _odds(self.prior(labels))
        for form in labels.forms():
            odds *= self.ratios.get(form, 1.0)
        return odds / (1 + odds)


def learn(decisions: Iterable[tuple[EqualLabels, bool]]) -> HomonymModel:
    """Return what decisions teach; each says of two equal labels whether it was rejected that they mean one thing."""
    known = list(decisions)
    rejected = sum(refused for _, refused in known)
    share = (rejected + VOCABULARY_WEIGHT * UNKNOWN_SHARE) / (len(known) + VOCABULARY_WEIGHT)
    single = _shares((((key, ""), refused) for labels, refused in known for key in set(labels.vocabularies)), share)
    shares = dict(single)
    counts = _counts((labels.vocabularies, refused) for labels, refused in known)
    for ends, (judged, refusals) in counts.items():
        expected = _together([single[key, ""] for key in ends], share)
        shares[ends] = (refusals + PAIR_WEIGHT * expected) / (judged + PAIR_WEIGHT)
    without_forms = HomonymModel(share, shares)
    return HomonymModel(share, shares, _form_ratios(known, without_forms))


def marked(candidates: Iterable[Candidate], model: HomonymModel, vocabularies: Ends) -> Iterator[Candidate]:
    """Yield candidates between two vocabularies, those of equal labels with their score, and a warning when it is high.

    The score stands in the evidence as `homonym`.
    """
    for candidate in candidates:
        evidence = candidate.evidence
        if evidence.rule == "exact":
            labels = EqualLabels(*vocabularies, evidence.subject_match.text, evidence.object_match.text)
            evidence = replace(evidence, homonym=round(model.score(labels), 4))
            if evidence.homonym is not None and evidence.homonym >= LIKELY:
                said = f"equal labels like these were rejected in {evidence.homonym:.0%} of what was decided"
                evidence = replace(evidence, warnings=(*evidence.warnings, said))
        yield replace(candidate, evidence=evidence)


def _shares(decisions: Iterable[tuple[Ends, bool]], share: float) -> dict[Ends, float]:
    return {
        ends: (refusals + VOCABULARY_WEIGHT * share) / (judged + VOCABULARY_WEIGHT)
        for ends, (judged, refusals) in _counts(decisions).items()
    }


def _counts(decisions: Iterable[tuple[Ends, bool]]) -> dict[Ends, tuple[int, int]]:
    judged, refusals = Counter[Ends](), Counter[Ends]()
    for ends, refused in decisions:
        judged[ends] += 1
        refusals[ends] += refused
    return {ends: (count, refusals[ends]) for ends, count in judged.items()}


def _form_ratios(known: list[tuple[EqualLabels, bool]], model: HomonymModel) -> dict[str, float]:
    """Return for each form the rejected labels that have it over those the vocabularies let expect."""
    observed, expected = Counter[str](), defaultdict[str, float](float)
    for labels, refused in known:
        prior = model.prior(labels)
        for form in labels.forms():
            observed[form] += refused
            expected[form] += prior
    return {form: (observed[form] + FORM_WEIGHT) / (expected[form] + FORM_WEIGHT) for form in expected}


def _together(shares: list[float], share: float) -> float:
    """Return the share expected where two vocabularies meet, each as far from the share of all as it is alone."""
    odds = _odds(share)
    for one in shares:
        odds *= _odds(one) / _odds(share)
    return odds / (1 + odds)


def _odds(share: float) -> float:
    return share / (1 - share)


def _capitals(text: str) -> str:
    """Return how a text is written: small, capitals, Capitalised, Each Word Capitalised, or mIxed."""
    if text.islower() or text.isupper():
        return "small" if text.islower() else "capitals"
    if text[1:] == text[1:].lower():
        return "first capital"
    return "each capital" if all(word[:1].isupper() for word in text.split()) else "mixed"
