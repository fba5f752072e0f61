"""What the label index costs and how often it is right, on real labels, beside comparing every label.

CPU of one thread. Labels are those of STW, UNESCO, ESCO and O*NET; beyond 144,000 their words are recombined. Accuracy
is measured on generated noise of seven kinds in equal shares, each printed. A noisy term that folds to another label is
no noise and left out. Right is a concept that has the label the noise was made from. The peer scores every folded label
with rapidfuzz's WRatio, the usual way to look a term up without an index.

    python -m benchmarks.resolution_index [100000 1000000 ...]
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import statistics
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from rapidfuzz import fuzz, process

from benchmarks.resolution_labels import OCCUPATIONS, entries_of, real_entries
from registry.rdf.text import fold_label
from registry.resolution.annotate import Annotating, annotate
from registry.resolution.index import LabelIndex
from registry.resolution.labels import Hit, LabelEntry, Tier

QUESTIONS, PER_KIND, DOCUMENTS, PEER_QUESTIONS = 2_000, 400, 300, 40
DOCUMENT_LENGTH = 1_500
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ACCENTED = str.maketrans("aeioucn", "áèïôüçñ")
Asked = TypeVar("Asked")
Result = TypeVar("Result")


def edited(text: str, chance: random.Random) -> str:
    """The text with one letter lost, replaced, added, or two neighbours exchanged."""
    at, letter = chance.randrange(len(text)), chance.choice(LETTERS)
    head, tail = text[:at], text[at + 1 :]
    exchanged = head + tail[:1] + text[at] + tail[1:]
    return chance.choice((head + tail, head + letter + tail, head + letter + text[at:], exchanged))


def one_edit(text: str, chance: random.Random) -> str | None:
    return edited(text, chance)


def two_edits(text: str, chance: random.Random) -> str | None:
    return edited(edited(text, chance), chance)


def word_swap(text: str, chance: random.Random) -> str | None:
    words = text.split()
    if len(words) < 2:
        return None
    one, other = chance.sample(range(len(words)), 2)
    words[one], words[other] = words[other], words[one]
    return " ".join(words)


def dropped_word(text: str, chance: random.Random) -> str | None:
    words = text.split()
    if len(words) < 3:
        return None
    del words[chance.randrange(len(words))]
    return " ".join(words)


def plural(text: str, chance: random.Random) -> str | None:
    """An English label in the plural, or in the singular when its last word ends in one s."""
    if not text.isascii() or not text[-1].isalpha() or text.endswith(("ss", "us", "is")):
        return None
    if text.endswith("s"):
        return text[:-1]
    if text.endswith("y") and text[-2:-1] not in "aeiou":
        return text[:-1] + "ies"
    return text + ("es" if text.endswith(("x", "ch", "sh")) else "s")


def other_case(text: str, chance: random.Random) -> str | None:
    return chance.choice((text.upper(), text.title(), text.swapcase()))


def other_accents(text: str, chance: random.Random) -> str | None:
    """Accents taken away, or put on where there were none."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
    return bare if bare != text else text.translate(ACCENTED)


NOISE: dict[str, Callable[[str, random.Random], str | None]] = {
    "one edit": one_edit,
    "two edits": two_edits,
    "word swap": word_swap,
    "dropped word": dropped_word,
    "plural": plural,
    "case": other_case,
    "accents": other_accents,
}


def noisy(kind: str, entries: Sequence[LabelEntry], taken: dict[str, set[str]], number: int) -> list[tuple[str, str]]:
    """Pairs of a noisy term and the folded key of the label it was made from, 7 to 60 characters long."""
    chance, found = random.Random(f"{kind} 7"), list[tuple[str, str]]()
    while len(found) < number:
        entry = chance.choice(entries)
        if not 7 <= len(entry.text) <= 60 or (kind == "plural" and entry.language != "en"):
            continue
        term, key = NOISE[kind](entry.text, chance), fold_label(entry.text)
        if term and term != entry.text and (fold_label(term) == key or fold_label(term) not in taken):
            found.append((term, key))
    return found


