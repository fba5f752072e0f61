"""What is promised on published sets with known answers, and that real vocabularies and mapping files are read."""

import os
from pathlib import Path
from statistics import mean

import pyoxigraph
import pytest

from registry.matching import Vocabulary, suggest
from registry.matching.alignment import read_alignment
from registry.matching.conflicts import label_clashes
from registry.matching.evaluate import evaluate
from registry.matching.load import vocabulary_from_quads
from registry.matching.sssom import from_tsv, to_tsv

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("LEXICORD_SHARED", ROOT / ".." / "shared")) / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="the shared vocabularies and mappings are not beside the repository"
    ),
]


def rdf_xml(path: Path) -> Vocabulary:
    quads = pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.RDF_XML, base_iri="urn:base:")
    return vocabulary_from_quads(path.stem, quads)


def mean_f1(track: str) -> float:
    figures = []
    for folder in sorted((SHARED / "mappings" / track).iterdir()):
        both = rdf_xml(folder / "source.xml"), rdf_xml(folder / "target.xml")
        gold = {cell.pair for cell in read_alignment((folder / "reference.xml").read_text(encoding="utf-8"))}
        figures.append(evaluate(suggest(*both), gold, vocabularies=both).f1)
    return mean(figures)


def test_conference_ontologies() -> None:
    assert mean_f1("oaei-conference") >= 0.62


def test_digital_humanities_thesauri() -> None:
    assert mean_f1("oaei-dh") >= 0.64


@pytest.mark.parametrize(("name", "mappings"), [("positive", 11_719), ("negative", 1_825)])
def test_curated_mappings_are_read_and_written_back_equal(name: str, mappings: int) -> None:
    text = (SHARED / "mappings" / "biomappings" / f"{name}.sssom.tsv").read_text(encoding="utf-8")
    read = from_tsv(text)
    assert len(read.mappings) == mappings
    assert from_tsv(to_tsv(read)) == read


def test_entries_without_the_type_of_concepts_are_loaded() -> None:
    quads = pyoxigraph.parse(path=SHARED / "vocabularies" / "naics-2012.ttl")
    assert len(vocabulary_from_quads("naics", quads).entries) == 2_212


def test_two_thesauri_clash_where_one_prefers_what_the_other_only_also_says() -> None:
    both = [
        vocabulary_from_quads(name, pyoxigraph.parse(path=SHARED / "vocabularies" / f"{name}.ttl"))
        for name in ("stw-9.06-2018", "unesco-thesaurus-2019-10")
    ]
    found = [clash for clash in label_clashes(both) if clash.kind == "preferred_elsewhere_alternative"]
    assert len(found) > 150
    assert all(clash.parties[0].vocabulary != clash.parties[1].vocabulary for clash in found)
