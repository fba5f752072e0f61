"""Concepts created, revised and moved: the change is worked out on the concept's own triples, checked, then made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.concepts import ConceptWritten, CreateConcept, MoveConcept, ReviseConcept
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError, RefusedError
from registry.rdf.terms import LEX, PROV, RDF, SKOS, named_node
from registry.services.concept_rules import Hierarchy, Relations, check_labels, check_relations, check_unique
from registry.services.concepts import page_of
from registry.services.lifecycle import NODES, Status
from registry.services.references import home_key, require_concept, scheme_resource
from registry.services.scheme_facts import SchemeFacts, scheme_facts
from registry.skos.languages import is_language
from registry.store.work import Work

Written = Callable[[Work], ConceptWritten]
RETIRED = (LEX.Deprecated, LEX.Archived, LEX.Rejected)


@dataclass(slots=True)
class Desk:
    """One concept being worked on: its triples in its home vocabulary, before and after."""

    work: Work
    facts: SchemeFacts
    node: NamedNode
    before: frozenset[Quad]
    after: set[Quad] = field(default_factory=set)

    @classmethod
    def of(cls, work: Work, facts: SchemeFacts, node: NamedNode) -> Desk:
        """The concept as it stands."""
        graph = work.names.scheme_graph(facts.key)
        stated = [quad for quad in work.reader.quads(node) if quad.graph_name == graph]
        to_it = [q for q in work.reader.pointing([*_TURNED, SKOS.hasTopConcept], [node]) if q.graph_name == graph]
        before = frozenset([*stated, *to_it])
        return cls(work, facts, node, before, set(before))

    @property
    def graph(self) -> NamedNode:
        """The graph the concept's triples stand in."""
        return self.work.names.scheme_graph(self.facts.key)

    def values(self, predicate: NamedNode) -> list[NamedNode | Literal]:
        """What the concept has for a property now."""
        found = [q.object for q in self.after if q.subject == self.node and q.predicate == predicate]
        return sorted((value for value in found if isinstance(value, (NamedNode, Literal))), key=str)

    def neighbours(self, predicate: NamedNode) -> frozenset[NamedNode]:
        """What the concept is linked to by a semantic relation, stated on either side."""
        turned = _TURNED[predicate]
        back = {q.subject for q in self.after if q.predicate == turned and q.object == self.node}
        return frozenset(end for end in {*self.values(predicate), *back} if isinstance(end, NamedNode))

    def add(self, predicate: NamedNode, values: Iterable[NamedNode | Literal]) -> None:
        """Give the concept these values too."""
        self.after.update(Quad(self.node, predicate, value, self.graph) for value in values)

    def drop(self, predicate: NamedNode, value: NamedNode | Literal) -> None:
        """Take a value away, a link also where the other side states it."""
        self.after.discard(Quad(self.node, predicate, value, self.graph))
        if predicate in _TURNED and isinstance(value, NamedNode):
            self.after.discard(Quad(value, _TURNED[predicate], self.node, self.graph))

    def replace_in_languages(self, predicate: NamedNode, texts: Sequence[Literal]) -> None:
        """Put texts in place of those in the same language."""
        languages = {text.language for text in texts}
        for value in self.values(predicate):
            if isinstance(value, Literal) and value.language in languages:
                self.drop(predicate, value)
        self.add(predicate, texts)

    def set_broader(self, wanted: Iterable[NamedNode]) -> None:
        """Make these its broader concepts; one that has any is no top concept."""
        new = frozenset(wanted)
        for gone in self.neighbours(SKOS.broader) - new:
            self.drop(SKOS.broader, gone)
        self.add(SKOS.broader, new - self.neighbours(SKOS.broader))
        if new:
            self.drop(SKOS.topConceptOf, self.facts.node)
            self.after.discard(Quad(self.facts.node, SKOS.hasTopConcept, self.node, self.graph))

    def set_related(self, wanted: Iterable[NamedNode]) -> None:
        """Make these its related concepts, stated on both sides."""
        new = frozenset(wanted)
        for gone in self.neighbours(SKOS.related) - new:
            self.drop(SKOS.related, gone)
        for other in new - self.neighbours(SKOS.related):
            self.add(SKOS.related, [other])
            self.after.add(Quad(other, SKOS.related, self.node, self.graph))

    def close(self, summary: str) -> Written:
        """Check what the concept is about to be, and make it so."""
        own = [quad for quad in self.after if quad.subject == self.node]
        check_labels(own)
        broader, related = self.neighbours(SKOS.broader), self.neighbours(SKOS.related)
        was = Desk(self.work, self.facts, self.node, self.before, set(self.before))
        moved = broader != was.neighbours(SKOS.broader)
        if moved or related != was.neighbours(SKOS.related):
            hierarchy = Hierarchy(self.work, self.graph, self.node)
            check_relations(hierarchy, Relations(self.node, broader, related), below=moved and bool(self.before))
        self.work.remove(self.before - self.after)
        self.work.add(sorted(self.after - self.before, key=str))
        self.work.summary = summary
        return lambda after: ConceptWritten(concept=page_of(after, self.node, self.facts.key))


