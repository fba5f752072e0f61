"""The corpus of the example organisation: enough documents, each in words of its own, and judgments that agree."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.namespace import SKOS

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "examples" / "corpus"
EXAMPLE = ROOT / "ontologies" / "example"
DEPARTMENT = "https://vocab.nordhaven.example/id/department/"
DEPARTMENTS = {
    "finance",
    "it",
    "sales",
    "claims",
    "underwriting",
    "actuarial",
    "legal",
    "hr",
    "marketing",
    "service",
}
MULTILINGUAL = {"finance", "legal", "hr"}
TYPES = {"contract clause", "e-mail", "faq", "memo", "minutes", "policy", "procedure", "report", "ticket"}
DOCUMENTS = 433
QUESTIONS = 60
WORDS = (40, 90)
RUN = 8
SHARED_RUNS = 2

Row = dict[str, Any]


@cache
def documents() -> dict[str, Row]:
    """Every document by id, read strictly as UTF-8; an id given twice is an error of the corpus."""
    rows: dict[str, Row] = {}
    for path in sorted(CORPUS.glob("documents-*.ndjson")):
        for line in path.read_bytes().decode("utf-8", errors="strict").splitlines():
            row = json.loads(line)
            assert row["id"] not in rows, row["id"]
            assert path.stem == f"documents-{row['department']}", row["id"]
            rows[row["id"]] = row
    return rows


@cache
def questions() -> tuple[Row, ...]:
    """The judged questions, in the order of the file."""
    return tuple(json.loads((CORPUS / "questions.json").read_text(encoding="utf-8")))


@cache
def preferred(department: str) -> frozenset[str]:
    """The English preferred labels of a department's vocabulary, in lower case."""
    graph = rdflib.Graph().parse(EXAMPLE / f"{department}.ttl")
    labels = (label for _, label in graph.subject_objects(SKOS.prefLabel) if isinstance(label, rdflib.Literal))
    return frozenset(str(label).lower() for label in labels if label.language == "en")


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return re.findall(r"\w+", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of eight words that the text contains."""
    found = words(text)
    return {tuple(found[at : at + RUN]) for at in range(len(found) - RUN + 1)}


@cache
def definitions() -> frozenset[tuple[str, ...]]:
    """The runs of eight words of every definition in the departments' vocabularies, in all languages."""
    found: set[tuple[str, ...]] = set()
    for department in DEPARTMENTS:
        graph = rdflib.Graph().parse(EXAMPLE / f"{department}.ttl")
        for definition in graph.objects(predicate=SKOS.definition):
            found |= runs(str(definition))
    return frozenset(found)


def pairs() -> dict[str, list[Row]]:
    """The questions that two departments ask in the same words, by the term in dispute."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for question in questions():
        if question["term"] is not None:
            groups[question["term"]].append(question)
    return groups


def test_counts() -> None:
    """As many documents and questions as the README says, about forty from each department."""
    by_department = Counter(row["department"] for row in documents().values())
    assert len(documents()) == DOCUMENTS
    assert set(by_department) == DEPARTMENTS
    assert min(by_department.values()) >= 40
    assert len(questions()) == QUESTIONS == len({question["id"] for question in questions()})


def test_departments_are_those_of_the_organisation() -> None:
    """Whoever wrote or asks is a department with a vocabulary and a place in the organisation's graph."""
    organisation = rdflib.Graph().parse(EXAMPLE / "organisation.ttl")
    askers = {question["asked_by"] for question in questions()}
    assert askers == DEPARTMENTS
    for department in DEPARTMENTS:
        assert (EXAMPLE / f"{department}.ttl").is_file()
        assert (rdflib.URIRef(DEPARTMENT + department), None, None) in organisation


def test_every_document_is_complete() -> None:
    """Each has its seven fields, a type of the list, a real date, and between 40 and 90 words."""
    for key, row in documents().items():
        assert list(row) == ["id", "department", "title", "text", "date", "type", "language"], key
        assert row["type"] in TYPES, key
        assert date(2025, 1, 1) <= date.fromisoformat(row["date"]) <= date(2026, 12, 31), key
        assert WORDS[0] <= len(row["text"].split()) <= WORDS[1], key
        assert "\ufffd" not in row["title"] + row["text"], key
        assert row["title"].strip(), key
        assert row["text"] == " ".join(row["text"].split()), key


def test_german_and_french_where_the_vocabularies_have_them() -> None:
    """Finance, legal and hr write a few documents in German and in French; nobody else does."""
    found = Counter((row["department"], row["language"]) for row in documents().values())
    assert {language for _, language in found} == {"en", "de", "fr"}
    assert {department for department, language in found if language != "en"} == MULTILINGUAL
    assert all(found[department, language] >= 3 for department in MULTILINGUAL for language in ("de", "fr"))


def test_no_template() -> None:
    """No two texts share more than two runs of eight words, no title occurs twice, no two texts begin alike."""
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, row in documents().items():
        for run in runs(row["text"]):
            holders[run].add(key)
    shared = Counter(pair for keys in holders.values() for pair in combinations(sorted(keys), 2))
    assert [pair for pair, count in shared.items() if count > SHARED_RUNS] == []
    for kind, values in (
        ("title", Counter(row["title"].lower() for row in documents().values())),
        ("opening", Counter(" ".join(words(row["text"])[:6]) for row in documents().values())),
    ):
        assert [(kind, value) for value, count in values.items() if count > 1] == []


def test_documents_do_not_recite_definitions() -> None:
    """No document shares more than two runs of eight words with the definitions: it uses terms."""
    shared = {key: len(runs(row["text"]) & definitions()) for key, row in documents().items()}
    assert [key for key, count in shared.items() if count > SHARED_RUNS] == []


@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question["id"]))
def test_judgments(question: Row) -> None:
    """Judged ids exist, at least two are relevant, none is both, one misleads, and the argument says why."""
    relevant, alike = question["relevant"], question["not_relevant_although_alike"]
    assert set(relevant) | set(alike) <= set(documents())
    assert len(relevant) >= 2
    assert set(relevant.values()) <= {1, 2}
    assert 2 in relevant.values()
    assert len(set(alike)) == len(alike) >= 1
    assert not set(relevant) & set(alike)
    assert question["text"].endswith("?")
    assert len(question["argument"].split()) >= 8


def test_one_question_two_meanings() -> None:
    """For fifteen terms and more two departments ask the same and are right with different documents."""
    assert len(pairs()) >= 15
    for term, (one, other) in pairs().items():
        assert one["text"] == other["text"], term
        assert one["asked_by"] != other["asked_by"], term
        assert not set(one["relevant"]) & set(other["relevant"]), term
        assert set(one["relevant"]) & set(other["not_relevant_although_alike"]), term
        assert set(other["relevant"]) & set(one["not_relevant_although_alike"]), term


def test_a_disputed_term_is_a_label_of_both_sides() -> None:
    """The word in dispute is a preferred label in the vocabularies of both departments that ask."""
    for term, asked in pairs().items():
        assert all(term in preferred(question["asked_by"]) for question in asked), term


def test_other_questions_are_answered_by_others() -> None:
    """A question without a disputed term is answered best by a document of another department than the asker's."""
    for question in questions():
        if question["term"] is None:
            best = [key for key, grade in question["relevant"].items() if grade == 2]
            assert any(documents()[key]["department"] != question["asked_by"] for key in best), question["id"]
