"""Conflicts through the gate: found, recorded once, closed when their cause is gone, reopened when a side changes."""

from __future__ import annotations

from datetime import datetime

import pytest

from registry.contract import conflicts as rows
from registry.contract import mappings
from registry.contract.conflicts import Conflict, ConflictsFound, FindConflicts, ListConflicts, ShowConflict
from registry.errors import NotFoundError, NotPermittedError, RefusedError
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, IT, fill, load


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def search(world: Registry, *schemes: str) -> ConflictsFound:
    found = world.call(rows.FIND, FindConflicts(scheme=list(schemes)))
    assert isinstance(found, ConflictsFound)
    return found


def listed(world: Registry, **fields: object) -> list[Conflict]:
    found = world.call(rows.LIST, ListConflicts(**fields))
    assert found.total == len(found.conflicts)
    return list(found.conflicts)


def account(world: Registry) -> Conflict:
    return next(c for c in listed(world) if c.label_key == "account")


def test_one_word_for_two_meanings_is_put_on_record(world: Registry) -> None:
    found = search(world)
    assert found.opened == found.standing == len(listed(world)) > 0
    conflict = account(world)
    assert (conflict.kind, conflict.state) == ("homonym", "open")
    assert (conflict.parties, conflict.schemes) == (["finance", "it"], ["fin", "it"])
    assert conflict.arbiter == "group"
    definitions = {side.reference: side.definition for side in conflict.sides}
    assert definitions == {
        "fin/account": "A record in the general ledger.",
        "it/account": "A person's access to a system.",
    }
    assert conflict.found is not None
    assert datetime.fromisoformat(conflict.found).tzinfo is not None
    for name in (conflict.id, conflict.iri):
        assert world.call(rows.SHOW, ShowConflict(conflict=name)) == conflict


def test_looking_again_changes_nothing(world: Registry) -> None:
    first = search(world)
    again = search(world)
    assert (again.opened, again.closed, again.reopened) == (0, 0, 0)
    assert (again.standing, again.kinds, again.seq) == (first.standing, first.kinds, first.seq)


def test_a_conflict_closes_when_its_cause_is_gone_and_comes_back_with_it(world: Registry) -> None:
    search(world)
    conflict = account(world)
    load(world, "it", IT.replace('"Account"@en', '"Login"@en'))
    assert search(world).closed == 1
    closed = world.call(rows.SHOW, ShowConflict(conflict=conflict.id))
    assert closed.state == "applied"
    assert closed.decided_by
    assert "cause is gone" in closed.reason
    load(world, "it", IT)
    assert search(world).reopened == 1
    assert account(world).model_copy(update={"found": None}) == conflict.model_copy(update={"found": None})


def test_an_approved_mapping_settles_what_words_left_open(world: Registry) -> None:
    search(world)
    before = {c.label_key for c in listed(world, state="open")}
    assert "customer" in before
    for subject, object_ in (
        ("fin/customer", "hub/customer"),
        ("it/buyer", "hub/customer"),
        ("fin/customer", "it/buyer"),
    ):
        world.call(mappings.APPROVE, mappings.ApproveMapping(subject=subject, object=object_))
    search(world)
    assert "customer" not in {c.label_key for c in listed(world, state="open")}


def test_lists_are_filtered(world: Registry) -> None:
    search(world)
    everything = listed(world)
    assert listed(world, department="it") == [c for c in everything if "it" in c.parties]
    assert listed(world, scheme="hub") == [c for c in everything if "hub" in c.schemes]
    assert listed(world, kind="homonym") == [c for c in everything if c.kind == "homonym"]
    assert listed(world, state="decided") == []
    for fields in ({"department": "nowhere"}, {"scheme": "nowhere"}):
        with pytest.raises(NotFoundError):
            listed(world, **fields)


