"""The quality of a source over time, from the figures of its submissions: series, drift, terms, requirements."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta

from registry.contract.quality import (
    DayMeasure,
    Drift,
    MovedValue,
    Quality,
    QualitySeries,
    Requirement,
    ShowQuality,
    TermUse,
)
from registry.errors import InvalidInputError
from registry.services.sources import require_source
from registry.store.submitted import Measure, measured
from registry.store.work import Work

ENOUGH = 200
"""Values on each side from which a population stability index says something."""
DRIFTED = 0.2
"""The index from which a distribution counts as another one."""
_FLOOR = 1e-4
_MOST_MOVED, _MOST_TERMS = 5, 50

_Row = tuple[str, Measure, int, int]


def show(work: Work, request: ShowQuality) -> Quality:
    """The quality of a source; NotFoundError when there is no such source, InvalidInputError for a minimum."""
    require_source(work.reader, work.names, request.source)
    today = work.now.astimezone(UTC).date()
    since = (today - timedelta(days=request.days - 1)).isoformat()
    found = measured(work.reader.connection, request.source, since)
    series = _series(found)
    days = sorted({row[0] for row in found})
    required = [_requirement(text, series) for text in request.minimum]
    return Quality(
        source=request.source,
        since=since,
        last_day=days[-1] if days else None,
        silent_days=(today - date.fromisoformat(days[-1])).days if days else None,
        series=series,
        drift=_drift(found, days),
        terms=_terms(found),
        requirements=required,
        met=all(one.met for one in required),
    )


def stability_index(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The population stability index of two distributions: 0 for equal ones; a missing share counts as 0.0001."""
    total_before, total_now = sum(before.values()), sum(now.values())
    index = 0.0
    for value in before.keys() | now.keys():
        was = max(before.get(value, 0) / total_before, _FLOOR)
        share = max(now.get(value, 0) / total_now, _FLOOR)
        index += (share - was) * math.log(share / was)
    return index


def _series(found: Sequence[_Row]) -> list[QualitySeries]:
    grouped: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for day, what, good, total in found:
        if not what.value:
            grouped[what.property, what.dimension].append((day, good, total))
    return [
        QualitySeries(
            property=iri,
            dimension=dimension,
            value=_value(dimension, sum(good for _, good, _ in days), sum(total for _, _, total in days)),
            days=[DayMeasure(day=day, value=_value(dimension, good, total), total=total) for day, good, total in days],
        )
        for (iri, dimension), days in sorted(grouped.items())
    ]


def _value(dimension: str, good: int, total: int) -> float:
    return float(good) if dimension == "volume" else round(good / total, 4) if total else 0.0


def _drift(found: Sequence[_Row], days: Sequence[str]) -> list[Drift]:
    if len(days) < 2:
        return []
    before: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    now: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, what, good, _ in found:
        if what.dimension == "values":
            (now if day == days[-1] else before)[what.property][what.value] += good
    return [_drifted(iri, before[iri], now[iri]) for iri in sorted(before.keys() & now.keys())]


def _drifted(iri: str, before: Mapping[str, int], now: Mapping[str, int]) -> Drift:
    total_before, total_now = sum(before.values()), sum(now.values())
    enough = min(total_before, total_now) >= ENOUGH
    index = round(stability_index(before, now), 4) if enough else None
    shares = {value: (before.get(value, 0) / total_before, now.get(value, 0) / total_now) for value in {*before, *now}}
    moved = sorted(shares.items(), key=lambda pair: (-abs(pair[1][1] - pair[1][0]), pair[0]))
    return Drift(
        property=iri,
        index=index,
        drifted=index is not None and index > DRIFTED,
        counted=total_now,
        moved=[MovedValue(value=value, before=round(was, 4), now=round(share, 4))
               for value, (was, share) in moved[:_MOST_MOVED] if was != share],
    )  # fmt: skip


def _terms(found: Sequence[_Row]) -> list[TermUse]:
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for _, what, good, _ in found:
        if what.dimension.startswith("term-"):
            counts[what.property, what.value, what.dimension.removeprefix("term-")] += good
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_TERMS]
    return [TermUse(property=iri, term=term, use=use, count=count) for (iri, term, use), count in most]


def _requirement(text: str, series: Sequence[QualitySeries]) -> Requirement:
    dimension, _, share = text.partition("=")
    try:
        minimum = float(share)
    except ValueError:
        minimum = math.nan
    if not 0 <= minimum <= 1 or not dimension or dimension == "volume":
        raise InvalidInputError(f"{text!r} is no minimum.", advice="Write DIMENSION=SHARE, such as completeness=0.95.")
    values = [one.value for one in series if one.dimension == dimension]
    lowest = min(values) if values else None
    return Requirement(dimension=dimension, minimum=minimum, value=lowest, met=lowest is not None and lowest >= minimum)
