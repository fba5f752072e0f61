"""Profiles: the shapes that a source's records have to meet, compiled once a process."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from registry.errors import NotFoundError
from registry.rdf.syntax import parse_document
from registry.resources import bundled

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes

PROFILES = "https://w3id.org/lexicord/profiles/"
"""What the IRIs of the profiles that come with Lexicord start with; the name follows."""
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile ready to validate: its name, a version that follows from its text, its compiled shapes."""

    name: str
    version: str
    shapes: CompiledShapes
    classes: frozenset[str] | None
    """The classes whose instances it looks at; None when its shapes find their focus nodes in other ways."""


def profile_iri(name: str) -> str:
    """The IRI of a profile that people name by its name or its IRI; NotFoundError when there is no such profile."""
    short = name.removeprefix(PROFILES)
    if not _NAME.match(short) or not (bundled("shapes") / "profiles" / f"{short}.ttl").is_file():
        raise NotFoundError(f"There is no profile {name!r}.", advice=f"Profiles: {', '.join(profile_names())}.")
    return PROFILES + short


def profile_names() -> list[str]:
    """The names of the profiles there are, sorted."""
    return sorted(path.stem for path in (bundled("shapes") / "profiles").glob("*.ttl"))


def profile_of(iri: str) -> Profile:
    """The compiled profile with that name or IRI; NotFoundError when there is none."""
    return _compiled(profile_iri(iri).removeprefix(PROFILES))


@lru_cache(maxsize=32)
def _compiled(name: str) -> Profile:
    from registry.shacl import compile_shapes

    text = (bundled("shapes") / "profiles" / f"{name}.ttl").read_bytes()
    shapes = compile_shapes(parse_document(text, "turtle"))
    targets = [target for shape in shapes.targeted for target in shape.targets]
    by_class = all(target.kind == "class" for target in targets)
    classes = frozenset(str(target.value.value) for target in targets) if by_class else None
    return Profile(name, hashlib.sha256(text).hexdigest()[:12], shapes, classes)
