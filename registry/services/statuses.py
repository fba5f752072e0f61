"""Which status each concept arrives in, and which a later import leaves alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from registry.rdf.patch import Patch
from registry.rdf.terms import LEX, PROV
from registry.services.lifecycle import NODES, STATUSES, Status
from registry.skos import Finding, SchemeIndex, errors_of
from registry.store.work import Work


@dataclass(frozen=True, slots=True)
class Given:
    """The change of statuses that an import makes, and how many concepts stand in each afterwards."""

    patch: Patch
    counts: dict[str, int]


def on_import(work: Work, key: str, index: SchemeIndex, findings: Iterable[Finding], *, approved: bool) -> Given:
    """Statuses after an import: deprecated where the document says so, draft where an error was found, else as asked.

    A status that people gave (it names who: prov:wasAttributedTo) is never changed by a document.
    """
    graph = work.names.curation_graph(key)
    standing = work.reader.quads(predicate=LEX.status, graph=graph)
    by_people = {quad.subject for quad in work.reader.quads(predicate=PROV.wasAttributedTo, graph=graph)}
    faulty = errors_of(findings)
    retired = index.deprecated | index.replaced_by.keys()
    usual = Status.APPROVED if approved else Status.DRAFT
    wanted = {quad.subject: quad for quad in standing if quad.subject in by_people}
    foreign = _curated_elsewhere(work, index, standing, graph)
    was = {quad.subject: STATUSES.get(quad.object) for quad in standing}
    for entry in index.entries:
        if not isinstance(entry, NamedNode) or entry in wanted or entry in foreign:
            continue
        status = Status.DEPRECATED if entry in retired else Status.DRAFT if entry in faulty else usual
        if status is Status.DRAFT and entry not in faulty and was.get(entry) is Status.APPROVED:
            status = Status.APPROVED
        wanted[entry] = Quad(entry, LEX.status, NODES[status], graph)
    after = frozenset(wanted.values())
    before = frozenset(standing)
    return Given(Patch(after - before, before - after), _counts(after))


def _curated_elsewhere(work: Work, index: SchemeIndex, standing: Iterable[Quad], graph: NamedNode) -> set[NamedNode]:
    """Entries that are another vocabulary's concepts: a document that speaks of them has no say in their status."""
    known = {quad.subject for quad in standing}
    fresh = sorted((e for e in index.entries if isinstance(e, NamedNode) and e not in known), key=lambda e: e.value)
    quads = work.reader.about(fresh)
    return {
        quad.subject
        for quad in quads
        if quad.predicate == LEX.status and quad.graph_name != graph and isinstance(quad.subject, NamedNode)
    }


def _counts(quads: Iterable[Quad]) -> dict[str, int]:
    counted = Counter(STATUSES[quad.object].value for quad in quads if quad.object in STATUSES)
    return {status.value: counted[status.value] for status in Status if counted[status.value]}
