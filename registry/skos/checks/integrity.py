"""SKOS integrity: what the SKOS Reference itself forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyoxigraph import Literal

from registry.rdf.terms import XSD, local_name
from registry.skos import names
from registry.skos.ancestry import clusters
from registry.skos.checks.catalogue import Check, Problem, Scope
from registry.skos.values import Severity, in_name_order, name_of

_PLAIN = frozenset({XSD.string.value, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"})


def _inconsistent_pref_labels(scope: Scope) -> Iterator[Problem]:
    for concept, labels in scope.index.labels[names.PREF_LABEL].items():
        if len(labels) < 2:
            continue
        for language, count in Counter(label.language or "" for label in labels).items():
            if count > 1:
                texts = sorted(label.value for label in labels if (label.language or "") == language)
                where = f"in {language!r}" if language else "without a language"
                yield concept, f"has {count} prefLabels {where}: {_listed(texts)}", "Keep one, make the rest altLabels."


def _disjoint_labels(scope: Scope) -> Iterator[Problem]:
    labels = scope.index.labels
    for stronger, weaker in ((0, 1), (0, 2), (1, 2)):
        strong, weak = names.LABEL_KINDS[stronger], names.LABEL_KINDS[weaker]
        for concept, texts in labels[weak].items():
            for label in set(texts).intersection(labels[strong].get(concept, ())):
                kinds = f"{local_name(strong.value)} and {local_name(weak.value)}"
                yield concept, f"has {label} as {kinds}", f"Remove the {local_name(weak.value)}."


def _relation_clash(scope: Scope) -> Iterator[Problem]:
    associated = set(scope.index.pairs(names.RELATED, names.RELATED_MATCH))
    associated.update([(right, left) for left, right in associated])
    for low, high in scope.mapped_hierarchy.above(associated):
        message = f"is related to {scope.quoted(high)}, which is also above it"
        yield low, message, "Keep either the related or the broader relation."


def _mapping_clash(scope: Scope) -> Iterator[Problem]:
    exact = clusters((), scope.index.pairs(names.EXACT_MATCH))
    for relation in (names.BROAD_MATCH, names.NARROW_MATCH, names.RELATED_MATCH):
        for subject, value in scope.index.pairs(relation):
            leader = exact.get(subject)
            if leader is not None and leader == exact.get(value):
                kind = local_name(relation.value)
                message = f"has {kind} to <{name_of(value)}>, which is also its exactMatch, directly or by others"
                yield subject, message, f"Keep either the exactMatch or the {kind}."


def _scheme_and_concept(scope: Scope) -> Iterator[Problem]:
    schemes = scope.index.schemes
    for concept in in_name_order(schemes & (scope.index.concepts | scope.related_concepts)):
        yield concept, "is a concept scheme and is used as a concept", "Give the concept an IRI of its own."


def _collection_and_concept(scope: Scope) -> Iterator[Problem]:
    index = scope.index
    for resource in in_name_order(index.collections & (index.concepts | scope.related_concepts)):
        fix = "Make it a concept, or group its members under a concept."
        yield resource, "is a collection and is used as a concept", fix
    for resource in in_name_order(index.collections & index.schemes):
        yield resource, "is a collection and a concept scheme", "Give the collection an IRI of its own."


def _label_not_text(scope: Scope) -> Iterator[Problem]:
    for kind in names.LABEL_KINDS:
        for concept, values in scope.index.subjects(kind).items():
            for value in values:
                if not isinstance(value, Literal) or value.datatype.value not in _PLAIN:
                    message = f"has a {local_name(kind.value)} that is no plain text: {value}"
                    yield concept, message, "Write the label as text with a language."


def _xl_label_not_resource(scope: Scope) -> Iterator[Problem]:
    for kind, plain in names.XL_PLAIN.items():
        for concept, values in scope.index.subjects(kind).items():
            for value in values:
                if isinstance(value, Literal):
                    message = f"has the text {value} where skosxl:{local_name(kind.value)} needs a label resource"
                    yield concept, message, f"Write it as skos:{local_name(plain.value)}."


def _listed(texts: list[str]) -> str:
    return ", ".join(repr(text) for text in texts)


CHECKS = (
    Check(
        id="inconsistent-pref-labels",
        severity=Severity.ERROR,
        explanation="A concept has more than one prefLabel in a language, or more than one without a language.",
        clause="S14",
        qskos="Inconsistent Preferred Labels",
        run=_inconsistent_pref_labels,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@en, "Ledger account"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en, "Konto"@de ; skos:altLabel "Ledger account"@en .',
    ),
    Check(
        id="disjoint-labels",
        severity=Severity.ERROR,
        explanation="A concept has the same text as two of prefLabel, altLabel and hiddenLabel.",
        clause="S13",
        qskos="Disjoint Labels Violation",
        fixable=True,
        run=_disjoint_labels,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@en ; skos:altLabel "Account"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en ; skos:altLabel "Account"@de .',
    ),
    Check(
        id="relation-clash",
        severity=Severity.ERROR,
        explanation="Two concepts are related and one stands above the other, over any number of steps and mappings.",
        clause="S27",
        qskos="Relation Clashes",
        run=_relation_clash,
        example="ex:a skos:broader ex:b ; skos:related ex:c . ex:c skos:narrower ex:b .",
        repaired="ex:a skos:broader ex:b ; skos:related ex:c . ex:c skos:broader ex:b .",
    ),
    Check(
        id="mapping-clash",
        severity=Severity.ERROR,
        explanation="Two concepts are exact matches, directly or by others, and also broad, narrow or related matches.",
        clause="S46",
        qskos="Mapping Clashes",
        run=_mapping_clash,
        example="ex:a skos:exactMatch ex:b ; skos:narrowMatch ex:c . ex:c skos:exactMatch ex:b .",
        repaired="ex:a skos:closeMatch ex:b ; skos:narrowMatch ex:c . ex:c skos:exactMatch ex:b .",
    ),
    Check(
        id="scheme-and-concept",
        severity=Severity.ERROR,
        explanation="One resource is both a concept scheme and a concept.",
        clause="S9",
        run=_scheme_and_concept,
        example="ex:s a skos:ConceptScheme . ex:a skos:broader ex:s .",
        repaired="ex:s a skos:ConceptScheme . ex:a a skos:Concept ; skos:topConceptOf ex:s .",
    ),
    Check(
        id="collection-and-concept",
        severity=Severity.ERROR,
        explanation="One resource is a collection and also a concept or a concept scheme.",
        clause="S37",
        run=_collection_and_concept,
        example="ex:g a skos:OrderedCollection ; skos:member ex:a . ex:a a skos:Concept ; skos:broader ex:g .",
        repaired="ex:g a skos:OrderedCollection ; skos:member ex:a . ex:a a skos:Concept .",
    ),
    Check(
        id="label-not-text",
        severity=Severity.ERROR,
        explanation="A label is an IRI, a number or another typed value instead of plain text.",
        clause="S12",
        run=_label_not_text,
        example="ex:a a skos:Concept ; skos:prefLabel 404 .",
        repaired='ex:a a skos:Concept ; skos:prefLabel "404"@en .',
    ),
    Check(
        id="xl-label-not-resource",
        severity=Severity.WARNING,
        explanation="A SKOS-XL label property holds a text instead of a label resource.",
        clause="S53",
        fixable=True,
        run=_xl_label_not_resource,
        example='ex:a a skos:Concept ; skosxl:prefLabel "Account"@en .',
        repaired='ex:a a skos:Concept ; skosxl:prefLabel ex:l . ex:l skosxl:literalForm "Account"@en .',
    ),
)
