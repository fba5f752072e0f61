"""How much of the example organisation's gold a registry finds. The floors lie a little below what is measured."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from cli.demo_organisation import COMPANY, DEPARTMENTS, FORMER, SUPERVISOR, VOCABULARIES
from cli.demo_story import AGREED, NOT_THE_SAME
from examples import gold
from examples.expectations import COMPARED, HUB, MARKS, PAGE, Figures, measure, told, written
from registry.errors import AlreadyExistsError
from registry.rdf.terms import LEX, local_name

BASE = "https://vocab.nordhaven.example/"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """The whole organisation, built and measured once."""
    return measure(tmp_path_factory.mktemp("expectations") / "registry")


def test_every_gold_homonym_and_synonym_under_one_label_stands_in_a_conflict(figures: Figures) -> None:
    found = figures.conflicts
    assert found.homonyms_met == found.homonyms.gold >= 400
    assert found.synonyms_met == found.synonyms.gold >= 35


def test_most_homonyms_are_called_so(figures: Figures) -> None:
    assert figures.conflicts.homonyms.precision >= 0.97
    assert figures.conflicts.homonyms.recall >= 0.85


def test_synonyms_under_one_label_are_called_so(figures: Figures) -> None:
    assert figures.conflicts.synonyms.precision >= 0.12
    assert figures.conflicts.synonyms.recall >= 0.38


def test_mappings_to_the_hub_are_suggested(figures: Figures) -> None:
    found = figures.to_hub
    assert found.taken.precision >= 0.41
    assert found.taken.recall >= 0.38
    assert found.taken.f1 >= 0.40
    assert found.shown.recall >= 0.67


def test_mappings_between_departments_are_suggested(figures: Figures) -> None:
    found = figures.between
    assert found.pairs == len(list(combinations(DEPARTMENTS, 2)))
    assert found.taken.recall >= 0.32
    assert found.taken.f1 >= 0.095
    assert found.shown.recall >= 0.61
    assert found.negatives_warned >= 0.7 * found.negatives_shown


def test_every_gold_exact_mapping_can_be_approved(figures: Figures) -> None:
    assert figures.approved == sum(
        row["predicate_id"].endswith("#exactMatch") and not row.get("predicate_modifier")
        for row in gold.document("mappings.sssom.json")["mappings"]
    )


def test_questions_that_need_nobodys_authority_are_answered(figures: Figures) -> None:
    asked = figures.questions
    assert asked.asked + asked.undecidable == len(gold.document("questions.json")["questions"])
    assert asked.asked >= 140
    assert asked.right >= asked.asked - 8


def test_an_answer_that_is_wrong_is_seldom_a_winner(figures: Figures) -> None:
    """To ask back without need costs a question; to name a wrong concept costs more."""
    assert [one.id for one in figures.questions.wrong if "/" in one.got] in ([], ["q005"])


def test_repairs_are_offered_and_none_unasked_that_nobody_expected(figures: Figures) -> None:
    found = figures.repairs
    assert found.offered >= 23
    assert found.auto_offered >= 15
    assert found.auto_other == 0


def test_figures_are_told_in_full(figures: Figures) -> None:
    text = told(figures)
    page = written(text, PAGE.read_text(encoding="utf-8"))
    assert page.count(MARKS[0] + "## Conflicts") == page.count(MARKS[1]) == 1
    assert written(text, page) == page
    assert all(f"| {one.id} |" in text for one in figures.questions.wrong)


def test_the_page_is_what_was_written(figures: Figures) -> None:
    """The headings and tables of the page's figures, if not each number, are those the command writes."""
    lines = [line for line in told(figures).splitlines() if line.startswith(("## ", "|  |", "| not"))]
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line not in page] == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(AlreadyExistsError):
        measure(tmp_path)


def test_who_governs_what_is_what_the_organisation_says() -> None:
    quads = list(ox.parse(path=str(gold.folder() / "organisation.ttl"), format=ox.RdfFormat.TURTLE))
    said = {(quad.subject, quad.predicate): quad.object for quad in quads}
    keys = {quad.subject: str(getattr(quad.object, "value", "")) for quad in quads if quad.predicate == LEX.key}
    kinds = {LEX.Hub: "hub", LEX.DepartmentVocabulary: "department", LEX.ExternalVocabulary: "external"}
    governed = {(key, kinds[kind], _owner(said.get((scheme, LEX.owner)))) for scheme, key in keys.items()
                if isinstance(kind := said.get((scheme, LEX.kind)), ox.NamedNode)}  # fmt: skip
    assert governed == {tuple(one) for one in VOCABULARIES}
    departments = {key for node, key in keys.items() if (node, LEX.kind) not in said}
    assert departments == {*DEPARTMENTS, *FORMER, COMPANY, SUPERVISOR}


def _owner(node: object) -> str | None:
    return local_name(node.value) if isinstance(node, ox.NamedNode) else None


def test_the_demo_decides_as_the_gold_does() -> None:
    known = gold.read(COMPARED)
    rows = {frozenset((row["subject_id"], row["object_id"])): row for row in known.rows
            if not row.get("predicate_modifier")}  # fmt: skip
    for subject, object_, predicate, _ in AGREED:
        row = rows[frozenset((BASE + subject, BASE + object_))]
        assert (row["subject_id"], row["predicate_id"].partition("#")[2]) == (BASE + subject, f"{predicate}Match")
        assert object_.startswith(HUB)
    assert not {frozenset((BASE + one, BASE + other)) for one, other, _ in NOT_THE_SAME} & known.exact


def test_questions_are_parted_by_what_they_rest_on() -> None:
    plain, others = gold.questions()
    assert not {row["outcome"] for row in plain} & {"RESOLVED", "SPLIT", "TIE", "CYCLE", "PROVISIONAL"}
    assert {"q001", "q212"} <= {row["id"] for row in plain}
    assert {"q012", "q166"} <= {row["id"] for row in others}
