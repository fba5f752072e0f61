"""What a source's field names mean: a JSON-LD context, or a simple mapping, compiled to one rule a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal

import pyoxigraph as ox

from registry.errors import InvalidInputError
from registry.shacl.datatypes import DIR_LANG_STRING, LANG_STRING

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_FOLDER: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]+/[^?#]*\Z")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_~][A-Za-z0-9_~.\-]*\Z")
UNKNOWN_FIELDS: Final = "urn:x-lexicord:field:"

_KEYWORD: Final = re.compile(r"@[A-Za-z]+\Z")
_GEN_DELIMS: Final = (":", "/", "?", "#", "[", "]", "@")
_TERM_MEMBERS: Final = frozenset({"@id", "@type", "@language", "@container"})
_CONTEXT_MEMBERS: Final = frozenset({"@vocab", "@language", "@version", "@base"})


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field becomes RDF: its property, and what its values are.

    Strings are IRIs where `is_iri`, else literals of `datatype`, or in `language`, or xsd:string where both are None.
    `language_map` says that an object's keys are language tags.
    """

    property: ox.NamedNode
    datatype: ox.NamedNode | None = None
    is_iri: bool = False
    language: str | None = None
    language_map: bool = False


@dataclass(frozen=True)
class RecordContext:
    """The compiled context of a source: a rule for each field, names of classes, prefixes and keyword aliases.

    `opaque` fields mean more than a rule can say (@reverse, @nest, @list, scoped contexts…): a record that uses one is
    read as JSON-LD, with `json_ld`. A record without a type is an instance of `record_class`, if there is one.
    `vocab` makes properties of fields no rule knows; without it they are ignored, as JSON-LD does. Without a `base`
    ("@base"), a relative IRI cannot be resolved: JSON-LD would drop the value and with it the evidence; here a text
    in a field of IRIs stays a plain literal, so that shapes report it, and a relative @id is refused.
    """

    fields: Mapping[str, FieldRule]
    json_ld: Mapping[str, Any]
    opaque: frozenset[str] = frozenset()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    vocab: str | None = None
    language: str | None = None
    base: str | None = None
    record_class: ox.NamedNode | None = None

    @classmethod
    def from_json_ld(cls, context: Mapping[str, Any], *, record_class: str | None = None) -> RecordContext:
        """Return the rules of a JSON-LD context (the object under "@context").

        Raises InvalidInputError for a context that is no object or for a term that is no IRI; nothing is fetched.
        """
        if not isinstance(context, Mapping):
            raise InvalidInputError(
                "A source's context has to be one JSON object.", advice="Write it out; remote contexts are not fetched."
            )
        return _ContextReader(context).read(None if record_class is None else named_node(record_class))

    @classmethod
    def from_mapping(
        cls,
        fields: Mapping[str, FieldRule],
        *,
        record_class: str | None = None,
        id_field: str = "@id",
        type_field: str = "@type",
        vocab: str | None = UNKNOWN_FIELDS,
    ) -> RecordContext:
        """Return the context of a plain mapping from field names to rules.

        Unlike JSON-LD, fields without a rule become properties under `vocab`, so that closed shapes see them.
        """
        definitions: dict[str, Any] = {name: _definition(rule) for name, rule in fields.items()}
        aliases = {alias: key for alias, key in ((id_field, "@id"), (type_field, "@type")) if alias != key}
        base = {} if vocab is None else {"@vocab": vocab}
        return cls(
            fields=MappingProxyType(dict(fields)),
            json_ld=MappingProxyType({**base, **aliases, **definitions}),
            aliases=MappingProxyType(aliases),
            vocab=vocab,
            record_class=None if record_class is None else named_node(record_class),
        )

    def expand(self, name: str) -> str | None:
        """Return the absolute IRI of a compact or absolute IRI, or None for a relative one or a blank node."""
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.prefixes:
            name = self.prefixes[prefix] + rest
        return name if is_absolute_iri(name) else None

    def resolve(self, text: str) -> str | None:
        """Return the absolute IRI of a relative one that is a plain name beside the base, or None for any other."""
        if not isinstance(self.base, str) or not _FOLDER.match(self.base) or not _PLAIN_NAME.match(text):
            return None
        return self.base[: self.base.rindex("/") + 1] + text

    def ignores(self, name: str) -> bool:
        """Say whether JSON-LD ignores a member of that name in a node object."""
        if self.vocab is not None or ":" in name or name.startswith("@") or self.scoped:
            return False
        return not (name in self.opaque or name in self.aliases or name in self.fields)

    @cached_property
    def scoped(self) -> bool:
        """Whether a term brings its own context, so that a name may mean more inside it than outside."""
        return any(isinstance(value, Mapping) and "@context" in value for value in self.json_ld.values())

    def expand_class(self, name: str) -> str | None:
        """Return the class IRI that a value of @type stands for, or None when only JSON-LD can tell."""
        if name in self.terms:
            return self.terms[name]
        if name in self.opaque or name in self.aliases:
            return None
        if ":" not in name and self.vocab is not None:
            return self.expand(self.vocab + name)
        return self.expand(name)


