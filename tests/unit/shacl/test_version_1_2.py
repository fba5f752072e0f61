"""The draft of SHACL 1.2, where it is asked for: unique values, shapes closed by types, what disallows conformance."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from registry.model.validation import ValidationReport
from registry.shacl import RecordContext, ShapesError, UnsupportedShapesError
from registry.shacl.compile import CompiledShapes
from registry.shacl.graph import DataGraph
from registry.shacl.unique_register import UniqueRegister, keys_of
from tests.unit.shacl.worlds import CONTEXT, EX, compiled, found, quads, term

UNIQUE = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:uniqueValuesFor {} ."


def _report(shapes: str, data: str) -> ValidationReport:
    return compiled(shapes, version="1.2").validate_graph(quads(data))


@pytest.mark.parametrize(
    "shapes",
    [
        UNIQUE.format("ex:p"),
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:closed sh:ByTypes .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI . ex:shapes sh:conformanceDisallows sh:Info .",
        "ex:shapes a owl:Ontology ; owl:imports ex:other ; sh:conformanceDisallows sh:Violation .",
    ],
)
def test_version_1_0_refuses_the_terms_of_1_2(shapes: str) -> None:
    with pytest.raises(ShapesError):
        compiled(shapes)


@pytest.mark.parametrize("value", ['"p"', "[]", "( ex:p 'q' )", "()"])
def test_what_is_no_list_of_properties_is_refused(value: str) -> None:
    with pytest.raises(ShapesError, match=r"uniqueValuesFor|list"):
        compiled(UNIQUE.format(value), version="1.2")


def test_each_of_the_nodes_with_the_same_values_has_one_result() -> None:
    data = "ex:a a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p 1 . ex:c a ex:C ; ex:p 1 . ex:d a ex:C ; ex:p 2 . ex:e ex:p 2 ."
    answer = _report(UNIQUE.format("ex:p"), data)
    assert found(answer) == [(node, "UniqueValuesFor", None) for node in "abc"]
    assert not answer.conforms


def test_nodes_without_any_value_are_not_compared() -> None:
    assert _report(UNIQUE.format("( ex:p ex:q )"), "ex:a a ex:C . ex:b a ex:C .").conforms


def test_all_values_of_all_properties_have_to_be_the_same() -> None:
    data = """ex:a a ex:C ; ex:p 1, 2 ; ex:q "x" . ex:b a ex:C ; ex:p 2, 1 ; ex:q "x" . ex:c a ex:C ; ex:p 1 ;
    ex:q "x" . ex:d a ex:C ; ex:p 1, 2 ; ex:q "x"@en . ex:e a ex:C ; ex:p "01"^^xsd:integer, 2 ; ex:q "x" .
    ex:f a ex:C ; ex:p 7 . ex:g a ex:C ; ex:p 7 . ex:h a ex:C ; ex:q 7 ."""
    assert [row[0] for row in found(_report(UNIQUE.format("( ex:p ex:q )"), data))] == ["a", "b", "f", "g"]


def test_two_constraints_are_two_keys() -> None:
    data = "ex:a a ex:C ; ex:p 1 ; ex:q 1 . ex:b a ex:C ; ex:p 1 ; ex:q 2 . ex:c a ex:C ; ex:p 3 ; ex:q 2 ."
    assert [row[0] for row in found(_report(UNIQUE.format("ex:p, ex:q"), data))] == ["a", "b", "b", "c"]


def test_a_shape_in_use_elsewhere_is_held_against_its_own_targets() -> None:
    shapes = UNIQUE.format("ex:p") + "ex:T a sh:NodeShape ; sh:targetNode ex:z ; sh:node ex:S ."
    assert found(_report(shapes, "ex:a a ex:C ; ex:p 1 . ex:z ex:p 1 .")) == [("z", "Node", "z")]


def _register(shapes: CompiledShapes, graphs: Iterable[str]) -> list[tuple[int, str | None]]:
    with UniqueRegister(shapes) as register:
        for place, data in enumerate(graphs, start=1):
            graph = DataGraph.of(quads(data))
            shapes.validate_data(graph)
            register.add(place, keys_of(shapes, graph))
        return [(place, term(each.focus_node)) for place, each in register.repeated()]


def test_values_are_unique_across_records() -> None:
    graphs = ["ex:a a ex:C ; ex:p 1 .", "ex:b a ex:C ; ex:p 2 .", "ex:c a ex:C ; ex:p 1 .", "ex:d ex:p 2 ."]
    assert _register(compiled(UNIQUE.format("ex:p"), version="1.2"), graphs) == [(1, "a"), (3, "c")]


def test_a_record_sent_twice_is_one_node() -> None:
    shapes = compiled(UNIQUE.format("ex:p"), version="1.2")
    assert _register(shapes, ["ex:a a ex:C ; ex:p 1 ."] * 2) == []
    assert _register(shapes, ["[] a ex:C ; ex:p 1 ."] * 2) == [(1, "_"), (2, "_")]
    assert _register(shapes, ["[] a ex:C ; ex:p [] ."] * 2) == []


def test_what_a_record_repeats_within_itself_is_told_once() -> None:
    shapes = compiled(UNIQUE.format("ex:p"), version="1.2")
    twice = "ex:a a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p 1 ."
    assert len(shapes.validate_graph(quads(twice)).results) == 2
    assert _register(shapes, [twice, "ex:c a ex:C ; ex:p 1 ."]) == [(2, "c")]


def test_texts_that_look_like_two_properties_are_not_mistaken() -> None:
    shapes = compiled(UNIQUE.format("( ex:p ex:q )"), version="1.2")
    graphs = ['ex:a a ex:C ; ex:p "x\\"\\n.\\n\\"y" .', 'ex:b a ex:C ; ex:p "x" ; ex:q "y" .', "ex:c a ex:C ; ex:q 1 ."]
    assert _register(shapes, graphs) == []


def test_results_of_the_register_are_those_of_one_graph() -> None:
    shapes = compiled(UNIQUE.format("ex:p, ( ex:p ex:q ) ; sh:message 'Not {$this} again.'"), version="1.2")
    graphs = ["ex:a a ex:C ; ex:p 1 ; ex:q 1 .", "ex:b a ex:C ; ex:p 1 ; ex:q 1 .", "ex:c a ex:C ; ex:p 1 ."]
    with UniqueRegister(shapes) as register:
        for place, data in enumerate(graphs):
            graph = DataGraph.of(quads(data))
            shapes.validate_data(graph)
            register.add(place, keys_of(shapes, graph))
        apart = sorted(str(each) for _, each in register.repeated())
    assert apart == sorted(str(each) for each in shapes.validate_graph(quads(" ".join(graphs))).results)
    assert len(apart) == 5


def test_the_register_takes_many_records_in_little_memory() -> None:
    shapes = compiled(UNIQUE.format("ex:p"), version="1.2")
    [key] = keys_of(shapes, _validated(shapes, "ex:a a ex:C ; ex:p 1 ."))
    tracemalloc.start()
    with UniqueRegister(shapes) as register:
        for place in range(20_000):
            values = (frozenset({ox.Literal(place % 19_999)}),)
            register.add(place, [key._replace(node=ox.NamedNode(f"{EX}n{place}"), values=values)])
        assert [place for place, _ in register.repeated()] == [0, 19_999]
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def _validated(shapes: CompiledShapes, data: str) -> DataGraph:
    graph = DataGraph.of(quads(data))
    shapes.validate_data(graph)
    return graph


BY_TYPES = """
ex:Root a rdfs:Class, sh:NodeShape ; sh:closed sh:ByTypes ; sh:property [ sh:path ex:root ] .
ex:Sub a rdfs:Class ; rdfs:subClassOf ex:Root ; sh:property [ sh:path ex:sub ], [ sh:path [ sh:inversePath ex:no ] ] .
ex:OfRoot a sh:NodeShape ; sh:targetClass ex:Root ; sh:property [ sh:path ex:of_root ] .
ex:OfSub a sh:NodeShape ; sh:targetClass ex:Sub ; sh:node ex:More ; sh:property [ sh:path ex:of_sub ] .
ex:More a sh:NodeShape ; sh:property [ sh:path ex:more ] .
"""


def test_a_shape_closed_by_types_permits_what_the_types_and_those_above_declare() -> None:
    data = """ex:a a ex:Root ; ex:root 1 ; ex:of_root 1 . ex:b a ex:Root ; ex:sub 1 ; ex:more 1 .
    ex:c a ex:Sub ; ex:root 1 ; ex:of_root 1 ; ex:sub 1 ; ex:of_sub 1 ; ex:more 1 ; ex:no 1 ."""
    answer = _report(BY_TYPES, data + " ex:Sub rdfs:subClassOf ex:Root .")
    assert [(term(each.focus_node), term(each.result_path)) for each in answer.results] == [  # type: ignore[arg-type]
        ("b", "sub"),
        ("b", "more"),
        ("c", "no"),
    ]


def test_ignored_properties_are_permitted_with_every_type() -> None:
    shapes = BY_TYPES.replace("sh:ByTypes ;", "sh:ByTypes ; sh:ignoredProperties ( ex:sub ) ;")
    assert [row[2] for row in found(_report(shapes, "ex:b a ex:Root ; ex:sub 1 ; ex:more 2 ."))] == ["2"]


def test_records_of_a_shape_closed_by_types() -> None:
    shapes = compiled(BY_TYPES.replace("ex:Root", "ex:Document").replace("ex:root", "ex:code"), version="1.2")
    validator = shapes.for_records(RecordContext.from_json_ld(CONTEXT))
    assert validator.validate({"@id": "ex:a", "@type": "Document", "code": "x"}).conforms
    assert not validator.validate({"@id": "ex:a", "@type": "Document", "code": "x", "note": "y"}).conforms


WARNING = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:severity {} ] . "


@pytest.mark.parametrize(
    ("severity", "disallowed", "conforms"),
    [
        ("sh:Warning", "", False),
        ("sh:Debug", "", True),
        ("sh:Warning", "ex:shapes sh:conformanceDisallows sh:Violation .", True),
        ("sh:Info", "ex:shapes sh:conformanceDisallows sh:Violation, sh:Info .", False),
        ("sh:Trace", "ex:shapes sh:conformanceDisallows sh:Trace .", False),
    ],
)
def test_only_disallowed_severities_keep_data_from_conforming(severity: str, disallowed: str, conforms: bool) -> None:
    shapes = compiled(WARNING.format(severity) + disallowed, version="1.2")
    answer = shapes.validate_graph(quads("ex:x a ex:C ."))
    assert (answer.conforms, len(answer.results)) == (conforms, 1)


@pytest.mark.parametrize(("reference", "conforms"), [("sh:node ex:S", True), ("sh:not ex:S", False)])
def test_nested_shapes_conform_as_the_whole_does(reference: str, conforms: bool) -> None:
    shapes = WARNING.format("sh:Warning") + f"ex:T a sh:NodeShape ; sh:targetNode ex:y ; {reference} . "
    answer = _report(shapes + "ex:shapes sh:conformanceDisallows sh:Violation .", "ex:y a ex:D .")
    assert answer.conforms is conforms


def test_records_with_results_that_matter_to_nobody_conform() -> None:
    shapes = (
        "ex:S a sh:NodeShape ; sh:targetClass ex:Document ; sh:property ex:P . ex:P sh:path ex:code ; sh:minCount 1 ;"
    )
    validator = compiled(shapes + "sh:severity sh:Debug .", version="1.2").for_records(
        RecordContext.from_json_ld(CONTEXT)
    )
    answer = validator.validate({"@id": "ex:a", "@type": "Document"})
    assert (answer.conforms, len(answer.results)) == (True, 1)


def test_what_disallows_conformance_has_to_be_a_severity() -> None:
    with pytest.raises(ShapesError, match="conformanceDisallows"):
        compiled("ex:shapes sh:conformanceDisallows 'sh:Violation' .", version="1.2")


def test_what_1_2_has_and_is_not_evaluated_is_refused() -> None:
    with pytest.raises(UnsupportedShapesError, match="memberShape"):
        compiled("ex:S a sh:NodeShape ; sh:memberShape ex:T .", version="1.2")
