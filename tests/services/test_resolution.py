"""Terms resolved through the gate: candidates, senses, context, replacements, receipts, identity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.contract import mappings, principals, schemes
from registry.contract import resolution as rows
from registry.contract.operation import encode
from registry.contract.resolution import Resolution, ResolveTerm, ResolveTerms
from registry.errors import InvalidInputError, NotFoundError
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, IT, fill, iri, load


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def ask(world: Registry, term: str, **context: Any) -> Resolution:
    answer = world.call(rows.RESOLVE, ResolveTerm(term=term, **context))
    assert isinstance(answer, Resolution)
    return answer


def agree(world: Registry, subject: str, object_: str, **fields: Any) -> None:
    world.call(mappings.APPROVE, mappings.ApproveMapping(subject=subject, object=object_, **fields))


def test_one_candidate_is_uncontested(world: Registry) -> None:
    answer = ask(world, "write-off")
    assert (answer.outcome, answer.safe_to_use) == ("UNCONTESTED", True)
    assert answer.winner is not None
    assert answer.winner.model_dump() == {
        "concept": iri("fin/write-off"), "pref_label": "Write-off", "owner": "finance", "scheme": "fin",
        "definition": "The removal of a receivable from the books.", "status": "approved",
    }  # fmt: skip
    assert answer.match is not None
    assert (answer.match.kind, answer.match.label) == ("normalised", "Write-off")


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("https://registry.example/fin/account", "iri"),
        ("fin/account", "iri"),
        ("F110", "notation"),
        ("Konto", "exact_pref_label"),
        ("ledger account", "exact_alt_label"),
        ("LEDGER  Account", "normalised"),
    ],
)
def test_kinds_of_match(world: Registry, term: str, kind: str) -> None:
    answer = ask(world, term)
    assert answer.winner is not None
    assert answer.match is not None
    assert (answer.winner.concept, answer.match.kind, answer.safe_to_use) == (iri("fin/account"), kind, True)


def test_two_meanings_need_context_and_departments_settle_it(world: Registry) -> None:
    answer = ask(world, "account")
    assert (answer.outcome, answer.winner, answer.safe_to_use) == ("NEEDS_CONTEXT", None, False)
    assert answer.question is not None
    assert answer.question.about == "department"
    assert {c for option in answer.question.options for c in option.concepts} == {iri("fin/account"), iri("it/account")}
    for department, meant in (("it", "it/account"), ("finance", "fin/account"), ("payroll", "fin/account")):
        settled = ask(world, "account", department=department)
        assert settled.winner is not None
        assert (settled.outcome, settled.winner.concept) == ("UNCONTESTED", iri(meant))
    assert ask(world, "account", department="group").outcome == "NEEDS_CONTEXT"


def test_a_vocabulary_or_a_language_settles_it_too(world: Registry) -> None:
    load(world, "it", IT.replace('"Account"@en', '"Konto"@en'))
    assert ask(world, "Konto").outcome == "NEEDS_CONTEXT"
    by_scheme, by_language = ask(world, "Konto", scheme=["fin"]), ask(world, "Konto", language="de")
    for answer in (by_scheme, by_language):
        assert answer.winner is not None
        assert answer.winner.concept == iri("fin/account")


def test_agreed_mappings_make_one_sense_and_the_hub_stands_for_it(world: Registry) -> None:
    assert ask(world, "customer").outcome == "NEEDS_CONTEXT"
    agree(world, "fin/customer", "hub/customer")
    agree(world, "it/buyer", "hub/customer")
    answer = ask(world, "customer", department="finance")
    assert answer.winner is not None
    assert (answer.outcome, answer.winner.concept, answer.safe_to_use) == ("AGREED", iri("hub/customer"), True)
    assert {other.concept for other in answer.alternatives} == {iri("fin/customer"), iri("it/buyer")}


def test_a_label_of_one_side_meets_the_hub_by_mapping(world: Registry) -> None:
    agree(world, "fin/customer", "hub/customer")
    answer = ask(world, "client", department="finance")
    assert answer.winner is not None
    assert answer.match is not None
    assert (answer.winner.concept, answer.match.kind) == (iri("hub/customer"), "mapping")


def test_without_a_hub_the_askers_own_or_nobodys(world: Registry) -> None:
    agree(world, "fin/account", "it/account")
    unowned = ask(world, "account")
    assert (unowned.outcome, unowned.winner, unowned.safe_to_use) == ("AGREED_UNOWNED", None, False)
    assert all(other.definition for other in unowned.alternatives)
    own = ask(world, "account", department="it")
    assert own.winner is not None
    assert (own.outcome, own.winner.concept) == ("AGREED", iri("it/account"))


def test_one_sided_and_changed_mappings_join_nothing(world: Registry) -> None:
    request = mappings.ApproveMapping(subject="fin/account", object="it/account")
    world.acting("fiona").call(mappings.APPROVE, request)
    one_sided = ask(world, "account")
    assert one_sided.outcome == "NEEDS_CONTEXT"
    assert any("one side only" in reason for reason in one_sided.because)
    agree(world, "fin/account", "it/account")
    assert ask(world, "account").outcome == "AGREED_UNOWNED"
    load(world, "it", IT.replace("access to a system", "access to a computer"))
    changed = ask(world, "account")
    assert changed.outcome == "NEEDS_CONTEXT"
    assert any("needs review" in reason for reason in changed.because)


def test_only_exact_mappings_join(world: Registry) -> None:
    agree(world, "fin/account", "it/account", predicate="close")
    assert ask(world, "account").outcome == "NEEDS_CONTEXT"


def test_a_deprecated_term_answers_with_its_replacement(world: Registry) -> None:
    answer = ask(world, "bad debt")
    assert answer.winner is not None
    assert (answer.winner.concept, answer.safe_to_use) == (iri("fin/write-off"), True)
    assert any("deprecated and replaced" in reason for reason in answer.because)


def test_several_replacements_are_asked_about(world: Registry) -> None:
    answer = ask(world, "margin", department="finance")
    assert answer.outcome == "NEEDS_CONTEXT"
    assert answer.question is not None
    assert {c for o in answer.question.options for c in o.concepts} == {iri("fin/gross-margin"), iri("fin/net-margin")}


def test_drafts_answer_only_when_asked_for(world: Registry) -> None:
    load(world, "fin", FINANCE.replace('"Net margin"', '"Netto margin"'))
    draft = 'fin:new a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:prefLabel "Novelty"@en .'
    load(world, "fin", FINANCE + draft, status="draft")
    assert ask(world, "novelty").outcome == "NO_CANDIDATE"
    answer = ask(world, "novelty", include_drafts=True)
    assert answer.winner is not None
    assert (answer.winner.concept, answer.safe_to_use) == (iri("fin/new"), False)


def test_nothing_answers(world: Registry) -> None:
    for term in ("no such term", "urn:x-none:1", "fin/none", "nowhere/none", "a/c", "?!", "'; DROP TABLE label; --"):
        answer = ask(world, term)
        assert (answer.outcome, answer.winner, answer.safe_to_use) == ("NO_CANDIDATE", None, False)
        assert answer.because


@pytest.mark.parametrize("term", ["", "   ", "x" * 10_000, "a\x00b", "a\x07b", "line\nbreak"])
def test_what_is_no_term(term: str) -> None:
    with pytest.raises(ValueError, match="term"):
        ResolveTerm(term=term)


def test_unknown_context_is_told(world: Registry) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        ask(world, "account", department="nowhere")
    with pytest.raises(NotFoundError, match="nowhere"):
        ask(world, "account", scheme=["nowhere"])


def test_a_batch_answers_as_one_by_one(world: Registry) -> None:
    terms = ["account", "Konto", "none", "customer", "fin/account", "bad debt", "account"]
    batch = world.call(rows.RESOLVE_MANY, ResolveTerms(terms=terms, department="it")).answers
    assert batch == [ask(world, term, department="it") for term in terms]


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_1_to_1000_terms(count: int) -> None:
    with pytest.raises(ValueError, match="terms"):
        ResolveTerms(terms=["x"] * count)


def test_the_same_question_has_the_same_bytes_and_a_touched_input_another_id(world: Registry) -> None:
    first = ask(world, "account", department="it")
    load(world, "hub", "hub:other a <http://www.w3.org/2004/02/skos/core#Concept> .")
    assert encode(ask(world, "account", department="it")) == encode(first)
    load(world, "it", IT.replace("access to a system", "access to a computer"))
    later = ask(world, "account", department="it")
    assert later.decision_id != first.decision_id
    assert later.graph_version > first.graph_version
    past = world.call(rows.RESOLVE, ResolveTerm(term="account", department="it"), as_of=str(first.graph_version))
    assert past.winner.definition == "A person's access to a system."


def test_what_is_out_of_view_never_existed(world: Registry) -> None:
    secret = '<urn:x:secret> a skos:Concept ; skos:inScheme <urn:x:s> ; skos:prefLabel "Account"@en .'
    before = encode(world.acting("ivan").call(rows.RESOLVE, ResolveTerm(term="Account", department="finance")))
    load(world, "secret", secret, owner="finance", audience="finance")
    assert encode(world.acting("ivan").call(rows.RESOLVE, ResolveTerm(term="Account", department="finance"))) == before
    seen = world.acting("fiona").call(rows.RESOLVE, ResolveTerm(term="Account", department="finance"))
    assert seen.outcome == "NEEDS_CONTEXT"


def test_another_vocabularys_document_has_no_say(world: Registry) -> None:
    claim = """fin:account skos:prefLabel "Robbery"@en ; <https://w3id.org/lexicord/ns#owner> <urn:x:me> .
    hub:new a skos:Concept ; skos:inScheme <https://registry.example/hub> ; skos:prefLabel "New"@en ."""
    load(world, "hub", claim)
    assert ask(world, "Robbery").outcome == "NO_CANDIDATE"
    answer = ask(world, "fin/account")
    assert answer.winner is not None
    assert (answer.winner.pref_label, answer.winner.owner) == ("Account", "finance")


