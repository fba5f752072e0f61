"""How good suggested mappings are on public sets with known answers, beside what one would write without us.

One threshold for every set and every pair. The peers get the one constant threshold that suits each of them best on the
very sets they are measured on; ours is the constant `auto` stands for. ESCO and O*NET are compared many-to-one by the
share of right answers in first place and among the first five; WRatio compares preferred labels only there, because all
labels would be a billion comparisons.

    python -m benchmarks.matching_quality
    python -m benchmarks.matching_quality --ablation    ours again, each time without one part of it
"""

from __future__ import annotations

import csv
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import TypeAlias
from xml.etree import ElementTree

import numpy as np
import pyoxigraph
from rapidfuzz import fuzz, process

from registry.matching import Entry, Label, Vocabulary, normalise, suggest
from registry.matching.alignment import read_alignment
from registry.matching.evaluate import evaluate
from registry.matching.load import vocabulary_from_quads
from registry.matching.settings import DEFAULTS, MatchSettings
from registry.matching.sssom import from_tsv
from registry.matching.trigrams import nearest, trigram_vectors, word_sorted

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
MAPPINGS = SHARED / "data" / "mappings"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Pair: TypeAlias = tuple[str, str]
Scores: TypeAlias = dict[Pair, float]
Case: TypeAlias = tuple[Vocabulary, Vocabulary, frozenset[Pair]]
Matcher: TypeAlias = Callable[[Vocabulary, Vocabulary], Scores]


def oaei(track: str) -> list[Case]:
    return [_oaei_case(folder) for folder in sorted((MAPPINGS / f"oaei-{track}").iterdir())]


def _oaei_case(folder: Path) -> Case:
    gold = frozenset(cell.pair for cell in read_alignment((folder / "reference.xml").read_text(encoding="utf-8")))
    return _read(folder / "source.xml"), _read(folder / "target.xml"), gold


def _read(path: Path) -> Vocabulary:
    quads = pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.RDF_XML, base_iri="urn:base:")
    return vocabulary_from_quads(path.stem, quads)


def esco_onet() -> Case:
    folder = MAPPINGS / "esco-onet"
    esco = tuple(_occupation(row) for row in _rows(folder / "esco_occup_level5.csv"))
    titles: dict[str, list[Label]] = {}
    for row in list(_sheet(folder / "Alternate Titles.xlsx"))[1:]:
        titles.setdefault(row[0], []).append(Label(row[2], "en", "alt"))
    occupations = list(_sheet(folder / "Occupation Data.xlsx"))[1:]
    onet = tuple(
        Entry(code, (Label(title, "en"), *titles.get(code, ())), definition=text) for code, title, text in occupations
    )
    ends = {entry.id for entry in (*esco, *onet)}
    gold = ((row["concept_uri"], row["onet_code"]) for row in _rows(folder / "esco_onet_crosswalk_Nov2020.csv"))
    return Vocabulary("esco", esco), Vocabulary("onet", onet), frozenset(pair for pair in gold if set(pair) <= ends)


def biomappings(at_least: int = 100) -> list[Case]:
    """Return the curated mappings between any two vocabularies that have enough of them, as cases of their own."""
    ends: dict[Pair, tuple[dict[str, str], dict[str, str], set[Pair]]] = {}
    for name in ("positive", "negative"):
        read = from_tsv((MAPPINGS / "biomappings" / f"{name}.sssom.tsv").read_text(encoding="utf-8"))
        for mapping in read.mappings:
            if mapping.predicate_id.endswith("exactMatch") and mapping.subject_label and mapping.object_label:
                key = _space(mapping.subject_id, read.curie_map), _space(mapping.object_id, read.curie_map)
                subjects, objects, gold = ends.setdefault(key, ({}, {}, set()))
                subjects[mapping.subject_id], objects[mapping.object_id] = mapping.subject_label, mapping.object_label
                gold |= {(mapping.subject_id, mapping.object_id)} if name == "positive" else set()
    return [
        (_labelled("subject", subjects), _labelled("object", objects), frozenset(gold))
        for _, (subjects, objects, gold) in sorted(ends.items())
        if len(gold) >= at_least
    ]


