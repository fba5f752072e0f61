"""How much of the gold a registry of the example organisation finds, each measure a value with what it missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import orjson

from cli.demo_organisation import SOURCES, Story, register_source
from examples.gold import Gold, Pair, questions
from registry.contract import conflicts, mappings, resolution, validation
from registry.resources import bundled

AUTO = 0.775
"""The confidence from which matching takes a pair without being told otherwise."""
FLOOR = 0.5
"""The confidence from which a steward is shown a pair."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many were found, how many of these are right, how many there are."""

    found: int
    right: int
    gold: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what there is that was found."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(frozen=True, slots=True)
class ConflictMeasure:
    """The register of conflicts before anybody decided anything; `met` counts gold pairs in a conflict of any kind."""

    kinds: dict[str, int]
    homonyms: Score
    homonyms_met: int
    synonyms: Score
    synonyms_met: int
    nearly: Counter[str]
    missed_homonyms: tuple[Pair, ...]
    missed_synonyms: tuple[Pair, ...]
    false_homonyms: tuple[Pair, ...]
    false_synonyms: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class MappingMeasure:
    """Suggestions between pairs of vocabularies: what is taken, what is shown, which look-alikes are among them.

    `missed` are those not even shown, `missed_wordless` counts those of them whose labels have no word in common;
    `wrong` are those taken that are neither the same nor nearly, `wrong_alike` counts those of them that share a label.
    """

    pairs: int
    taken: Score
    shown: Score
    nearly_taken: int
    negatives: int
    negatives_taken: int
    negatives_shown: int
    negatives_warned: int
    missed: tuple[Pair, ...]
    missed_wordless: int
    wrong: tuple[Pair, ...]
    wrong_alike: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was not answered as it should have been."""

    id: str
    term: str
    department: str | None
    expected: str
    got: str
    argument: str


@dataclass(frozen=True, slots=True)
class QuestionMeasure:
    """Questions that need nobody's authority, asked; the others are counted."""

    asked: int
    right: int
    undecidable: int
    wrong: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """A repair that was expected and is not among those offered."""

    source: str
    line: int
    pointer: str
    problem: str
    expected: str
    offered: str


@dataclass(frozen=True, slots=True)
class RepairMeasure:
    """Repairs offered, beside those that a person would make."""

    expected: int
    offered: int
    named: int
    auto_expected: int
    auto_offered: int
    auto_other: int
    missed: tuple[Missed, ...]


def measure_conflicts(story: Story, gold: Gold) -> ConflictMeasure:
    """Look for conflicts, and compare what shares a label with what the gold says of it."""
    kinds = dict(story.call(conflicts.FIND).kinds)
    found: dict[str, set[Pair]] = {}
    for one in _conflicts(story):
        pairs = found.setdefault(one.kind, set())
        pairs.update(pair for pair in _pairs(one) if pair <= gold.concepts.keys())
    flagged, same = found.get("homonym", set()), found.get("synonym_without_mapping", set())
    met: set[Pair] = set().union(*found.values())
    homonyms, synonyms = gold.homonyms(), gold.same_words()
    return ConflictMeasure(
        kinds,
        Score(len(flagged - gold.nearly), len(flagged - gold.nearly - gold.exact), len(homonyms)),
        len(homonyms & met),
        Score(len(same - gold.nearly), len(same & gold.exact), len(synonyms)),
        len(synonyms & met),
        Counter(kind for kind, pairs in found.items() for pair in pairs & gold.nearly),
        _ordered(homonyms - flagged),
        _ordered(synonyms - same),
        _ordered(flagged & gold.exact),
        _ordered(same - gold.exact - gold.nearly),
    )


def _conflicts(story: Story) -> Iterator[Any]:
    cursor = None
    while True:
        page = story.call(conflicts.LIST, limit=500, **({"cursor": cursor} if cursor else {}))
        yield from page.conflicts
        cursor = page.next
        if cursor is None:
            return


def _pairs(conflict: Any) -> Iterator[Pair]:
    for one, other in combinations(conflict.sides, 2):
        if one.scheme != other.scheme:
            yield frozenset((one.concept, other.concept))


