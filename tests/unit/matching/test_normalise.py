"""Keys and stems: what counts as the same label, and which words a stemmer would wrongly unite."""

import pytest

from registry.matching import normalise
from registry.matching.normalise import stem_bag


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hasConferenceMember", "has conference member"),
        ("HTTPServer", "http server"),
        ("is_a_starting_date", "is a starting date"),
        ("Customer's account", "customer account"),
        ("WHO", "who"),
        ("", ""),
    ],
)
def test_normalise(text: str, key: str) -> None:
    assert normalise(text, "en") == key


def test_capitals_within_a_phrase_are_no_boundary() -> None:
    assert normalise("McDonald farm") == "mcdonald farm"


def test_the_possessive_is_english() -> None:
    assert normalise("l's", "fr") == "l s"
    assert normalise("men’s shoes", "en-GB") == "men shoes"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Organisation of African Unity", "African unity organization"),
        ("seventh vertebra", "Vertebra VII"),
        ("coloured papers", "colored paper"),
        ("anaemia", "anemia"),
        ("2nd level", "level two"),
        ("accounts of customers", "customer account"),
    ],
)
def test_equal_stems(one: str, other: str) -> None:
    assert stem_bag(one, "en") == stem_bag(other, "en")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("presenter", "presentation"),
        ("customer", "custom"),
        ("account", "accounting"),
        ("manager", "management"),
        ("shoe", "she"),
        ("poet", "pet"),
    ],
)
def test_words_of_one_stem_that_are_different_things(one: str, other: str) -> None:
    assert stem_bag(one, "en") != stem_bag(other, "en")


def test_a_label_of_stop_words_keeps_them() -> None:
    assert stem_bag("of the", "en") == ("of", "the")


def test_each_language_has_its_own_rules() -> None:
    assert stem_bag("die Versicherungen", "de") == stem_bag("Versicherung", "de")
    assert stem_bag("mot inconnu", "xx") == ("inconnu", "mot")
