"""Who decides between departments that cannot agree."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import NamedNode

from registry.model.names import Names
from registry.rdf.terms import LEX
from registry.services.term_facts import lineage
from registry.store.quads import Reader


def arbiter_between(reader: Reader, names: Names, departments: Sequence[NamedNode]) -> NamedNode | None:
    """The arbiter that all these departments name, else the nearest department above all of them; None without one.

    A department that names no arbiter is judged by the one of the nearest department above it. Nobody is judge in
    their own cause: a party is never the arbiter.
    """
    lines = [lineage(reader, names, department) for department in departments]
    if not lines:
        return None
    named = {_named_by(reader, names, line) for line in lines}
    if len(named) == 1 and (only := named.pop()) is not None and only not in departments:
        return only
    shared = set(lines[0]).intersection(*lines[1:]) - set(departments)
    return next((department for department in lines[0] if department in shared), None)


def _named_by(reader: Reader, names: Names, line: Sequence[NamedNode]) -> NamedNode | None:
    graph = names.graph("organisation")
    for department in line:
        for quad in sorted(reader.quads(department, LEX.arbiter, None, graph), key=str):
            if isinstance(quad.object, NamedNode):
                return quad.object
    return None
