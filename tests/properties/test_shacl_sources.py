"""Records of real sources, changed at random: what the quick check accepts conforms, and the tiers agree."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from registry.errors import InvalidInputError
from registry.rdf.syntax import parse_document
from registry.rdf.terms import LEX, ORG, OWL, RDF, SKOS, XSD
from registry.shacl import Background, RecordContext, RecordValidator, compile_shapes
from registry.shacl.records import parse_json_ld
from tests.conftest import ROOT

BASE = "https://vocab.nordhaven.example"
SOURCES = ("wiki", "crm", "dms")
CONCEPTS = [f"{BASE}/finance/{name}" for name in ("posting", "account", "claims-reserve", "old")]


@lru_cache(maxsize=1)
def background() -> Background:
    """Concepts of a hub, one of them retired, and departments."""
    scheme = NamedNode(f"{BASE}/finance")
    quads = [
        Quad(scheme, LEX.kind, LEX.Hub),
        Quad(NamedNode(CONCEPTS[-1]), OWL.deprecated, Literal("true", datatype=XSD.boolean)),
    ]
    for iri in CONCEPTS:
        quads += [Quad(NamedNode(iri), RDF.type, SKOS.Concept), Quad(NamedNode(iri), SKOS.inScheme, scheme)]
    for key in ("finance", "it", "sales"):
        quads.append(Quad(NamedNode(f"{BASE}/id/department/{key}"), RDF.type, ORG.OrganizationalUnit))
    return Background(quads)


@lru_cache(maxsize=3)
def validator(source: str) -> RecordValidator:
    context = json.loads((ROOT / "examples" / "sources" / source / "context.jsonld").read_bytes())["@context"]
    shapes = compile_shapes(parse_document((ROOT / "shapes" / "profiles" / "document.ttl").read_bytes(), "turtle"))
    return shapes.for_records(RecordContext.from_json_ld(context, record_class=LEX.Document.value), background())


@lru_cache(maxsize=3)
def records(source: str) -> tuple[bytes, ...]:
    return tuple((ROOT / "examples" / "sources" / source / "records.ndjson").read_bytes().splitlines())


texts = st.sampled_from(["month-end", "x", "", " blank ", "2024-02-30", "2024-02-28", "lang:en", "A" * 200, "page",
                         "fin:posting", "Posting", f"{BASE}/id/department/it", *CONCEPTS])  # fmt: skip
objects = st.one_of(
    st.builds(lambda text: {"@id": text}, texts),
    st.builds(lambda text: {"iri": text}, texts),
    st.builds(
        lambda text, tag: {"@value": text, "@language": tag}, texts, st.sampled_from(["en", "de", "xx", "en_US"])
    ),
    st.dictionaries(
        st.sampled_from(["en", "de", "fr", "it", "@none", "EN"]),
        st.one_of(texts, st.lists(texts, max_size=2)),
        max_size=3,
    ),
)
values = st.one_of(texts, objects, st.none(), st.integers(-1, 3000), st.booleans(),
                   st.lists(st.one_of(texts, objects), max_size=4))  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_the_quick_check_accepts_conforms_in_every_tier(source: str, data: st.DataObject) -> None:
    check = validator(source)
    record: dict[str, Any] = orjson.loads(data.draw(st.sampled_from(records(source))))
    names = st.sampled_from([name for name in check.context.fields if name not in check.context.prefixes])
    record |= data.draw(st.dictionaries(names, values, max_size=3))
    accepted = check.accepts(record)
    try:
        found = check.validate(record)
        whole = check.shapes.validate_graph(parse_json_ld(record, check.context), check.background)
    except InvalidInputError:
        assert not accepted
        return
    assert found.conforms == whole.conforms
    assert not accepted or whole.conforms


@pytest.mark.parametrize("source", SOURCES)
def test_clean_records_of_real_feeds_are_seen_to_be_clean_at_once(source: str) -> None:
    check = validator(source)
    clean = [record for record in map(orjson.loads, records(source)) if check.validate(record).conforms]
    assert sum(check.accepts(record) for record in clean) >= 0.8 * len(clean)
