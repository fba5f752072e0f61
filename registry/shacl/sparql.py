"""The SPARQL tier: queries of the shapes graph over the data, with the data's own lexical forms in the answers.

Oxigraph's store rewrites lexical forms ("01" becomes "1"), so answers are mapped back to the terms the data had.
Blank nodes become IRIs inside the store, since SPARQL cannot name a blank node, and come back as blank nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final, TypedDict

import pyoxigraph as ox

from registry.model.validation import Path, Term, path_text
from registry.shacl.background import Background, plain_term
from registry.shacl.errors import ShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import Query
from registry.shacl.sparql_text import prebind
from registry.shacl.vocabulary import RDF_LANG_STRING, XSD, XSD_STRING

_BACKGROUND_GRAPH: Final = ox.NamedNode("urn:x-shacl:background")
_NUMBERS: Final = count()
_BLANK: Final = "urn:x-shacl:blank:"
_IS_BLANK, _IS_IRI = ox.NamedNode("urn:x-shacl:isBlank"), ox.NamedNode("urn:x-shacl:isIRI")
_RENAMED: Final = {"isblank": f"{_IS_BLANK}", "isiri": f"{_IS_IRI}", "isuri": f"{_IS_IRI}"}
_Function = Callable[..., "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None"]
_BOOLEAN: Final = ox.NamedNode(XSD + "boolean")
_Graph = ox.NamedNode | ox.BlankNode


class _Options(TypedDict):
    custom_functions: dict[ox.NamedNode, _Function]
    default_graph: list[_Graph | ox.DefaultGraph]
    named_graphs: list[_Graph]


Solution = dict[str, Term]


class SparqlData:
    """The data of one graph in a store, put there when the first query needs it, over the background's.

    A background's store is made once and shared by all validations, each with graphs of its own; `close` removes them.
    """

    def __init__(self, graph: DataGraph) -> None:
        self.graph = graph
        self.store = ox.Store() if graph.background is None else _background_store(graph.background)
        number = next(_NUMBERS)
        self.own = ox.NamedNode(f"urn:x-shacl:data:{number}")
        self.shapes = ox.NamedNode(f"urn:x-shacl:shapes:{number}")
        self.store.extend([_skolemised(quad, self.own) for quad in graph.quads()])
        self._shapes_loaded = False
        self._originals: dict[Term, Term] | None = None

    def close(self) -> None:
        """Remove the data from the store."""
        self.store.remove_graph(self.own)
        self.store.remove_graph(self.shapes)

    @classmethod
    def of(cls, graph: DataGraph) -> SparqlData:
        """Return the graph's store, the same one for every query of a validation."""
        if "sparql" not in graph.cache:
            graph.cache["sparql"] = cls(graph)
        data: SparqlData = graph.cache["sparql"]
        return data

    def select(self, query: Query, bindings: Mapping[str, Term], path: Path | None = None) -> Iterator[Solution]:
        """Yield the solutions of a SELECT query, each a dict of its bound variables, with the variables pre-bound."""
        found = self._run(query, bindings, path)
        if not isinstance(found, ox.QuerySolutions):
            raise ShapesError(f"The query of {query.node} is not a SELECT query.")
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {name: self._original(row[name]) for name in names if row[name] is not None}

    def ask(self, query: Query, bindings: Mapping[str, Term], path: Path | None = None) -> bool:
        """Return the answer of an ASK query with the variables pre-bound."""
        return bool(self._run(query, bindings, path))

    def _run(
        self, query: Query, bindings: Mapping[str, Term], path: Path | None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        named = {name: _to_iri(term) for name, term in bindings.items()}
        texts = {name: str(term) for name, term in named.items()} | {"shapesGraph": str(self.shapes)}
        if "shapesGraph" in query.text and not self._shapes_loaded:
            self.store.extend([_skolemised(quad, self.shapes) for quad in self.graph.cache.get("shapes", ())])
            self._shapes_loaded = True
        if path is not None:
            texts["PATH"] = f"({path_text(path)})" if not isinstance(path, ox.NamedNode) else path_text(path)
        options: _Options = {
            "custom_functions": {_IS_BLANK: _is_blank, _IS_IRI: _is_iri},
            "default_graph": [_BACKGROUND_GRAPH, self.own],
            "named_graphs": [self.shapes],
        }
        try:
            return self.store.query(prebind(query.text, texts, _RENAMED), **options)
        except SyntaxError:
            # A literal cannot stand where the query has a subject or predicate: there it stays a variable, which
            # the engine binds and which then matches nothing.
            literals: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
                ox.Variable(name): term for name, term in named.items() if isinstance(term, ox.Literal)
            }
            kept = {name: text for name, text in texts.items() if ox.Variable(name) not in literals}
            if not literals:
                raise
            text = prebind(query.text, kept, _RENAMED)
            return self.store.query(text, substitutions=literals, **options)

    def _original(self, term: Term) -> Term:
        if isinstance(term, ox.NamedNode):
            return ox.BlankNode(term.value[len(_BLANK) :]) if term.value.startswith(_BLANK) else term
        if isinstance(term, ox.BlankNode) or term.datatype in (XSD_STRING, RDF_LANG_STRING):
            return term
        if self._originals is None:
            self._originals = _rewritten(self.graph)
        return self._originals.get(term, term)


def _background_store(background: Background) -> ox.Store:
    """Return the store of the background, made at first use and kept with it."""
    store: ox.Store | None = background.cache.get("sparql")
    if store is None:
        store = ox.Store()
        store.bulk_extend(_skolemised(quad, _BACKGROUND_GRAPH) for quad in background.quads())
        background.cache["sparql"] = store
    return store


def _to_iri(term: Term) -> Term:
    return ox.NamedNode(_BLANK + term.value) if isinstance(term, ox.BlankNode) else term


def _skolemised(quad: ox.Quad, graph_name: ox.NamedNode | None = None) -> ox.Quad:
    subject, object_ = _to_iri(plain_term(quad.subject)), _to_iri(plain_term(quad.object))
    return ox.Quad(subject, quad.predicate, object_, graph_name)  # type: ignore[arg-type]


def _rewritten(graph: DataGraph) -> dict[Term, Term]:
    """Return the store's form of every typed literal of the data with the form the data had.

    Where several forms meet in one ("1" and "01"), a form the store leaves alone wins, then the first met.
    """
    literals = {object_: None for quad in graph.quads() if isinstance(object_ := quad.object, ox.Literal)}
    numbered = {ox.NamedNode(f"urn:x-shacl:literal:{at}"): each for at, each in enumerate(literals)}
    store = ox.Store()
    store.extend(ox.Quad(name, _BACKGROUND_GRAPH, each) for name, each in numbered.items())
    originals: dict[Term, Term] = {}
    for name, original in numbered.items():
        for quad in store.quads_for_pattern(name, None, None):
            stored = plain_term(quad.object)
            if stored == original or stored not in originals:
                originals[stored] = original
    return originals


def _is_blank(term: object) -> ox.Literal:
    return _boolean(isinstance(term, ox.NamedNode) and term.value.startswith(_BLANK))


def _is_iri(term: object) -> ox.Literal:
    return _boolean(isinstance(term, ox.NamedNode) and not term.value.startswith(_BLANK))


def _boolean(value: bool) -> ox.Literal:
    return ox.Literal("true" if value else "false", datatype=_BOOLEAN)
