"""The shapes are well-formed and explain themselves; they accept what is right and refuse what is not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, SH, SKOS

from registry.shacl import Background, RecordContext, RecordValidator, compile_shapes

ROOT = Path(__file__).resolve().parents[2]
LEX = rdflib.Namespace("https://w3id.org/lexicord/ns#")
SHAPES = sorted([*ROOT.glob("shapes/registry/*.ttl"), *ROOT.glob("shapes/profiles/*.ttl")])
PROFILE = ROOT / "shapes" / "profiles" / "document.ttl"
SOURCES = ("crm", "dms", "wiki")
PREFIXES = """
@prefix : <https://example.org/> .
@prefix lex: <https://w3id.org/lexicord/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix semapv: <https://w3id.org/semapv/vocab/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

DEPARTMENT = ':d a org:OrganizationalUnit ; lex:key "claims" ; skos:prefLabel "Claims"@en ; org:unitOf :company .'
SOURCE = """
:s a lex:ContentSource ; lex:key "wiki" ; lex:owner :d ; dcterms:title "Wiki"@en ; dcterms:conformsTo :profile ;
   lex:mode lex:Warn ; lex:usesVocabulary :v ; lex:context "{}"^^rdf:JSON ; lex:completenessTarget 0.9 ;
   lex:freshnessTarget "P1D"^^xsd:duration ; lex:shapeMode [ lex:shape :shape ; lex:mode lex:Enforce ] .
"""
GRANT = """
:g a lex:AuthorityGrant ; lex:grantKind lex:ValueAuthority ; lex:holder :erp ; lex:basis :doc ; lex:basisClass lex:Law ;
   lex:tier lex:Mandate ; lex:grantStatus lex:GrantActive ; lex:rank 1 ; lex:scope :scope ;
   lex:reviewBy "2027-01-01"^^xsd:date ;
   lex:validFrom "2026-01-01T00:00:00Z"^^xsd:dateTime ; lex:validUntil "2028-01-01T00:00:00Z"^^xsd:dateTime ;
   lex:delegable true ; lex:maxDelegationDepth 1 ; lex:arbiter :office ; lex:trust :trust .
:scope a lex:Scope ; lex:property :legalName ; lex:jurisdiction :eu .
:trust lex:maxTrust 90 ; lex:minTrust 20 ; lex:decay lex:HalfLife ; lex:decayPeriod "P180D"^^xsd:dayTimeDuration .
"""
POLICY = """
:p a lex:ResolutionPolicy ; lex:appliesTo :scope ; lex:strategies ( lex:ByAuthority lex:ByTrust lex:Escalate ) ;
   lex:minMargin :margin ; lex:maxAge "P365D"^^xsd:dayTimeDuration ; lex:authorityRequired true ;
   lex:onIncomparable lex:ByDimensionOrder ; lex:dimensionOrder ( lex:jurisdiction lex:usage ) .
:margin lex:strategy lex:ByTrust ; lex:lead 5 .
:scope lex:property :legalName .
"""
OVERRIDE = """
:o a lex:Override ; lex:entity :e ; lex:property :legalName ; lex:pinnedValue "Ostby AS" ; lex:overriddenHash "b1" ;
   lex:overrideReason "The register is late." ; lex:validUntil "2027-01-01T00:00:00Z"^^xsd:dateTime ;
   prov:wasAttributedTo :ann ; lex:breakGlass true ; lex:reviewBy "2026-12-01"^^xsd:date .
"""
SCHEME = """
:v a skos:ConceptScheme ; lex:key "claims" ; lex:kind lex:DepartmentVocabulary ; lex:owner :d ;
   dcterms:title "Claims"@en ; dcterms:license :licence ; owl:versionInfo "1" ; lex:approvalPolicy :two .
:two a lex:ApprovalPolicy ; lex:minApprovals 2 ; lex:approvalFor skos:Concept .
:c lex:status lex:Deprecated ; dcterms:isReplacedBy :other ; lex:endorsedBy :it ; lex:owner :d ; lex:facet lex:Role ;
   lex:effectiveFrom "2026-01-01"^^xsd:date ; lex:effectiveUntil "2027-01-01"^^xsd:date .
"""
MAPPING = """
:m a sssom:Mapping , owl:Axiom ; owl:annotatedSource :a ; owl:annotatedProperty skos:exactMatch ;
   owl:annotatedTarget :b ; sssom:mapping_justification semapv:ManualMappingCuration ; sssom:confidence 0.9 ;
   lex:mappingState lex:MappingApproved ; lex:approvedBySubjectSide :ann ;
   lex:approvedByObjectSide :bob ; lex:fingerprint "f00d" .
"""
CONFLICT = """
:k a lex:Conflict ; lex:conflictKind lex:Homonym ; lex:party :d , :it ; lex:about :a , :b ; lex:labelKey "account@en" ;
   lex:state lex:Decided ; lex:decidedBy :ann ; lex:decisionReason "Both stay." ;
   lex:dueBy "2026-12-01T00:00:00Z"^^xsd:dateTime .
"""
SOUND = {
    "organisation": DEPARTMENT,
    "sources": SOURCE,
    "authority": GRANT + POLICY + OVERRIDE,
    "schemes": SCHEME,
    "mappings": MAPPING,
    "conflicts": CONFLICT,
}
# file, what is taken out, what is put in its place, the severities and messages expected (beginnings)
UNSOUND = [
    ("organisation", 'lex:key "claims" ;', "", "Violation", "Give the department exactly one key"),
    ("organisation", '"claims"', '"Claims Dept"', "Violation", "Give the department exactly one key"),
    ("organisation", 'skos:prefLabel "Claims"@en ;', "", "Violation", "Name the department"),
    ("organisation", "org:unitOf :company", "org:unitOf :company , :other", "Violation", "Name by its IRI the one"),
    ("sources", "lex:owner :d ;", "", "Violation", "Name the one department that answers"),
    ("sources", 'lex:key "wiki" ;', "", "Violation", "Give the content source exactly one key"),
    ("sources", "dcterms:conformsTo :profile ;", "", "Warning", "Name the profile"),
    ("sources", "lex:mode lex:Warn ;", "lex:mode lex:Loud ;", "Violation", "Choose one mode"),
    (
        "sources",
        '"{}"^^rdf:JSON',
        '"https://example.org/context.jsonld"',
        "Violation",
        "Give at most one JSON-LD context",
    ),
    ("sources", "lex:completenessTarget 0.9", "lex:completenessTarget 90.0", "Violation", "State the completeness"),
    ("sources", "lex:shape :shape ;", "", "Violation", "State for the exception which one shape"),
    ("authority", "lex:holder :erp ;", "", "Violation", "Name the one organisation, role or content source"),
    ("authority", "lex:basis :doc ;", "", "Violation", "Cite by its IRI the document"),
    ("authority", "lex:basisClass lex:Law ;", "", "Violation", "Say what kind of document"),
    ("authority", "lex:basisClass lex:Law ;", "lex:basisClass lex:Policy ;", "Violation", ""),
    ("authority", 'lex:reviewBy "2027-01-01"^^xsd:date ;', "", "Warning", "Give the mandate a review date"),
    ("authority", "lex:scope :scope ;", "", "Warning", "Limit the grant to a scope"),
    ("authority", '"2028-01-01T00', '"2025-01-01T00', "Violation", "State one moment with time zone from which"),
    ("authority", "lex:delegable true ;", "", "Violation", ""),
    ("authority", "lex:ValueAuthority", "lex:TermAuthority", "Violation", ""),
    ("authority", "lex:jurisdiction :eu", "lex:country :eu", "Violation", "Use only the dimensions of a scope"),
    ("authority", "lex:minTrust 20", "lex:minTrust 95", "Violation", "State the least trust"),
    ("authority", '; lex:decayPeriod "P180D"^^xsd:dayTimeDuration', "", "Violation", "State the decay period, or"),
    ("authority", "lex:ByTrust lex:Escalate )", "lex:ByLuck )", "Violation", "List at least one strategy"),
    ("authority", "lex:lead 5", 'lex:lead "5"', "Violation", "State for the margin"),
    (
        "authority",
        "lex:dimensionOrder ( lex:jurisdiction lex:usage )",
        "",
        "Violation",
        "Give the policy an IRI of its own",
    ),
    (
        "authority",
        'lex:validUntil "2027-01-01T00:00:00Z"^^xsd:dateTime ;',
        "",
        "Violation",
        "State when the override ends",
    ),
    ("authority", '; lex:reviewBy "2026-12-01"^^xsd:date', "", "Violation", "Give an emergency override a review"),
    ("schemes", 'lex:key "claims" ;', "", "Violation", "Give the vocabulary exactly one key"),
    ("schemes", "a skos:ConceptScheme ;", "", "Violation", "A vocabulary is a skos:ConceptScheme"),
    ("schemes", "lex:DepartmentVocabulary ; lex:owner :d ;", "lex:Hub ;", "Violation", ""),
    ("schemes", "lex:DepartmentVocabulary ;", "lex:ExternalVocabulary ;", "Violation", ""),
    ("schemes", "lex:minApprovals 2", "lex:minApprovals 0", "Violation", "Give at most one approval policy"),
    ("schemes", "dcterms:license :licence ;", "", "Warning", "State the licence"),
    ("schemes", 'owl:versionInfo "1" ;', "", "Info", "State the edition"),
    ("schemes", "lex:status lex:Deprecated", "lex:status lex:Retired", "Violation", "Give the concept one status"),
    ("schemes", "dcterms:isReplacedBy :other ;", "", "Warning", "Name the concept to use instead"),
    ("schemes", "lex:endorsedBy :it", "lex:endorsedBy :d", "Violation", "Name each endorsing department"),
    ("schemes", '"2027-01-01"^^xsd:date', '"2025-01-01"^^xsd:date', "Violation", "State one date from which"),
    ("mappings", "skos:exactMatch", "owl:sameAs", "Violation", "Choose one predicate"),
    ("mappings", "owl:annotatedTarget :b", "owl:annotatedTarget :a", "Violation", "Name one concept as subject"),
    ("mappings", "semapv:ManualMappingCuration", ":hunch", "Violation", "Say how the mapping came about"),
    ("mappings", "sssom:confidence 0.9", "sssom:confidence 1.9", "Violation", "State the confidence"),
    ("mappings", "lex:approvedByObjectSide :bob ;", "", "Violation", ""),
    ("mappings", "lex:MappingApproved", "lex:OneSided", "Violation", ""),
    ("mappings", "lex:MappingApproved", "lex:MappingRejected", "Violation", ""),
    ("conflicts", "lex:conflictKind lex:Homonym ;", "", "Violation", "Say in which one way"),
    ("conflicts", "lex:party :d , :it ;", "", "Violation", "Name the departments involved"),
    ("conflicts", 'lex:decisionReason "Both stay." ;', "", "Violation", ""),
    ("conflicts", "lex:state lex:Decided ;", "lex:state lex:Shelved ;", "Violation", "Give the conflict one state"),
]


