"""Authority grants: made, amended, revoked, suspended, listed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad

from registry.authority import Grant, Scope, Tier, Trust, register_of
from registry.authority.delegation import WORDS, cycle, flaw
from registry.authority.grants import ALWAYS, FOREVER
from registry.contract import authority as rows
from registry.contract.authority import (
    AuthorityGrant,
    AuthorityGrants,
    GrantAuthority,
    GrantWritten,
    ListAuthority,
    RevokeAuthority,
    SuspendAuthority,
)  # fmt: skip
from registry.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError, RefusedError
from registry.model.principals import Resource
from registry.rdf.terms import LEX, PROV, RDF, XSD, named_node
from registry.services.authority_records import (
    BASES,
    DAY,
    DECAYS,
    KINDS,
    SLOTS,
    STATUSES,
    TIERS,
    read_grants,
    read_hierarchy,
)  # fmt: skip
from registry.services.mapping_writing import asker_node
from registry.services.paging import page
from registry.services.references import require_concept, require_department
from registry.services.sources import require_source
from registry.store.quads import Value
from registry.store.work import Work

BINDING = ("law", "regulation", "board_decision")
"""The classes of document a mandate may rest on."""


def grant(work: Work, request: GrantAuthority) -> Callable[[Work], GrantWritten]:
    """Make or amend a grant.

    RefusedError for a mandate without a binding basis or a delegation that widens, ConflictError with the path for a
    circle, NotPermittedError for one's own benefit.
    """
    holder = _holder(work, request)
    _not_for_oneself(work, holder)
    if request.tier == "mandate":
        _require_binding(work, request)
    node = require_grant(work, request.amends) if request.amends else fresh_grant(work)
    made = _value(work, request, node)
    _require_sound(work, made)
    _clear(work, node)
    work.add(Quad(*fact, work.names.graph("authority")) for fact in _facts(work, request, node, holder))
    work.summary = f"authority grant {work.names.key_of(node.value)}"
    return lambda after: GrantWritten(grant=_shown(after, node))


def revoke(work: Work, request: RevokeAuthority) -> Callable[[Work], GrantWritten]:
    """Take a grant back for good; NotFoundError when there is none, ConflictError when it is revoked already."""
    node = require_grant(work, request.grant)
    if _changeable(work, node).status == "revoked":
        raise ConflictError("The grant is revoked already.", advice="Nothing is left to do.")
    return _turn(work, node, "revoked")


def suspend(work: Work, request: SuspendAuthority) -> Callable[[Work], GrantWritten]:
    """Suspend a grant or let it count again; ConflictError for a revoked one."""
    node = require_grant(work, request.grant)
    if _changeable(work, node).status == "revoked":
        raise ConflictError("A revoked grant does not come back.", advice="Make a new one.")
    return _turn(work, node, "active" if request.resume else "suspended")


def find(work: Work, request: ListAuthority) -> AuthorityGrants:
    """Grants in view, by holder, tier and IRI."""
    found = [
        one
        for one in read_grants(work.reader, work.names)
        if request.holder in (None, one.holder)
        and request.kind in (None, one.kind)
        and request.status in (None, one.status)
    ]
    shown, following = page(sorted(found, key=lambda one: (one.holder, one.tier, one.iri)), request)
    return AuthorityGrants(grants=[grant_view(work, one) for one in shown], total=len(found), next=following)


def require_grant(work: Work, name: str) -> NamedNode:
    """The grant with that short id; NotFoundError when there is none in view."""
    node = work.names.thing("authority-grant", name)
    if not read_grants(work.reader, work.names, [node]):
        raise NotFoundError(f"There is no grant {name!r}.", advice="List them with: lexicord authority list")
    return node


def fresh_grant(work: Work) -> NamedNode:
    """An IRI for a new grant."""
    return work.names.thing("authority-grant", uuid.uuid4().hex[:12])


def grant_view(work: Work, one: Grant) -> AuthorityGrant:
    """A grant as an answer."""
    trust = one.trust
    return AuthorityGrant(
        id=work.names.key_of(one.iri), iri=one.iri, kind=one.kind, holder=one.holder, scope=scope_view(one.scope),
        tier=one.tier.name.lower(), rank=one.rank, status=one.status, basis=one.basis, basis_class=one.basis_class,
        valid_from=_bound(one.valid_from), valid_until=_bound(one.valid_until), review_by=one.review_by,
        delegated_from=one.delegated_from, delegable=one.delegable, max_depth=one.max_depth, arbiter=one.arbiter,
        trust=None if trust is None else rows.TrustGiven(
            maximum=trust.maximum, minimum=trust.minimum, decay=trust.decay,
            period_days=int(trust.period / DAY) or None),
    )  # fmt: skip


def scope_view(scope: Scope) -> rows.Scope:
    """A scope as an answer."""
    return rows.Scope(**scope.named())


def scope_asked(work: Work, request: object) -> Scope:
    """The scope a request names, by keys and IRIs; NotFoundError for an unknown concept, area or department."""
    said = {name: value for name in SLOTS if (value := getattr(request, name, None)) is not None}
    if "concept" in said:
        said["concept"] = require_concept(work.reader, work.names, said["concept"]).value
    if "usage" in said:
        require_department(work.reader, work.names, said["usage"])
    if "subject_area" in said:
        require_area(work, said["subject_area"])
    for name in ("property", "entity_type", "jurisdiction"):
        if name in said:
            named_node(said[name])
    return Scope(**said)


def require_area(work: Work, key: str) -> NamedNode:
    """The subject area with that key; NotFoundError when there is none."""
    node = work.names.thing("subject-area", key)
    if not work.reader.quads(node, None, None, work.names.graph("subject-areas")):
        raise NotFoundError(f"There is no subject area {key!r}.", advice="Add it with: lexicord authority area")
    return node


def scope_facts(work: Work, node: NamedNode, scope: Scope) -> list[tuple[NamedNode, NamedNode, Value]]:
    """A scope's facts; a scope that names nothing has only its class."""
    nouns = {"usage": "department", "subject_area": "subject-area"}
    said = [(node, SLOTS[name], work.names.thing(nouns[name], value) if name in nouns else NamedNode(value))
            for name, value in scope.named().items()]  # fmt: skip
    return [(node, RDF.type, LEX.Scope), *said]


