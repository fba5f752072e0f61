"""Why a candidate is offered: the rule, the words, the neighbours, and what should make one look twice."""

import pytest

from registry.matching import Candidate, Entry, Label, MatchSettings, Vocabulary, common_languages, suggest


def concept(
    name: str, *labels: str, language: str = "en", broader: tuple[str, ...] = (), definition: str = ""
) -> Entry:
    texts = (Label(labels[0], language), *(Label(text, language, "alt") for text in labels[1:]))
    return Entry(name, texts, broader=broader, definition=definition)


def vocabulary(key: str, *entries: Entry) -> Vocabulary:
    return Vocabulary(key, entries)


def best(left: Vocabulary, right: Vocabulary, subject: str, **settings: object) -> Candidate:
    found = suggest(left, right, settings=MatchSettings(**settings))  # type: ignore[arg-type]
    return next(candidate for candidate in found if candidate.subject_id == subject)


@pytest.mark.parametrize(
    ("ours", "theirs", "rule"),
    [
        ("Claim", "claim", "exact"),
        ("claims handlers", "handler of claims", "stem"),
        ("e-mail address", "Email address", "spaceless"),
        ("C5 vertebra", "cervical vertebra 5", "code"),
        ("PC chair", "Program committee chair", "acronym"),
        ("WHO", "world health organization", "acronym"),
        ("claims handling", "claims handling system", "similar"),
    ],
)
def test_rules(ours: str, theirs: str, rule: str) -> None:
    found = best(vocabulary("a", concept("a:1", ours)), vocabulary("b", concept("b:1", theirs)), "a:1")
    assert found.evidence.rule == rule


def test_two_long_words_are_no_code_of_one_another() -> None:
    left, right = (
        vocabulary("a", concept("1", "cervical vertebra 5")),
        vocabulary("b", concept("2", "coccyx vertebra 5")),
    )
    assert best(left, right, "1").evidence.rule == "similar"


@pytest.mark.parametrize(
    ("ours", "theirs", "predicate"),
    [
        ("motor insurance policy", "insurance policy", "skos:broadMatch"),
        ("insurance policy", "motor insurance policy", "skos:narrowMatch"),
        ("insurance policy", "insurance", "skos:closeMatch"),
        ("Claim", "claims", "skos:exactMatch"),
    ],
)
def test_predicates(ours: str, theirs: str, predicate: str) -> None:
    found = best(vocabulary("a", concept("a:1", ours)), vocabulary("b", concept("b:1", theirs)), "a:1")
    assert found.predicate_id == predicate


def test_synonyms_are_learnt_from_the_labels_of_a_concept() -> None:
    left = vocabulary(
        "a",
        concept("a:1", "car insurance", "automobile insurance"),
        concept("a:2", "car loan", "automobile loan"),
        concept("a:3", "car tax", "automobile tax"),
        concept("a:4", "car rental"),
    )
    right = vocabulary("b", concept("b:4", "automobile rental"), concept("b:5", "tool rental"))
    found = best(left, right, "a:4")
    assert found.object_id == "b:4"
    assert any("car" in rule and "automobil" in rule for rule in found.evidence.token_rules)
    assert found.evidence.similarity.tokens > best(left, right, "a:4", use_rules=False).evidence.similarity.tokens


def test_contrasts_are_learnt_from_the_concepts_of_a_vocabulary() -> None:
    both = [("gross income", "net income"), ("gross margin", "net margin"), ("gross weight", "net weight")]
    left = vocabulary("a", *(concept(f"a:{text}", text) for pair in both for text in pair))
    right = vocabulary("b", concept("b:1", "gross premium income"), concept("b:2", "net premium income"))
    found = {c.pair: c for c in suggest(left, right, settings=MatchSettings(floor=0.0))}
    assert found["a:gross income", "b:1"].confidence > found["a:gross income", "b:2"].confidence + 0.1


