"""Authority over terms: every outcome by name, and the edge rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.authority import (
    Authority,
    Explanation,
    Grant,
    Hierarchy,
    Policy,
    Scope,
    Tier,
    Versions,
    answer_id,
    asked_term,
    register_of,
    weigh_term,
)  # fmt: skip
from registry.model.decisions import Found, Match, MatchKind, Outcome, TermConcept, TermFacts, TermQuestion

AT = datetime(2026, 11, 20, tzinfo=UTC)
LATER = AT + timedelta(days=10)
FIN = TermConcept("urn:c:fin", "fin", "Account", "A record in the ledger.", "department", "finance")
IT = TermConcept("urn:c:it", "it", "Account", "A person's access.", "department", "it")
SALES = TermConcept("urn:c:sales", "sales", "Account", "A customer.", "department", "sales")
HUB = TermConcept("urn:c:hub", "hub", "Account", "What is posted to.", "hub", "head-office")
LADDER = Hierarchy(
    {
        "subject_area": {"money/accounts": ("money",), "money": ("all",)},
        "jurisdiction": {"DE": ("EU",), "FR": ("EU",), "EU": ("world",)},
    }
)
DISPUTE = ((FIN.iri, IT.iri),)


def ask(
    *concepts: TermConcept,
    grants: Sequence[Grant] = (),
    disputes: Sequence[tuple[str, ...]] = (),
    joins: Sequence[tuple[str, str]] = (),
    lineage: tuple[str, ...] = (),
    policy: Policy | None = None,
    settings: dict[str, Scope] | None = None,
    at: datetime = AT,
    **asked: Any,
) -> Explanation:
    met = [Found(c.iri, Match(MatchKind.EXACT_PREF_LABEL, "pref_label", "Account", "en")) for c in concepts]
    facts = TermFacts({c.iri: c for c in concepts}, tuple(met), tuple(joins))
    authority = Authority(register_of(grants), LADDER, tuple(disputes), settings or {}, policy or Policy())
    return weigh_term(TermQuestion("Account", lineage), facts, Scope(**asked), at, authority)


def grant(iri: str, holder: str = "finance", **more: Any) -> Grant:
    scope = {name: more.pop(name) for name in list(more) if name in Scope.__slots__}
    return Grant(iri, holder, scope=Scope(**scope), **more)


def test_uncontested() -> None:
    said = ask(FIN)
    assert (said.outcome, said.winner, said.decision.safe_to_use) == (Outcome.UNCONTESTED, FIN.iri, True)


def test_agreed_by_the_hub() -> None:
    said = ask(FIN, HUB, joins=[(FIN.iri, HUB.iri)])
    assert (said.outcome, said.winner) == (Outcome.AGREED, HUB.iri)


def test_agreed_by_a_grant_where_neither_hub_nor_asker_has_a_concept() -> None:
    said = ask(FIN, IT, joins=[(FIN.iri, IT.iri)], grants=[grant("g", subject_area="money")], subject_area="money")
    assert (said.outcome, said.winner, said.decided_by) == (Outcome.AGREED, FIN.iri, ("g",))


def test_agreed_unowned_and_what_policy_says_of_it() -> None:
    said = ask(FIN, IT, joins=[(FIN.iri, IT.iri)])
    assert (said.outcome, said.winner, said.decision.safe_to_use) == (Outcome.AGREED_UNOWNED, None, False)
    assert ask(FIN, IT, joins=[(FIN.iri, IT.iri)], policy=Policy(safe_when_unowned=True)).decision.safe_to_use


def test_needs_context() -> None:
    said = ask(FIN, IT, grants=[grant("g")])
    assert said.outcome is Outcome.NEEDS_CONTEXT
    assert said.decision.ask is not None


def test_homonymy_is_no_dispute() -> None:
    said = ask(FIN, IT, grants=[grant("g", rank=1)], lineage=("it",))
    assert (said.outcome, said.winner) == (Outcome.UNCONTESTED, IT.iri)


def test_resolved_by_specificity_with_dissent() -> None:
    grants = [grant("wide", "it", subject_area="all"), grant("narrow", subject_area="money")]
    said = ask(FIN, IT, grants=grants, disputes=DISPUTE, subject_area="money/accounts")
    assert (said.outcome, said.winner, said.how) == (Outcome.RESOLVED, FIN.iri, "specificity")
    assert [(d.concept, d.differs) for d in said.dissent] == [(IT.iri, "A person's access.")]
    assert said.decision.safe_to_use
    assert [(c.outcome, c.winner) for c in said.would_change_if] == [(Outcome.RESOLVED, IT.iri)]


def test_rank_decides_between_equals() -> None:
    said = ask(FIN, IT, grants=[grant("a", rank=2), grant("b", "it", rank=1)], disputes=DISPUTE)
    assert (said.winner, said.how) == (IT.iri, "rank")


def test_the_askers_own_usage_decides_a_dispute_on_day_one() -> None:
    said = ask(FIN, IT, disputes=DISPUTE, lineage=("it",))
    assert (said.outcome, said.winner, said.decided_by) == (Outcome.RESOLVED, IT.iri, ("implicit:it",))


def test_the_hub_speaks_across_departments() -> None:
    said = ask(FIN, HUB, disputes=[(FIN.iri, HUB.iri)], lineage=("payroll",))
    assert (said.outcome, said.winner) == (Outcome.RESOLVED, HUB.iri)


def test_provisional_and_what_policy_says_of_it() -> None:
    fallback = [grant("f", tier=Tier.FALLBACK)]
    said = ask(FIN, IT, grants=fallback, disputes=DISPUTE)
    assert (said.outcome, said.winner, said.decision.safe_to_use) == (Outcome.PROVISIONAL, FIN.iri, False)
    allowed = ask(FIN, IT, grants=fallback, disputes=DISPUTE, policy=Policy(safe_when_provisional=True))
    assert allowed.decision.safe_to_use


def test_split_by_jurisdiction() -> None:
    grants = [grant("de", jurisdiction="DE"), grant("fr", "it", jurisdiction="FR")]
    said = ask(FIN, IT, grants=grants, disputes=DISPUTE)
    assert (said.outcome, said.sharper_answer_needs) == (Outcome.SPLIT, ("jurisdiction", "usage"))
    assert [(s.jurisdiction, s.winner) for s in said.splits] == [("DE", FIN.iri), ("FR", IT.iri)]


def test_a_dimension_left_out_makes_a_grant_conditional() -> None:
    said = ask(FIN, IT, grants=[grant("g", subject_area="money")], disputes=DISPUTE)
    assert (said.outcome, said.sharper_answer_needs) == (Outcome.NEEDS_CONTEXT, ("subject_area", "usage"))


def test_tie_names_its_conflict_and_arbiter() -> None:
    said = ask(FIN, IT, grants=[grant("a", arbiter="cdo"), grant("b", "it")], disputes=DISPUTE)
    assert (said.outcome, said.winner, said.decision.safe_to_use) == (Outcome.TIE, None, False)
    assert said.dispute is not None
    assert (said.dispute.arbiter, said.dispute.classes) == ("cdo", (FIN.iri, IT.iri))
    again = ask(IT, FIN, grants=[grant("b", "it"), grant("a", arbiter="cdo")], disputes=DISPUTE)
    assert again.dispute == said.dispute


def test_incomparable_escalates_or_follows_the_declared_order() -> None:
    grants = [grant("a", subject_area="money"), grant("b", "it", jurisdiction="EU")]
    where: dict[str, Any] = {"subject_area": "money", "jurisdiction": "DE"}
    said = ask(FIN, IT, grants=grants, disputes=DISPUTE, **where)
    assert (said.outcome, said.how) == (Outcome.INCOMPARABLE, "incomparable")
    ordered = Policy(by_dimension_order=True, dimension_order=("jurisdiction",))
    settled = ask(FIN, IT, grants=grants, disputes=DISPUTE, policy=ordered, **where)
    assert (settled.winner, settled.how) == (IT.iri, "dimension_order")


def test_cycle_is_void() -> None:
    grants = [grant("a", delegated_from="b", delegable=True), grant("b", "it", delegated_from="a", delegable=True)]
    said = ask(FIN, IT, grants=grants, disputes=DISPUTE)
    assert said.outcome is Outcome.CYCLE
    assert {(r.grant, r.reason) for r in said.rejected} == {("a", "delegation_cycle"), ("b", "delegation_cycle")}


def test_no_authority() -> None:
    said = ask(FIN, IT, disputes=DISPUTE, lineage=("hr",))
    assert said.outcome is Outcome.NO_AUTHORITY
    assert said.dispute is not None
    assert said.dispute.label_key == "account"


def test_no_candidate() -> None:
    assert ask().outcome is Outcome.NO_CANDIDATE


def test_a_mandate_in_scope_contests_by_itself_and_outweighs_specificity() -> None:
    law = grant("law", tier=Tier.MANDATE, jurisdiction="EU")
    narrow = grant("narrow", "it", jurisdiction="DE", subject_area="money")
    said = ask(FIN, IT, grants=[law, narrow], lineage=("it",), jurisdiction="DE", subject_area="money")
    assert (said.outcome, said.winner, said.how) == (Outcome.RESOLVED, FIN.iri, "tier")
    elsewhere = ask(FIN, IT, grants=[law, narrow], lineage=("it",), jurisdiction="world")
    assert (elsewhere.outcome, elsewhere.winner) == (Outcome.UNCONTESTED, IT.iri)


def test_germany_is_one_step_below_the_union() -> None:
    grants = [grant("eu", jurisdiction="EU"), grant("de", "it", jurisdiction="DE")]
    assert ask(FIN, IT, grants=grants, disputes=DISPUTE, jurisdiction="DE").winner == IT.iri
    assert ask(FIN, IT, grants=grants, disputes=DISPUTE, jurisdiction="FR").winner == FIN.iri


def test_an_endorser_brings_its_authority() -> None:
    adopted = replace(IT, endorsers=("risk",))
    said = ask(FIN, adopted, grants=[grant("g", "risk")], disputes=DISPUTE)
    assert (said.outcome, said.winner) == (Outcome.RESOLVED, IT.iri)


def test_a_department_without_a_definition_cannot_win() -> None:
    silent = grant("g", "sales", tier=Tier.MANDATE)
    assert ask(FIN, IT, grants=[silent], lineage=("it",)) == ask(FIN, IT, lineage=("it",))


def test_expiry_has_no_grace_and_falls_to_the_next() -> None:
    grants = [grant("first", rank=1, valid_until=LATER), grant("second", "it", rank=2)]
    before = ask(FIN, IT, grants=grants, disputes=DISPUTE)
    assert (before.winner, before.valid_until) == (FIN.iri, LATER)
    after = ask(FIN, IT, grants=grants, disputes=DISPUTE, at=LATER)
    assert after.winner == IT.iri
    assert [(r.grant, r.reason) for r in after.rejected] == [("first", "expired")]


def test_the_next_start_of_one_that_would_outrank_ends_the_answer() -> None:
    grants = [grant("now"), grant("then", "it", rank=1, valid_from=LATER)]
    said = ask(FIN, IT, grants=grants, disputes=DISPUTE)
    assert (said.winner, said.valid_until) == (FIN.iri, LATER)


def test_revoking_the_parent_voids_the_child_at_once() -> None:
    parent = grant("p", "head-office", delegable=True)
    child = grant("c", delegated_from="p")
    assert ask(FIN, IT, grants=[parent, child], disputes=DISPUTE).winner == FIN.iri
    gone = ask(FIN, IT, grants=[replace(parent, status="revoked"), child], disputes=DISPUTE, lineage=("hr",))
    assert gone.outcome is Outcome.NO_AUTHORITY
    assert [(r.grant, r.reason) for r in gone.rejected] == [("c", "delegator_inactive")]


def test_a_suspended_holder_does_not_decide() -> None:
    said = ask(FIN, IT, grants=[grant("g", status="suspended")], disputes=DISPUTE, lineage=("hr",))
    assert (said.outcome, said.rejected[0].reason) == (Outcome.NO_AUTHORITY, "suspended")


def test_the_subject_chooses_between_senses() -> None:
    settings = {FIN.iri: Scope(subject_area="money"), IT.iri: Scope(subject_area="access")}
    said = ask(FIN, IT, settings=settings, subject_area="money/accounts")
    assert (said.outcome, said.winner) == (Outcome.UNCONTESTED, FIN.iri)
    assert any("nearest to subject area" in sentence for sentence in said.decision.because)


def test_three_sides_of_which_two_agree() -> None:
    said = ask(FIN, IT, SALES, joins=[(FIN.iri, SALES.iri)], disputes=DISPUTE, grants=[grant("g", "sales")])
    assert (said.outcome, said.winner) == (Outcome.RESOLVED, SALES.iri)
    assert [d.concept for d in said.dissent] == [IT.iri]


def test_the_identity_depends_on_what_was_asked_and_from_what() -> None:
    question = asked_term(TermQuestion("Account"), Scope(jurisdiction="DE"))
    one = answer_id("term", question, ["urn:b", "urn:a"], Versions(7, 1), None)
    assert one == answer_id("term", question, ["urn:a", "urn:b", "urn:b"], Versions(7, 1), None)
    others = [
        answer_id("term", asked_term(TermQuestion("Account"), Scope()), ["urn:a", "urn:b"], Versions(7, 1), None),
        answer_id("term", question, ["urn:a", "urn:b"], Versions(7, 2), None),
        answer_id("term", question, ["urn:a", "urn:b"], Versions(7, 1), LATER),
        answer_id("value", question, ["urn:a", "urn:b"], Versions(7, 1), None),
    ]
    assert len({one, *others}) == 5
