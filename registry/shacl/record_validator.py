"""The JSON tier: records validated as they were sent, each result with a JSON Pointer into the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyoxigraph as ox

from registry.errors import InvalidInputError
from registry.model.validation import Path, Term, ValidationReport, ValidationResult
from registry.shacl.background import Background
from registry.shacl.compile import CompiledShapes
from registry.shacl.context import RecordContext
from registry.shacl.generated import Generator, QuickCheck
from registry.shacl.graph import DataGraph
from registry.shacl.records import (
    OutsideContext,
    Translation,
    check_record,
    escape_pointer,
    parse_json_ld,
    translate,
)

CONFORMS: Final = ValidationReport(True)
_MOST_CLASSES: Final = 1000


class RecordValidator:
    """Validates the records of one source: one set of shapes, one context, one frozen background.

    What it remembers depends only on those three, so it may be shared between threads. A record that obeys the
    context is never made into a graph unless the quick check finds it wanting.
    """

    def __init__(self, shapes: CompiledShapes, context: RecordContext, background: Background | None = None) -> None:
        self.shapes = shapes
        self.context = context
        self.background = background
        self._generator = Generator(shapes, context, background)
        self._checks: dict[str, QuickCheck | None] = {}
        self._type_key = self._generator.type_key
        self._default = None if context.record_class is None else self._generator.quick_check(context.record_class)

    def validate(self, record: dict[str, Any]) -> ValidationReport:
        """Return the report on one record, a JSON object as a parser gives it; the record is not changed.

        Raises InvalidInputError for what is not an object, is nested deeper than 64 levels, holds NaN or infinity, or
        is read as JSON-LD and is none.
        """
        if record.__class__ is not dict:
            check_record(record)
        check = self._quick_check(record)
        if check is None:
            return self._validate_fully(record)
        if check.accepts(record):
            return CONFORMS
        return self._validate_partly(record, check) or self._validate_fully(record)

    def accepts(self, record: dict[str, Any]) -> bool:
        """Say whether the quick check sees at once that the record conforms, and that a shape looks at its class.

        False means nothing: `validate` tells. Raises nothing for a JSON object as a parser gives it.
        """
        check = self._quick_check(record)
        return check is not None and check.targets and check.accepts(record)

    def identity(self, record: dict[str, Any]) -> Any:
        """Return what the record's @id says, by whichever name; None without one, or with two."""
        return self._generator.identity(record)

    def _quick_check(self, record: dict[str, Any]) -> QuickCheck | None:
        type_ = record.get(self._type_key)
        if type_.__class__ is list and len(type_) == 1:
            type_ = type_[0]
        if type_.__class__ is not str:
            return self._default if self._type_key not in record else None
        try:
            return self._checks[type_]
        except KeyError:
            return self._new_quick_check(type_)

    def _new_quick_check(self, type_: str) -> QuickCheck | None:
        iri = self.context.expand_class(type_)
        check = None if iri is None else self._generator.quick_check(ox.NamedNode(iri))
        if len(self._checks) < _MOST_CLASSES:
            self._checks[type_] = check
        return check

    def _validate_partly(self, record: dict[str, Any], check: QuickCheck) -> ValidationReport | None:
        """Return the report from the property shapes whose quick checks fail; None where that would not be enough.

        The other shapes hold, as the quick check is sound. It is enough while no node inside the record is named or
        typed: such a node could be the focus of a shape, or be described in several places.
        """
        failing = check.failing(record)
        if failing is None:
            return None
        shapes, names = failing
        try:
            translation = translate(record, self.context, names)
        except (OutsideContext, UnicodeEncodeError):
            return None
        if translation.linked:
            return None
        graph = DataGraph(translation.forward, self.background)
        results: list[ValidationResult] = []
        for shape in shapes:
            shape.report(translation.root, graph, results)
        return self._pointed_report(results, translation)

    def _validate_fully(self, record: dict[str, Any]) -> ValidationReport:
        try:
            translation = translate(record, self.context)
        except OutsideContext:
            check_record(record)
            report = self.shapes.validate_graph(parse_json_ld(record, self.context), self.background)
            return self._pointed_report(report.results, self._outline(record))
        except UnicodeEncodeError as error:
            raise InvalidInputError(f"The record is not Unicode text: {error}", advice="Send UTF-8.") from error
        report = self.shapes.validate_data(DataGraph(translation.forward, self.background))
        return self._pointed_report(report.results, translation)

    def _pointed_report(self, results: Sequence[ValidationResult], translation: Translation) -> ValidationReport:
        if not results:
            return CONFORMS
        pointed = tuple(self._pointed(result, translation) for result in results)
        return ValidationReport(self.shapes.conforming(results), pointed)

    def _pointed(self, result: ValidationResult, translation: Translation) -> ValidationResult:
        where = self._pointer(result.focus_node, result.result_path, result.value, translation)
        return ValidationResult(
            result.focus_node, result.result_path, result.value, result.source_constraint_component, result.severity,
            result.source_shape, result.messages, where, result.expected,
        )  # fmt: skip

    def _outline(self, record: dict[str, Any]) -> Translation:
        """Return where the root and its own fields stand in a record that is read as JSON-LD, as far as can be told."""
        keys = ("@id", *(alias for alias, keyword in self.context.aliases.items() if keyword == "@id"))
        name = next((record[key] for key in keys if key in record), None)
        iri = self.context.expand(name) if isinstance(name, str) else None
        if iri is None:
            return Translation(ox.BlankNode())
        outline = Translation(ox.NamedNode(iri), nodes={ox.NamedNode(iri): ""})
        for field in record.keys() & self.context.fields.keys():
            try:
                outline.pointers |= translate(record, self.context, (field,)).pointers
            except (OutsideContext, InvalidInputError):
                continue  # what this field means, only JSON-LD can tell
        return outline

    def _pointer(self, focus: Term, path: Path | None, value: Term | None, translation: Translation) -> str | None:
        """Return where the value stands; where a value is missing, the member that would hold it; None if unknown."""
        home = translation.nodes.get(focus)
        if home is None:
            home = next((place for (_, _, object_), place in translation.pointers.items() if object_ == focus), None)
        if home is None:
            return None
        if not isinstance(path, ox.NamedNode):
            return home if value is None else translation.nodes.get(value, home)
        if value is not None and (place := translation.pointers.get((focus, path, value))) is not None:
            return place
        name = next((name for name, rule in self.context.fields.items() if rule.property == path), None)
        return home if name is None else f"{home}/{escape_pointer(name)}"
