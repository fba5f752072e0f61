"""Who may see which graphs: restriction is per graph, and a hidden graph never existed for those outside it."""

from __future__ import annotations

from pyoxigraph import NamedNode

from registry.model.names import Names
from registry.model.principals import Asker
from registry.rdf.terms import LEX
from registry.store.quads import Reader, term_id


def hidden_graphs(reader: Reader, names: Names, asker: Asker) -> frozenset[int]:
    """The ids of the graphs out of an asker's view: those of restricted vocabularies, and all that speak of them.

    A vocabulary with `lex:audience` is seen by those who hold a role in that department, in the vocabulary itself, or
    everywhere.
    """
    closed = _closed_schemes(reader, names, asker)
    if not closed:
        return frozenset()
    return frozenset(term_id(graph) for graph in reader.graphs() if closed.intersection(names.schemes_of(graph.value)))


def scope_in_view(reader: Reader, names: Names, scope: str) -> bool:
    """Whether a role's scope may be told: a vocabulary out of view is not named."""
    kind, _, key = scope.partition(":")
    return kind != "scheme" or term_id(names.curation_graph(key)) not in reader.hidden


def _closed_schemes(reader: Reader, names: Names, asker: Asker) -> set[str]:
    closed = set()
    for quad in reader.quads(predicate=LEX.audience):
        assert isinstance(quad.graph_name, NamedNode)
        audience = names.key_of(str(quad.object.value)) if isinstance(quad.object, NamedNode) else ""
        for key in names.schemes_of(quad.graph_name.value):
            if not (asker.reaches(f"department:{audience}") or asker.reaches(f"scheme:{key}")):
                closed.add(key)
    return closed
