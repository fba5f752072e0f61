"""What a check is: its row in the catalogue, what it may look at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain

from pyoxigraph import NamedNode

from registry.skos import names
from registry.skos.ancestry import Ancestry
from registry.skos.index import SchemeIndex
from registry.skos.labels import display_label
from registry.skos.values import Resource, Severity, name_of

# The prefixes and the scheme that the examples are written with.
PROLOGUE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix lex: <https://w3id.org/lexicord/ns#> .
@prefix ex: <http://example.org/> .
"""

Holders = Mapping[tuple[str, str], frozenset[Resource]]
Problem = tuple[Resource | None, str, str]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What is known of a concept in another vocabulary: whether it exists, is deprecated, and when it last changed."""

    exists: bool = True
    deprecated: bool = False
    modified: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a graph cannot say by itself: main language, namespace, pattern of its codes, the day, its neighbours.

    A check that needs something which is not given finds nothing, except that the main language is then the one with
    the most prefLabels, and the namespace the one that 95 % of the entries share.
    """

    main_language: str | None = None
    iri_namespace: str | None = None
    notation_pattern: str | None = None
    today: date | None = None
    neighbours: Mapping[NamedNode, Neighbour] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Scope:
    """One vocabulary under one policy, with what several checks share worked out once."""

    index: SchemeIndex
    policy: Policy

    def label(self, concept: Resource) -> str:
        """Return the concept's label in the main language, for messages."""
        if concept not in self._shown:
            self._shown[concept] = display_label(self.index, concept, (self.main_language,))
        return self._shown[concept]

    def quoted(self, concept: Resource) -> str:
        """Return the concept as messages name it: its label in quotes and its IRI."""
        return f"'{self.label(concept)}' <{name_of(concept)}>"

    @cached_property
    def _shown(self) -> dict[Resource, str]:
        return {}

    @cached_property
    def pref_languages(self) -> Mapping[str, int]:
        """How many live concepts have a prefLabel in each language, most first; untagged ones are left out."""
        counts: dict[str, int] = {}
        for subject, labels in self.index.labels[names.PREF_LABEL].items():
            if subject in self.index.live:
                for language in {label.language for label in labels if label.language}:
                    counts[language] = counts.get(language, 0) + 1
        return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))

    @cached_property
    def main_language(self) -> str:
        """The policy's main language, else the one with the most prefLabels, else English."""
        return (self.policy.main_language or next(iter(self.pref_languages), "en")).lower()

    @cached_property
    def same_pref_labels(self) -> Holders:
        """The live concepts under each (language, text) that several prefer; case and spacing do not count."""
        return self._shared(names.PREF_LABEL)

    @cached_property
    def same_labels(self) -> Holders:
        """The live concepts under each (language, text) that several have as prefLabel or altLabel."""
        return self._shared(names.PREF_LABEL, names.ALT_LABEL)

    def _shared(self, *kinds: NamedNode) -> Holders:
        # Few labels are shared, so a set is made for those alone: one for every label would cost ten times as much.
        live = self.index.live
        first: dict[tuple[str, str], Resource] = {}
        shared: dict[tuple[str, str], set[Resource]] = {}
        for subject, labels in chain.from_iterable(self.index.labels[kind].items() for kind in kinds):
            for label in labels if subject in live else ():
                key = (label.language or "", " ".join(label.value.casefold().split()))
                holder = first.setdefault(key, subject)
                if holder != subject and key[1]:
                    shared.setdefault(key, {holder}).add(subject)
        return {key: frozenset(concepts) for key, concepts in shared.items()}

    @cached_property
    def namespace(self) -> str | None:
        """The policy's namespace, else the one that 95 % of the entries share."""
        return self.policy.iri_namespace or self.index.namespace(share=0.95)

    @cached_property
    def related_concepts(self) -> frozenset[Resource]:
        """What semantic relations make a concept (S19): both ends of each."""
        return frozenset(chain.from_iterable(self.index.pairs(*names.SEMANTIC_RELATIONS)))

    @cached_property
    def hierarchy(self) -> Ancestry:
        """The hierarchy as stated by broader, narrower and their transitive forms (S22, S24, S25)."""
        return Ancestry(self._upwards)

    @cached_property
    def mapped_hierarchy(self) -> Ancestry:
        """The hierarchy with broadMatch and narrowMatch, which are kinds of broader and narrower (S41, S43)."""
        high = self.index.pairs(names.BROAD_MATCH)
        low = ((lower, higher) for higher, lower in self.index.pairs(names.NARROW_MATCH))
        edges = {node: set(above) for node, above in self._upwards.items()}
        added = False
        for lower, higher in (*high, *low):
            edges.setdefault(lower, set()).add(higher)
            added = True
        return Ancestry(edges) if added else self.hierarchy

    @cached_property
    def _upwards(self) -> Mapping[Resource, set[Resource]]:
        edges = {node: set(above) for node, above in self.index.parents.items()}
        for low, high in self.index.pairs(names.BROADER_TRANSITIVE):
            edges.setdefault(low, set()).add(high)
        for high, low in self.index.pairs(names.NARROWER_TRANSITIVE):
            edges.setdefault(low, set()).add(high)
        return edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the catalogue: what is looked for, why, and the smallest graph that shows it.

    `clause` is the SKOS Reference's statement where there is one, `qskos` the name qSKOS gives the same issue.
    `example` triggers the check and `repaired` does not, both without PROLOGUE; `policy` is what they need to be told.
    """

    id: str
    severity: Severity
    explanation: str
    run: Callable[[Scope], Iterator[Problem]]
    example: str
    repaired: str
    clause: str = ""
    qskos: str = ""
    fixable: bool = False
    policy: Policy = Policy()


def combined(policy: Policy | None, main_language: str | None, iri_namespace: str | None) -> Policy:
    """Return the policy with the main language and the namespace given beside it, which win."""
    base = policy or Policy()
    return replace(
        base,
        main_language=main_language or base.main_language,
        iri_namespace=iri_namespace or base.iri_namespace,
    )
