"""Mappings through the gate: put forward, approved by both sides, rejected and remembered, refused where they clash."""

from __future__ import annotations

from typing import Any

import pytest

from registry.contract import mappings as rows
from registry.contract.mappings import AddMapping, ApproveMapping, ListMappings, RejectMapping, WithdrawMapping
from registry.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
)
from registry.matching.mapping_set import MappingSet
from registry.matching.sssom import from_tsv
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, fill, iri, load

PAIR = {"subject": "fin/customer", "object": "hub/customer"}


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def approve(world: Registry, who: str | None = None, **fields: Any) -> Any:
    request = ApproveMapping(**(PAIR | fields))
    return (world.acting(who).call(rows.APPROVE, request) if who else world.call(rows.APPROVE, request)).mapping


def test_a_mapping_is_put_forward_and_approved_by_each_side(world: Registry) -> None:
    added = world.acting("carl").call(rows.ADD, AddMapping(**PAIR, confidence=0.91)).mapping
    assert (added.state, added.waiting_for, added.confidence) == ("suggested", ["fin", "hub"], 0.91)
    first = approve(world, "fiona")
    assert (first.state, first.waiting_for, first.approved_by_subject_side) == ("one_sided", ["hub"], "fiona")
    both = approve(world, "helen", subject=None, object=None, mapping=first.iri)
    assert (both.iri, both.state, both.waiting_for) == (added.iri, "approved", [])
    assert (both.approved_by_subject_side, both.approved_by_object_side) == ("fiona", "helen")
    assert both.predicate_id == "skos:exactMatch"
    assert (both.subject_id, both.subject_label, both.object) == (iri("fin/customer"), "Customer", "hub/customer")


def test_who_may_approve_for_both_sides_approves_at_once(world: Registry) -> None:
    assert approve(world).state == "approved"


def test_a_mapping_is_found_whichever_way_round_it_is_named(world: Registry) -> None:
    one = approve(world, "fiona", predicate="broad")
    both = approve(world, "helen", subject="hub/customer", object="fin/customer")
    assert (both.iri, both.state, both.predicate_id) == (one.iri, "approved", "skos:broadMatch")


def test_only_people_with_the_role_approve(world: Registry) -> None:
    world.call(rows.ADD, AddMapping(**PAIR))
    for who in ("bot", "rita", "carl", "ivan"):
        with pytest.raises(NotPermittedError):
            approve(world, who)
    assert world.call(rows.LIST, ListMappings()).mappings[0].state == "suggested"


def test_an_agent_puts_forward_and_a_reader_does_not(world: Registry) -> None:
    assert world.acting("bot").call(rows.ADD, AddMapping(**PAIR)).mapping.state == "suggested"
    with pytest.raises(NotPermittedError):
        world.acting("rita").call(rows.ADD, AddMapping(subject="fin/account", object="it/account"))


def test_a_reader_may_see_what_would_come_of_it(world: Registry) -> None:
    dry = world.acting("rita", dry_run=True).call(rows.APPROVE, ApproveMapping(**PAIR))
    assert dry.mapping.state == "approved"
    assert world.call(rows.LIST, ListMappings()).total == 0


def test_a_mapping_stands_once(world: Registry) -> None:
    world.call(rows.ADD, AddMapping(**PAIR))
    with pytest.raises(AlreadyExistsError, match="suggested already"):
        world.call(rows.ADD, AddMapping(subject="hub/customer", object="fin/customer"))


def test_a_rejection_is_remembered_until_it_is_reconsidered(world: Registry) -> None:
    request = RejectMapping(**PAIR, reason="Finance counts former customers too.")
    rejected = world.acting("fiona").call(rows.REJECT, request).mapping
    assert (rejected.state, rejected.rejected_by) == ("rejected", "fiona")
    with pytest.raises(ConflictError, match="former customers"):
        approve(world, "helen")
    with pytest.raises(ConflictError, match="former customers"):
        world.call(rows.ADD, AddMapping(**PAIR))
    again = approve(world, "helen", reconsider=True)
    assert (again.state, again.rejected_by, again.rejection_reason) == ("one_sided", None, None)


def test_a_rejection_ends_when_an_end_changes(world: Registry) -> None:
    world.call(rows.REJECT, RejectMapping(**PAIR, reason="No."))
    load(world, "fin", FINANCE.replace("an invoice has been posted", "we sell"))
    assert approve(world).state == "approved"


