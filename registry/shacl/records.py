"""From a JSON record to terms, without a parser: what obeys the source's context, each value with its JSON Pointer.

What does not obey it is not guessed at: it is read as JSON-LD, slower, with the same verdict.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyoxigraph as ox

from registry.errors import InvalidInputError
from registry.model.validation import Term
from registry.shacl.context import LANGUAGE_TAG, FieldRule, RecordContext
from registry.shacl.graph import Forward
from registry.shacl.vocabulary import RDF_TYPE, XSD, XSD_STRING

_INTEGER, _DOUBLE, _BOOLEAN = (ox.NamedNode(XSD + name) for name in ("integer", "double", "boolean"))
_LARGEST_INTEGER: Final = 10**21
_BEYOND_PARSER: Final = 2**53  # where doubles stop being exact
_DEEPEST: Final = 64
_VALUE_MEMBERS: Final = frozenset({"@value", "@type", "@language"})

Statement = tuple[Term, ox.NamedNode, Term]


class OutsideContext(Exception):  # noqa: N818  a signal between two tiers of the engine, not an error of anybody's
    """The record says something that only JSON-LD can tell the meaning of."""


@dataclass(slots=True)
class Translation:
    """A record as an index of terms, its root node, and where in the record each statement and node stands.

    `linked` says that the record refers to itself, or that a node object inside it is described and named, or typed:
    such a node may be described in several places, or be the focus of a shape.
    """

    root: Term
    forward: Forward = field(default_factory=dict)
    pointers: dict[Statement, str] = field(default_factory=dict)
    nodes: dict[Term, str] = field(default_factory=dict)
    blanks: int = 0
    linked: bool = False

    def add(self, subject: Term, predicate: ox.NamedNode, object_: Term, pointer: str) -> None:
        """Add a statement; one made twice keeps its first pointer."""
        objects = self.forward.setdefault(subject, {}).setdefault(predicate, {})
        if object_ == self.root:
            self.linked = True
        if object_ not in objects:
            objects[object_] = None
            self.pointers[subject, predicate, object_] = pointer

    def blank(self) -> ox.BlankNode:
        """Return a blank node that no other node of the record has."""
        self.blanks += 1
        return ox.BlankNode(f"r{self.blanks}")


def check_record(record: object) -> None:
    """Raise InvalidInputError for what is not a record: anything but a JSON object, or one nested too deep."""
    if not isinstance(record, dict):
        kinds = {list: "a list", str: "a string", type(None): "null"}
        found = kinds.get(type(record), "a number or truth value")
        raise InvalidInputError(f"A record has to be a JSON object, but this is {found}.", advice="Send one object.")
    level: list[Any] = [record]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidInputError:
    return InvalidInputError(f"The record is nested deeper than {_DEEPEST} levels.", advice="Flatten it.")


def _inside(outer: dict[str, Any] | list[Any]) -> Iterator[Any]:
    yield from outer.values() if isinstance(outer, dict) else outer


def translate(record: Mapping[str, Any], context: RecordContext, only: Collection[str] | None = None) -> Translation:
    """Return the record's statements, all or those of `only` these fields (and its types).

    Raises OutsideContext where only JSON-LD can tell what it means, InvalidInputError for NaN and bottomless nesting.
    """
    translator = _Translator(context)
    root = translator.identity(record)
    translation = translator.translation = Translation(root)
    if isinstance(root, ox.BlankNode):
        translation.root = root = translation.blank()
    translation.nodes[root] = ""
    translator.node(record if only is None else _narrowed(record, context, only), root, "", 0)
    if context.record_class is not None and RDF_TYPE not in translation.forward.get(root, {}):
        translation.add(root, RDF_TYPE, context.record_class, "/@type")
    return translation


def _narrowed(record: Mapping[str, Any], context: RecordContext, only: Collection[str]) -> dict[str, Any]:
    types = {key: record[key] for key in ("@type", *context.aliases) if key in record}
    return types | {name: record[name] for name in only if name in record}


def parse_json_ld(record: Mapping[str, Any], context: RecordContext) -> list[ox.Quad]:
    """Return the record's quads by JSON-LD 1.1, its own "@context" after the source's.

    Raises InvalidInputError for what is not JSON-LD, and for a remote context: nothing is fetched.
    """
    own = record.get("@context")
    contexts = [dict(context.json_ld), *(own if isinstance(own, list) else [] if own is None else [own])]
    type_keys = ["@type", *(alias for alias, key in context.aliases.items() if key == "@type")]
    typed = any(record.get(key) for key in type_keys) or context.record_class is None or "@graph" in record
    extra = {} if typed else {"@type": context.record_class.value if context.record_class else None}
    plain = record if own is not None else prepared(record, context)
    document = {**{key: value for key, value in plain.items() if key not in extra}, **extra, "@context": contexts}
    try:
        return list(ox.parse(json.dumps(document, allow_nan=False), format=ox.RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as error:
        raise InvalidInputError(f"The record is not JSON-LD: {error}", advice="Correct it or its context.") from error


def is_unresolvable(text: str, context: RecordContext) -> bool:
    """Say whether the text is a relative IRI, or no IRI at all, where there is no base to resolve it."""
    return context.base is None and not text.startswith("_:") and context.expand(text) is None


def require_resolvable(text: str, context: RecordContext) -> None:
    """Raise InvalidInputError for an @id that cannot be resolved."""
    if is_unresolvable(text, context):
        raise InvalidInputError(
            f"The @id {text!r} is not an absolute IRI.", advice="Write it in full, or give the context a @base."
        )


def prepared(value: Any, context: RecordContext, rule: FieldRule | None = None) -> Any:
    """Return a record, or a part of one, as the JSON-LD parser has to see it for the verdict to be that of all tiers.

    Members that JSON-LD ignores are left out: the parser would still make statements of the nodes inside them. Texts
    in fields of IRIs that cannot be resolved become plain values: the parser would drop them. Numbers beyond 53 bits
    are written with all their digits: the parser would round them.
    """
    if isinstance(value, list):
        return [prepared(each, context, rule) for each in value]
    if isinstance(value, int | float) and abs(value) >= _BEYOND_PARSER:
        literal = literal_of(value, rule.datatype if rule else None, None)
        return {"@value": literal.value, "@type": literal.datatype.value}
    if not isinstance(value, dict):
        return value
    return {name: _member(name, each, context) for name, each in value.items() if not context.ignores(name)}


def _member(name: str, value: Any, context: RecordContext) -> Any:
    if _has_own_keys(name, context):
        # A value object in place of a language map would be read as one; in a list it is not.
        return value if isinstance(value, dict) else prepared(value if isinstance(value, list) else [value], context)
    if context.aliases.get(name, name) == "@id" and isinstance(value, str):
        require_resolvable(value, context)
    rule = context.fields.get(name)
    if rule is None or not rule.is_iri:
        return prepared(value, context, rule)
    return _reference(value, context)


def _reference(value: Any, context: RecordContext) -> Any:
    if isinstance(value, list):
        return [_reference(each, context) for each in value]
    if isinstance(value, dict) and value.keys() <= {"@set", "@list"}:
        return {key: _reference(each, context) for key, each in value.items()}
    if isinstance(value, str) and is_unresolvable(value, context):
        return {"@value": value}
    return prepared(value, context)


def _has_own_keys(name: str, context: RecordContext) -> bool:
    """Say whether the members of the field's value are not properties: language tags, indexes, scoped terms."""
    return name in context.opaque or (name in context.fields and context.fields[name].language_map)


