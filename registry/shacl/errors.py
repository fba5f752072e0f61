"""Errors of the SHACL engine: what a shapes graph or a piece of data can be refused for.

RegistryError
├── InvalidInputError
│   └── ShapesError                  the shapes graph is ill-formed
│       └── UnsupportedShapesError   well-formed, but it uses what this engine does not evaluate
└── TooLargeError
    └── ValidationTimeoutError       validation did not end in the time it was given
"""

from __future__ import annotations

from registry.errors import InvalidInputError, TooLargeError


class ShapesError(InvalidInputError):
    """The shapes graph is ill-formed (SHACL, section 3.4: a failure, never a report)."""


class UnsupportedShapesError(ShapesError):
    """The shapes use a term or feature that is not evaluated here; ignoring it would report a false "conforms"."""


class ValidationTimeoutError(TooLargeError):
    """Validation did not end in the time it was given; `facts` holds the limit in seconds."""