_TURNED = {SKOS.broader: SKOS.narrower, SKOS.narrower: SKOS.broader, SKOS.related: SKOS.related}


def create(work: Work, request: CreateConcept) -> Written:
    """Create a concept; RefusedError when SKOS forbids it, AlreadyExistsError when its name or IRI is taken."""
    facts = editable(work, request.scheme)
    if request.status == "approved" and not work.dry_run:
        work.require("approve", scheme_resource(work.reader, work.names, facts.key))
    node = named_node(request.iri) if request.iri else work.names.new_concept(facts.key)
    if work.reader.quads(node):
        raise AlreadyExistsError(f"<{node.value}> exists already.", advice="Revise it, or use another IRI.")
    desk = Desk.of(work, facts, node)
    labels = texts(work, request.label)
    check_unique(work, facts, node, labels)
    desk.add(RDF.type, [SKOS.Concept])
    desk.add(SKOS.inScheme, [facts.node])
    for predicate, stated in (
        (SKOS.prefLabel, request.label), (SKOS.altLabel, request.alt), (SKOS.hiddenLabel, request.hidden),
        (SKOS.definition, request.definition), (SKOS.scopeNote, request.scope_note),
    ):  # fmt: skip
        desk.add(predicate, texts(work, stated))
    desk.add(SKOS.notation, [Literal(code) for code in request.notation])
    if request.broader:
        desk.set_broader(neighbours(work, facts, request.broader))
    else:
        desk.add(SKOS.topConceptOf, [facts.node])
    desk.set_related(neighbours(work, facts, request.related))
    give_status(work, facts.key, node, Status(request.status))
    return desk.close(f"concept of {facts.key} created as {request.status}")


def revise(work: Work, request: ReviseConcept) -> Written:
    """Change labels, notes or relations; StaleError when the concept moved on since `base`."""
    desk = open_desk(work, request.concept, request.base)
    _rename(desk, texts(work, request.label), keep=not request.not_a_synonym)
    for predicate, added, removed in (
        (SKOS.altLabel, request.add_alt, request.remove_alt),
        (SKOS.hiddenLabel, request.add_hidden, request.remove_hidden),
    ):
        for label in texts(work, removed):
            _drop_label(desk, predicate, label)
        desk.add(predicate, texts(work, added))
    desk.replace_in_languages(SKOS.definition, texts(work, request.definition))
    desk.replace_in_languages(SKOS.scopeNote, texts(work, request.scope_note))
    if request.notation is not None:
        for code in desk.values(SKOS.notation):
            desk.drop(SKOS.notation, code)
        desk.add(SKOS.notation, [Literal(code) for code in request.notation])
    _relate(desk, request)
    return desk.close(f"concept of {desk.facts.key} revised")


def move(work: Work, request: MoveConcept) -> Written:
    """Put a concept under another one; RefusedError with the path when that closes a loop."""
    desk = open_desk(work, request.concept, request.base)
    desk.set_broader(neighbours(work, desk.facts, [request.to]))
    return desk.close(f"concept of {desk.facts.key} moved")


def open_desk(work: Work, reference: str, base: int | None) -> Desk:
    """The concept to be changed, when it may be and nobody has changed it since `base`."""
    node = require_concept(work.reader, work.names, reference)
    facts = editable(work, home_key(work.reader, work.names, reference, node))
    work.require_base(node, base)
    return Desk.of(work, facts, node)


