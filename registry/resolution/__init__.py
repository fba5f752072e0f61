"""Resolution: how a term meets labels. Pure values in, pure values out; deciding between senses is authority's part."""

from registry.resolution.meeting import LabelFact, best_match

__all__ = ["LabelFact", "best_match"]
