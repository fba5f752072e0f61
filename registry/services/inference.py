"""A content source inferred from a sample: what its fields mean, where their values come from, a first profile.

Everything is a proposal with its confidence and evidence, for an engineer to correct. The first profile states what
the sample shows as a rule, not what ought to be; what breaks the rules is named as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from registry.contract.sources import InferredField, InferSource, SourceInference
from registry.errors import InvalidInputError, TooLargeError
from registry.model.names import valid_key
from registry.rdf.text import fold_label
from registry.services.inferred_profile import profile_text
from registry.services.samples import FieldSample, form_of, read_sample, sampled
from registry.services.taxonomies import Taxonomy, taxonomy_of
from registry.store.work import Work

FEW = 20
"""Distinct values up to which a field may be a list of values."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES = {"date": "date", "date and time": "dateTime", "integer": "integer", "number": "double",
              "truth value": "boolean", "integer as text": "integer", "number as text": "decimal",
              "truth value as text": "boolean"}  # fmt: skip
_DCTERMS, _DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
_TEXTS, _DAYS = ("text", "language map"), ("date", "date and time", "other date")
_MEANINGS: tuple[tuple[frozenset[str], str, tuple[str, ...]], ...] = tuple(
    (frozenset(words.split()), iri, forms)
    for words, iri, forms in (
        ("modified updated changed edited edit revised lastmodified", _DCTERMS + "modified", _DAYS),
        ("created issued published filed date creation", _DCTERMS + "issued", _DAYS),
        ("title titel headline heading", _DCTERMS + "title", _TEXTS),
        ("description summary abstract beschreibung excerpt", _DCTERMS + "description", _TEXTS),
        ("identifier number no nr code docno key", _DCTERMS + "identifier", ("text", "integer", "integer as text")),
        ("language lang locale sprache", _DCTERMS + "language", ("text", "IRI")),
        ("creator author authors maintainers editors editor", _DCTERMS + "creator", ("text", "IRI", "reference")),
        ("publisher department owner unit space", _DCTERMS + "publisher", ("text", "IRI", "reference")),
        ("theme category classification maintopic", _DCAT + "theme", ("text", "IRI", "reference")),
        ("subject topic topics subjects descriptors", _DCTERMS + "subject", ("text", "IRI", "reference")),
        ("keyword keywords tag tags labels terms", _DCAT + "keyword", _TEXTS),
        ("type kind doctype template", _DCTERMS + "type", ("text", "IRI")),
        ("license licence rights", _DCTERMS + "license", ("text", "IRI")),
        ("link url landingpage viewer page", _DCAT + "landingPage", ("IRI",)),
        ("version revision", _DCAT + "version", ("text", "integer", "integer as text", "number", "number as text")),
    )
)
_PREFIXES = {"lex": "https://w3id.org/lexicord/ns#", "dcterms": _DCTERMS, "dct": _DCTERMS, "dcat": _DCAT,
             "schema": "https://schema.org/", "foaf": "http://xmlns.com/foaf/0.1/"}  # fmt: skip
_IDENTITIES = frozenset({"id", "uri", "iri", "url", "@id", "recordurl", "recorduri"})


@dataclass(frozen=True, slots=True)
class _Binding:
    """A vocabulary that a field's values are found in."""

    scheme: str
    schemes: tuple[str, ...]
    by: str
    share: float
    matched: int


def infer(work: Work, request: InferSource) -> SourceInference:
    """What a sample says of a source; InvalidInputError when there is no sample, or none of records."""
    key = valid_key(request.key, "content source")
    text = b"" if work.document is None else work.document.read(work.settings.max_body + 1)
    if len(text) > work.settings.max_body:
        raise TooLargeError("The sample is too large.", advice="A few hundred records do.", limit=len(text) - 1)
    fields, records = sampled(read_sample(text))
    if not records:
        raise InvalidInputError("The sample has no records.", advice="Send records one a line (NDJSON), or CSV.")
    namespace = f"{work.names.thing('source', key).value}/field#"
    found = list(_fields(fields, records, namespace, taxonomy_of(work, ())))
    return SourceInference(
        key=key,
        records=records,
        fields=found,
        context={**_types(fields.get("@type"), request.type), **context_of(found, namespace)},
        vocabularies=sorted({key for one in found if one.bound_by == "IRI" for key in one.vocabularies}),
        type=request.type,
        profile=profile_text(key, request.type, found, fields, records),
    )


def context_of(found: Sequence[InferredField], namespace: str) -> dict[str, Any]:
    """The JSON-LD context of inferred fields: prefixes, keyword aliases, a term for each field."""
    context: dict[str, Any] = {"@version": 1.1, "@vocab": namespace}
    for one in found:
        if one.property in ("@id", "@type"):
            if one.field != one.property:
                context[one.field] = one.property
            continue
        term: dict[str, Any] = {"@id": one.property}
        for keyword in one.reference_keys:
            context[keyword] = "@id"
        if one.value_type == "@language":
            term["@container"] = "@language"
        elif one.value_type is not None:
            term["@type"] = one.value_type
        context[one.field] = term
    return context


def _types(sample: FieldSample | None, class_: str) -> dict[str, str]:
    """The terms and prefixes that make IRIs of the types that records state."""
    found: dict[str, str] = {}
    for value in sample.values if sample is not None else ():
        prefix, colon, _ = value.partition(":")
        if not colon:
            found[value] = class_
        elif prefix in _PREFIXES:
            found[prefix] = _PREFIXES[prefix]
    return found


