"""What a decision with authority costs: CPU of one thread for a term with 10 candidates among 1,000 grants.

All grants belong to the candidates' owners, a tenth were passed on; half the questions name a jurisdiction. Indexing
the register is done once and counted apart. No peer decides between grants, so none stands beside it.

    python -m benchmarks.authority_decisions
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from statistics import median

from benchmarks.measure import cpu
from registry.authority import Authority, Explanation, Grant, Hierarchy, Scope, Tier, register_of, weigh_term
from registry.authority.grants import Register
from registry.model.decisions import Found, Match, MatchKind, TermConcept, TermFacts, TermQuestion

CANDIDATES, GRANTS, QUESTIONS, TIMES = 10, 1_000, 200, 20
AT = datetime(2026, 11, 20, tzinfo=UTC)
BRANCHES, PLACES = 50, 20


def run() -> dict[str, object]:
    """Microseconds for one decision, median and worst of the questions, and for indexing all grants.

    `spread`: one grant in twenty is over every subject; `crowded`: every second is, so that 450 bear on each question.
    """
    return {"candidates": CANDIDATES, "grants": GRANTS, **_figures("spread", 0.05), **_figures("crowded", 0.5)}


def _figures(name: str, wide: float) -> dict[str, object]:
    chance = random.Random(7)
    grants = [_grant(number, chance, wide) for number in range(GRANTS)]
    register, indexing = cpu(lambda: register_of(grants))
    spent = [_cost(register, _scope(chance)) for _ in range(QUESTIONS)]
    return {
        f"{name}: one decision, median (µs)": round(median(spent) * 1e6),
        f"{name}: one decision, worst (µs)": round(max(spent) * 1e6),
        f"{name}: indexing the grants (µs)": round(indexing * 1e6),
    }


def _cost(register: Register, asked: Scope) -> float:
    """CPU seconds of one decision on one question."""
    authority, facts = Authority(register, _ladder(), (tuple(_iris()),)), _facts()
    question = TermQuestion("account", ("d0", "company"))

    def decide() -> Explanation:
        for _ in range(TIMES - 1):
            weigh_term(question, facts, asked, AT, authority)
        return weigh_term(question, facts, asked, AT, authority)

    return cpu(decide)[1] / TIMES


def _iris() -> list[str]:
    return [f"urn:c:{number}" for number in range(CANDIDATES)]


def _facts() -> TermFacts:
    match = Match(MatchKind.EXACT_PREF_LABEL, "pref_label", "account", "en")
    known = {
        iri: TermConcept(iri, f"s{n}", "account", f"Definition {n}.", "department", f"d{n}")
        for n, iri in enumerate(_iris())
    }
    return TermFacts(known, tuple(Found(iri, match) for iri in known))


def _ladder() -> Hierarchy:
    areas = {f"area/{b}/{leaf}": (f"area/{b}",) for b in range(BRANCHES) for leaf in range(5)}
    areas |= {f"area/{b}": ("area",) for b in range(BRANCHES)}
    return Hierarchy({"subject_area": areas, "jurisdiction": {f"place/{n}": ("world",) for n in range(PLACES)}})


def _scope(chance: random.Random) -> Scope:
    place = f"place/{chance.randrange(PLACES)}" if chance.random() < 0.5 else None
    return Scope(subject_area=f"area/{chance.randrange(BRANCHES)}/{chance.randrange(5)}", jurisdiction=place)


def _grant(number: int, chance: random.Random, wide: float) -> Grant:
    branch = chance.randrange(BRANCHES)
    narrow = chance.choice([f"area/{branch}", f"area/{branch}/{chance.randrange(5)}"])
    area = chance.choice([None, "area"]) if chance.random() < wide else narrow
    place = chance.choice([None, None, "world", f"place/{chance.randrange(PLACES)}"])
    parent = f"g{chance.randrange(number)}" if number and chance.random() < 0.1 else None
    return Grant(
        f"g{number}", f"d{chance.randrange(CANDIDATES)}", scope=Scope(subject_area=area, jurisdiction=place),
        tier=chance.choice([Tier.NORMAL, Tier.NORMAL, Tier.NORMAL, Tier.FALLBACK]), rank=chance.randrange(200),
        delegated_from=parent, delegable=True, max_depth=3,
    )  # fmt: skip


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name}: {value}")
