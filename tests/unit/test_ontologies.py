"""Our own terms are all described, and the example vocabularies are sound SKOS that disagrees where it says it does."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from registry.skos import SchemeIndex, Severity, run_checks

ROOT = Path(__file__).resolve().parents[2]
LEX = "https://w3id.org/lexicord/ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
ORG = "http://www.w3.org/ns/org#"
DCTERMS = "http://purl.org/dc/terms/"
BASE = "https://vocab.nordhaven.example/"

EXAMPLE = ROOT / "ontologies" / "example"
DEPARTMENTS = (
    *("finance", "it", "sales", "claims", "underwriting"),
    *("actuarial", "legal", "hr", "marketing", "service"),
)
CONTEXTS = ("areas", "jurisdictions", "usages")
VOCABULARIES = tuple(sorted(path.stem for path in EXAMPLE.glob("*.ttl") if path.stem != "organisation"))
SCHEMES = {key: BASE + key for key in VOCABULARIES} | {"regulator": "https://terms.conduct-office.example/reporting"}
LEAST = dict.fromkeys((*DEPARTMENTS, "enterprise"), 40) | {"areas": 20, "regulator": 25}
HOMONYMS = {
    "account": {"finance", "it", "sales"},
    "case": {"finance", "it", "sales"},
    "churn": {"finance", "it", "sales"},
    "claim": {"finance", "it", "sales"},
    "conversion": {"finance", "it", "sales"},
    "exposure": {"finance", "it", "sales"},
    "lead": {"finance", "it", "sales"},
    "policy": {"finance", "it", "sales"},
    "premium": {"finance", "it", "sales"},
    "recovery": {"finance", "it", "sales"},
    "customer": {"enterprise", "finance", "it"},
    "margin": {"finance", "sales"},
    "pipeline": {"it", "sales"},
    "release": {"finance", "it"},
    "ticket": {"it", "sales"},
    "service level": {"it", "sales"},
}
ENUMERATED = [
    *("VocabularyKind", "ConceptStatus", "Facet", "MappingState", "ConflictKind", "ConflictState", "ValidationMode"),
    *("GrantKind", "Tier", "GrantStatus", "BasisClass", "Decay", "Strategy"),
]
LISTED_FLAWS = {"undocumented": {"sales/referral"}, "live below deprecated": {"sales/postcard-mailing"}}


@cache
def quads(path: Path) -> tuple[Quad, ...]:
    return tuple(parse(path=str(path), format=RdfFormat.TURTLE))


@cache
def vocabulary(key: str) -> tuple[Quad, ...]:
    return quads(ROOT / "ontologies" / "example" / f"{key}.ttl")


def pairs(data: tuple[Quad, ...], predicate: str) -> set[tuple[str, str]]:
    """The subject and object of every statement with that predicate."""
    return {(_text(q.subject), _text(q.object)) for q in data if q.predicate.value == predicate}


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def instances(data: tuple[Quad, ...], of: str) -> set[str]:
    return {subject for subject, kind in pairs(data, RDF + "type") if kind == of}


def labels(data: tuple[Quad, ...], kind: str) -> dict[str, set[tuple[str, str | None]]]:
    """Labels with their languages, by concept."""
    found: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for quad in data:
        if quad.predicate.value == SKOS + kind and isinstance(quad.object, Literal):
            found[_text(quad.subject)].add((quad.object.value, quad.object.language))
    return found


def closure(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The transitive closure of a small relation."""
    result = set(edges)
    while more := {(a, d) for a, b in result for c, d in edges if b == c} - result:
        result |= more
    return result


def defined_terms() -> set[str]:
    return {_text(q.subject) for q in quads(ROOT / "ontologies" / "lexicord.ttl")}


def turtle_files() -> list[Path]:
    return sorted([*ROOT.glob("ontologies/**/*.ttl"), *ROOT.glob("shapes/**/*.ttl")])


