"""The report as JUnit XML, which continuous integration shows."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from registry.model.validation import ValidationReport, ValidationResult
from registry.shacl.reports.rows import Checked, row


def to_junit(checked: Checked, suite: str = "SHACL validation") -> str:
    """Return one test suite: a test case for everything checked, failed where it does not conform.

    Only violations fail a case; warnings and infos are in its output.
    """
    pairs = list(checked)
    failures = sum(1 for _, report in pairs if report.counts["violation"])
    head = (
        f"<testsuite name={_attribute(suite)} tests={_attribute(str(len(pairs)))} failures={_attribute(str(failures))}>"
    )
    cases = "\n".join(_case(name, report) for name, report in pairs)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{cases}\n</testsuite>\n'


def _case(name: str, report: ValidationReport) -> str:
    failed = [each for each in report.results if each.severity.value.endswith("#Violation")]
    others = [each for each in report.results if each not in failed]
    body = "".join(_failure(name, each) for each in failed)
    if others:
        body += f"<system-out>{_text(chr(10).join(_line(name, each) for each in others))}</system-out>"
    return f'<testcase classname="shacl" name={_attribute(name)}>{body}</testcase>'


def _failure(name: str, result: ValidationResult) -> str:
    plain = row(name, result)
    attributes = f"type={_attribute(plain.constraint)} message={_attribute(plain.message)}"
    return f"<failure {attributes}>{_text(_line(name, result))}</failure>"


def _line(name: str, result: ValidationResult) -> str:
    plain = row(name, result)
    return f"{plain.severity} {plain.pointer or plain.focus_node} {plain.path} {plain.value}: {plain.message}"


def _text(text: str) -> str:
    return escape(_allowed(text))


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text))


def _allowed(text: str) -> str:
    """Return the text without the characters XML 1.0 cannot hold."""
    return "".join(
        char if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff") else "\ufffd" for char in text
    )
