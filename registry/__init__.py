"""Lexicord's core: the shared vocabulary, the metadata standards and the authority to decide between them."""

__version__ = "0.1.0"