def is_absolute_iri(text: str) -> bool:
    """Say whether the text is an absolute IRI by RFC 3987, as RDF demands."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def named_node(iri: str) -> ox.NamedNode:
    """Return the IRI as a term. Raises InvalidInputError when it is not an absolute IRI."""
    if not is_absolute_iri(iri):
        raise InvalidInputError(f"{iri!r} is not an absolute IRI.", advice="Write it out in full.")
    return ox.NamedNode(iri)


def _definition(rule: FieldRule) -> dict[str, Any]:
    """Return the rule as a JSON-LD term definition."""
    definition: dict[str, Any] = {"@id": rule.property.value}
    if rule.is_iri:
        definition["@type"] = "@id"
    elif rule.datatype is not None:
        definition["@type"] = rule.datatype.value
    elif rule.language is not None:
        definition["@language"] = rule.language
    if rule.language_map:
        definition["@container"] = "@language"
    return definition


class _ContextReader:
    """Reads the members of one JSON-LD context."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.vocab = context.get("@vocab")
        self.language = context.get("@language")
        named = {term: self.prefix(term, value) for term, value in context.items()}
        self.prefixes = {term: iri for term, iri in named.items() if iri is not None and is_absolute_iri(iri)}

    def prefix(self, term: str, value: Any) -> str | None:
        """Return the IRI of a term that compact IRIs may use (JSON-LD 1.1, section 4.1.5), or None."""
        if isinstance(value, str) and not term.startswith("@") and value.endswith(_GEN_DELIMS):
            return value
        if isinstance(value, Mapping) and value.get("@prefix") is True and isinstance(value.get("@id"), str):
            return str(value["@id"])
        return None

    def read(self, record_class: ox.NamedNode | None) -> RecordContext:
        rules: dict[str, FieldRule] = {}
        opaque: set[str] = {key for key in self.context if key.startswith("@") and key not in _CONTEXT_MEMBERS}
        terms: dict[str, str] = {}
        aliases: dict[str, str] = {}
        for term, value in self.context.items():
            if term.startswith("@"):
                continue
            name = value.get("@id", term) if isinstance(value, Mapping) else value
            if name in ("@id", "@type"):
                aliases[term] = name
                continue
            iri = self.iri(name) if isinstance(name, str) else None
            rule = None if iri is None else self.rule(iri, value)
            if iri is None or rule is None:
                opaque.add(term)
            else:
                terms[term], rules[term] = iri, rule
        return RecordContext(
            fields=MappingProxyType(rules),
            json_ld=MappingProxyType(dict(self.context)),
            opaque=frozenset(opaque),
            prefixes=MappingProxyType(self.prefixes),
            terms=MappingProxyType(terms),
            aliases=MappingProxyType(aliases),
            vocab=self.vocab if isinstance(self.vocab, str) else None,
            language=self.language if isinstance(self.language, str) else None,
            base=self.context.get("@base"),
            record_class=record_class,
        )

    def iri(self, name: str) -> str | None:
        if _KEYWORD.match(name):
            return None
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.prefixes:
            name = self.prefixes[prefix] + rest
        elif not colon and isinstance(self.vocab, str):
            name = self.vocab + name
        return name if is_absolute_iri(name) else None

    def rule(self, iri: str, value: Any) -> FieldRule | None:
        """Return the rule of a term definition, or None for one that a rule cannot express."""
        if not isinstance(value, Mapping):
            return FieldRule(ox.NamedNode(iri), language=self.default_language())
        if not value.keys() <= _TERM_MEMBERS | {"@prefix"}:
            return None
        container = self.container(value.get("@container"))
        type_ = value.get("@type")
        if container is None or not (type_ is None or isinstance(type_, str)):
            return None
        language = value["@language"] if "@language" in value else self.default_language()
        if language is not None and not (isinstance(language, str) and LANGUAGE_TAG.match(language)):
            return None
        return self.typed(iri, type_, language, container)

    def default_language(self) -> str | None:
        return self.language if isinstance(self.language, str) else None

    @staticmethod
    def container(value: Any) -> Literal["", "@language"] | None:
        members = {value} if isinstance(value, str) else set(value or ())
        if members <= {"@set"}:
            return ""
        return "@language" if members in ({"@language"}, {"@language", "@set"}) else None

    def typed(self, iri: str, type_: str | None, language: str | None, container: str) -> FieldRule | None:
        language_map = container == "@language"
        if type_ is None:
            return FieldRule(ox.NamedNode(iri), language=language, language_map=language_map)
        if type_ == "@id":
            return FieldRule(ox.NamedNode(iri), is_iri=True, language_map=language_map)
        datatype = None if type_.startswith("@") else self.iri(type_)
        if datatype is None or datatype in (LANG_STRING, DIR_LANG_STRING):
            return None
        return FieldRule(ox.NamedNode(iri), datatype=ox.NamedNode(datatype), language_map=language_map)
