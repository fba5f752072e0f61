"""The key of a label: what it makes equal, what it keeps apart, and that it never vanishes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rdf.text import fold_label


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Customer  Account", "customer account"),
        ("customer_account", "customer account"),
        ("R&D", "r d"),
        ("Größe", "grosse"),
        ("Café–Bar", "cafe bar"),
        ("Ørsted, Łódź", "orsted lodz"),
        ("ﬁnance", "finance"),
        ("Ⅷ", "viii"),
        ("５０", "50"),
        ("Ёлка", "елка"),
        ("Ἀθῆναι", "αθηναι"),
        ("が", "が"),
        ("한국", "한국"),
        ("हिन्दी", "हिन्दी"),
        ("+", "+"),
        ("«»", "«»"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_keys(text: str, key: str) -> None:
    assert fold_label(text) == key


def test_a_composed_and_a_decomposed_label_share_their_key() -> None:
    assert fold_label("Cafe\u0301") == fold_label("Caf\u00e9")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_label(fold_label(text)) == fold_label(text)


@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_a_label_never_vanishes(text: str) -> None:
    assert fold_label(text)


@given(st.text())
def test_no_blank_at_the_ends_and_none_doubled(text: str) -> None:
    assert fold_label(text) == " ".join(fold_label(text).split())


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_case_does_not_matter_in_latin(text: str) -> None:
    assert fold_label(text.casefold()) == fold_label(text)