def _fields(
    fields: dict[str, FieldSample], records: int, namespace: str, taxonomy: Taxonomy
) -> Iterator[InferredField]:
    identity = _identity(fields, records)
    taken: set[str] = set()
    for name, sample in fields.items():
        if name == identity or name == "@type":
            keyword = "@id" if name == identity else "@type"
            yield InferredField(field=name, property=keyword, present=sample.present / records, confidence=0.95,
                                evidence=f"{sample.present} of {records} records; {len(sample.values)} distinct IRIs"
                                if keyword == "@id" else "the keyword itself")  # fmt: skip
        elif not name.startswith("@"):
            yield _field(sample, fields, records, namespace, taxonomy, taken)


def _identity(fields: dict[str, FieldSample], records: int) -> str | None:
    fitting = [
        name
        for name, sample in fields.items()
        if sample.rule == "IRI" and not sample.several and sample.is_unique and sample.present == records
    ]
    named = [name for name in fitting if name == "@id" or "".join(words_of(name)) in _IDENTITIES]
    return named[0] if named else None


def _field(
    sample: FieldSample,
    fields: dict[str, FieldSample],
    records: int,
    namespace: str,
    taxonomy: Taxonomy,
    taken: set[str],
) -> InferredField:
    binding = _binding(sample, taxonomy)
    iri, sure = _meaning(sample, taken)
    taken.add(iri)
    form, share = sample.form
    value_type, certain = _value_type(sample)
    listed = 1 < len(sample.values) <= FEW and sample.total >= 5 * len(sample.values) and form in ("text", "IRI")
    said = [f"{sample.present} of {records} records", f"{share:.0%} {form}"]
    if binding:
        said.append(f"{binding.matched} values are {binding.by}s of {binding.scheme}")
    if sample.rule and sample.outliers:
        said.append(f"probably wrong: {', '.join(sample.outliers[:3])}")
    twin = _misspelt(sample, fields)
    if twin:
        said.append(f"probably a slip for {twin}")
    if listed:
        said.append(f"{len(sample.values)} distinct values")
    return InferredField(
        field=sample.name,
        property=iri or namespace + re.sub(r"\W", "-", sample.name),
        value_type=value_type,
        languages=sorted(sample.languages),
        several=sample.several > 0,
        present=round(sample.present / records, 4),
        vocabulary=binding.scheme if binding else None,
        vocabularies=list(binding.schemes) if binding else [],
        bound_by=binding.by if binding else None,
        bound=binding.share if binding else 0.0,
        values=sorted(value for value in sample.values if form_of(value) == form) if listed else [],
        confidence=0.1 if twin else round(min(certain, sure if iri else 0.5, binding.share if binding else 1.0), 2),
        reference_keys=[key for key in sample.keys if key != "@id"],
        evidence="; ".join(said),
    )


def words_of(name: str) -> list[str]:
    """The words of a field's name in small letters: camel case, underscores and hyphens undone."""
    return [word.lower() for word in _WORDS.findall(name.removesuffix("__c"))]


def _meaning(sample: FieldSample, taken: set[str]) -> tuple[str, float]:
    """The property that a field's name and form point to, with how sure that is; none when it is another field's."""
    words = words_of(sample.name)
    joined = "".join(words)
    form = sample.form[0]
    for known, iri, forms in _MEANINGS:
        if iri in taken or form not in forms:
            continue
        if joined in known:
            return iri, 0.9
        if known.intersection(words):
            return iri, 0.7
    return "", 0.0


def _value_type(sample: FieldSample) -> tuple[str | None, float]:
    """What JSON-LD calls the type of the values: a datatype, @id, @language, or none for plain text."""
    form, share = sample.form
    sure = share * (0.95 if sample.total >= FEW else 0.8)
    if sample.rule == "language map":
        return "@language", sure
    if sample.rule in ("IRI", "reference"):
        return "@id", sure
    if sample.rule in _DATATYPES:
        return _XSD + _DATATYPES[sample.rule], sure
    return None, 0.9 if form == "text" else share


def _misspelt(sample: FieldSample, fields: dict[str, FieldSample]) -> str | None:
    """A far more frequent field with nearly the same name; None when there is none."""
    common = [name for name, other in fields.items() if other.present >= 10 * sample.present]
    close = get_close_matches(sample.name, common, n=1, cutoff=0.85)
    return close[0] if close else None


def _binding(sample: FieldSample, taxonomy: Taxonomy) -> _Binding | None:
    """The vocabulary in which most of a field's values are found, as IRIs or as labels; None below a half."""
    if sample.form[0] not in ("text", "IRI", "reference") or not sample.values:
        return None
    schemes: dict[tuple[str, str], int] = {}
    for value in sample.values:
        if value in taxonomy.titles:
            where = (_scheme(value, taxonomy), "IRI")
        elif cited := taxonomy.labels.get(fold_label(value)):
            where = (_scheme(cited[0].iri, taxonomy), "label")
        else:
            continue
        schemes[where] = schemes.get(where, 0) + 1
    if not schemes:
        return None
    (scheme, by), count = max(schemes.items(), key=lambda pair: pair[1])
    share = sum(schemes.values()) / len(sample.values)
    known = tuple(sorted({key for key, how in schemes if key and how == by}))
    return _Binding(scheme, known, by, round(share, 2), count) if share >= 0.5 and scheme else None


def _scheme(iri: str, taxonomy: Taxonomy) -> str:
    return next((key for namespace, key in taxonomy.namespaces if iri.startswith(namespace)), "")
