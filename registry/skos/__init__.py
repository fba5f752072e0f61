"""The SKOS engine: a vocabulary's triples in, what they say, what is wrong with them and what changed out.

Everything here is pure: values in, values out. Quads are pyoxigraph's, of one vocabulary; graph names are ignored.
"""

from registry.skos.changes import to_markdown
from registry.skos.checks import CATALOGUE, Check, Neighbour, Policy, run_checks
from registry.skos.diff import ChangeKind, TypedChange, diff
from registry.skos.index import SchemeIndex
from registry.skos.inspection import ImportFindings, inspect_import
from registry.skos.labels import display_label
from registry.skos.tables import bases, from_csv, to_csv
from registry.skos.tree import Tree, TreeNode, tree
from registry.skos.values import Finding, Severity, errors_of

__all__ = [
    "SchemeIndex",
    "display_label",
    "CATALOGUE",
    "Check",
    "Finding",
    "Neighbour",
    "Policy",
    "Severity",
    "run_checks",
    "errors_of",
    "ImportFindings",
    "inspect_import",
    "ChangeKind",
    "TypedChange",
    "diff",
    "to_markdown",
    "Tree",
    "TreeNode",
    "tree",
    "to_csv",
    "from_csv",
    "bases",
]
