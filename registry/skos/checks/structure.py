"""Structure: what SKOS allows in a hierarchy and its relations, and stewards rarely mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import NamedNode

from registry.rdf.terms import SKOS, SKOSXL, local_name
from registry.skos import names
from registry.skos.ancestry import Ancestry, clusters
from registry.skos.checks.catalogue import Check, Problem, Scope
from registry.skos.values import Resource, Severity, first_named, in_name_order, name_of, resources

_INVERSES = {
    names.BROADER: names.NARROWER,
    names.NARROWER: names.BROADER,
    names.RELATED: names.RELATED,
    names.HAS_TOP_CONCEPT: names.TOP_CONCEPT_OF,
    names.TOP_CONCEPT_OF: names.HAS_TOP_CONCEPT,
}


def _cyclic_hierarchy(scope: Scope) -> Iterator[Problem]:
    for cycle in scope.hierarchy.cycles:
        members = in_name_order(cycle)
        others = ", ".join(scope.quoted(member) for member in members[1:4]) + (" …" if len(members) > 4 else "")
        yield members[0], f"is above itself, in a cycle of {len(members)} with {others}", "Remove one broader relation."


def _reflexive_relation(scope: Scope) -> Iterator[Problem]:
    for relation in names.RELATIONS:
        for subject, value in scope.index.pairs(relation):
            if subject == value:
                yield subject, f"is its own {local_name(relation.value)}", "Remove the relation."


def _orphan_concept(scope: Scope) -> Iterator[Problem]:
    for concept in scope.index.live - _connected(scope):
        yield concept, "has no broader, narrower or related concept", "Give it a broader concept, or relate it."


def _disconnected_cluster(scope: Scope) -> Iterator[Problem]:
    pairs = [pair for pair in scope.index.pairs(*names.SEMANTIC_RELATIONS) if scope.index.entries.issuperset(pair)]
    groups: dict[Resource, list[Resource]] = defaultdict(list)
    for concept, leader in clusters((), pairs).items():
        groups[leader].append(concept)
    by_size = sorted((in_name_order(group) for group in groups.values()), key=lambda group: (-len(group), str(group)))
    for group in by_size[1:]:
        message = f"and {len(group) - 1} more are connected to each other but not to the rest of the vocabulary"
        yield group[0], message, "Connect the group by a broader or related concept."


def _omitted_top_concepts(scope: Scope) -> Iterator[Problem]:
    topped = set(scope.index.subjects(names.HAS_TOP_CONCEPT)) | {
        scheme for _, scheme in scope.index.pairs(names.TOP_CONCEPT_OF)
    }
    for scheme in scope.index.schemes - topped:
        yield scheme, "names no top concept", "Mark the concepts without broader as its top concepts."


def _top_concept_with_broader(scope: Scope) -> Iterator[Problem]:
    for concept in scope.index.top_concepts & scope.index.parents.keys():
        parent = first_named(scope.index.parents[concept])
        yield concept, f"is a top concept and has the broader concept {scope.quoted(parent)}", "Keep one of the two."


def _hierarchical_redundancy(scope: Scope) -> Iterator[Problem]:
    hierarchy, parents = scope.hierarchy, scope.index.parents
    several = {concept: above for concept, above in parents.items() if len(above) > 1}
    ladder = hierarchy.above((near, far) for above in several.values() for near in above for far in above - {near})
    for concept, above in several.items():
        for far in above:
            near = [parent for parent in above if (parent, far) in ladder and not hierarchy.same_cycle(parent, far)]
            if near and not hierarchy.same_cycle(concept, far):
                by = scope.quoted(first_named(near))
                yield concept, f"has the broader concept {scope.quoted(far)}, which {by} implies", "Remove it."


def _valueless_associative(scope: Scope) -> Iterator[Problem]:
    parents = scope.index.parents
    for concept, others in scope.index.related.items():
        for other in others:
            shared = parents.get(concept, frozenset()) & parents.get(other, frozenset())
            if shared and concept.value < other.value:
                message = (
                    f"is related to {scope.quoted(other)}, with which it shares {scope.quoted(first_named(shared))}"
                )
                yield concept, message, "Remove the related relation when the common parent says it all."


def _transitive_without_broader(scope: Scope) -> Iterator[Problem]:
    stated = set(scope.index.pairs(names.BROADER_TRANSITIVE))
    stated.update((low, high) for high, low in scope.index.pairs(names.NARROWER_TRANSITIVE))
    explained = Ancestry(scope.index.parents).above(stated) if stated else set()
    for low, high in stated - explained:
        message = f"has only broaderTransitive to {scope.quoted(high)}, which no chain of broader explains"
        yield low, message, "State skos:broader; the transitive form follows from it."


def _unidirectional_relation(scope: Scope) -> Iterator[Problem]:
    for relation, inverse in _INVERSES.items():
        stated = set(scope.index.pairs(relation))
        answered = stated if relation == inverse else set(scope.index.pairs(inverse))
        missing = [(left, right) for left, right in stated if (right, left) not in answered]
        if not answered or len(missing) == len(stated):
            continue
        kind, other = local_name(relation.value), local_name(inverse.value)
        for left, right in missing:
            message = f"has {kind} {scope.quoted(right)}, which does not have {other} in return"
            yield left, message, f"State skos:{other} there too."


def _undefined_skos_term(scope: Scope) -> Iterator[Problem]:
    for term, subjects in scope.index.properties.items():
        if _is_undefined(term):
            subject = first_named(subjects)
            message = f"uses the property <{term.value}>, which SKOS does not define, as do {len(subjects) - 1} more"
            yield subject, message, "Correct the spelling, or use a property of your own."
    for subject, types in scope.index.subjects(names.RDF_TYPE).items():
        for kind in types:
            if isinstance(kind, NamedNode) and _is_undefined(kind):
                message = f"is typed <{kind.value}>, which SKOS does not define"
                yield subject, message, "Correct the spelling, or use a class of your own."


def _mapping_within_scheme(scope: Scope) -> Iterator[Problem]:
    index = scope.index
    for relation in names.MAPPINGS:
        for subject, value in index.pairs(relation):
            if subject == value or value not in index.entries or subject not in index.entries:
                continue
            schemes, others = index.objects(subject, names.IN_SCHEME), index.objects(value, names.IN_SCHEME)
            if not set(schemes).isdisjoint(others) or not (schemes or others):
                message = f"has {local_name(relation.value)} to {scope.quoted(value)} of the same vocabulary"
                yield subject, message, "Use broader, narrower or related inside a vocabulary, or merge the two."


def _no_scheme(scope: Scope) -> Iterator[Problem]:
    listed = scope.index.subjects(names.IN_SCHEME)
    for concept in scope.index.concepts - scope.index.top_concepts:
        if concept not in listed:
            yield concept, "is in no concept scheme", "State skos:inScheme."


def _two_schemes(scope: Scope) -> Iterator[Problem]:
    for concept in scope.index.entries:
        schemes = resources(scope.index.objects(concept, names.IN_SCHEME))
        if len(schemes) > 1:
            listed = ", ".join(sorted(f"<{name_of(scheme)}>" for scheme in schemes))
            yield concept, f"is in {len(schemes)} concept schemes: {listed}", "Keep the scheme that owns it."


def _untyped_entry(scope: Scope) -> Iterator[Problem]:
    for entry in scope.index.live - scope.index.concepts:
        yield entry, "is in a concept scheme but not typed skos:Concept", "Type it skos:Concept, or deprecate it."


def _dangling_relation(scope: Scope) -> Iterator[Problem]:
    described = set().union(*scope.index.properties.values()) | set(scope.policy.neighbours)
    for relation in names.SEMANTIC_RELATIONS:
        for subject, value in scope.index.pairs(relation):
            if value not in described:
                message = f"has {local_name(relation.value)} <{name_of(value)}>, of which nothing is known"
                yield subject, message, "Describe that concept, or remove the relation."


def _no_out_links(scope: Scope) -> Iterator[Problem]:
    mapped = {subject for relation in names.MAPPINGS for subject in scope.index.subjects(relation)}
    if without := len(scope.index.live - mapped):
        message = f"{without} of {len(scope.index.live)} live concepts have no mapping to another vocabulary"
        yield None, message, "Ask for suggestions: lexicord mapping suggest."


def _connected(scope: Scope) -> set[Resource]:
    pairs = scope.index.pairs(*names.SEMANTIC_RELATIONS)
    return {end for left, right in pairs if left != right for end in (left, right)}


def _is_undefined(term: NamedNode) -> bool:
    return (term in SKOS or term in SKOSXL) and term not in names.DEFINED


CHECKS = (
    Check(
        id="cyclic-hierarchy",
        severity=Severity.WARNING,
        explanation="Following broader from a concept leads back to it.",
        qskos="Cyclic Hierarchical Relations",
        run=_cyclic_hierarchy,
        example="ex:a skos:broader ex:b . ex:b skos:broader ex:c . ex:a skos:narrower ex:c .",
        repaired="ex:a skos:broader ex:b . ex:b skos:broader ex:c .",
    ),
    Check(
        id="reflexive-relation",
        severity=Severity.WARNING,
        explanation="A concept is related or mapped to itself.",
        qskos="Reflexively Related Concepts",
        fixable=True,
        run=_reflexive_relation,
        example="ex:a skos:broader ex:a .",
        repaired="ex:a skos:broader ex:b .",
    ),
    Check(
        id="orphan-concept",
        severity=Severity.INFO,
        explanation="A live concept has no broader, narrower or related concept.",
        qskos="Orphan Concepts",
        run=_orphan_concept,
        example="ex:a a skos:Concept . ex:b a skos:Concept ; skos:broader ex:c .",
        repaired="ex:a a skos:Concept ; skos:related ex:b . ex:b a skos:Concept ; skos:broader ex:c .",
    ),
    Check(
        id="disconnected-cluster",
        severity=Severity.INFO,
        explanation="A group of concepts is connected to each other but not to the largest group.",
        qskos="Disconnected Concept Clusters",
        run=_disconnected_cluster,
        example="ex:a a skos:Concept ; skos:related ex:b . ex:b a skos:Concept . "
        "ex:c a skos:Concept ; skos:broader ex:d . ex:d a skos:Concept .",
        repaired="ex:a a skos:Concept ; skos:related ex:b . ex:b a skos:Concept ; skos:broader ex:d . "
        "ex:c a skos:Concept ; skos:broader ex:d . ex:d a skos:Concept .",
    ),
    Check(
        id="omitted-top-concepts",
        severity=Severity.WARNING,
        explanation="A concept scheme names no top concept.",
        qskos="Omitted Top Concepts",
        fixable=True,
        run=_omitted_top_concepts,
        example="ex:s a skos:ConceptScheme . ex:a a skos:Concept ; skos:inScheme ex:s .",
        repaired="ex:s a skos:ConceptScheme . ex:a a skos:Concept ; skos:topConceptOf ex:s .",
    ),
    Check(
        id="top-concept-with-broader",
        severity=Severity.WARNING,
        explanation="A top concept has a broader concept.",
        qskos="Top Concepts Having Broader Concepts",
        fixable=True,
        run=_top_concept_with_broader,
        example="ex:s skos:hasTopConcept ex:a . ex:b skos:narrower ex:a .",
        repaired="ex:s skos:hasTopConcept ex:b . ex:b skos:narrower ex:a .",
    ),
    Check(
        id="hierarchical-redundancy",
        severity=Severity.INFO,
        explanation="A broader relation follows from another broader concept of the same concept.",
        qskos="Hierarchical Redundancy",
        fixable=True,
        run=_hierarchical_redundancy,
        example="ex:a skos:broader ex:b , ex:d . ex:b skos:broader ex:c . ex:c skos:broader ex:d .",
        repaired="ex:a skos:broader ex:b . ex:b skos:broader ex:c . ex:c skos:broader ex:d .",
    ),
    Check(
        id="valueless-associative-relation",
        severity=Severity.INFO,
        explanation="Two siblings are also related, which their common parent already says.",
        qskos="Valueless Associative Relations",
        fixable=True,
        run=_valueless_associative,
        example="ex:a skos:broader ex:p ; skos:related ex:b . ex:b skos:broader ex:p .",
        repaired="ex:a skos:broader ex:p . ex:b skos:broader ex:p .",
    ),
    Check(
        id="transitive-without-broader",
        severity=Severity.WARNING,
        explanation="broaderTransitive is stated where no chain of broader leads: trees and queries do not see it.",
        clause="S24",
        qskos="Solely Transitively Related Concepts",
        run=_transitive_without_broader,
        example="ex:a skos:broader ex:b ; skos:broaderTransitive ex:c .",
        repaired="ex:a skos:broader ex:b ; skos:broaderTransitive ex:c . ex:b skos:broader ex:c .",
    ),
    Check(
        id="unidirectional-relation",
        severity=Severity.INFO,
        explanation="A relation is stated on one side only, in a vocabulary that states others on both.",
        clause="S23, S25",
        qskos="Unidirectionally Related Concepts",
        fixable=True,
        run=_unidirectional_relation,
        example="ex:a skos:broader ex:b . ex:b skos:narrower ex:a . ex:c skos:broader ex:b .",
        repaired="ex:a skos:broader ex:b . ex:b skos:narrower ex:a , ex:c . ex:c skos:broader ex:b .",
    ),
    Check(
        id="undefined-skos-term",
        severity=Severity.WARNING,
        explanation="A property or class in the SKOS namespace does not exist there.",
        qskos="Undefined SKOS Resources",
        run=_undefined_skos_term,
        example='ex:a a skos:Concept ; skos:prefLable "Account"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="mapping-within-scheme",
        severity=Severity.WARNING,
        explanation="A mapping property joins two concepts of the same vocabulary.",
        qskos="Mapping Relations Misuse",
        run=_mapping_within_scheme,
        example="ex:a skos:inScheme ex:s ; skos:exactMatch ex:b . ex:b skos:inScheme ex:s .",
        repaired="ex:a skos:inScheme ex:s ; skos:exactMatch ex:b . ex:b skos:inScheme ex:t .",
    ),
    Check(
        id="no-scheme",
        severity=Severity.WARNING,
        explanation="A concept is in no concept scheme.",
        fixable=True,
        run=_no_scheme,
        example="ex:a a skos:Concept .",
        repaired="ex:a a skos:Concept ; skos:inScheme ex:s .",
    ),
    Check(
        id="two-schemes",
        severity=Severity.WARNING,
        explanation="A concept is in more than one concept scheme.",
        run=_two_schemes,
        example="ex:a a skos:Concept ; skos:inScheme ex:s , ex:t .",
        repaired="ex:a a skos:Concept ; skos:inScheme ex:s .",
    ),
    Check(
        id="untyped-entry",
        severity=Severity.WARNING,
        explanation="A live entry of a concept scheme is not typed skos:Concept; the type is never invented.",
        fixable=True,
        run=_untyped_entry,
        example='ex:a skos:inScheme ex:s ; rdfs:label "Account"@en .',
        repaired='ex:a a skos:Concept ; skos:inScheme ex:s ; rdfs:label "Account"@en .',
    ),
    Check(
        id="dangling-relation",
        severity=Severity.WARNING,
        explanation="A relation leads to a concept of which nothing is known.",
        run=_dangling_relation,
        example="ex:a a skos:Concept ; skos:broader ex:b .",
        repaired="ex:a a skos:Concept ; skos:broader ex:b . ex:b a skos:Concept .",
    ),
    Check(
        id="no-out-links",
        severity=Severity.INFO,
        explanation="Live concepts have no mapping to another vocabulary; one finding counts them.",
        qskos="Missing Out-Links",
        run=_no_out_links,
        example="ex:a a skos:Concept . ex:b a skos:Concept ; skos:closeMatch ex:c .",
        repaired="ex:a a skos:Concept ; skos:exactMatch ex:c . ex:b a skos:Concept ; skos:closeMatch ex:c .",
    ),
)
