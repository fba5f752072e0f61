"""One pass over a vocabulary's triples, and the light indexes every other part of the engine asks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.terms import LEX, Term
from registry.skos import names
from registry.skos.values import RESOURCE_TYPES, Resource, literals, resources

Pair = tuple[Resource, Resource]

_RETIRED = frozenset({LEX.Deprecated, LEX.Archived})
# What stands after the last cut of an IRI, cuts at its very end not counted.
_LAST_CUT = re.compile(r"(?<=[/#:])[^/#:]+[/#:]*\Z")
_NOT_ENTRIES = frozenset({names.CONCEPT_SCHEME, names.COLLECTION, names.ORDERED_COLLECTION})


@dataclass(frozen=True, eq=False)
class SchemeIndex:
    """A vocabulary's graph by property, then subject, with what SKOS reads from it worked out on first use.

    Graph names are ignored and a triple counts once. Nothing is inferred into `properties`: entailments stand only in
    the views that name them (`parents`, `related`, `labels`). Concepts are those typed skos:Concept; entries add
    resources that are only skos:inScheme. Building costs about a microsecond a triple.
    """

    properties: Mapping[NamedNode, Mapping[Resource, Sequence[Term]]]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> SchemeIndex:
        """Return the index of the triples of one vocabulary, in any graphs, in any order."""
        found: dict[NamedNode, dict[Resource, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value, _ in quads:
            found[predicate][subject].append(value)
        return cls({predicate: _once_each(subjects) for predicate, subjects in found.items()})

    def objects(self, subject: Resource, predicate: NamedNode) -> Sequence[Term]:
        """Return the values a resource has for a property; none is an empty sequence."""
        return self.properties.get(predicate, {}).get(subject, ())

    def subjects(self, predicate: NamedNode) -> Mapping[Resource, Sequence[Term]]:
        """Return every resource that has the property, with its values."""
        return self.properties.get(predicate, {})

    def types(self, subject: Resource) -> Sequence[Term]:
        """Return the rdf:type values of a resource, as stated."""
        return self.objects(subject, names.RDF_TYPE)

    def pairs(self, *predicates: NamedNode) -> Iterable[Pair]:
        """Return (subject, object) of every triple of these properties whose object is a resource."""
        return chain.from_iterable(map(self._pairs_of, predicates))

    def _pairs_of(self, predicate: NamedNode) -> Sequence[Pair]:
        known = self._pairs.get(predicate)
        if known is None:
            known = self._pairs[predicate] = [
                (subject, value)
                for subject, values in self.subjects(predicate).items()
                for value in values
                if isinstance(value, RESOURCE_TYPES)
            ]
        return known

    @cached_property
    def _pairs(self) -> dict[NamedNode, Sequence[Pair]]:
        return {}

    @cached_property
    def quads_read(self) -> int:
        """The number of distinct triples."""
        return sum(len(values) for subjects in self.properties.values() for values in subjects.values())

    @cached_property
    def concepts(self) -> frozenset[Resource]:
        """The resources typed skos:Concept."""
        return self._typed(names.CONCEPT)

    @cached_property
    def entries(self) -> frozenset[Resource]:
        """The concepts, and what is only skos:inScheme without being a scheme or a collection."""
        listed = self.subjects(names.IN_SCHEME)
        return self.concepts | {entry for entry in listed if _NOT_ENTRIES.isdisjoint(self.types(entry))}

    @cached_property
    def schemes(self) -> frozenset[Resource]:
        """The resources typed skos:ConceptScheme."""
        return self._typed(names.CONCEPT_SCHEME)

    @cached_property
    def collections(self) -> frozenset[Resource]:
        """The resources typed skos:Collection or skos:OrderedCollection (S29)."""
        return self._typed(names.COLLECTION, names.ORDERED_COLLECTION)

    @cached_property
    def deprecated(self) -> frozenset[Resource]:
        """What is flagged owl:deprecated true, or has our status deprecated or archived."""
        flagged = self.subjects(names.OWL_DEPRECATED).items()
        retired = self.subjects(names.STATUS).items()
        return frozenset(
            {subject for subject, values in flagged if any(flag.value in ("true", "1") for flag in literals(values))}
            | {subject for subject, values in retired if not _RETIRED.isdisjoint(values)}
        )

    @cached_property
    def live(self) -> frozenset[Resource]:
        """The entries that are not deprecated."""
        return self.entries - self.deprecated

    @cached_property
    def replaced_by(self) -> Mapping[Resource, Sequence[Resource]]:
        """The dcterms:isReplacedBy targets of each resource that has any."""
        stated = self.subjects(names.IS_REPLACED_BY).items()
        return {subject: targets for subject, values in stated if (targets := resources(values))}

    @cached_property
    def top_concepts(self) -> frozenset[Resource]:
        """What a scheme names skos:hasTopConcept, or itself says skos:topConceptOf (S8)."""
        return frozenset(
            {top for _, top in self.pairs(names.HAS_TOP_CONCEPT)} | {top for top, _ in self.pairs(names.TOP_CONCEPT_OF)}
        )

    @cached_property
    def parents(self) -> Mapping[Resource, frozenset[Resource]]:
        """The skos:broader of each resource, stated on either side (S25)."""
        upwards = self.pairs(names.BROADER)
        return _grouped((*upwards, *((low, high) for high, low in self.pairs(names.NARROWER))))

    @cached_property
    def children(self) -> Mapping[Resource, frozenset[Resource]]:
        """The skos:narrower of each resource, stated on either side (S25)."""
        return _grouped((high, low) for low, highs in self.parents.items() for high in highs)

    @cached_property
    def related(self) -> Mapping[Resource, frozenset[Resource]]:
        """The skos:related of each resource, stated on either side (S23)."""
        stated = tuple(self.pairs(names.RELATED))
        return _grouped((*stated, *((right, left) for left, right in stated)))

    @cached_property
    def labels(self) -> Mapping[NamedNode, Mapping[Resource, Sequence[Literal]]]:
        """The literals of each lexical label property, with SKOS-XL labels spelt out (S55 to S57)."""
        return {kind: self._labels(kind) for kind in names.LABEL_KINDS}

    @cached_property
    def label_count(self) -> int:
        """How many lexical labels the entries have."""
        return sum(self.languages.values())

    @cached_property
    def languages(self) -> Mapping[str, int]:
        """How many lexical labels the entries have in each language, most first; untagged labels under `""`."""
        entries = self.entries
        counts = Counter(
            label.language or ""
            for kind in self.labels.values()
            for subject, labels in kind.items()
            if subject in entries
            for label in labels
        )
        return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))

    def namespace(self, share: float = 0.5) -> str | None:
        """Return the longest prefix, ending in `/`, `#` or `:`, of more than this share of the entries' IRIs.

        None when there are no IRIs or they share no authority.
        """
        counts = _prefix_counts(entry.value for entry in self.entries if isinstance(entry, NamedNode))
        enough = share * sum(isinstance(entry, NamedNode) for entry in self.entries)
        shared = [prefix for prefix, count in counts.items() if count > enough or count == enough / share]
        return max(shared, key=lambda prefix: (len(prefix), prefix), default=None)

    def _typed(self, *kinds: NamedNode) -> frozenset[Resource]:
        typed = self.subjects(names.RDF_TYPE).items()
        return frozenset(subject for subject, types in typed if any(kind in types for kind in kinds))

    def _labels(self, kind: NamedNode) -> Mapping[Resource, Sequence[Literal]]:
        plain = {subject: literals(values) for subject, values in self.subjects(kind).items()}
        extended = next(xl for xl, stands_for in names.XL_PLAIN.items() if stands_for == kind)
        for subject, label in self.pairs(extended):
            known = plain.setdefault(subject, [])
            known.extend(form for form in literals(self.objects(label, names.XL_LITERAL_FORM)) if form not in known)
        return plain


def _once_each(subjects: Mapping[Resource, list[Term]]) -> dict[Resource, Sequence[Term]]:
    return {
        subject: values if len(values) == 1 else list(dict.fromkeys(values)) for subject, values in subjects.items()
    }


def _grouped(pairs: Iterable[tuple[Resource, Resource]]) -> dict[Resource, frozenset[Resource]]:
    groups: dict[Resource, set[Resource]] = defaultdict(set)
    for left, right in pairs:
        groups[left].add(right)
    return {left: frozenset(rights) for left, rights in groups.items()}


def _prefix_counts(iris: Iterable[str]) -> Counter[str]:
    # Most IRIs of a vocabulary share their last cut, so the shorter prefixes are counted once a group.
    groups = Counter(_LAST_CUT.sub("", iri) for iri in iris)
    counts: Counter[str] = Counter()
    for group, count in groups.items():
        start = group.find("://") + 3 if "://" in group else 0
        for end in range(start, len(group)):
            if group[end] in "/#:":
                counts[group[: end + 1]] += count
    return counts


def as_index(source: SchemeIndex | Iterable[Quad]) -> SchemeIndex:
    """Return the index of a vocabulary given as one, or as its quads."""
    return source if isinstance(source, SchemeIndex) else SchemeIndex.of(source)