def _ordered(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(sorted(pairs, key=sorted))


def measure_mappings(story: Story, gold: Gold, pairs: list[tuple[str, str]]) -> MappingMeasure:
    """Ask for suggestions between pairs of vocabularies nobody has mapped yet."""
    offered: dict[Pair, Any] = {}
    for scheme, other in pairs:
        answer = story.call(mappings.SUGGEST, scheme=scheme, other=other, limit=10_000, min_confidence=FLOOR)
        offered |= {frozenset((one.subject_id, one.object_id)): one for one in answer.candidates}
    wanted = {tuple(sorted(pair)) for pair in pairs}
    within = {pair for pair in gold.exact if gold.between(pair) in wanted}
    negatives = {pair for pair in gold.negatives if gold.between(pair) in wanted}
    taken = _one_to_one(offered)
    missed, wrong = within - offered.keys(), taken - within - gold.nearly
    warned = {pair for pair in negatives & offered.keys() if offered[pair].evidence.warnings}
    return MappingMeasure(
        len(pairs),
        Score(len(taken), len(taken & within), len(within)),
        Score(len(offered), len(offered.keys() & within), len(within)),
        len(taken & gold.nearly),
        len(negatives), len(negatives & taken), len(negatives & offered.keys()), len(warned),
        _ordered(missed), sum(not gold.common_word(pair) for pair in missed),
        _ordered(wrong), sum(gold.common_label(pair) for pair in wrong),
    )  # fmt: skip


def _one_to_one(offered: dict[Pair, Any]) -> set[Pair]:
    """The most confident pairs whose ends were still free in the other's vocabulary."""
    taken: set[Pair] = set()
    ends: set[tuple[str, str]] = set()
    for pair, one in sorted(offered.items(), key=lambda item: (-item[1].score, sorted(item[0]))):
        used = {(one.subject_id, _scheme(one.object)), (one.object_id, _scheme(one.subject))}
        if one.score >= AUTO and ends.isdisjoint(used):
            ends |= used
            taken.add(pair)
    return taken


def _scheme(reference: str) -> str:
    return reference.partition("/")[0]


def approve_gold(story: Story, gold: Gold) -> int:
    """Approve the gold's exact mappings on both sides; how many hold."""
    held = 0
    for row in gold.rows:
        if row["predicate_id"].endswith("#exactMatch") and not row.get("predicate_modifier"):
            said = story.call(mappings.APPROVE, subject=row["subject_id"], object=row["object_id"],
                              predicate="exact", reason=row["comment"])  # fmt: skip
            held += said.mapping.state == "approved"
    return held


def measure_questions(story: Story) -> QuestionMeasure:
    """Ask what needs nobody's authority."""
    plain, others = questions()
    wrong = []
    for question in plain:
        given = {name: question[name] for name in ("department", "language") if question[name]}
        answer = story.call(resolution.RESOLVE, term=question["term"], **given)
        got = (answer.outcome.value, answer.winner.concept if answer.winner else None)
        if got != (question["outcome"], question["winner"]):
            wrong.append(Answered(
                question["id"], question["term"], question["department"],
                _said(question["outcome"], question["winner"]), _said(*got), question["argument"],
            ))  # fmt: skip
    return QuestionMeasure(len(plain), len(plain) - len(wrong), len(others), tuple(wrong))


def _said(outcome: str, winner: str | None) -> str:
    return f"{outcome} {'/'.join(winner.split('/')[-2:])}" if winner else outcome


def measure_repairs(story: Story, vocabularies: Iterable[str]) -> RepairMeasure:
    """Validate the example sources, and look for the expected repairs among those that are offered."""
    vocabularies = tuple(vocabularies)
    counts: Counter[str] = Counter()
    missed = []
    for key in SOURCES:
        reports = list(_reports(story, key, vocabularies))
        lines = orjson.loads((bundled("examples") / "sources" / key / "expected.json").read_bytes())["lines"]
        for line, report in zip(lines, reports, strict=True):
            advice = [one["repair"] for one in report["results"] if one.get("repair")]
            counts["auto other"] += _unforeseen(line["findings"], advice)
            for finding in (one for one in line["findings"] if one["repair"]):
                how = _offered(finding, advice)
                counts.update(["expected", how, f"{finding['repair_class']} expected"])
                counts["auto offered"] += (
                    how == "offered" and _class(finding, advice) == finding["repair_class"] == "auto"
                )
                if how != "offered":
                    missed.append(Missed(key, line["line"], finding["pointer"], finding["problem"],
                                         _text(finding["repair"]), _at(finding, advice)))  # fmt: skip
    return RepairMeasure(
        counts["expected"], counts["offered"], counts["named"],
        counts["auto expected"], counts["auto offered"], counts["auto other"], tuple(missed),
    )  # fmt: skip


def _reports(story: Story, key: str, vocabularies: Iterable[str]) -> Iterator[dict[str, Any]]:
    with register_source(story, key, vocabularies).open("rb") as stream:
        for text in story.call(validation.STREAM, None, stream, source=key).read().splitlines():
            report = orjson.loads(text)
            if "summary" not in report:
                yield report


def _offered(finding: dict[str, Any], advice: list[dict[str, Any]]) -> str:
    """`offered`: every operation is among those offered; `named`: the value stands in an explanation; else `not`."""
    steps = [step for one in advice for step in one["patch"]]
    if all(step in steps for step in finding["repair"]):
        return "offered"
    values = [_leaf(step.get("value")) for step in finding["repair"]]
    said = " ".join(one["explanation"] for one in advice)
    return "named" if all(value and value in said for value in values) else "not"


def _leaf(value: Any) -> str:
    return next(iter(value.values())) if isinstance(value, dict) else str(value or "")


def _class(finding: dict[str, Any], advice: list[dict[str, Any]]) -> str | None:
    return next((one["class"] for one in advice if any(step in finding["repair"] for step in one["patch"])), None)


def _unforeseen(findings: list[dict[str, Any]], advice: list[dict[str, Any]]) -> int:
    """How many operations would be made without asking that nobody expected."""
    foreseen = [step for finding in findings for step in finding["repair"]]
    made = {_text([step]) for one in advice if one["class"] == "auto" for step in one["patch"] if step not in foreseen}
    return len(made)


def _at(finding: dict[str, Any], advice: list[dict[str, Any]]) -> str:
    """What is offered instead, at the same place or at all."""
    here = [one for one in advice if any(step["path"] == finding["pointer"] for step in one["patch"])]
    return "; ".join(dict.fromkeys(_text(one["patch"]) for one in here)) or "nothing"


def _text(steps: list[dict[str, Any]]) -> str:
    return ", ".join(orjson.dumps(step).decode() for step in steps)
