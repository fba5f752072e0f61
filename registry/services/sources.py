"""Content sources: registered with what their fields mean and the profile their records have to meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.sources import (
    AcknowledgeProfile,
    ListSources,
    Mode,
    RegisterSource,
    ReviseSource,
    ShowSource,
    Source,
    Sources,
    SourceWritten,
)
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError, RefusedError
from registry.model.names import Names, valid_key
from registry.rdf.terms import DCTERMS, LEX, RDF, local_name, named_node
from registry.services.profiles import profile_key, require_profile, versions
from registry.services.references import first, require_department, require_scheme
from registry.store.quads import Description, Reader
from registry.store.work import Work

MODES: Mapping[Mode, NamedNode] = {"observe": LEX.Observe, "warn": LEX.Warn, "enforce": LEX.Enforce}
"""The modes as terms."""
RECORD_CLASS = LEX.recordClass
"""The property that names the class of a record that states none."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A source as it stands in the graph, read for validation."""

    key: str
    node: NamedNode
    profile: str | None
    mode: Mode
    record_class: str
    context: str
    vocabularies: tuple[NamedNode, ...]


def register(work: Work, request: RegisterSource) -> Callable[[Work], SourceWritten]:
    """Register a content source.

    AlreadyExistsError when the key is taken, NotFoundError for an unknown department, vocabulary or profile,
    InvalidInputError for a context that is none, or that names one elsewhere.
    """
    key = valid_key(request.key, "content source")
    node, graph = work.names.thing("source", key), work.names.graph("sources")
    if work.reader.description(node):
        raise AlreadyExistsError(f"There is a content source {key!r} already.", advice="Choose another key.")
    context = checked_context(request.context, request.type)
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, LEX.ContentSource),
        (LEX.key, Literal(key)),
        (LEX.owner, require_department(work.reader, work.names, request.owner)),
        (DCTERMS.title, Literal(request.title)),
        (DCTERMS.conformsTo, require_profile(work.reader, work.names, request.profile)),
        (LEX.context, Literal(orjson.dumps(context).decode(), datatype=RDF.JSON)),
        (LEX.mode, MODES[request.mode]),
        (RECORD_CLASS, named_node(request.type)),
    ]
    facts += [
        (LEX.usesVocabulary, require_scheme(work.reader, work.names, scheme))
        for scheme in dict.fromkeys(request.vocabularies)
    ]
    work.add(Quad(node, predicate, value, graph) for predicate, value in facts)
    work.summary = f"source {key}"
    return lambda after: SourceWritten(source=_versioned(after, node))


def find(work: Work, request: ListSources) -> Sources:
    """All content sources, by key."""
    nodes = work.reader.subjects(RDF.type, LEX.ContentSource, work.names.graph("sources"))
    return Sources(sources=sorted(_described(work, nodes), key=lambda source: source.key))


def show(work: Work, request: ShowSource) -> Source:
    """One content source with its context; NotFoundError when there is none."""
    found = require_source(work.reader, work.names, request.source)
    described = _versioned(work, found.node)
    return described.model_copy(update={"context": orjson.loads(found.context) if found.context else None})


def revise(work: Work, request: ReviseSource) -> Callable[[Work], SourceWritten]:
    """Change a source's mode or profile; NotFoundError when there is no such source or profile."""
    found = require_source(work.reader, work.names, request.source)
    graph = work.names.graph("sources")
    if request.mode is not None:
        work.put(graph, found.node, LEX.mode, MODES[request.mode])
    if request.profile is not None:
        profile = require_profile(work.reader, work.names, request.profile)
        work.put(graph, found.node, DCTERMS.conformsTo, profile)
    work.summary = f"source {request.source}"
    return lambda after: SourceWritten(source=_versioned(after, found.node))


def acknowledge(work: Work, request: AcknowledgeProfile) -> Callable[[Work], SourceWritten]:
    """Accept the newest version of the source's profile now; RefusedError when the profile has no versions."""
    found = require_source(work.reader, work.names, request.source)
    known = versions(work.reader, named_node(found.profile)) if found.profile else []
    if not known:
        raise RefusedError(
            f"The profile of {request.source} has no versions.", advice="It comes with Lexicord: it changes with it."
        )
    work.add([Quad(found.node, LEX.acknowledged, known[-1].node, work.names.graph("sources"))])
    work.summary = f"source {request.source} acknowledges version {known[-1].number}"
    return lambda after: SourceWritten(source=_versioned(after, found.node))


