"""Canonical terms, patches and skolem names: what is journalled is what every engine gives back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from registry.errors import InvalidInputError
from registry.rdf.patch import Patch, apply, diff, invert, net
from registry.rdf.skolem import deskolemize, skolemize
from registry.rdf.syntax import parse_document
from registry.rdf.terms import SKOS, XSD, canonical_literal, canonical_quad, local_name, named_node

GRAPH = NamedNode("http://g")
DATATYPES = ("integer", "decimal", "boolean", "double", "dateTime", "date", "gYear", "string", "duration", "anyURI")
LITERALS = st.one_of(
    st.builds(lambda text, name: Literal(text, datatype=XSD[name]), st.text(max_size=12), st.sampled_from(DATATYPES)),
    st.builds(
        lambda number, name: Literal(f"+0{number}", datatype=XSD[name]),
        st.integers(min_value=0), st.sampled_from(DATATYPES),
    ),
    st.builds(
        lambda text, tag: Literal(text, language=tag), st.text(max_size=12), st.sampled_from(["en", "DE", "en-GB"])
    ),
)  # fmt: skip
QUADS = st.frozensets(
    st.builds(
        lambda s, o: Quad(NamedNode(f"http://v/{s}"), SKOS.altLabel, Literal(str(o)), GRAPH),
        st.integers(0, 5), st.integers(0, 5),
    ),
    max_size=12,
)  # fmt: skip


@given(LITERALS)
def test_canonical_literals_survive_the_store(literal: Literal) -> None:
    once = canonical_literal(literal)
    store = Store()
    store.add(Quad(NamedNode("http://s"), NamedNode("http://p"), once))
    assert next(iter(store)).object == once
    assert canonical_literal(once) == once


@pytest.mark.parametrize(
    ("text", "datatype", "canonical"),
    [("01", "integer", "1"), ("1.50", "decimal", "1.5"), ("1", "boolean", "true"), ("abc", "integer", "abc")],
)
def test_one_canonical_form(text: str, datatype: str, canonical: str) -> None:
    assert canonical_literal(Literal(text, datatype=XSD[datatype])).value == canonical


def test_the_gate_lets_no_blank_node_and_no_nul_in() -> None:
    for subject, value in (
        (BlankNode("b"), Literal("x")),
        (NamedNode("http://s"), BlankNode("b")),
        (NamedNode("http://s"), Literal("a\x00b")),
    ):
        with pytest.raises(InvalidInputError):
            canonical_quad(Quad(subject, SKOS.note, value), GRAPH)


@pytest.mark.parametrize("iri", ["relative", "", "http://a b", "no colon/at all"])
def test_relative_iris_are_refused(iri: str) -> None:
    with pytest.raises(InvalidInputError, match="absolute"):
        named_node(iri)


@pytest.mark.parametrize(("iri", "name"), [("http://v/a#b", "b"), ("http://v/c", "c"), ("urn:x:d", "d")])
def test_local_names(iri: str, name: str) -> None:
    assert local_name(iri) == name


@given(QUADS, QUADS)
def test_patches_turn_one_state_into_another_and_back(before: frozenset[Quad], after: frozenset[Quad]) -> None:
    patch = diff(before, after)
    assert apply(before, patch) == after
    assert apply(after, invert(patch)) == before
    assert not patch.added & patch.removed
    assert Patch.parse(patch.serialize()) == patch
    assert diff(after, after) == Patch()


@given(QUADS, QUADS, QUADS)
def test_a_net_patch_has_no_effectless_half(
    adding: frozenset[Quad], taking: frozenset[Quad], here: frozenset[Quad]
) -> None:
    patch = net(adding, taking, here)
    assert not patch.added & here
    assert patch.removed <= here
    assert apply(here, patch) == (here - taking) | adding


def test_a_patch_that_adds_what_it_removes_is_none() -> None:
    quad = Quad(NamedNode("http://s"), SKOS.note, Literal("x"), GRAPH)
    with pytest.raises(ValueError, match="net"):
        Patch(frozenset([quad]), frozenset([quad]))
    with pytest.raises(ValueError, match="patch line"):
        Patch.parse(b"X <http://s> <http://p> <http://o> .\n")


NOTES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<http://v/a> skos:note [ rdf:value "one" ; skos:note [ rdf:value "inner" ] ] , [ rdf:value "two" ] .
<http://v/b> skos:note [ rdf:value "two" ] , [ rdf:value "two" ] .
"""


def test_skolem_names_stay_and_go_back() -> None:
    prefix = "https://registry.example/.well-known/genid/"
    first = skolemize(parse_document(NOTES.encode(), "turtle"), prefix)
    again = skolemize(parse_document(NOTES.encode(), "turtle"), prefix)
    assert set(first) == set(again)
    assert len(set(first)) == len(first) == 10
    edited = skolemize(parse_document(NOTES.replace("inner", "other").encode(), "turtle"), prefix)
    changed = {quad.subject for quad in set(edited) ^ set(first)}
    assert NamedNode("http://v/b") not in changed
    back = deskolemize(first, prefix)
    assert set(skolemize(back, prefix)) == set(first)
    assert any(isinstance(quad.subject, BlankNode) for quad in back)


def test_a_heap_of_connected_blank_nodes_is_refused() -> None:
    heap = "".join(f"_:n{n} <http://v/p> _:n{n + 1} .\n" for n in range(2_100))
    with pytest.raises(InvalidInputError, match="hang together"):
        skolemize(parse_document(heap.encode(), "ntriples"), "urn:x:")
