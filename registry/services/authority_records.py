"""Authority as it stands in the graph, read in bulk into the engine's values: grants, hierarchies, policies, overrides.

Departments, content sources and subject areas are called by their keys, everything else by its IRI.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from pyoxigraph import NamedNode

from registry.authority import Grant, Hierarchy, Override, Policy, Register, Scope, Tier, Trust, register_of
from registry.authority.claims import Strategy, ValuePolicy
from registry.authority.grants import ALWAYS, FOREVER, USUAL_RANK, BasisClass, Decay, GrantStatus
from registry.authority.scopes import DIMENSIONS, Dimension, cover
from registry.model.names import Names
from registry.rdf.terms import LEX, ORG, RDF, SKOS
from registry.services.references import first

if TYPE_CHECKING:
    from registry.store.quads import Description, Reader

T = TypeVar("T")
KINDS = {"term": LEX.TermAuthority, "value": LEX.ValueAuthority}
TIERS = {Tier.MANDATE: LEX.Mandate, Tier.NORMAL: LEX.Normal, Tier.FALLBACK: LEX.Fallback}
STATUSES: Mapping[GrantStatus, NamedNode] = {
    "draft": LEX.GrantDraft, "active": LEX.GrantActive, "suspended": LEX.GrantSuspended, "revoked": LEX.GrantRevoked,
}  # fmt: skip
BASES: Mapping[BasisClass | None, NamedNode] = {
    "law": LEX.Law, "regulation": LEX.Regulation, "board_decision": LEX.BoardDecision, "policy": LEX.Policy,
    "agreement": LEX.Agreement,
}  # fmt: skip
DECAYS: Mapping[Decay, NamedNode] = {"none": LEX.NoDecay, "linear": LEX.LinearDecay, "half_life": LEX.HalfLife}
STRATEGIES: Mapping[Strategy, NamedNode] = {
    "authority": LEX.ByAuthority, "trust": LEX.ByTrust, "recency": LEX.ByRecency, "escalate": LEX.Escalate,
    "independent_majority": LEX.ByIndependentMajority, "completeness": LEX.ByCompleteness,
}  # fmt: skip
SLOTS: Mapping[Dimension, NamedNode] = {
    "concept": LEX.concept, "property": LEX.property, "entity_type": LEX.entityType, "subject_area": LEX.subjectArea,
    "jurisdiction": LEX.jurisdiction, "usage": LEX.usage,
}  # fmt: skip
_KEYED = ("department", "source", "subject-area")
DAY = 86_400


def plain(names: Names, iri: str) -> str:
    """What the engine calls a thing: its key where it has one of ours, else its IRI."""
    noun, _, key = iri.removeprefix(f"{names.base}/id/").partition("/")
    return key if noun in _KEYED and iri.startswith(names.base) else iri


def grant_nodes(reader: Reader, names: Names) -> list[NamedNode]:
    """All grants, by IRI."""
    return reader.subjects(RDF.type, LEX.AuthorityGrant, names.graph("authority"))


def read_grants(reader: Reader, names: Names, nodes: Iterable[NamedNode] | None = None) -> list[Grant]:
    """Grants as values; those about a concept that is out of view are left out. Three queries for all."""
    said = reader.describe(grant_nodes(reader, names) if nodes is None else nodes)
    parts = [part for one in said.values() for slot in (LEX.scope, LEX.trust) if (part := _node(one, slot))]
    beside = reader.describe(parts)
    grants = [_grant(names, node.value, one, beside) for node, one in said.items()]
    about = reader.describe(NamedNode(grant.scope.concept) for grant in grants if grant.scope.concept)
    return [grant for grant in grants if grant.scope.concept is None or NamedNode(grant.scope.concept) in about]


def read_register(reader: Reader, names: Names) -> Register:
    """The register of all grants in view."""
    return register_of(read_grants(reader, names))


def read_hierarchy(reader: Reader, names: Names, scopes: Iterable[Scope], concepts: Iterable[str] = ()) -> Hierarchy:
    """What lies above what: subject areas, departments, and jurisdictions and concepts as far as scopes name any."""
    asked = list(scopes)
    areas = reader.quads(predicate=SKOS.broader, graph=names.graph("subject-areas"))
    places = {scope.jurisdiction for scope in asked if scope.jurisdiction}
    below = set(concepts) | {scope.concept for scope in asked if scope.concept}
    wanted = below if any(scope.concept for scope in asked) else set()
    above = _edges(names, [(q.subject, q.object) for q in areas])
    return Hierarchy({"subject_area": above, "usage": _departments(reader, names),
                      "jurisdiction": _climbed(reader, places), "concept": _climbed(reader, wanted)})  # fmt: skip


def scope_of(names: Names, said: Description) -> Scope:
    """A scope as a value."""
    return Scope(**{name: plain(names, iri) for name, slot in SLOTS.items() if (iri := first(said, slot)) is not None})


def read_policies(reader: Reader, names: Names) -> list[tuple[NamedNode, Scope, ValuePolicy, bool]]:
    """Every policy with its scope, and whether it lets unowned answers be used; lists read whole."""
    nodes = reader.subjects(RDF.type, LEX.ResolutionPolicy, names.graph("authority"))
    if not nodes:
        return []
    every = reader.describe(_parts_of(reader, names))
    return [(node, scope_of(names, _linked(every, every[node], LEX.appliesTo)), _policy(reader, node, every),
             first(every[node], LEX.safeWhenUnowned) == "true") for node in nodes]  # fmt: skip


def policy_for(
    policies: Iterable[tuple[NamedNode, Scope, ValuePolicy, bool]], hierarchy: Hierarchy, asked: Scope
) -> ValuePolicy:
    """The most specific policy that covers a question, by the declared order of dimensions; the usual one else."""
    reach = hierarchy.reach(asked)
    found = []
    for node, scope, policy, _ in policies:
        covering = cover(scope.steps(), reach)
        if covering is not None and not covering[1]:
            found.append((covering[0], node.value, policy))
    return min(found, key=lambda one: one[:2])[2] if found else ValuePolicy()


def term_policy(policies: Iterable[tuple[NamedNode, Scope, ValuePolicy, bool]]) -> Policy:
    """The policy that governs terms: the one whose scope is everything; without one, nothing was decided beforehand."""
    for _, scope, policy, unowned in policies:
        if not scope.named():
            return Policy(policy.by_dimension_order, policy.dimension_order, policy.safe_when_provisional, unowned,
                          policy.version)  # fmt: skip
    return Policy()


def read_override(reader: Reader, names: Names, entity: str, about: str, at: datetime) -> Override | None:
    """The override of a property of an entity that is in force longest; None without one."""
    nodes = reader.subjects(LEX.entity, NamedNode(entity), names.graph("authority"))
    found = []
    for node, said in reader.describe(nodes).items():
        until = _moment(first(said, LEX.validUntil), FOREVER)
        if first(said, LEX.property) == about and at < until:
            pinned = Override(
                node.value, first(said, LEX.pinnedValue) or "", until, first(said, LEX.overriddenHash) or ""
            )
            found.append(pinned)
    return max(found, key=lambda one: (one.until, one.iri), default=None)


def _grant(names: Names, iri: str, said: Description, beside: Mapping[NamedNode, Description]) -> Grant:
    scope = _linked(beside, said, LEX.scope)
    trust = _node(said, LEX.trust)
    arbiter = first(said, LEX.arbiter)
    return Grant(
        iri, plain(names, first(said, LEX.holder) or ""), "value" if first(said, LEX.grantKind) == KINDS["value"].value
        else "term", scope_of(names, scope), _key(TIERS, said, LEX.tier, Tier.NORMAL),
        int(first(said, LEX.rank) or USUAL_RANK), _moment(first(said, LEX.validFrom), ALWAYS),
        _moment(first(said, LEX.validUntil), FOREVER), _key(STATUSES, said, LEX.grantStatus, "draft"),
        first(said, LEX.delegatedFrom), first(said, LEX.delegable) == "true",
        int(first(said, LEX.maxDelegationDepth) or 1), plain(names, arbiter) if arbiter else None,
        first(said, LEX.attributeGroup), None if trust is None or trust not in beside else _trust(beside[trust]),
        first(said, LEX.basis),
        _key(BASES, said, LEX.basisClass, "policy"), first(said, LEX.reviewBy),
    )  # fmt: skip


def _trust(said: Description) -> Trust:
    return Trust(float(first(said, LEX.maxTrust) or 50), float(first(said, LEX.minTrust) or 0),
                 _key(DECAYS, said, LEX.decay, "none"), _seconds(first(said, LEX.decayPeriod)) or 0.0)  # fmt: skip


def _policy(reader: Reader, node: NamedNode, every: Mapping[NamedNode, Description]) -> ValuePolicy:
    said = every[node]
    named = {value: name for name, value in STRATEGIES.items()}
    slots = {value: name for name, value in SLOTS.items()}
    margins = {named[s]: float(first(one, LEX.lead) or 0) for part in said.get(LEX.minMargin, ())
               if (one := every.get(cast("NamedNode", part))) and (s := _node(one, LEX.strategy)) in named}  # fmt: skip
    order = [slots[value] for value in _listed(every, _node(said, LEX.dimensionOrder)) if value in slots]
    return ValuePolicy(
        tuple(named[value] for value in _listed(every, _node(said, LEX.strategies)) if value in named), margins,
        _seconds(first(said, LEX.maxAge)), first(said, LEX.authorityRequired) == "true",
        _node(said, LEX.onIncomparable) == LEX.ByDimensionOrder, tuple(order) or DIMENSIONS,
        first(said, LEX.safeWhenProvisional) == "true", version=reader.version(node),
    )  # fmt: skip


def _parts_of(reader: Reader, names: Names) -> list[NamedNode]:
    quads = reader.quads(graph=names.graph("authority"))
    return sorted({q.subject for q in quads if isinstance(q.subject, NamedNode)}, key=str)


def _listed(every: Mapping[NamedNode, Description], head: NamedNode | None) -> list[NamedNode]:
    found: list[NamedNode] = []
    while head is not None and head != RDF.nil and head in every and len(found) < 20:
        value = _node(every[head], RDF.first)
        found += [value] if value else []
        head = _node(every[head], RDF.rest)
    return found


def _departments(reader: Reader, names: Names) -> dict[str, tuple[str, ...]]:
    graph = names.graph("organisation")
    pairs = [
        (q.subject, q.object) for p in (ORG.subOrganizationOf, ORG.unitOf) for q in reader.quads(None, p, None, graph)
    ]
    return _edges(names, pairs)


def _edges(names: Names, pairs: Iterable[tuple[object, object]]) -> dict[str, tuple[str, ...]]:
    above: dict[str, set[str]] = {}
    for lower, upper in pairs:
        if isinstance(lower, NamedNode) and isinstance(upper, NamedNode):
            above.setdefault(plain(names, lower.value), set()).add(plain(names, upper.value))
    return {lower: tuple(sorted(uppers)) for lower, uppers in above.items()}


def _climbed(reader: Reader, iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """skos:broader upward from these, level by level: a query a level."""
    above: dict[str, tuple[str, ...]] = {}
    frontier = set(iris)
    while frontier:
        said = reader.describe(NamedNode(iri) for iri in sorted(frontier))
        for iri in frontier:
            upper = said.get(NamedNode(iri), {}).get(SKOS.broader, ())
            above[iri] = tuple(sorted(value.value for value in upper if isinstance(value, NamedNode)))
        frontier = {upper for iri in frontier for upper in above[iri]} - above.keys()
    return {iri: uppers for iri, uppers in above.items() if uppers}


def _linked(beside: Mapping[NamedNode, Description], said: Description, slot: NamedNode) -> Description:
    node = _node(said, slot)
    return beside.get(node, {}) if node is not None else {}


def _node(said: Description, slot: NamedNode) -> NamedNode | None:
    return next((value for value in said.get(slot, ()) if isinstance(value, NamedNode)), None)


def _key(table: Mapping[T, NamedNode], said: Description, slot: NamedNode, default: T) -> T:
    value = _node(said, slot)
    return next((name for name, node in table.items() if node == value), default)


def _moment(text: str | None, default: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else default


def _seconds(text: str | None) -> float | None:
    """Seconds of a duration of days, as we write them."""
    return float(text.removeprefix("P").removesuffix("D")) * DAY if text and text.startswith("P") else None
