"""The one door for documents: parse, account for every triple, compare with what stands, keep what people decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.schemes import ImportScheme, SchemeImported
from registry.errors import AlreadyExistsError, InvalidInputError
from registry.model.names import Names, valid_key
from registry.model.principals import Resource, Verb
from registry.rdf.documents import open_document
from registry.rdf.patch import Patch, diff, net
from registry.rdf.syntax import format_of, parse_document
from registry.rdf.terms import DCTERMS, LEX, RDF, SKOS, VOID
from registry.services import import_report, statuses
from registry.services.import_report import Arrival
from registry.services.intake import Intake, take_in
from registry.services.merging import merge
from registry.services.references import require_department, scheme_resource
from registry.services.scheme_facts import KINDS, TITLES, SchemeFacts, all_facts, require_new
from registry.services.scheme_log import last_touched, last_wholesale, state_at
from registry.services.sheets import DELIMITERS, SHEETS, read_sheet
from registry.skos import Finding, SchemeIndex, Severity
from registry.store.work import Work


def import_document(work: Work, request: ImportScheme) -> SchemeImported:
    """Import a document and account for every triple; what the new edition lacks is removed, people's edits stay.

    Raises SyntaxFaultError with line and column for a document that does not parse; nothing is changed then.
    """
    key = valid_key(request.key, "vocabulary")
    standing = _standing(work, key)
    _permit(work, request, standing)
    graph = work.names.scheme_graph(key)
    intake = _read(work, request, standing)
    index = SchemeIndex.of(intake.content)
    scheme, remarks = _choose(work.names, key, index, standing)
    _require_free(work, key, scheme)
    arrival = Arrival(key, scheme, intake, index, standing)
    content, kept_edits = _content_patch(work, arrival)
    facts = list(_facts(work, request, arrival))
    found = import_report.inspect(index, intake, [*remarks, *kept_edits, *_graphs(intake)])
    given = statuses.on_import(work, key, index, found, approved=_approved(work, request, standing))
    work.replace(content)
    work.replace(given.patch)
    for predicate, value in facts:
        work.put(work.names.curation_graph(key), scheme, predicate, value)
    work.watched |= {graph, work.names.curation_graph(key)}
    work.summary = f"vocabulary {key}: {len(content.added)} triples added, {len(content.removed)} removed"
    return import_report.report(work, request, arrival, found, content, given.counts)


def _standing(work: Work, key: str) -> SchemeFacts | None:
    found = all_facts(work.reader, work.names).get(key)
    if found is None:
        require_new(work, key)
    return found


def _permit(work: Work, request: ImportScheme, standing: SchemeFacts | None) -> None:
    """Nothing, when the asker may import here; a dry run needs no more than reading."""
    for department in (request.owner, request.audience):
        if department is not None:
            require_department(work.reader, work.names, department)
    if work.dry_run:
        return
    resource = _resource(work, request, standing)
    work.require("import", resource)
    if request.status == "approved":
        work.require("approve", resource)
    if standing is not None and _governs_anew(work.names, request, standing):
        work.require("administer", resource)


def _resource(work: Work, request: ImportScheme, standing: SchemeFacts | None) -> Resource:
    if standing is not None:
        return scheme_resource(work.reader, work.names, standing.key)
    return Resource(f"vocabulary {request.key}", (request.key,), (request.owner,) if request.owner else ())


def _governs_anew(names: Names, request: ImportScheme, standing: SchemeFacts) -> bool:
    wanted = (request.owner, request.audience, request.kind)
    stated = (standing.owner(names), standing.audience(names), standing.kind)
    return any(new is not None and new != old for new, old in zip(wanted, stated, strict=True))


def _approved(work: Work, request: ImportScheme, standing: SchemeFacts | None) -> bool:
    verb: Verb = "approve"
    if request.status is not None:
        return request.status == "approved"
    return work.may(verb, _resource(work, request, standing))


def _read(work: Work, request: ImportScheme, standing: SchemeFacts | None) -> Intake:
    if work.document is None:
        raise InvalidInputError("There is no document to import.", advice="Send it as the request's body.")
    stream, name = open_document(work.document, request.name or "the document")
    format_name = _format(request, name)
    if format_name in DELIMITERS:
        quads: Iterable[Quad] = read_sheet(work, stream, format_name, request.key, standing)
    else:
        quads = parse_document(stream, format_name, base_iri=request.base_iri)
    names = work.names
    intake = take_in(quads, names.scheme_graph(request.key), names.curation_graph(request.key), names.skolem)
    intake.sheet = format_name in DELIMITERS
    return intake


def _format(request: ImportScheme, name: str) -> str:
    if request.format:
        return request.format
    told = SHEETS.get(request.media_type) or name.rpartition(".")[2].lower()
    return told if told in DELIMITERS else format_of(name, request.media_type)


def _choose(
    names: Names, key: str, index: SchemeIndex, standing: SchemeFacts | None
) -> tuple[NamedNode, list[Finding]]:
    """The concept scheme of the document: the one registered, else the one most entries are in, else a new IRI."""
    described = sorted((node for node in index.schemes if isinstance(node, NamedNode)), key=lambda node: node.value)
    members = Counter(node for _, node in index.pairs(SKOS.inScheme) if isinstance(node, NamedNode))
    if standing is not None:
        return standing.node, list(_elsewhere(standing.node, described))
    named = described or sorted(members, key=lambda node: node.value)
    if not named:
        minted = names.thing("scheme", key)
        return minted, [_remark("scheme-minted", f"The document has no concept scheme; it is given <{minted.value}>.")]
    chosen = max(named, key=lambda node: members[node])
    others = [node for node in named if node != chosen]
    text = f"{len(named)} concept schemes stand in the document; <{chosen.value}> has most of the concepts."
    return chosen, [_remark("scheme-chosen", text)] if others else []


def _elsewhere(node: NamedNode, described: list[NamedNode]) -> Iterator[Finding]:
    if described and node not in described:
        text = f"The document describes <{described[0].value}>; this vocabulary is <{node.value}> and stays so."
        yield _remark("other-scheme", text)


def _remark(check: str, message: str) -> Finding:
    return Finding(check, Severity.WARNING, None, "", message, "Say which one is meant, or import it under a new key.")


def _graphs(intake: Intake) -> Iterator[Finding]:
    if intake.graphs > 1:
        yield _remark("several-graphs", f"The document's {intake.graphs} graphs are taken together as one vocabulary.")


def _require_free(work: Work, key: str, scheme: NamedNode) -> None:
    """Nothing, when no other vocabulary has this IRI; AlreadyExistsError otherwise."""
    taken = [quad for quad in work.reader.quads(scheme, LEX.key) if quad.graph_name != work.names.curation_graph(key)]
    if taken:
        other = taken[0].object
        raise AlreadyExistsError(
            f"<{scheme.value}> is the vocabulary {other.value!r} already.",  # type: ignore[union-attr]
            advice=f"Import it with: --key {other.value}",  # type: ignore[union-attr]
        )


def _content_patch(work: Work, arrival: Arrival) -> tuple[Patch, list[Finding]]:
    """The change of the content: from the last import to this document, on top of what people changed since."""
    graph = work.names.scheme_graph(arrival.key)
    if arrival.standing is None:
        return Patch(arrival.intake.content), []
    current = frozenset(work.reader.quads(graph=graph))
    imported = last_wholesale(work, graph)
    if arrival.intake.sheet or last_touched(work, graph) == imported:
        return diff(current, arrival.intake.content), []
    base = frozenset(state_at(work, graph, imported)) if imported else frozenset[Quad]()
    patch, findings = merge(base, current, arrival.intake.content)
    return net(patch.added, patch.removed, current), findings


def _facts(work: Work, request: ImportScheme, arrival: Arrival) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """What the curation graph shall say of the vocabulary."""
    names, standing, scheme = work.names, arrival.standing, arrival.scheme
    if request.title:
        yield DCTERMS["title"], Literal(request.title)
    if request.audience:
        yield LEX.audience, names.thing("department", request.audience)
    if standing is None:
        yield from _first_facts(work, request, arrival)
        return
    if request.owner:
        yield LEX.owner, names.thing("department", request.owner)
    if request.kind:
        yield LEX.kind, KINDS[request.kind]
    if scheme not in arrival.index.schemes:
        yield RDF.type, SKOS.ConceptScheme


def _first_facts(
    work: Work, request: ImportScheme, arrival: Arrival
) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    index, scheme = arrival.index, arrival.scheme
    if request.kind in ("department", "hub") and request.owner is None:
        raise InvalidInputError(
            f"A {request.kind} vocabulary has an owner.", advice="Name the department with --owner."
        )
    kind = request.kind or ("department" if request.owner else "external")
    yield LEX.key, Literal(arrival.key)
    yield LEX.kind, KINDS[kind]
    yield VOID.uriSpace, Literal(index.namespace() or "")
    if request.owner:
        yield LEX.owner, work.names.thing("department", request.owner)
    if scheme not in index.schemes:
        yield RDF.type, SKOS.ConceptScheme
    if not request.title and not any(index.objects(scheme, predicate) for predicate in TITLES[:1]):
        yield DCTERMS["title"], Literal(import_report.title(arrival.index, scheme, arrival.key))
    sourced = index.objects(scheme, DCTERMS.publisher) or index.objects(scheme, DCTERMS.source)
    if kind == "external" and not sourced:
        yield DCTERMS.source, Literal(request.name or "a document without a name")
