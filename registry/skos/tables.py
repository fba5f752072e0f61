"""A vocabulary as a CSV or TSV sheet and back, so that many concepts can be edited at once and nothing else moves."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad

from registry.errors import Fault, InvalidInputError
from registry.skos import names
from registry.skos.cells import join_cell, split_cell
from registry.skos.columns import Column, Columns, Held, Statement
from registry.skos.index import SchemeIndex, as_index
from registry.skos.iris import fault_of
from registry.skos.values import Resource, in_name_order, literals

_UNREAD = frozenset({"iri", "base"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: the line it starts on, counted from 1, and its cells by header."""

    line: int
    cells: Mapping[str, str]


def to_csv(
    source: SchemeIndex | Iterable[Quad], *, delimiter: str = ",", base: str = "", languages: Iterable[str] = ()
) -> str:
    """Return the sheet of a vocabulary: one row an entry, sorted by IRI, with every column that it has values for.

    `delimiter` is a comma, a semicolon or a tab. `base` is the version exported from, written in every row so that a
    stale sheet can be told; `languages` get a prefLabel column in any case. Not in a sheet's reach, and left alone by
    `from_csv`: blank nodes, typed or blank texts, labels whose language tag is no language, and properties without a
    column.
    """
    _require_delimiter(delimiter)
    index = as_index(source)
    columns = Columns(index, by_iri_only)
    chosen = [columns.column(header) for header in columns.headers(language.lower() for language in languages)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["iri", *(column.header for column in chosen), "base"])
    for entry in in_name_order(index.entries):
        if isinstance(entry, NamedNode):
            cells = (join_cell(sorted(column.held(entry))) for column in chosen)
            writer.writerow([entry.value, *cells, base])
    return text.getvalue()


def from_csv(
    text: str,
    before: Iterable[Quad],
    *,
    delimiter: str = ",",
    mint: Callable[[], NamedNode] | None = None,
) -> tuple[Quad, ...]:
    """Return a vocabulary's quads as a sheet says they should be; quads it does not speak of come back as they were.

    A missing column leaves its property alone, an empty cell removes the values, a missing row leaves its concept.
    Links name their ends by IRI, notation or prefLabel. A row with an unknown IRI, or with none when `mint` makes IRIs,
    is a new concept in the vocabulary's scheme. New quads join the graph of the first quad. Raises InvalidInputError
    with one fault for each bad row, line and column named; nothing is applied then.
    """
    quads = tuple(before)
    index = SchemeIndex.of(quads)
    rows = read_rows(text, delimiter=delimiter)
    removed, added = _Edit(index, rows, _named(index, rows, mint)).changes()
    graph = quads[0].graph_name if quads else DefaultGraph()
    kept = [quad for quad in quads if not removed or (quad.subject, quad.predicate, quad.object) not in removed]
    new = (statement for statement in dict.fromkeys(added) if statement in removed or not _stated(index, statement))
    return (*kept, *(Quad(*statement, graph) for statement in new))


def bases(text: str, *, delimiter: str = ",") -> frozenset[str]:
    """Return the versions that a sheet's rows were exported from, without blanks; empty when it does not say."""
    return frozenset(
        base for row in read_rows(text, delimiter=delimiter) if (base := row.cells.get("base", "").strip())
    )


