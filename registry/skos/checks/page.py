"""The catalogue as a page: the same rows that run, written for stewards."""

from __future__ import annotations

from registry.skos.checks import PROLOGUE, SECTIONS, Check

_INTRODUCTION = """# Checks

What `lexicord scheme check` looks for. An **error** blocks the approval and release of the concepts it touches, a
**warning** asks for a look, an **info** tells. Findings never block an import: concepts with an error arrive as drafts.
Each check stands here with the smallest graph that triggers it and the same graph repaired; both are its test.
This page is written from the catalogue; `python -m registry.skos.checks.page` prints it.

Some checks need what a vocabulary's own graph cannot say: which concepts of other vocabularies exist, are deprecated
or have changed, what day it is, which pattern notations follow. The registry tells them; untold, they find nothing.
Of qSKOS's issues two are left out, Broken Links and Missing In-Links: they fetch what a graph names, and nothing is
ever fetched here. `mapping-to-missing` says what the registry itself knows.
"""


def catalogue_page() -> str:
    """Return docs/checks.md: an overview of all checks, then each with its example, in Markdown."""
    parts = [_INTRODUCTION, _overview(), "The examples are written with these prefixes:", "", _turtle(PROLOGUE)]
    for title, checks in SECTIONS.items():
        parts += [f"\n## {title}\n", "\n".join(map(_entry, checks))]
    return "\n".join(parts)


def _overview() -> str:
    lines = ["| check | severity | SKOS | qSKOS | fixable |", "|---|---|---|---|---|"]
    for checks in SECTIONS.values():
        lines += [
            f"| [{check.id}](#{check.id}) | {check.severity.value} | {check.clause} | {check.qskos} "
            f"| {'yes' if check.fixable else ''} |"
            for check in checks
        ]
    return "\n".join([*lines, ""])


def _entry(check: Check) -> str:
    return "\n".join(
        [f"### {check.id}\n", f"{check.explanation}\n", _turtle(check.example), "Repaired:\n", _turtle(check.repaired)]
    )


def _turtle(text: str) -> str:
    return f"```turtle\n{text.strip()}\n```\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(catalogue_page())
