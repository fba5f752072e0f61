"""Reports as a pipeline engineer reads them: the worst first, like with like, one example each and its repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.output import fields, heading, line

_ORDER = {"violation": 0, "warning": 1, "info": 2}
_LONGEST = 100


@dataclass(slots=True)
class Group:
    """Results that are alike: how many, the first of them, and how many repair themselves."""

    example: Mapping[str, Any]
    where: int | None
    count: int = 0
    auto: int = 0


@dataclass(slots=True)
class Findings:
    """What reports found, grouped as they come: memory grows with the kinds of faults, not with the records."""

    records: int = 0
    conforming: int = 0
    malformed: list[tuple[int, str]] = field(default_factory=list)
    broken: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, str, str, str], Group] = field(default_factory=dict)

    def add(self, report: Mapping[str, Any]) -> None:
        """Take one report, with its line and status."""
        self.records += 1
        if report["status"] == "malformed":
            self.broken += 1
            if len(self.malformed) < 5:
                self.malformed.append((report["line"], report["error"]["message"]))
            return
        if "amends" in report:  # the second report on a line, of what it shares with others
            self.records -= 1
            self.conforming -= report["amends"] == "conforms"
        self.conforming += bool(report["conforms"])
        for name, count in report["counts"].items():
            self.counts[name] = self.counts.get(name, 0) + count
        for result in report["results"]:
            self._group(result, report["line"])

    def worst_first(self) -> list[Group]:
        """The groups: violations before warnings before remarks, the most frequent first."""
        return sorted(
            self.groups.values(), key=lambda one: (_ORDER.get(one.example["severity"], 3), -one.count, one.where or 0)
        )

    def _group(self, result: Mapping[str, Any], where: int | None) -> None:
        key = (result["severity"], result["constraint"], _place(result), result["shape"])
        group = self.groups.setdefault(key, Group(result, where))
        group.count += 1
        repair = result.get("repair")
        group.auto += bool(repair and repair["class"] == "auto")


def show(findings: Findings, summary: Mapping[str, Any]) -> None:
    """Print findings to people."""
    if findings.records == 1 and not findings.broken:
        heading("It conforms." if findings.conforming else "It does not conform.")
    else:
        bad = findings.records - findings.conforming - findings.broken
        broken = f", {findings.broken} are no records" if findings.broken else ""
        heading(f"{findings.records} records: {findings.conforming} conform, {bad} do not{broken}.")
    totals = ", ".join(f"{count} {name}" for name, count in findings.counts.items() if count)
    fields([("source", summary.get("source")), ("profile", _profile(summary)), ("mode", summary.get("mode")),
            ("found", totals)])  # fmt: skip
    for number, message in findings.malformed:
        line()
        line(f"NO RECORD  line {number}")
        line(f"  {message}")
    for group in findings.worst_first():
        _show_group(group)


def _show_group(group: Group) -> None:
    result, repair = group.example, group.example.get("repair")
    times = f", {group.count} times" if group.count > 1 else ""
    line()
    heading(f"{result['severity'].upper()}  {_place(result)}  {result['constraint']}{times}")
    line(f"  {result['message']}")
    where = f"line {group.where}, " if group.where else ""
    at = result["pointer"] or result["focus_node"]
    value = "" if result["value"] is None else f": {_short(result['value'])}"
    line(f"  for example {where}{at}{value}")
    if repair is not None:
        line(f"  repair ({_kind(group)}): {repair['explanation']}")


def _kind(group: Group) -> str:
    if group.auto == group.count:
        return "automatic"
    return f"{group.auto} automatic, {group.count - group.auto} to review" if group.auto else "to review"


def _place(result: Mapping[str, Any]) -> str:
    """The field or property that a result is about, whatever the item."""
    pointer = result.get("pointer")
    if pointer:
        return "/" + str(pointer).split("/")[1]
    path = result.get("path") or result["focus_node"]
    return str(path).rstrip("/>").replace("#", "/").rpartition("/")[2]


def _profile(summary: Mapping[str, Any]) -> str:
    if "profile" not in summary:
        return ""
    return f"{summary['profile']} {summary['profile_version']}, vocabularies at seq {summary['taxonomy_version']}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
