"""Every error the registry raises on purpose, as one tree.

    RegistryError
    ├── InvalidInputError          what was sent is malformed: correct it and send it again
    │   └── SyntaxFaultError       a document does not parse; knows line and column
    ├── TooLargeError              what was sent is over a limit
    ├── UnauthenticatedError       nobody, or nobody known, is asking
    ├── NotPermittedError          known, but not allowed
    ├── NotFoundError              no such thing in the asker's view
    ├── ConflictError              another state of the registry would accept it
    │   ├── AlreadyExistsError     the name is taken
    │   └── StaleError             it was based on a version that has moved on
    ├── RefusedError               no state of the registry would accept it
    └── EnvironmentFaultError      the disk, the database or a server is at fault, not the request
        ├── NotARegistryError      the folder or address holds no registry
        └── NewerDatabaseError     the database was written by a newer version

No HTTP status and no exit code stands here: the shells map the classes, and a test proves that each is mapped in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where (a JSON Pointer, RFC 6901, or a line) and what."""

    pointer: str
    detail: str


class RegistryError(Exception):
    """The root: a message for people, an advice what to do, and facts for machines."""

    def __init__(self, message: str, *, advice: str = "", faults: Sequence[Fault] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.faults = tuple(faults)
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class InvalidInputError(RegistryError):
    """What was sent is malformed: correct it and send it again."""


class SyntaxFaultError(InvalidInputError):
    """A document does not parse; `facts` holds line and column, counted from one, where the parser knows them."""


class TooLargeError(RegistryError):
    """What was sent is over a limit; `facts` holds the limit."""


class UnauthenticatedError(RegistryError):
    """Nobody, or nobody known, is asking: a token is missing, unknown, expired or revoked."""


class NotPermittedError(RegistryError):
    """The asker is known but not allowed; `facts` holds the verb, the resource and the roles that would do."""


class NotFoundError(RegistryError):
    """There is no such thing in the asker's view."""


class ConflictError(RegistryError):
    """The request is well-formed, but the registry's present state does not accept it; another would."""


class AlreadyExistsError(ConflictError):
    """The name is taken."""


class StaleError(ConflictError):
    """The request was based on a version that has moved on; `facts` holds base, current and proposed."""


class RefusedError(RegistryError):
    """No state of the registry would accept this; `facts` holds the rule that says so."""


class EnvironmentFaultError(RegistryError):
    """The disk, the database or a server is at fault, not the request."""


class NotARegistryError(EnvironmentFaultError):
    """The folder or address holds no registry."""


class NewerDatabaseError(EnvironmentFaultError):
    """The database was written by a newer version of Lexicord."""
