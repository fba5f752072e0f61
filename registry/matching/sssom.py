"""SSSOM as text: the TSV file with its metadata header that other tools read, and the same as JSON.

SSSOM 1.1, the TSV and JSON formats. Values hold whole IRIs; a file holds CURIEs and the prefixes to read them by.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from typing import Any

from registry.errors import InvalidInputError, SyntaxFaultError
from registry.matching.header import Value, read_header, write_header
from registry.matching.mapping_set import (
    MANY,
    NUMBERS,
    REFERENCES,
    SLOTS,
    UNSPECIFIED_LICENSE,
    Mapping,
    MappingSet,
    Texts,
    check,
    is_set,
    text_of,
    value_of,
)
from registry.matching.prefixes import complete, contract, expand

VERSION = "1.1"
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


def to_tsv(mapping_set: MappingSet) -> str:
    """Return the set as an SSSOM TSV file, the columns in the standard's order and only those that are used.

    Raises InvalidInputError when a required slot is missing or a value is not what its slot allows.
    """
    check(mapping_set)
    prefixes = complete(mapping_set.curie_map, _references(mapping_set))
    header = _header(mapping_set, prefixes)
    columns = [name for name in SLOTS if any(is_set(getattr(mapping, name)) for mapping in mapping_set.mappings)]
    columns = columns or ["subject_id", "predicate_id", "object_id", "mapping_justification"]
    extensions = sorted({name for mapping in mapping_set.mappings for name, _ in mapping.extensions})
    text = io.StringIO()
    text.writelines(f"#{line}\n" for line in write_header(header))
    table = csv.writer(text, delimiter="\t", lineterminator="\n")
    table.writerow([*columns, *extensions])
    for mapping in mapping_set.mappings:
        own = dict(mapping.extensions)
        cells = (_cell(name, getattr(mapping, name), prefixes) for name in columns)
        table.writerow([*cells, *(own.get(name, "") for name in extensions)])
    return text.getvalue()


def from_tsv(text: str) -> MappingSet:
    """Return the mapping set of an SSSOM TSV file with its metadata in the header; CURIEs become IRIs.

    A set without a licence gets the standard's own word for that. Raises SyntaxFaultError when the header or the table
    cannot be read, InvalidInputError when a required slot is missing, a prefix is not declared or a value is not what
    its slot allows, with every fault found in the rows.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    height = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = read_header([line[1:].rstrip("\r") for line in lines[:height]])
    prefixes = _prefixes(header.pop("curie_map", {}))
    return _checked(header, prefixes, _rows("\n".join(lines[height:]), prefixes, height))


def to_json(mapping_set: MappingSet) -> str:
    """Return the set as SSSOM JSON: the header's slots, and below `mappings` the slots each mapping uses.

    The prefixes stand in `curie_map` and, as JSON-LD readers want them, in `@context`. Raises InvalidInputError as
    `to_tsv` does.
    """
    check(mapping_set)
    prefixes = complete(mapping_set.curie_map, _references(mapping_set))
    mappings = [_record(mapping, prefixes) for mapping in mapping_set.mappings]
    document = {"@context": dict(sorted(prefixes.items())), **_header(mapping_set, prefixes), "mappings": mappings}
    return json.dumps(document, ensure_ascii=False, indent=1)


def from_json(text: str) -> MappingSet:
    """Return the mapping set of an SSSOM JSON document; raises what `from_tsv` does.

    Prefixes come from `curie_map` and from the texts in `@context`; other keys that begin with "@" say nothing here.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SyntaxFaultError(f"The document is no JSON: {error}.", line=getattr(error, "lineno", 1)) from error
    if not isinstance(document, dict):
        raise InvalidInputError("An SSSOM document is an object.", advice="Put the mappings below 'mappings'.")
    records = document.pop("mappings", [])
    header = {name: _plain(value) for name, value in document.items() if not name.startswith("@")}
    prefixes = _context(document.get("@context")) | _prefixes(header.pop("curie_map", {}))
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise InvalidInputError("The mappings are no list of objects.", advice="Write one object for each mapping.")
    rows = (_from_record(record, prefixes, place) for place, record in enumerate(records))
    return _checked(header, prefixes, rows)


def _header(mapping_set: MappingSet, prefixes: Dictionary[str, str]) -> dict[str, Value]:
    return {
        "sssom_version": VERSION,
        "curie_map": dict(sorted(prefixes.items())),
        "mapping_set_id": mapping_set.mapping_set_id,
        "license": mapping_set.license,
        **{name: _contracted(name, value, prefixes) for name, value in sorted(mapping_set.metadata.items())},
    }


def _checked(header: dict[str, Value], prefixes: Dictionary[str, str], rows: Iterable[Mapping]) -> MappingSet:
    version, identifier = header.pop("sssom_version", VERSION), header.pop("mapping_set_id", "")
    license_ = header.pop("license", UNSPECIFIED_LICENSE)
    if str(version) not in ("1.0", VERSION):
        raise InvalidInputError(f"SSSOM version {version!r} is not known.", advice=f"Send 1.0 or {VERSION}.")
    mapping_set = MappingSet(
        mapping_set_id=text_of("mapping_set_id", identifier),
        license=text_of("license", license_),
        mappings=tuple(rows),
        metadata={name: _expanded(name, value, prefixes) for name, value in header.items()},
        curie_map=prefixes,
    )
    check(mapping_set)
    return mapping_set


def _record(mapping: Mapping, prefixes: Dictionary[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name in SLOTS:
        value = getattr(mapping, name)
        if name in NUMBERS or not is_set(value):
            record |= {name: float(value)} if is_set(value) else {}
        else:
            texts = [contract(text, prefixes) if name in REFERENCES else text for text in _each(value)]
            record[name] = texts if name in MANY else texts[0]
    return record | dict(mapping.extensions)


def _from_record(record: dict[str, Any], prefixes: Dictionary[str, str], place: int) -> Mapping:
    try:
        given = {name: value for name, value in record.items() if value is not None and not name.startswith("@")}
        known = {name: _read(name, value, prefixes) for name, value in given.items() if name in SLOTS}
        other = sorted((name, text_of(name, value)) for name, value in given.items() if name not in SLOTS)
    except InvalidInputError as error:
        message = f"/mappings/{place}: {error.message}"
        raise InvalidInputError(message, advice=error.advice, pointer=f"/mappings/{place}") from error
    return Mapping(**known, extensions=tuple(other))


def _context(value: object) -> dict[str, str]:
    """Return the prefixes among the terms of a JSON-LD context: those whose IRI ends where a name can begin."""
    terms = value.items() if isinstance(value, dict) else ()
    return {name: iri for name, iri in terms if isinstance(iri, str) and iri.endswith(("#", "/", "_", ":"))}


def _plain(value: Any) -> Value:
    """Return a JSON value in the texts, lists and maps a header is made of."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)


