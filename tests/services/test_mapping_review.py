"""Judging suggestions: unsure and no match are remembered, samples are blind, and what they teach moves confidence."""

from __future__ import annotations

from typing import Any

import pytest

from registry.contract import mapping_review as review
from registry.contract import mappings as rows
from registry.contract.mapping_review import AcceptBand, JudgeMapping, NoMatch, SampleMappings, ShowCalibration
from registry.contract.mappings import Candidate, ListMappings, RejectMapping, SuggestMappings, UnsureMapping
from registry.errors import ConflictError, InvalidInputError, NotPermittedError, RefusedError
from tests.adapters.registries import Registry
from tests.services.worlds import FINANCE, fill, load

PAIR = {"subject": "fin/customer", "object": "hub/customer"}


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def offered(world: Registry, scheme: str = "fin", other: str = "hub", **fields: Any) -> list[Candidate]:
    found = world.call(rows.SUGGEST, SuggestMappings(scheme=scheme, other=other, **fields))
    return list(found.candidates)


def pairs(found: list[Candidate]) -> set[tuple[str, str]]:
    return {(one.subject, one.object) for one in found}


def test_an_unsure_pair_stays_away_until_an_end_changes(world: Registry) -> None:
    assert tuple(PAIR.values()) in pairs(offered(world))
    left = world.acting("carl").call(rows.UNSURE, UnsureMapping(**PAIR, reason="Ask sales.")).mapping
    assert (left.state, left.waiting_for) == ("unsure", [])
    assert tuple(PAIR.values()) not in pairs(offered(world))
    load(world, "fin", FINANCE.replace("an invoice has been posted", "we sell"))
    assert tuple(PAIR.values()) in pairs(offered(world))


def test_what_was_decided_is_not_left_open(world: Registry) -> None:
    world.call(rows.APPROVE, rows.ApproveMapping(**PAIR))
    with pytest.raises(ConflictError, match="approved already"):
        world.call(rows.UNSURE, UnsureMapping(**PAIR))


def test_an_unsure_pair_can_still_be_approved(world: Registry) -> None:
    world.call(rows.UNSURE, UnsureMapping(**PAIR))
    assert world.call(rows.APPROVE, rows.ApproveMapping(**PAIR)).mapping.state == "approved"


def test_a_rejection_says_in_which_way_the_two_differ(world: Registry) -> None:
    request = RejectMapping(**PAIR, reason="Former customers too.", mismatch="scope")
    assert world.call(rows.REJECT, request).mapping.mismatch == "scope"
    assert world.call(rows.LIST, ListMappings(state="rejected")).mappings[0].mismatch == "scope"
    assert tuple(PAIR.values()) not in pairs(offered(world))
    again = world.call(rows.APPROVE, rows.ApproveMapping(**PAIR, reconsider=True)).mapping
    assert again.mismatch is None


def test_a_concept_without_a_match_is_offered_none_until_it_changes(world: Registry) -> None:
    found = world.acting("carl").call(review.NO_MATCH, NoMatch(concept="fin/customer", scheme="hub"))
    assert (found.concept, found.scheme) == ("fin/customer", "hub")
    assert not [one for one in offered(world) if one.subject == "fin/customer"]
    assert [one for one in offered(world, other="it") if one.subject == "fin/customer"], "only there"
    assert world.call(rows.LIST, ListMappings()).total == 0
    load(world, "fin", FINANCE.replace("an invoice has been posted", "we sell"))
    assert [one for one in offered(world) if one.subject == "fin/customer"]


def test_no_match_is_sought_elsewhere(world: Registry) -> None:
    with pytest.raises(RefusedError):
        world.call(review.NO_MATCH, NoMatch(concept="fin/customer", scheme="fin"))
    with pytest.raises(NotPermittedError):
        world.acting("rita").call(review.NO_MATCH, NoMatch(concept="fin/customer", scheme="hub"))


def test_evidence_tells_what_stands_above_and_beside(world: Registry) -> None:
    beside = """
fin:party a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:prefLabel "Party"@en .
fin:supplier a skos:Concept ; skos:inScheme <https://registry.example/fin> ; skos:broader fin:party ;
    skos:prefLabel "Supplier"@en .
fin:customer skos:broader fin:party .
"""
    load(world, "fin", FINANCE + beside)
    one = next(c for c in offered(world) if (c.subject, c.object) == tuple(PAIR.values()))
    assert (one.evidence.subject_broader, one.evidence.subject_siblings) == (["Party"], ["Supplier"])
    assert one.evidence.object_broader == []