@cache
def shapes(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path)


def registry_shapes(name: str) -> rdflib.Graph:
    return shapes(ROOT / "shapes" / "registry" / f"{name}.ttl")


def findings(data: rdflib.Graph, shapes_graph: rdflib.Graph, focus: str | None = None) -> set[tuple[str, str]]:
    """Severity (local name) and message of every result, on one focus node or on all."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph, inplace=True)
    assert isinstance(report, rdflib.Graph)
    return {
        (
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
        if focus is None or str(report.value(result, SH.focusNode)) == focus
    }


def turtle(text: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=PREFIXES + text, format="turtle")


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_shapes_conform_to_shacl(path: Path) -> None:
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes(path), meta_shacl=True)
    assert conforms, text


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_every_named_shape_explains_itself(path: Path) -> None:
    graph = shapes(path)
    properties = set(graph.subjects(RDF.type, SH.PropertyShape))
    named = properties | set(graph.subjects(RDF.type, SH.NodeShape))
    assert named
    assert {s for s in named if not graph.value(s, SH.name)} == set()
    assert {s for s in properties if not str(graph.value(s, SH.message)).endswith((".", "?"))} == set()
    assert {s for s in graph.objects(None, SH.property) if isinstance(s, rdflib.URIRef)} <= properties


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_shapes_need_shacl_core_only(path: Path) -> None:
    beyond = {SH.sparql, SH.rule, SH.target, SH.js, SH.select, SH.ask, SH.entailment}
    assert beyond.isdisjoint(shapes(path).predicates())
    assert (None, OWL.imports, None) not in shapes(path)


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_value_lists_hold_members_of_the_range(path: Path) -> None:
    terms = rdflib.Graph().parse(ROOT / "ontologies" / "lexicord.ttl")
    for shape, values in shapes(path).subject_objects(SH["in"]):
        listed = {v for v in shapes(path).items(values) if str(v).startswith(str(LEX))}
        prop = shapes(path).value(shape, SH.path)
        expected = terms.value(prop, rdflib.RDFS.range)
        if listed and expected is not None and str(expected).startswith(str(LEX)):
            assert {v for v in listed if (v, RDF.type, expected) not in terms} == set()


@pytest.mark.parametrize("name", SOUND)
def test_sound_data_conforms(name: str) -> None:
    assert findings(turtle(SOUND[name]), registry_shapes(name)) == set()


@pytest.mark.parametrize(("name", "out", "instead", "severity", "message"), UNSOUND)
def test_unsound_data_is_reported(name: str, out: str, instead: str, severity: str, message: str) -> None:
    assert out in SOUND[name]
    found = findings(turtle(SOUND[name].replace(out, instead)), registry_shapes(name))
    assert any(level == severity and text.startswith(message) for level, text in found), found


def test_a_grant_needs_basis_and_holder() -> None:
    kind = "lex:grantKind lex:TermAuthority ; lex:tier lex:Normal ; lex:grantStatus lex:GrantDraft"
    bare = f":g a lex:AuthorityGrant ; {kind} ."
    messages = {text for level, text in findings(turtle(bare), registry_shapes("authority")) if level == "Violation"}
    assert {text.split()[0] for text in messages} == {"Name", "Cite", "Say"}


@pytest.mark.parametrize("name", SOUND)
def test_the_example_organisation_conforms(name: str) -> None:
    data = background()
    before = len(data)
    assert findings(data, registry_shapes(name)) == set()
    assert len(data) == before


def test_the_profile_has_as_many_properties_as_people_can_keep_in_mind() -> None:
    graph = shapes(PROFILE)
    (shape,) = graph.subjects(SH.targetClass, LEX.Document)
    severities = {graph.value(p, SH.severity, default=SH.Violation) for p in graph.objects(shape, SH.property)}
    assert 12 <= len(list(graph.objects(shape, SH.property))) <= 16
    assert severities == {SH.Violation, SH.Warning, SH.Info}


@cache
def background() -> rdflib.Graph:
    """The example organisation and its vocabularies; a test that adds to it takes it out again."""
    graph = rdflib.Graph()
    for path in (ROOT / "ontologies" / "example").glob("*.ttl"):
        graph.parse(path)
    for scheme in set(graph.subjects(LEX.kind)) - set(graph.subjects(RDF.type, SKOS.ConceptScheme)):
        graph.remove((scheme, None, None))  # governed, and its file is not in this checkout
    return graph


@cache
def context(source: str) -> dict[str, Any]:
    path = ROOT / "examples" / "sources" / source / "context.jsonld"
    return dict(json.loads(path.read_text(encoding="utf-8"))["@context"])


@cache
def records(source: str) -> tuple[dict[str, Any], ...]:
    text = (ROOT / "examples" / "sources" / source / "records.ndjson").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


@cache
def expected(source: str) -> tuple[dict[str, Any], ...]:
    text = (ROOT / "examples" / "sources" / source / "expected.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["lines"])


def expand(record: dict[str, Any], source: str) -> Iterable[ox.Quad]:
    body = json.dumps({"@context": context(source), **record}).encode()
    return ox.parse(body, format=ox.RdfFormat.JSON_LD)


def severities_of(record: dict[str, Any], source: str) -> set[str]:
    """The severities of the record's findings under the document profile, as pySHACL sees them."""
    quads = [(_term(q.subject), _term(q.predicate), _term(q.object)) for q in expand(record, source)]
    (focus,) = {str(s) for s, p, o in quads if p == RDF.type and o == LEX.Document}
    graph = background()
    for triple in quads:
        graph.add(triple)
    try:
        found = findings(graph, profile_for(quads), focus)
    finally:
        for triple in quads:
            graph.remove(triple)
    return {severity.lower() for severity, _ in found}


