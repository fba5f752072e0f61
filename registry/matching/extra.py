"""The optional libraries suggesting stands on, asked for when they are needed and named when they are missing."""

from importlib.util import find_spec

from registry.errors import EnvironmentFaultError

LIBRARIES = ("numpy", "scipy", "sparse_dot_topn", "snowballstemmer", "rapidfuzz")


def require_extra() -> None:
    """Return when the extra `matching` is installed, raise EnvironmentFaultError naming it when it is not."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise EnvironmentFaultError(
            f"Suggesting mappings needs {', '.join(missing)}.",
            advice="Install the extra: pip install 'lexicord[matching]'.",
            missing=missing,
        )
