"""The gold of the example organisation: argued row by row, free of contradiction, and about concepts that exist."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import Any

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH, XSD

from registry.matching.sssom import from_tsv
from registry.model.decisions import Outcome
from tests.unit.test_ontologies import (
    BASE,
    CONTEXTS,
    DEPARTMENTS,
    EXAMPLE,
    SCHEMES,
    SKOS,
    VOCABULARIES,
    instances,
    labels,
    pairs,
    vocabulary,
)

LEX = rdflib.Namespace("https://w3id.org/lexicord/ns#")
TERMS = {
    "kind": {"term": LEX.TermAuthority, "value": LEX.ValueAuthority},
    "tier": {"mandate": LEX.Mandate, "normal": LEX.Normal, "fallback": LEX.Fallback},
    "status": {"active": LEX.GrantActive, "draft": LEX.GrantDraft, "suspended": LEX.GrantSuspended},
    "basis_class": {
        "law": LEX.Law,
        "regulation": LEX.Regulation,
        "board decision": LEX.BoardDecision,
        "policy": LEX.Policy,
        "agreement": LEX.Agreement,
    },
    "decay": {"none": LEX.NoDecay, "linear": LEX.LinearDecay, "half-life": LEX.HalfLife},
}
DIMENSIONS = {"subject_area": LEX.subjectArea, "entity_type": LEX.entityType}


@cache
def gold(name: str) -> dict[str, Any]:
    return dict(json.loads((EXAMPLE / "gold" / name).read_text(encoding="utf-8")))


@cache
def preferred_labels() -> dict[str, str]:
    """The English preferred label of every concept; skips where a vocabulary the gold speaks of is missing."""
    found = [labels(vocabulary(key), "prefLabel") for key in VOCABULARIES]
    if not set(DEPARTMENTS) <= set(VOCABULARIES) or len(instances(vocabulary("finance"), SKOS + "Concept")) < 55:
        pytest.skip("the example organisation is not complete in this checkout")
    return {
        c: t for by_concept in found for c, texts in by_concept.items() for t, language in texts if language == "en"
    }


def exact_classes() -> dict[str, set[str]]:
    """For each concept in an exact mapping of the gold, all that exact mappings connect it with."""
    classes: dict[str, set[str]] = {}
    for row in gold("mappings.sssom.json")["mappings"]:
        if row["predicate_id"] == SKOS + "exactMatch" and "predicate_modifier" not in row:
            ends = (row["subject_id"], row["object_id"])
            joined: set[str] = set(ends).union(*(classes.get(end, set()) for end in ends))
            classes |= dict.fromkeys(joined, joined)
    return classes


def test_gold_mappings_say_the_same_in_both_forms() -> None:
    rows = gold("mappings.sssom.json")["mappings"]
    table = from_tsv((EXAMPLE / "gold" / "mappings.sssom.tsv").read_text(encoding="utf-8")).mappings
    assert [{slot: getattr(row, slot) for slot in given} for row, given in zip(table, rows, strict=True)] == rows
    assert len(rows) >= 150


def test_gold_mappings_are_argued_each_and_contradict_nothing() -> None:
    rows = gold("mappings.sssom.json")["mappings"]
    said = [
        (frozenset((r["subject_id"], r["object_id"])), r["predicate_id"], r.get("predicate_modifier")) for r in rows
    ]
    assert len(said) == len(set(said))
    assert all(len(row["comment"]) > 10 and row["comment"][0].isupper() for row in rows)
    classes = exact_classes()
    others = [r for r in rows if r["predicate_id"] != SKOS + "exactMatch" or r.get("predicate_modifier") == "Not"]
    assert [r for r in others if r["object_id"] in classes.get(r["subject_id"], ())] == []
    for joined in classes.values():
        schemes = [concept.rsplit("/", 1)[0] for concept in joined]
        assert len(schemes) == len(set(schemes)), joined


def test_gold_mappings_and_hierarchies_together_keep_s27() -> None:
    preferred_labels()
    data = tuple(q for key in VOCABULARIES for q in vocabulary(key))
    classes = exact_classes()
    standing = {concept: min(joined) for concept, joined in classes.items()}
    upward: dict[str, set[str]] = defaultdict(set)
    related = pairs(data, SKOS + "related")
    broader = pairs(data, SKOS + "broader")
    for row in gold("mappings.sssom.json")["mappings"]:
        ends = (row["subject_id"], row["object_id"])
        if row.get("predicate_modifier") == "Not":
            continue
        broader |= {ends} if row["predicate_id"].endswith("broadMatch") else set()
        broader |= {ends[::-1]} if row["predicate_id"].endswith("narrowMatch") else set()
        related |= {ends} if row["predicate_id"].endswith("relatedMatch") else set()
    for low, high in broader:
        upward[low].add(high)
    assert [pair for pair in related if pair[1] in _above(pair[0], upward) or pair[0] in _above(pair[1], upward)] == []
    assert not [pair for pair in related if standing.get(pair[0], pair[0]) == standing.get(pair[1], pair[1])]


def _above(concept: str, upward: dict[str, set[str]]) -> set[str]:
    """Everything above a concept."""
    found: set[str] = set()
    waiting = [concept]
    while waiting:
        new = upward.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def test_the_gold_names_concepts_that_exist_by_their_labels() -> None:
    known = preferred_labels()
    for row in gold("mappings.sssom.json")["mappings"]:
        for end in ("subject", "object"):
            assert known.get(row[f"{end}_id"]) == row[f"{end}_label"], row
    grants = [*gold("authority.json")["grants"], *gold("authority.json")["refused_on_write"]]
    cited = {iri for grant in grants for values in grant["scope"].values() for iri in values}
    cited |= {row["winner"] for row in gold("questions.json")["questions"] if row["winner"]}
    cited |= {iri for row in gold("authority.json")["contested"] for iri in row["concepts"]}
    cited |= {row["concept"] for row in gold("authority.json")["endorsements"]}
    assert {iri for iri in cited if iri.startswith((BASE, SCHEMES["regulator"]))} - set(known) == set()


def test_synonyms_across_departments_are_many() -> None:
    known = preferred_labels()
    synonyms = {
        frozenset((a, b))
        for a, joined in exact_classes().items()
        for b in joined
        if known[a].casefold() != known[b].casefold()
        and not {a, b} & instances(vocabulary("enterprise"), SKOS + "Concept")
    }
    assert len(synonyms) >= 80


def test_homonyms_across_departments_are_many() -> None:
    senses: dict[str, set[frozenset[str]]] = defaultdict(set)
    classes = exact_classes()
    for concept, label in preferred_labels().items():
        if concept.removeprefix(BASE).split("/")[0] in DEPARTMENTS:
            senses[label.casefold()].add(frozenset(classes.get(concept, {concept})))
    assert len([label for label, found in senses.items() if len(found) > 1]) >= 40


def test_gold_questions_have_an_outcome_and_a_winner_where_one_is_due() -> None:
    outcomes = {"UNCONTESTED", "AGREED", "RESOLVED", "PROVISIONAL"}
    questions = gold("questions.json")["questions"]
    assert len(questions) >= 150
    assert {row["outcome"] for row in questions} == set(Outcome)
    assert [row["id"] for row in questions if bool(row["winner"]) != (row["outcome"] in outcomes)] == []
    contexts = {c for key in CONTEXTS for c in instances(vocabulary(key), SKOS + "Concept")}
    assert {row[field] for row in questions for field in ("subject", "jurisdiction", "usage")} <= contexts | {None}
    assert {row["department"] for row in questions} == {*DEPARTMENTS, None}
    assert all(len(row["argument"]) >= 6 for row in questions)


def test_gold_grants_cite_their_documents_and_delegate_within_bounds() -> None:
    authority = gold("authority.json")
    grants = {grant["id"]: grant for grant in authority["grants"]}
    classes = {row["iri"]: row["basis_class"] for row in authority["documents"]}
    assert all(grant["basis_class"] == classes[grant["basis"]] for grant in grants.values())
    mandates = [grant for grant in grants.values() if grant["tier"] == "mandate"]
    assert all(grant["basis_class"] in {"law", "regulation", "board decision"} for grant in mandates)
    assert all(grant["review_by"] for grant in mandates)
    for grant in (grant for grant in grants.values() if grant["delegated_from"]):
        above = grants[grant["delegated_from"]]
        assert above["delegable"]
        assert above["valid_from"] <= grant["valid_from"] < grant["valid_until"] <= above["valid_until"]
        assert all(set(grant["scope"][name]) <= set(values) for name, values in above["scope"].items())
    assert not {row["id"] for row in authority["refused_on_write"]} & set(grants)


def as_rdf(grant: dict[str, Any]) -> rdflib.Graph:
    """The grant in the words of the ontology."""
    graph = rdflib.Graph()
    node, scope, trust = (rdflib.URIRef(f"{BASE}gold/{grant['id']}{part}") for part in ("", "/scope", "/trust"))
    graph.add((node, RDF.type, LEX.AuthorityGrant))
    for name, predicate in {"kind": LEX.grantKind, "tier": LEX.tier, "status": LEX.grantStatus}.items():
        graph.add((node, predicate, TERMS[name][grant[name]]))
    graph.add((node, LEX.basisClass, TERMS["basis_class"][grant["basis_class"]]))
    for name in ("holder", "basis", "arbiter"):
        graph.add((node, LEX[name], rdflib.URIRef(grant[name])))
    values: dict[rdflib.URIRef, rdflib.Literal] = {LEX.rank: rdflib.Literal(grant["rank"])}
    dated = {"valid_from": LEX.validFrom, "valid_until": LEX.validUntil}
    values |= {p: rdflib.Literal(grant[n], datatype=XSD.dateTime) for n, p in dated.items() if grant[n]}
    values |= {LEX.reviewBy: rdflib.Literal(grant["review_by"], datatype=XSD.date)} if grant["review_by"] else {}
    values |= {LEX.delegable: rdflib.Literal(grant["delegable"])}
    depth = grant["max_delegation_depth"]
    values |= {LEX.maxDelegationDepth: rdflib.Literal(depth)} if depth else {}
    for name, believed in grant.get("trust", {}).items():
        graph.add((node, LEX.trust, trust))
        graph.add((trust, *_trusted(name, believed)))
    for predicate, value in values.items():
        graph.add((node, predicate, value))
    graph.add((node, LEX.scope, scope))
    for dimension, covered in grant["scope"].items():
        for iri in covered:
            graph.add((scope, DIMENSIONS.get(dimension, LEX[dimension]), rdflib.URIRef(iri)))
    return graph


def _trusted(name: str, value: Any) -> tuple[rdflib.URIRef, rdflib.term.Node]:
    if name == "decay":
        return LEX.decay, TERMS["decay"][value]
    if name == "period":
        return LEX.decayPeriod, rdflib.Literal(value, datatype=XSD.dayTimeDuration)
    return {"maximum": LEX.maxTrust, "minimum": LEX.minTrust}[name], rdflib.Literal(value)


def findings(grants: list[dict[str, Any]]) -> set[str]:
    """The names of the grants that the shapes of authority find fault with, be it a warning."""
    graph = rdflib.Graph()
    for grant in grants:
        graph += as_rdf(grant)
    shapes = rdflib.Graph().parse(EXAMPLE.parents[1] / "shapes" / "registry" / "authority.ttl")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    return {str(node).removeprefix(f"{BASE}gold/") for node in report.objects(None, SH.focusNode)}


def test_gold_grants_conform_and_a_mandate_without_law_does_not() -> None:
    authority = gold("authority.json")
    assert findings(authority["grants"]) == set()
    assert findings(authority["refused_on_write"]) == {"sales-mandate"}
