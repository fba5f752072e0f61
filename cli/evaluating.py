"""What `lexicord mapping eval` measures: vocabularies from files, or from the registry by their keys."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from cli.reading import opened
from cli.session import call
from registry.contract import schemes
from registry.contract.mappings import Evaluation
from registry.errors import InvalidInputError

if TYPE_CHECKING:
    from registry.matching.settings import Cardinality
    from registry.matching.vocabulary import Vocabulary

CARDINALITIES = ("one-to-one", "many-to-one")


def evaluated(source: str, target: str, gold: str, cardinality: str, threshold: str) -> Evaluation:
    """The measures; InvalidInputError for an unknown cardinality or threshold, before anything is read."""
    from registry.services.evaluation import measure, read_gold

    if cardinality not in CARDINALITIES:
        raise InvalidInputError(f"{cardinality!r} is no cardinality.", advice=f"Say {' or '.join(CARDINALITIES)}.")
    least = _threshold(threshold)
    with opened(gold) as (document, name):
        right = read_gold(document.read(), name)
    return measure(
        _vocabulary(source), _vocabulary(target), right, cardinality=cast("Cardinality", cardinality), threshold=least
    )


def _threshold(text: str) -> float | Literal["auto"]:
    if text == "auto":
        return "auto"
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(f"{text!r} is no threshold.", advice="Say auto, or a number from 0 to 1.") from error


def _vocabulary(named: str) -> Vocabulary:
    """A file's vocabulary when there is such a file, else the one of that key in the registry."""
    from registry.services.evaluation import read_vocabulary

    if "/" in named or "." in named or Path(named).exists():
        with opened(named) as (document, name):
            return read_vocabulary(document, name)
    exported = call(schemes.EXPORT, key=named, format="ntriples")
    return read_vocabulary(io.BytesIO(exported.read()), exported.name)
