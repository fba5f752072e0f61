"""What a file brings, before anything of it is kept: the facts of an import's loss report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.rdf.terms import DCTERMS, ISO_THES, LEX, OWL, PROV, RDF, RDFS, SKOS, SKOSXL, SSSOM, Term, local_name
from registry.skos.checks import run_checks
from registry.skos.datatypes import is_ill_typed
from registry.skos.index import SchemeIndex, as_index
from registry.skos.iris import fault_of
from registry.skos.labels import display_label
from registry.skos.values import Finding, Resource, Severity, first_named, in_order, name_of

# What of the catalogue an importer wants to hear at once; the rest is for `scheme check`.
_CHECKS = frozenset(
    {
        "untyped-entry",
        "no-scheme",
        "inconsistent-pref-labels",
        "label-not-text",
        "xl-label-not-resource",
        "missing-label",
        "empty-label",
        "extra-space",
        "unprintable-characters",
        "mis-encoded-label",
        "invalid-iri",
        "not-http-iri",
        "undefined-skos-term",
        "deprecated-without-replacement",
        "replacement-on-live-concept",
        "missing-replacement",
    }
)
_SPOKEN = (
    *(space.iri for space in (SKOS, SKOSXL, RDF, RDFS, OWL, LEX, PROV, ISO_THES, SSSOM, DCTERMS)),
    "http://purl.org/dc/elements/1.1/",
)


@dataclass(frozen=True, slots=True)
class ImportFindings:
    """What a file holds and what is wrong with it; nothing here blocks an import, and no type is ever invented.

    `read` counts the distinct triples of each property, most first. `concepts` are typed skos:Concept, `entries` add
    those that are only in a scheme, `schemes` are the described concept schemes.
    """

    quads_read: int
    read: Mapping[str, int]
    concepts: int
    entries: int
    schemes: tuple[str, ...]
    languages: Mapping[str, int]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON-able values."""
        return {
            "quads_read": self.quads_read,
            "read": dict(self.read),
            "concepts": self.concepts,
            "entries": self.entries,
            "schemes": list(self.schemes),
            "languages": dict(self.languages),
            "findings": [finding.as_dict() for finding in self.findings],
        }


def inspect_import(source: SchemeIndex | Iterable[Quad]) -> ImportFindings:
    """Return what one vocabulary's file holds and what is wrong with it, given its quads or their index."""
    index = as_index(source)
    counts = ((name.value, sum(map(len, subjects.values()))) for name, subjects in index.properties.items())
    own = (finding for look in _LOOKS for finding in look(index))
    return ImportFindings(
        quads_read=index.quads_read,
        read=dict(sorted(counts, key=lambda count: (-count[1], count[0]))),
        concepts=len(index.concepts),
        entries=len(index.entries),
        schemes=tuple(sorted(name_of(scheme) for scheme in index.schemes)),
        languages=index.languages,
        findings=in_order([*run_checks(index, only=_CHECKS), *own]),
    )


def _no_concepts(index: SchemeIndex) -> Iterator[Finding]:
    if not index.concepts:
        message = f"The file has 0 concepts and {len(index.entries):,} entries that are only in a scheme."
        fix = "Type the entries skos:Concept in the source; no type is invented here."
        if not index.entries:
            message, fix = "The file has 0 concepts and 0 entries of a concept scheme.", "Check that this is SKOS."
        yield Finding("no-concepts", Severity.WARNING, None, "", message, fix)


def _retired_without_type(index: SchemeIndex) -> Iterator[Finding]:
    if count := len((index.entries & index.deprecated) - index.concepts):
        message = f"{count:,} deprecated entries are in a scheme but not typed skos:Concept; they are kept as they are."
        yield Finding("untyped-deprecated", Severity.INFO, None, "", message, "Nothing needs to be done.")


def _schemes(index: SchemeIndex) -> Iterator[Finding]:
    if len(index.schemes) > 1:
        listed = ", ".join(sorted(f"<{name_of(scheme)}>" for scheme in index.schemes))
        message = f"The file describes {len(index.schemes)} concept schemes: {listed}."
        yield Finding("several-schemes", Severity.WARNING, None, "", message, "Import each under its own key.")
    if not index.schemes:
        message = "The file describes no skos:ConceptScheme."
        yield Finding("no-scheme-described", Severity.WARNING, None, "", message, "Give the scheme's title and owner.")


def _ill_typed_literals(index: SchemeIndex) -> Iterator[Finding]:
    for predicate, subject, value in _statements(index):
        if isinstance(value, Literal) and is_ill_typed(value):
            kind = f"{local_name(predicate.value)} {value.value!r}"
            message = f"has the {kind}, which is no xsd:{local_name(value.datatype.value)}; it is kept as text"
            yield _at(index, "ill-typed-literal", Severity.WARNING, subject, message, "Correct the value.")


def _unknown_properties(index: SchemeIndex) -> Iterator[Finding]:
    for name, subjects in index.properties.items():
        if not name.value.startswith(_SPOKEN):
            count = sum(map(len, subjects.values()))
            example = first_named(subjects)
            message = f"{count:,} triples with the unknown property <{name.value}> are kept, first at {example}."
            yield Finding("unknown-property", Severity.INFO, None, "", message, "Nothing needs to be done.")


def _blank_nodes(index: SchemeIndex) -> Iterator[Finding]:
    named = {value for _, _, value in _statements(index) if isinstance(value, BlankNode)}
    named.update(subject for _, subject, _ in _statements(index) if isinstance(subject, BlankNode))
    if named:
        message = f"{len(named):,} blank nodes, such as structured notes, get stable names."
        yield Finding("blank-nodes", Severity.INFO, None, "", message, "Nothing needs to be done.")


def _invalid_references(index: SchemeIndex) -> Iterator[Finding]:
    judged: dict[str, str] = {}
    known = index.entries | index.schemes
    for predicate, subject, value in _statements(index):
        for node in (subject, value):
            if not isinstance(node, NamedNode) or node in known:
                continue
            iri = node.value
            if iri not in judged:
                judged[iri] = fault_of(iri)
            if judged[iri]:
                message = f"has {local_name(predicate.value)} with the invalid IRI <{iri}>: {judged[iri]}"
                yield _at(index, "invalid-reference", Severity.WARNING, subject, message, "Correct the IRI.")


def _statements(index: SchemeIndex) -> Iterator[tuple[NamedNode, Resource, Term]]:
    for predicate, subjects in index.properties.items():
        for subject, values in subjects.items():
            for value in values:
                yield predicate, subject, value


def _at(index: SchemeIndex, check: str, severity: Severity, at: Resource, message: str, fix: str) -> Finding:
    return Finding(check, severity, at, display_label(index, at), message, fix)


_LOOKS = (
    _no_concepts,
    _retired_without_type,
    _schemes,
    _ill_typed_literals,
    _unknown_properties,
    _blank_nodes,
    _invalid_references,
)
