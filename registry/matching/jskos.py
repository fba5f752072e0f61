"""JSKOS mappings: the JSON of the Cocoda family of tools, read and written.

JSKOS 0.6, section Concept Mappings. A mapping joins two bundles; one concept on each side is a mapping of SSSOM,
an empty bundle says that no match exists. Larger bundles have no counterpart there and are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching.mapping_set import NO_TERM_FOUND, SEMAPV, Mapping, MappingSet

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SIMPLE = _SKOS + "mappingRelation"
_NAMES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "mappingRelation")
IDENTIFIER = "urn:x-jskos:mappings"
"""The identifier of a set read from a document that has none of its own."""


def to_jskos(mapping_set: MappingSet) -> str:
    """Return the positive mappings of a set as a JSON array of JSKOS mappings; JSKOS knows no negated ones."""
    return json.dumps(
        [_written(one) for one in mapping_set.mappings if not one.is_negative], ensure_ascii=False, indent=1
    )


def from_jskos(text: str) -> MappingSet:
    """Return the mappings of a JSKOS document: one mapping, an array of them, or a concordance that holds them.

    Raises SyntaxFaultError when it is no JSON, InvalidInputError with the place of what is no mapping.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SyntaxFaultError(f"The document is no JSON: {error}.", advice="Send JSKOS mappings.") from error
    held = document.get("mappings", [document]) if isinstance(document, dict) else document
    if not isinstance(held, list):
        raise InvalidInputError("The document holds no JSKOS mappings.", advice="Send an array of mappings.")
    identifier = (
        document.get("uri", IDENTIFIER) if isinstance(document, dict) and "mappings" in document else IDENTIFIER
    )
    return MappingSet(mapping_set_id=identifier, mappings=tuple(_read(one, place) for place, one in enumerate(held)))


def _written(one: Mapping) -> dict[str, Any]:
    nothing = one.object_id == NO_TERM_FOUND
    document: dict[str, Any] = {
        "uri": one.record_id,
        "type": [one.predicate_id],
        "from": {"memberSet": [_concept(one.subject_id, one.subject_label)]},
        "to": {"memberSet": [] if nothing else [_concept(one.object_id, one.object_label)]},
        "fromScheme": _named(one.subject_source),
        "toScheme": _named(one.object_source),
        "created": one.mapping_date,
        "creator": [{"uri": author} for author in one.author_id],
        "mappingRelevance": one.confidence,
        "justification": one.mapping_justification,
        "note": {"und": [one.comment]} if one.comment else {},
    }
    return {name: value for name, value in document.items() if value not in ("", None, [], {})}


def _concept(iri: str, label: str) -> dict[str, Any]:
    return {"uri": iri, "prefLabel": {"und": label}} if label else {"uri": iri}


def _named(iri: str) -> dict[str, str]:
    return {"uri": iri} if iri else {}


def _read(value: object, place: int) -> Mapping:
    if not isinstance(value, dict):
        raise InvalidInputError(f"Mapping {place + 1} is no object.", advice="Send JSKOS mappings.", line=place + 1)
    subject, subject_label = _end(value, "from", place)
    object_, object_label = _end(value, "to", place)
    types = [iri for iri in _list(value.get("type")) if iri in {_SKOS + name for name in _NAMES}]
    relevance = value.get("mappingRelevance")
    return Mapping(
        subject_id=subject,
        subject_label=subject_label,
        predicate_id=types[0] if types else _SIMPLE,
        object_id=object_ or NO_TERM_FOUND,
        object_label=object_label,
        mapping_justification=str(value.get("justification") or f"{SEMAPV}UnspecifiedMatching"),
        author_id=tuple(_uris(value.get("creator"))),
        subject_source=next(_uris([value.get("fromScheme")]), ""),
        object_source=next(_uris([value.get("toScheme")]), ""),
        mapping_date=str(value.get("created") or "")[:10],
        confidence=float(relevance) if isinstance(relevance, int | float) else None,
        comment=_first_text(value.get("note")),
        record_id=str(value.get("uri") or ""),
    )


def _end(value: dict[str, Any], name: str, place: int) -> tuple[str, str]:
    """Return the one concept of a bundle with its label; "" for an empty bundle on the side of the object."""
    bundle = value.get(name)
    kinds = ("memberSet", "memberChoice", "memberList")
    members: object = next((bundle[k] for k in kinds if bundle.get(k)), []) if isinstance(bundle, dict) else None
    if members == [] and name == "to":
        return "", ""
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise InvalidInputError(
            f"Mapping {place + 1} does not have one concept in {name!r}.",
            advice="Split mappings of several concepts.",
            line=place + 1,
        )
    return str(members[0].get("uri") or ""), _first_text(members[0].get("prefLabel"))


def _uris(value: object) -> Iterator[str]:
    return (str(item["uri"]) for item in _list(value) if isinstance(item, dict) and item.get("uri"))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_text(value: object) -> str:
    """Return the first text of a language map."""
    texts = [value[language] for language in sorted(value)] if isinstance(value, dict) else []
    flat = [text[0] if isinstance(text, list) and text else text for text in texts]
    return next((text for text in flat if isinstance(text, str)), "")