def moment(value: datetime) -> Literal:
    """A moment as a term."""
    return Literal(value.isoformat(), datatype=XSD.dateTime)


def _holder(work: Work, request: GrantAuthority) -> NamedNode:
    if request.kind == "term":
        return require_department(work.reader, work.names, request.holder)
    return require_source(work.reader, work.names, request.holder).node


def _not_for_oneself(work: Work, holder: NamedNode) -> None:
    """Nothing, unless the asker's own department gains: the beneficiary approves nothing of a grant."""
    gains = [holder]
    if "/id/department/" not in holder.value:
        gains = [q.object for q in work.reader.quads(holder, LEX.owner) if isinstance(q.object, NamedNode)]
    keys = {work.names.key_of(one.value) for one in gains}
    if any(one.scope == f"department:{key}" for one in work.asker.assignments for key in keys):
        raise NotPermittedError(
            "Nobody grants authority to their own department, nor changes it.",
            advice="Ask a registrar who holds no role there.", verb="grant", principal=work.asker.principal.id,
        )  # fmt: skip


def _require_binding(work: Work, request: GrantAuthority) -> None:
    if request.basis_class not in BINDING:
        raise RefusedError(
            f"A mandate cannot rest on {'an agreement' if request.basis_class == 'agreement' else 'a policy'}.",
            advice="Cite a law, a regulation or a board decision, or make the grant normal.", rule="mandate",
        )  # fmt: skip
    work.require("grant", Resource("a mandate"))


def _value(work: Work, request: GrantAuthority, node: NamedNode) -> Grant:
    if request.valid_from and request.valid_until and request.valid_from >= request.valid_until:
        raise InvalidInputError("The grant would end before it begins.", advice="Swap valid_from and valid_until.")
    parent = require_grant(work, request.delegated_from) if request.delegated_from else None
    return Grant(
        node.value, request.holder, request.kind, scope_asked(work, request), Tier[request.tier.upper()], request.rank,
        request.valid_from or ALWAYS, request.valid_until or FOREVER, "active", parent.value if parent else None,
        request.delegable, request.max_depth,
        trust=None if request.trust is None else Trust(request.trust.maximum, request.trust.minimum),
    )  # fmt: skip


