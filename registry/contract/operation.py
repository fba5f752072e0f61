"""The row that describes an operation, and the base of its request and response."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from registry.errors import Fault, InvalidInputError, RegistryError
from registry.model.principals import Verb

NonEmptyStr = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=10_000)]
Key = Annotated[str, StringConstraints(max_length=63)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
"""A concept as people name it: its IRI, or SCHEME/LOCAL."""


class Request(BaseModel):
    """What is sent; an unknown field is an error, neither ignored nor guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Response(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, populate_by_name=True)


class Written(Response):
    """The answer of every write: the seq it is recorded as (the present one when nothing changed)."""

    seq: int = Field(0, description="The log's number of this write.")
    proposal: str | None = Field(None, description="The proposal that holds the change, when it needs approval.")


class Page(Request):
    """Paging of a list."""

    limit: int = Field(50, ge=1, le=1000, description="How many at most.")
    cursor: str | None = Field(None, max_length=4_096, description="Where to go on: `next` of the page before.")


Q = TypeVar("Q", bound=Request)
R = TypeVar("R")

Within = Literal["registry", "scheme", "concept", "department", "mapping", "conflict", "source", "schemes", "anything"]


@dataclass(frozen=True, slots=True)
class Need:
    """The verb a caller needs, and which field of the request names the resource it is needed on."""

    verb: Verb
    within: Within = "registry"
    field: str = ""


@dataclass(frozen=True, slots=True)
class Http:
    """Method and path. `{scheme}/{local}` fills the field `concept`; `iri_path` takes `?iri=` instead."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    iri_path: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is a document, not JSON: its media type, a file name, and its bytes piece by piece."""

    media_type: str
    name: str
    chunks: Iterable[bytes]

    def read(self) -> bytes:
        """The whole of it."""
        return b"".join(self.chunks)


@dataclass(frozen=True, slots=True)
class Operation(Generic[Q, R]):
    """One thing that can be asked, wherever it is asked from.

    `run` names the use case as `module:function`; it is imported on the first call. `document`: the request carries a
    body of its own (a file) beside its fields. The answer of a `Document` operation is a document. `optimistic`: it
    takes long, and runs beside the lock first. `secret`: its answer holds a secret and is kept nowhere.
    """

    name: str
    request: type[Q]
    response: type[R]
    needs: Need
    http: Http
    run: str
    writes: bool = False
    document: bool = False
    optimistic: bool = False
    secret: bool = False
    tags: tuple[str, ...] = field(default=())

    @property
    def noun(self) -> str:
        """The noun users type."""
        return self.name.partition(".")[0]

    @property
    def summary(self) -> str:
        """The first line of the request's docstring."""
        return (self.request.__doc__ or "").strip().splitlines()[0]

    def function(self) -> Any:
        """The use case, imported now."""
        module, _, name = self.run.partition(":")
        return getattr(import_module(module), name)


AnyOperation = Operation[Any, Any]

NOUNS: tuple[str, ...] = (
    "departments",
    "schemes",
    "concepts",
    "mappings",
    "mapping_review",
    "mapping_reasoning",
    "mapping_exchange",
    "conflicts",
    "resolution",
    "authority",
    "sources",
    "shapes",
    "quarantine",
    "quality",
    "properties",
    "validation",
    "principals",
    "audit",
    "coordination",
)
"""The files of this package that hold rows."""


def operations() -> Iterator[AnyOperation]:
    """Every operation there is."""
    for noun in NOUNS:
        yield from import_module(f"registry.contract.{noun}").OPERATIONS


def parse(model: type[Q], values: dict[str, Any]) -> Q:
    """The request that these values say; InvalidInputError with a pointer for each fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from error


def parse_json(model: type[Q], body: bytes) -> Q:
    """The request that a JSON body says; InvalidInputError with a pointer for each fault."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from error


def invalid(error: ValidationError) -> RegistryError:
    """A pydantic error as ours: which field, what is wrong."""
    faults = [
        Fault("/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in found["loc"]), found["msg"])
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    named = "; ".join(f"{fault.pointer.lstrip('/') or 'request'}: {fault.detail}" for fault in faults[:3])
    return InvalidInputError(
        f"The request is malformed: {named}.", advice="Correct it and send it again.", faults=faults
    )


def encode(answer: BaseModel) -> bytes:
    """The one JSON form of an answer: what the API sends and `--output json` prints."""
    return answer.model_dump_json(by_alias=True).encode()
