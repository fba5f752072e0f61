"""Departments: who owns vocabularies, sources and authority."""

from __future__ import annotations

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Request,
    Response,
    Written,
)


class Department(Response):
    """A department: any org:Organization."""

    key: str
    iri: str
    name: str
    kind: str = Field(description="`unit` (org:OrganizationalUnit) or `formal` (org:FormalOrganization).")
    part_of: str | None = Field(None, description="The key of the department above.")
    arbiter: str | None = Field(None, description="Handle of the principal who settles its disputes.")
    schemes: list[str] = Field(default_factory=list, description="Keys of the vocabularies it owns.")
    sources: list[str] = Field(default_factory=list, description="Keys of the content sources it owns.")
    version: int = 0


class Departments(Response):
    """All departments in view."""

    departments: list[Department]


class DepartmentWritten(Written):
    """A department after a change."""

    department: Department


class AddDepartment(Request):
    """Register a department."""

    key: Key = Field(description="Its key: a lower-case letter, then lower-case letters, digits, hyphens.")
    name: NonEmptyStr = Field(description="Its name.")
    part_of: Key | None = Field(None, description="The key of the department it belongs to.")
    formal: bool = Field(False, description="A legal entity or outside body (org:FormalOrganization).")


class ListDepartments(Request):
    """List the departments."""


class ShowDepartment(Request):
    """Show a department with what it owns."""

    key: Key


ADD = Operation("department.add", AddDepartment, DepartmentWritten, Need("administer"),
                Http("POST", "/v1/departments"), "registry.services.departments:add", writes=True)  # fmt: skip
LIST = Operation("department.list", ListDepartments, Departments, Need("read"),
                 Http("GET", "/v1/departments"), "registry.services.departments:find")  # fmt: skip
SHOW = Operation("department.show", ShowDepartment, Department, Need("read", "department", "key"),
                 Http("GET", "/v1/departments/{key}"), "registry.services.departments:show")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (ADD, LIST, SHOW)
