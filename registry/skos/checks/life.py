"""Life: deprecation, replacement, and mappings and reviews that time has overtaken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pyoxigraph import NamedNode

from registry.rdf.terms import Term, local_name
from registry.skos import names
from registry.skos.ancestry import Ancestry
from registry.skos.checks.catalogue import Check, Neighbour, Policy, Problem, Scope
from registry.skos.values import Resource, Severity, first_named, in_name_order, literals, name_of, resources

_REASONS = (names.CHANGE_REASON, names.CHANGE_NOTE, names.HISTORY_NOTE)


def _deprecated_without_replacement(scope: Scope) -> Iterator[Problem]:
    index = scope.index
    for concept in index.deprecated - index.replaced_by.keys():
        if not any(index.objects(concept, reason) for reason in _REASONS):
            yield concept, "is deprecated without replacement or reason", "Name what replaces it, or why nothing does."


def _replacement_on_live_concept(scope: Scope) -> Iterator[Problem]:
    for concept in scope.index.replaced_by.keys() - scope.index.deprecated:
        target = scope.quoted(first_named(scope.index.replaced_by[concept]))
        yield concept, f"is replaced by {target} but not deprecated", "Deprecate it, or remove the replacement."


def _replacement_chain(scope: Scope) -> Iterator[Problem]:
    replaced = scope.index.replaced_by
    for concept, targets in replaced.items():
        for target in targets:
            if target in replaced and target != concept:
                ends = ", ".join(scope.quoted(end) for end in in_name_order(replaced[target]))
                message = f"is replaced by {scope.quoted(target)}, which is itself replaced by {ends}"
                yield concept, message, f"Name {ends} as its replacement."


def _replacement_cycle(scope: Scope) -> Iterator[Problem]:
    replaced = scope.index.replaced_by
    cycles = [in_name_order(cycle) for cycle in Ancestry(replaced).cycles]
    for cycle in (*cycles, *([concept] for concept, targets in replaced.items() if concept in targets)):
        listed = " → ".join(scope.quoted(concept) for concept in (*cycle, cycle[0]))
        yield cycle[0], f"is replaced by itself in the end: {listed}", "Decide which concept stays."


def _missing_replacement(scope: Scope) -> Iterator[Problem]:
    for concept, targets in scope.index.replaced_by.items():
        for target in targets:
            if _is_missing(scope, target):
                message = f"is replaced by <{name_of(target)}>, which does not exist"
                yield concept, message, "Name a concept that exists."


def _deprecated_still_broader(scope: Scope) -> Iterator[Problem]:
    for concept in scope.index.parents.keys() - scope.index.deprecated:
        for parent in scope.index.parents[concept] & scope.index.deprecated:
            yield concept, f"has the deprecated broader concept {scope.quoted(parent)}", "Move it below a live concept."


def _mapping_to_deprecated(scope: Scope) -> Iterator[Problem]:
    for concept, kind, target in _mappings(scope):
        if target in scope.index.deprecated or _neighbour(scope, target).deprecated:
            message = f"has {kind} to the deprecated concept {scope.quoted(target)}"
            yield concept, message, "Map it to the replacement, or withdraw the mapping."


def _mapping_to_missing(scope: Scope) -> Iterator[Problem]:
    for concept, kind, target in _mappings(scope):
        if _is_missing(scope, target):
            message = f"has {kind} to <{name_of(target)}>, which does not exist"
            yield concept, message, "Correct the mapping, or withdraw it."


def _stale_mapping(scope: Scope) -> Iterator[Problem]:
    index = scope.index
    for mapping, sources in index.subjects(names.ANNOTATED_SOURCE).items():
        approved = _day(index.objects(mapping, names.MAPPING_DATE))
        targets = resources(index.objects(mapping, names.ANNOTATED_TARGET))
        for source in resources(sources) if approved else ():
            for end in (source, *targets):
                changed = _changed(scope, end)
                if changed and approved and changed > approved:
                    message = f"has a mapping of {approved}, and {scope.quoted(end)} changed on {changed}"
                    yield source, message, "Look at the mapping again, and approve or withdraw it."


def _review_overdue(scope: Scope) -> Iterator[Problem]:
    for concept, values in scope.index.subjects(names.REVIEW_BY).items():
        due = _day(values)
        if due and scope.policy.today and due < scope.policy.today:
            yield concept, f"was to be reviewed by {due}", "Review it, and set the next date."


def _mappings(scope: Scope) -> Iterator[tuple[Resource, str, Resource]]:
    for relation in names.MAPPINGS:
        for subject, target in scope.index.pairs(relation):
            if subject not in scope.index.deprecated:
                yield subject, local_name(relation.value), target


def _is_missing(scope: Scope, target: Resource) -> bool:
    """Return whether a concept is known not to exist: a neighbour says so, or it is ours by name and not described."""
    if target in scope.index.entries or not isinstance(target, NamedNode):
        return False
    if target in scope.policy.neighbours:
        return not scope.policy.neighbours[target].exists
    return scope.namespace is not None and target.value.startswith(scope.namespace)


def _neighbour(scope: Scope, concept: Resource) -> Neighbour:
    neighbours: Mapping[NamedNode, Neighbour] = scope.policy.neighbours
    return neighbours.get(concept, Neighbour()) if isinstance(concept, NamedNode) else Neighbour()


def _changed(scope: Scope, concept: Resource) -> date | None:
    return _day(scope.index.objects(concept, names.MODIFIED)) or _neighbour(scope, concept).modified


def _day(values: Iterable[Term]) -> date | None:
    """Return the latest day among xsd:date and xsd:dateTime values; what is no date is passed over."""
    days = [day for value in literals(values) if (day := _parsed(value.value))]
    return max(days, default=None)


def _parsed(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


CHECKS = (
    Check(
        id="deprecated-without-replacement",
        severity=Severity.WARNING,
        explanation="A deprecated concept names neither a replacement nor, in a note, the reason for none.",
        run=_deprecated_without_replacement,
        example="ex:a a skos:Concept ; owl:deprecated true .",
        repaired="ex:a a skos:Concept ; owl:deprecated true ; dcterms:isReplacedBy ex:b .",
    ),
    Check(
        id="replacement-on-live-concept",
        severity=Severity.WARNING,
        explanation="A concept names its replacement but is not deprecated.",
        fixable=True,
        run=_replacement_on_live_concept,
        example="ex:a a skos:Concept ; dcterms:isReplacedBy ex:b .",
        repaired="ex:a a skos:Concept ; owl:deprecated true ; dcterms:isReplacedBy ex:b .",
    ),
    Check(
        id="replacement-chain",
        severity=Severity.WARNING,
        explanation="A concept's replacement is itself replaced.",
        fixable=True,
        run=_replacement_chain,
        example="ex:a dcterms:isReplacedBy ex:b . ex:b dcterms:isReplacedBy ex:c .",
        repaired="ex:a dcterms:isReplacedBy ex:c . ex:b dcterms:isReplacedBy ex:c .",
    ),
    Check(
        id="replacement-cycle",
        severity=Severity.ERROR,
        explanation="Following replacements leads back to the concept.",
        run=_replacement_cycle,
        example="ex:a dcterms:isReplacedBy ex:b . ex:b dcterms:isReplacedBy ex:a .",
        repaired="ex:a dcterms:isReplacedBy ex:b .",
    ),
    Check(
        id="missing-replacement",
        severity=Severity.ERROR,
        explanation="A concept's replacement does not exist.",
        run=_missing_replacement,
        example="ex:a a skos:Concept ; dcterms:isReplacedBy ex:b .",
        repaired="ex:a a skos:Concept ; dcterms:isReplacedBy ex:b . ex:b a skos:Concept .",
    ),
    Check(
        id="deprecated-still-broader",
        severity=Severity.WARNING,
        explanation="A live concept has a deprecated broader concept.",
        run=_deprecated_still_broader,
        example="ex:a skos:broader ex:b . ex:b owl:deprecated true .",
        repaired="ex:a skos:broader ex:c . ex:b owl:deprecated true .",
    ),
    Check(
        id="mapping-to-deprecated",
        severity=Severity.WARNING,
        explanation="A live concept is mapped to a deprecated one.",
        run=_mapping_to_deprecated,
        example="ex:a a skos:Concept ; skos:exactMatch <http://example.com/old> .",
        repaired="ex:a a skos:Concept ; skos:exactMatch <http://example.com/new> .",
        policy=Policy(neighbours={NamedNode("http://example.com/old"): Neighbour(deprecated=True)}),
    ),
    Check(
        id="mapping-to-missing",
        severity=Severity.WARNING,
        explanation="A live concept is mapped to one that does not exist.",
        run=_mapping_to_missing,
        example="ex:a a skos:Concept ; skos:exactMatch <http://example.com/gone> .",
        repaired="ex:a a skos:Concept ; skos:exactMatch <http://example.com/here> .",
        policy=Policy(neighbours={NamedNode("http://example.com/gone"): Neighbour(exists=False)}),
    ),
    Check(
        id="stale-mapping",
        severity=Severity.WARNING,
        explanation="A mapped concept changed after the mapping was made.",
        run=_stale_mapping,
        example="ex:m owl:annotatedSource ex:a ; owl:annotatedTarget ex:b ; "
        'sssom:mapping_date "2024-01-31"^^xsd:date . ex:b dcterms:modified "2024-02-01"^^xsd:date .',
        repaired="ex:m owl:annotatedSource ex:a ; owl:annotatedTarget ex:b ; "
        'sssom:mapping_date "2024-02-02"^^xsd:date . ex:b dcterms:modified "2024-02-01"^^xsd:date .',
    ),
    Check(
        id="review-overdue",
        severity=Severity.INFO,
        explanation="The day by which a concept was to be reviewed has passed.",
        run=_review_overdue,
        example='ex:a a skos:Concept ; lex:reviewBy "2024-01-31"^^xsd:date .',
        repaired='ex:a a skos:Concept ; lex:reviewBy "2024-12-31"^^xsd:date .',
        policy=Policy(today=date(2024, 6, 1)),
    ),
)