def _space(iri: str, prefixes: Mapping[str, str]) -> str:
    return max((space for space in prefixes.values() if iri.startswith(space)), key=len, default="")


def _labelled(key: str, labels: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(key, tuple(Entry(iri, (Label(text, "en"),)) for iri, text in labels.items()))


def _occupation(row: Mapping[str, str]) -> Entry:
    alternatives = (Label(text, "en", "alt") for text in row["alt_labels"].split("\n") if text.strip())
    labels = (Label(row["preferred_label"], "en"), *alternatives)
    return Entry(row["concept_uri"], labels, broader=("isco:" + row["isco_group"],), definition=row["description"])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _sheet(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a workbook's first sheet as text: an XLSX file is XML in a ZIP archive."""
    with zipfile.ZipFile(path) as archive:
        shared = [
            "".join(part.text or "" for part in item.iter(SHEET + "t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    for row in sheet.iter(SHEET + "row"):
        yield [_cell(cell, shared) for cell in row.iter(SHEET + "c")]


def _cell(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    value = cell.findtext(SHEET + "v", "")
    return shared[int(value)] if cell.get("t") == "s" else value


def exact(subject: Vocabulary, object_: Vocabulary) -> Scores:
    index: dict[str, list[str]] = {}
    for entry, key in _keys(object_):
        index.setdefault(key, []).append(entry)
    return {(entry, other): 1.0 for entry, key in _keys(subject) for other in index.get(key, ())}


def wratio(subject: Vocabulary, object_: Vocabulary) -> Scores:
    ours, theirs = list(_keys(subject)), list(_keys(object_))
    if len(ours) * len(theirs) > 50_000_000:
        ours, theirs = list(_keys(subject, preferred=True)), list(_keys(object_, preferred=True))
    choices = [key for _, key in theirs]
    best: Scores = {}
    for start in range(0, len(ours), 500):
        rows = ours[start : start + 500]
        table = process.cdist([key for _, key in rows], choices, scorer=fuzz.WRatio, dtype=np.float32)
        for (entry, _), scores in zip(rows, table, strict=True):
            for place in np.argsort(-scores, kind="stable")[:20].tolist():
                _keep_best(best, (entry, theirs[place][0]), float(scores[place]) / 100)
    return best


def tfidf_token_sort(subject: Vocabulary, object_: Vocabulary) -> Scores:
    ours, theirs = list(_keys(subject)), list(_keys(object_))
    left, right = [word_sorted(key) for _, key in ours], [word_sorted(key) for _, key in theirs]
    found = nearest(*trigram_vectors(left, right), 20, 0.2)
    rows, columns = found.left.tolist(), found.right.tolist()
    scores = process.cpdist([left[i] for i in rows], [right[j] for j in columns], scorer=fuzz.ratio)
    best: Scores = {}
    for i, j, score in zip(rows, columns, scores.tolist(), strict=True):
        _keep_best(best, (ours[i][0], theirs[j][0]), score / 100)
    return best


PEERS: Mapping[str, Matcher] = {
    "exact labels": exact,
    "rapidfuzz WRatio": wratio,
    "TF-IDF + token_sort": tfidf_token_sort,
}


def _keys(vocabulary: Vocabulary, *, preferred: bool = False) -> Iterator[tuple[str, str]]:
    for entry in vocabulary.entries:
        for label in entry.labels:
            if label.kind == "pref" or not preferred:
                yield entry.id, normalise(label.text, label.primary_language)


def _keep_best(best: Scores, pair: Pair, score: float) -> None:
    if score > best.get(pair, 0.0):
        best[pair] = score


def one_to_one(scores: Scores, least: float) -> set[Pair]:
    selected: set[Pair] = set()
    ends: set[tuple[int, str]] = set()
    for pair in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if scores[pair] >= least and not ends & {(0, pair[0]), (1, pair[1])}:
            ends |= {(0, pair[0]), (1, pair[1])}
            selected.add(pair)
    return selected


def f1(selected: set[Pair], gold: frozenset[Pair]) -> float:
    return 2 * len(selected & gold) / (len(selected) + len(gold))


def recall_at(scores: Scores, gold: frozenset[Pair], ranks: Iterable[int] = (1, 5)) -> dict[int, float]:
    by_subject: dict[str, list[Pair]] = {}
    for pair in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        by_subject.setdefault(pair[0], []).append(pair)
    return {k: mean(pair in by_subject.get(pair[0], [])[:k] for pair in gold) for k in ranks}


def measure(
    matcher: Matcher, tracks: Mapping[str, Sequence[Case]], many: Case, unseen: Sequence[Case]
) -> dict[str, object]:
    """Return mean F1 per track at the matcher's best constant threshold, and recall@1 and @5 on ESCO and O*NET."""
    started = time.process_time()
    found = {name: [(matcher(a, b), gold) for a, b, gold in cases] for name, cases in tracks.items()}
    thresholds = [round(0.5 + 0.025 * step, 3) for step in range(21)]
    by_threshold = {
        least: {name: mean(f1(one_to_one(s, least), gold) for s, gold in several) for name, several in found.items()}
        for least in thresholds
    }
    best = max(thresholds, key=lambda least: mean(by_threshold[least].values()))
    held_out = {"biomappings": mean(f1(one_to_one(matcher(a, b), best), gold) for a, b, gold in unseen)}
    recalls = recall_at(matcher(many[0], many[1]), many[2])
    return _row(by_threshold[best] | held_out, recalls, best, time.process_time() - started)


def measure_ours(
    tracks: Mapping[str, Sequence[Case]], many: Case, unseen: Sequence[Case], settings: MatchSettings = DEFAULTS
) -> dict[str, object]:
    """Return the same for `suggest`, at the threshold `auto`, by the same evaluation the command line uses."""
    started = time.process_time()
    scores = {
        name: mean(evaluate(suggest(a, b, settings=settings), gold, threshold="auto").f1 for a, b, gold in cases)
        for name, cases in {**tracks, "biomappings": unseen}.items()
    }
    ranked = evaluate(suggest(many[0], many[1], settings=settings), many[2], cardinality="many-to-one")
    return _row(scores, ranked.recall_at, ranked.threshold, time.process_time() - started)


def _row(scores: Mapping[str, float], recalls: Mapping[int, float], threshold: float, cpu: float) -> dict[str, object]:
    figures: dict[str, object] = {f"f1_{name}": round(score, 3) for name, score in scores.items()}
    figures |= {f"esco_onet_recall_at_{rank}": round(share, 3) for rank, share in recalls.items()}
    return figures | {"threshold": threshold, "cpu_seconds": round(cpu, 1)}


def sets() -> tuple[Mapping[str, Sequence[Case]], Case, Sequence[Case]]:
    """Return the tracks the constants were chosen on, ESCO with O*NET, and the cases nothing was chosen on."""
    return {"conference": oaei("conference"), "dh": oaei("dh")}, esco_onet(), biomappings()


def run() -> dict[str, object]:
    """Return the figures of every matcher under its name."""
    tracks, many, unseen = sets()
    rows: dict[str, object] = {name: measure(matcher, tracks, many, unseen) for name, matcher in PEERS.items()}
    return rows | {"lexicord": measure_ours(tracks, many, unseen)}


WITHOUT: Mapping[str, MatchSettings] = {
    "everything": DEFAULTS,
    "without learnt token rules": replace(DEFAULTS, use_rules=False),
    "without structure": replace(DEFAULTS, use_structure=False),
    "without context": replace(DEFAULTS, use_context=False),
    "one round": replace(DEFAULTS, rounds=1),
    "5 candidates per label": replace(DEFAULTS, candidates_per_label=5),
    "labels alone": replace(DEFAULTS, rounds=0, use_rules=False, use_structure=False, use_context=False),
}


def ablation() -> dict[str, object]:
    """Return the figures of `suggest` with each part left out in turn, at the same threshold."""
    known = sets()
    return {name: measure_ours(*known, settings=settings) for name, settings in WITHOUT.items()}


def main() -> None:
    rows = ablation() if "--ablation" in sys.argv[1:] else run()
    for name, row in rows.items():
        assert isinstance(row, dict)
        print(f"{name:28}", "  ".join(f"{figure} {value}" for figure, value in row.items()))


if __name__ == "__main__":
    main()