def _require_sound(work: Work, made: Grant) -> None:
    if made.delegated_from is None:
        return
    others = [one for one in read_grants(work.reader, work.names) if one.iri != made.iri]
    register = register_of([*others, made])
    path = cycle(made, register)
    if path:
        raise ConflictError(
            f"Authority would run in a circle: {' → '.join(map(work.names.key_of, path))}.",
            advice="Pass it on from a grant outside this circle.", path=list(path),
        )  # fmt: skip
    hierarchy = read_hierarchy(work.reader, work.names, [one.scope for one in register.grants.values()])
    wrong = flaw(made, register, hierarchy)
    parent = register.grants[made.delegated_from]
    if wrong is None and (made.valid_from < parent.valid_from or made.valid_until > parent.valid_until):
        raise RefusedError("The grant would outlast the one it is passed on from.",
                           advice="Keep it within that one's time.", rule="delegation")  # fmt: skip
    if wrong is not None:
        raise RefusedError(f"The grant {WORDS[wrong]}.", advice="Authority passed on can only shrink.", rule=wrong)


def _facts(
    work: Work, request: GrantAuthority, node: NamedNode, holder: NamedNode
) -> list[tuple[NamedNode, NamedNode, Value]]:
    scope = scope_asked(work, request)
    place, weight = NamedNode(f"{node.value}/scope"), NamedNode(f"{node.value}/trust")
    said: list[tuple[NamedNode, Value | None]] = [
        (RDF.type, LEX.AuthorityGrant), (LEX.grantKind, KINDS[request.kind]), (LEX.holder, holder),
        (LEX.basis, named_node(request.basis)), (LEX.basisClass, BASES[request.basis_class]),
        (LEX.tier, TIERS[Tier[request.tier.upper()]]), (LEX.grantStatus, LEX.GrantActive),
        (LEX.rank, Literal(request.rank)), (LEX.scope, place if scope.named() else None),
        (LEX.validFrom, moment(request.valid_from) if request.valid_from else None),
        (LEX.validUntil, moment(request.valid_until) if request.valid_until else None),
        (LEX.reviewBy, Literal(request.review_by.isoformat(), datatype=XSD.date) if request.review_by else None),
        (LEX.delegatedFrom, work.names.thing("authority-grant", request.delegated_from)
         if request.delegated_from else None),
        (LEX.delegable, Literal(True) if request.delegable else None),
        (LEX.maxDelegationDepth, Literal(request.max_depth) if request.delegable else None),
        (LEX.arbiter, require_department(work.reader, work.names, request.arbiter) if request.arbiter else None),
        (LEX.trust, weight if request.trust else None), (PROV.wasAttributedTo, asker_node(work)),
    ]  # fmt: skip
    facts: list[tuple[NamedNode, NamedNode, Value]] = [(node, slot, value) for slot, value in said if value is not None]
    facts += scope_facts(work, place, scope) if scope.named() else []
    return facts + (_trust_facts(weight, request.trust) if request.trust else [])


def _trust_facts(node: NamedNode, trust: rows.TrustGiven) -> list[tuple[NamedNode, NamedNode, Value]]:
    def number(value: float) -> Literal:
        return Literal(str(value), datatype=XSD.decimal)

    facts: list[tuple[NamedNode, NamedNode, Value]] = [
        (node, RDF.type, LEX.Trust), (node, LEX.maxTrust, number(trust.maximum)),
        (node, LEX.minTrust, number(trust.minimum)), (node, LEX.decay, DECAYS[trust.decay]),
    ]  # fmt: skip
    if trust.period_days:
        facts.append((node, LEX.decayPeriod, Literal(f"P{trust.period_days}D", datatype=XSD.dayTimeDuration)))
    return facts


def _clear(work: Work, node: NamedNode) -> None:
    parts = [node, NamedNode(f"{node.value}/scope"), NamedNode(f"{node.value}/trust")]
    work.remove(work.reader.about(parts))


def _changeable(work: Work, node: NamedNode) -> Grant:
    """The grant, when the asker may change it where it applies and does not gain by it."""
    found = read_grants(work.reader, work.names, [node])[0]
    usage = found.scope.usage
    known = usage is not None and ":" not in usage
    work.require("grant", Resource("the authority grant", (), (usage,) if known and usage else ()))
    noun = "department" if found.kind == "term" else "source"
    _not_for_oneself(work, work.names.thing(noun, found.holder))
    return found


def _turn(work: Work, node: NamedNode, status: rows.Status) -> Callable[[Work], GrantWritten]:
    work.put(work.names.graph("authority"), node, LEX.grantStatus, STATUSES[status])
    work.summary = f"authority grant {work.names.key_of(node.value)} {status}"
    return lambda after: GrantWritten(grant=_shown(after, node))


def _shown(work: Work, node: NamedNode) -> AuthorityGrant:
    return grant_view(work, read_grants(work.reader, work.names, [node])[0])


def _bound(value: datetime) -> datetime | None:
    return None if value in (ALWAYS, FOREVER) else value
