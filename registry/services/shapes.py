"""Shapes checked, compared with those in force, published as versions of a profile, listed and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.shapes import (
    CheckShapes,
    ListProfiles,
    Profile,
    ProfilePublished,
    Profiles,
    ProfileVersion,
    PublishShapes,
    ShapeChange,
    ShapesChecked,
    ShowProfile,
)
from registry.errors import AlreadyExistsError, ConflictError, InvalidInputError, TooLargeError
from registry.model.names import valid_key
from registry.model.validation import path_text
from registry.rdf.skolem import skolemize
from registry.rdf.syntax import format_of, parse_document, serialize_document
from registry.rdf.terms import DCTERMS, LEX, OWL, RDF, XSD
from registry.services.checking import UNSAID
from registry.services.profiles import (
    PROF,
    PROFILES,
    Version,
    classes_of,
    is_bundled,
    profile_key,
    profile_names,
    require_profile,
    shape_quads,
    version_graph,
    versions,
)
from registry.services.references import first, require_department
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes

_WIDER_WHEN_HIGHER = frozenset({"maxCount", "maxLength", "maxInclusive", "maxExclusive"})
_WIDER_WHEN_LOWER = frozenset({"minCount", "minLength", "minInclusive", "minExclusive"})


def check(work: Work, request: CheckShapes) -> ShapesChecked:
    """What the shapes are; ShapesError when they are ill-formed or use what is not evaluated."""
    compiled = _compiled([*read_shapes(work, request.media_type), *_base(work, request.based_on)])
    changes = []
    if request.key is not None:
        before = shape_quads(work, require_profile(work.reader, work.names, request.key))
        changes = compared(_compiled(before), compiled)
    return ShapesChecked(shapes=len(compiled.shapes), classes=sorted(classes_of(compiled) or ()),
                         untargeted=not compiled.targeted, changes=changes)  # fmt: skip


def publish(work: Work, request: PublishShapes) -> Callable[[Work], ProfilePublished]:
    """Publish a version.

    ConflictError while a source has neither acknowledged the version before nor seen its notice period end,
    InvalidInputError for shapes without a target, AlreadyExistsError for the name of a bundled profile.
    """
    key = valid_key(request.key, "profile")
    if is_bundled(key):
        raise AlreadyExistsError(f"The profile {key!r} comes with Lexicord.", advice="Base one of your own on it.")
    node = work.names.thing("profile", key)
    known = versions(work.reader, node)
    quads = read_shapes(work, request.media_type)
    own = _compiled([*quads, *_base(work, request.based_on or _based_on(work, node))])
    if not own.targeted:
        raise InvalidInputError("No shape has a target: nothing would be checked.", advice="Add sh:targetClass.")
    _require_settled(work, node, known)
    changes = compared(_compiled(shape_quads(work, node)), own) if known else []
    version = Version(len(known) + 1, NamedNode(f"{node.value}/{len(known) + 1}"), _stamp(work, 0),
                      _stamp(work, request.notice_days if known else 0))  # fmt: skip
    _describe(work, node, request, known, version)
    graph = version_graph(work.names, version.node)
    work.add(Quad(q.subject, q.predicate, q.object, graph) for q in skolemize(quads, work.names.skolem))
    work.summary = f"profile {key} version {version.number}"
    return lambda after: ProfilePublished(profile=_profiles(after, [node])[0], changes=changes)


def find(work: Work, request: ListProfiles) -> Profiles:
    """All profiles, bundled and published, by key."""
    nodes = [NamedNode(PROFILES + name) for name in profile_names()]
    nodes += work.reader.subjects(LEX.key, None, work.names.graph("shapes"))
    return Profiles(profiles=sorted(_profiles(work, nodes), key=lambda one: one.key))


def show(work: Work, request: ShowProfile) -> Profile:
    """One profile with its shapes; NotFoundError when there is none."""
    node = require_profile(work.reader, work.names, request.key)
    text = serialize_document(shape_quads(work, node), "turtle", prefixes={"sh": "http://www.w3.org/ns/shacl#"})
    return _profiles(work, [node])[0].model_copy(update={"shapes": text.decode()})


def read_shapes(work: Work, media_type: str | None) -> list[Quad]:
    """The quads of the request's document; InvalidInputError when there is none."""
    text = b"" if work.document is None else work.document.read(work.settings.max_body + 1)
    if len(text) > work.settings.max_body:
        raise TooLargeError("The shapes are too large.", advice="Split the profile.", limit=work.settings.max_body)
    media = (media_type or "").partition(";")[0].strip().lower()
    quads = list(parse_document(text, "turtle" if media in UNSAID else format_of(media=media)))
    if not quads:
        raise InvalidInputError("There are no shapes in the request.", advice="Send them as the body, in Turtle.")
    return quads