def _read(name: str, value: Any, prefixes: Dictionary[str, str]) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value_of(name, _expanded(name, str(value) if is_number else value, prefixes))


def _rows(text: str, prefixes: Dictionary[str, str], height: int) -> Iterator[Mapping]:
    table = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    try:
        columns = next(table, [])
        if not columns:
            raise InvalidInputError("The file has no table.", advice="Put the names of the columns below the header.")
        if len(set(columns)) < len(columns):
            raise InvalidInputError("A column stands in the table twice.", advice="Merge the columns of one name.")
        yield from (_row(columns, cells, prefixes, height + table.line_num) for cells in table if any(cells))
    except csv.Error as error:
        line = height + table.line_num
        raise SyntaxFaultError(f"Line {line} of the table cannot be read: {error}.", line=line) from error


def _row(columns: Sequence[str], cells: Sequence[str], prefixes: Dictionary[str, str], line: int) -> Mapping:
    if len(cells) > len(columns):
        message = f"Line {line} has {len(cells)} cells for {len(columns)} columns."
        raise SyntaxFaultError(message, advice="Quote cells that hold a tab.", line=line)
    given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    try:
        known = {name: value_of(name, _parsed(name, cell, prefixes)) for name, cell in given.items() if name in SLOTS}
    except InvalidInputError as error:
        raise InvalidInputError(f"Line {line}: {error.message}", advice=error.advice, line=line) from error
    extensions = tuple(sorted((name, cell) for name, cell in given.items() if name not in SLOTS))
    return Mapping(**known, extensions=extensions)


def _parsed(name: str, cell: str, prefixes: Dictionary[str, str]) -> Value:
    texts: list[Value] = [text.replace("\\|", "|") for text in _UNESCAPED_PIPE.split(cell)] if name in MANY else []
    return _expanded(name, texts or cell, prefixes)


def _cell(name: str, value: Any, prefixes: Dictionary[str, str]) -> str:
    if not is_set(value):
        return ""
    if name in NUMBERS:
        return repr(float(value))
    texts = [contract(text, prefixes) if name in REFERENCES else text for text in _each(value)]
    return "|".join(text.replace("|", "\\|") for text in texts) if name in MANY else texts[0]


def _references(mapping_set: MappingSet) -> Iterator[str]:
    for name, value in mapping_set.metadata.items():
        if name in REFERENCES:
            yield from (text_of(name, text) for text in (value if isinstance(value, list) else [value]))
    for mapping in mapping_set.mappings:
        for name in REFERENCES:
            yield from _each(getattr(mapping, name))


def _contracted(name: str, value: Value, prefixes: Dictionary[str, str]) -> Value:
    if name not in REFERENCES:
        return value
    if isinstance(value, list):
        return [contract(text_of(name, text), prefixes) for text in value]
    return contract(text_of(name, value), prefixes)


def _expanded(name: str, value: Value, prefixes: Dictionary[str, str]) -> Value:
    if name not in REFERENCES:
        return value
    if isinstance(value, list):
        return [expand(text_of(name, text), prefixes) for text in value]
    return expand(text_of(name, value), prefixes)


def _prefixes(value: Value) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidInputError("The curie_map is no map.", advice="Write 'prefix: namespace' on lines below it.")
    return {prefix: text_of("curie_map", space) for prefix, space in value.items()}


def _each(value: str | Texts) -> Iterable[str]:
    return value if isinstance(value, tuple) else (value,) if value else ()
