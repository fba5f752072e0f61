"""The SHACL engine: shapes compiled once, data validated as pure values."""

from registry.shacl.background import Background
from registry.shacl.compile import CompiledShapes, compile_shapes
from registry.shacl.context import FieldRule, RecordContext
from registry.shacl.errors import ShapesError, UnsupportedShapesError, ValidationTimeoutError
from registry.shacl.record_validator import RecordValidator

__all__ = [
    "compile_shapes",
    "CompiledShapes",
    "Background",
    "RecordContext",
    "FieldRule",
    "RecordValidator",
    "ShapesError",
    "UnsupportedShapesError",
    "ValidationTimeoutError",
]
