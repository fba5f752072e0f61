"""Errors on the wire: a RegistryError as an RFC 9457 problem and back, so that a remote error reads as here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from registry import errors

PREFIX = "urn:lexicord:problem:"
"""What problem types start with."""


def slug(kind: type[errors.RegistryError]) -> str:
    """The type's name on the wire: `not-found` for NotFoundError."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__.removesuffix("Error")).lower()


def kinds() -> dict[str, type[errors.RegistryError]]:
    """Every class of the tree by its name on the wire."""
    found: dict[str, type[errors.RegistryError]] = {}

    def walk(kind: type[errors.RegistryError]) -> None:
        found[slug(kind)] = kind
        for below in kind.__subclasses__():
            walk(below)

    walk(errors.RegistryError)
    return found


def to_problem(error: errors.RegistryError) -> dict[str, Any]:
    """The members of a problem that follow from the error alone: the shell adds status and instance."""
    kind = type(error)
    while kind.__module__ != errors.__name__:
        kind = kind.__bases__[0]
    problem: dict[str, Any] = {
        "type": PREFIX + slug(kind),
        "title": slug(kind).replace("-", " ").capitalize(),
        "detail": error.message,
    }
    if error.advice:
        problem["advice"] = error.advice
    if error.faults:
        problem["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.faults]
    facts = {name: value for name, value in error.facts.items() if value is not None}
    if facts:
        problem["facts"] = facts
    return problem


def from_problem(problem: Mapping[str, Any]) -> errors.RegistryError:
    """The error that a problem tells of; a plain RegistryError for a type that is not ours."""
    kind = kinds().get(str(problem.get("type", "")).removeprefix(PREFIX), errors.RegistryError)
    faults = [errors.Fault(str(f.get("pointer", "")), str(f.get("detail", ""))) for f in problem.get("errors", ())]
    message = str(problem.get("detail") or problem.get("title") or "The server refused the request.")
    error = kind(message, advice=str(problem.get("advice", "")), faults=faults)
    error.facts = {str(name): value for name, value in dict(problem.get("facts", {})).items()}
    return error