class _Translator:
    """Walks one record by the rules of its context."""

    def __init__(self, context: RecordContext) -> None:
        self.context = context
        self.translation = Translation(ox.BlankNode("r0"))
        self.depth = 0

    def identity(self, node: Mapping[str, Any]) -> Term:
        """Return the IRI of a node object, or a blank node for one without @id."""
        given = [node[key] for key in ("@id", *self.context.aliases) if key in node and self.keyword(key) == "@id"]
        if not given:
            return ox.BlankNode("r0")
        if len(given) > 1 or not isinstance(given[0], str):
            raise OutsideContext("@id")
        require_resolvable(given[0], self.context)
        return self.iri(given[0])

    def keyword(self, key: str) -> str:
        return self.context.aliases.get(key, key)

    def iri(self, text: str) -> ox.NamedNode:
        iri = self.context.expand(text)
        if iri is None:
            raise OutsideContext(text)
        return ox.NamedNode(iri)

    def reference(self, text: str) -> Term:
        """Return the node a field of IRIs names; without a base, a text that is no IRI stays a text."""
        if is_unresolvable(text, self.context):
            return ox.Literal(text)
        resolved = self.context.resolve(text)
        return self.iri(text) if resolved is None else ox.NamedNode(resolved)

    def node(self, node: Mapping[str, Any], subject: Term, pointer: str, depth: int) -> None:
        """Add every statement of a node object."""
        if depth > _DEEPEST:
            raise _too_deep()
        self.depth = depth
        for key, value in node.items():
            if self.keyword(key) == "@type":
                self.types(subject, value, f"{pointer}/{escape_pointer(key)}")
            elif self.keyword(key) != "@id" and (rule := self.rule(key)) is not None:
                self.value(subject, rule, value, f"{pointer}/{escape_pointer(key)}", nested=False)

    def rule(self, key: str) -> FieldRule | None:
        """Return the rule of a field, or None for one that JSON-LD ignores."""
        rule = self.context.fields.get(key)
        if rule is not None:
            return rule
        if key.startswith("@") or key in self.context.opaque:
            raise OutsideContext(key)
        if ":" in key:
            return FieldRule(self.iri(key), language=self.context.language)
        if self.context.vocab is None:
            return None
        iri = self.context.expand(self.context.vocab + key)
        if iri is None:
            raise OutsideContext(key)
        return FieldRule(ox.NamedNode(iri), language=self.context.language)

    def types(self, subject: Term, value: Any, pointer: str) -> None:
        self.translation.linked |= self.depth > 0
        for at, name in enumerate(value if isinstance(value, list) else [value]):
            iri = self.context.expand_class(name) if isinstance(name, str) else None
            if iri is None:
                raise OutsideContext("@type")
            place = f"{pointer}/{at}" if isinstance(value, list) else pointer
            self.translation.add(subject, RDF_TYPE, ox.NamedNode(iri), place)

    def value(self, subject: Term, rule: FieldRule, value: Any, pointer: str, *, nested: bool) -> None:
        """Add the statements that a field's value stands for: none for null, several for lists and maps."""
        if value is None:
            return
        if isinstance(value, list):
            if nested:
                raise OutsideContext("a list in a list")
            for at, each in enumerate(value):
                self.value(subject, rule, each, f"{pointer}/{at}", nested=True)
        elif not isinstance(value, dict):
            self.translation.add(subject, rule.property, self.scalar(rule, value), pointer)
        elif rule.language_map and not nested:
            self.language_map(subject, rule, value, pointer)
        else:
            self.object(subject, rule, value, pointer)

    def scalar(self, rule: FieldRule, value: Any) -> Term:
        if rule.is_iri and isinstance(value, str):
            return self.reference(value)
        return literal_of(value, rule.datatype, rule.language)

    def language_map(self, subject: Term, rule: FieldRule, value: dict[str, Any], pointer: str) -> None:
        for tag, texts in value.items():
            if tag != "@none" and not LANGUAGE_TAG.match(tag):
                raise OutsideContext(tag)
            place = f"{pointer}/{escape_pointer(tag)}"
            for at, text in enumerate(texts if isinstance(texts, list) else [texts]):
                if text is not None:
                    where = f"{place}/{at}" if isinstance(texts, list) else place
                    self.translation.add(subject, rule.property, _in_language(text, tag), where)

    def object(self, subject: Term, rule: FieldRule, value: dict[str, Any], pointer: str) -> None:
        if "@set" in value and len(value) == 1:
            self.value(subject, rule, value["@set"], f"{pointer}/@set", nested=not isinstance(value["@set"], list))
        elif "@value" in value:
            self.translation.add(subject, rule.property, _value_object(value, self.context), pointer)
        elif not value:
            raise OutsideContext("an empty object")
        else:
            self.nested(subject, rule, value, pointer)

    def nested(self, subject: Term, rule: FieldRule, value: dict[str, Any], pointer: str) -> None:
        node = self.identity(value)
        if isinstance(node, ox.BlankNode):
            node = self.translation.blank()
        elif len(value) > 1:
            self.translation.linked = True
        self.translation.nodes.setdefault(node, pointer)
        self.translation.add(subject, rule.property, node, pointer)
        depth = self.depth
        self.node(value, node, pointer, depth + 1)
        self.depth = depth