def test_a_rejection_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        RejectMapping(**PAIR, reason="  ")


def test_a_changed_end_asks_for_review_and_voids_both_approvals(world: Registry) -> None:
    approve(world)
    load(world, "fin", FINANCE.replace("an invoice has been posted", "we sell"))
    listed = world.call(rows.LIST, ListMappings(state="needs_review")).mappings[0]
    assert (listed.state, listed.waiting_for) == ("needs_review", ["fin", "hub"])
    assert approve(world, "fiona").waiting_for == ["hub"]
    assert approve(world, "helen").state == "approved"


def test_an_unrelated_change_asks_for_no_review(world: Registry) -> None:
    approve(world)
    load(world, "fin", FINANCE.replace("The removal of a receivable", "The taking of a receivable"))
    assert world.call(rows.LIST, ListMappings()).mappings[0].state == "approved"


def test_withdrawn_is_gone_until_approved_again(world: Registry) -> None:
    approve(world)
    assert world.acting("helen").call(rows.WITHDRAW, WithdrawMapping(**PAIR)).mapping.state == "withdrawn"
    with pytest.raises(NotFoundError):
        world.call(rows.WITHDRAW, WithdrawMapping(**PAIR))
    assert approve(world, "fiona").state == "one_sided"


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"object": "fin/customer"}, RefusedError, "itself"),
        ({"object": "fin/account"}, RefusedError, "one vocabulary"),
        ({"object": "hub/nothing"}, NotFoundError, "hub/nothing"),
        ({"object": "nowhere/x"}, NotFoundError, "nowhere"),
        ({"subject": "fin/bad-debt"}, ConflictError, "deprecated"),
    ],
)
def test_what_cannot_be_mapped(world: Registry, fields: dict[str, str], error: type[Exception], said: str) -> None:
    for operation, request in ((rows.ADD, AddMapping), (rows.APPROVE, ApproveMapping)):
        with pytest.raises(error, match=said):
            world.call(operation, request(**(PAIR | fields)))


def test_exact_and_broad_exclude_each_other(world: Registry) -> None:
    approve(world)
    with pytest.raises(ConflictError, match="S46") as caught:
        approve(world, predicate="broad")
    assert "fin/customer (Customer) exact hub/customer (Customer)" in str(caught.value)
    with pytest.raises(ConflictError, match="S46"):
        world.call(rows.ADD, AddMapping(subject="hub/customer", object="fin/customer", predicate="related"))
    assert world.call(rows.ADD, AddMapping(**PAIR, predicate="close")).mapping.state == "suggested"


def test_an_approval_overrules_a_suggested_predicate(world: Registry) -> None:
    world.call(rows.ADD, AddMapping(**PAIR))
    assert approve(world, predicate="broad").predicate_id == "skos:broadMatch"
    states = {m.predicate_id: m.state for m in world.call(rows.LIST, ListMappings()).mappings}
    assert states == {"skos:exactMatch": "withdrawn", "skos:broadMatch": "approved"}


def test_two_concepts_of_one_vocabulary_are_never_joined(world: Registry) -> None:
    approve(world)
    approve(world, subject="it/buyer", object="fin/customer")
    with pytest.raises(ConflictError) as caught:
        approve(world, subject="it/buyer", object="hub/purchaser")
    path = "hub/customer (Customer) = fin/customer (Customer) = it/buyer (Customer) = hub/purchaser (Purchaser)"
    assert path in str(caught.value)


def test_lists_are_filtered_and_paged(world: Registry) -> None:
    approve(world)
    world.call(rows.ADD, AddMapping(subject="fin/account", object="it/account", predicate="close"))
    found = world.call(rows.LIST, ListMappings(scheme="hub"))
    assert [m.object for m in found.mappings] == ["hub/customer"]
    assert world.call(rows.LIST, ListMappings(scheme="hub", other="it")).total == 0
    first = world.call(rows.LIST, ListMappings(limit=1))
    rest = world.call(rows.LIST, ListMappings(limit=1, cursor=first.next))
    assert [first.mappings[0].subject, rest.mappings[0].subject, rest.next] == ["fin/account", "fin/customer", None]
    with pytest.raises(NotFoundError):
        world.call(rows.LIST, ListMappings(scheme="nowhere"))


