"""Records of one source checked: parsed, identified, validated, with advice that was tried on the record.

Everything a check needs is gathered once, so that a stream of any length asks the database for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.contract.validation import MOST_RESULTS
from registry.errors import ConflictError, InvalidInputError
from registry.model.validation import Repair, ValidationReport, ValidationResult, path_text
from registry.rdf.syntax import format_of, parse_document
from registry.rdf.terms import RDF, SH
from registry.services.fixing import fixed
from registry.services.profiles import Profile, classes_of, profile_of
from registry.services.records import check_own_context, identified, settled
from registry.services.repairs import MISSING, Advisor, Place, constraint_name
from registry.services.sources import Registered, require_source
from registry.services.taxonomies import Taxonomy, taxonomy_of
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.shacl import RecordValidator
    from registry.shacl.context import RecordContext

_SEVERITIES = {SH.Violation.value: "violation", SH.Warning.value: "warning", SH.Info.value: "info"}
MOST_TRIED = 4
"""General repairs that are tried for one result."""
_NOTHING_FOUND = {"violation": 0, "warning": 0, "info": 0}
_SPARED = frozenset({"violation", "warning", "info"})
_JSON = ("application/json", "application/ld+json", "application/x-ndjson")
_JSON_WORDS = (b"true", b"false", b"null")
UNSAID = ("", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded")
"""Media types that say nothing of a body."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the records of one source. Frozen; threads may share it."""

    source: Registered
    profile: Profile
    taxonomy: Taxonomy
    context: RecordContext
    validator: RecordValidator
    advisor: Advisor
    parse: Callable[[bytes], dict[str, Any]]
    identity: hashlib._Hash
    own_context: bool = False

    def head(self) -> dict[str, Any]:
        """What every report of this checker says of itself."""
        return {
            "source": self.source.key,
            "profile": self.profile.name,
            "profile_version": self.profile.version,
            "taxonomy_version": self.taxonomy.version,
            "mode": self.source.mode,
        }

    def check_json(self, text: bytes) -> dict[str, Any]:
        """The report on one record in JSON, less its head; InvalidInputError for what is no record."""
        return self._checked(self.parse(text), text)

    def check_record(self, record: dict[str, Any]) -> dict[str, Any]:
        """The report on one record that has been read, less its head."""
        return self._checked(record, json.dumps(record).encode())

    def check_and_fix(self, text: bytes) -> dict[str, Any]:
        """The report on one record in JSON, and under `fixed` what automatic repair makes of it."""
        record = self.parse(text)
        found = self._checked(record, text)
        return {**found, "fixed": fixed(self, record, found)}

    def _checked(self, record: dict[str, Any], text: bytes) -> dict[str, Any]:
        if b"@context" in text or b"@import" in text or b"\\u" in text:
            check_own_context(record, allowed=self.own_context)
        if self.validator.accepts(record) and (identity := self.validator.identity(record)):
            return self._clean(self.context.expand(identity) or identity, text)
        return self._closely(record, text)

    def _clean(self, iri: str, text: bytes) -> dict[str, Any]:
        """The report on a record of which the quick check has seen that it conforms."""
        return {
            "conforms": True,
            "counts": _NOTHING_FOUND,
            "results": (),
            "focus_node": iri,
            "report_id": self._report_id(text),
        }

    def _report_id(self, text: bytes) -> str:
        digest = self.identity.copy()
        digest.update(text)
        return digest.hexdigest()[:20]

    def _closely(self, record: dict[str, Any], text: bytes) -> dict[str, Any]:
        named, iri = identified(record, self.context, self._base())
        report = self._validated(settled(named, self.context), iri)
        kinds = {_sort(result) for result in report.results}
        results = [self._result(result, record, kinds) for result in report.results[:MOST_RESULTS]]
        return self._body(report, results, iri, text)

    def check_graph(self, quads: Sequence[Quad]) -> dict[str, Any]:
        """The report on one record in RDF, less its head: no pointers, and advice without a patch."""
        named, iri = _with_named_root(quads, self._base())
        report = self.profile.shapes.validate_graph(named, self.taxonomy.background)
        types = {str(quad.object.value) for quad in named if quad.predicate == RDF.type}  # type: ignore[union-attr]
        report = self._with_type(report, types, iri, None)
        results = [result_body(result, None) for result in report.results[:MOST_RESULTS]]
        return self._body(report, results, iri, "\n".join(sorted(map(str, named))).encode())

    def _base(self) -> str:
        return f"{self.source.node.value}/record/"

    def _validated(self, record: dict[str, Any], iri: str) -> ValidationReport:
        report = self.validator.validate(record)
        keys = [key for key in ("@type", *self.context.aliases) if self.context.aliases.get(key, key) == "@type"]
        stated = [value for key in keys if (value := record.get(key)) is not None]
        if not stated and self.context.record_class is not None:
            return report
        names = [name for value in stated for name in (value if isinstance(value, list) else [value])]
        types = {self.context.expand_class(name) or name for name in names if isinstance(name, str)}
        return self._with_type(report, types, iri, next((f"/{key}" for key in keys if key in record), ""))

    def _with_type(self, report: ValidationReport, types: set[str], iri: str, pointer: str | None) -> ValidationReport:
        """The report, with a violation when the record is of no class that the profile looks at: nobody checked it."""
        classes = self.profile.classes
        if classes is None or classes & types:
            return report
        wanted = " or ".join(sorted(classes))
        found = ", ".join(sorted(types)) or "none"
        missed = ValidationResult(
            NamedNode(iri), RDF.type, NamedNode(found) if ":" in found and "," not in found else Literal(found),
            SH.ClassConstraintComponent, SH.Violation, BlankNode("profile"),
            (f"The record is of class {found}; the profile {self.profile.name} looks at {wanted} only.",),
            pointer, wanted,
        )  # fmt: skip
        return ValidationReport(False, (missed, *report.results), report.total + 1)

    def _result(self, result: ValidationResult, record: dict[str, Any], kinds: set[Any]) -> dict[str, Any]:
        pointer = result.pointer if result.pointer is not None else self._guessed_pointer(result, record)
        value = at_pointer(record, pointer)
        placed = result if pointer == result.pointer else replace(result, pointer=pointer)
        repair = self.advisor.advise(placed, Place(pointer, value, record))
        if repair is None:
            return result_body(placed, self._general(placed, record, kinds))
        return result_body(placed, self._tried(repair, placed, record, kinds))

    def _general(self, result: ValidationResult, record: dict[str, Any], kinds: set[Any]) -> Repair | None:
        """What helps without knowing the registry: another datatype, another form; None when nothing does."""
        from registry.shacl.repair import suggested

        for found in islice(suggested(record, result, self.validator), MOST_TRIED):
            tried = self._tried(found, result, record, kinds)
            if tried.patch:
                return tried
        return None

    def _guessed_pointer(self, result: ValidationResult, record: dict[str, Any]) -> str:
        """Where a result of the slow tier most likely stands: the field of its property, the item of its value."""
        for name, rule in self.context.fields.items():
            if rule.property == result.result_path and name in record:
                return "/" + name.replace("~", "~0").replace("/", "~1")
        return ""

    def _tried(self, repair: Repair, result: ValidationResult, record: dict[str, Any], kinds: set[Any]) -> Repair:
        """The advice, if it does what it promises; automatic advice that brings other faults is for a person."""
        if not repair.patch:
            return repair
        from registry.shacl.json_patch import apply_patch

        try:
            mended = settled(identified(apply_patch(record, repair.patch), self.context, self._base())[0], self.context)
            after = self.validator.validate(mended)
        except InvalidInputError:
            return replace(repair, patch=(), repair_class="review", confidence=0.0)
        if any(_same(one, result) for one in after.results):
            return replace(repair, patch=(), repair_class="review", confidence=0.0)
        if repair.repair_class == "auto" and any(_sort(one) not in kinds for one in after.results):
            return replace(repair, repair_class="review", confidence=min(repair.confidence, 0.6))
        return repair

    def _body(self, report: ValidationReport, results: list[dict[str, Any]], iri: str, text: bytes) -> dict[str, Any]:
        counts = {name: count for name, count in report.counts.items() if name in _SPARED}
        return {
            "conforms": report.conforms,
            "counts": counts,
            "results": results,
            "focus_node": iri,
            "report_id": self._report_id(text),
        }


