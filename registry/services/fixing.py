"""Records repaired: every automatic patch applied, the outcome validated again, the original left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.errors import InvalidInputError
from registry.model.validation import PatchOperation

if TYPE_CHECKING:
    from registry.services.checking import Checker

ROUNDS = 3
"""A repair may uncover a fault that was hidden behind the one it mended; more rounds than this find nothing new."""


def fixed(checker: Checker, record: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What automatic repair makes of a record: `record`, its `conforms` and `counts`, the `patch` that leads there.

    The record as it was, with an empty patch, when nothing can be repaired without a person.
    """
    patch: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        if found["conforms"]:
            break
        better = _mended(checker, record, found)
        if better is None:
            break
        record, found, applied = better
        patch += applied
    return {"record": record, "conforms": found["conforms"], "counts": found["counts"], "patch": patch}


def _mended(
    checker: Checker, record: dict[str, Any], found: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]] | None:
    """The record after one round, its report, and what was applied; None when that leaves as many results."""
    from registry.shacl.json_patch import apply_patch

    mended, applied = record, []
    for operation in automatic(found):
        try:
            mended = apply_patch(mended, [operation])
        except InvalidInputError:
            continue  # an earlier repair has moved or mended the same value
        applied.append(operation.to_json())
    if not applied:
        return None
    after = checker.check_record(mended)
    return (mended, after, applied) if _total(after) < _total(found) else None


def automatic(found: dict[str, Any]) -> list[PatchOperation]:
    """The operations of a report's automatic repairs, each once."""
    operations: list[PatchOperation] = []
    for result in found["results"]:
        repair = result["repair"]
        if repair is not None and repair["class"] == "auto":
            for body in repair["patch"]:
                operation = PatchOperation(body["op"], body["path"], body.get("value"), body.get("from"))
                if operation not in operations:
                    operations.append(operation)
    return operations


def _total(found: dict[str, Any]) -> int:
    return sum(found["counts"].values())