def accuracy(index: LabelIndex, entries: Sequence[LabelEntry]) -> dict[str, dict[str, float]]:
    """Per kind of noise the percentage right in first place and among the first five; the mean of all kinds."""
    concepts: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        concepts[fold_label(entry.text)].add(entry.concept)
    rows = {kind: shares(index, noisy(kind, entries, concepts, PER_KIND), concepts) for kind in NOISE}
    first = [row["top1"] for kind, row in rows.items() if kind != "dropped word"]
    rows["all (top1 without dropped word)"] = {
        "top1": round(statistics.mean(first), 1),
        "top5": round(statistics.mean(row["top5"] for row in rows.values()), 1),
    }
    return rows


def shares(index: LabelIndex, terms: Iterable[tuple[str, str]], concepts: dict[str, set[str]]) -> dict[str, float]:
    places = []
    for term, key in terms:
        hits = index.search(term, 5)
        places.append(next((at for at, hit in enumerate(hits) if hit.entry.concept in concepts[key]), 9))
    return {
        "top1": round(100 * sum(place == 0 for place in places) / len(places), 1),
        "top5": round(100 * sum(place < 5 for place in places) / len(places), 1),
    }


def microseconds(ask: Callable[[Asked], object], questions: Sequence[Asked], again: int = 1) -> dict[str, float]:
    """CPU of this thread per question, once each was asked: median and 99th percentile."""
    for question in questions:
        ask(question)
    times = []
    for question in questions:
        started = time.thread_time_ns()
        for _ in range(again):
            ask(question)
        times.append((time.thread_time_ns() - started) / again / 1000)
    times.sort()
    return {"p50_us": round(statistics.median(times), 2), "p99_us": round(times[int(0.99 * len(times))], 1)}


def costs(index: LabelIndex, entries: Sequence[LabelEntry]) -> dict[str, dict[str, float]]:
    """CPU per question, by tier; questions that other tiers answer are left out."""
    chance = random.Random(3)
    texts = [entry.text for entry in chance.sample(entries, QUESTIONS)]
    long = [text for text in texts if len(text) > 6]
    swapped = [term for text in texts if (term := word_swap(text, chance))]
    typos = [edited(text, chance) for text in long]
    return {
        "exact": microseconds(index.search, _answered(index, texts, Tier.EXACT), 20),
        "folded": microseconds(index.search, _answered(index, [text.upper() for text in texts], Tier.FOLDED), 20),
        "tokens": microseconds(index.search, _answered(index, swapped, Tier.TOKENS), 20),
        "one typo": microseconds(index.search, _answered(index, typos, Tier.FUZZY)),
        "one typo, language en": microseconds(lambda term: index.search(term, 5, "en"), typos),
        "suggest, 1 to 10 characters": microseconds(index.suggest, [text[: chance.randint(1, 10)] for text in texts]),
        "suggest, language de": microseconds(lambda term: index.suggest(term, 10, "de"), [text[:3] for text in texts]),
        "suggest, inside a word": microseconds(index.suggest, [text[2:7] for text in long]),
    }


def _answered(index: LabelIndex, terms: Iterable[str], tier: Tier) -> list[str]:
    return [term for term in terms if (hits := index.search(term)) and hits[0].kind == tier]


def documents(entries: Sequence[LabelEntry]) -> list[str]:
    """Texts of 1,500 characters: descriptions of occupations, four in ten followed by a sentence with a label."""
    chance, texts, text = random.Random(3), list[str](), ""
    with (OCCUPATIONS / "esco_occup_level5.csv").open(encoding="utf-8", newline="") as file:
        prose = [" ".join(row["description"].split()) for row in csv.DictReader(file) if row["description"]]
    while len(texts) < DOCUMENTS:
        text += chance.choice(prose) + " "
        if chance.random() < 0.4:
            text += f"The {chance.choice(entries).text} was reviewed by the team. "
        if len(text) >= DOCUMENT_LENGTH:
            texts.append(text[:DOCUMENT_LENGTH])
            text = ""
    return texts