CHECKERS = 64
"""How many checkers are remembered."""


def checker_of(work: Work, key: str, *, own_context: bool = False) -> Checker:
    """The checker of a source at the reader's seq and within the asker's view; remembered until the next write.

    NotFoundError when there is no such source, ConflictError when it has no profile.
    """
    if work.writes or work.reader.at is not None:
        return _made(work, key, own_context)
    asked = (str(work.store.directory), work.names.base, work.seq, work.reader.hidden, key, own_context)
    return _CHECKERS.get(asked, lambda: _made(work, key, own_context))


def _made(work: Work, key: str, own_context: bool) -> Checker:
    source = require_source(work.reader, work.names, key)
    if source.profile is None:
        raise ConflictError(f"The source {key} has no profile: nothing is checked.", advice="Register it with one.")
    profile = profile_of(work, source.profile, source.node)
    taxonomy = taxonomy_of(work, source.vocabularies)
    context = _context(source.context or "{}", source.record_class)
    validator = _VALIDATORS.get((profile.name, profile.version, source.context, source.record_class,
                                 taxonomy.background.version, id(taxonomy.background)),
                                profile, context, taxonomy)  # fmt: skip
    from registry.shacl.json_text import parse_record

    identity = hashlib.sha256("\x1f".join((key, profile.version, taxonomy.version, "")).encode())
    advisor = Advisor(context, taxonomy, profile.shapes)
    return Checker(source, profile, taxonomy, context, validator, advisor, parse_record, identity, own_context)


