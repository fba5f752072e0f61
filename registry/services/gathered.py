"""Concepts as mappings, conflicts and answers need them, read in bulk: home, words, status, owner, fingerprint."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from registry.model.labels import best_label
from registry.model.names import Names
from registry.rdf.terms import DCTERMS, LEX, OWL, SKOS, local_name
from registry.services.lifecycle import STATUSES, Status
from registry.services.references import local_of
from registry.services.scheme_facts import SchemeFacts, all_facts
from registry.store.quads import Reader, Value

JUDGED = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.definition, SKOS.broader)
"""What a decision about two concepts rests on."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept: what its home vocabulary's graphs in view say of it, and the key of that vocabulary.

    Documents of other vocabularies may speak of it too; that gives them no say in what it means.
    """

    node: NamedNode
    quads: tuple[Quad, ...] = ()
    home: str | None = None
    curation: NamedNode | None = None

    def values(self, *predicates: NamedNode) -> list[Value]:
        """What is said with the first of these predicates that says anything, sorted."""
        for predicate in predicates:
            found = {quad.object for quad in self.quads if quad.predicate == predicate}
            if found:
                return sorted(found, key=str)  # type: ignore[arg-type]
        return []

    def curated(self, predicate: NamedNode) -> list[NamedNode]:
        """What our own curation graph says with a predicate: a published document cannot say it."""
        found = {q.object for q in self.quads if q.predicate == predicate and q.graph_name == self.curation}
        return sorted((value for value in found if isinstance(value, NamedNode)), key=lambda node: node.value)

    def text(self, predicates: Sequence[NamedNode], languages: Sequence[str]) -> str | None:
        """The text that suits these languages best."""
        best = best_label([value for value in self.values(*predicates) if isinstance(value, Literal)], languages)
        return best.value if best else None

    def label(self, languages: Sequence[str]) -> str:
        """The label to show; never empty."""
        return self.text((SKOS.prefLabel, SKOS.altLabel), languages) or local_name(self.node.value)

    def definition(self, languages: Sequence[str]) -> str | None:
        """What it means: its definition, else its scope note."""
        return self.text((SKOS.definition, SKOS.scopeNote), languages)

    def status(self) -> Status:
        """Where it stands; a concept without a status is in force, unless its vocabulary calls it deprecated."""
        stated = [STATUSES[value] for value in self.curated(LEX.status) if value in STATUSES]
        if stated:
            return stated[0]
        return Status.DEPRECATED if self._retired() else Status.APPROVED

    def replaced_by(self) -> tuple[NamedNode, ...]:
        """The concepts that took its place, sorted."""
        return tuple(value for value in self.values(DCTERMS.isReplacedBy) if isinstance(value, NamedNode))

    def _retired(self) -> bool:
        deprecated = any(isinstance(v, Literal) and v.value in ("true", "1") for v in self.values(OWL.deprecated))
        return deprecated or bool(self.values(DCTERMS.isReplacedBy))


@dataclass(slots=True)
class Gathered:
    """The concepts read so far, each once; whatever is asked for twice is not read again."""

    reader: Reader
    names: Names
    languages: Sequence[str] = ("en",)
    entries: dict[NamedNode, Entry] = field(default_factory=dict)
    _schemes: dict[str, SchemeFacts] | None = None

    @property
    def schemes(self) -> dict[str, SchemeFacts]:
        """Every vocabulary in view by its key."""
        if self._schemes is None:
            self._schemes = all_facts(self.reader, self.names)
        return self._schemes

    def load(self, concepts: Iterable[NamedNode]) -> None:
        """Read these concepts, those not yet known in one query."""
        fresh = [node for node in dict.fromkeys(concepts) if node not in self.entries]
        if not fresh:
            return
        quads: dict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in self.reader.about(fresh):
            assert isinstance(quad.subject, NamedNode)
            quads[quad.subject].append(quad)
        for node in fresh:
            self.entries[node] = self._entry(node, quads[node])

    def entry(self, concept: NamedNode) -> Entry:
        """One concept, read if it is not known yet."""
        self.load([concept])
        return self.entries[concept]

    def label(self, concept: NamedNode) -> str:
        """The label to show for a concept."""
        return self.entry(concept).label(self.languages)

    def reference(self, concept: NamedNode) -> str:
        """What people type for a concept: SCHEME/LOCAL, or its IRI when it is in no vocabulary in view."""
        key = self.entry(concept).home
        return f"{key}/{local_of(concept, self.schemes[key].namespace)}" if key in self.schemes else concept.value

    def owner(self, concept: NamedNode) -> str | None:
        """Key of the department that owns a concept: its own statement, else its vocabulary's."""
        entry = self.entry(concept)
        stated = entry.curated(LEX.owner)
        if stated:
            return self.names.key_of(stated[0].value)
        facts = self.schemes.get(entry.home or "")
        return facts.owner(self.names) if facts else None

    def fingerprint(self, *concepts: NamedNode) -> str:
        """A hash of what a decision about these concepts rests on, as their own vocabularies publish it.

        Only the content of their homes counts, so that it is the same in every view that sees them.
        """
        self.load(concepts)
        lines = [f"{end} {line}" for end in concepts for line in self._judged(self.entries[end])]
        return hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()

    def _judged(self, entry: Entry) -> list[str]:
        if entry.home is None:
            return []
        graphs = (self.names.scheme_graph(entry.home), self.names.overlay_graph(entry.home))
        return sorted(
            {f"{q.predicate} {q.object}" for q in entry.quads if q.predicate in JUDGED and q.graph_name in graphs}
        )

    def _entry(self, node: NamedNode, quads: Iterable[Quad]) -> Entry:
        of_scheme: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            keys = self.names.schemes_of(quad.graph_name.value) if isinstance(quad.graph_name, NamedNode) else ()
            if len(keys) == 1:
                of_scheme[keys[0]].append(quad)
        home = self._home(of_scheme)
        if home is None:
            return Entry(node)
        return Entry(node, tuple(of_scheme[home]), home, self.names.curation_graph(home))

    def _home(self, of_scheme: Mapping[str, Sequence[Quad]]) -> str | None:
        """The vocabulary that curates the concept, else one whose content says what it is; the first by key."""
        curated, described = set(), set()
        for key, quads in of_scheme.items():
            curation, content = self.names.curation_graph(key), self.names.scheme_graph(key)
            for quad in quads:
                if quad.graph_name == curation and quad.predicate == LEX.status:
                    curated.add(key)
                elif quad.graph_name == content and _describes(quad):
                    described.add(key)
        return min(curated or described, default=None)


def _describes(quad: Quad) -> bool:
    return quad.predicate in (SKOS.inScheme, SKOS.prefLabel) or quad.object == SKOS.Concept
