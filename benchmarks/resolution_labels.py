"""Real labels for the measurements of the label index: STW, UNESCO, ESCO and O*NET, and recombinations beyond them."""

from __future__ import annotations

import csv
import os
import random
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph

from registry.resolution.labels import ALT, HIDDEN, NOTATION, PREF, LabelEntry

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
VOCABULARIES = SHARED / "data" / "vocabularies"
OCCUPATIONS = SHARED / "data" / "mappings" / "esco-onet"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_KINDS = {
    _SKOS + "prefLabel": PREF,
    _SKOS + "altLabel": ALT,
    _SKOS + "hiddenLabel": HIDDEN,
    _SKOS + "notation": NOTATION,
}
_CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Row = tuple[str, ...]


def real_entries() -> list[LabelEntry]:
    """The distinct labels of the four shared vocabularies, notations left out, in one fixed order."""
    found = {
        *_thesaurus("stw", "stw-9.06-2018.ttl"),
        *_thesaurus("unesco", "unesco-thesaurus-2019-10.ttl"),
        *_esco(),
        *_onet(),
    }
    return sorted(entry for entry in found if entry.kind != NOTATION and entry.text.strip())


def entries_of(size: int, real: Sequence[LabelEntry], seed: int = 5) -> list[LabelEntry]:
    """As many entries as asked for: real ones first, then new concepts whose labels recombine real words."""
    chance = random.Random(seed)
    chosen = list(real)
    chance.shuffle(chosen)
    if size <= len(chosen):
        return chosen[:size]
    words = [parts for entry in chosen if 2 <= len(parts := entry.text.split()) <= 5]
    seen = {entry.text for entry in chosen}
    while len(chosen) < size:
        one, other = chance.choice(words), chance.choice(words)
        text = " ".join(one[:-1] + other[-1:] if chance.random() < 0.5 else one[:1] + other[1:])
        if text not in seen:
            seen.add(text)
            chosen.append(LabelEntry(f"urn:mixed:{len(chosen)}", "mixed", PREF, "en", text))
    return chosen


def _thesaurus(scheme: str, name: str) -> Iterator[LabelEntry]:
    for quad in pyoxigraph.parse(path=VOCABULARIES / name):
        kind, label = _KINDS.get(quad.predicate.value), quad.object
        if (
            kind is not None
            and isinstance(label, pyoxigraph.Literal)
            and isinstance(quad.subject, pyoxigraph.NamedNode)
        ):
            yield LabelEntry(quad.subject.value, scheme, kind, (label.language or "").lower(), label.value)


def _esco() -> Iterator[LabelEntry]:
    with (OCCUPATIONS / "esco_occup_level5.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield LabelEntry(row["concept_uri"], "esco", PREF, "en", row["preferred_label"])
            for text in filter(None, map(str.strip, row["alt_labels"].split("\n"))):
                yield LabelEntry(row["concept_uri"], "esco", ALT, "en", text)


def _onet() -> Iterator[LabelEntry]:
    for code, title, *_ in _sheet(OCCUPATIONS / "Occupation Data.xlsx"):
        yield LabelEntry(f"urn:onet:{code}", "onet", PREF, "en", title)
    for code, _title, alternate, *_ in _sheet(OCCUPATIONS / "Alternate Titles.xlsx"):
        yield LabelEntry(f"urn:onet:{code}", "onet", ALT, "en", alternate)


def _sheet(path: Path) -> Iterator[Row]:
    """The rows of a workbook's first sheet below its header, cells as text."""
    with zipfile.ZipFile(path) as book:
        shared = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = iter(sheet.iter(_CELL + "row"))
    next(rows)
    for row in rows:
        yield tuple(_text(cell, shared) for cell in row)


def _text(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    value = "".join(cell.itertext())
    return shared[int(value)] if cell.get("t") == "s" else value
