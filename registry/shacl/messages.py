"""What results say to people: terms in short form, our own words, and the templates of sh:message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from registry.model.validation import Path, Term, path_text
from registry.shacl.vocabulary import LEX, OWL, RDF, RDFS, SH, SKOS, XSD, XSD_STRING

_PREFIXES: Final = {
    "xsd": XSD,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "skos": SKOS,
    "sh": SH,
    "lex": LEX,
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "schema": "http://schema.org/",
}
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_LONGEST: Final = 200
_IRIS: Final = re.compile(r"<([^<>]*)>")


def short(term: Term) -> str:
    """Return the term in few characters: a prefixed name, a quoted text, or the IRI in angle brackets."""
    if isinstance(term, ox.NamedNode):
        return _short_iri(term.value)
    if isinstance(term, ox.BlankNode):
        return "a blank node"
    text = term.value if len(term.value) <= _LONGEST else term.value[:_LONGEST] + "…"
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"' if term.datatype == XSD_STRING else f'"{text}"^^{_short_iri(term.datatype.value)}'


def _short_iri(iri: str) -> str:
    for prefix, namespace in _PREFIXES.items():
        if iri.startswith(namespace) and iri[len(namespace) :].isidentifier():
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def short_path(path: Path) -> str:
    """Return the path in SPARQL's syntax, with prefixed names where a prefix is known."""
    return _IRIS.sub(lambda match: _short_iri(match[1]), path_text(path))


def short_list(terms: Iterable[Term]) -> str:
    """Return the first ten terms in short form, and how many more there are."""
    names = [short(term) for term in terms]
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


def plain(term: Term) -> str:
    """Return the text a message template shows for a term: the lexical form, or the IRI in angle brackets."""
    if isinstance(term, ox.Literal):
        return term.value
    return f"<{term.value}>" if isinstance(term, ox.NamedNode) else "a blank node"


Variables = Callable[[str], str | None]


def render(templates: Iterable[ox.Literal], variables: Variables) -> tuple[str, ...]:
    """Return the messages with `{?name}` and `{$name}` replaced by what `variables` says; unknown ones stay."""
    return tuple(_VARIABLE.sub(lambda m: _shown(variables(m[1]), m[0]), each.value) for each in templates)


def _shown(text: str | None, template: str) -> str:
    return template if text is None else text


def variables_of(
    focus: Term, path: Path | None, value: Term | None, more: Mapping[str, Term] | None = None
) -> Variables:
    """Return the look-up of a result's template variables: this, focusNode, path, PATH, value, and any others."""
    named = {"this": focus, "focusNode": focus, "value": value, **(more or {})}

    def look_up(name: str) -> str | None:
        if name in ("path", "PATH"):
            return None if path is None else short_path(path)
        term = named.get(name)
        return None if term is None else plain(term)

    return look_up
