"""Repair advice: what would make a result disappear, as a JSON Patch with how sure it is.

Each kind of advice is one function of (result, place, advisor); the first that knows an answer gives it. What a patch
promises is tried on the record before anybody sees it (`registry.services.checking`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode

from registry.model.validation import PatchOperation, Repair, ValidationResult
from registry.rdf.terms import XSD, local_name
from registry.rdf.text import fold_label
from registry.services.taxonomies import Cited, Taxonomy

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes
    from registry.shacl.context import RecordContext

MISSING = object()
"""What stands at a pointer where nothing stands."""
_CONCEPT_CHECKS = frozenset({"Class", "NodeKind", "Node", "Or", "Datatype", "Not"})
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_DAY_CHECKS = frozenset({"Datatype", "LessThan", "LessThanOrEquals"})
_CLOSE = 0.8
_LANGUAGES = {
    "de": ("deu", "ger", "german", "deutsch", "allemand"),
    "en": ("eng", "english", "englisch", "anglais"),
    "es": ("spa", "spanish", "spanisch", "espanol", "espagnol"),
    "fr": ("fra", "fre", "french", "franzosisch", "francais"),
    "it": ("ita", "italian", "italienisch", "italiano", "italien"),
    "nl": ("nld", "dut", "dutch", "niederlandisch", "nederlands"),
}
"""Other codes (ISO 639-2) and names, folded, of languages by their ISO 639-1 code."""
_LANGUAGE_CODES = {word: code for code, words in _LANGUAGES.items() for word in (*words, code)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the record a result stands: its pointer, the value there, and the record."""

    pointer: str
    value: Any
    record: Mapping[str, Any]

    @property
    def text(self) -> str | None:
        """The words at that place: a text, or the reference of an object."""
        if isinstance(self.value, dict):
            texts = [value for value in self.value.values() if isinstance(value, str)]
            return texts[0] if len(texts) == 1 else None
        return self.value if isinstance(self.value, str) else None


@dataclass(frozen=True, slots=True)
class Advisor:
    """Gives advice on records of one source: what its fields mean, and the taxonomy they are held against."""

    context: RecordContext
    taxonomy: Taxonomy
    shapes: CompiledShapes

    def advise(self, result: ValidationResult, place: Place) -> Repair | None:
        """The advice on one result; None when there is none."""
        check = constraint_name(result)
        for kind in _KINDS:
            found = kind(self, result, place, check)
            if found is not None:
                return found
        return None

    def reference(self, iri: str, like: Any) -> Any:
        """An IRI written as the value it replaces was: an object with an id stays one, a compact IRI stays compact."""
        if isinstance(like, dict):
            key = next((k for k in like if k == "@id" or self.context.aliases.get(k) == "@id"), None)
            return {key or "@id": self.compact(iri, like.get(key, "") if key else "")}
        return self.compact(iri, like if isinstance(like, str) else "")

    def object_reference(self, iri: str) -> dict[str, str]:
        """An IRI as an object, for a field whose texts are literals; under the source's own word for @id."""
        alias = next((name for name, keyword in sorted(self.context.aliases.items()) if keyword == "@id"), "@id")
        nested = [name for name, keyword in self.context.aliases.items() if keyword == "@id"]
        return {nested[-1] if nested else alias: iri}

    def compact(self, iri: str, like: str) -> str:
        """The IRI under a prefix of the context; whole when none fits, or when the value it replaces was whole."""
        if "://" in like:
            return iri
        own = like.partition(":")[0]
        fitting = [(name == own, len(space), name) for name, space in self.context.prefixes.items()
                   if iri.startswith(space)]  # fmt: skip
        if not fitting:
            return iri
        _, length, prefix = max(fitting)
        return f"{prefix}:{iri[length:]}"

    def allowed(self, result: ValidationResult) -> tuple[Any, ...]:
        """The values that the shape behind a result lists (sh:in); none when it lists none."""
        shape = self.shapes.shapes.get(result.source_shape)
        found = [one.argument for one in shape.constraints if one.name == "in"] if shape else []
        return tuple(found[0]) if found else ()

    def title(self, iri: str) -> str:
        """What people call a concept."""
        return self.taxonomy.titles.get(iri, iri)


