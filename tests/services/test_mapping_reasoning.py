"""What follows from mappings and what they contradict: computed each time, withdrawn with its premises, refused."""

from __future__ import annotations

import pytest

from registry.contract import mapping_reasoning as reasoning
from registry.contract import mappings as rows
from registry.contract.mapping_reasoning import CheckMappings, InferMappings
from registry.contract.mappings import ApproveMapping, RejectMapping, WithdrawMapping
from registry.errors import ConflictError, NotFoundError
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, HUB, IT, fill, load

ABOVE = "fin:gross-margin skos:broader fin:margin-class .\nfin:margin-class a skos:Concept ; " \
        "skos:inScheme <https://registry.example/fin> ; skos:prefLabel \"Margin class\"@en .\n"  # fmt: skip
BELOW = "it:client skos:broader it:buyer .\n"


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def approve(world: Registry, subject: str, object_: str, predicate: str = "exact", **more: bool) -> None:
    world.call(rows.APPROVE, ApproveMapping(subject=subject, object=object_, predicate=predicate, **more))


def inferred(world: Registry, **fields: object) -> dict[tuple[str, str, str], int]:
    found = world.call(reasoning.INFER, InferMappings(**fields))
    return {(one.subject, one.predicate_id, one.object): len(one.path) for one in found.mappings}


def test_chains_follow_with_their_path_and_fall_with_their_premises(world: Registry) -> None:
    approve(world, "fin/customer", "hub/customer")
    approve(world, "hub/customer", "it/buyer", "broad")
    found = inferred(world, scheme="fin", other="it")
    assert found == {("fin/customer", "skos:broadMatch", "it/buyer"): 2}
    assert inferred(world, scheme="it", other="fin") == {("it/buyer", "skos:narrowMatch", "fin/customer"): 2}
    assert world.call(rows.LIST, rows.ListMappings()).total == 2, "nothing inferred is stored"
    world.call(rows.WITHDRAW, WithdrawMapping(subject="fin/customer", object="hub/customer"))
    assert inferred(world, scheme="fin", other="it") == {}


def test_weak_mappings_take_part_only_when_asked(world: Registry) -> None:
    approve(world, "fin/customer", "hub/customer")
    approve(world, "hub/customer", "it/buyer", "close")
    assert inferred(world, scheme="fin", other="it") == {}
    assert inferred(world, scheme="fin", other="it", weak=True) == {("fin/customer", "skos:closeMatch", "it/buyer"): 2}


def test_one_sided_mappings_are_no_premises(world: Registry) -> None:
    world.acting("fiona").call(rows.APPROVE, ApproveMapping(subject="fin/customer", object="hub/customer"))
    approve(world, "hub/customer", "it/buyer")
    assert inferred(world, scheme="fin", other="it") == {}


def test_a_chain_that_leads_to_what_was_rejected_is_refused_with_its_path(world: Registry) -> None:
    world.call(rows.REJECT, RejectMapping(subject="fin/customer", object="it/buyer", reason="Invoices are not sales."))
    approve(world, "fin/customer", "hub/customer")
    with pytest.raises(ConflictError, match="contradicts rejection") as refused:
        approve(world, "hub/customer", "it/buyer")
    assert len(refused.value.facts["path"]) == 3
    assert world.call(reasoning.CHECK, CheckMappings()).results == []


def test_exact_over_a_chain_excludes_broad(world: Registry) -> None:
    approve(world, "fin/customer", "hub/customer")
    approve(world, "hub/customer", "it/buyer")
    with pytest.raises(ConflictError, match="cannot stand beside"):
        approve(world, "fin/customer", "it/buyer", "broad")


def test_an_ancestor_is_not_mapped_below_a_descendant(world: Registry) -> None:
    load(world, "fin", FINANCE + ABOVE)
    load(world, "it", IT + BELOW)
    approve(world, "fin/margin-class", "it/client")
    with pytest.raises(ConflictError, match="broader cycle"):
        approve(world, "fin/gross-margin", "it/buyer")
    approve(world, "fin/gross-margin", "it/buyer", "close")


def test_what_a_new_edition_makes_incoherent_is_found_by_check(world: Registry) -> None:
    load(world, "fin", FINANCE + ABOVE)
    approve(world, "fin/margin-class", "it/client")
    approve(world, "fin/gross-margin", "it/buyer")
    assert world.call(reasoning.CHECK, CheckMappings()).counts == {}
    load(world, "it", IT + BELOW)
    found = world.call(reasoning.CHECK, CheckMappings(scheme="fin"))
    assert (found.counts, found.mappings) == ({"broader_cycle": 1}, 2)
    assert len(found.results[0].path) == 2
    assert "fin/margin-class (Margin class)" in found.results[0].message
    assert world.call(reasoning.CHECK, CheckMappings(scheme="hub")).results == []


def test_an_end_that_was_deprecated_since_is_found(world: Registry) -> None:
    approve(world, "fin/customer", "hub/customer")
    load(world, "hub", HUB + "hub:customer <http://www.w3.org/2002/07/owl#deprecated> true .\n")
    assert world.call(reasoning.CHECK, CheckMappings()).counts.get("deprecated_end") == 1


def test_unknown_vocabularies_are_told(world: Registry) -> None:
    with pytest.raises(NotFoundError):
        inferred(world, scheme="none")
    with pytest.raises(NotFoundError):
        world.call(reasoning.CHECK, CheckMappings(scheme="none"))
