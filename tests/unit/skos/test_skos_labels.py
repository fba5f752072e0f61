"""The label under which a concept is shown."""

import pytest
from hypothesis import given
from pyoxigraph import Quad

from registry.skos import SchemeIndex, display_label
from tests.unit.skos.graphs import ex, index, schemes, unhurried


@pytest.mark.parametrize(
    ("graph", "languages", "label"),
    [
        ('ex:a skos:prefLabel "Konto"@de, "Account"@en', ("en",), "Account"),
        ('ex:a skos:prefLabel "Konto"@de, "Account"@en', ("de", "en"), "Konto"),
        ('ex:a skos:prefLabel "Konto"@de, "Account"@en', ("fr", "de"), "Konto"),
        ('ex:a skos:prefLabel "Konto"@de, "Account"@en', ("fr",), "Account"),
        ('ex:a skos:prefLabel "Konto"@de, "Cuenta"@es', ("fr",), "Konto"),
        ('ex:a skos:prefLabel "Konto"@de ; skos:altLabel "Account"@en', ("en",), "Konto"),
        ('ex:a skos:prefLabel "Colour"@en-gb, "Farbe"@de', ("en",), "Colour"),
        ('ex:a skos:prefLabel "Color"@en, "Farbe"@de', ("en-GB",), "Color"),
        ('ex:a skos:prefLabel "Colour"@en-gb, "Color"@en', ("en",), "Color"),
        ('ex:a skos:prefLabel " "@en ; skos:altLabel "Account"@de', ("en",), "Account"),
        ('ex:a rdfs:label "Account"@en ; skos:notation "10"', ("en",), "Account"),
        ('ex:a skos:notation "10"', ("en",), "10"),
        ("ex:a a skos:Concept", ("en",), "a"),
        ('ex:a skos:prefLabel "b"@en, "a"@en', ("en",), "a"),
    ],
)
def test_the_best_label_is_chosen(graph: str, languages: tuple[str, ...], label: str) -> None:
    assert display_label(index(graph + " ."), ex("a"), languages) == label


@unhurried
@given(schemes())
def test_every_concept_has_a_label_and_always_the_same(graph: list[Quad]) -> None:
    one, other = SchemeIndex.of(graph), SchemeIndex.of(reversed(graph))
    for entry in one.entries:
        assert display_label(one, entry)
        assert display_label(one, entry) == display_label(other, entry)
