"""The identity of a decision: the same question over the same inputs always has the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from registry.model.decisions import TermQuestion
from registry.rdf.text import fold_label

ENGINE = "terms/1"
"""The version of the rules; it changes whenever an answer to the same inputs would."""


def decision_id(question: TermQuestion, inputs: Iterable[str], graph_version: int) -> str:
    """The decision's name: 32 hexadecimal digits over question, inputs in view, their version and the engine's.

    The inputs stand for the asker's view: two askers who see the same facts get the same decision.
    """
    parts = [ENGINE, "term", normalised(question), str(graph_version), *sorted(set(inputs))]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def normalised(question: TermQuestion) -> str:
    """The question as one line: spaces trimmed, the term's own spelling kept, for an exact match depends on it."""
    fields = (
        question.term.strip(),
        fold_label(question.term),
        ",".join(question.lineage),
        (question.language or "").lower(),
        ",".join(sorted(set(question.schemes))),
        "drafts" if question.include_drafts else "",
    )
    return "\x1e".join(fields)
