"""Data elements (ISO/IEC 11179): what fields of all sources stand for, and where those disagree."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Reference,
    Request,
    Response,
    Written,
)

ClashKind = Literal["meaning", "value domain", "unit", "name", "field"]


class BoundField(Response):
    """A field of a content source that carries values of a data element."""

    source: str = Field(description="Key of the content source.")
    field: str = Field(description="Its name, as the source spells it.")


class DataElement(Response):
    """A data element: a meaning, a value domain, a unit where there is one, a definition and an owner."""

    key: str
    iri: str
    name: str
    owner: str = Field(description="Key of the department that answers for it.")
    concept: str | None = Field(None, description="IRI of the concept that says what its values are about.")
    value_domain: str = Field(description="IRI of a datatype, or of the vocabulary that its values come from.")
    unit: str | None = Field(None, description="UCUM code or ISO 4217 currency.")
    definition: str | None = None
    fields: list[BoundField] = Field(default_factory=list, description="Fields that are bound to it.")


class DataElements(Response):
    """All data elements, by key."""

    elements: list[DataElement]


class DataElementWritten(Written):
    """A data element after a change."""

    element: DataElement


class ElementClash(Response):
    """Two data elements, or two fields, that are easily taken for one another."""

    kind: ClashKind = Field(description="What differs: for one name its meaning, for one meaning its name….")
    label: str = Field(description="What they share: the name, the concept, or the field.")
    one: str = Field(description="A data element's key.")
    other: str = Field(description="The other's key.")
    parties: list[str] = Field(description="Keys of the departments that own them.")
    said: str = Field(description="How they differ, in words.")


class ElementClashes(Response):
    """Where data elements and the fields bound to them disagree."""

    clashes: list[ElementClash]


class AddElement(Request):
    """Register a data element: what fields of any source may stand for."""

    key: Key = Field(description="Its key: a lower-case letter, then lower-case letters, digits, hyphens.")
    name: NonEmptyStr = Field(description="What people call it.")
    owner: Key = Field(description="Key of the department that answers for it.")
    concept: Reference | None = Field(None, description="What its values are about: a concept's IRI or SCHEME/LOCAL.")
    value_domain: NonEmptyStr = Field(
        "xsd:string", description="A datatype such as xsd:date, or the key of the vocabulary that its values come from."
    )
    unit: NonEmptyStr | None = Field(None, description="UCUM code or ISO 4217 currency.")
    definition: NonEmptyStr | None = None


class ListElements(Request):
    """List the data elements with the fields that are bound to them."""


class ShowElement(Request):
    """Show a data element."""

    key: Key


class BindField(Request):
    """Bind a field of a content source to the data element whose values it carries."""

    source: Key
    field: NonEmptyStr = Field(description="The field, as the source spells it.")
    element: Key = Field(description="Key of the data element.")


class ListClashes(Request):
    """List where data elements and fields of one name differ, and where one meaning has two names."""


ADD = Operation("property.add", AddElement, DataElementWritten, Need("edit", "department", "owner"),
                Http("POST", "/v1/properties"), "registry.services.properties:add", writes=True)  # fmt: skip
LIST = Operation("property.list", ListElements, DataElements, Need("read"),
                 Http("GET", "/v1/properties"), "registry.services.properties:find")  # fmt: skip
SHOW = Operation("property.show", ShowElement, DataElement, Need("read"),
                 Http("GET", "/v1/properties/{key}"), "registry.services.properties:show")  # fmt: skip
BIND = Operation("property.bind", BindField, DataElementWritten, Need("edit", "source", "source"),
                 Http("POST", "/v1/properties/bindings"), "registry.services.properties:bind",
                 writes=True)  # fmt: skip
CLASHES = Operation("property.conflicts", ListClashes, ElementClashes, Need("read"),
                    Http("GET", "/v1/properties/conflicts"), "registry.services.properties:clashes")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (ADD, CLASHES, LIST, SHOW, BIND)
