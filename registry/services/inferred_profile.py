"""The first profile of a source, in Turtle: what its sample shows, as shapes to be corrected and tightened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pyoxigraph import Literal, NamedNode

from registry.contract.sources import InferredField
from registry.services.samples import FieldSample

_PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SLIP = 0.1
"""The confidence of a field that is probably a misspelt one."""
_ALWAYS = 0.95
_ENOUGH = 20
"""Values from which a common form is taken for a rule."""


def profile_text(
    key: str, class_: str, found: Sequence[InferredField], fields: Mapping[str, FieldSample], records: int
) -> str:
    """The profile in Turtle; a sample without outliers conforms to it. Probable slips have no shape."""
    shaped = [one for one in found if not one.property.startswith("@") and one.confidence > SLIP]
    properties = [f"    sh:property [ {' ; '.join(_property(one, fields[one.field], records))} ]" for one in shaped]
    target = f"    sh:targetClass {NamedNode(class_)}"
    head = f"\n# The first profile of the content source {key}, made from a sample of {records} records.\n"
    shape = f"<urn:x-lexicord:profile:{key}> a sh:NodeShape ;\n"
    return _PREFIXES + head + shape + " ;\n".join([target, *properties]) + " .\n"


def _property(one: InferredField, sample: FieldSample, records: int) -> Iterator[str]:
    yield f"sh:path {NamedNode(one.property)}"
    yield f"sh:name {Literal(one.field)}"
    if one.present >= _ALWAYS and records >= _ENOUGH:
        yield "sh:minCount 1"
    if not one.several and one.value_type != "@language":
        yield "sh:maxCount 1"
    yield from _values(one, sample)


def _values(one: InferredField, sample: FieldSample) -> Iterator[str]:
    if one.value_type == "@language":
        yield "sh:datatype rdf:langString"
        if not one.several:
            yield "sh:uniqueLang true"
        return
    if one.value_type == "@id":
        yield "sh:nodeKind sh:IRI"
        if one.vocabulary and one.bound_by == "IRI" and one.bound >= 1.0:
            yield "sh:class skos:Concept"
        if one.values:
            yield f"sh:in ( {' '.join(str(NamedNode(value)) for value in one.values)} )"
    elif one.value_type is not None:
        yield f"sh:datatype {NamedNode(one.value_type)}"
    elif sample.form == ("text", 1.0):
        yield "sh:datatype <http://www.w3.org/2001/XMLSchema#string>"
        if one.values:
            yield f"sh:in ( {' '.join(str(Literal(value)) for value in one.values)} )"
        elif pattern := common_pattern(list(sample.values)):
            yield f"sh:pattern {Literal(pattern)}"


def common_pattern(values: Sequence[str]) -> str | None:
    """The pattern that all values have: runs of capitals and digits with fixed signs between; None when there is none.

    It takes a hyphen-like sign or a digit in it, and enough different values, for a form to be a rule.
    """
    if len(values) < _ENOUGH:
        return None
    forms = {_form(value) for value in values}
    pattern = forms.pop()
    return f"^{pattern}$" if not forms and re.search(r"\[0-9\]", pattern) and len(pattern) < 120 else None


def _form(value: str) -> str:
    return "".join(_run(kind, len(list(signs))) for kind, signs in groupby(value, key=lambda sign: _kind(sign)))


def _kind(sign: str) -> str:
    if "0" <= sign <= "9":
        return "[0-9]"
    if "A" <= sign <= "Z":
        return "[A-Z]"
    return "[a-z]" if "a" <= sign <= "z" else re.escape(sign)


def _run(kind: str, length: int) -> str:
    return kind if length == 1 else f"{kind}{{{length}}}"
