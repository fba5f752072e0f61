"""Advice how to repair a record: for each result a JSON Patch that makes it disappear, tried before it is given.

Pure: what the advice needs to know (concepts by label, replacements of deprecated ones) is handed in as functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Final

import pyoxigraph as ox

from registry.errors import InvalidInputError
from registry.model.validation import PatchOperation, Repair, Term, ValidationReport, ValidationResult
from registry.shacl.context import FieldRule
from registry.shacl.json_patch import apply_patch, pointer_tokens, resolve_pointer
from registry.shacl.record_validator import RecordValidator
from registry.shacl.records import escape_pointer
from registry.shacl.repair_values import rewritings
from registry.shacl.shapes import Constraint, Shape
from registry.shacl.vocabulary import XSD_STRING

_NEAR: Final = 0.75
_OF_CONCEPTS: Final = frozenset({"class", "node", "nodeKind", "inBranch", "in", "or", "and", "sparql", "validator"})

# ISO 639-2 codes and names that feeds use where BCP 47 wants the code of two letters (RFC 5646, section 2.2.1).
_LANGUAGES: Final = {
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "ita": "it",
    "nld": "nl",
    "dut": "nl",
    "por": "pt",
    "pol": "pl",
    "ces": "cs",
    "cze": "cs",
    "swe": "sv",
    "dan": "da",
    "fin": "fi",
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A concept whose label is near to a text: the concept, the label, and how near (0 to 1, 1 for the same)."""

    concept: ox.NamedNode
    label: str
    score: float


def _no_suggestion(_text: str, _language: str | None) -> Sequence[Suggestion]:
    return ()


def _no_replacement(_concept: ox.NamedNode) -> Sequence[ox.NamedNode]:
    return ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What advice may draw on: concepts near to a label in a language, best first, and a concept's replacements."""

    nearest: Callable[[str, str | None], Sequence[Suggestion]] = _no_suggestion
    replacements: Callable[[ox.NamedNode], Sequence[ox.NamedNode]] = _no_replacement


@dataclass(frozen=True, slots=True)
class _Case:
    """One result, with everything its advice looks at."""

    record: dict[str, Any]
    result: ValidationResult
    shape: Shape
    constraint: Constraint | None
    validator: RecordValidator
    knowledge: Knowledge

    @property
    def pointer(self) -> str:
        return self.result.pointer or ""

    @property
    def field(self) -> str:
        """The name of the field the result is about, empty for a whole object."""
        return next((token for token in reversed(pointer_tokens(self.pointer)) if token in self.fields), "")

    @property
    def fields(self) -> Any:
        return self.validator.context.fields

    @property
    def rule(self) -> FieldRule | None:
        rule: FieldRule | None = self.fields.get(self.field)
        return rule

    def put(self, term: Term, confidence: float, why: str, *, certain: bool) -> Repair:
        """Return the repair that replaces the value by a term."""
        value = json_value(term, self.rule, in_map=self.in_language_map)
        patch = (PatchOperation("replace", self.pointer, value),)
        return Repair(patch, "auto" if certain else "review", confidence, why)

    @property
    def in_language_map(self) -> bool:
        tokens = pointer_tokens(self.pointer)
        return bool(self.rule and self.rule.language_map and self.field in tokens[:-1])


def advise(
    record: dict[str, Any], report: ValidationReport, validator: RecordValidator, knowledge: Knowledge | None = None
) -> ValidationReport:
    """Return the report with a repair for every result one is known for.

    Every repair has been applied to a copy of the record and validated: its result is gone and none has come.
    """
    if report.conforms:
        return report
    advised = (_advised(record, result, report, validator, knowledge or Knowledge()) for result in report.results)
    return replace(report, results=tuple(advised))


def suggested(record: dict[str, Any], result: ValidationResult, validator: RecordValidator) -> Iterator[Repair]:
    """Yield what could be done about one result without knowing any vocabulary, the most certain first; untried."""
    shape = validator.shapes.shapes.get(result.source_shape)
    if result.pointer is None or shape is None:
        return
    component = result.source_constraint_component
    constraint = next((each for each in shape.constraints if each.component == component), None)
    yield from _repairs(_Case(record, result, shape, constraint, validator, Knowledge()))


