"""The catalogue of checks, and their run over one vocabulary."""

from __future__ import annotations

from collections.abc import Collection

from registry.errors import InvalidInputError
from registry.skos.checks import documentation, integrity, iris, labels, life, structure
from registry.skos.checks.catalogue import PROLOGUE, Check, Neighbour, Policy, Scope, combined
from registry.skos.index import SchemeIndex
from registry.skos.values import Finding, in_order

SECTIONS: dict[str, tuple[Check, ...]] = {
    "SKOS integrity": integrity.CHECKS,
    "Structure": structure.CHECKS,
    "Labels": labels.CHECKS,
    "Documentation": documentation.CHECKS,
    "Life": life.CHECKS,
    "IRIs": iris.CHECKS,
}
CATALOGUE: tuple[Check, ...] = tuple(check for section in SECTIONS.values() for check in section)


def run_checks(
    index: SchemeIndex,
    *,
    only: Collection[str] | None = None,
    main_language: str | None = None,
    iri_namespace: str | None = None,
    policy: Policy | None = None,
) -> tuple[Finding, ...]:
    """Return what the checks find in a vocabulary: errors first, then by check, concept and message.

    `only` names checks by id; InvalidInputError when one does not exist. The main language and the namespace win over
    the policy's. The same graph gives the same findings, in whatever order its triples came.
    """
    scope = Scope(index, combined(policy, main_language, iri_namespace))
    return in_order(finding for check in _chosen(only) for finding in _findings(check, scope))


def _chosen(only: Collection[str] | None) -> tuple[Check, ...]:
    if only is None:
        return CATALOGUE
    if unknown := sorted(set(only) - {check.id for check in CATALOGUE}):
        raise InvalidInputError(
            f"There is no check {', '.join(map(repr, unknown))}.",
            advice=f"Checks: {', '.join(check.id for check in CATALOGUE)}.",
        )
    return tuple(check for check in CATALOGUE if check.id in only)


def _findings(check: Check, scope: Scope) -> set[Finding]:
    return {
        Finding(
            check=check.id,
            severity=check.severity,
            concept=concept,
            label="" if concept is None else scope.label(concept),
            message=message,
            fix=fix,
        )
        for concept, message, fix in check.run(scope)
    }


__all__ = ["CATALOGUE", "PROLOGUE", "SECTIONS", "Check", "Neighbour", "Policy", "run_checks"]