def test_mapped_parents_speak_for_a_pair() -> None:
    left = vocabulary(
        "a", concept("a:fin", "Finance"), concept("a:it", "Computing"), concept("a:x", "Release", broader=("a:fin",))
    )
    right = vocabulary(
        "b",
        concept("b:fin", "Finance"),
        concept("b:it", "Computing"),
        concept("b:x", "Release", broader=("b:fin",)),
        concept("b:y", "release", broader=("b:it",)),
    )
    found = {c.pair: c for c in suggest(left, right)}
    assert found["a:x", "b:x"].evidence.structure.ancestors == 1.0
    assert found["a:x", "b:y"].evidence.structure.ancestors == 0.0
    assert found["a:x", "b:x"].confidence > found["a:x", "b:y"].confidence
    assert "the broader concepts are mapped elsewhere" in found["a:x", "b:y"].evidence.warnings


def test_definitions_speak_for_a_pair() -> None:
    words = "an amount owed by an insurer after a loss covered by the policy"
    left = vocabulary("a", concept("a:1", "claim", definition=words))
    right = vocabulary(
        "b",
        concept("b:1", "claim", definition="an assertion that something is true in an argument"),
        concept("b:2", "Claim", definition=words + " has been reported"),
    )
    found = suggest(left, right)
    assert [candidate.object_id for candidate in found] == ["b:2", "b:1"]
    assert found[0].evidence.margin > 0 > found[1].evidence.margin
    assert found[0].evidence.competing[0].object_id == "b:1"
    assert "the definitions have little in common" in found[1].evidence.warnings


def test_homonyms_symbols_acronyms_and_decisions_are_warned_of() -> None:
    left = vocabulary(
        "a", *(concept(f"a:{number}", text) for number, text in enumerate(["C++", "PTO", "lead", "Lead"]))
    )
    right = vocabulary("b", concept("b:0", "C#"), concept("b:1", "PTO"), concept("b:2", "lead"))
    said = {c.pair: " / ".join(c.evidence.warnings) for c in suggest(left, right)}
    assert "symbols" in said["a:0", "b:0"]
    assert "acronym" in said["a:1", "b:1"]
    assert "names 2 concepts of the subject vocabulary" in said["a:2", "b:2"]
    rejected = [(f"a:{n}", f"b:{m}") for n in range(2) for m in range(3) if n != m] + [("a:2", "b:0")]
    (warned, *_) = suggest(left, right, rejected=rejected)
    assert "5 of 5 decided pairs of these vocabularies were rejected" in warned.evidence.warnings


def test_a_false_friend_is_worth_less_than_a_match_in_the_common_language() -> None:
    left = vocabulary("a", Entry("a:1", (Label("image", "en"),)))
    right = vocabulary(
        "b", Entry("b:1", (Label("Illustration", "en"), Label("image", "fr"))), Entry("b:2", (Label("image", "en"),))
    )
    found = {c.object_id: c for c in suggest(left, right)}
    assert found["b:2"].confidence > found["b:1"].confidence
    assert any("different languages" in warning for warning in found["b:1"].evidence.warnings)


def test_no_common_language_is_said() -> None:
    left, right = (
        vocabulary("a", concept("1", "Konto", language="de")),
        vocabulary("b", concept("2", "Konto", language="pl")),
    )
    assert common_languages(left, right) == frozenset()
    (found,) = suggest(left, right)
    assert "no language in common" in found.evidence.warnings[0]


def test_only_kinds_that_can_match_are_compared() -> None:
    left = vocabulary("a", Entry("a:1", (Label("name"),), kind="class"))
    right = vocabulary(
        "b", Entry("b:1", (Label("name"),), kind="datatype_property"), Entry("b:2", (Label("name"),), kind="concept")
    )
    assert [candidate.object_id for candidate in suggest(left, right)] == ["b:2"]


def test_empty_very_long_and_very_frequent_labels() -> None:
    long = "word " * 2_000
    left = vocabulary(
        "a", Entry("a:1", (Label(""), Label("  "))), concept("a:2", long), Entry("a:3", ()), concept("a:4", "x")
    )
    many = vocabulary("b", concept("b:long", long), *(concept(f"b:{number}", "x") for number in range(300)))
    found = suggest(left, many)
    assert {candidate.subject_id for candidate in found} == {"a:2", "a:4"}
    assert found[0].pair == ("a:2", "b:long") or found[0].subject_id == "a:4"
    assert "names 300 concepts" in " ".join(next(c for c in found if c.subject_id == "a:4").evidence.warnings)