def _advised(
    record: dict[str, Any],
    result: ValidationResult,
    report: ValidationReport,
    validator: RecordValidator,
    knowledge: Knowledge,
) -> ValidationResult:
    shape = validator.shapes.shapes.get(result.source_shape)
    if result.pointer is None or shape is None:
        return result
    constraint = next(
        (each for each in shape.constraints if each.component == result.source_constraint_component), None
    )
    case = _Case(record, result, shape, constraint, validator, knowledge)
    repair = next((each for each in _repairs(case) if _helps(case, each, report)), None)
    return result if repair is None else replace(result, repair=repair)


def _helps(case: _Case, repair: Repair, report: ValidationReport) -> bool:
    try:
        after = case.validator.validate(apply_patch(case.record, repair.patch))
    except InvalidInputError:
        return False
    identity = _identity(case.result)
    return len(after.results) < len(report.results) and all(_identity(each) != identity for each in after.results)


def _identity(result: ValidationResult) -> tuple[object, ...]:
    component, shape = result.source_constraint_component, result.source_shape
    return result.focus_node, result.result_path, result.value, component, shape


def _repairs(case: _Case) -> Iterator[Repair]:
    """Yield what could be done, the most certain first."""
    name = case.constraint.name if case.constraint else ""
    if name == "closed":
        yield from _misspelt_field(case)
    elif name == "minCount":
        yield from _default_value(case)
    elif case.result.value is not None:
        yield from _replacements(case)
        yield from _as_reference(case)
        yield from _retyped(case)
        yield from _allowed_value(case)
        yield from _tidied(case)
        yield from _language(case)
        if name in _OF_CONCEPTS or (case.rule is not None and case.rule.is_iri):
            yield from _nearest_concept(case)


def _replacements(case: _Case) -> Iterator[Repair]:
    """A concept that was deprecated gives way to its replacement; to choose among several is a person's."""
    if not isinstance(case.result.value, ox.NamedNode):
        return
    found = case.knowledge.replacements(case.result.value)
    for concept in found:
        why = f"{case.result.value} is deprecated and was replaced by {concept}."
        yield case.put(concept, 0.95 if len(found) == 1 else 0.6, why, certain=len(found) == 1)


def _as_reference(case: _Case) -> Iterator[Repair]:
    """An IRI given as a text becomes a reference."""
    value = case.result.value
    if isinstance(value, ox.Literal) and (iri := case.validator.context.expand(value.value)) is not None:
        yield case.put(ox.NamedNode(iri), 0.9, "The text is an IRI; it is now given as a reference.", certain=True)


def _nearest_concept(case: _Case) -> Iterator[Repair]:
    value = case.result.value
    if not isinstance(value, ox.Literal):
        return
    for each in case.knowledge.nearest(value.value, value.language):
        if each.score >= _NEAR:
            why = f'"{value.value}" is near to the concept "{each.label}".'
            yield case.put(each.concept, round(min(each.score, 1.0), 2), why, certain=each.score >= 0.99)


def _retyped(case: _Case) -> Iterator[Repair]:
    """A value of another datatype, or nearly in the wanted one's lexical space, is rewritten in that datatype."""
    value = case.result.value
    wanted = case.constraint.argument if case.constraint and case.constraint.name == "datatype" else ()
    for datatype in wanted:
        if not isinstance(value, ox.Literal):
            return
        if datatype.value.endswith("langString"):
            continue
        yield case.put(
            ox.Literal(value.value, datatype=datatype), 0.95, f"The value is now given as {datatype}.", certain=True
        )
        for each in rewritings(value.value, datatype.value):
            term = ox.Literal(each.text, datatype=datatype)
            yield case.put(term, each.confidence, f"{value.value!r}: {each.how}.", certain=each.certain)


