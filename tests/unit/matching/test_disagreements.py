"""Concepts taken for the same that differ in definition, unit, period or values."""

from __future__ import annotations

import pytest

from registry.matching.conflicts import Relation
from registry.matching.disagreements import disagreements
from registry.matching.vocabulary import Entry, Label, Vocabulary

SKOS = "http://www.w3.org/2004/02/skos/core#"


def entry(name: str, label: str, definition: str = "", *broader: str) -> Entry:
    return Entry(name, (Label(label, "en"),), broader, definition=definition)


def found(left: list[Entry], right: list[Entry], *mappings: Relation) -> set[tuple[str, str]]:
    return {(one.kind, one.said) for one in disagreements(Vocabulary("a", tuple(left)), Vocabulary("b", tuple(right)),
                                                          mappings)}  # fmt: skip


def test_units_and_periods_are_held_against_each_other() -> None:
    ours = [entry("a:1", "Revenue", "Monthly income from sales, gross, in EUR.")]
    theirs = [entry("b:1", "Revenue", "Income of a year; annual, net, in USD.")]
    assert found(ours, theirs) == {
        ("different_unit_or_formula", "EUR / USD"),
        ("different_unit_or_formula", "gross / net"),
        ("different_granularity", "month / year"),
    }
    assert found(ours, [entry("b:1", "Revenue", "Monthly gross income in € and USD.")]) == set()
    assert found(ours, [entry("b:1", "Revenue")]) == set()
    assert found(ours, theirs, Relation("b:1", SKOS + "exactMatch", "a:1", negative=True)) == set()


def test_definitions_of_what_is_mapped_are_compared() -> None:
    ours = [entry("a:1", "Client", "Somebody to whom an invoice has been posted.")]
    theirs = [entry("b:1", "Program", "A process that asks a server for data.")]
    assert found(ours, theirs) == set()
    kinds = {kind for kind, _ in found(ours, theirs, Relation("a:1", SKOS + "exactMatch", "b:1"))}
    assert kinds == {"definitions_disagree"}


def test_value_lists_that_overlap_and_differ_are_told() -> None:
    ours = [entry("a:1", "Status"), *(entry(f"a:{n}", n, "", "a:1") for n in ("Open", "Closed", "Lost"))]
    theirs = [entry("b:1", "Status"), *(entry(f"b:{n}", n, "", "b:1") for n in ("Open", "Closed"))]
    assert found(ours, theirs) == {("different_value_list", "Lost / nothing")}
    assert found(ours[:3], theirs) == set()
    assert found(ours, [*theirs, entry("b:2", "Half", "", "b:Open")]) == set(), "no list of leaves"


def test_several_mapped_below_one_are_finer() -> None:
    ours = [entry("a:1", "Vehicle")]
    theirs = [entry("b:1", "Car"), entry("b:2", "Lorry")]
    below = [Relation(one.id, SKOS + "broadMatch", "a:1") for one in theirs]
    assert found(ours, theirs, *below) == {("different_granularity", "Vehicle / Car, Lorry")}
    assert found(ours, theirs, below[0]) == set()


def test_one_concept_in_two_vocabularies_has_two_owners() -> None:
    shared = entry("x:1", "Party")
    assert found([shared], [shared]) == {("competing_owners", "")}


@pytest.mark.parametrize("swap", [False, True])
def test_the_order_of_entries_does_not_matter(swap: bool) -> None:
    ours = [entry("a:1", "Margin", "Gross."), entry("a:2", "Fee", "In EUR.")]
    theirs = [entry("b:1", "Margin", "Net."), entry("b:2", "Fee", "In CHF.")]
    if swap:
        ours, theirs = ours[::-1], theirs[::-1]
    assert found(ours, theirs) == {("different_unit_or_formula", "gross / net"),
                                   ("different_unit_or_formula", "EUR / CHF")}  # fmt: skip
