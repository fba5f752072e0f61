"""The SHACL engine: shapes compiled once, data validated as pure values."""

from registry.shacl.background import Background
from registry.shacl.compile import CompiledShapes, compile_shapes
from registry.shacl.errors import ShapesError, UnsupportedShapesError, ValidationTimeoutError

__all__ = [
    "compile_shapes",
    "CompiledShapes",
    "Background",
    "ShapesError",
    "UnsupportedShapesError",
    "ValidationTimeoutError",
]