def compared(before: CompiledShapes, after: CompiledShapes) -> list[ShapeChange]:
    """How properties are constrained differently: narrower where a record that conformed may not any more."""
    old, new = _constraints(before), _constraints(after)
    changes = []
    for where in sorted(old.keys() | new.keys()):
        was, now = old.get(where), new.get(where)
        if was != now:
            changes.append(ShapeChange(path=where[0], constraint=where[1], before=was, after=now,
                                       narrows=_narrows(where[1], was, now)))  # fmt: skip
    return changes


def _constraints(compiled: CompiledShapes) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], list[str]] = {}
    for shape in compiled.shapes.values():
        path = path_text(shape.path) if shape.path is not None else ""
        for constraint in shape.constraints if not shape.deactivated else ():
            said = "shape" if constraint.name in ("node", "not", "or", "and", "xone") else str(constraint.argument)
            found.setdefault((path, constraint.name), []).append(said)
    return {where: ", ".join(sorted(said)) for where, said in found.items()}


def _narrows(name: str, was: str | None, now: str | None) -> bool:
    if was is None or now is None:
        return now is not None
    try:
        change = float(now) - float(was)
    except ValueError:
        return True
    if name in _WIDER_WHEN_HIGHER:
        return change < 0
    return change > 0 if name in _WIDER_WHEN_LOWER else True


def _compiled(quads: Iterable[Quad]) -> CompiledShapes:
    from registry.shacl import compile_shapes

    return compile_shapes(quads)


def _base(work: Work, key: str | None) -> list[Quad]:
    return shape_quads(work, require_profile(work.reader, work.names, key)) if key else []


def _based_on(work: Work, node: NamedNode) -> str | None:
    above = first(work.reader.description(node), PROF.isProfileOf)
    return profile_key(work.names, above) if above else None


def _require_settled(work: Work, node: NamedNode, known: list[Version]) -> None:
    if not known or known[-1].applies(work.now):
        return
    users = work.reader.subjects(DCTERMS.conformsTo, node, work.names.graph("sources"))
    accepted = work.reader.describe(users)
    waiting = [work.names.key_of(each.value) for each in users
               if known[-1].node not in accepted[each].get(LEX.acknowledged, ())]  # fmt: skip
    if waiting:
        raise ConflictError(
            f"Version {known[-1].number} is under notice until {known[-1].applies_from}; it was not acknowledged by "
            f"{', '.join(sorted(waiting))}.",
            advice="Wait, or ask for: lexicord source acknowledge SOURCE",
        )


def _describe(work: Work, node: NamedNode, request: PublishShapes, known: list[Version], version: Version) -> None:
    graph = work.names.graph("shapes")
    if request.title or not known:
        work.put(graph, node, DCTERMS["title"], Literal(request.title or request.key))
    work.put(graph, node, LEX.owner, require_department(work.reader, work.names, request.owner))
    if request.based_on:
        work.put(graph, node, PROF.isProfileOf, require_profile(work.reader, work.names, request.based_on))
    facts: list[tuple[NamedNode, NamedNode, Any]] = [
        (node, RDF.type, PROF.Profile),
        (node, LEX.key, Literal(request.key)),
        (node, DCTERMS.hasVersion, version.node),
        (version.node, OWL.versionInfo, Literal(str(version.number))),
        (version.node, DCTERMS.issued, Literal(version.issued, datatype=XSD.dateTime)),
        (version.node, DCTERMS.available, Literal(version.applies_from, datatype=XSD.dateTime)),
    ]
    work.add(Quad(subject, predicate, value, graph) for subject, predicate, value in facts)


def _stamp(work: Work, days: int) -> str:
    moment = work.now.astimezone(UTC) + timedelta(days=days)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _profiles(work: Work, nodes: list[NamedNode]) -> list[Profile]:
    said = work.reader.describe(nodes)
    users: dict[str, list[str]] = {}
    for quad in work.reader.pointing([DCTERMS.conformsTo], nodes):
        users.setdefault(str(quad.object.value), []).append(work.names.key_of(str(quad.subject.value)))  # type: ignore[union-attr]
    return [
        Profile(
            key=profile_key(work.names, node.value),
            iri=node.value,
            title=first(said.get(node, {}), DCTERMS["title"]) or profile_key(work.names, node.value),
            owner=work.names.key_of(owner) if (owner := first(said.get(node, {}), LEX.owner)) else None,
            bundled=node.value.startswith(PROFILES),
            based_on=_based_on(work, node) if node in said else None,
            classes=sorted(classes_of(_compiled(shape_quads(work, node))) or ()),
            versions=[ProfileVersion(version=one.number, issued=one.issued, applies_from=one.applies_from,
                                     applies=one.applies(work.now)) for one in versions(work.reader, node)],
            sources=sorted(users.get(node.value, [])),
        )
        for node in nodes
    ]  # fmt: skip