@pytest.mark.parametrize("path", turtle_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_turtle_file_parses_and_uses_only_defined_terms(path: Path) -> None:
    used = {t.value for q in quads(path) for t in (q.subject, q.predicate, q.object) if isinstance(t, NamedNode)}
    ours = {term for term in used if term.startswith(LEX)}
    locally = {_text(q.subject) for q in quads(path)}
    assert quads(path)
    assert ours - locally - defined_terms() == set()


def test_every_term_has_a_label_a_sentence_and_its_ontology() -> None:
    data = quads(ROOT / "ontologies" / "lexicord.ttl")
    terms = {term for term in defined_terms() if term.startswith(LEX)}
    sentences = dict(pairs(data, RDFS + "comment"))
    assert len(terms) > 150
    assert terms == {s for s, _ in pairs(data, RDFS + "label")}
    assert terms == {s for s, o in pairs(data, RDFS + "isDefinedBy") if o == LEX.rstrip("#")}
    assert {t for t in terms if not sentences.get(t, "").endswith(".") or not sentences[t][0].isupper()} == set()


def test_the_ontology_states_its_version() -> None:
    data = quads(ROOT / "ontologies" / "lexicord.ttl")
    (ontology,) = instances(data, OWL + "Ontology")
    assert dict(pairs(data, OWL + "versionIRI"))[ontology].endswith(dict(pairs(data, OWL + "versionInfo"))[ontology])


def test_enumerated_classes_have_members() -> None:
    data = quads(ROOT / "ontologies" / "lexicord.ttl")
    ranges = {r for p, r in pairs(data, RDFS + "range") if p in instances(data, OWL + "ObjectProperty")}
    enumerated = {LEX + name for name in ENUMERATED}
    assert enumerated <= ranges
    assert all(len(instances(data, name)) >= 2 for name in enumerated)


@pytest.mark.parametrize("key", VOCABULARIES)
def test_vocabularies_are_large_enough_to_disagree(key: str) -> None:
    assert len(instances(vocabulary(key), SKOS + "Concept")) >= LEAST.get(key, 5)


@pytest.mark.parametrize("key", VOCABULARIES)
def test_schemes_state_publisher_licence_and_edition_and_leave_governing_to_the_registry(key: str) -> None:
    data = vocabulary(key)
    (scheme,) = instances(data, SKOS + "ConceptScheme")
    assert scheme == SCHEMES[key]
    for predicate in (DCTERMS + "title", DCTERMS + "license", DCTERMS + "publisher", OWL + "versionInfo"):
        assert {s for s, _ in pairs(data, predicate)} == {scheme}
    ours = {q.predicate.value for q in data if q.predicate.value.startswith(LEX)}
    assert ours <= {LEX + "facet"}


def test_the_organisation_states_who_governs_which_vocabulary() -> None:
    data = vocabulary("organisation")
    for predicate in ("key", "kind"):
        assert set(SCHEMES.values()) <= {s for s, _ in pairs(data, LEX + predicate)}
    assert {(BASE + key, BASE + f"id/department/{key}") for key in DEPARTMENTS} <= pairs(data, LEX + "owner")


@pytest.mark.parametrize("key", VOCABULARIES)
def test_schemes_and_concepts_are_disjoint_s9(key: str) -> None:
    data = vocabulary(key)
    assert not instances(data, SKOS + "Concept") & instances(data, SKOS + "ConceptScheme")


@pytest.mark.parametrize("key", VOCABULARIES)
def test_labels_of_one_concept_are_disjoint_s13(key: str) -> None:
    kinds = [labels(vocabulary(key), kind) for kind in ("prefLabel", "altLabel", "hiddenLabel")]
    for concept in instances(vocabulary(key), SKOS + "Concept"):
        pref, alt, hidden = (kind[concept] for kind in kinds)
        assert not (pref & alt) | (pref & hidden) | (alt & hidden), concept


@pytest.mark.parametrize("key", VOCABULARIES)
def test_every_concept_has_one_preferred_label_a_language_s14(key: str) -> None:
    preferred = labels(vocabulary(key), "prefLabel")
    spoken = {language for found in preferred.values() for _, language in found}
    assert "en" in spoken
    for concept in instances(vocabulary(key), SKOS + "Concept"):
        assert sorted(str(language) for _, language in preferred[concept]) == sorted(map(str, spoken)), concept


@pytest.mark.parametrize("key", VOCABULARIES)
def test_related_and_broader_transitive_are_disjoint_s27(key: str) -> None:
    data = vocabulary(key)
    upward = closure(pairs(data, SKOS + "broader"))
    related = pairs(data, SKOS + "related")
    assert related == {(b, a) for a, b in related}
    assert not related & (upward | {(b, a) for a, b in upward})


@pytest.mark.parametrize("key", VOCABULARIES)
def test_hierarchies_are_rooted_free_of_cycles_and_dangling_links(key: str) -> None:
    data = vocabulary(key)
    concepts = instances(data, SKOS + "Concept")
    broader, tops = pairs(data, SKOS + "broader"), {s for s, _ in pairs(data, SKOS + "topConceptOf")}
    linked = broader | pairs(data, SKOS + "related") | pairs(data, DCTERMS + "isReplacedBy")
    assert {end for link in linked for end in link} <= concepts
    assert not {(a, b) for a, b in closure(broader) if a == b}
    assert concepts == tops | {a for a, _ in broader}
    assert not tops & {a for a, _ in broader}
    assert pairs(data, SKOS + "hasTopConcept") == {(SCHEMES[key], top) for top in tops}
    assert {s for s, o in pairs(data, SKOS + "inScheme") if o == SCHEMES[key]} == concepts


@pytest.mark.parametrize("key", VOCABULARIES)
def test_notations_are_unambiguous(key: str) -> None:
    notations = [_text(q.object) for q in vocabulary(key) if q.predicate.value == SKOS + "notation"]
    assert len(notations) == len(set(notations)) == len(instances(vocabulary(key), SKOS + "Concept"))


def test_labels_of_contexts_are_no_terms_of_anybody() -> None:
    terms = {
        text.casefold()
        for key in set(VOCABULARIES) - set(CONTEXTS)
        for kind in ("prefLabel", "altLabel", "hiddenLabel")
        for found in labels(vocabulary(key), kind).values()
        for text, _ in found
    }
    context = {
        t.casefold() for key in CONTEXTS for found in labels(vocabulary(key), "prefLabel").values() for t, _ in found
    }
    assert len(context) > 30
    assert context & terms == set()


def test_flaws_are_exactly_those_listed() -> None:
    data = tuple(q for key in VOCABULARIES for q in vocabulary(key))
    concepts = instances(data, SKOS + "Concept")
    deprecated = {s for s, _ in pairs(data, OWL + "deprecated")}
    undocumented = concepts - {s for s, _ in pairs(data, SKOS + "definition")}
    below = {a for a, b in pairs(data, SKOS + "broader") if b in deprecated and a not in deprecated}
    unreplaced = deprecated - {s for s, _ in pairs(data, DCTERMS + "isReplacedBy")}
    assert {c.removeprefix(BASE) for c in undocumented} == LISTED_FLAWS["undocumented"]
    assert {c.removeprefix(BASE) for c in below} == LISTED_FLAWS["live below deprecated"]
    assert BASE + "it/batch-window" in unreplaced
    assert unreplaced <= {s for s, _ in pairs(data, SKOS + "changeNote")}


@pytest.mark.parametrize("key", VOCABULARIES)
def test_checks_find_the_listed_flaws_and_no_error(key: str) -> None:
    found = run_checks(SchemeIndex.of(vocabulary(key)))
    assert {"it": {"overlapping-labels"}, "sales": {"undocumented-concept", "deprecated-still-broader"}}.get(
        key, set()
    ) <= {finding.check for finding in found}
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("key", VOCABULARIES)
def test_labels_overlap_only_where_listed(key: str) -> None:
    holders: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for kind in ("prefLabel", "altLabel"):
        for concept, found in labels(vocabulary(key), kind).items():
            for text, language in found:
                holders[(text.casefold(), language)].add(concept)
    shared = {label for label, concepts in holders.items() if len(concepts) > 1}
    assert shared == ({("patch", "en")} if key == "it" else set())


def test_finance_defines_everything_in_german_too() -> None:
    data = vocabulary("finance")
    german = {c for c, found in labels(data, "definition").items() if "de" in {language for _, language in found}}
    assert german == instances(data, SKOS + "Concept")


def test_replacements_are_live_and_some_concepts_have_one_some_several() -> None:
    data = tuple(q for key in VOCABULARIES for q in vocabulary(key))
    deprecated = {s for s, _ in pairs(data, OWL + "deprecated")}
    counts: dict[str, int] = defaultdict(int)
    for concept, replacement in pairs(data, DCTERMS + "isReplacedBy"):
        counts[concept] += 1
        assert concept in deprecated
        assert replacement not in deprecated
    assert {1, 2} == set(counts.values())


@pytest.mark.parametrize("label", sorted(HOMONYMS))
def test_homonyms_are_defined_differently_in_each_department(label: str) -> None:
    definitions: dict[str, str] = {}
    for key in VOCABULARIES:
        for concept, found in labels(vocabulary(key), "prefLabel").items():
            if label in {text.casefold() for text, language in found if language == "en"}:
                definitions[key] = next(
                    t for t, language in labels(vocabulary(key), "definition")[concept] if language == "en"
                )
    assert set(definitions) >= HOMONYMS[label]
    assert len(set(definitions.values())) == len(definitions)


@pytest.mark.parametrize(
    ("label", "preferred_in", "alternative_in"),
    [
        ("customer", "finance", "sales"),
        ("commission", "sales", "finance"),
        ("complaint", "enterprise", "sales"),
        ("insurance contract", "enterprise", "sales"),
        ("personal data", "enterprise", "it"),
        ("user account", "enterprise", "it"),
    ],
)
def test_a_preferred_label_is_an_alternative_elsewhere(label: str, preferred_in: str, alternative_in: str) -> None:
    def texts(key: str, kind: str) -> set[str]:
        return {text.casefold() for found in labels(vocabulary(key), kind).values() for text, _ in found}

    assert label in texts(preferred_in, "prefLabel")
    assert label in texts(alternative_in, "altLabel")
    assert label not in texts(alternative_in, "prefLabel")


def test_pto_means_two_things() -> None:
    for key, concept in (("finance", "paid-time-off"), ("it", "permit-to-operate")):
        assert ("PTO", "en") in labels(vocabulary(key), "altLabel")[BASE + f"{key}/{concept}"]


def test_the_organisation_has_ten_departments_below_one_company() -> None:
    data = vocabulary("organisation")
    company, keys = BASE + "id/department/nordhaven", {BASE + f"id/department/{key}" for key in DEPARTMENTS}
    assert {s for s, o in pairs(data, ORG + "unitOf") if o == company} == keys
    assert {o for s, o in pairs(data, ORG + "hasUnit") if s == company} == keys
    assert instances(data, ORG + "FormalOrganization") == {company, BASE + "id/department/regulator"}


def test_reorganisations_say_from_what_into_what_and_when() -> None:
    data = vocabulary("organisation")
    events = instances(data, ORG + "ChangeEvent")
    before, after = pairs(data, ORG + "originalOrganization"), pairs(data, ORG + "resultingOrganization")
    assert {s for s, _ in before} == {s for s, _ in after} == events
    assert {s for s, _ in pairs(data, "http://www.w3.org/ns/prov#startedAtTime")} == events
    assert {o for _, o in before | after} <= instances(data, ORG + "Organization")
    assert not {o for _, o in before} & {s for s, _ in pairs(data, ORG + "unitOf")}


def test_the_page_about_the_ontology_names_only_defined_terms() -> None:
    text = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\blex:([A-Za-z]+)", text))
    assert {name for name in named if LEX + name not in defined_terms()} == set()
    assert len(named) > 100


@pytest.mark.parametrize("key", ["finance", "legal", "hr"])
def test_three_departments_speak_german_and_french_too(key: str) -> None:
    concepts = instances(vocabulary(key), SKOS + "Concept")
    for kind in ("prefLabel", "definition"):
        found = labels(vocabulary(key), kind)
        assert {c for c in concepts if {language for _, language in found[c]} != {"de", "en", "fr"}} == set(), kind


@pytest.mark.parametrize(
    ("upper", "lower", "key", "other"),
    [
        ("tariff", "product", "finance", "sales"),
        ("broker", "intermediary", "finance", "sales"),
        ("loss", "claim", "claims", "actuarial"),
        ("ticket", "incident", "it", "service"),
        ("notice", "termination", "hr", "legal"),
        ("policy", "cover", "underwriting", "actuarial"),
        ("channel", "contact", "service", "marketing"),
    ],
)
def test_these_departments_order_the_same_words_oppositely(upper: str, lower: str, key: str, other: str) -> None:
    def above(at: str) -> set[tuple[str, str]]:
        return {(a.rsplit("/", 1)[1], b.rsplit("/", 1)[1]) for a, b in closure(pairs(vocabulary(at), SKOS + "broader"))}

    assert (lower, upper) in above(key)
    assert (upper, lower) in above(other)


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("A10", {"actuarial", "hr"}),
        ("C10", {"claims", "underwriting"}),
        ("E20", {"enterprise", "underwriting"}),
        ("E30", {"enterprise", "underwriting"}),
        ("F110", {"finance", "claims"}),
        ("F200", {"finance", "claims"}),
        ("L20", {"underwriting", "legal", "hr"}),
        ("P10", {"hr", "marketing"}),
        ("S-100", {"sales", "service"}),
        ("S-210", {"sales", "service"}),
        ("S-400", {"sales", "service"}),
    ],
)
def test_codes_stand_for_several_things(code: str, keys: set[str]) -> None:
    assert {k for k in VOCABULARIES if code in {t for _, t in pairs(vocabulary(k), SKOS + "notation")}} == keys
