"""Validation reports in the formats other tools read: SHACL (Turtle, JSON-LD), SARIF, JUnit XML, CSV and HTML.

Every writer takes the same: what was checked, as pairs of a name (a file, a record's identifier) and its report.
"""

from registry.shacl.reports.graph import report_quads, to_json_ld, to_turtle
from registry.shacl.reports.json_body import to_json
from registry.shacl.reports.page import to_html
from registry.shacl.reports.rows import Checked, to_csv
from registry.shacl.reports.sarif import to_sarif
from registry.shacl.reports.xunit import to_junit

__all__ = [
    "Checked",
    "report_quads",
    "to_turtle",
    "to_json_ld",
    "to_json",
    "to_sarif",
    "to_junit",
    "to_csv",
    "to_html",
]
