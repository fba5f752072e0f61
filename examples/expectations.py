"""Holds a registry of the whole example organisation against its gold, and prints how much of it is found.

    python -m examples.expectations [FOLDER] [--write]

The registry is built anew in FOLDER, which must not exist, or in a temporary one. With `--write` the figures also go
into `docs/expectations.md`, between its two marks. Nothing in them depends on the day or the machine.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from textwrap import fill

from cli.demo_organisation import DEPARTMENTS, SUPERVISOR, Story, import_all
from examples import gold, measures
from registry.errors import AlreadyExistsError
from registry.store.store import create

HUB = "enterprise"
COMPARED = (HUB, *DEPARTMENTS, SUPERVISOR)
"""The vocabularies the gold speaks of."""
PAGE = Path(__file__).resolve().parent.parent / "docs" / "expectations.md"
MARKS = ("<!-- measured -->\n", "<!-- end of what is measured -->\n")


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is measured, in the order in which it happens to one registry."""

    conflicts: measures.ConflictMeasure
    to_hub: measures.MappingMeasure
    between: measures.MappingMeasure
    approved: int
    questions: measures.QuestionMeasure
    repairs: measures.RepairMeasure


def measure(where: Path) -> Figures:
    """Build the whole organisation in a new folder and measure it; AlreadyExistsError when there is something."""
    if where.exists():
        raise AlreadyExistsError(f"{where} is there already.", advice="Name a folder that is to be made.")
    create(where, base_iri="https://vocab.nordhaven.example").close()
    story = Story(where)
    try:
        import_all(story)
        return _measured(story)
    finally:
        story.close()


def _measured(story: Story) -> Figures:
    known = gold.read(COMPARED)
    return Figures(
        conflicts=measures.measure_conflicts(story, known),
        to_hub=measures.measure_mappings(story, known, [(key, HUB) for key in DEPARTMENTS]),
        between=measures.measure_mappings(story, known, list(combinations(DEPARTMENTS, 2))),
        approved=measures.approve_gold(story, known),
        questions=measures.measure_questions(story),
        repairs=measures.measure_repairs(story, COMPARED),
    )


def told(figures: Figures) -> str:
    """The figures as Markdown."""
    parts = (_conflicts(figures.conflicts), _mappings(figures), _questions(figures), _repairs(figures.repairs))
    return "\n\n".join("\n".join(_wrapped(line) for line in part) for part in parts) + "\n"


def _wrapped(line: str) -> str:
    """A paragraph in lines of readable length; tables and headings as they are."""
    if line.lstrip().startswith(("|", "#")):
        return line
    before = "\n" * (len(line) - len(line.lstrip("\n")))
    after = "\n" * (len(line) - len(line.rstrip("\n")))
    return before + fill(line.strip(), 118, break_long_words=False, break_on_hyphens=False) + after


def _conflicts(found: measures.ConflictMeasure) -> Iterator[str]:
    yield "## Conflicts\n"
    yield f"{sum(found.kinds.values())} stand open before anybody decides: {_counted(found.kinds)}.\n"
    yield _head("", "found", "right", "in the gold", "precision", "recall", "met in a conflict of any kind")
    yield _row("homonyms", found.homonyms, found.homonyms_met)
    yield _row("synonyms under one label", found.synonyms, found.synonyms_met)
    yield f"\nPairs that mean nearly the same count in neither; they stand as {_counted(found.nearly)}.\n"
    yield f"Called synonyms, and homonyms: {_grouped(found.false_synonyms)}.\n"
    yield f"Called homonyms, and synonyms: {_pairs(found.false_homonyms)}.\n"
    yield f"Synonyms under one label that are not called so: {_pairs(found.missed_synonyms)}."


