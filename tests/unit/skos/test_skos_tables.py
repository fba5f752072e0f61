"""Sheets: what goes out comes back unchanged, and an edit changes what it says and nothing else."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from registry.errors import InvalidInputError
from registry.rdf.terms import RDF, SKOS
from registry.skos import SchemeIndex, bases, from_csv, to_csv
from registry.skos.cells import join_cell, split_cell
from tests.unit.skos.graphs import NAICS, STW_2018, UNESCO, ex, quads, schemes, tangles, unhurried, vocabulary

_FINANCE = """
ex:s a skos:ConceptScheme ; skos:prefLabel "Finance"@en .
ex:a a skos:Concept ; skos:inScheme ex:s ; skos:prefLabel "Account"@en ; skos:altLabel "Ledger"@en , "Book"@en ;
    skos:notation "10" ; dcterms:modified "2024-01-01"^^xsd:date ; skos:narrower ex:b ; skos:changeNote "Moved."@en .
ex:b a skos:Concept ; skos:inScheme ex:s ; skos:prefLabel "Asset account"@en ; skos:broader ex:a .
ex:g a skos:Collection ; skos:prefLabel "Books"@en ; skos:member ex:a .
"""


def edited(graph: str, sheet: str, **options: object) -> set[str]:
    """Return the lines added (+) and removed (-) by a sheet, as N-Triples."""
    before = quads(graph)
    after = from_csv(sheet, before, **options)  # type: ignore[arg-type]
    gone, come = set(before) - set(after), set(after) - set(before)
    return {f"-{_triple(quad)}" for quad in gone} | {f"+{_triple(quad)}" for quad in come}


def _triple(quad: Quad) -> str:
    short = str(quad).replace("http://example.org/", "").replace("http://www.w3.org/2004/02/skos/core#", "")
    return short.replace("https://w3id.org/lexicord/ns#", "lex:")


@unhurried
@given(st.lists(st.text(alphabet=st.sampled_from("ab |\\\n"), min_size=1), min_size=1))
def test_a_cell_gives_its_values_back(values: list[str]) -> None:
    assert split_cell(join_cell(values)) == values


@pytest.mark.parametrize(
    ("cell", "values"),
    [("a | b", ["a", "b"]), ("a|b", ["a", "b"]), (r"a \| b", ["a | b"]), (r"C:\temp", [r"C:\temp"]), ("", [""])],
)
def test_a_cell_reads_as_people_write_it(cell: str, values: list[str]) -> None:
    assert split_cell(cell) == values


@settings(unhurried, max_examples=300)
@given(schemes() | tangles(), st.sampled_from([",", "\t", ";"]))
def test_export_then_import_is_no_change(graph: list[Quad], delimiter: str) -> None:
    sheet = to_csv(graph, delimiter=delimiter, base="7", languages=["en"])
    assert set(from_csv(sheet, graph, delimiter=delimiter)) == set(graph)


@unhurried
@given(schemes() | tangles())
def test_importing_twice_is_importing_once(graph: list[Quad]) -> None:
    sheet = 'iri,prefLabel@en,related,status\r\nhttp://example.org/c0,"A | B",http://example.org/c1,deprecated\r\n'
    once = from_csv(sheet, graph)
    assert set(from_csv(sheet, once)) == set(once)


@unhurried
@given(
    schemes() | tangles(),
    st.sets(st.text(alphabet=st.sampled_from('ab|\\, "\n'), min_size=1, max_size=4).filter(str.strip)),
)
def test_an_edit_says_what_it_says_and_nothing_else(graph: list[Quad], labels: set[str]) -> None:
    row = ["http://example.org/c0", join_cell(sorted(label.strip() for label in labels))]
    text = io.StringIO()
    csv.writer(text).writerows([["iri", "altLabel@de"], row])
    before = [*graph, Quad(ex("c0"), RDF["type"], SKOS.Concept)]
    after = set(from_csv(text.getvalue(), before))
    spoken = {quad for quad in {*before, *after} if _is_german_alternative(quad)}
    assert after - spoken == set(before) - spoken
    said = {quad.object.value.strip() for quad in after & spoken if isinstance(quad.object, Literal)} - {""}
    assert said == {label.strip() for label in labels}


def _is_german_alternative(quad: Quad) -> bool:
    value = quad.object
    about = quad.subject == ex("c0") and quad.predicate == SKOS.altLabel
    return about and isinstance(value, Literal) and value.language == "de"


def test_the_order_of_rows_and_triples_is_the_same_every_time() -> None:
    assert to_csv(quads(_FINANCE)) == to_csv(SchemeIndex.of(reversed(quads(_FINANCE))))


def test_a_sheet_has_the_columns_in_their_order() -> None:
    header, first, *_ = csv.reader(io.StringIO(to_csv(quads(_FINANCE), base="42", languages=["de"])))
    assert header[:6] == ["iri", "notation", "broader", "prefLabel@de", "prefLabel@en", "altLabel@en"]
    assert header[-5:] == ["replacedBy", "facet", "collection", "inScheme", "base"]
    row = dict(zip(header, first, strict=True))
    assert row["altLabel@en"] == "Book | Ledger"
    assert row["collection"] == "http://example.org/g"
    assert row["base"] == "42"


def test_a_missing_column_leaves_alone_and_an_empty_cell_removes() -> None:
    assert edited(_FINANCE, "iri,altLabel@en\nhttp://example.org/a,\n") == {
        '-<a> <altLabel> "Ledger"@en',
        '-<a> <altLabel> "Book"@en',
    }


def test_a_changed_cell_removes_the_old_and_adds_the_new() -> None:
    assert edited(_FINANCE, "iri,altLabel@en\nhttp://example.org/a,Book | Daybook\n") == {
        '-<a> <altLabel> "Ledger"@en',
        '+<a> <altLabel> "Daybook"@en',
    }


def test_a_moved_concept_leaves_its_parent_on_both_sides() -> None:
    assert edited(_FINANCE, "iri,broader\nhttp://example.org/b,\n") == {"-<b> <broader> <a>", "-<a> <narrower> <b>"}


@pytest.mark.parametrize("name", ["Account", "10", "http://example.org/a", " Account "])
def test_a_parent_is_named_by_label_notation_or_iri(name: str) -> None:
    sheet = f"iri,prefLabel@en,broader\nhttp://example.org/c,Liability,{name}\n"
    assert "+<c> <broader> <a>" in edited(_FINANCE, sheet)


def test_a_parent_may_be_a_row_of_the_same_sheet() -> None:
    sheet = "iri,prefLabel@en,broader\nhttp://example.org/c,Equity,Capital\nhttp://example.org/d,Capital,\n"
    assert "+<c> <broader> <d>" in edited(_FINANCE, sheet)


def test_a_collection_is_named_among_collections() -> None:
    sheet = "iri,collection\nhttp://example.org/b,Books\n"
    assert edited(_FINANCE, sheet) == {"+<g> <member> <b>"}


def test_a_new_row_is_a_concept_of_the_scheme() -> None:
    assert edited(_FINANCE, "iri,prefLabel@en\nhttp://example.org/c,Equity\n") == {
        "+<c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <Concept>",
        "+<c> <inScheme> <s>",
        '+<c> <prefLabel> "Equity"@en',
    }


def test_an_entry_without_type_gets_none() -> None:
    assert edited("ex:a skos:inScheme ex:s .", "iri,prefLabel@en\nhttp://example.org/a,A\n") == {
        '+<a> <prefLabel> "A"@en'
    }


def test_a_row_without_iri_gets_the_one_that_is_made() -> None:
    sheet = "iri,prefLabel@en\n,Equity\n"
    assert '+<new> <prefLabel> "Equity"@en' in edited(_FINANCE, sheet, mint=lambda: ex("new"))
    with pytest.raises(InvalidInputError, match="line 2, column iri"):
        edited(_FINANCE, sheet)


def test_deprecated_is_written_as_status_and_as_flag() -> None:
    changed = edited(_FINANCE, "iri,status,replacedBy\nhttp://example.org/b,deprecated,Account\n")
    assert {line.split()[1] for line in changed} == {
        "<lex:status>",
        "<http://www.w3.org/2002/07/owl#deprecated>",
        "<http://purl.org/dc/terms/isReplacedBy>",
    }


def test_a_deprecated_concept_that_is_approved_again_loses_the_flag() -> None:
    graph = "ex:a a skos:Concept ; owl:deprecated true ."
    changed = edited(graph, "iri,status\nhttp://example.org/a,approved\n")
    assert {line[0] for line in changed if "deprecated" in line} == {"-"}
    assert "+<a> <lex:status> <lex:Approved>" in changed


def test_a_kept_notation_keeps_its_datatype() -> None:
    graph = 'ex:a a skos:Concept ; skos:notation "10"^^ex:code , "11"^^ex:code .'
    changed = edited(graph, "iri,notation\nhttp://example.org/a,10 | 12\n")
    assert changed == {'-<a> <notation> "11"^^<code>', '+<a> <notation> "12"'}


def test_what_a_sheet_cannot_say_is_left_alone() -> None:
    graph = 'ex:a a skos:Concept ; skos:scopeNote [ ex:value "x" ] ; skos:prefLabel " "@en , 4 ; ex:own "y" .'
    assert edited(graph, "iri,scopeNote,prefLabel,prefLabel@en\nhttp://example.org/a,,,\n") == set()


def test_new_quads_join_the_graph_of_the_vocabulary() -> None:
    graph = ex("graph")
    before = [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads(_FINANCE)]
    assert {quad.graph_name for quad in from_csv("iri,altLabel@de\nhttp://example.org/a,Buch\n", before)} == {graph}


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("", "no column 'iri'"),
        ("prefLabel@en\nAccount\n", "no column 'iri'"),
        ("iri,iri\nx,x\n", "column 'iri' twice"),
        ("iri,label\nhttp://example.org/a,A\n", "no column 'label'"),
        ("iri,prefLabel@english-please!\nhttp://example.org/a,A\n", "no column"),
        ("iri,broader\nhttp://example.org/a\n", "Line 2 has 1 cells"),
        ("iri,broader\nhttp://example.org/a,Nothing\n", "line 2, column broader: 'Nothing' names no concept"),
        ("iri,inScheme\nhttp://example.org/a,Nothing\n", "names no concept scheme"),
        ("iri,status\nhttp://example.org/a,gone\n", "'gone' is not a status"),
        ("iri\nhttp://example.org/a\nhttp://example.org/a\n", "Line 2 has the IRI"),
        ("iri\nthe account\n", "cannot be used: it is relative"),
        ("iri\nhttp://example.org/the account\n", "' ' stands in it"),
        ('iri,example\n"http://example.org/a,"x"\n', "broken at line 2"),
    ],
)
def test_a_bad_sheet_is_refused_and_says_where(sheet: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        from_csv(sheet, quads(_FINANCE))


def test_all_bad_cells_are_told_at_once() -> None:
    sheet = "iri,broader,status\nhttp://example.org/a,X,old\nhttp://example.org/b,Y,\n"
    with pytest.raises(InvalidInputError) as refused:
        from_csv(sheet, quads(_FINANCE))
    places = [fault.pointer for fault in refused.value.faults]
    assert places == ["line 2, column broader", "line 2, column status", "line 3, column broader"]


def test_a_label_that_two_concepts_have_is_ambiguous() -> None:
    graph = 'ex:a a skos:Concept ; skos:prefLabel "X"@en . ex:b a skos:Concept ; skos:prefLabel "X"@en .'
    with pytest.raises(InvalidInputError, match="names several"):
        from_csv("iri,broader\nhttp://example.org/c,X\n", quads(graph))


def test_lines_are_counted_over_cells_that_span_several() -> None:
    sheet = 'iri,definition@en,status\nhttp://example.org/a,"one\ntwo",\n\nhttp://example.org/b,,wrong\n'
    with pytest.raises(InvalidInputError, match="line 5, column status"):
        from_csv(sheet, quads(_FINANCE))


def test_a_sheet_saved_by_a_spreadsheet_reads() -> None:
    sheet = "\ufeffiri;prefLabel@en\r\nhttp://example.org/b;Assets\r\n;\r\n"
    assert '+<b> <prefLabel> "Assets"@en' in edited(_FINANCE, sheet, delimiter=";")


def test_the_versions_a_sheet_was_made_from_are_told() -> None:
    assert bases("iri,base\nhttp://example.org/a,41\nhttp://example.org/b,\n") == {"41"}
    assert bases("iri\nhttp://example.org/a\n") == frozenset()


def test_an_odd_delimiter_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="does not separate"):
        to_csv([], delimiter="::")


@pytest.mark.shared
@pytest.mark.parametrize("name", [STW_2018, UNESCO, NAICS])
def test_the_real_vocabularies_come_back_unchanged(name: str) -> None:
    graph = vocabulary(name)
    assert set(from_csv(to_csv(graph), graph)) == set(graph)


def test_an_empty_vocabulary_can_be_started_from_a_sheet() -> None:
    after = from_csv("iri,prefLabel@en\nhttp://example.org/a,Account\n", [])
    assert SchemeIndex.of(after).concepts == {NamedNode("http://example.org/a")}