def test_whoever_holds_no_role_is_refused(world: Registry) -> None:
    world.call(principals.ADD, principals.AddPrincipal(handle="nobody", kind="person"))
    with pytest.raises(Exception, match="nobody"):
        world.acting("nobody").call(rows.RESOLVE, ResolveTerm(term="account"))


def test_a_language_is_a_tag() -> None:
    with pytest.raises((InvalidInputError, ValueError), match="language"):
        ResolveTerm(term="x", language="not a tag!")


@pytest.mark.shared
@pytest.mark.long
def test_two_real_thesauri_agree_on_the_labour_market(sqlite_registry: Registry, shared: Path) -> None:
    world = sqlite_registry
    for key, name in (("stw", "stw-9.06-2018.ttl"), ("unesco", "unesco-thesaurus-2019-10.ttl")):
        with (shared / "vocabularies" / name).open("rb") as document:
            world.call(schemes.IMPORT, schemes.ImportScheme(key=key, name=name), document)
    german = ask(world, "Arbeitsmarkt", language="de")
    assert german.winner is not None
    assert (german.winner.scheme, german.winner.concept) == ("stw", "http://zbw.eu/stw/descriptor/11183-4")
    apart = ask(world, "labour market")
    assert (apart.outcome, {other.scheme for other in apart.alternatives}) == ("NEEDS_CONTEXT", {"stw", "unesco"})
    agree(world, "stw/11183-4", "unesco/concept684")
    assert ask(world, "labour market").outcome == "AGREED_UNOWNED"
    within = ask(world, "labour market", scheme=["stw"])
    assert within.winner is not None
    assert within.winner.scheme == "stw"
