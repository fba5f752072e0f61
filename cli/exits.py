"""Exit codes: what a script learns from a command without reading it."""

from __future__ import annotations

from registry import errors

DONE, NEGATIVE, USAGE, MISSING, STALE, FORBIDDEN, ENVIRONMENT, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 70, 130

CODES: dict[type[errors.RegistryError], int] = {
    errors.RegistryError: NEGATIVE,
    errors.InvalidInputError: USAGE,
    errors.SyntaxFaultError: USAGE,
    errors.TooLargeError: USAGE,
    errors.UnauthenticatedError: FORBIDDEN,
    errors.NotPermittedError: FORBIDDEN,
    errors.NotFoundError: MISSING,
    errors.ConflictError: STALE,
    errors.AlreadyExistsError: STALE,
    errors.StaleError: STALE,
    errors.RefusedError: NEGATIVE,
    errors.EnvironmentFaultError: ENVIRONMENT,
    errors.NotARegistryError: ENVIRONMENT,
    errors.NewerDatabaseError: ENVIRONMENT,
}
"""Every class of the tree by name: a test proves that none is missing."""


def code_of(error: errors.RegistryError) -> int:
    """The exit code of an error: its own class's, or that of the nearest class above it."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
