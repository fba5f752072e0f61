"""Profiles: published shapes that records have to meet, versioned, with notice before a new version applies."""

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


class ProfileVersion(Response):
    """One published version of a profile."""

    version: int
    issued: str = Field(description="When it was published.")
    applies_from: str = Field(description="When it applies to sources that have not acknowledged it.")
    applies: bool = Field(description="Whether its notice period is over.")


class Profile(Response):
    """A profile: shapes that records have to meet."""

    key: str
    iri: str
    title: str
    owner: str | None = Field(None, description="Key of the department that answers for it; none for bundled ones.")
    bundled: bool = Field(False, description="Whether it comes with Lexicord and cannot be changed.")
    based_on: str | None = Field(None, description="The profile whose shapes hold, too (prof:isProfileOf).")
    classes: list[str] = Field(default_factory=list, description="IRIs of the classes whose records it looks at.")
    versions: list[ProfileVersion] = Field(default_factory=list, description="Published versions, oldest first.")
    sources: list[str] = Field(default_factory=list, description="Keys of the content sources that have to meet it.")
    shapes: str | None = Field(None, description="The newest version's shapes in Turtle; in `shape show` only.")


class Profiles(Response):
    """All profiles, by key."""

    profiles: list[Profile]


class ShapeChange(Response):
    """How one property is constrained differently."""

    path: str = Field(description="IRI or path of the property.")
    constraint: str = Field(description="The constraint, such as minCount.")
    before: str | None = Field(None, description="What it was; nothing when it is new.")
    after: str | None = Field(None, description="What it is; nothing when it is gone.")
    narrows: bool = Field(description="Whether records that conformed may not conform any more.")


class ShapesChecked(Response):
    """Shapes that are well-formed and evaluated whole."""

    shapes: int = Field(description="How many shapes there are.")
    classes: list[str] = Field(default_factory=list, description="IRIs of the classes they look at.")
    untargeted: bool = Field(description="Whether no shape has a target, so that nothing would be checked.")
    changes: list[ShapeChange] = Field(default_factory=list, description="Against the version in force, if any.")


class ProfilePublished(Written):
    """A profile after a version was published."""

    profile: Profile
    changes: list[ShapeChange] = Field(default_factory=list, description="Against the version before.")


class ShapesPreview(Response):
    """What shapes would say of the records that a source submitted last."""

    source: str = Field(description="Key of the content source.")
    records: int = Field(description="Recorded records that were looked at.")
    rejected_now: int = Field(description="Records that do not conform to the version in force.")
    newly_rejected: int = Field(description="Records that conform now and would not.")
    newly_accepted: int = Field(description="Records that do not conform now and would.")
    share: float = Field(description="newly_rejected as a share of records.")
    examples: list[str] = Field(default_factory=list, description="What the first newly rejected records lack.")


class CheckShapes(Request):
    """Check shapes without publishing them: ill-formed ones and unknown terms are refused."""

    key: Key | None = Field(None, description="The profile to compare them with.")
    based_on: Key | None = Field(None, description="The profile whose shapes hold, too.")
    media_type: str | None = Field(None, max_length=200, description="What the shapes are; text/turtle.")


class PublishShapes(Request):
    """Publish shapes as a new version of a profile."""

    key: Key = Field(description="The profile's key.")
    owner: Key = Field(description="Key of the department that answers for it.")
    title: NonEmptyStr | None = Field(None, description="What people call it.")
    based_on: Key | None = Field(None, description="The profile whose shapes hold, too.")
    notice_days: int = Field(0, ge=0, le=366, description="Days until it applies to sources that did not acknowledge.")
    media_type: str | None = Field(None, max_length=200, description="What the shapes are; text/turtle.")


class ListProfiles(Request):
    """List the profiles."""


class ShowProfile(Request):
    """Show a profile with its shapes and versions."""

    key: Key


class PreviewShapes(Request):
    """Preview shapes over the records that a source submitted last."""

    source: Key
    based_on: Key | None = Field(None, description="The profile whose shapes hold, too.")
    media_type: str | None = Field(None, max_length=200, description="What the shapes are; text/turtle.")


CHECK = Operation("shape.check", CheckShapes, ShapesChecked, Need("read"),
                  Http("POST", "/v1/shapes/check"), "registry.services.shapes:check", document=True)  # fmt: skip
PUBLISH = Operation("shape.publish", PublishShapes, ProfilePublished, Need("edit", "department", "owner"),
                    Http("POST", "/v1/shapes/{key}"), "registry.services.shapes:publish",
                    writes=True, document=True)  # fmt: skip
LIST = Operation("shape.list", ListProfiles, Profiles, Need("read"),
                 Http("GET", "/v1/shapes"), "registry.services.shapes:find")  # fmt: skip
SHOW = Operation("shape.show", ShowProfile, Profile, Need("read"),
                 Http("GET", "/v1/shapes/{key}"), "registry.services.shapes:show")  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (CHECK, PUBLISH, LIST, SHOW)
