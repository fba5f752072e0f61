"""Compact IRIs: written with the fewest surprises, read with every undeclared prefix refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from registry.errors import InvalidInputError

BUILT_IN: Mapping[str, str] = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes SSSOM declares for every file."""

_CURIE = re.compile(r"(?P<prefix>[A-Za-z_][\w.-]*):(?P<local>[^\s]*)")
_NAMESPACE = re.compile(r".*[#/:](?=[^#/:\s]+[#/:]*$)")


def complete(declared: Mapping[str, str], iris: Iterable[str]) -> dict[str, str]:
    """Return prefixes for all of the IRIs: those declared, the built-in ones, and new ones (ns1, ns2) for the rest.

    Only prefixes that some IRI needs are returned; new ones are numbered in the order of their namespaces.
    """
    wanted = sorted(set(iris))
    known = {**BUILT_IN, **declared}
    missing = sorted({namespace(iri) for iri in wanted if _longest(iri, known) is None})
    names = (name for number in range(1, len(known) + len(missing) + 1) if (name := f"ns{number}") not in known)
    known |= {name: space for space, name in zip(missing, names, strict=False)}
    used = {_longest(iri, known) for iri in wanted}
    return {prefix: space for prefix, space in known.items() if prefix in used}


def contract(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the CURIE of an IRI under the longest namespace that fits; raise InvalidInputError when none does."""
    prefix = _longest(iri, prefixes)
    if prefix is None:
        raise InvalidInputError(f"No prefix fits {iri!r}.", advice="Declare one in the map of prefixes.")
    return f"{prefix}:{iri.removeprefix(prefixes[prefix])}"


def expand(curie: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a CURIE; an IRI in angle brackets or with "//" after its scheme stays what it is.

    Raises InvalidInputError for a prefix neither declared nor built in, and for what is no CURIE at all.
    """
    if curie.startswith("<") and curie.endswith(">"):
        return curie[1:-1]
    found = _CURIE.fullmatch(curie)
    if found is None:
        raise InvalidInputError(f"{curie!r} is no CURIE.", advice="Write it as prefix:name, without blanks.")
    prefix = found["prefix"]
    space = prefixes.get(prefix) or BUILT_IN.get(prefix)
    if space is not None:
        return space + found["local"]
    if found["local"].startswith("//") or prefix == "urn":
        return curie
    raise InvalidInputError(
        f"The prefix {prefix!r} of {curie!r} is not declared.", advice="Add it to the curie_map of the header."
    )


def namespace(iri: str) -> str:
    """Return an IRI up to its last "#", "/" or ":" that something follows; raise InvalidInputError without one."""
    found = _NAMESPACE.match(iri)
    if found is None or not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri):
        raise InvalidInputError(f"{iri!r} is no IRI.", advice="Give the whole identifier, with its scheme.")
    return found.group()


def _longest(iri: str, prefixes: Mapping[str, str]) -> str | None:
    fitting = [prefix for prefix, space in prefixes.items() if iri.startswith(space) and len(iri) > len(space)]
    return min(fitting, key=lambda prefix: (-len(prefixes[prefix]), prefix), default=None)
