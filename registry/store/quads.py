"""The state at every seq: a term dictionary and quads with the range of seqs in which each stands.

Reads are SQL over these rows; no RDF store needs to be open. A term's id is a 64-bit hash of the term, so that an IRI
is looked up without asking; two terms with one id are refused when the second is written.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from registry.errors import RefusedError
from registry.rdf.patch import Patch
from registry.store.database import Connection, among, bulk, listed, rows

Value = NamedNode | Literal
Description = Mapping[NamedNode, tuple[Value, ...]]

_PACK = struct.Struct(">4q").pack
_KEPT_TERMS = 400_000
_CHUNK = 20_000
_NOTHING: Description = {}


@lru_cache(maxsize=_KEPT_TERMS)
def term_id(term: Value) -> int:
    """The term's id: the first eight bytes of a hash over its parts."""
    return _hash(*_parts(term))


def _parts(term: Value) -> tuple[str, str | None, str | None]:
    if isinstance(term, NamedNode):
        return term.value, None, None
    return (term.value, term.language, None) if term.language else (term.value, None, term.datatype.value)


def _hash(value: str, language: str | None, datatype: str | None) -> int:
    key = f"{language or ''}\x00{datatype or ''}\x00{value}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big", signed=True)


def _term(value: str, language: str | None, datatype: str | None) -> Value:
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype)) if datatype else NamedNode(value)


@dataclass(frozen=True, slots=True)
class PatchRows:
    """A patch as rows of ids, ascending, with the terms of what it adds."""

    added: list[tuple[int, ...]]
    removed: list[tuple[int, ...]]
    terms: dict[int, Value]

    def digests(self) -> dict[str, str]:
        """Digests of the rows, so that they can be checked against the chained header."""
        return {"added": rows_digest(self.added), "removed": rows_digest(self.removed)}


def patch_rows(patch: Patch) -> PatchRows:
    """The rows of a net patch; RefusedError when two of its terms share one id."""
    ids: dict[Value, int] = {}
    added, removed = _id_rows(patch.added, ids), _id_rows(patch.removed, ids)
    terms = {id_: term for term, id_ in ids.items()}
    if len(terms) < len(ids):
        raise RefusedError("Two terms of this change share one id.", advice="Change one of them by a character.")
    return PatchRows(added, removed, terms)


def _id_rows(quads: Iterable[Quad], ids: dict[Value, int]) -> list[tuple[int, ...]]:
    found = []
    for quad in quads:
        row = []
        for term in quad:
            id_ = ids.get(term)
            if id_ is None:
                id_ = ids[term] = _hash(*_parts(term))
            row.append(id_)
        found.append(tuple(row))
    found.sort()
    return found


def write_patch(connection: Connection, seq: int, made: PatchRows) -> None:
    """Write a net patch: new quads stand since `seq`, removed ones until `seq`."""
    _write_terms(connection, made.terms)
    columns = ("subject", "predicate", "object", "graph", "since_seq")
    bulk(connection, "quad", columns, [(*row, seq) for row in made.added])
    if made.removed:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(
            f"UPDATE quad SET until_seq = {mark} WHERE subject = {mark} AND predicate = {mark} AND object = {mark} "
            f"AND graph = {mark} AND until_seq IS NULL",
            [(seq, *row) for row in made.removed],
        )


def rows_digest(ids: Iterable[tuple[int, ...]]) -> str:
    """SHA-256 over rows of four ids in ascending order, with their number."""
    packed = b"".join(_PACK(*row) for row in ids)
    return f"{len(packed) // 32}:{sha256(packed).hexdigest()}"


def _write_terms(connection: Connection, wanted: Mapping[int, Value]) -> None:
    known = _fetch(connection, list(wanted))
    for id_, term in known.items():
        if term != wanted[id_]:
            raise RefusedError(f"{term} and {wanted[id_]} share one id.", advice="Change the new one by a character.")
    fresh = sorted((id_, *_parts(term)) for id_, term in wanted.items() if id_ not in known)
    bulk(connection, "term", ("id", "value", "language", "datatype"), fresh)