def read_rows(text: str, *, delimiter: str = ",") -> list[Row]:
    """Return the rows of a sheet that are not empty; InvalidInputError when its headers or a row's length are wrong."""
    _require_delimiter(delimiter)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    try:
        headers = [header.strip() for header in next(reader, [])]
        _require_headers(headers)
        rows, line = [], reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _require_length(cells, headers, line)
                rows.append(Row(line, dict(zip(headers, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        advice = "Save the sheet again as CSV in UTF-8."
        raise InvalidInputError(f"The sheet is broken at line {reader.line_num}: {error}.", advice=advice) from error
    return rows


def _stated(index: SchemeIndex, statement: Statement) -> bool:
    subject, predicate, value = statement
    return value in index.objects(subject, predicate)


class _Edit:
    """What the rows of a sheet change in one vocabulary."""

    def __init__(self, index: SchemeIndex, rows: Sequence[Row], named: Sequence[NamedNode]) -> None:
        self._index = index
        self._rows = list(zip(rows, named, strict=True))
        self._known = {node.value: node for node in (*_iris_of(index), *named)}
        self._names = _names_of(index, self._rows)
        columns = Columns(index, self._resolve)
        headers = rows[0].cells if rows else ()
        self._columns = [columns.column(header) for header in headers if header not in _UNREAD]

    def changes(self) -> tuple[set[Statement], list[Statement]]:
        """Return the triples to take away and those to add; InvalidInputError with every cell that cannot be read."""
        removed: set[Statement] = set()
        added: list[Statement] = []
        faults: list[Fault] = []
        for row, concept in self._rows:
            added.extend(self._born(row, concept))
            for column in self._columns:
                try:
                    less, more = _cell_change(column, concept, row.cells[column.header])
                except InvalidInputError as error:
                    faults.append(Fault(f"line {row.line}, column {column.header}", str(error)))
                    continue
                removed.update(less)
                added.extend(more)
        _raise_if_any(faults)
        return removed, added

    def _born(self, row: Row, concept: NamedNode) -> list[Statement]:
        """Return what makes a row's concept one, when the vocabulary does not have it yet."""
        if concept in self._index.entries:
            return []
        born: list[Statement] = [(concept, names.RDF_TYPE, names.CONCEPT)]
        schemes = [scheme for scheme in self._index.schemes if isinstance(scheme, NamedNode)]
        if not row.cells.get("inScheme", "").strip() and len(schemes) == 1:
            born.append((concept, names.IN_SCHEME, schemes[0]))
        return born

    def _resolve(self, text: str, header: str) -> NamedNode:
        """Return the resource that a cell names: by known IRI, then notation, then prefLabel, then as a new IRI."""
        if text in self._known:
            return self._known[text]
        for known in self._names.get(header, self._names[""]):
            if found := known.get(text):
                return _only(text, found)
        return by_iri_only(text, header)


Names = tuple[Mapping[str, set[NamedNode]], ...]


def by_iri_only(text: str, header: str) -> NamedNode:
    """Return the resource of an absolute IRI; InvalidInputError for a text that is none."""
    if fault := fault_of(text):
        kind = {"collection": "collection", "inScheme": "concept scheme"}.get(header, "concept")
        raise InvalidInputError(f"{text!r} names no {kind} here.", advice=f"As an IRI, {fault}.")
    return NamedNode(text)


def _only(text: str, found: set[NamedNode]) -> NamedNode:
    if len(found) > 1:
        listed = ", ".join(f"<{node.value}>" for node in in_name_order(found))
        raise InvalidInputError(f"{text!r} names several: {listed}.", advice="Write the IRI.")
    return next(iter(found))


def _iris_of(index: SchemeIndex) -> Iterator[NamedNode]:
    for subjects in index.properties.values():
        for subject, values in subjects.items():
            yield from (node for node in (subject, *values) if isinstance(node, NamedNode))


def _names_of(index: SchemeIndex, rows: Sequence[tuple[Row, NamedNode]]) -> Mapping[str, Names]:
    """Return, for each column that names other things than concepts, and for all others, who has which name."""
    notations, labels = _named_among(index, index.entries)
    for row, concept in rows:
        for header, cell in row.cells.items():
            if header == "notation" or header.partition("@")[0] == "prefLabel":
                for text in filter(None, map(str.strip, split_cell(cell))):
                    (notations if header == "notation" else labels)[text].add(concept)
    return {
        "": (notations, labels),
        "collection": _named_among(index, index.collections),
        "inScheme": _named_among(index, index.schemes),
    }


def _named_among(
    index: SchemeIndex, resources: frozenset[Resource]
) -> tuple[dict[str, set[NamedNode]], dict[str, set[NamedNode]]]:
    found: list[dict[str, set[NamedNode]]] = []
    for kind in (names.NOTATION, names.PREF_LABEL):
        holders: dict[str, set[NamedNode]] = defaultdict(set)
        for resource, values in index.subjects(kind).items():
            if resource in resources and isinstance(resource, NamedNode):
                for value in literals(values):
                    holders[value.value].add(resource)
        found.append(holders)
    return found[0], found[1]


def _cell_change(column: Column, concept: NamedNode, cell: str) -> tuple[list[Statement], list[Statement]]:
    """Return the triples that a cell takes away and those that it adds, against what the graph has."""
    held = column.held(concept)
    wanted = _wanted(cell, held)
    removed = [statement for text, statements in held.items() if text not in wanted for statement in statements]
    added = [statement for text in wanted if text not in held for statement in column.stated(concept, text)]
    return removed, added


def _wanted(cell: str, held: Held) -> list[str]:
    """Return the texts of a cell: as written where the graph has them so, else without blanks around them."""
    texts = (text if text in held else text.strip() for text in split_cell(cell))
    return [text for text in dict.fromkeys(texts) if text]


def _named(index: SchemeIndex, rows: Sequence[Row], mint: Callable[[], NamedNode] | None) -> list[NamedNode]:
    """Return each row's concept; InvalidInputError for a missing or bad IRI, or one that two rows have."""
    entries = {entry.value: entry for entry in index.entries if isinstance(entry, NamedNode)}
    named: list[NamedNode] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for row in rows:
        iri = row.cells["iri"] if row.cells["iri"] in entries else row.cells["iri"].strip()
        if not iri and mint is not None:
            named.append(mint())
        elif fault := _fault_of_row(iri, iri in entries, lines.setdefault(iri, row.line), row.line):
            faults.append(Fault(f"line {row.line}, column iri", fault))
        else:
            named.append(entries.get(iri) or NamedNode(iri))
    _raise_if_any(faults)
    return named


def _fault_of_row(iri: str, known: bool, first_line: int, line: int) -> str:
    if not iri:
        return "The IRI is empty, and no new ones are made here."
    if first_line != line:
        return f"Line {first_line} has the IRI {iri!r} already."
    fault = "" if known else fault_of(iri)
    return f"The IRI {iri!r} cannot be used: {fault}." if fault else ""


def _require_headers(headers: Sequence[str]) -> None:
    if "iri" not in headers:
        raise InvalidInputError("The sheet has no column 'iri' in its first line.", advice="Export one to start from.")
    if twice := sorted({header for header in headers if headers.count(header) > 1}):
        raise InvalidInputError(f"The sheet has the column {twice[0]!r} twice.", advice="Keep one of the two.")


def _require_length(cells: Sequence[str], headers: Sequence[str], line: int) -> None:
    if len(cells) != len(headers):
        detail = f"Line {line} has {len(cells)} cells, the first line has {len(headers)}."
        advice = "Put texts that hold the delimiter in double quotes."
        raise InvalidInputError(detail, advice=advice, faults=[Fault(f"line {line}", detail)])


def _require_delimiter(delimiter: str) -> None:
    if delimiter not in (",", "\t", ";"):
        raise InvalidInputError(f"{delimiter!r} does not separate cells.", advice="Use a comma, semicolon or tab.")


def _raise_if_any(faults: Sequence[Fault]) -> None:
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        message = f"The sheet cannot be read at {faults[0].pointer}{more}: {faults[0].detail}"
        raise InvalidInputError(message, advice="Nothing was changed.", faults=faults)
