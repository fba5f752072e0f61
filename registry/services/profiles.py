"""Profiles: the shapes that a source's records have to meet, bundled or published here, compiled once a process."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad

from registry.errors import NotFoundError
from registry.model.names import Names
from registry.rdf.skolem import deskolemize
from registry.rdf.syntax import parse_document
from registry.rdf.terms import DCTERMS, LEX, OWL, Namespace
from registry.resources import bundled
from registry.services.references import first
from registry.store.quads import Description, Reader
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes

PROF = Namespace("http://www.w3.org/ns/dx/prof/")
PROFILES = "https://w3id.org/lexicord/profiles/"
"""What the IRIs of the profiles that come with Lexicord start with; the name follows."""
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile ready to validate: its name, its version, its compiled shapes."""

    name: str
    version: str
    shapes: CompiledShapes
    classes: frozenset[str] | None
    """The classes whose instances it looks at; None when its shapes find their focus nodes in other ways."""


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: its number, its IRI, when it was issued and from when it applies to everybody."""

    number: int
    node: NamedNode
    issued: str
    applies_from: str

    def applies(self, now: datetime) -> bool:
        """Whether its notice period is over."""
        return datetime.fromisoformat(self.applies_from) <= now.astimezone(UTC)


def is_bundled(key: str) -> bool:
    """Whether a profile of that name comes with Lexicord."""
    return bool(_NAME.match(key)) and (bundled("shapes") / "profiles" / f"{key}.ttl").is_file()


def profile_names() -> list[str]:
    """The names of the profiles that come with Lexicord, sorted."""
    return sorted(path.stem for path in (bundled("shapes") / "profiles").glob("*.ttl"))


def require_profile(reader: Reader, names: Names, name: str) -> NamedNode:
    """The IRI of a profile that people name by its name or its IRI; NotFoundError when there is none."""
    short = profile_key(names, name)
    if is_bundled(short):
        return NamedNode(PROFILES + short)
    node = names.thing("profile", short) if _NAME.match(short) else None
    if node is None or not reader.description(node):
        published = reader.subjects(LEX.key, None, names.graph("shapes"))
        known = sorted([*profile_names(), *(names.key_of(each.value) for each in published)])
        raise NotFoundError(f"There is no profile {name!r}.", advice=f"Profiles: {', '.join(known)}.")
    return node


def profile_key(names: Names, iri: str) -> str:
    """The key of a profile, from its IRI or from the key itself."""
    return iri.removeprefix(PROFILES).removeprefix(names.thing("profile", "").value)


def versions(reader: Reader, profile: NamedNode) -> list[Version]:
    """The published versions of a profile, oldest first; none for one that is bundled. Two queries."""
    said = reader.description(profile)
    nodes = [node for node in said.get(DCTERMS.hasVersion, ()) if isinstance(node, NamedNode)]
    return sorted((_version(node, about) for node, about in reader.describe(nodes).items()), key=lambda v: v.number)


def version_for(work: Work, profile: NamedNode, source: NamedNode | None) -> Version:
    """The version that applies: the newest whose notice is over, or that the source has acknowledged."""
    known = versions(work.reader, profile)
    accepted = set(work.reader.description(source).get(LEX.acknowledged, ())) if source is not None else set()
    applying = [one for one in known if one.applies(work.now) or one.node in accepted]
    return (applying or known)[-1 if applying else 0]


def profile_of(work: Work, name: str, source: NamedNode | None = None) -> Profile:
    """The compiled profile, in the version that applies to the source; NotFoundError when there is none."""
    node = require_profile(work.reader, work.names, name)
    key = profile_key(work.names, node.value)
    if node.value.startswith(PROFILES):
        text = _bundled_text(key)
        return _COMPILED.get((key, text), key, hashlib.sha256(text).hexdigest()[:12], lambda: shape_quads(work, node))
    chain = lineage(work, node, source)
    digest = hashlib.sha256("\n".join(str(one) for one in chain).encode()).hexdigest()[:12]
    version = f"{version_for(work, node, source).number}-{digest}"
    return _COMPILED.get(
        (key, _heads(work, chain)), key, version, lambda: [q for one in chain for q in _version_quads(work, one)]
    )


def lineage(work: Work, profile: NamedNode, source: NamedNode | None) -> list[NamedNode]:
    """The graphs and bundled profiles whose shapes hold for a profile, its own first."""
    found: list[NamedNode] = []
    node: NamedNode | None = profile
    while node is not None and len(found) < 10:
        if node.value.startswith(PROFILES):
            found.append(node)
            break
        found.append(version_for(work, node, source).node)
        above = work.reader.description(node).get(PROF.isProfileOf, ())
        node = above[0] if above and isinstance(above[0], NamedNode) else None
    return found


def shape_quads(work: Work, profile: NamedNode, source: NamedNode | None = None) -> list[Quad]:
    """The shapes of a profile with those of the profiles it is based on."""
    return [quad for one in lineage(work, profile, source) for quad in _version_quads(work, one)]


def version_graph(names: Names, version: NamedNode) -> NamedNode:
    """The graph in which a published version's shapes stand."""
    return NamedNode(version.value.replace(f"{names.base}/id/profile/", f"{names.base}/graph/shapes/", 1))


def classes_of(shapes: CompiledShapes) -> frozenset[str] | None:
    """The classes whose instances shapes look at; None when they find focus nodes in other ways, too."""
    targets = [target for shape in shapes.targeted for target in shape.targets]
    if not targets or any(target.kind != "class" for target in targets):
        return None
    return frozenset(str(target.value.value) for target in targets)


def _version_quads(work: Work, version: NamedNode) -> list[Quad]:
    if version.value.startswith(PROFILES):
        return list(parse_document(_bundled_text(version.value.removeprefix(PROFILES)), "turtle"))
    graph = version_graph(work.names, version)
    return [
        Quad(q.subject, q.predicate, q.object) for q in deskolemize(work.reader.quads(graph=graph), work.names.skolem)
    ]


def _heads(work: Work, chain: Sequence[NamedNode]) -> tuple[tuple[str, str], ...]:
    """What tells one content of a chain from another: a version's graph is written once, at a seq of this registry."""
    registry = work.store.names.base
    return tuple((one.value, f"{registry}:{first(work.reader.description(one), DCTERMS.issued)}") for one in chain)


def _version(node: NamedNode, said: Description) -> Version:
    issued = first(said, DCTERMS.issued) or ""
    return Version(int(first(said, OWL.versionInfo) or 0), node, issued, first(said, DCTERMS.available) or issued)


@lru_cache(maxsize=32)
def _bundled_text(name: str) -> bytes:
    return (bundled("shapes") / "profiles" / f"{name}.ttl").read_bytes()


class _Compiled:
    """The newest compiled profiles of this process."""

    def __init__(self) -> None:
        self._kept: dict[object, Profile] = {}

    def get(self, key: object, name: str, version: str, read: object) -> Profile:
        """The profile under a key, compiled when it is not kept. A race compiles it twice, which harms nobody."""
        found = self._kept.get((key, version))
        if found is None:
            from registry.shacl import compile_shapes

            shapes = compile_shapes(read())  # type: ignore[operator]
            found = Profile(name, version, shapes, classes_of(shapes))
            self._kept = {**dict(list(self._kept.items())[-31:]), (key, version): found}
        return found


_COMPILED = _Compiled()
