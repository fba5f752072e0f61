"""The small values the engine speaks in: terms, severities and findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from registry.rdf.terms import Term

Resource: TypeAlias = NamedNode | BlankNode


# As a tuple and made once: a union is built anew wherever it is written, and these are asked of every triple.
RESOURCE_TYPES = (NamedNode, BlankNode)


class Severity(StrEnum):
    """How much a finding matters: an error blocks approval and release, a warning asks, an info tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_BY_NAME = attrgetter("value")
SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: by which check, how severe, at which concept, what, and what to do about it.

    `concept` is None for what concerns the vocabulary as a whole; `label` is the concept's, for people.
    """

    check: str
    severity: Severity
    concept: Resource | None
    label: str
    message: str
    fix: str

    def as_dict(self) -> dict[str, str | None]:
        """Return the finding as JSON-able strings, in the fields `scheme check` promises."""
        return {
            "check": self.check,
            "severity": self.severity.value,
            "concept": None if self.concept is None else name_of(self.concept),
            "label": self.label,
            "message": self.message,
            "fix": self.fix,
        }


def name_of(term: Term) -> str:
    """Return a term as people and JSON write it: the IRI bare, a blank node as `_:id`, a literal's text."""
    return str(term) if isinstance(term, BlankNode | Triple) else term.value


def in_name_order(terms: Iterable[Resource]) -> list[Resource]:
    """Return resources sorted by name, the one order that is the same in every run."""
    return sorted(terms, key=_BY_NAME)


def first_named(terms: Iterable[Resource]) -> Resource:
    """Return the resource whose name comes first; ValueError when there is none."""
    return min(terms, key=_BY_NAME)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by severity, check, concept and message: the same for the same graph, however it was read."""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[int, str, str, str]:
    concept = "" if finding.concept is None else name_of(finding.concept)
    return SEVERITY_ORDER[finding.severity], finding.check, concept, finding.message


def errors_of(findings: Iterable[Finding]) -> frozenset[NamedNode]:
    """Return the concepts that carry an error finding: an import lets them in as drafts."""
    errors = (found.concept for found in findings if found.severity is Severity.ERROR)
    return frozenset(concept for concept in errors if isinstance(concept, NamedNode))


def resources(terms: Iterable[Term]) -> list[Resource]:
    """Return those terms that can be described themselves: IRIs and blank nodes, in the order they came."""
    return [term for term in terms if isinstance(term, RESOURCE_TYPES)]


def literals(terms: Iterable[Term]) -> list[Literal]:
    """Return those terms that are literals, in the order they came."""
    return [term for term in terms if isinstance(term, Literal)]
