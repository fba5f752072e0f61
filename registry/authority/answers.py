"""The identity of an explained answer: the same question on the same inputs by the same rules has the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.authority.identity import normalised
from registry.authority.scopes import Scope
from registry.model.decisions import TermQuestion

RULES = "authority/1"
"""The version of the rules; it changes whenever an answer to the same inputs would."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What an answer was made from: the last seq that touched an input, and the version of the policy that held."""

    graph: int
    policy: int


def asked_term(question: TermQuestion, asked: Scope) -> str:
    """A term question as one line."""
    return "\x1e".join((normalised(question), *_said(asked)))


def asked_value(entity: str, asked: Scope) -> str:
    """A value question as one line."""
    return "\x1e".join((entity, *_said(asked)))


def answer_id(
    kind: Literal["term", "value"], asked: str, inputs: Iterable[str], versions: Versions, until: datetime | None
) -> str:
    """The answer's name: 32 hexadecimal digits over kind, question, inputs in view, versions, rules and its end."""
    ends = until.isoformat() if until else ""
    parts = [RULES, kind, asked, str(versions.graph), str(versions.policy), ends, *sorted(set(inputs))]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _said(asked: Scope) -> list[str]:
    return [f"{name}={value}" for name, value in asked.named().items()]
