"""What surrounds grants: subject areas, policies, endorsements, overrides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from pyoxigraph import Literal, NamedNode, Quad

from registry.authority import Claim
from registry.contract.authority import (
    AddArea,
    AreaWritten,
    EndorseConcept,
    Endorsed,
    OverrideValue,
    OverrideWritten,
    PolicyWritten,
    SetPolicy,
)  # fmt: skip
from registry.errors import ConflictError, InvalidInputError, NotFoundError, RefusedError
from registry.model.names import valid_key
from registry.model.principals import Resource, permits
from registry.rdf.terms import LEX, PROV, RDF, SKOS, XSD, named_node
from registry.services.authority import moment, require_area, scope_asked, scope_facts, scope_view
from registry.services.authority_records import SLOTS, STRATEGIES
from registry.services.gathered import Gathered
from registry.services.mapping_writing import asker_node
from registry.services.references import require_concept, require_department, require_scheme
from registry.store import principals as people
from registry.store.quads import Value
from registry.store.work import Work

EMERGENCY = timedelta(hours=72)
"""Within which an override made by one person is looked at again."""


def add_area(work: Work, request: AddArea) -> AreaWritten:
    """Add a subject area or place it anew; ConflictError with the path when it would lie above itself."""
    key = valid_key(request.key, "subject area")
    node, graph = work.names.thing("subject-area", key), work.names.graph("subject-areas")
    above = require_area(work, request.broader) if request.broader else None
    if above is not None:
        _not_above_itself(work, node, above)
    work.put(graph, node, RDF.type, SKOS.Concept)
    work.put(graph, node, SKOS.inScheme, LEX.SubjectAreas)
    work.put(graph, node, SKOS.prefLabel, Literal(request.label, language=work.settings.languages[0]))
    work.put(graph, node, SKOS.broader, *([above] if above else []))
    hub = require_scheme(work.reader, work.names, request.hub) if request.hub else None
    work.put(graph, node, LEX.subjectAreaHub, *([hub] if hub else []))
    work.summary = f"subject area {key}"
    return AreaWritten(key=key, iri=node.value, label=request.label, broader=request.broader)


def set_policy(work: Work, request: SetPolicy) -> PolicyWritten:
    """Say how competing answers are decided in a scope, in place of what held there."""
    scope, graph = scope_asked(work, request), work.names.graph("authority")
    said = sorted(f"{name}={value}" for name, value in scope.named().items())
    node = work.names.hashed("authority-policy", *said)
    old = [q for q in work.reader.quads(graph=graph) if q.subject.value.startswith(node.value)]  # type: ignore[union-attr]
    work.remove(old)
    place = NamedNode(f"{node.value}/scope")
    facts = [*_policy_facts(request, node), (node, LEX.appliesTo, place), *scope_facts(work, place, scope)]
    work.add(Quad(*fact, graph) for fact in facts)
    work.summary = f"authority policy {work.names.key_of(node.value)}"
    return PolicyWritten(iri=node.value, scope=scope_view(scope), strategies=request.strategies)


def endorse(work: Work, request: EndorseConcept) -> Callable[[Work], Endorsed]:
    """Adopt a concept, or withdraw that; RefusedError for the owner, who needs no endorsement of its own."""
    concept = require_concept(work.reader, work.names, request.concept)
    department = require_department(work.reader, work.names, request.department)
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    entry = gathered.entry(concept)
    if gathered.owner(concept) == request.department:
        raise RefusedError(f"{request.department} owns this concept.", advice="It needs no endorsement of its own.")
    if entry.curation is None:
        raise NotFoundError("No vocabulary in view has this concept.", advice="Find it with: lexicord concept find")
    quad = Quad(concept, LEX.endorsedBy, department, entry.curation)
    if request.withdraw:
        work.remove([quad])
    else:
        work.add([quad])
    work.summary = f"{'endorsement withdrawn' if request.withdraw else 'endorsed'} by {request.department}"
    return lambda after: _endorsed(after, concept)


def override(work: Work, request: OverrideValue) -> OverrideWritten:
    """Pin a value; it takes two people, or one in an emergency with a review within 72 hours."""
    if request.valid_until <= work.now:
        raise InvalidInputError("The override would have ended already.", advice="Give a later valid_until.")
    second = _second_person(work, request)
    review = (work.now + EMERGENCY).date() if request.break_glass else None
    node = work.names.hashed("override", request.entity, request.property, work.now.isoformat())
    claim = Claim(request.overridden_source, request.overridden_value, work.now)
    said: list[tuple[NamedNode, Value | None]] = [
        (RDF.type, LEX.Override), (LEX.entity, named_node(request.entity)),
        (LEX.property, named_node(request.property)),
        (LEX.pinnedValue, Literal(request.value)), (LEX.overrideReason, Literal(request.reason)),
        (LEX.validUntil, moment(request.valid_until)), (LEX.overriddenHash, Literal(claim.digest)),
        (LEX.breakGlass, Literal(True) if request.break_glass else None),
        (LEX.reviewBy, Literal(review.isoformat(), datatype=XSD.date) if review else None),
        (PROV.wasAttributedTo, asker_node(work)),
        (PROV.wasAttributedTo, work.names.thing("principal", second) if second else None),
    ]  # fmt: skip
    graph = work.names.graph("authority")
    work.add(Quad(node, slot, value, graph) for slot, value in said if value is not None)
    work.summary = "value overridden in an emergency" if request.break_glass else "value overridden"
    return OverrideWritten(iri=node.value, valid_until=request.valid_until, review_by=review)


def _second_person(work: Work, request: OverrideValue) -> str | None:
    if request.approved_by is None:
        if request.break_glass:
            return None
        raise RefusedError(
            "An override takes two people.", advice="Name the second in approved_by, or say that it is an emergency.",
            rule="two_people",
        )  # fmt: skip
    connection = work.reader.connection
    second = people.require_principal(connection, request.approved_by)
    held = people.assignments(connection, second.id)
    if second.id == work.asker.principal.id or second.disabled or not permits(held, "decide", Resource("override")):
        raise RefusedError(f"{second.handle} cannot be the second person.", rule="two_people",
                           advice="It has to be somebody else who may decide everywhere.")  # fmt: skip
    return second.id


def _not_above_itself(work: Work, node: NamedNode, above: NamedNode) -> None:
    graph, path = work.names.graph("subject-areas"), [node, above]
    while path[-1] != node:
        upper = sorted(work.reader.quads(path[-1], SKOS.broader, None, graph), key=str)
        if not upper or not isinstance(upper[0].object, NamedNode):
            return
        path.append(upper[0].object)
    shown = " → ".join(work.names.key_of(step.value) for step in path)
    raise ConflictError(f"The area would lie above itself: {shown}.", advice="Choose another one above it.",
                        path=[step.value for step in path])  # fmt: skip


def _policy_facts(request: SetPolicy, node: NamedNode) -> list[tuple[NamedNode, NamedNode, Value]]:
    order = [SLOTS[name] for name in request.dimension_order]
    facts: list[tuple[NamedNode, NamedNode, Value]] = [
        (node, RDF.type, LEX.ResolutionPolicy),
        (node, LEX.authorityRequired, Literal(request.authority_required)),
        (node, LEX.onIncomparable, LEX.ByDimensionOrder if order else LEX.Escalate),
        (node, LEX.safeWhenProvisional, Literal(request.safe_when_provisional)),
        (node, LEX.safeWhenUnowned, Literal(request.safe_when_unowned)),
        *_list(node, LEX.strategies, "strategies", [STRATEGIES[name] for name in request.strategies]),
        *(_list(node, LEX.dimensionOrder, "order", order) if order else []),
    ]
    if request.max_age_days:
        facts.append((node, LEX.maxAge, Literal(f"P{request.max_age_days}D", datatype=XSD.dayTimeDuration)))
    for name, lead in sorted(request.margins.items()):
        margin = NamedNode(f"{node.value}/margin/{name}")
        facts += [(node, LEX.minMargin, margin), (margin, LEX.strategy, STRATEGIES[name]),
                  (margin, LEX.lead, Literal(str(lead), datatype=XSD.decimal))]  # fmt: skip
    return facts


def _list(
    node: NamedNode, slot: NamedNode, name: str, values: Sequence[NamedNode]
) -> list[tuple[NamedNode, NamedNode, Value]]:
    """An rdf:List with IRIs for its steps."""
    steps = [NamedNode(f"{node.value}/{name}/{number}") for number in range(len(values))]
    facts: list[tuple[NamedNode, NamedNode, Value]] = [(node, slot, steps[0])]
    for step, value, following in zip(steps, values, [*steps[1:], RDF.nil], strict=True):
        facts += [(step, RDF.first, value), (step, RDF.rest, following)]
    return facts


def _endorsed(work: Work, concept: NamedNode) -> Endorsed:
    entry = Gathered(work.reader, work.names, work.settings.languages).entry(concept)
    by = [work.names.key_of(node.value) for node in entry.curated(LEX.endorsedBy)]
    return Endorsed(concept=concept.value, endorsed_by=by)
