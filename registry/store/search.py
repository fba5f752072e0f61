"""Concepts found by their words: one row a label under its search key, trigrams for parts of words.

A search word of three characters or more is found anywhere in a label; a shorter one by equality and prefix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, cast

from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.patch import Patch
from registry.rdf.terms import SKOS
from registry.rdf.text import fold_label
from registry.store.database import Connection, among, bulk, listed, rows
from registry.store.quads import Reader, term_id

SHORTEST_PART = 3
"""Trigrams cannot find less."""
LONGEST_KEY = 300
"""Characters of a key; labels that agree so far are told apart by whoever compares them whole."""


class LabelKind(IntEnum):
    """What a label is to its concept, the most binding first."""

    PREFERRED = 0
    ALTERNATIVE = 1
    HIDDEN = 2
    NOTATION = 3


KINDS: dict[NamedNode, LabelKind] = {
    SKOS.prefLabel: LabelKind.PREFERRED,
    SKOS.altLabel: LabelKind.ALTERNATIVE,
    SKOS.hiddenLabel: LabelKind.HIDDEN,
    SKOS.notation: LabelKind.NOTATION,
}
"""The label properties that are searched."""


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A label that matched: whose it is, in which graph, and how it is written."""

    concept: NamedNode
    graph: NamedNode
    kind: LabelKind
    language: str
    text: str
    folded: str


def search_key(text: str) -> str:
    """The key under which a label is found: folded, and no longer than an index entry may be."""
    return fold_label(text)[:LONGEST_KEY]


def write_labels(connection: Connection, seq: int, patch: Patch) -> None:
    """Keep the label rows in step with a patch, in its transaction."""
    added = _rows(patch.added)
    if added:
        first = int(rows(connection, "SELECT COALESCE(MAX(id), 0) FROM label")[0][0]) + 1
        numbered = [(first + n, *row, seq) for n, row in enumerate(sorted(added))]
        columns = ("id", "concept", "graph", "kind", "language", "text", "folded", "since_seq")
        bulk(connection, "label", columns, numbered)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "INSERT INTO label_fts (rowid, folded) VALUES (?, ?)", [(row[0], row[6]) for row in numbered]
            )
    gone = _rows(patch.removed)
    if gone:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(
            f"UPDATE label SET until_seq = {mark} WHERE concept = {mark} AND graph = {mark} AND kind = {mark} AND "
            f"language = {mark} AND text = {mark} AND until_seq IS NULL",
            [(seq, *row[:5]) for row in sorted(gone)],
        )


def _rows(quads: Iterable[Quad]) -> list[tuple[int, int, int, str, str, str]]:
    found = []
    for quad in quads:
        kind, label = KINDS.get(quad.predicate), quad.object
        if kind is not None and isinstance(label, Literal):
            subject, graph = cast("NamedNode", quad.subject), cast("NamedNode", quad.graph_name)
            key = search_key(label.value)
            found.append((term_id(subject), term_id(graph), int(kind), label.language or "", label.value, key))
    return found


def labels_equal(reader: Reader, keys: Iterable[str]) -> list[LabelHit]:
    """Every label whose search key is one of these."""
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return []
    marks = ", ".join(f":k{n}" for n in range(len(wanted)))
    return _hits(reader, f"l.folded IN ({marks})", {f"k{n}": key for n, key in enumerate(wanted)}, limit=None)


def labels_containing(reader: Reader, text: str, *, limit: int) -> list[LabelHit]:
    """Labels that contain the text; for fewer than three characters, labels that equal it or start with it."""
    key = search_key(text)
    if not key:
        return []
    exact = _hits(reader, "l.folded = :key", {"key": key}, limit=limit)
    if len(key) < SHORTEST_PART:
        span = {"key": key, "upto": key + "\U0010ffff"}
        more = _hits(reader, "l.folded >= :key AND l.folded < :upto", span, limit=limit)
    elif reader.connection.dialect.name == "sqlite":
        quoted = '"' + key.replace('"', '""') + '"'
        inside = "l.id IN (SELECT rowid FROM label_fts WHERE label_fts MATCH :match)"
        more = _hits(reader, inside, {"match": quoted}, limit=limit)
    else:
        pattern = "%" + key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        more = _hits(reader, "l.folded LIKE :pattern", {"pattern": pattern}, limit=limit)
    return list(dict.fromkeys([*exact, *more]))


def _hits(reader: Reader, where: str, values: dict[str, Any], *, limit: int | None) -> list[LabelHit]:
    standing = "l.until_seq IS NULL"
    if reader.at is not None:
        standing = "l.since_seq <= :at AND (l.until_seq IS NULL OR l.until_seq > :at)"
        values = {**values, "at": reader.at}
    if reader.hidden:
        standing += f" AND NOT (l.graph {among(reader.connection, 'hidden')})"
        values = {**values, "hidden": listed(reader.connection, sorted(reader.hidden))}
    cut = "" if limit is None else " ORDER BY LENGTH(l.folded), l.folded, l.concept LIMIT :limit"
    found = rows(
        reader.connection,
        "SELECT l.concept, l.graph, l.kind, l.language, l.text, l.folded FROM label l "
        f"WHERE {where} AND {standing}{cut}",
        values if limit is None else {**values, "limit": limit},
    )
    return _resolved(reader, found)


def _resolved(reader: Reader, found: Sequence[Any]) -> list[LabelHit]:
    terms = reader.cache.load(reader.connection, {id_ for row in found for id_ in row[:2]})
    hits = []
    for row in found:
        concept, graph = terms[row[0]], terms[row[1]]
        assert isinstance(concept, NamedNode)
        assert isinstance(graph, NamedNode)
        hits.append(LabelHit(concept, graph, LabelKind(row[2]), row[3], row[4], row[5]))
    return sorted(hits, key=lambda hit: (hit.kind, hit.folded, hit.concept.value, hit.language, hit.text))