def _fetch(connection: Connection, ids: list[int]) -> dict[int, Value]:
    found: dict[int, Value] = {}
    sql = f"SELECT id, value, language, datatype FROM term WHERE id {among(connection)}"
    for start in range(0, len(ids), _CHUNK):
        for row in rows(connection, sql, {"ids": listed(connection, ids[start : start + _CHUNK])}):
            found[row[0]] = _term(row[1], row[2], row[3])
    return found


def misnamed_term(connection: Connection) -> str | None:
    """The first term, by id, that is not the one its id was made from; None when all are."""
    for id_, *parts in rows(connection, "SELECT id, value, language, datatype FROM term ORDER BY id"):
        if _hash(*parts) != id_:
            return str(parts[0])
    return None


@dataclass(slots=True)
class TermCache:
    """Terms by id, kept between reads: a term never changes."""

    terms: dict[int, Value] = field(default_factory=dict)

    def load(self, connection: Connection, ids: Iterable[int]) -> Mapping[int, Value]:
        """A mapping that holds at least these ids."""
        missing = [id_ for id_ in set(ids) if id_ not in self.terms]
        if missing:
            if len(self.terms) + len(missing) > _KEPT_TERMS:
                self.terms = {}
                missing = list(set(ids))
            self.terms.update(_fetch(connection, missing))
        return self.terms


