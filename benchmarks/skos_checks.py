"""How long all checks take on real vocabularies, beside the same clauses written as SPARQL over an in-memory store.

CPU seconds of one process. The SPARQL queries ask S13, S14, S27 and cycles only, as property paths; their findings must
agree with ours, which the run asserts. `python -m benchmarks.skos_checks --million` adds nine renamed copies of STW, a
million triples.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from registry.skos import CATALOGUE, SchemeIndex, diff, from_csv, inspect_import, run_checks, to_csv, tree

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[1] / ".." / "shared"))
VOCABULARIES = SHARED / "data" / "vocabularies"
STW, BEFORE = "stw-9.06-2018.ttl", "stw-9.04-2017.ttl"
FILES = (STW, "unesco-thesaurus-2019-10.ttl", "naics-2012.ttl")
COPIES = 9

_PREFIX = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT "
_UP = "(skos:broader|^skos:narrower|skos:broaderTransitive|^skos:narrowerTransitive)+"
QUERIES = {
    "inconsistent-pref-labels": "?c { ?c skos:prefLabel ?a, ?b . FILTER(STR(?a) != STR(?b) && LANG(?a) = LANG(?b)) }",
    "disjoint-labels": "?c ?l { { ?c skos:prefLabel ?l ; skos:altLabel|skos:hiddenLabel ?l } "
    "UNION { ?c skos:altLabel ?l ; skos:hiddenLabel ?l } }",
    "relation-clash": f"?a ?b {{ {{ ?a skos:related ?b }} UNION {{ ?b skos:related ?a }} ?a {_UP} ?b }}",
    "cyclic-hierarchy": f"?a {{ ?a {_UP} ?a }}",
}
Result = TypeVar("Result")


def measured(work: Callable[[], Result]) -> tuple[Result, float]:
    gc.collect()
    start = time.process_time()
    result = work()
    return result, round(time.process_time() - start, 3)


def read(name: str) -> list[Quad]:
    return list(parse(path=VOCABULARIES / name, format=RdfFormat.TURTLE))


def one(name: str) -> dict[str, object]:
    quads = read(name)
    index, index_seconds = measured(lambda: SchemeIndex.of(quads))
    findings, check_seconds = measured(lambda: run_checks(index))
    ours, our_seconds = measured(lambda: run_checks(SchemeIndex.of(quads), only=QUERIES.keys()))
    theirs, their_seconds = measured(lambda: sparql(quads))
    assert Counter(found.check for found in ours) == +Counter(theirs), (name, theirs)
    return {
        "triples": len(quads),
        "findings": len(findings),
        "index_cpu_seconds": index_seconds,
        "all_checks_cpu_seconds": check_seconds,
        "four_clauses": {
            "ours_with_index_cpu_seconds": our_seconds,
            "sparql_with_loading_cpu_seconds": their_seconds,
            "ratio": round(their_seconds / max(our_seconds, 0.001), 1),
        },
    }


def sparql(quads: Sequence[Quad]) -> dict[str, int]:
    store = Store()
    store.extend(quads)
    return {name: count(store, query) for name, query in QUERIES.items()}


def count(store: Store, query: str) -> int:
    answer = store.query(_PREFIX + query)
    assert isinstance(answer, QuerySolutions)
    return sum(1 for _ in answer)


def others() -> dict[str, float]:
    quads, before = read(STW), read(BEFORE)
    sheet, export_seconds = measured(lambda: to_csv(quads))
    _, import_seconds = measured(lambda: from_csv(sheet, quads))
    return {
        "inspect_import": measured(lambda: inspect_import(quads))[1],
        "diff_of_two_editions": measured(lambda: diff(before, quads))[1],
        "tree": measured(lambda: tree(SchemeIndex.of(quads)))[1],
        "to_csv": export_seconds,
        "from_csv": import_seconds,
    }


def copies(quads: Sequence[Quad], count: int) -> Iterator[Quad]:
    """Yield the quads `count` times, each copy's IRIs of STW renamed, so that the copies are vocabularies apart."""
    for number in range(count):
        for quad in quads:
            subject, value = renamed(quad.subject, number), renamed(quad.object, number)
            yield Quad(subject, quad.predicate, value)  # type: ignore[arg-type]


def renamed(term: object, number: int) -> object:
    if isinstance(term, NamedNode) and term.value.startswith("http://zbw.eu/stw"):
        return NamedNode(term.value.replace("/stw", f"/stw{number}", 1))
    return term


def million() -> dict[str, object]:
    index, index_seconds = measured(lambda: SchemeIndex.of(copies(read(STW), COPIES)))
    findings, check_seconds = measured(lambda: run_checks(index))
    return {
        "triples": index.quads_read,
        "findings": len(findings),
        "index_cpu_seconds": index_seconds,
        "all_checks_cpu_seconds": check_seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def run(*, with_a_million: bool = False) -> dict[str, object]:
    result: dict[str, object] = {"checks": len(CATALOGUE), **{name: one(name) for name in FILES}}
    result["other_cpu_seconds_on_stw"] = others()
    if with_a_million:
        result["million"] = million()
    return result


if __name__ == "__main__":
    print(json.dumps(run(with_a_million="--million" in sys.argv[1:]), indent=2))
