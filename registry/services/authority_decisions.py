"""Values decided from claims, and the answers to terms that a revocation would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyoxigraph import NamedNode

from registry.authority import (
    Authority,
    Claim,
    Explanation,
    Register,
    Scope,
    ValueDecision,
    ValueQuestion,
    Versions,
    answer_id,
    asked_value,
    blocked,
    decide_value,
    weigh_term,
)  # fmt: skip
from registry.contract.authority import (
    ChangedAnswer,
    ClaimGiven,
    DecidedValue,
    DecideValue,
    Group,
    Reason,
    WhatIf,
    WhatIfAnswer,
)  # fmt: skip
from registry.errors import InvalidInputError
from registry.model.decisions import TermFacts, TermQuestion
from registry.rdf.terms import LEX, SKOS, named_node
from registry.services.authority import require_grant, scope_asked
from registry.services.authority_records import (
    grant_nodes,
    policy_for,
    read_hierarchy,
    read_override,
    read_policies,
    read_register,
    term_policy,
)  # fmt: skip
from registry.services.conflict_records import UNSETTLED, conflict_nodes, conflict_records
from registry.services.gathered import Gathered
from registry.services.references import require_department
from registry.services.term_facts import TermReader, lineage
from registry.store.work import Work

MOST_TERMS = 1_000


def decide(work: Work, request: DecideValue) -> DecidedValue:
    """The value that is right of those claimed in the request, with the reason; nothing of it is kept but a receipt."""
    if request.property is None:
        raise InvalidInputError("Say which property is decided.", advice="Give its IRI as property.")
    named_node(request.entity)
    asked = scope_asked(work, request)
    register = read_register(work.reader, work.names)
    hierarchy = read_hierarchy(work.reader, work.names, [asked, *(one.scope for one in register.grants.values())])
    policy = policy_for(read_policies(work.reader, work.names), hierarchy, asked)
    pinned = read_override(work.reader, work.names, request.entity, request.property, request.valid_at)
    claims = [_claim(one) for one in request.claims]
    question = ValueQuestion(request.entity, asked, request.valid_at)
    settled = decide_value(question, claims, register, hierarchy, replace(policy, canonical=request.canonical), pinned)
    decision = blocked(settled, request.faults)
    versions = Versions(_version(work), policy.version)
    inputs = [repr(claim) for claim in claims] + [request.valid_at.isoformat(), request.canonical, *request.faults]
    identity = answer_id("value", asked_value(request.entity, asked), inputs, versions, decision.valid_until)
    work.receipts.append({"decision_id": identity, "outcome": decision.outcome.value})
    return _answer(decision, identity, versions)


def what_if(work: Work, request: WhatIf) -> WhatIfAnswer:
    """The answers that would change if a grant were revoked; NotFoundError for an unknown grant."""
    node = require_grant(work, request.revoke)
    register = read_register(work.reader, work.names)
    terms = request.terms or _terms_of(work, register.grants[node.value].holder)
    before = explained(work, terms, request, register)
    after = explained(work, terms, request, register.without(node.value))
    changed = [
        ChangedAnswer(
            term=term, before=one.outcome, before_winner=one.winner, after=two.outcome, after_winner=two.winner
        )
        for term, one, two in zip(terms, before, after, strict=True)
        if (one.outcome, one.winner) != (two.outcome, two.winner)
    ]
    lost = sum(one.before_winner is not None and one.after_winner is None for one in changed)
    return WhatIfAnswer(asked=len(terms), changed=len(changed), unresolved=lost, answers=changed)


def explained(work: Work, terms: Sequence[str], request: WhatIf, register: Register) -> list[Explanation]:
    """What authority says of each term, from one reading for all."""
    line = lineage(work.reader, work.names, require_department(work.reader, work.names, request.department)) \
        if request.department else ()  # fmt: skip
    keys = tuple(work.names.key_of(node.value) for node in line)
    asked = scope_asked(work, request)
    reader = TermReader(Gathered(work.reader, work.names, work.settings.languages))
    facts = reader.facts(terms)
    authority = read_authority(work, register, asked, facts)
    at = request.valid_at or work.now
    return [weigh_term(TermQuestion(term, keys), one, asked, at, authority)
            for term, one in zip(terms, facts, strict=True)]  # fmt: skip


def read_authority(work: Work, register: Register, asked: Scope, facts: Sequence[TermFacts]) -> Authority:
    """Who may decide, for questions with these facts: hierarchy, open contested conflicts, policy."""
    concepts = {iri for one in facts for iri in one.concepts}
    scopes = [asked, *(one.scope for one in register.grants.values())]
    hierarchy = read_hierarchy(work.reader, work.names, scopes, concepts)
    records = conflict_records(work.reader, conflict_nodes(work.reader, work.names))
    disputes = tuple(sorted(
        tuple(sorted(node.value for node in one.about))
        for one in records if one.kind == "contested" and one.state in UNSETTLED
    ))  # fmt: skip
    return Authority(register, hierarchy, disputes, {}, term_policy(read_policies(work.reader, work.names)))


def _terms_of(work: Work, holder: str) -> list[str]:
    """The labels of the concepts a department owns or endorses, the first thousand by spelling."""
    gathered = Gathered(work.reader, work.names, work.settings.languages)
    owned = [facts.node for facts in gathered.schemes.values() if facts.owner(work.names) == holder]
    inside = work.reader.pointing([SKOS.inScheme], owned) if owned else []
    adopted = work.reader.pointing([LEX.endorsedBy], [work.names.thing("department", holder)])
    nodes = {q.subject for q in [*inside, *adopted] if isinstance(q.subject, NamedNode)}
    gathered.load(nodes)
    return sorted({gathered.label(node) for node in nodes})[:MOST_TERMS]


def _claim(one: ClaimGiven) -> Claim:
    return Claim(one.source, one.value, one.observed, frozenset(one.roots), one.valid, one.blocked, one.completeness)


def _version(work: Work) -> int:
    nodes = grant_nodes(work.reader, work.names)
    return max((work.reader.version(node) for node in nodes), default=0)


def _answer(decision: ValueDecision, identity: str, versions: Versions) -> DecidedValue:
    return DecidedValue(
        decision_id=identity, outcome=decision.outcome.value, value=decision.value, sources=list(decision.sources),
        how=decision.how, decided_by=list(decision.decided_by), because=list(decision.because),
        groups=[Group(value=g.value, sources=list(g.sources), score=g.score) for g in decision.groups],
        dropped=[Reason(about=one.source, reason=one.reason) for one in decision.dropped],
        rejected=[Reason(about=one.grant, reason=one.reason) for one in decision.rejected],
        silent=list(decision.silent), sharper_answer_needs=list(decision.sharper_answer_needs),
        valid_until=decision.valid_until, arbiter=decision.arbiter, stale_override=decision.stale_override,
        safe_to_use=decision.safe_to_use, graph_version=versions.graph, policy_version=versions.policy,
    )  # fmt: skip
