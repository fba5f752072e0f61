"""How well homonyms are told from matches among equal labels, by average precision over curated decisions.

Biomappings holds decisions about labels that look the same: nearly all of them match, some do not. What is measured is
whether those that do not stand first when ordered by the score of `registry.matching.homonyms`, learnt on four fifths
of the decisions and asked about the rest. A label between two vocabularies is in one fold only. Copies of one entry for
several species count once. Beside it: by the form of the label alone, and by the vocabularies alone.

    python -m benchmarks.matching_homonyms
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TypeAlias

from registry.matching.homonyms import EqualLabels, HomonymModel, learn
from registry.matching.normalise import normalise
from registry.matching.prefixes import namespace
from registry.matching.sssom import from_tsv

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
BIOMAPPINGS = SHARED / "data" / "mappings" / "biomappings"
FOLDS = 5
SPECIES = re.compile(r"(?<=R-)[A-Z]{3}(?=-\d+$)|(?<=pathway/)[a-z]{3,4}(?=\d{5}$)")
"""The code of a species in an identifier of Reactome ("R-HSA-109582") or KEGG ("hsa00010")."""

Decision: TypeAlias = tuple[EqualLabels, bool]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to order equal labels: what it looks at, and the score it takes from the model that learnt from this."""

    look: Callable[[EqualLabels], EqualLabels]
    score: Callable[[HomonymModel, EqualLabels], float]


def decisions() -> list[Decision]:
    """Return the curated decisions about exact matches with equal labels, copies for other species left out."""
    found: dict[tuple[str, ...], Decision] = {}
    for name in ("positive", "negative"):
        read = from_tsv((BIOMAPPINGS / f"{name}.sssom.tsv").read_text(encoding="utf-8"))
        for row in read.mappings:
            ours, theirs = row.subject_label, row.object_label
            if row.predicate_id.endswith("exactMatch") and normalise(ours, "en") == normalise(theirs, "en") != "":
                ends = SPECIES.sub("", row.subject_id), SPECIES.sub("", row.object_id)
                spaces = [_vocabulary(end, read.curie_map.values()) for end in ends]
                labels = EqualLabels(spaces[0], spaces[1], ours, theirs)
                found.setdefault((name, *ends), (labels, name == "negative"))
    return list(found.values())


def _vocabulary(iri: str, spaces: Iterable[str]) -> str:
    return max((space for space in spaces if iri.startswith(space)), key=len, default=namespace(iri))


def fold(labels: EqualLabels) -> int:
    """Return the fold of a label between two vocabularies, the same whenever it is asked."""
    key = "\x1f".join((*labels.vocabularies, normalise(labels.subject_label, "en")))
    return hashlib.sha256(key.encode()).digest()[0] % FOLDS


def nowhere(labels: EqualLabels) -> EqualLabels:
    """Return labels as if nothing were known of their vocabularies."""
    return replace(labels, subject_vocabulary="", object_vocabulary="")


def scored(known: Sequence[Decision], way: Way) -> Iterator[list[Decision]]:
    """Yield for each fold its decisions in the order of a score learnt on the others, the most suspicious first.

    Those of equal score stay in the order given, in which matches stand first: ties count against the score.
    """
    folds = [fold(labels) for labels, _ in known]
    seen = [(way.look(labels), refused) for labels, refused in known]
    for one in range(FOLDS):
        model = learn(decision for decision, place in zip(seen, folds, strict=True) if place != one)
        held_out = [decision for decision, place in zip(seen, folds, strict=True) if place == one]
        yield sorted(held_out, key=lambda decision: -way.score(model, decision[0]))


def average_precision(relevant: Sequence[bool]) -> float:
    """Return the mean, over the relevant ones, of the share of relevant ones down to each."""
    hits = [place for place, one in enumerate(relevant, 1) if one]
    return mean(number / place for number, place in enumerate(hits, 1)) if hits else 0.0


WAYS = {
    "label form alone": Way(nowhere, HomonymModel.score),
    "vocabulary pair alone": Way(lambda labels: labels, HomonymModel.prior),
    "lexicord": Way(lambda labels: labels, HomonymModel.score),
}


def run() -> dict[str, object]:
    """Return the average precision, the mean of five folds, of each way to order equal labels."""
    known = decisions()
    rejected = sum(refused for _, refused in known)
    figures: dict[str, object] = {"matches": len(known) - rejected, "homonyms": rejected}
    for name, way in WAYS.items():
        folds = [average_precision([refused for _, refused in order]) for order in scored(known, way)]
        figures[name] = {"average_precision": round(mean(folds), 3), "least_fold": round(min(folds), 3)}
    return figures


def main() -> None:
    for name, value in run().items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
