"""Three-way merge: what a document changed arrives, what people changed stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.patch import apply, diff, net
from registry.rdf.terms import SKOS
from registry.services.merging import merge

GRAPH = NamedNode("urn:g")
CONCEPTS = [NamedNode(f"urn:c{n}") for n in range(3)]
NOTES = st.frozensets(
    st.builds(
        lambda node, text: Quad(node, SKOS.note, Literal(text), GRAPH),
        st.sampled_from(CONCEPTS),
        st.sampled_from("abcdef"),
    )
)


def named(text: str) -> Quad:
    """A concept's English name."""
    return Quad(CONCEPTS[0], SKOS.prefLabel, Literal(text, language="en"), GRAPH)


@given(base=NOTES, current=NOTES, incoming=NOTES)
def test_both_sides_changes_stand_in_the_result(
    base: frozenset[Quad], current: frozenset[Quad], incoming: frozenset[Quad]
) -> None:
    patch, findings = merge(base, current, incoming)
    merged = apply(current, net(patch.added, patch.removed, current))
    edits, edition = diff(base, current), diff(base, incoming)
    assert findings == []
    assert merged == apply(apply(base, edits), edition)
    assert edits.added <= merged
    assert edits.removed.isdisjoint(merged - edition.added)


@given(base=NOTES, incoming=NOTES)
def test_without_edits_the_document_stands(base: frozenset[Quad], incoming: frozenset[Quad]) -> None:
    patch, _ = merge(base, base, incoming)
    assert apply(base, patch) == incoming


@given(base=NOTES, current=NOTES)
def test_the_same_document_again_changes_nothing(base: frozenset[Quad], current: frozenset[Quad]) -> None:
    assert not merge(base, current, base)[0]


def test_a_name_that_both_changed_stays_and_is_told() -> None:
    patch, findings = merge(frozenset({named("A")}), frozenset({named("B")}), frozenset({named("C")}))
    assert apply({named("B")}, net(patch.added, patch.removed, {named("B")})) == {named("B")}
    assert [(found.check, found.concept) for found in findings] == [("kept-edit", CONCEPTS[0])]


def test_a_name_that_both_changed_alike_is_no_clash() -> None:
    patch, findings = merge(frozenset({named("A")}), frozenset({named("B")}), frozenset({named("B")}))
    assert findings == []
    assert apply({named("B")}, net(patch.added, patch.removed, {named("B")})) == {named("B")}
