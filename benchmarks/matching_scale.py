"""How long matching takes as vocabularies grow, and how often it still finds the right label.

Two lists of labels of equal length share half: that half is altered on one side by word order, plural, a lost letter or
a lost word (a fifth stays as it is). Labels are real ones of published thesauri and classifications; beyond those,
their words are recombined. Each figure of time stands beside the share of altered labels found in first place.

    python -m benchmarks.matching_scale [10000 100000 ...]
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyoxigraph
from rapidfuzz import fuzz, process

from registry.matching import Entry, Label, Vocabulary, suggest
from registry.matching.lexical import nearest_labels

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
VOCABULARIES = SHARED / "data" / "vocabularies"
PEER_ROWS = 200


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
    started = time.process_time()
    found = nearest_labels(ours, theirs)
    cpu = time.process_time() - started
    first = dict(zip(found.left.tolist(), found.right.tolist(), strict=True))
    return _row(cpu, sum(first.get(row) == place for row, place in enumerate(truth)) / len(truth))


def measure_full(labels: Sequence[str], size: int) -> dict[str, object]:
    ours, theirs, truth = sides(labels, size)
    subject, object_ = _vocabulary("subject", ours), _vocabulary("object", theirs)
    started = time.process_time()
    candidates = suggest(subject, object_)
    cpu = time.process_time() - started
    first: dict[str, str] = {}
    for candidate in candidates:
        first.setdefault(candidate.subject_id, candidate.object_id)
    return _row(
        cpu, sum(first.get(f"subject:{row}") == f"object:{place}" for row, place in enumerate(truth)) / len(truth)
    )


def measure_wratio(labels: Sequence[str], size: int) -> dict[str, object]:
    """Return what comparing every pair with WRatio costs: measured on some rows, reckoned for all."""
    ours, theirs, truth = sides(labels, size)
    started = time.process_time()
    table = process.cdist(ours[:PEER_ROWS], theirs, scorer=fuzz.WRatio, dtype=np.float32)
    cpu = (time.process_time() - started) * size / PEER_ROWS
    right = sum(int(row.argmax()) == place for row, place in zip(table, truth[:PEER_ROWS], strict=True))
    return _row(cpu, right / PEER_ROWS)


def _vocabulary(key: str, labels: Sequence[str]) -> Vocabulary:
    return Vocabulary(key, tuple(Entry(f"{key}:{row}", (Label(text, "en"),)) for row, text in enumerate(labels)))


def _row(cpu: float, top1: float) -> dict[str, object]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cpu_seconds": round(cpu, 2), "top1": round(top1, 3), "peak_mb": peak}


def run(sizes: Sequence[int] = (10_000,)) -> dict[str, object]:
    """Return per size the lexical stage, up to 10,000 also all stages, and WRatio on every pair as the peer."""
    labels = real_labels()
    rows: dict[str, object] = {"real_labels": len(labels)}
    for size in sizes:
        rows[f"lexical {size}"] = measure_lexical(labels, size)
        if size <= 10_000:
            rows[f"suggest {size}"] = measure_full(labels, size)
            rows[f"WRatio {size} (reckoned from {PEER_ROWS} rows)"] = measure_wratio(labels, size)
    return rows


def main() -> None:
    for name, row in run([int(size) for size in sys.argv[1:]] or (10_000,)).items():
        print(f"{name:40} {row}")


if __name__ == "__main__":
    main()
