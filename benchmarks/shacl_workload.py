"""A feed of catalogue records with a known tenth of faults, the profile they must meet, and a taxonomy they cite."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
EX = "https://example.org/ns#"
CONCEPTS = 20_000
OTHER_SCHEME = 200  # the last concepts stand in another scheme, so that citing them is a fault

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix schema: <http://schema.org/> . @prefix ex: <https://example.org/ns#> .
ex:DocumentShape a sh:NodeShape ; sh:targetClass ex:Document ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
  sh:property ex:identifier, ex:title, ex:description, ex:issued, ex:modified, ex:created, ex:language, ex:theme,
    ex:publisher, ex:free, ex:words, ex:page .
ex:identifier sh:path dct:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ;
  sh:pattern "^[A-Z]{3}-[0-9]{6}$" ; sh:message "The identifier {$value} does not look like ABC-123456." .
ex:title sh:path dct:title ; sh:minCount 1 ; sh:uniqueLang true ; sh:minLength 3 ; sh:maxLength 200 ;
  sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype xsd:string ] ) .
ex:description sh:path dct:description ; sh:maxCount 2 ; sh:datatype rdf:langString ;
  sh:languageIn ( "en" "de" "fr" ) ; sh:severity sh:Warning .
ex:issued sh:path dct:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ;
  sh:lessThanOrEquals dct:modified .
ex:modified sh:path dct:modified ; sh:maxCount 1 ; sh:datatype xsd:date .
ex:created sh:path schema:dateCreated ; sh:maxCount 1 ; sh:datatype xsd:dateTime .
ex:language sh:path dct:language ; sh:minCount 1 ; sh:in ( "en" "de" "fr" "es" "it" ) .
ex:theme sh:path dcat:theme ; sh:minCount 1 ; sh:maxCount 5 ; sh:nodeKind sh:IRI ; sh:class skos:Concept ;
  sh:node ex:InTopics .
ex:InTopics a sh:NodeShape ; sh:property [ sh:path skos:inScheme ; sh:hasValue ex:topics ] .
ex:publisher sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:BlankNodeOrIRI ; sh:node ex:Agent .
ex:Agent a sh:NodeShape ; sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:datatype xsd:string ] ,
  [ sh:path vcard:hasEmail ; sh:maxCount 1 ; sh:nodeKind sh:IRI ; sh:pattern "^mailto:" ] .
ex:free sh:path schema:isAccessibleForFree ; sh:maxCount 1 ; sh:datatype xsd:boolean .
ex:words sh:path schema:wordCount ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:minInclusive 1 ;
  sh:maxExclusive 1000000 .
ex:page sh:path dcat:landingPage ; sh:minCount 1 ; sh:nodeKind sh:IRI ; sh:pattern "^https?://" .
"""

CONTEXT: dict[str, Any] = {
    "dct": "http://purl.org/dc/terms/",
    "schema": "http://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "Document": EX + "Document",
    "identifier": "dct:identifier",
    "title": {"@id": "dct:title", "@container": "@language"},
    "description": {"@id": "dct:description", "@container": "@language"},
    "issued": {"@id": "dct:issued", "@type": XSD + "date"},
    "modified": {"@id": "dct:modified", "@type": XSD + "date"},
    "dateCreated": {"@id": "schema:dateCreated", "@type": XSD + "dateTime"},
    "language": "dct:language",
    "theme": {"@id": "dcat:theme", "@type": "@id"},
    "publisher": "dct:publisher",
    "name": "http://xmlns.com/foaf/0.1/name",
    "email": {"@id": "http://www.w3.org/2006/vcard/ns#hasEmail", "@type": "@id"},
    "free": {"@id": "schema:isAccessibleForFree", "@type": XSD + "boolean"},
    "wordCount": {"@id": "schema:wordCount", "@type": XSD + "integer"},
    "landingPage": {"@id": "dcat:landingPage", "@type": "@id"},
    "note": EX + "note",
}

_WORDS = [
    "annual",
    "budget",
    "claim",
    "contract",
    "customer",
    "data",
    "employee",
    "energy",
    "health",
    "insurance",
    "invoice",
    "leave",
    "market",
    "metadata",
    "policy",
    "pricing",
    "product",
    "quality",
    "record",
    "region",
    "registry",
    "report",
    "safety",
    "service",
    "staff",
    "strategy",
    "tax",
    "training",
    "transport",
    "water",
]


def shapes() -> list[ox.Quad]:
    """Return the profile as quads."""
    return list(ox.parse(SHAPES, format=ox.RdfFormat.TURTLE))