def annotation(index: LabelIndex, entries: Sequence[LabelEntry]) -> dict[str, float]:
    english, texts = Annotating(language="en"), documents(entries)
    mentions = sum(len(annotate(text, index, english)) for text in texts)
    return {
        **microseconds(lambda text: annotate(text, index, english), texts),
        "mentions_a_text": round(mentions / len(texts), 1),
    }


def changes(index: LabelIndex) -> dict[str, float]:
    """CPU of one change of one label on an overlay of 500, and of the first typo asked afterwards."""
    added = [LabelEntry(f"urn:new:{number}", "new", 0, "en", f"fresh label {number}") for number in range(500)]
    changed, _ = measured(lambda: index.with_changes(added))
    again, change = measured(lambda: changed.with_changes(added[:1], added[1:2]))
    _, typo = measured(lambda: again.search("frsh labl 17"))
    return {"change_ms": round(change * 1000, 1), "first_typo_ms": round(typo * 1000, 1)}


def brute_force(index: LabelIndex, entries: Sequence[LabelEntry]) -> dict[str, object]:
    """Ours and the peer's on the same typos, made from labels of 7 to 60 characters."""
    chance = random.Random(3)
    keys = sorted({fold_label(entry.text) for entry in entries})
    made = [key for key in chance.sample(keys, 10 * PEER_QUESTIONS) if 7 <= len(key) <= 60][:PEER_QUESTIONS]
    typos = [edited(key, chance) for key in made]
    found, theirs = measured(lambda: [process.extractOne(typo, keys, scorer=fuzz.WRatio) for typo in typos])
    own, ours = measured(lambda: [index.search(typo, 1) for typo in typos])
    return {
        "ms_a_typo": _beside(1000 * ours, 1000 * theirs, len(made)),
        "top1_percent": _beside(
            100 * sum(_says(hits, key) for hits, key in zip(own, made, strict=True)),
            100 * sum(one[0] == key for one, key in zip(found, made, strict=True)),
            len(made),
        ),
    }


def _beside(ours: float, peer: float, of: int) -> dict[str, object]:
    return {"ours": round(ours / of, 3), "peer": round(peer / of, 3), "of": "rapidfuzz WRatio over every label"}


def _says(hits: tuple[Hit, ...], key: str) -> bool:
    return any(fold_label(hit.entry.text) == key for hit in hits)


def measured(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.thread_time()
    result = work()
    return result, time.thread_time() - started


def resident() -> int:
    """Memory this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() // 2**20


def at_size(size: int, real: Sequence[LabelEntry]) -> dict[str, object]:
    entries = entries_of(size, real)
    before = resident()
    index, seconds = measured(lambda: LabelIndex.build(entries).warm())
    held = resident() - before
    row: dict[str, object] = {
        "labels": len(index),
        "build_cpu_s": round(seconds, 1),
        "index_mb": held,
        "process_mb": resident(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "cost": costs(index, entries),
        "annotate 1,500 characters": annotation(index, entries),
        "change": changes(index),
        "accuracy_percent": accuracy(index, entries),
    }
    if size <= 100_000:
        row["beside brute force"] = brute_force(index, entries)
    return row


def run(sizes: Sequence[int] = ()) -> dict[str, object]:
    """Per number of labels: memory, CPU a question by tier, annotation, changes, accuracy; the peer up to 100,000.

    100,000 labels when no sizes are given, and a million too with LEXICORD_LONG=1.
    """
    wanted = sizes or ((100_000, 1_000_000) if os.environ.get("LEXICORD_LONG") == "1" else (100_000,))
    real = real_entries()
    return {"real_labels": len(real), **{f"{size} labels": at_size(size, real) for size in wanted}}


def main() -> None:
    print(json.dumps(run([int(size) for size in sys.argv[1:]]), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