def editable(work: Work, key: str) -> SchemeFacts:
    """The vocabulary, when its content is edited here; RefusedError for a mirror of an outside one."""
    facts = scheme_facts(work.reader, work.names, key)
    if facts.kind == "external":
        raise RefusedError(
            f"{key} mirrors a vocabulary published elsewhere: its content is not edited here.",
            advice="Import its next edition, or say what you mean in a vocabulary of your own and map it.",
            rule="external-read-only",
        )
    return facts


def give_status(work: Work, key: str, node: NamedNode, status: Status) -> None:
    """Write where a concept stands, and that a person said so: no import undoes it."""
    graph = work.names.curation_graph(key)
    work.put(graph, node, LEX.status, NODES[status])
    if work.asker.principal.id:
        work.put(graph, node, PROV.wasAttributedTo, work.names.thing("principal", work.asker.principal.id))


def texts(work: Work, tagged: Sequence[str]) -> list[Literal]:
    """TEXT@LANG as literals; without a tag in the registry's first display language."""
    return [text_of(one, work.settings.languages[0]) for one in tagged]


def text_of(tagged: str, language: str) -> Literal:
    """One TEXT@LANG as a literal; InvalidInputError when there is no text or it holds U+0000."""
    text, mark, tag = tagged.rpartition("@")
    if not mark or not is_language(tag):
        text, tag = tagged, language
    if not text.strip() or "\x00" in text:
        raise InvalidInputError(f"{tagged!r} is no text.", advice="Write it as TEXT@LANG, such as Invoice@en.")
    return Literal(" ".join(text.split()), language=tag.lower())


def neighbours(work: Work, facts: SchemeFacts, references: Sequence[str]) -> list[NamedNode]:
    """Concepts of the same vocabulary that are in use; NotFoundError or RefusedError otherwise."""
    found = []
    for reference in references:
        node = require_concept(work.reader, work.names, reference)
        key = home_key(work.reader, work.names, reference, node)
        if key != facts.key:
            raise RefusedError(
                f"{reference} is in {key}, not in {facts.key}: relations stay within a vocabulary.",
                advice="Add a mapping instead: lexicord mapping add.", rule="S41",
            )  # fmt: skip
        retired = [q for q in work.reader.quads(node, LEX.status) if q.object in RETIRED]
        if retired:
            raise RefusedError(f"{reference} is no longer in use.", advice="Name its replacement.", rule="life")
        found.append(node)
    return found


def _rename(desk: Desk, labels: Sequence[Literal], *, keep: bool) -> None:
    changed = [label for label in labels if label not in desk.values(SKOS.prefLabel)]
    check_unique(desk.work, desk.facts, desk.node, changed)
    for label in changed:
        former = [v for v in desk.values(SKOS.prefLabel) if isinstance(v, Literal) and v.language == label.language]
        desk.replace_in_languages(SKOS.prefLabel, [label])
        for kind in (SKOS.altLabel, SKOS.hiddenLabel):
            desk.drop(kind, label)
        if keep:
            desk.add(SKOS.altLabel, former)
            desk.add(SKOS.changeNote, [
                Literal(f"Preferred label ({old.language or 'no language'}) changed from {old.value!r} to "
                        f"{label.value!r}.", language="en") for old in former
            ])  # fmt: skip


def _drop_label(desk: Desk, predicate: NamedNode, label: Literal) -> None:
    if label not in desk.values(predicate):
        raise NotFoundError(
            f"The concept has no such label: {label.value!r} ({label.language}).",
            advice="Show it with: lexicord concept show.",
        )
    desk.drop(predicate, label)


def _relate(desk: Desk, request: ReviseConcept) -> None:
    work, facts = desk.work, desk.facts
    removed = {require_concept(work.reader, work.names, reference) for reference in request.remove_broader}
    stated = desk.neighbours(SKOS.broader)
    kept = stated if request.broader is None else neighbours(work, facts, request.broader)
    wanted = {*kept, *neighbours(work, facts, request.add_broader)} - removed
    if wanted != stated:
        desk.set_broader(wanted)
    apart = {require_concept(work.reader, work.names, reference) for reference in request.remove_related}
    beside = {*desk.neighbours(SKOS.related), *neighbours(work, facts, request.add_related)} - apart
    if beside != desk.neighbours(SKOS.related):
        desk.set_related(beside)