def escape_pointer(name: str) -> str:
    """Return a member's name as a reference token of a JSON Pointer (RFC 6901)."""
    return name if name.isalnum() else name.replace("~", "~0").replace("/", "~1")


def _in_language(text: Any, tag: str) -> ox.Literal:
    if not isinstance(text, str):
        raise OutsideContext("a language map of something else than strings")
    return ox.Literal(text) if tag == "@none" else ox.Literal(text, language=tag)


def _value_object(value: dict[str, Any], context: RecordContext) -> ox.Literal:
    if not value.keys() <= _VALUE_MEMBERS or value["@value"] is None or ("@type" in value and "@language" in value):
        raise OutsideContext("@value")
    type_, tag = value.get("@type"), value.get("@language")
    if tag is not None and not (isinstance(tag, str) and LANGUAGE_TAG.match(tag) and isinstance(value["@value"], str)):
        raise OutsideContext("@language")
    if type_ is None:
        return literal_of(value["@value"], None, tag)
    iri = context.expand_class(type_) if isinstance(type_, str) else None
    if iri is None:
        raise OutsideContext("@type")
    return literal_of(value["@value"], ox.NamedNode(iri), None)


def literal_of(value: Any, datatype: ox.NamedNode | None, language: str | None) -> ox.Literal:
    """Return the literal of a JSON scalar, as JSON-LD 1.1 makes it (Data Round Tripping, and Object to RDF)."""
    if isinstance(value, str):
        if datatype is None and language is not None:
            return ox.Literal(value, language=language)
        return ox.Literal(value, datatype=datatype or XSD_STRING)
    if isinstance(value, bool):
        return ox.Literal("true" if value else "false", datatype=datatype or _BOOLEAN)
    if not isinstance(value, int | float):
        raise OutsideContext("a value that is no scalar")
    if not math.isfinite(value):
        raise InvalidInputError(f"{value} is not a JSON number.", advice="Leave the field out, or write a string.")
    if abs(value) < _LARGEST_INTEGER and value == int(value) and datatype != _DOUBLE:
        return ox.Literal(str(int(value)), datatype=datatype or _INTEGER)
    return ox.Literal(canonical_double(_as_float(value)), datatype=datatype or _DOUBLE)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise InvalidInputError("A number is beyond the doubles of JSON-LD.", advice="Write it as a string.") from error


def canonical_double(value: float) -> str:
    """Return the canonical form of xsd:double: one digit before the point, at least one behind, and an exponent."""
    sign, digits, exponent = _parts(repr(value))
    whole, _, rest = digits.partition(".")
    exponent += len(whole) - 1
    kept = (whole + rest).lstrip("0")
    exponent -= len(whole + rest) - len(kept)
    kept = kept.rstrip("0")
    if not kept:
        return f"{sign}0.0E0"
    return f"{sign}{kept[0]}.{kept[1:] or '0'}E{exponent}"


def _parts(text: str) -> tuple[str, str, int]:
    sign = "-" if text.startswith("-") else ""
    digits, _, exponent = text.removeprefix("-").partition("e")
    return sign, digits, int(exponent or 0)
