"""What follows from mappings, by which path, and which of them cannot all be right."""

from registry.matching import Entry, Label, Vocabulary
from registry.matching.conflicts import Relation
from registry.matching.reason import incoherences, infer


def relation(text: str) -> Relation:
    """Read "a exact b", or "a exact! b" for a rejection."""
    subject, predicate, target = text.split()
    return Relation(subject, f"skos:{predicate.rstrip('!')}Match", target, predicate.endswith("!"))


def inferred(*texts: str, weak: bool = False) -> set[str]:
    found = infer([relation(text) for text in texts], weak=weak)
    return {f"{one.subject_id} {one.predicate_id[5:-5]} {one.object_id}" for one in found}


def kinds(*texts: str, vocabularies: tuple[Vocabulary, ...] = ()) -> list[str]:
    return [found.kind for found in incoherences([relation(text) for text in texts], vocabularies)]


def vocabulary(key: str, **broader: str) -> Vocabulary:
    entries = (Entry(name, (Label(name),), broader=tuple(parents.split())) for name, parents in broader.items())
    return Vocabulary(key, tuple(entries))


def test_inversions() -> None:
    assert inferred("a exact b") == {"b exact a"}
    assert inferred("a broad b") == {"b narrow a"}
    assert inferred("a close b") == set()
    assert inferred("a close b", "c related d", weak=True) == {"b close a", "d related c"}


def test_chains_of_exact_and_one_other() -> None:
    assert {"a exact c", "c exact a"} <= inferred("a exact b", "b exact c")
    assert {"a broad c", "c narrow a"} <= inferred("a exact b", "b broad c")
    assert {"a broad c"} <= inferred("a broad b", "b exact c")
    assert "a broad c" not in inferred("a broad b", "b broad c")


def test_the_path_is_told_and_at_most_three_links_long() -> None:
    chain = [relation(f"{a} exact {b}") for a, b in ("ab", "bc", "cd", "de")]
    found = {(one.subject_id, one.object_id): one for one in infer(chain)}
    assert found["a", "d"].path == tuple(chain[:3])
    assert found["a", "d"].rule == "chain"
    assert ("a", "e") not in found


def test_the_shortest_path_is_kept() -> None:
    found = infer([relation(text) for text in ("a exact b", "b exact c", "c exact d", "b exact d")])
    assert next(len(one.path) for one in found if (one.subject_id, one.object_id) == ("a", "d")) == 2


def test_rejections_are_no_premises() -> None:
    assert inferred("a exact! b", "b exact c") == {"c exact b"}


def test_what_is_asserted_is_not_inferred() -> None:
    assert inferred("a exact b", "b exact a") == set()


def test_two_concepts_of_one_vocabulary_in_one_clique() -> None:
    found = incoherences(
        [relation("a1 exact b"), relation("b exact a2")], [vocabulary("a", a1="", a2=""), vocabulary("b", b="")]
    )
    assert [(one.kind, one.concepts) for one in found] == [("two_in_one_clique", ("a1", "a2"))]
    assert len(found[0].path) == 2


def test_exact_together_with_another_mapping() -> None:
    assert "exact_and_other" in kinds("a exact b", "a related b")
    assert "exact_and_other" in kinds("a exact b", "b exact c", "c related a")
    assert kinds("a exact b", "b exact c") == []


def test_cycles_of_broader() -> None:
    assert "broader_cycle" in kinds("a broad b", "b broad c", "c broad a")
    assert "broader_cycle" in kinds("a broad b", "a narrow b")
    assert "broader_cycle" not in kinds("a broad b", "c broad b")


def test_an_ancestor_mapped_below_a_descendant() -> None:
    left, right = vocabulary("a", low="top", top=""), vocabulary("b", under="over", over="")
    assert kinds("low exact over", "top exact under", vocabularies=(left, right)) == ["broader_cycle"]
    assert kinds("low exact under", "top exact over", vocabularies=(left, right)) == []


def test_a_hierarchy_that_turns_in_itself_is_not_the_mappings_fault() -> None:
    assert kinds("x exact y", vocabularies=(vocabulary("a", p="q", q="p", x=""), vocabulary("b", y=""))) == []


def test_a_chain_against_a_rejection() -> None:
    found = incoherences([relation(text) for text in ("a exact b", "b exact c", "a exact! c")])
    assert [one.kind for one in found] == ["contradicts_rejection"]
    assert len(found[0].path) == 3


def test_mappings_to_nowhere_and_to_oneself() -> None:
    assert kinds("a exact a") == ["maps_to_itself"]
    assert kinds("a exact zz", vocabularies=(vocabulary("v", a=""),)) == ["unknown_end"]


def test_a_mapping_within_one_vocabulary() -> None:
    assert kinds("a1 exact a2", vocabularies=(vocabulary("a", a1="", a2=""),)) == ["two_in_one_clique"]
    assert kinds("a1 broad a2", vocabularies=(vocabulary("a", a1="", a2=""),)) == []