def constraint_name(result: ValidationResult) -> str:
    """The constraint's name as SHACL spells its component: `MinCount`, `Class`, `Closed`…"""
    return local_name(result.source_constraint_component.value).removesuffix("ConstraintComponent")


def _retired(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A retired concept: its replacement; all of them for a person to choose from when there are several."""
    if not isinstance(result.value, NamedNode) or result.value.value not in advisor.taxonomy.retired:
        return None
    others = advisor.taxonomy.replacements.get(result.value.value, ())
    old = advisor.title(result.value.value)
    if not others:
        return Repair((), "review", 0.0, f"“{old}” is retired and nothing took its place: choose another concept.")
    new = advisor.reference(others[0], place.value)
    if len(others) == 1:
        said = f"“{old}” is retired; “{advisor.title(others[0])}” took its place."
        return _replace(place, new, "auto", 0.95, said)
    named = " or ".join(f"“{advisor.title(other)}”" for other in others)
    return _replace(place, new, "review", 0.5, f"“{old}” is retired; choose {named}.")


def _department(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A department's name or key where its IRI is due."""
    if check not in _CONCEPT_CHECKS or local_name(_path(result)) not in ("publisher", "creator"):
        return None
    iri = advisor.taxonomy.departments.get(fold_label(_words(advisor, place)))
    if iri is None:
        known = ", ".join(sorted({local_name(one) for one in advisor.taxonomy.departments.values()})[:20])
        return Repair((), "review", 0.0, f"It is no registered department; those are {known}.")
    said = f"“{place.text}” is the name of a registered department: give its IRI."
    return _replace(place, advisor.reference(iri, place.value), "auto", 0.95, said)


def _concept(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A label, or a misspelt IRI, where a concept is due: the concept that is called so."""
    if check not in ("Class", "NodeKind") or local_name(_path(result)) in ("publisher", "creator"):
        return None
    words = _words(advisor, place)
    pending = advisor.taxonomy.pending.get(_iri(result))
    if pending:
        return Repair((), "review", 0.0, f"This concept is {pending} and may not be cited yet.")
    found = advisor.taxonomy.labels.get(fold_label(words), ()) if words else ()
    if found:
        return _called(advisor, place, words, found)
    foreign = _foreign(advisor, _iri(result))
    return foreign or _similar(advisor, place, words)


def _called(advisor: Advisor, place: Place, words: str, found: tuple[Cited, ...]) -> Repair:
    best = [one for one in found if (one.rank, one.iri in advisor.taxonomy.retired) == _standing(advisor, found[0])]
    preferred = next((one for one in best if one.iri in advisor.taxonomy.hubs), best[0])
    new = _as_reference(advisor, place, preferred.iri)
    if len(best) == 1:
        called = "is called so" if preferred.rank == 0 else "is also called so"
        said = f"“{advisor.title(preferred.iri)}” ({preferred.iri}) {called}: give its IRI instead of “{words}”."
        return _replace(place, new, "review", 0.9 if preferred.rank == 0 else 0.75, said)
    named = ", ".join(one.iri for one in best[:5])
    return _replace(place, new, "review", 0.5, f"{len(best)} concepts are called “{words}”: choose one of {named}.")


def _standing(advisor: Advisor, cited: Cited) -> tuple[int, bool]:
    return cited.rank, cited.iri in advisor.taxonomy.retired


def _foreign(advisor: Advisor, iri: str) -> Repair | None:
    """A concept of a vocabulary that the source does not use."""
    for namespace, key in advisor.taxonomy.namespaces:
        if iri.startswith(namespace) and key not in advisor.taxonomy.keys:
            used = ", ".join(sorted(advisor.taxonomy.keys))
            said = f"It belongs to the vocabulary {key}, which this source does not use: choose from {used}."
            return Repair((), "review", 0.0, said)
    return None


def _similar(advisor: Advisor, place: Place, words: str) -> Repair | None:
    """The concept whose label is nearest to the words, when one is near enough."""
    from rapidfuzz import fuzz, process

    key = fold_label(words)
    if len(key) < 4:
        return None
    found = process.extractOne(key, advisor.taxonomy.labels.keys(), scorer=fuzz.ratio, score_cutoff=80)
    cited = advisor.taxonomy.labels[found[0]] if found else ()
    if not found or not cited:
        return None
    iri = cited[0].iri
    said = f"No concept is called “{words}”; the nearest is “{advisor.title(iri)}” ({iri})."
    return _replace(place, _as_reference(advisor, place, iri), "review", round(found[1] / 100 * 0.9, 2), said)


def _shared(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A department's concept where a hub's is due: the hub's concept with the same label."""
    if check not in ("Node", "Or") or not isinstance(result.value, NamedNode):
        return None
    iri = result.value.value
    words = advisor.taxonomy.titles.get(iri)
    if words is None or iri in advisor.taxonomy.hubs:
        return None
    found = [one for one in advisor.taxonomy.labels.get(fold_label(words), ()) if one.iri in advisor.taxonomy.hubs]
    if not found:
        return Repair((), "review", 0.0, f"“{words}” is a department's concept: choose the hub's concept above it.")
    new = _as_reference(advisor, place, found[0].iri)
    return _replace(place, new, "review", 0.7, f"The hub has a concept of that name: {found[0].iri}.")


def _misspelt_field(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """An unknown field whose name is nearly that of a known one which the record lacks."""
    name = place.pointer.removeprefix("/")
    if check != "Closed" or "/" in name or name not in place.record:
        return None
    free = [known for known in advisor.context.fields if place.record.get(known) is None]
    close = get_close_matches(name, free, n=1, cutoff=_CLOSE)
    if not close:
        return None
    target = close[0]
    patch = (PatchOperation("move", f"/{target}", from_=f"/{name}"),)
    return Repair(patch, "auto", 0.9, f"The field is nearly called {target}, which the record lacks.")


def _day(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A date in another form: year-month-day; for a person to confirm where day and month could be swapped."""
    value = result.value
    if check not in _DAY_CHECKS or not isinstance(value, Literal) or value.datatype != XSD.date:
        return None
    found = read_day(str(place.value))
    if found is None or found[0].isoformat() == place.value:
        return None
    day, certain = found
    said = "Write the day as year-month-day." if certain else "Day and month could be swapped: confirm the day."
    return _replace(place, day.isoformat(), "auto" if certain else "review", 0.95 if certain else 0.5, said)


def read_day(text: str) -> tuple[date, bool] | None:
    """The day that a text means, and whether it can mean no other; None when it means none."""
    text = text.strip()
    if found := re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]\d{2}:?\d{2}.*)?", text):
        return _date(found[1], found[2], found[3], certain=True)
    if found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text):
        return _date(found[3], found[2], found[1], certain=True)
    if found := re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", text):
        return _date(found[1], found[2], found[3], certain=True)
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return _slashed(int(found[1]), int(found[2]), found[3])
    if found := re.fullmatch(r"(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.?,? (\d{4})", text):
        return _date(found[3], _MONTHS.get(found[2].lower(), 0), found[1], certain=True)
    if found := re.fullmatch(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})", text):
        return _date(found[3], _MONTHS.get(found[1].lower(), 0), found[2], certain=True)
    return None


def _slashed(one: int, other: int, year: str) -> tuple[date, bool] | None:
    if one > 12:
        return _date(year, other, one, certain=True)
    return _date(year, one, other, certain=other > 12 or one == other)


def _date(year: Any, month: Any, day: Any, *, certain: bool) -> tuple[date, bool] | None:
    try:
        return date(int(year), int(month), int(day)), certain
    except ValueError:
        return None


def _listed(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A value that is not on the list: the one on the list that is called so, else the list."""
    if check != "In":
        return None
    known = {fold_label(local_name(str(term.value))): term for term in advisor.allowed(result)}
    words = fold_label(_words(advisor, place))
    found = known.get(words) or known.get(_LANGUAGE_CODES.get(words.partition(" ")[0], words))
    if found is None:
        names = ", ".join(local_name(str(term.value)) for term in known.values())
        return Repair((), "review", 0.0, f"Choose one of {names}.")
    value = advisor.reference(found.value, place.value) if isinstance(found, NamedNode) else found.value
    return _replace(place, value, "auto", 0.9, f"On the list it is {local_name(str(found.value))}.")


def _language(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A text under another code of its language: the two-letter code."""
    home, _, tag = place.pointer.rpartition("/")
    code = _LANGUAGE_CODES.get(fold_label(tag))
    name = home.removeprefix("/")
    if check != "LanguageIn" or code is None or code == tag or name not in advisor.context.fields:
        return None
    texts = place.record.get(name)
    if not isinstance(texts, dict) or texts.get(code) is not None:
        return None
    patch = (PatchOperation("move", f"{home}/{code}", from_=place.pointer),)
    return Repair(patch, "auto", 0.9, f"The code of the language is {code}.")


def _text(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A text with blanks around it, or an address without encryption."""
    if check != "Pattern" or not isinstance(place.value, str):
        return None
    if place.value.strip() != place.value:
        return _replace(place, place.value.strip(), "auto", 0.95, "Leave out the blanks around the text.")
    if place.value.startswith("http://"):
        return _replace(place, "https" + place.value[4:], "auto", 0.8, "Give the address with https.")
    if " " in place.value:
        return _replace(place, re.sub(r"\s+", "-", place.value), "review", 0.6, "Write hyphens instead of blanks.")
    return None


def _as_text(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A number where a text is due."""
    if check != "Datatype" or isinstance(place.value, bool) or not isinstance(place.value, int | float):
        return None
    return _replace(place, str(place.value), "review", 0.6, "Send it as a text, in quotation marks.")


def _missing(advisor: Advisor, result: ValidationResult, place: Place, check: str) -> Repair | None:
    """A missing field: its name, as the source spells it."""
    if check != "MinCount":
        return None
    names = [name for name, rule in advisor.context.fields.items() if rule.property == result.result_path]
    if not names:
        return Repair((), "review", 0.0, "No field of the source's context gives it: add one to the context.")
    return Repair((), "review", 0.0, f"Fill in {' or '.join(names)}.")


_Kind = Callable[[Advisor, ValidationResult, Place, str], Repair | None]
_KINDS: tuple[_Kind, ...] = (
    _misspelt_field, _missing, _retired, _department, _shared, _concept, _listed, _language, _day, _text, _as_text,
)  # fmt: skip


def _replace(place: Place, value: Any, repair_class: Any, confidence: float, explanation: str) -> Repair:
    if place.value is MISSING:
        return Repair((), "review", 0.0, explanation)
    return Repair((PatchOperation("replace", place.pointer, value),), repair_class, confidence, explanation)


def _as_reference(advisor: Advisor, place: Place, iri: str) -> Any:
    """The IRI in the form that the field needs: an object where its texts are literals."""
    name = place.pointer.split("/")[1] if "/" in place.pointer else ""
    rule = advisor.context.fields.get(name.replace("~1", "/").replace("~0", "~"))
    if isinstance(place.value, str) and rule is not None and not rule.is_iri:
        return advisor.object_reference(iri)
    return advisor.reference(iri, place.value)


def _words(advisor: Advisor, place: Place) -> str:
    """The words at a place; of an IRI its last step, with hyphens and camel case undone."""
    text = place.text or ""
    if ":" not in text:
        return text.strip()
    last = local_name(advisor.context.expand(text) or text)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"%20|[-_+]", " ", last)).strip()


def _iri(result: ValidationResult) -> str:
    return result.value.value if isinstance(result.value, NamedNode) else ""


def _path(result: ValidationResult) -> str:
    return result.result_path.value if isinstance(result.result_path, NamedNode) else ""
