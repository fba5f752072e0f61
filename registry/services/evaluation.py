"""How good suggested mappings are, measured against mappings known to be right; needs no registry."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import IO

from registry.contract.mappings import Band, Evaluation
from registry.errors import SyntaxFaultError
from registry.matching import suggest
from registry.matching.evaluate import Threshold, evaluate
from registry.matching.exchange import read_mappings
from registry.matching.load import vocabulary_from_quads
from registry.matching.mapping_set import NO_TERM_FOUND
from registry.matching.settings import Cardinality
from registry.matching.vocabulary import Vocabulary
from registry.rdf.documents import open_document
from registry.rdf.syntax import format_of, parse_document

RANKS = (1, 5)
Pair = tuple[str, str]


def read_vocabulary(document: IO[bytes], name: str) -> Vocabulary:
    """The SKOS concepts, or OWL classes and properties, of a document; its name says its format."""
    plain, name = open_document(document, name)
    return vocabulary_from_quads(name, parse_document(plain, format_of(name), base_iri=f"urn:x-file:{name}"))


def read_gold(text: bytes, name: str) -> set[Pair]:
    """The pairs that an SSSOM, JSKOS or Alignment API file says are right; what it negates is left out."""
    try:
        readable = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SyntaxFaultError(f"{name} is no UTF-8: {error}.", advice="Save it as UTF-8.") from error
    said = read_mappings(readable).mappings
    return {(m.subject_id, m.object_id) for m in said if not m.is_negative and m.object_id != NO_TERM_FOUND}


def measure(
    subject: Vocabulary,
    object_: Vocabulary,
    gold: Iterable[Pair],
    *,
    cardinality: Cardinality = "one-to-one",
    threshold: Threshold = "auto",
) -> Evaluation:
    """Precision, recall, F1, recall among the first, precision by band, with the CPU time of the suggesting."""
    start = time.process_time()
    candidates = suggest(subject, object_)
    spent = time.process_time() - start
    found = evaluate(candidates, set(gold), cardinality=cardinality, threshold=threshold, ranks=RANKS,
                     vocabularies=(subject, object_))  # fmt: skip
    bands = [
        Band(at_least=band.at_least, below=band.below, candidates=band.candidates, correct=band.correct,
             precision=band.precision)
        for band in found.bands
    ]  # fmt: skip
    return Evaluation(
        precision=found.precision, recall=found.recall, f1=found.f1, recall_at=dict(found.recall_at),
        threshold=found.threshold, bands=bands, selected=found.selected, correct=found.correct, gold=found.gold,
        gold_unknown=found.gold_unknown, subjects=len(subject.entries), objects=len(object_.entries),
        cpu_seconds=round(spent, 3), peak_mb=round(_peak_mb(), 1),
    )  # fmt: skip


def _peak_mb() -> float:
    """The most memory this process has held, in megabytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
