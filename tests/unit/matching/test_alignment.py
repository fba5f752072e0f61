"""Reference alignments in the Alignment API's format."""

import pytest

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching.alignment import Cell, read_alignment

FRAME = """<?xml version="1.0"?>
<rdf:RDF xmlns="http://knowledgeweb.semanticweb.org/heterogeneity/alignment#"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><Alignment>{cells}</Alignment></rdf:RDF>"""


def cell(relation: str = "=", measure: str = "0.5", second: str = '<entity2 rdf:resource="http://b/2"/>') -> str:
    first = '<entity1 rdf:resource="http://a/1&amp;x"/>'
    rest = f"<measure>{measure}</measure><relation>{relation}</relation>"
    return f"<map><Cell>{first}{second}{rest}</Cell></map>"


def test_cells_in_their_order() -> None:
    cells = read_alignment(FRAME.format(cells=cell() + cell("&lt;", "1.0")))
    assert cells[0] == Cell("http://a/1&x", "http://b/2", "skos:exactMatch", 0.5)
    assert cells[0].pair == ("http://a/1&x", "http://b/2")
    assert cells[1].predicate_id == "skos:broadMatch"


def test_an_alignment_may_be_empty() -> None:
    assert read_alignment(FRAME.format(cells="")) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html/>", "no Alignment"),
        (FRAME.format(cells=cell(second="")), "Cell 1 has no entity2"),
        (FRAME.format(cells=cell(measure="high")), "no number"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x/>', "document type"),
    ],
)
def test_what_is_no_alignment_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_alignment(text)


def test_broken_xml_is_told_with_its_line() -> None:
    with pytest.raises(SyntaxFaultError, match="no XML") as raised:
        read_alignment("<a>\n<b></a>")
    assert raised.value.facts["line"] == 2