def test_the_queue_holds_the_best_object_of_each_subject_by_debt(world: Registry) -> None:
    from registry.contract import conflicts

    before = offered(world, "fin", "it", order="queue", min_confidence=0.1)
    assert len({one.subject for one in before}) == len(before)
    assert [one.priority for one in before] == sorted((one.priority for one in before), reverse=True)
    world.call(conflicts.FIND, conflicts.FindConflicts(scheme=["fin", "it"]))
    after = {(one.subject, one.object): one.priority for one in offered(world, "fin", "it", order="queue")}
    risen = [one for one in before if after.get((one.subject, one.object), 0) > one.priority]
    assert ("fin/account", "it/account") in pairs(risen), "a conflict about the two is more debt"


def judge(world: Registry, one: Candidate | Any, correct: bool) -> Any:
    request = JudgeMapping(subject=one.subject, object=one.object, score=one.score, correct=correct)
    return world.call(review.JUDGE, request).band


def test_a_sample_is_drawn_once_and_judging_moves_confidence(world: Registry) -> None:
    drawn = world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.3, sample=10))
    assert drawn.population == len(drawn.candidates) > 0
    before = {(one.subject, one.object): one for one in offered(world, "fin", "it", min_confidence=0.3)}
    one = drawn.candidates[0]
    band = judge(world, one, correct=False)
    assert (band.judged, band.correct) == (1, 0)
    after = {(c.subject, c.object): c for c in offered(world, "fin", "it", min_confidence=0.3)}
    moved = after[one.subject, one.object]
    assert moved.score == before[one.subject, one.object].score == one.score
    assert moved.confidence == band.expected < before[one.subject, one.object].confidence
    again = world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.3, sample=10))
    assert (one.subject, one.object) not in {(c.subject, c.object) for c in again.candidates}
    assert again.judged == 1
    assert world.call(review.CALIBRATION, ShowCalibration(scheme="it", other="fin")).judged == 1


def test_judging_again_replaces_what_was_said(world: Registry) -> None:
    one = world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.3, sample=1)).candidates[0]
    judge(world, one, correct=False)
    band = judge(world, one, correct=True)
    assert (band.judged, band.correct) == (1, 1)


def test_only_people_who_may_approve_judge(world: Registry) -> None:
    request = JudgeMapping(subject="fin/account", object="it/account", score=0.9, correct=True)
    for who in ("bot", "rita", "carl", "helen"):
        with pytest.raises(NotPermittedError):
            world.acting(who).call(review.JUDGE, request)


def test_a_band_is_accepted_only_on_proof(world: Registry) -> None:
    with pytest.raises(RefusedError, match=r"59 without a\s+fault"):
        world.call(review.ACCEPT_BAND, AcceptBand(scheme="fin", other="it", low=0.3))
    for one in world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.3)).candidates:
        judge(world, one, correct=True)
    judged = world.call(review.CALIBRATION, ShowCalibration(scheme="fin", other="it")).judged
    target = round(0.05 ** (1 / judged) - 0.01, 4)
    dry = world.call(review.ACCEPT_BAND, AcceptBand(scheme="fin", other="it", low=0.3, target=target), dry_run=True)
    assert world.call(rows.LIST, ListMappings()).total == 0
    done = world.call(review.ACCEPT_BAND, AcceptBand(scheme="fin", other="it", low=0.3, target=target))
    assert done.accepted == dry.accepted > 0
    listed = world.call(rows.LIST, ListMappings(state="approved"))
    assert listed.total == done.accepted
    assert {m.mapping_justification for m in listed.mappings} == {"LexicalSimilarityThresholdMatching"}
    with pytest.raises(NotPermittedError):
        world.acting("bot").call(review.ACCEPT_BAND, AcceptBand(scheme="fin", other="it", low=0.3, target=target))


def test_what_was_judged_wrong_is_left_out_of_a_band(world: Registry) -> None:
    drawn = world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.3)).candidates
    for place, one in enumerate(drawn):
        judge(world, one, correct=place > 0)
    done = world.call(review.ACCEPT_BAND, AcceptBand(scheme="fin", other="it", low=0.3, target=0.01))
    assert done.left_out >= 1
    approved = {(m.subject, m.object) for m in world.call(rows.LIST, ListMappings(state="approved")).mappings}
    assert (drawn[0].subject, drawn[0].object) not in approved


def test_a_band_has_its_lower_end_first(world: Registry) -> None:
    with pytest.raises(InvalidInputError):
        world.call(review.SAMPLE, SampleMappings(scheme="fin", other="it", low=0.9, high=0.3))
