"""What can be erased: personal data beside the chain, which holds only salted digests of it.

Destroying body and salt leaves a digest that nobody can try names against, and a chain that still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from registry.store.database import Connection, bulk, execute, rows


@dataclass(frozen=True, slots=True)
class NewPayload:
    """A payload to be written: its name within the record, its class, and whose personal data it is."""

    name: str
    payload_class: str
    body: object
    principal: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload with its salt and the digest that the header carries."""

    new: NewPayload
    salt: bytes
    text: str
    digest: str

    @property
    def reference(self) -> dict[str, str]:
        """What the chained header says of it."""
        return {"name": self.new.name, "class": self.new.payload_class, "digest": self.digest}


def seal(payload: NewPayload) -> Sealed:
    """The payload with a fresh salt."""
    text = orjson.dumps(payload.body, option=orjson.OPT_SORT_KEYS).decode()
    salt = secrets.token_bytes(16)
    return Sealed(payload, salt, text, salted_digest(salt, text))


def salted_digest(salt: bytes, text: str) -> str:
    """SHA-256 over salt and text, in hexadecimal."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def write_payloads(connection: Connection, seq: int, sealed: list[Sealed]) -> None:
    """Write a record's payloads, in its transaction."""
    bulk(
        connection,
        "payload",
        ("seq", "name", "payload_class", "digest", "principal", "salt", "body"),
        [(seq, s.new.name, s.new.payload_class, s.digest, s.new.principal, s.salt, s.text) for s in sealed],
    )


def read_payloads(connection: Connection, seqs: list[int]) -> Mapping[int, dict[str, object]]:
    """The payloads of those records by name; an erased one is the string `erased`."""
    found: dict[int, dict[str, object]] = {seq: {} for seq in seqs}
    if not seqs:
        return found
    marks = ",".join(map(str, map(int, seqs)))
    for row in rows(connection, f"SELECT seq, name, body FROM payload WHERE seq IN ({marks}) ORDER BY seq, name"):
        found[row[0]][row[1]] = "erased" if row[2] is None else orjson.loads(row[2])
    return found


def erase_principal(connection: Connection, principal: str, seq: int) -> int:
    """Destroy body and salt of every payload that holds this principal's personal data; returns how many."""
    sql = "UPDATE payload SET salt = NULL, body = NULL, erased_seq = :seq WHERE principal = :who AND body IS NOT NULL"
    return int(execute(connection, sql, {"seq": seq, "who": principal}))
