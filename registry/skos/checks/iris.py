"""IRIs: names that break, cannot be looked up, or belong to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode

from registry.skos.checks.catalogue import Check, Policy, Problem, Scope
from registry.skos.iris import fault_of
from registry.skos.values import Severity


def _invalid_iri(scope: Scope) -> Iterator[Problem]:
    for entry in scope.index.entries | scope.index.schemes:
        if isinstance(entry, NamedNode) and (fault := fault_of(entry.value)):
            yield entry, f"has an invalid IRI: {fault}", "Give it a valid IRI, and map the old one to it."


def _not_http_iri(scope: Scope) -> Iterator[Problem]:
    for entry in scope.index.entries:
        if not isinstance(entry, NamedNode):
            yield entry, "is a blank node, which nobody outside can name", "Give it an IRI."
        elif not entry.value.lower().startswith(("http://", "https://")):
            yield entry, "has an IRI that is not http(s) and cannot be looked up", "Publish it under an https base."


def _outside_namespace(scope: Scope) -> Iterator[Problem]:
    space = scope.namespace
    for entry in scope.index.entries if space else ():
        if isinstance(entry, NamedNode) and space and not entry.value.startswith(space):
            yield entry, f"is outside the vocabulary's namespace <{space}>", "Check that it belongs here."


CHECKS = (
    Check(
        id="invalid-iri",
        severity=Severity.ERROR,
        explanation="An IRI is relative or has characters that RFC 3987 forbids.",
        run=_invalid_iri,
        example="<http://example.org/the account> a skos:Concept .",
        repaired="<http://example.org/the-account> a skos:Concept .",
    ),
    Check(
        id="not-http-iri",
        severity=Severity.WARNING,
        explanation="A concept's IRI is not http or https, so it cannot be looked up.",
        qskos="HTTP IRI Scheme Violation",
        run=_not_http_iri,
        example="<urn:example:a> a skos:Concept .",
        repaired="<https://example.org/a> a skos:Concept .",
    ),
    Check(
        id="outside-namespace",
        severity=Severity.INFO,
        explanation="A concept's IRI is outside the namespace of its vocabulary.",
        run=_outside_namespace,
        example="<http://example.com/a> a skos:Concept .",
        repaired="ex:a a skos:Concept .",
        policy=Policy(iri_namespace="http://example.org/"),
    ),
)
