"""What the log knows of a vocabulary: which records touched it, and when it was last taken from a document."""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import NamedNode, Quad

from registry.store.database import rows
from registry.store.quads import term_id
from registry.store.work import Work

WHOLESALE = ("scheme.import", "scheme.rollback")
"""Operations after which a vocabulary stands as a document or a past state has it, edits and all."""


def last_touched(work: Work, graph: NamedNode) -> int:
    """The last seq, up to the reader's, that touched a graph; 0 when none did."""
    return _last(work, graph, ())


def last_wholesale(work: Work, graph: NamedNode) -> int:
    """The last seq at which a graph was imported or rolled back; 0 when it never was."""
    return _last(work, graph, WHOLESALE)


def state_at(work: Work, graph: NamedNode, seq: int) -> list[Quad]:
    """The quads of a graph as they stood at a seq."""
    return replace(work.reader, at=seq).quads(graph=graph)


def _last(work: Work, graph: NamedNode, operations: tuple[str, ...]) -> int:
    named = ", ".join(f"'{operation}'" for operation in operations)
    among = f"AND r.operation IN ({named})" if operations else ""
    found = rows(
        work.reader.connection,
        "SELECT COALESCE(MAX(r.seq), 0) FROM record_graph g JOIN record r ON r.seq = g.seq "
        f"WHERE g.graph = :graph AND r.seq <= :upto {among}",
        {"graph": term_id(graph), "upto": work.reader.at or work.seq},
    )
    return int(found[0][0])
