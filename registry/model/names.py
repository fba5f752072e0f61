"""The registry's own IRIs: graphs, departments, schemes, concepts, mappings, made from one immutable base."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import NamedNode

from registry.errors import InvalidInputError
from registry.rdf.terms import named_node

DEFAULT_BASE = "urn:lexicord:registry"
"""The base of a registry made without `--base-iri`: graphs have names, concepts get `urn:uuid:`."""
_KEY = re.compile(r"[a-z][a-z0-9-]{1,62}\Z")


def valid_key(key: str, what: str) -> str:
    """The key, when it is one: `[a-z][a-z0-9-]{1,62}`. Raises InvalidInputError otherwise."""
    if not _KEY.match(key):
        raise InvalidInputError(
            f"{key!r} is not a key for a {what}.",
            advice="A key has 2 to 63 characters: a lower-case letter, then lower-case letters, digits or hyphens.",
        )
    return key


def _step(text: str) -> str:
    """The text as one step of an IRI: what is no valid key names nothing, and breaks nothing."""
    return quote(text, safe="~!$&'()*+,;=:@")


@dataclass(frozen=True, slots=True)
class Names:
    """Makes and reads the IRIs of one registry."""

    base: str = DEFAULT_BASE

    @staticmethod
    def checked(base: str | None) -> Names:
        """Names on a base that users give; InvalidInputError when it is no absolute http(s) or urn IRI."""
        if base is None:
            return Names()
        named_node(base)
        if not base.startswith(("http://", "https://", "urn:")):
            raise InvalidInputError(f"{base!r} cannot be a base.", advice="Give an https IRI, or none for urn:uuid.")
        return Names(base.rstrip("/"))

    @property
    def skolem(self) -> str:
        """What IRIs of former blank nodes start with (RDF 1.1 Concepts §3.5)."""
        return f"{self.base}/.well-known/genid/" if self.base.startswith("http") else "urn:lexicord:genid:"

    def graph(self, *parts: str) -> NamedNode:
        """A named graph: `graph("scheme", "stw", "curation")`."""
        return NamedNode("/".join((self.base, "graph", *map(_step, parts))))

    def scheme_graph(self, key: str) -> NamedNode:
        """The graph of a scheme's content as published."""
        return self.graph("scheme", key)

    def curation_graph(self, key: str) -> NamedNode:
        """The graph of our status, owner and provenance of a scheme's concepts."""
        return self.graph("scheme", key, "curation")

    def overlay_graph(self, key: str) -> NamedNode:
        """The graph of local labels and notes on an external vocabulary."""
        return self.graph("scheme", key, "overlay")

    def pair_graph(self, noun: str, one: str, other: str) -> NamedNode:
        """The graph of what stands between two schemes: `mappings` or `conflicts`, keys in sorted order."""
        return self.graph(noun, "~".join(sorted((one, other))))

    def schemes_of(self, graph: str) -> tuple[str, ...]:
        """The keys of the schemes that a graph speaks of: one for a scheme's graphs, two for a pair's, else none."""
        parts = graph.removeprefix(f"{self.base}/graph/").split("/")
        if parts[0] == "scheme":
            return (parts[1],)
        if parts[0] in ("mappings", "conflicts") and len(parts) > 1:
            return tuple(parts[1].split("~"))
        return ()

    def thing(self, noun: str, key: str) -> NamedNode:
        """The IRI of something that has a key: `thing("department", "finance")`."""
        return NamedNode(f"{self.base}/id/{noun}/{_step(key)}")

    def hashed(self, noun: str, *parts: str) -> NamedNode:
        """An IRI that follows from its parts, so that it can be named before it exists."""
        name = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()
        return NamedNode(f"{self.base}/id/{noun}/{name}")

    def new_concept(self, key: str) -> NamedNode:
        """A fresh, opaque concept IRI; `urn:uuid:` in a registry without a base of its own."""
        fresh = uuid.uuid4()
        return NamedNode(fresh.urn if self.base == DEFAULT_BASE else f"{self.base}/id/{key}/{fresh.hex[:12]}")

    def key_of(self, iri: str) -> str:
        """The last step of one of our IRIs."""
        return iri.rpartition("/")[2]