def test_only_the_named_vocabularies_are_compared(world: Registry) -> None:
    found = search(world, "fin", "it")
    assert found.pairs == 1
    assert {tuple(c.schemes) for c in listed(world)} == {("fin", "it")}
    with pytest.raises(RefusedError):
        search(world, "fin")
    with pytest.raises(NotFoundError):
        search(world, "fin", "nowhere")


def test_two_vocabularies_of_one_department_do_not_conflict(world: Registry) -> None:
    load(world, "fin-old", FINANCE.replace("example/fin", "example/old").replace("fin:", "hub:"), owner="finance")
    assert search(world, "fin", "fin-old").pairs == 0


def test_a_reader_looks_at_conflicts_and_records_none(world: Registry) -> None:
    search(world)
    assert world.acting("rita").call(rows.LIST, ListConflicts()).total > 0
    with pytest.raises(NotPermittedError):
        world.acting("rita").call(rows.FIND, FindConflicts())


def test_what_is_out_of_view_is_in_no_conflict(world: Registry) -> None:
    secret = '<urn:x:secret> a skos:Concept ; skos:inScheme <urn:x:s> ; skos:prefLabel "Account"@en .'
    load(world, "secret", secret, owner="finance", audience="finance")
    search(world)
    inside = world.acting("fiona").call(rows.LIST, ListConflicts(scheme="secret"))
    assert inside.total > 0
    everything = world.acting("ivan").call(rows.LIST, ListConflicts()).conflicts
    assert not [c for c in everything if "secret" in c.schemes]
    with pytest.raises(NotFoundError):
        world.acting("ivan").call(rows.SHOW, ShowConflict(conflict=inside.conflicts[0].id))


@pytest.mark.parametrize("name", ["none", "https://registry.example/id/conflict/none"])
def test_an_unknown_conflict_is_not_found(world: Registry, name: str) -> None:
    with pytest.raises(NotFoundError):
        world.call(rows.SHOW, ShowConflict(conflict=name))


@pytest.mark.parametrize("name", ["urn:x:none", "https://registry.example/id/department/it", "a/b", "../x"])
def test_what_names_no_conflict_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="short id"):
        ShowConflict(conflict=name)


def test_a_dry_run_counts_and_records_nothing(world: Registry) -> None:
    assert world.call(rows.FIND, FindConflicts(), dry_run=True).opened > 0
    assert listed(world) == []


def test_what_mapped_concepts_disagree_in_is_put_on_record_and_retold(world: Registry) -> None:
    load(world, "it", IT.replace("A person or company that buys from us.", "Counted monthly, in EUR."))
    load(world, "fin", FINANCE.replace("Somebody to whom an invoice has been posted.", "Counted annually, in USD."))
    search(world, "fin", "it")
    unit, period = (listed(world, kind=kind)[0] for kind in ("different_unit_or_formula", "different_granularity"))
    assert (unit.label_key, period.label_key) == ("USD / EUR", "year / month")
    assert "USD / EUR" in unit.evidence
    load(world, "it", IT.replace("A person or company that buys from us.", "Counted monthly, in CHF."))
    again = search(world, "fin", "it")
    assert (again.opened, again.closed) == (0, 0)
    assert [one.label_key for one in listed(world, kind="different_unit_or_formula")] == ["USD / CHF"]


def test_mappings_that_a_new_edition_contradicts_are_a_conflict(world: Registry) -> None:
    for subject, object_ in (("fin/gross-margin", "it/client"), ("fin/net-margin", "it/buyer")):
        world.call(mappings.APPROVE, mappings.ApproveMapping(subject=subject, object=object_))
    above = "fin:gross-margin skos:broader fin:net-margin .\n"
    load(world, "fin", FINANCE + above)
    load(world, "it", IT + "it:buyer skos:broader it:client .\n")
    assert world.call(mappings.LIST, mappings.ListMappings(state="needs_review")).total == 2
    search(world, "fin", "it")
    (clash,) = listed(world, kind="mapping_clash")
    assert clash.label_key == "broader cycle"
    assert len(clash.sides) == 4
