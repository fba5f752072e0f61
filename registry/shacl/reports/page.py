"""The report as one HTML page that needs nothing else: no script, no style sheet from elsewhere."""

from __future__ import annotations

from collections import Counter
from html import escape

from registry.shacl.reports.rows import Checked, Row, rows

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #bbb;padding:.4rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}.Violation{color:#8c1515}.Warning{color:#6b4e00}.Info{color:#1a4a7a}"
)
_COLUMNS = ("Where", "Severity", "Message", "Value", "Constraint", "Repair")


def to_html(checked: Checked, title: str = "Validation report") -> str:
    """Return the page: the verdict, the counts by severity, and a table of the results."""
    pairs = list(checked)
    found = list(rows(pairs))
    conforming = sum(report.conforms for _, report in pairs)
    head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    body = "\n".join(_row(each) for each in found)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>" if found else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>\n"
        f"<p>{conforming} of {len(pairs)} conform. {_counts(found)}</p>\n{table}</main></body></html>\n"
    )


def _counts(found: list[Row]) -> str:
    counts = Counter(each.severity for each in found)
    return ", ".join(f"{escape(severity)}: {count}" for severity, count in counts.most_common()) or "No results."


def _row(each: Row) -> str:
    where = " ".join(part for part in (each.name, each.pointer or each.focus_node) if part)
    cells = (where, each.severity, each.message, each.value, each.constraint, each.repair)
    marked = escape(each.severity, quote=True) if each.severity.isidentifier() else ""
    return f'<tr class="{marked}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