def _mappings(figures: Figures) -> Iterator[str]:
    yield "## Suggested mappings\n"
    yield _head("", "pairs", "found", "right", "in the gold", "precision", "recall", "F1", "look-alikes among them")
    for name, one in (("department and hub", figures.to_hub), ("two departments", figures.between)):
        for how, score, alike in (
            (f"taken, from {measures.AUTO}", one.taken, one.negatives_taken),
            (f"shown, from {measures.FLOOR}", one.shown, one.negatives_shown),
        ):
            figure = f"{score.precision:.2f} | {score.recall:.2f} | {score.f1:.2f}"
            yield (f"| {name}, {how} | {one.pairs} | {score.found} | {score.right} | {score.gold} | {figure} "
                   f"| {alike} of {one.negatives} |")  # fmt: skip
    for name, one in (("a department and the hub", figures.to_hub), ("two departments", figures.between)):
        yield (f"\nBetween {name}, {one.nearly_taken} of those taken mean nearly the same (close, broader or "
               f"narrower); of the {len(one.wrong)} others that are wrong {one.wrong_alike} share a label. "
               f"{one.negatives_warned} of the {one.negatives_shown} look-alikes shown carry a warning.\n")  # fmt: skip
        yield (f"Never shown, {one.missed_wordless} of {len(one.missed)} without a word in common: "
               f"{_pairs(one.missed)}.")  # fmt: skip
    yield f"\nTaken between a department and the hub, and wrong: {_pairs(figures.to_hub.wrong)}."


def _questions(figures: Figures) -> Iterator[str]:
    asked = figures.questions
    yield "## Questions\n"
    yield (f"{figures.approved} exact mappings approved by both sides. Of {asked.asked + asked.undecidable} questions "
           f"{asked.undecidable} rest on somebody's authority and are not decidable yet; of the other {asked.asked}, "
           f"**{asked.right} are answered as they should be**.\n")  # fmt: skip
    yield _head("", "term", "asked by", "expected", "got", "the gold's argument")
    for one in asked.wrong:
        yield f"| {one.id} | {one.term} | {one.department} | {one.expected} | {one.got} | {one.argument} |"


def _repairs(found: measures.RepairMeasure) -> Iterator[str]:
    yield "## Repairs of the example sources\n"
    yield (f"Of {found.expected} repairs that a person would make, {found.offered} are offered and {found.named} more "
           f"named among the choices. Of {found.auto_expected} that need nobody's word, {found.auto_offered} are "
           f"offered as such; {found.auto_other} others would be made unasked.\n")  # fmt: skip
    yield _head("not offered", "what is wrong", "offered instead")
    for one in found.missed:
        yield f"| {one.source} {one.line}, `{one.pointer}` | {one.problem} | {_code(one.offered)} |"


def _head(*names: str) -> str:
    return f"| {' | '.join(names)} |\n{'|---' * len(names)}|"


def _row(name: str, score: measures.Score, met: int) -> str:
    return (f"| {name} | {score.found} | {score.right} | {score.gold} | {score.precision:.2f} | {score.recall:.2f} "
            f"| {met} |")  # fmt: skip


def _counted(kinds: dict[str, int] | Counter[str]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in sorted(kinds.items()))


def _pairs(pairs: Iterable[gold.Pair]) -> str:
    return ", ".join(" = ".join(sorted(_short(end) for end in pair)) for pair in pairs) or "none"


def _grouped(pairs: Iterable[gold.Pair]) -> str:
    """Pairs by the name that both go by, where they do: who means what matters less than how many."""
    names: dict[str, set[str]] = {}
    counted: Counter[str] = Counter()
    for pair in pairs:
        ends = [_short(end).partition("/") for end in sorted(pair)]
        name = ends[0][2] if ends[0][2] == ends[1][2] else " = ".join("/".join(end[::2]) for end in ends)
        counted[name] += 1
        names.setdefault(name, set()).update(end[0] for end in ends)
    return ", ".join(f"{name} ({_who(name, names[name], count)})" for name, count in sorted(counted.items())) or "none"


def _who(name: str, keys: set[str], count: int) -> str:
    return f"{count} pairs" if count > 1 else "1 pair" if "/" in name else " and ".join(sorted(keys))


def _short(iri: str) -> str:
    scheme, _, local = iri.rpartition("/")
    key = scheme.rpartition("/")[2]
    return f"{SUPERVISOR if key == 'reporting' else key}/{local}"


def _code(text: str) -> str:
    return text if text == "nothing" else f"`{text}`"


def written(text: str, page: str) -> str:
    """The page with what is measured between its marks."""
    before, _, rest = page.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}{text}{MARKS[1]}{after}"


def main(arguments: list[str]) -> None:
    """Measure, print, and write where that is asked for."""
    folders = [one for one in arguments if not one.startswith("-")]
    with tempfile.TemporaryDirectory() as temporary:
        text = told(measure(Path(folders[0]) if folders else Path(temporary) / "registry"))
    sys.stdout.write(text)
    if "--write" in arguments:
        PAGE.write_text(written(text, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