def _allowed_value(case: _Case) -> Iterator[Repair]:
    """A value that differs from one of sh:in in case or blanks only, or by a letter or two."""
    value = case.result.value
    if case.constraint is None or case.constraint.name != "in" or not isinstance(value, ox.Literal):
        return
    text = value.value.strip().casefold()
    scored = [(_likeness(text, each.value.casefold()), each) for each in case.constraint.argument]
    for score, term in sorted(scored, key=lambda pair: -pair[0]):
        if score >= _NEAR or _LANGUAGES.get(text) == term.value:
            confidence = round(max(score, 0.9 if _LANGUAGES.get(text) == term.value else 0.0), 2)
            yield case.put(term, confidence, f"{term.value!r} is allowed and near.", certain=score == 1.0)


def _tidied(case: _Case) -> Iterator[Repair]:
    """A text that would do without the blanks around it, or in capitals, or in small letters."""
    value = case.result.value
    if not isinstance(value, ox.Literal) or value.datatype != XSD_STRING:
        return
    text = value.value.strip()
    if text != value.value:
        yield case.put(ox.Literal(text), 0.98, "Blanks around the text removed.", certain=True)
    for form, how in ((text.upper(), "capitals"), (text.lower(), "small letters")):
        if form != value.value:
            yield case.put(ox.Literal(form), 0.8, f"The text is now in {how}.", certain=False)


def _language(case: _Case) -> Iterator[Repair]:
    """A language named by another code: the member of the language map gets the code that is allowed."""
    tokens = pointer_tokens(case.pointer)
    value = case.result.value
    if not case.in_language_map or not isinstance(value, ox.Literal) or not value.language:
        return
    wrong = tokens[tokens.index(case.field) + 1]
    code = _LANGUAGES.get(wrong.lower().replace("_", "-").partition("-")[0])
    home = "/".join(case.pointer.split("/")[: tokens.index(case.field) + 2])
    if code is not None and code not in resolve_pointer(case.record, home):
        patch = (PatchOperation("move", f"{home}/{code}", from_=f"{home}/{escape_pointer(wrong)}"),)
        yield Repair(patch, "auto", 0.95, f"The language {wrong!r} has the code {code!r}.")


def _misspelt_field(case: _Case) -> Iterator[Repair]:
    """A field that no shape allows, near to the name of one that is allowed and absent."""
    *before, name = pointer_tokens(case.pointer) or [""]
    home = resolve_pointer(case.record, "".join(f"/{escape_pointer(token)}" for token in before))
    allowed = case.constraint.argument if case.constraint else frozenset()
    if not name or not isinstance(home, dict):
        return
    names = [each for each, rule in case.fields.items() if rule.property in allowed and each not in home]
    scored = sorted(((_likeness(name.casefold(), each.casefold()), each) for each in names), reverse=True)
    for score, each in scored:
        if score >= _NEAR:
            target = case.pointer[: len(case.pointer) - len(escape_pointer(name))] + escape_pointer(each)
            patch = (PatchOperation("move", target, from_=case.pointer),)
            yield Repair(patch, "review", round(score, 2), f"The field {name!r} is probably {each!r}.")


def _default_value(case: _Case) -> Iterator[Repair]:
    """A missing value for which the shape names a default (sh:defaultValue)."""
    for term in case.shape.about.get("defaultValue", ()):
        value = json_value(term, case.rule, in_map=False)
        if case.pointer:
            yield Repair((PatchOperation("add", case.pointer, value),), "review", 0.5, "The shape's default value.")


def _likeness(a: str, b: str) -> float:
    return 1.0 if a == b else SequenceMatcher(None, a, b).ratio()


def json_value(term: Term, rule: FieldRule | None, *, in_map: bool) -> Any:
    """Return the term as a field's value: a string where the field's rule makes it that term, else a JSON-LD object."""
    if isinstance(term, ox.NamedNode):
        return term.value if rule is not None and rule.is_iri else {"@id": term.value}
    if not isinstance(term, ox.Literal):
        return {"@id": f"_:{term.value}"}
    if in_map:
        return term.value
    if rule is not None and not (rule.is_iri or rule.language_map) and _made(term.value, rule) == term:
        return term.value
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value} | ({} if term.datatype == XSD_STRING else {"@type": term.datatype.value})


def _made(text: str, rule: FieldRule) -> ox.Literal:
    if rule.datatype is None and rule.language is not None:
        return ox.Literal(text, language=rule.language)
    return ox.Literal(text, datatype=rule.datatype or XSD_STRING)