def concept(number: int) -> str:
    """Return the IRI of a concept of the taxonomy."""
    return f"https://example.org/concept/{number}"


def taxonomy() -> Iterator[ox.Quad]:
    """Yield 20,000 concepts ten to a parent: type, scheme, label and broader."""
    type_ = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    label, scheme, broader, kind = (ox.NamedNode(SKOS + n) for n in ("prefLabel", "inScheme", "broader", "Concept"))
    for number in range(CONCEPTS):
        node = ox.NamedNode(concept(number))
        topics = "topics" if number < CONCEPTS - OTHER_SCHEME else "other"
        yield ox.Quad(node, type_, kind)
        yield ox.Quad(node, scheme, ox.NamedNode(EX + topics))
        yield ox.Quad(node, label, ox.Literal(f"Concept {number}", language="en"))
        if number:
            yield ox.Quad(node, broader, ox.NamedNode(concept(number // 10)))


def records(count: int, *, faulty: float = 0.1, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Yield records in the shape of CONTEXT; the given share of them has one of eighteen faults."""
    source = random.Random(seed)
    for number in range(count):
        record = _record(number, source)
        if source.random() < faulty:
            source.choice(_FAULTS)(record, source)
        yield record


def _text(source: random.Random, words: int) -> str:
    return " ".join(source.choices(_WORDS, k=words))


def _record(number: int, source: random.Random) -> dict[str, Any]:
    year, month, day = source.randint(2000, 2023), source.randint(1, 12), source.randint(1, 28)
    themes = [concept(each) for each in source.sample(range(CONCEPTS - OTHER_SCHEME), source.choice([1, 1, 2]))]
    record: dict[str, Any] = {
        "@id": f"https://example.org/document/{number}",
        "@type": "Document",
        "identifier": f"DOC-{number % 1_000_000:06d}",
        "title": {"en": _text(source, 5)} | ({"de": _text(source, 5)} if source.random() < 0.2 else {}),
        "description": {source.choice(["en", "de", "fr"]): _text(source, 25)},
        "issued": f"{year}-{month:02d}-{day:02d}",
        "modified": f"{year + 1}-{month:02d}-{day:02d}",
        "dateCreated": f"{year}-{month:02d}-{day:02d}T10:{source.randint(10, 59)}:00Z",
        "language": source.choice(["en", "de", "fr", "es", "it"]),
        "theme": themes if len(themes) > 1 else themes[0],
        "publisher": {"name": _text(source, 2), "email": "mailto:info@example.org"},
        "wordCount": str(source.randint(10, 9000)),
        "landingPage": f"https://example.org/page/{number}",
    }
    if source.random() < 0.3:
        record["free"] = source.choice(["true", "false", "1"])
    return record


def _put(field: str, value: Any) -> Callable[[dict[str, Any], random.Random], None]:
    return lambda record, _: record.update({field: value})


def _drop(field: str) -> Callable[[dict[str, Any], random.Random], None]:
    return lambda record, _: record.pop(field)


def _second_title(record: dict[str, Any], _: random.Random) -> None:
    record["title"]["en"] = [record["title"]["en"], "second title in English"]


def _issued_alone(value: Any) -> Callable[[dict[str, Any], random.Random], None]:
    def fault(record: dict[str, Any], _: random.Random) -> None:
        record.pop("modified")
        record["issued"] = value

    return fault


def _nameless(record: dict[str, Any], _: random.Random) -> None:
    record["publisher"].pop("name")


def _other_scheme(record: dict[str, Any], source: random.Random) -> None:
    record["theme"] = concept(CONCEPTS - 1 - source.randrange(OTHER_SCHEME // 2))


_FAULTS: list[Callable[[dict[str, Any], random.Random], None]] = [
    _drop("identifier"),
    _put("identifier", "doc 17"),
    _second_title,
    _put("title", {"en": "ab"}),
    _put("description", {"es": "descripción"}),
    _issued_alone("2021-02-30"),
    _put("issued", "2030-01-01"),
    _issued_alone({"@value": "2021-02-03"}),
    _put("dateCreated", "2021-02-03 10:00"),
    _put("language", "eng"),
    _put("theme", "https://example.org/concept/unknown"),
    _put("theme", {"@value": "Energy"}),
    _other_scheme,
    _nameless,
    _put("note", "not allowed here"),
    _put("wordCount", "0"),
    _put("landingPage", "ftp://example.org/x"),
    _put("wordCount", "12.5"),
]