def profile_for(quads: Iterable[tuple[rdflib.term.Node, ...]]) -> rdflib.Graph:
    """The profile; without its order of dates when one of them is ill-typed, on which pySHACL stops altogether."""
    if not any(isinstance(o, rdflib.Literal) and o.ill_typed for _, _, o in quads):
        return shapes(PROFILE)
    graph = rdflib.Graph() + shapes(PROFILE)
    graph.remove((None, SH.lessThanOrEquals, None))
    return graph


def _term(term: object) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value.endswith("#string")
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value), normalize=False)


def patched(record: dict[str, Any], operations: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The record after a JSON Patch of replace, move and remove (RFC 6902)."""
    result = deepcopy(record)
    for operation in operations:
        value = operation.get("value")
        if operation["op"] == "move":
            parent, key = _locate(result, operation["from"])
            value = parent.pop(key)
        parent, key = _locate(result, operation["path"])
        if operation["op"] == "replace":
            assert isinstance(parent, list) or key in parent, operation
        if operation["op"] == "remove":
            del parent[key]
        else:
            parent[key] = value
    return result


def _locate(document: Any, pointer: str) -> tuple[Any, Any]:
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document, int(last) if isinstance(document, list) else last


LINES = [(source, line) for source in SOURCES for line in range(1, 21)]


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_has_twenty_records_of_which_a_third_are_clean(source: str) -> None:
    assert len(records(source)) == 20
    assert [entry["line"] for entry in expected(source)] == list(range(1, 21))
    assert 6 <= sum(entry["clean"] for entry in expected(source)) <= 8
    assert all(entry["clean"] == (not entry["findings"]) for entry in expected(source))


@pytest.mark.parametrize("source", SOURCES)
def test_contexts_map_to_every_property_of_the_profile(source: str) -> None:
    fields = dict.fromkeys(key for record in records(source) for key in record)
    mapped = {q.predicate.value for record in records(source) for q in expand(record, source)}
    graph = shapes(PROFILE)
    wanted = {str(graph.value(p, SH.path)) for p in graph.objects(None, SH.property)}
    assert {path for path in wanted if path.startswith("http")} - mapped <= {str(OWL.deprecated)}
    assert len(fields) >= 15


@pytest.mark.parametrize(("source", "line"), LINES)
def test_findings_are_those_expected(source: str, line: int) -> None:
    foreseen = {finding["severity"] for finding in expected(source)[line - 1]["findings"]} - {"feed"}
    assert severities_of(records(source)[line - 1], source) == foreseen


@pytest.mark.parametrize(("source", "line"), LINES)
def test_repairs_make_the_record_conform(source: str, line: int) -> None:
    repairs = [op for finding in expected(source)[line - 1]["findings"] for op in finding["repair"]]
    assert severities_of(patched(records(source)[line - 1], repairs), source) == set()


@pytest.mark.parametrize("source", SOURCES)
def test_duplicates_are_expected_where_numbers_repeat(source: str) -> None:
    graph = [
        {str(q.object) for q in expand(r, source) if q.predicate.value.endswith("/identifier")} for r in records(source)
    ]
    repeated = {i + 1 for i, found in enumerate(graph) if found and any(found == earlier for earlier in graph[:i])}
    feed = {e["line"] for e in expected(source) if any(f["severity"] == "feed" for f in e["findings"])}
    assert repeated == feed
    assert len(feed) == 1


@cache
def validator(source: str) -> RecordValidator:
    """Our own engine on the same profile, context and background."""
    example = (ROOT / "ontologies" / "example").glob("*.ttl")
    taxonomy = [q for path in example for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    compiled = compile_shapes(ox.parse(path=str(PROFILE), format=ox.RdfFormat.TURTLE))
    return compiled.for_records(RecordContext.from_json_ld(context(source)), Background(taxonomy))


@pytest.mark.parametrize(("source", "line"), LINES)
def test_our_engine_finds_them_where_expected(source: str, line: int) -> None:
    report = validator(source).validate(records(source)[line - 1])
    foreseen = [f for f in expected(source)[line - 1]["findings"] if f["severity"] != "feed"]
    assert {r.severity.value.removeprefix(str(SH)).lower() for r in report.results} == {f["severity"] for f in foreseen}
    pointers = {r.pointer for r in report.results}
    # A label where an IRI is due is a relative IRI: only JSON-LD can read it, and no pointer is left.
    assert {f["pointer"] for f in foreseen} <= pointers or pointers == {None}
