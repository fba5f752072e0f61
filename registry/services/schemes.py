"""Vocabularies: registered, listed, shown with their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.schemes import CreateScheme, ListSchemes, Scheme, Schemes, SchemeWritten, ShowScheme
from registry.errors import AlreadyExistsError, InvalidInputError
from registry.model.names import DEFAULT_BASE, valid_key
from registry.model.principals import Resource
from registry.rdf.terms import DCTERMS, LEX, RDF, SKOS, VOID, named_node
from registry.services.lifecycle import STATUSES, Status
from registry.services.paging import page
from registry.services.references import require_department
from registry.services.scheme_facts import KINDS, SchemeFacts, all_facts, require_new, scheme_facts
from registry.services.scheme_log import last_touched
from registry.skos import SchemeIndex
from registry.store.work import Work


def create(work: Work, request: CreateScheme) -> Callable[[Work], SchemeWritten]:
    """Register an empty vocabulary; AlreadyExistsError when its key or its IRI is taken."""
    key = valid_key(request.key, "vocabulary")
    require_new(work, key)
    if request.kind != "external" and request.owner is None:
        raise InvalidInputError(f"A {request.kind} vocabulary has an owner.", advice="Name it with --owner.")
    if not work.dry_run:
        owners = (request.owner,) if request.owner else ()
        work.require("edit", Resource(f"vocabulary {key}", (key,), owners))
    node = named_node(request.iri) if request.iri else work.names.thing("scheme", key)
    if work.reader.quads(node, LEX.key):
        raise AlreadyExistsError(f"<{node.value}> is a vocabulary already.", advice="Leave --iri away, or use another.")
    work.add([Quad(node, RDF.type, SKOS.ConceptScheme, work.names.scheme_graph(key)), *_curation(work, request, node)])
    work.summary = f"vocabulary {key} registered"
    return lambda after: SchemeWritten(
        scheme=scheme_facts(after.reader, after.names, key).summary(after.names, 0, after.settings.languages)
    )


def _curation(work: Work, request: CreateScheme, node: NamedNode) -> list[Quad]:
    names, key = work.names, request.key
    space = "urn:uuid:" if names.base == DEFAULT_BASE else f"{names.base}/id/{key}/"
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (LEX.key, Literal(key)),
        (LEX.kind, KINDS[request.kind]),
        (DCTERMS["title"], Literal(request.title)),
        (VOID.uriSpace, Literal(space)),
    ]
    for predicate, department in ((LEX.owner, request.owner), (LEX.audience, request.audience)):
        if department:
            facts.append((predicate, require_department(work.reader, names, department)))
    if request.kind == "external":
        facts.append((DCTERMS.source, Literal("registered by hand")))
    return [Quad(node, predicate, value, names.curation_graph(key)) for predicate, value in facts]


def find(work: Work, request: ListSchemes) -> Schemes:
    """The vocabularies in view, by key."""
    known = all_facts(work.reader, work.names).values()
    wanted = [facts for facts in known if _matches(work, request, facts)]
    shown, following = page(wanted, request)
    counts = {facts.key: _concepts(work, facts.key) for facts in shown}
    languages = work.settings.languages
    return Schemes(schemes=[f.summary(work.names, counts[f.key], languages) for f in shown], next=following)


def _matches(work: Work, request: ListSchemes, facts: SchemeFacts) -> bool:
    return request.kind in (None, facts.kind) and request.owner in (None, facts.owner(work.names))


def _concepts(work: Work, key: str) -> int:
    return work.reader.count(RDF.type, SKOS.Concept, work.names.scheme_graph(key))


def show(work: Work, request: ShowScheme) -> Scheme:
    """One vocabulary with its counts; NotFoundError when there is none."""
    names, languages = work.names, work.settings.languages
    facts = scheme_facts(work.reader, names, request.key)
    content, curation = names.scheme_graph(facts.key), names.curation_graph(facts.key)
    quads = work.reader.quads(graph=content)
    index = SchemeIndex.of(quads)
    return Scheme(
        **facts.summary(names, len(index.concepts), languages).model_dump(),
        entries=len(index.entries), labels=index.label_count, languages=dict(index.languages),
        statuses=status_counts(work, facts.key), namespace=facts.namespace,
        publisher=facts.text(DCTERMS.publisher), license=facts.text(DCTERMS.license),
        quads=len(quads), version=max(last_touched(work, content), last_touched(work, curation)),
    )  # fmt: skip


def status_counts(work: Work, key: str) -> dict[str, int]:
    """How many concepts of a vocabulary stand in each status, in the order of a concept's life."""
    quads = work.reader.quads(predicate=LEX.status, graph=work.names.curation_graph(key))
    counted = Counter(STATUSES[quad.object] for quad in quads if quad.object in STATUSES)
    return {status.value: counted[status] for status in Status if counted[status]}