def test_a_mapping_is_named_in_one_way() -> None:
    for fields in ({}, {"subject": "a/b"}, {"subject": "a/b", "object": "c/d", "mapping": "urn:x"}):
        with pytest.raises(ValueError, match="name the mapping"):
            ApproveMapping(**fields)


def test_an_unknown_or_malformed_mapping_is_told(world: Registry) -> None:
    with pytest.raises(NotFoundError):
        world.call(rows.APPROVE, ApproveMapping(mapping="urn:lexicord:none"))
    with pytest.raises(InvalidInputError):
        world.call(rows.APPROVE, ApproveMapping(mapping="no:iri at all"))
    with pytest.raises(InvalidInputError, match="both concepts"):
        world.call(rows.APPROVE, ApproveMapping(mapping="fin/customer"))
    short = approve(world).iri.rpartition("/")[2]
    assert approve(world, subject=None, object=None, mapping=short).state == "approved"


def test_the_past_knew_nothing_of_it(world: Registry) -> None:
    before = world.store.head()
    approve(world)
    assert world.call(rows.LIST, ListMappings(), as_of=str(before)).total == 0


def suggested(world: Registry) -> dict[tuple[str, str], rows.Candidate]:
    found = world.call(rows.SUGGEST, rows.SuggestMappings(scheme="fin", other="hub"))
    return {(c.subject, c.object): c for c in found.candidates}


def test_suggestions_come_with_evidence(world: Registry) -> None:
    found = suggested(world)["fin/customer", "hub/customer"]
    assert (found.predicate_id, found.subject_label, found.object_id) == (
        "skos:exactMatch",
        "Customer",
        iri("hub/customer"),
    )
    assert 0.5 <= found.confidence <= 1
    assert found.evidence.subject_match.text == "Customer"
    assert found.evidence.subject_definition == "Somebody to whom an invoice has been posted."


def test_what_people_decided_is_not_suggested_until_an_end_changes(world: Registry) -> None:
    world.call(rows.REJECT, RejectMapping(**PAIR, reason="No."))
    assert ("fin/customer", "hub/customer") not in suggested(world)
    load(world, "fin", FINANCE.replace("an invoice has been posted", "we sell"))
    assert ("fin/customer", "hub/customer") in suggested(world)
    approve(world)
    assert ("fin/customer", "hub/customer") not in suggested(world)


def test_deprecated_concepts_are_not_suggested(world: Registry) -> None:
    load(world, "other", 'hub:x a skos:Concept ; skos:prefLabel "Bad debt"@en .', kind="external")
    found = world.call(rows.SUGGEST, rows.SuggestMappings(scheme="fin", other="other", min_confidence=0.9))
    assert found.candidates == []


def test_suggesting_needs_two_known_vocabularies(world: Registry) -> None:
    with pytest.raises(NotFoundError):
        world.call(rows.SUGGEST, rows.SuggestMappings(scheme="fin", other="nowhere"))
    with pytest.raises(RefusedError):
        world.call(rows.SUGGEST, rows.SuggestMappings(scheme="fin", other="fin"))


def exported(world: Registry, **fields: Any) -> MappingSet:
    document = world.call(rows.EXPORT, rows.ExportMappings(**({"scheme": "fin", "other": "hub"} | fields)))
    return from_tsv(document.read().decode())


def test_what_both_sides_approved_is_exported_as_sssom(world: Registry) -> None:
    approve(world, predicate="broad", confidence=0.8)
    world.acting("fiona").call(rows.APPROVE, ApproveMapping(subject="fin/account", object="hub/purchaser"))
    (row,) = exported(world).mappings
    assert (row.subject_id, row.object_id, row.confidence) == (iri("fin/customer"), iri("hub/customer"), 0.8)
    assert row.predicate_id.endswith("#broadMatch")
    assert row.mapping_justification.endswith("/ManualMappingCuration")
    (turned,) = exported(world, scheme="hub", other="fin").mappings
    assert (turned.subject_id, turned.record_id) == (iri("hub/customer"), row.record_id)
    assert turned.predicate_id.endswith("#narrowMatch")


def test_rejections_are_exported_apart_as_negated_mappings(world: Registry) -> None:
    world.call(rows.REJECT, RejectMapping(**PAIR, reason="Finance counts\tformer customers\nas well."))
    assert exported(world).mappings == ()
    (row,) = exported(world, negatives=True).mappings
    assert (row.is_negative, row.object_id) == (True, iri("hub/customer"))
    assert row.comment == "Finance counts\tformer customers\nas well."
