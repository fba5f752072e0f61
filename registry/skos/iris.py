"""What is wrong with an IRI, in words."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f]|%(?![0-9A-Fa-f]{2})")


def fault_of(iri: str) -> str:
    """Return what RFC 3987 has against an IRI, or an empty string."""
    if not _SCHEME.match(iri):
        return "it is relative"
    return fault_in(iri)


def fault_in(reference: str) -> str:
    """Return what RFC 3987 has against the characters of an IRI or a relative reference, or an empty string."""
    if found := _FORBIDDEN.search(reference):
        return f"{found[0]!r} stands in it at character {found.start() + 1}"
    return ""
