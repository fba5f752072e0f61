"""Diffs: each change told once, in the words of stewards."""

from collections import Counter

import pytest
from hypothesis import given
from pyoxigraph import Quad

from registry.skos import ChangeKind, SchemeIndex, TypedChange, diff, to_markdown
from tests.unit.skos.graphs import STW_2017, STW_2018, ex, quads, schemes, tangles, unhurried, vocabulary

_BEFORE = 'ex:a a skos:Concept ; skos:prefLabel "Account"@en . ex:b a skos:Concept ; skos:prefLabel "Bill"@en . '


def changes(before: str, after: str) -> list[TypedChange]:
    return list(diff(quads(before), quads(after)))


def texts(change: TypedChange) -> tuple[list[str], list[str]]:
    return [value.text for value in change.before], [value.text for value in change.after]


def test_added_and_removed_are_one_change_each() -> None:
    added, removed = changes(_BEFORE, 'ex:a a skos:Concept ; skos:prefLabel "Account"@en . ex:c a skos:Concept .')
    assert (added.kind, added.concept, added.label) == (ChangeKind.ADDED, ex("c"), "c")
    assert (removed.kind, removed.concept, removed.label) == (ChangeKind.REMOVED, ex("b"), "Bill")


def test_a_changed_label_says_language_from_and_to() -> None:
    (change,) = changes(_BEFORE, _BEFORE.replace("Bill", "Invoice"))
    assert (change.kind, change.property, change.language) == (ChangeKind.PREF_LABEL_CHANGED, "prefLabel", "en")
    assert texts(change) == (["Bill"], ["Invoice"])
    assert change.label == "Invoice"


def test_labels_of_two_languages_are_two_changes() -> None:
    found = changes(_BEFORE, _BEFORE + 'ex:a skos:altLabel "Konto"@de , "Ledger"@en .')
    assert [(change.kind, change.language) for change in found] == [
        (ChangeKind.LABELS_CHANGED, "de"),
        (ChangeKind.LABELS_CHANGED, "en"),
    ]


def test_a_deprecation_names_its_replacement() -> None:
    found = changes(_BEFORE, _BEFORE + "ex:b owl:deprecated true ; dcterms:isReplacedBy ex:a .")
    assert found[0].kind is ChangeKind.DEPRECATED
    assert [str(value) for value in found[0].after] == ["Account <http://example.org/a>"]


def test_a_merge_is_a_deprecation_whose_label_moved() -> None:
    merged = 'ex:b owl:deprecated true ; dcterms:isReplacedBy ex:a . ex:a skos:altLabel "Bill"@en .'
    assert changes(_BEFORE, _BEFORE + merged)[0].kind is ChangeKind.MERGED


def test_a_deprecation_taken_back_is_told() -> None:
    assert changes(_BEFORE + "ex:b owl:deprecated true .", _BEFORE)[0].kind is ChangeKind.REINSTATED


def test_a_move_tells_all_parents_and_not_who_stated_them() -> None:
    (change,) = changes(_BEFORE + "ex:a skos:broader ex:p .", _BEFORE + "ex:q skos:narrower ex:a .")
    assert (change.kind, texts(change)) == (ChangeKind.MOVED, (["http://example.org/p"], ["http://example.org/q"]))
    assert changes(_BEFORE + "ex:a skos:broader ex:b .", _BEFORE + "ex:b skos:narrower ex:a .") == []


def test_mappings_are_added_and_withdrawn_one_by_one() -> None:
    found = changes(
        _BEFORE + "ex:a skos:exactMatch <urn:x:1> .", _BEFORE + "ex:a skos:exactMatch <urn:x:2>, <urn:x:3> ."
    )
    assert Counter(change.kind for change in found) == {ChangeKind.MAPPING_ADDED: 2, ChangeKind.MAPPING_WITHDRAWN: 1}


def test_notes_notations_and_own_properties_are_told() -> None:
    after = _BEFORE + 'ex:a skos:definition "X."@en ; skos:notation "1" ; ex:own "y" .'
    assert [change.kind for change in changes(_BEFORE, after)] == [
        ChangeKind.NOTATION_CHANGED,
        ChangeKind.NOTES_CHANGED,
        ChangeKind.PROPERTY_CHANGED,
    ]


def test_a_datatype_is_part_of_a_value() -> None:
    (change,) = changes('ex:a skos:notation "1" .', 'ex:a skos:notation "1"^^xsd:integer .')
    assert texts(change) == (["1"], ["1"])


def test_blank_nodes_are_compared_by_what_they_say() -> None:
    note = _BEFORE + 'ex:a skos:scopeNote [ ex:value "{}" ] .'
    assert changes(note.format("old"), note.format("old")) == []
    (change,) = changes(note.format("old"), note.format("new"))
    assert (change.kind, texts(change)) == (ChangeKind.NOTES_CHANGED, (["value old"], ["value new"]))


def test_a_relabelled_parent_is_no_move() -> None:
    before = _BEFORE + "ex:a skos:broader ex:b ; skos:exactMatch ex:b ."
    found = changes(before, before.replace("Bill", "Invoice"))
    assert [change.kind for change in found] == [ChangeKind.PREF_LABEL_CHANGED]


@unhurried
@given(schemes() | tangles())
def test_nothing_changed_is_no_change(graph: list[Quad]) -> None:
    assert diff(graph, SchemeIndex.of(reversed(graph))) == ()


@unhurried
@given(schemes() | tangles(), schemes() | tangles())
def test_what_came_one_way_goes_the_other(one: list[Quad], other: list[Quad]) -> None:
    there, back = diff(one, other), diff(other, one)
    swapped = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.MAPPING_ADDED: ChangeKind.MAPPING_WITHDRAWN}
    for kind, opposite in swapped.items():
        assert {change.concept for change in there if change.kind is kind} == {
            change.concept for change in back if change.kind is opposite
        }
    assert bool(there) == bool(back)
    assert there == diff(reversed(one), reversed(other))


def test_markdown_tells_kinds_counts_and_values() -> None:
    page = to_markdown(diff(quads(_BEFORE), quads(_BEFORE.replace("Bill", "In*voice") + "ex:c a skos:Concept .")))
    assert page == (
        "# Changes\n\n"
        "## New concepts (1)\n\n"
        "- **c** `http://example.org/c`\n\n"
        "## Preferred labels changed (1)\n\n"
        "- **In\\*voice** `http://example.org/b` prefLabel (en): “Bill” → “In\\*voice”\n"
    )
    assert to_markdown([]) == "# Changes\n\nNothing changed.\n"


def test_a_change_is_json() -> None:
    (change,) = changes(_BEFORE, _BEFORE.replace("Bill", "Invoice"))
    assert change.as_dict() == {
        "kind": "pref_label_changed",
        "concept": "http://example.org/b",
        "label": "Invoice",
        "property": "prefLabel",
        "language": "en",
        "before": [{"text": "Bill", "language": "en", "label": None, "datatype": None}],
        "after": [{"text": "Invoice", "language": "en", "label": None, "datatype": None}],
    }


@pytest.mark.shared
def test_two_editions_of_a_real_thesaurus() -> None:
    found = diff(vocabulary(STW_2017), vocabulary(STW_2018), language="de")
    kinds = Counter(change.kind for change in found)
    assert (kinds[ChangeKind.ADDED], kinds[ChangeKind.REMOVED], kinds[ChangeKind.MOVED]) == (15, 0, 1)
    assert "“Swasiland” → “Eswatini”" in to_markdown(found)
