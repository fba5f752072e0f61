"""Clashes between departments, and what mappings make of them."""

from registry.matching import Entry, Label, Vocabulary
from registry.matching.conflicts import Relation, definition_overlap, label_clashes


def concept(name: str, *labels: str, definition: str = "", broader: tuple[str, ...] = (), code: str = "") -> Entry:
    texts = (Label(labels[0], "en"), *(Label(text, "en", "alt") for text in labels[1:]))
    return Entry(name, texts, broader=broader, definition=definition, notation=(code,) if code else ())


def clashes(left: list[Entry], right: list[Entry], *mappings: Relation) -> list[tuple[str, str]]:
    found = label_clashes([Vocabulary("finance", tuple(left)), Vocabulary("sales", tuple(right))], mappings)
    return [(clash.kind, clash.mapping) for clash in found]


LEAD_IN_SALES = concept("s:lead", "Lead", definition="A person who may become a customer of the company")
LEAD_IN_FINANCE = concept("f:lead", "Lead", definition="The insurer that sets terms for all sharing one risk")


def test_same_label_and_far_definitions_is_a_homonym() -> None:
    assert clashes([LEAD_IN_FINANCE], [LEAD_IN_SALES]) == [("homonym", "none")]


def test_same_label_without_more_asks_for_a_mapping() -> None:
    assert clashes([concept("f:a", "Account")], [concept("s:a", "account")]) == [("synonym_without_mapping", "none")]


def test_mapped_and_named_alike_is_agreement() -> None:
    exact = Relation("s:a", "skos:exactMatch", "f:a")
    assert clashes([concept("f:a", "Account")], [concept("s:a", "Account")], exact) == []


def test_a_rejected_mapping_says_homonym_in_either_direction() -> None:
    pair = [concept("f:a", "Account")], [concept("s:a", "Account")]
    assert clashes(*pair, Relation("f:a", "skos:exactMatch", "s:a", negative=True)) == [("homonym", "rejected")]
    assert clashes(*pair, Relation("s:a", "skos:exactMatch", "f:a", negative=True)) == [("homonym", "rejected")]


def test_inverse_predicates_are_told_from_the_first_party() -> None:
    pair = [concept("f:a", "Account")], [concept("s:a", "Account")]
    iri = "http://www.w3.org/2004/02/skos/core#broadMatch"
    assert clashes(*pair, Relation("s:a", iri, "f:a")) == [("homonym", "narrowMatch")]


def test_preferred_here_alternative_there() -> None:
    left, right = [concept("f:c", "Customer")], [concept("s:c", "Client", "Customer")]
    assert clashes(left, right) == [("preferred_elsewhere_alternative", "none")]
    exact = Relation("f:c", "skos:exactMatch", "s:c")
    assert clashes(left, right, exact) == [("preferred_elsewhere_alternative", "exactMatch")]


def test_evidence_names_both_sides() -> None:
    (clash,) = label_clashes([Vocabulary("sales", (LEAD_IN_SALES,)), Vocabulary("finance", (LEAD_IN_FINANCE,))])
    assert [party.vocabulary for party in clash.parties] == ["finance", "sales"]
    assert clash.parties[0].definition == LEAD_IN_FINANCE.definition
    assert clash.shared == ("Lead",)
    assert clash.definition_overlap == definition_overlap(LEAD_IN_FINANCE, LEAD_IN_SALES)


def test_other_languages_do_not_clash() -> None:
    left = Vocabulary("a", (Entry("a:gift", (Label("Gift", "de"),)),))
    right = Vocabulary("b", (Entry("b:gift", (Label("Gift", "en"),)),))
    assert label_clashes([left, right]) == ()
    unknown = Vocabulary("b", (Entry("b:gift", (Label("Gift"),)),))
    assert len(label_clashes([left, unknown])) == 1


def test_same_code_other_meaning() -> None:
    left, right = [concept("f:x", "Claim", code="CL1")], [concept("s:y", "Client", code="CL1")]
    assert clashes(left, right) == [("same_code_other_meaning", "none")]
    assert clashes([concept("f:x", "Claim", code="7")], [concept("s:y", "Client", code="7")]) == []


def test_opposite_hierarchy() -> None:
    left = [concept("f:p", "Premium"), concept("f:f", "Fee", broader=("f:p",))]
    right = [concept("s:f", "Fee"), concept("s:p", "Premium", broader=("s:f",))]
    found = clashes(left, right)
    assert ("opposite_hierarchy", "none") in found
    exact = Relation("f:p", "skos:exactMatch", "s:p"), Relation("f:f", "skos:exactMatch", "s:f")
    assert clashes(left, right, *exact) == [("opposite_hierarchy", "exactMatch")]


def test_a_label_of_very_many_concepts_makes_one_clash() -> None:
    left = Vocabulary("a", tuple(concept(f"a:{number}", "Other") for number in range(400)))
    right = Vocabulary("b", tuple(concept(f"b:{number}", "other") for number in range(400)))
    (clash,) = label_clashes([left, right])
    assert (clash.kind, len(clash.parties)) == ("homonym", 800)


def test_the_order_of_vocabularies_means_nothing() -> None:
    left, right = Vocabulary("a", (LEAD_IN_FINANCE,)), Vocabulary("b", (LEAD_IN_SALES,))
    assert label_clashes([left, right]) == label_clashes([right, left])


def test_empty_labels_and_empty_vocabularies_are_no_clash() -> None:
    empty = Vocabulary("a", (Entry("a:1", (Label(" "),)), Entry("a:2", ())))
    assert label_clashes([empty, Vocabulary("b", (Entry("b:1", (Label(""),)),))]) == ()
    assert label_clashes([]) == ()
