"""Concepts taken through their life: submitted, approved, rejected, deprecated, reopened, by one transition table."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from registry.contract.concepts import (
    ApproveConcept,
    ConceptWritten,
    DeprecateConcept,
    RejectConcept,
    ReopenConcept,
    SubmitConcept,
)
from registry.errors import RefusedError
from registry.rdf.terms import DCTERMS, LEX, OWL, XSD
from registry.services import lifecycle
from registry.services.concept_edits import RETIRED, Desk, Written, editable, give_status, open_desk
from registry.services.concept_rules import Hierarchy
from registry.services.concepts import page_of
from registry.services.lifecycle import Status
from registry.services.references import home_key, require_concept
from registry.skos import Finding, SchemeIndex, Severity, run_checks
from registry.skos.checks import CATALOGUE
from registry.store.work import Work

_TRUE = Literal("true", datatype=XSD.boolean)
_ERRORS = frozenset(check.id for check in CATALOGUE if check.severity is Severity.ERROR)


def submit(work: Work, request: SubmitConcept) -> Written:
    """Hand a draft over to review."""
    return _step(work, "submit", request.concept, request.base)


def approve(work: Work, request: ApproveConcept) -> Written:
    """Put a reviewed concept in force; RefusedError while a check finds an error in it."""
    node = require_concept(work.reader, work.names, request.concept)
    faults = _errors_in(work, node, home_key(work.reader, work.names, request.concept, node))
    if faults:
        raise RefusedError(
            f"It cannot be approved while it {faults[0].message} ({faults[0].check}).", advice=faults[0].fix,
            rule=faults[0].check,
        )  # fmt: skip
    return _step(work, "approve", request.concept, request.base)


def reject(work: Work, request: RejectConcept) -> Written:
    """Turn a concept in review down."""
    return _step(work, "reject", request.concept, request.base)


def reopen(work: Work, request: ReopenConcept) -> Written:
    """Take a rejected or deprecated concept up again, as a draft."""
    node = require_concept(work.reader, work.names, request.concept)
    key = home_key(work.reader, work.names, request.concept, node)
    if _status(work, node, key) is Status.DEPRECATED:
        editable(work, key)
    written = _step(work, "reopen", request.concept, request.base)
    work.put(work.names.curation_graph(key), node, LEX.changeReason)
    for predicate in (OWL.deprecated, DCTERMS.isReplacedBy):
        work.put(work.names.scheme_graph(key), node, predicate)
    return written


def deprecate(work: Work, request: DeprecateConcept) -> Written:
    """Retire a concept. RefusedError when a replacement is itself, is retired, or leads back to it."""
    desk = open_desk(work, request.concept, request.base)
    lifecycle.after("deprecate", _status(work, desk.node, desk.facts.key))
    replacements = [require_concept(work.reader, work.names, reference) for reference in request.replaced_by]
    _require_sound(desk, replacements)
    give_status(work, desk.facts.key, desk.node, Status.DEPRECATED)
    reason = [] if replacements else [Literal(request.reason)]
    work.put(work.names.curation_graph(desk.facts.key), desk.node, LEX.changeReason, *reason)
    work.put(desk.graph, desk.node, OWL.deprecated, _TRUE)
    work.put(desk.graph, desk.node, DCTERMS.isReplacedBy, *replacements)
    work.summary = f"concept of {desk.facts.key} deprecated"
    return lambda after: ConceptWritten(concept=page_of(after, desk.node, desk.facts.key))


def _require_sound(desk: Desk, replacements: Sequence[NamedNode]) -> None:
    if desk.node in replacements:
        raise RefusedError("A concept cannot replace itself.", advice="Name another one.", rule="replaced-by-itself")
    work, spoken = desk.work, Hierarchy(desk.work, desk.graph, desk.node).spoken
    quads = work.reader.about(replacements)
    for quad in quads:
        if quad.predicate == LEX.status and quad.object in RETIRED:
            assert isinstance(quad.subject, NamedNode)
            raise RefusedError(
                f"{spoken([quad.subject])} is no longer in use and cannot replace anything.",
                advice="Name what is used today.", rule="replaced-by-retired",
            )  # fmt: skip
    way = _way_back(work, replacements, desk.node)
    if way:
        raise RefusedError(
            f"The replacements would run in a circle: {spoken([desk.node, *way])}.",
            advice="Name a concept that is not replaced by this one.", rule="replaced-by-cycle",
        )  # fmt: skip


def _way_back(work: Work, starts: Sequence[NamedNode], goal: NamedNode) -> list[NamedNode]:
    """The chain of replacements from a start to the goal; empty when none leads there."""
    came: dict[NamedNode, NamedNode | None] = dict.fromkeys(starts)
    level = list(starts)
    while level:
        following = []
        for quad in work.reader.about(level):
            end, origin = quad.object, quad.subject
            if quad.predicate != DCTERMS.isReplacedBy or not isinstance(end, NamedNode) or end in came:
                continue
            assert isinstance(origin, NamedNode)
            came[end] = origin
            following.append(end)
        level = following
    return _chain(came, goal) if goal in came else []


def _chain(came: dict[NamedNode, NamedNode | None], goal: NamedNode) -> list[NamedNode]:
    way: list[NamedNode] = [goal]
    while (before := came[way[-1]]) is not None:
        way.append(before)
    return way[::-1]


def _step(work: Work, step: str, reference: str, base: int | None) -> Written:
    node = require_concept(work.reader, work.names, reference)
    key = home_key(work.reader, work.names, reference, node)
    work.require_base(node, base)
    status = lifecycle.after(step, _status(work, node, key))
    give_status(work, key, node, status)
    work.summary = f"concept of {key} is now {lifecycle.spoken(status)}"
    return lambda after: ConceptWritten(concept=page_of(after, node, key))


def _status(work: Work, node: NamedNode, key: str) -> Status | None:
    stated = work.reader.quads(node, LEX.status, None, work.names.curation_graph(key))
    return lifecycle.STATUSES.get(stated[0].object) if stated else None


def _errors_in(work: Work, node: NamedNode, key: str) -> list[Finding]:
    """The errors that stand in a concept itself; its neighbours are read, the rest of the vocabulary is not."""
    graph = work.names.scheme_graph(key)
    own = [quad for quad in work.reader.quads(node) if quad.graph_name == graph]
    ends = [quad.object for quad in own if isinstance(quad.object, NamedNode)]
    around = [quad for quad in work.reader.about(ends) if quad.graph_name == graph]
    found = run_checks(SchemeIndex.of([*own, *around]), only=_ERRORS)
    return [finding for finding in found if finding.concept == node]
