"""The arithmetic of integration: why ten departments are not ten times the pilot."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from registry.contract.coordination import IntegrationPoints, ModelCoordination

FEW_SOURCES = 2
"""Up to so many sources every use case touches all of them."""
USUAL_RELEVANCE = 0.4
"""The share of sources that a use case touches otherwise, unless it is given."""
FORMULAS = {
    "alignment_pairs": "departments × (departments − 1) / 2",
    "source_pairs": "sources × (sources − 1) / 2",
    "use_case_points": "use cases × sources × relevance",
    "governance_touchpoints": "departments × use cases × relevance",
    "total": "alignment pairs + source pairs + use-case points + governance touchpoints",
    "with_hub": "departments",
}


def model(_work: object, request: ModelCoordination) -> IntegrationPoints:
    """The integration points of an organisation of that size; needs no registry."""
    return integration_points(request.departments, request.use_cases, request.sources, request.relevance)


def integration_points(departments: int, use_cases: int, sources: int, relevance: float | None) -> IntegrationPoints:
    """The sums of `FORMULAS`; products are rounded half up."""
    share = relevance if relevance is not None else 1.0 if sources <= FEW_SOURCES else USUAL_RELEVANCE
    alignment, between_sources = _pairs(departments), _pairs(sources)
    points, touched = _share(use_cases * sources, share), _share(departments * use_cases, share)
    return IntegrationPoints(
        departments=departments,
        use_cases=use_cases,
        sources=sources,
        relevance=share,
        alignment_pairs=alignment,
        source_pairs=between_sources,
        use_case_points=points,
        governance_touchpoints=touched,
        total=alignment + between_sources + points + touched,
        with_hub=departments if departments > 1 else 0,
        formulas=FORMULAS,
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _share(count: int, share: float) -> int:
    return int((Decimal(count) * Decimal(str(share))).to_integral_value(ROUND_HALF_UP))