def require_source(reader: Reader, names: Names, key: str) -> Registered:
    """The content source with that key; NotFoundError when there is none."""
    node = names.thing("source", key)
    said = reader.description(node)
    if not said:
        raise NotFoundError(f"There is no content source {key!r}.", advice="List them with: lexicord source list")
    return Registered(
        key=key,
        node=node,
        profile=first(said, DCTERMS.conformsTo),
        mode=_mode(said),
        record_class=first(said, RECORD_CLASS) or "",
        context=first(said, LEX.context) or "",
        vocabularies=tuple(n for n in said.get(LEX.usesVocabulary, ()) if isinstance(n, NamedNode)),
    )


def checked_context(context: Mapping[str, Any], record_class: str) -> dict[str, Any]:
    """The context itself, without the document around it; InvalidInputError when it is none or is to be fetched."""
    from registry.shacl.context import RecordContext
    from registry.shacl.records import parse_json_ld

    inner = context.get("@context", context)
    if not isinstance(inner, dict) or not inner:
        raise InvalidInputError(
            "The context is not one JSON object.",
            advice='Write it out as {"@context": {"field": "https://property…"}}: contexts are never fetched.',
        )
    for pointer in remote_contexts(inner, ""):
        raise InvalidInputError(
            f"The context names another one at {pointer}: contexts are never fetched.", advice="Write it out there."
        )
    compiled = RecordContext.from_json_ld(inner, record_class=record_class)
    try:
        parse_json_ld({"@id": "urn:x-lexicord:probe"}, compiled)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"The context is not JSON-LD: {error.message.partition(': ')[2] or error.message}",
            advice="Correct it; nothing was registered.",
        ) from error
    return inner


def remote_contexts(value: Any, pointer: str) -> Iterator[str]:
    """Where a context, or anything within it, names a context elsewhere."""
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from remote_contexts(each, f"{pointer}/{at}")
        return
    if not isinstance(value, dict):
        return
    for name, each in value.items():
        if name == "@import" or (name == "@context" and _is_remote(each)):
            yield f"{pointer}/{name}"
        else:
            yield from remote_contexts(each, f"{pointer}/{name}")


def _is_remote(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(isinstance(each, str) for each in value))


def _versioned(work: Work, node: NamedNode) -> Source:
    return _described(work, [node])[0].model_copy(update={"version": work.reader.version(node)})


def _described(work: Work, nodes: Iterable[NamedNode]) -> list[Source]:
    """Sources as they are answered, without their versions. Two queries for all."""
    said = work.reader.describe(nodes)
    schemes = {n for d in said.values() for n in d.get(LEX.usesVocabulary, ()) if isinstance(n, NamedNode)}
    keys = {node: first(facts, LEX.key) for node, facts in work.reader.describe(schemes).items()}
    return [_source(work, node, facts, keys) for node, facts in said.items()]


def _is_field(name: str, value: Any) -> bool:
    """Whether a member of a context gives a field its meaning: no keyword, no alias of one, no prefix."""
    if isinstance(value, str):
        return not name.startswith("@") and not value.startswith("@") and not value.endswith((":", "/", "#"))
    return not name.startswith("@") and value is not None


def _source(work: Work, node: NamedNode, said: Description, keys: Mapping[NamedNode, str | None]) -> Source:
    context = orjson.loads(first(said, LEX.context) or "{}")
    used = (keys.get(n) for n in said.get(LEX.usesVocabulary, ()) if isinstance(n, NamedNode))
    profile = first(said, DCTERMS.conformsTo)
    return Source(
        key=first(said, LEX.key) or "",
        iri=node.value,
        title=first(said, DCTERMS.title) or "",
        owner=work.names.key_of(first(said, LEX.owner) or ""),
        profile=profile_key(work.names, profile) if profile else None,
        mode=_mode(said),
        record_class=first(said, RECORD_CLASS) or "",
        vocabularies=sorted(key for key in used if key),
        fields=sum(_is_field(name, value) for name, value in context.items()),
    )


def _mode(said: Description) -> Mode:
    stated = local_name(first(said, LEX.mode) or "").lower()
    return next((mode for mode in MODES if mode == stated), "observe")