@dataclass(frozen=True, slots=True)
class Reader:
    """The quads that stand at one seq within one view. `at` None: now. `hidden`: ids of graphs out of view."""

    connection: Connection
    cache: TermCache
    at: int | None = None
    hidden: frozenset[int] = frozenset()

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object: Value | None = None,  # noqa: A002 -- RDF's own word
        graph: NamedNode | None = None,
    ) -> list[Quad]:
        """The quads that match the pattern, in no particular order."""
        return self._quads(*self._pattern(subject=subject, predicate=predicate, object=object, graph=graph))

    def subjects(
        self, predicate: NamedNode, value: Value | None = None, graph: NamedNode | None = None
    ) -> list[NamedNode]:
        """The distinct subjects with that predicate (and value, and graph), sorted by IRI."""
        where, values = self._pattern(predicate=predicate, object=value, graph=graph)
        found = rows(self.connection, f"SELECT DISTINCT q.subject FROM quad q WHERE {where}", values)
        terms = self.cache.load(self.connection, [row[0] for row in found])
        return sorted((_iri(terms[row[0]]) for row in found), key=lambda node: node.value)

    def count(self, predicate: NamedNode, value: Value, graph: NamedNode | None = None) -> int:
        """How many distinct subjects have that predicate with that value."""
        where, values = self._pattern(predicate=predicate, object=value, graph=graph)
        return int(rows(self.connection, f"SELECT COUNT(DISTINCT q.subject) FROM quad q WHERE {where}", values)[0][0])

    def describe(self, subjects: Iterable[NamedNode]) -> dict[NamedNode, Description]:
        """What is said of each subject, over all graphs in view: predicate to its values, sorted. One query for all."""
        asked = list(dict.fromkeys(subjects))
        collected: dict[NamedNode, dict[NamedNode, set[Value]]] = defaultdict(lambda: defaultdict(set))
        for quad in self.about(asked):
            collected[_iri(quad.subject)][quad.predicate].add(quad.object)  # type: ignore[arg-type]
        return {
            node: {p: tuple(sorted(v, key=str)) for p, v in sorted(collected[node].items(), key=lambda i: i[0].value)}
            for node in asked
            if node in collected
        }

    def about(self, subjects: Iterable[NamedNode]) -> list[Quad]:
        """The quads of many subjects, over all graphs in view. One query for all."""
        ids = [term_id(node) for node in dict.fromkeys(subjects)]
        found: list[Quad] = []
        for start in range(0, len(ids), _CHUNK):
            where, values = self._standing()
            values["ids"] = listed(self.connection, ids[start : start + _CHUNK])
            found += self._quads(f"q.subject {among(self.connection)} AND {where}", values)
        return found

    def description(self, subject: NamedNode) -> Description:
        """What is said of one subject; empty when nothing is."""
        return self.describe([subject]).get(subject, _NOTHING)

    def pointing(self, predicates: Collection[NamedNode], objects: Collection[Value]) -> list[Quad]:
        """The quads whose predicate and object are among those: inverse lookups for many things at once."""
        where, values = self._standing()
        values["ids"] = listed(self.connection, [term_id(node) for node in objects])
        values["predicates"] = listed(self.connection, [term_id(node) for node in predicates])
        inside = f"q.object {among(self.connection)} AND q.predicate {among(self.connection, 'predicates')}"
        return self._quads(f"{inside} AND {where}", values)

    def graphs(self) -> list[NamedNode]:
        """The graphs in view that anything was ever written to, sorted."""
        known = rows(self.connection, "SELECT scope FROM head WHERE scope <> '*' ORDER BY scope")
        nodes = [NamedNode(row[0]) for row in known]
        return [node for node in nodes if term_id(node) not in self.hidden]

    def version(self, subject: NamedNode) -> int:
        """The last seq, up to this reader's, that touched the subject; 0 when none did."""
        limit = self._head()
        outside, values = self._outside()
        found = rows(
            self.connection,
            "SELECT MAX(CASE WHEN q.until_seq IS NOT NULL AND q.until_seq <= :limit THEN q.until_seq "
            f"ELSE q.since_seq END) FROM quad q WHERE q.subject = :s AND q.since_seq <= :limit AND {outside}",
            {"s": term_id(subject), "limit": limit, **values},
        )
        return int(found[0][0] or 0)

    def touches(self, subject: NamedNode) -> Iterator[tuple[int, bool, Quad]]:
        """Every change of a subject up to this reader's seq, oldest first: seq, whether added, the quad."""
        limit = self._head()
        outside, values = self._outside()
        found = rows(
            self.connection,
            "SELECT q.subject, q.predicate, q.object, q.graph, q.since_seq, q.until_seq FROM quad q "
            f"WHERE q.subject = :s AND q.since_seq <= :limit AND {outside}",
            {"s": term_id(subject), "limit": limit, **values},
        )
        terms = self.cache.load(self.connection, {id_ for row in found for id_ in row[:4]})
        changes = []
        for row in found:
            quad = _quad(terms, row)
            changes.append((row[4], True, quad))
            if row[5] is not None and row[5] <= limit:
                changes.append((row[5], False, quad))
        yield from sorted(changes, key=lambda change: (change[0], change[1], str(change[2])))

    def term(self, id_: int) -> Value | None:
        """The term with that id, when the dictionary holds it."""
        return self.cache.load(self.connection, [id_]).get(id_)

    def _head(self) -> int:
        if self.at is not None:
            return self.at
        return int(rows(self.connection, "SELECT seq FROM head WHERE scope = '*'")[0][0])

    def _standing(self) -> tuple[str, dict[str, Any]]:
        outside, values = self._outside()
        if self.at is None:
            return f"q.until_seq IS NULL AND {outside}", values
        values["at"] = self.at
        return f"q.since_seq <= :at AND (q.until_seq IS NULL OR q.until_seq > :at) AND {outside}", values

    def _outside(self) -> tuple[str, dict[str, Any]]:
        if not self.hidden:
            return "TRUE", {}
        return f"NOT (q.graph {among(self.connection, 'hidden')})", {
            "hidden": listed(self.connection, sorted(self.hidden))
        }

    def _pattern(self, **wanted: Value | None) -> tuple[str, dict[str, Any]]:
        where, values = self._standing()
        given = {name: term_id(term) for name, term in wanted.items() if term is not None}
        parts = [f"q.{name} = :{name}" for name in given]
        return " AND ".join([*parts, where]), {**values, **given}

    def _quads(self, where: str, values: dict[str, Any]) -> list[Quad]:
        found = rows(
            self.connection, f"SELECT q.subject, q.predicate, q.object, q.graph FROM quad q WHERE {where}", values
        )
        terms = self.cache.load(self.connection, {id_ for row in found for id_ in row})
        return [_quad(terms, row) for row in found]


def _quad(terms: Mapping[int, Value], row: Any) -> Quad:
    return Quad(_iri(terms[row[0]]), _iri(terms[row[1]]), terms[row[2]], _iri(terms[row[3]]))


def _iri(term: object) -> NamedNode:
    assert isinstance(term, NamedNode)
    return term