def checker_with(known: Checker, shapes: Sequence[Quad]) -> Checker:
    """The checker with other shapes, everything else the same; ShapesError for shapes that are ill-formed."""
    from registry.shacl import compile_shapes

    compiled = compile_shapes(shapes)
    profile = replace(known.profile, version="preview", shapes=compiled, classes=classes_of(compiled))
    validator = compiled.for_records(known.context, known.taxonomy.background)
    return replace(known, profile=profile, validator=validator, advisor=replace(known.advisor, shapes=compiled))


def is_json(media_type: str | None, text: bytes) -> bool:
    """Whether a record is JSON: as its media type says, else by its first sign, which no Turtle document has."""
    media = (media_type or "").partition(";")[0].strip().lower()
    if media not in UNSAID:
        return media in _JSON or media.endswith("+json")
    start = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"{", b"[", b'"', b"-", b"") or start[:1].isdigit() or start.strip() in _JSON_WORDS


def read_graph(text: bytes, media_type: str | None) -> list[Quad]:
    """The quads of a record in RDF: by its media type, else as Turtle, of which N-Triples is a part."""
    media = (media_type or "").partition(";")[0].strip().lower()
    name = "turtle" if media in UNSAID else format_of(media=media)
    quads = list(parse_document(text, name))
    if not quads:
        raise InvalidInputError("The record is empty: it says nothing.", advice="Leave it out, or describe something.")
    return quads


def result_body(result: ValidationResult, repair: Repair | None) -> dict[str, Any]:
    """A result in the form that reports have."""
    path = result.result_path
    name = constraint_name(result)
    return {
        "severity": _SEVERITIES.get(result.severity.value, result.severity.value),
        "focus_node": _text(result.focus_node),
        "path": None if path is None else path.value if isinstance(path, NamedNode) else path_text(path),
        "constraint": name[:1].lower() + name[1:],
        "value": None if result.value is None else _text(result.value),
        "term": None if result.value is None else str(result.value),
        "pointer": result.pointer,
        "message": " ".join(result.messages),
        "expected": result.expected,
        "shape": result.source_shape.value if isinstance(result.source_shape, NamedNode) else "",
        "repair": None if repair is None else {
            "class": repair.repair_class, "confidence": repair.confidence, "explanation": repair.explanation,
            "patch": [operation.to_json() for operation in repair.patch],
        },
    }  # fmt: skip


def at_pointer(record: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer (RFC 6901); MISSING where nothing does."""
    found = record
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(name, MISSING)
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return MISSING
    return found


class _Validators:
    """The newest compiled validators of this process; equal keys are equal content."""

    def __init__(self) -> None:
        self._kept: dict[object, RecordValidator] = {}

    def get(self, key: object, profile: Profile, context: RecordContext, taxonomy: Taxonomy) -> RecordValidator:
        """The validator under a key, compiled when it is not kept. A race compiles it twice, which harms nobody."""
        found = self._kept.get(key)
        if found is None:
            found = profile.shapes.for_records(context, taxonomy.background)
            self._kept = {**dict(list(self._kept.items())[-15:]), key: found}
        return found


class _Checkers:
    """The checkers in use: those of the newest few states."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Checker] = {}

    def get(self, asked: tuple[Any, ...], make: Callable[[], Checker]) -> Checker:
        """The checker asked for, made when it is not here."""
        found = self._made.get(asked)
        if found is None:
            found = make()
            while len(self._made) >= CHECKERS:
                self._made.pop(next(iter(self._made)), None)
            self._made[asked] = found
        return found


_CHECKERS = _Checkers()
_VALIDATORS = _Validators()


@lru_cache(maxsize=64)
def _context(text: str, record_class: str) -> RecordContext:
    from registry.shacl.context import RecordContext

    return RecordContext.from_json_ld(orjson.loads(text), record_class=record_class or None)


def _with_named_root(quads: Sequence[Quad], base: str) -> tuple[list[Quad], str]:
    """The quads with the record's own node named, and its IRI: a blank one gets one made from the content."""
    pointed = {quad.object for quad in quads if quad.object != quad.subject}
    roots = list(dict.fromkeys(quad.subject for quad in quads if quad.subject not in pointed)) or [quads[0].subject]
    root = roots[0]
    if isinstance(root, NamedNode):
        return list(quads), root.value
    from registry.rdf.skolem import skolemize

    name = hashlib.sha256("\n".join(sorted(map(str, skolemize(quads, base)))).encode()).hexdigest()[:24]
    node = NamedNode(base + name)
    named = [Quad(node if q.subject == root else q.subject, q.predicate, node if q.object == root else q.object)
             for q in quads]  # fmt: skip
    return named, node.value


def _text(term: Any) -> str:
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term.value)


def _sort(result: ValidationResult) -> tuple[object, ...]:
    return result.result_path, result.source_constraint_component, result.source_shape


def _same(one: ValidationResult, other: ValidationResult) -> bool:
    return _sort(one) == _sort(other) and one.pointer == other.pointer
