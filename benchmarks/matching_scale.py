"""How long matching takes as vocabularies grow, and how often it still finds the right label.

Two lists of labels of equal length share half: that half is altered on one side by word order, plural, a lost letter or
a lost word (a fifth stays as it is). Labels are real ones of published thesauri and classifications; beyond those,
their words are recombined. Each figure of time stands beside the share of altered labels found in first place. Besides,
what one new term and one change cost against a kept index of 100,000 labels.

    python -m benchmarks.matching_scale [10000 100000 ...]    LEXICORD_LONG=1: 10,000, 100,000 and 500,000
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np
import pyoxigraph
from rapidfuzz import fuzz, process

from benchmarks.measure import cpu
from registry.matching import Entry, Label, Vocabulary, suggest
from registry.matching.lexical import nearest_labels
from registry.matching.lexical_index import LexicalIndex

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
VOCABULARIES = SHARED / "data" / "vocabularies"
PEER_ROWS = 200
INDEXED = 100_000
QUESTIONS = 1_000
CHANGES = 200
SHORT, LONG = (10_000,), (10_000, 100_000, 500_000)


def real_labels() -> list[str]:
    """Return the distinct English preferred labels of the shared vocabularies, shuffled.

    Preferred ones only: alternative labels of one concept are near each other, and finding one for another is right.
    """
    found = {" ".join(text.lower().split()) for text in (*_thesaurus_labels(), *_occupation_labels())}
    labels = sorted(text for text in found if len(text) > 2)
    random.Random(1).shuffle(labels)
    return labels


def _thesaurus_labels() -> Iterator[str]:
    for name in ("stw-9.06-2018", "unesco-thesaurus-2019-10", "naics-2012"):
        for quad in pyoxigraph.parse(path=VOCABULARIES / f"{name}.ttl"):
            label = quad.object
            preferred = quad.predicate.value.endswith("prefLabel") and isinstance(label, pyoxigraph.Literal)
            if preferred and (label.language or "en") == "en":
                yield label.value


def _occupation_labels() -> Iterator[str]:
    path = SHARED / "data" / "mappings" / "esco-onet" / "esco_occup_level5.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row["preferred_label"] for row in csv.DictReader(file))


def pool(labels: Sequence[str], size: int, chance: random.Random) -> list[str]:
    """Return as many distinct labels as asked for: the real ones, then recombinations of their words."""
    found = dict.fromkeys(labels[:size])
    words = [parts for label in labels if 2 <= len(parts := label.split()) <= 5]
    while len(found) < size:
        one, other = chance.choice(words), chance.choice(words)
        mixed = one[:-1] + other[-1:] if chance.random() < 0.5 else one[:1] + other[1:]
        found[" ".join(mixed)] = None
    return list(found)


def altered(label: str, chance: random.Random) -> str:
    """Return a label as a second vocabulary might have it."""
    words, kind = label.split(), chance.random()
    if kind < 0.25 and len(words) > 1:
        return " ".join(words[1:] + words[:1])
    if kind < 0.45:
        return label if label.endswith("s") else label + "s"
    if kind < 0.65 and len(label) > 5:
        place = chance.randrange(1, len(label) - 1)
        return label[:place] + label[place + 1 :]
    return " ".join(words[:-1]) if kind < 0.8 and len(words) > 2 else label


def sides(labels: Sequence[str], size: int) -> tuple[list[str], list[str], list[int]]:
    """Return two lists of labels, and for each of the first half of the first where it stands in the second."""
    chance = random.Random(2)
    base = pool(labels, size + size // 2, chance)
    shared = size // 2
    other = [altered(label, chance) for label in base[:shared]] + base[size:]
    order = list(range(len(other)))
    chance.shuffle(order)
    place = {original: now for now, original in enumerate(order)}
    return base[:size], [other[original] for original in order], [place[original] for original in range(shared)]


def measure_lexical(labels: Sequence[str], size: int) -> dict[str, object]:
    ours, theirs, truth = sides(labels, size)
    found, spent = cpu(partial(nearest_labels, ours, theirs))
    first = dict(zip(found.left.tolist(), found.right.tolist(), strict=True))
    return _row(spent, sum(first.get(row) == place for row, place in enumerate(truth)) / len(truth))


def measure_index(labels: Sequence[str], size: int) -> dict[str, object]:
    """Return what one new term, and one change, costs against a kept index of so many labels, in milliseconds."""
    ours, theirs, truth = sides(labels, size)
    index, built = cpu(partial(LexicalIndex.build, _vocabulary("object", theirs)))
    rows = random.Random(3).sample(range(len(truth)), QUESTIONS)
    answers = [cpu(partial(index.nearest, ours[row], 5)) for row in rows]
    right = (
        near and near[0].concept_id == f"object:{truth[row]}" for row, (near, _) in zip(rows, answers, strict=True)
    )
    changes = []
    for number in range(CHANGES):
        new = Entry(f"new:{number}", (Label(ours[-number - 1], "en"),))
        index, spent = cpu(partial(index.with_changes, [new], [f"object:{number}"]))
        changes.append(spent)
    slow = sorted(spent for _, spent in answers)
    return {
        "build_seconds": round(built, 2),
        "nearest_ms": round(1000 * fmean(slow), 2),
        "nearest_ms_95_of_100": round(1000 * slow[int(0.95 * len(slow))], 2),
        "change_ms": round(1000 * fmean(changes), 2),
        "change_ms_most": round(1000 * max(changes), 2),
        "top1": round(sum(map(bool, right)) / len(rows), 3),
    }


def measure_full(labels: Sequence[str], size: int) -> dict[str, object]:
    ours, theirs, truth = sides(labels, size)
    subject, object_ = _vocabulary("subject", ours), _vocabulary("object", theirs)
    candidates, spent = cpu(partial(suggest, subject, object_))
    first: dict[str, str] = {}
    for candidate in candidates:
        first.setdefault(candidate.subject_id, candidate.object_id)
    return _row(
        spent, sum(first.get(f"subject:{row}") == f"object:{place}" for row, place in enumerate(truth)) / len(truth)
    )


def measure_wratio(labels: Sequence[str], size: int) -> dict[str, object]:
    """Return what comparing every pair with WRatio costs: measured on some rows, reckoned for all."""
    ours, theirs, truth = sides(labels, size)
    table, spent = cpu(partial(process.cdist, ours[:PEER_ROWS], theirs, scorer=fuzz.WRatio, dtype=np.float32))
    right = sum(int(row.argmax()) == place for row, place in zip(table, truth[:PEER_ROWS], strict=True))
    return _row(spent * size / PEER_ROWS, right / PEER_ROWS)


def _vocabulary(key: str, labels: Sequence[str]) -> Vocabulary:
    return Vocabulary(key, tuple(Entry(f"{key}:{row}", (Label(text, "en"),)) for row, text in enumerate(labels)))


def _row(spent: float, top1: float) -> dict[str, object]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cpu_seconds": round(spent, 2), "top1": round(top1, 3), "peak_mb": peak}


def run(sizes: Sequence[int] = ()) -> dict[str, object]:
    """Return per size the lexical stage, up to 10,000 also all stages, and WRatio on every pair as the peer.

    Without sizes those of the short or of the long form (LEXICORD_LONG=1), and a kept index.
    """
    labels = real_labels()
    rows: dict[str, object] = {"real_labels": len(labels)}
    for size in sizes or (LONG if os.environ.get("LEXICORD_LONG") == "1" else SHORT):
        rows[f"lexical {size}"] = measure_lexical(labels, size)
        if size <= 10_000:
            rows[f"suggest {size}"] = measure_full(labels, size)
            rows[f"WRatio {size} (reckoned from {PEER_ROWS} rows)"] = measure_wratio(labels, size)
    if not sizes:
        rows[f"kept index {INDEXED}"] = measure_index(labels, INDEXED)
    return rows


def main() -> None:
    for name, row in run([int(size) for size in sys.argv[1:]]).items():
        print(f"{name:40} {row}")


if __name__ == "__main__":
    main()
