"""The main job on real vocabularies: STW and UNESCO in one registry, mapped by both sides, and asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.contract import departments, mappings, principals, resolution, schemes
from tests.adapters.registries import Registry, copy

pytestmark = pytest.mark.shared

STW_LABOUR = "http://zbw.eu/stw/descriptor/11183-4"
UNESCO_LABOUR = "http://vocabularies.unesco.org/thesaurus/concept684"
PAIR = {"subject": STW_LABOUR, "object": UNESCO_LABOUR, "predicate": "exact", "reason": "the same market"}


@pytest.fixture(scope="module")
def library(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Registry]:
    """Both vocabularies, each with a steward of its own department."""
    made = copy(sqlite_template, tmp_path_factory.mktemp("library") / "registry")
    for key, name, file in (
        ("library", "stw", "stw-9.06-2018.ttl"), ("research", "unesco", "unesco-thesaurus-2019-10.ttl"),
    ):  # fmt: skip
        made.call(departments.ADD, departments.AddDepartment(key=key, name=f"The {key}"))
        with (shared / "vocabularies" / file).open("rb") as document:
            made.call(
                schemes.IMPORT,
                schemes.ImportScheme(key=name, owner=key, kind="external", title=name, name=file),
                document,
            )
        made.call(principals.ADD, principals.AddPrincipal(handle=f"{key}-steward", kind="person"))
        for role in ("approver", "steward"):
            made.call(principals.GRANT, principals.GrantRole(principal=f"{key}-steward", role=role, department=key))
    yield made
    made.close()


def resolve(registry: Registry, term: str, **context: str) -> resolution.Resolution:
    found: resolution.Resolution = registry.call(resolution.RESOLVE, resolution.ResolveTerm(term=term, **context))
    return found


def test_a_german_label_has_one_concept(library: Registry) -> None:
    found = resolve(library, "Arbeitsmarkt", language="de")
    assert found.winner is not None
    assert (found.outcome, found.winner.concept, found.safe_to_use) == ("UNCONTESTED", STW_LABOUR, True)


def test_obvious_mappings_are_suggested_by_the_hundred(library: Registry) -> None:
    request = mappings.SuggestMappings(scheme="stw", other="unesco", limit=10_000, min_confidence=0.9)
    offered = library.call(mappings.SUGGEST, request).candidates
    assert len(offered) > 500
    assert (STW_LABOUR, UNESCO_LABOUR) in {(one.subject_id, one.object_id) for one in offered}
    same = [one for one in offered if one.subject_label.casefold() == one.object_label.casefold()]
    assert len(same) > 200


def test_two_vocabularies_become_one_answer_when_both_sides_agree(library: Registry) -> None:
    before = resolve(library, "labour market")
    assert before.outcome == "NEEDS_CONTEXT"
    assert {other.concept for other in before.alternatives} == {STW_LABOUR, UNESCO_LABOUR}
    assert before.question is not None
    assert {option.value for option in before.question.options} >= {"library", "research"}

    one_sided = library.acting("library-steward").call(mappings.APPROVE, mappings.ApproveMapping(**PAIR)).mapping
    assert (one_sided.state, one_sided.waiting_for) == ("one_sided", ["unesco"])
    assert resolve(library, "labour market").outcome == "NEEDS_CONTEXT"

    agreed = library.acting("research-steward").call(mappings.APPROVE, mappings.ApproveMapping(**PAIR)).mapping
    assert (agreed.state, agreed.waiting_for) == ("approved", [])
    after = resolve(library, "labour market")
    assert (after.outcome, after.question) == ("AGREED_UNOWNED", None)
    assert {other.concept for other in after.alternatives} == {STW_LABOUR, UNESCO_LABOUR}
    for department, concept in (("library", STW_LABOUR), ("research", UNESCO_LABOUR)):
        own = resolve(library, "labour market", department=department)
        assert own.winner is not None
        assert (own.outcome, own.winner.concept, own.safe_to_use) == ("AGREED", concept, True)
