"""Submitted records: what is let through, tolerated and held back; quarantine; previews; quality by day and drift."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.client import Client
from registry.contract import quality, quarantine, shapes, sources
from registry.contract.departments import ADD, AddDepartment
from registry.contract.principals import ADD as ADD_PRINCIPAL
from registry.contract.principals import GRANT, AddPrincipal, GrantRole
from registry.errors import InvalidInputError, NotFoundError, NotPermittedError, RefusedError, TooLargeError
from registry.services.quality import stability_index
from registry.store.submitted import KEPT_RECORDS, Measure, measure
from tests.adapters.registries import Registry

TITLE, DAY, STATE = "http://purl.org/dc/terms/title", "http://purl.org/dc/terms/date", "https://example.org/ns#state"
PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""
SHAPES = (
    PREFIXES
    + """
ex:PageShape a sh:NodeShape ; sh:targetClass ex:Page ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:maxLength %d ] ;
    sh:property [ sh:path dcterms:date ; sh:datatype xsd:date ] .
"""
)
CONTEXT = {"title": TITLE, "state": STATE, "day": {"@id": DAY, "@type": "http://www.w3.org/2001/XMLSchema#date"}}


def page(number: int, **fields: Any) -> dict[str, Any]:
    return {"@id": f"https://site.example/{number}", "title": f"Page {number}", "day": "2026-01-02", **fields}


GOOD, UNTITLED, ODD_DAY = page(1), page(2, title=None), page(3, day="31.12.2023")


@pytest.fixture
def site(registry: Registry) -> Registry:
    """A registry with a source of pages, in enforce mode."""
    registry.call(ADD, AddDepartment(key="web", name="Web"))
    asked = shapes.PublishShapes(key="page", owner="web")
    registry.call(shapes.PUBLISH, asked, io.BytesIO((SHAPES % 30).encode()))
    source = sources.RegisterSource(key="site", owner="web", title="Site", context=CONTEXT, profile="page",
                                    type="https://example.org/ns#Page", mode="enforce")  # fmt: skip
    registry.call(sources.REGISTER, source)
    return registry


def submit(registry: Registry | Client, *records: Any) -> quarantine.Submitted:
    body = b"\n".join(one if isinstance(one, bytes) else orjson.dumps(one) for one in records)
    asked = quarantine.SubmitRecords(source="site")
    found: quarantine.Submitted = registry.call(quarantine.SUBMIT, asked, io.BytesIO(body))
    return found


def held(registry: Registry | Client, **fields: Any) -> list[quarantine.HeldRecord]:
    found = registry.call(quarantine.LIST, quarantine.ListHeld(source="site", **fields)).records
    return sorted(found, key=lambda one: one.focus_node)


def set_mode(registry: Registry, mode: Any) -> None:
    registry.call(sources.REVISE, sources.ReviseSource(source="site", mode=mode))


def quality_of(registry: Registry, **fields: Any) -> quality.Quality:
    found: quality.Quality = registry.call(quality.SHOW, quality.ShowQuality(source="site", **fields))
    return found


def test_records_with_violations_are_held_with_their_reasons(site: Registry) -> None:
    found = submit(site, GOOD, UNTITLED, ODD_DAY, b'{"broken"')
    assert (found.records, found.accepted, found.conforming, found.quarantined, found.malformed) == (4, 1, 1, 3, 1)
    assert [one.reasons for one in held(site)] == [["malformed"], ["minCount:title"], ["datatype:day"]]
    shown = site.call(quarantine.SHOW, quarantine.ShowHeld(source="site", id=held(site)[1].id))
    assert shown.record == UNTITLED
    assert shown.report is not None
    assert shown.report["results"][0]["constraint"] == "minCount"
    again = submit(site, UNTITLED)
    assert again.held == [held(site)[1].id], "the same record is held once"
    with pytest.raises(NotFoundError):
        site.call(quarantine.SHOW, quarantine.ShowHeld(source="site", id="nothing"))


def test_what_is_held_is_repaired_replaced_or_released(site: Registry) -> None:
    submit(site, UNTITLED, ODD_DAY)
    untitled, odd = (one.id for one in held(site))
    repaired = site.call(quarantine.REPAIR, quarantine.RepairHeld(source="site", id=odd)).record
    assert (repaired.state, repaired.record["day"]) == ("released", "2023-12-31")
    with pytest.raises(RefusedError, match="repairs itself"):
        site.call(quarantine.REPAIR, quarantine.RepairHeld(source="site", id=untitled))
    still = quarantine.RepairHeld(source="site", id=untitled, record={**UNTITLED, "title": "x" * 40})
    assert site.call(quarantine.REPAIR, still).record.reasons == ["maxLength:title"]
    asked = quarantine.ReleaseHeld(source="site", id=untitled, reason="The author is away.")
    assert site.call(quarantine.RELEASE, asked).record.state == "released"
    with pytest.raises(RefusedError):
        site.call(quarantine.RELEASE, asked)
    assert held(site) == []
    assert {one.id for one in held(site, state="released")} == {untitled, odd}


def test_a_quarantine_is_validated_again_when_the_profile_has_changed(site: Registry) -> None:
    submit(site, page(1, title="x" * 40), UNTITLED)
    asked = shapes.PublishShapes(key="page", owner="web")
    site.call(shapes.PUBLISH, asked, io.BytesIO((SHAPES % 50).encode()))
    found = site.call(quarantine.REVALIDATE, quarantine.RevalidateHeld(source="site"))
    assert (found.checked, found.released, found.held) == (2, 1, 1)


def test_old_violations_are_tolerated_until_they_are_mended_once(site: Registry) -> None:
    set_mode(site, "warn")
    assert submit(site, UNTITLED, ODD_DAY).quarantined == 0
    set_mode(site, "enforce")
    first = submit(site, UNTITLED, ODD_DAY, page(4, title=None))
    assert (first.tolerated, first.quarantined) == (2, 1)
    assert submit(site, {**UNTITLED, "day": "never"}).quarantined == 1, "another violation is new"
    assert submit(site, {**UNTITLED, "title": "Mended"}).conforming == 1
    assert submit(site, UNTITLED).quarantined == 1, "what was mended once is new when it comes back"


def test_other_modes_hold_nothing_back(site: Registry) -> None:
    for mode in ("observe", "warn"):
        set_mode(site, mode)
        found = submit(site, GOOD, UNTITLED, b"[1]")
        assert (found.accepted, found.quarantined, found.malformed) == (2, 0, 1)


def test_shapes_are_tried_on_the_newest_records(site: Registry) -> None:
    submit(site, *(page(n, title="x" * (n % 20 + 1)) for n in range(KEPT_RECORDS + 100)))
    asked = shapes.PreviewShapes(source="site")
    found = site.call(quarantine.PREVIEW, asked, io.BytesIO((SHAPES % 19).encode()))
    assert (found.records, found.newly_rejected, found.newly_accepted) == (KEPT_RECORDS, KEPT_RECORDS // 20, 0)
    assert found.share == 0.05
    assert "maxLength" in found.examples[0]
    assert held(site) == []


def test_a_submission_has_a_bound_and_is_taken_whole(site: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.services.submission.MOST_SUBMITTED", 3)
    with pytest.raises(TooLargeError):
        submit(site, GOOD, UNTITLED, GOOD, GOOD)
    assert held(site) == []
    assert quality_of(site).last_day is None


def test_who_may_submit_and_who_may_see_what_is_held(site: Registry) -> None:
    site.call(ADD_PRINCIPAL, AddPrincipal(handle="bot", kind="service"))
    site.call(GRANT, GrantRole(principal="bot", role="contributor", department="web"))
    bot = site.acting("bot")
    assert submit(bot, UNTITLED).quarantined == 1
    with pytest.raises(NotPermittedError):
        held(bot)


def test_quality_is_counted_by_day_and_property(site: Registry) -> None:
    submit(site, GOOD, UNTITLED, ODD_DAY, page(5, state="new"))
    found = quality_of(site, minimum=("completeness=0.5", "uniqueness=1"))
    values = {(one.property, one.dimension): one.value for one in found.series}
    assert values["", "volume"] == 4
    assert values["", "conformance"] == 0.5
    assert values[TITLE, "completeness"] == 0.75
    assert values[TITLE, "conformance"] == 0.75
    assert values[DAY, "conformance"] == 0.75
    assert values[STATE, "completeness"] == 0.25
    assert [(one.dimension, one.met) for one in found.requirements] == [("completeness", False), ("uniqueness", True)]
    assert not found.met
    assert found.silent_days == 0
    submit(site, GOOD)
    assert next(one.value for one in quality_of(site).series if one.dimension == "volume") == 5
    for wrong in ("completeness", "completeness=2", "=0.5", "volume=0.5", "a=nan"):
        with pytest.raises(InvalidInputError):
            quality_of(site, minimum=(wrong,))


def test_values_that_move_are_drift_and_few_values_are_not(site: Registry) -> None:
    today = datetime.now(UTC).date()
    with site.store.writing() as connection:
        for back, counts in ((5, (150, 150)), (1, (100, 100)), (0, (30, 270))):
            day = (today - timedelta(days=back)).isoformat()
            for state, count in zip(("draft", "final"), counts, strict=True):
                measure(connection, "site", day, {Measure(STATE, "values", state): (count, sum(counts)),
                                                  Measure(TITLE, "values", state): (count // 10, 30)})  # fmt: skip
    by_property = {one.property: one for one in quality_of(site).drift}
    assert by_property[STATE].drifted
    assert (by_property[STATE].moved[0].before, by_property[STATE].moved[0].now) == (0.5, 0.1)
    assert (by_property[TITLE].index, by_property[TITLE].drifted) == (None, False)
    assert quality_of(site, days=1).drift == []


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 1000), min_size=1)


@given(counts, counts)
def test_the_stability_index_is_zero_for_equal_shares_and_positive_otherwise(
    one: dict[str, int], other: dict[str, int]
) -> None:
    assert stability_index(one, {value: count * 3 for value, count in one.items()}) == pytest.approx(0)
    assert stability_index(one, other) >= 0
    assert stability_index(one, other) == pytest.approx(stability_index(other, one))


def test_use_of_vocabularies_is_counted_by_term(site: Registry) -> None:
    from registry.contract import schemes

    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix t: <https://topics.example/> .
    t:scheme a skos:ConceptScheme ; skos:prefLabel "Topics"@en .
    t:a a skos:Concept ; skos:inScheme t:scheme ; skos:prefLabel "Alpha"@en ; skos:altLabel "First"@en .
    t:b a skos:Concept ; skos:inScheme t:scheme ; skos:prefLabel "Beta"@en ; skos:altLabel "First"@en .
    t:c a skos:Concept ; skos:inScheme t:scheme ; skos:prefLabel "Gamma"@en ; skos:altLabel "Third"@en .
    """
    asked = schemes.ImportScheme(key="topics", owner="web", kind="hub", name="topics.ttl")
    site.call(schemes.IMPORT, asked, io.BytesIO(text.encode()))
    said = ("https://topics.example/a", "Alpha", "First", "Third", "Nothing")
    submit(site, *(page(n, state=state) for n, state in enumerate(said)))
    found = quality_of(site)
    uses = {one.dimension: one.value for one in found.series if one.property == STATE}
    assert (uses["use-preferred"], uses["use-alternative"], uses["use-ambiguous"], uses["use-unknown"]) == (
        0.4, 0.2, 0.2, 0.2
    )  # fmt: skip
    assert {(one.term, one.use) for one in found.terms} == {("First", "ambiguous"), ("Nothing", "unknown")}
    assert not [one for one in found.series if one.property == TITLE and one.dimension.startswith("use-")]
