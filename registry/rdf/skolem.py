"""Blank nodes by canonical hash, so that importing a document again is no change; given back on export.

RDF 1.1 Concepts §3.5 (skolemisation) with names from RDF Dataset Canonicalization (RDFC-1.0), computed per component
of connected blank nodes: editing one note leaves the names of all others alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

from registry.errors import InvalidInputError

LARGEST_COMPONENT = 2_000
"""Connected blank nodes beyond this number are refused: canonical labels of crafted graphs cost exponential time."""


def skolemize(quads: Iterable[Quad], prefix: str) -> list[Quad]:
    """The quads with every blank node replaced by `prefix` + a hash of what the document says about it.

    Raises InvalidInputError when more than LARGEST_COMPONENT blank nodes hang together, or for a triple term.
    """
    given = list(quads)
    plain = [quad for quad in given if not _nodes(quad)]
    if len(plain) == len(given):
        return given
    seen: Counter[str] = Counter()
    for component in _components([quad for quad in given if _nodes(quad)]):
        plain.extend(_named(component, prefix, seen))
    return plain


def deskolemize(quads: Iterable[Quad], prefix: str) -> list[Quad]:
    """The quads with our skolem IRIs given back as blank nodes."""

    def back(term: NamedNode | BlankNode | Literal | Triple) -> NamedNode | BlankNode | Literal | Triple:
        if isinstance(term, NamedNode) and term.value.startswith(prefix):
            return BlankNode("b" + term.value[len(prefix) :].replace("-", "x"))
        return term

    return [Quad(back(q.subject), q.predicate, back(q.object), q.graph_name) for q in quads]  # type: ignore[arg-type]


def _nodes(quad: Quad) -> list[BlankNode]:
    if isinstance(quad.object, Triple) or isinstance(quad.subject, Triple):
        raise InvalidInputError(f"{quad.subject} uses a triple term.", advice="Lexicord holds RDF 1.1: reify it.")
    return [term for term in (quad.subject, quad.object) if isinstance(term, BlankNode)]


def _components(quads: list[Quad]) -> list[list[Quad]]:
    parent: dict[BlankNode, BlankNode] = {}

    def root(node: BlankNode) -> BlankNode:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = parent[above]
            node = above
        return node

    for quad in quads:
        nodes = _nodes(quad)
        for node in nodes[1:]:
            parent[root(node)] = root(nodes[0])
    groups: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        groups[root(_nodes(quad)[0])].append(quad)
    return list(groups.values())


def _named(component: list[Quad], prefix: str, seen: Counter[str]) -> list[Quad]:
    size = len({node for quad in component for node in _nodes(quad)})
    if size > LARGEST_COMPONENT:
        raise InvalidInputError(
            f"{size} blank nodes hang together in one structure; at most {LARGEST_COMPONENT} are read.",
            advice="Give the larger nodes IRIs.",
        )
    dataset = Dataset(component)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    text = b"".join(sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
    name = hashlib.sha256(text).hexdigest()[:32]
    twin = f"-{seen[name]}" if seen[name] else ""
    seen[name] += 1

    def given(term: NamedNode | BlankNode | Literal | Triple) -> NamedNode | BlankNode | Literal | Triple:
        return NamedNode(f"{prefix}{name}{twin}-{term.value}") if isinstance(term, BlankNode) else term

    return [Quad(given(q.subject), q.predicate, given(q.object), q.graph_name) for q in dataset]  # type: ignore[arg-type]
