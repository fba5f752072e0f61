"""What validating a record costs in each tier, beside four other engines in the same run.

The workload is 20,000 concepts and records of thirteen fields of which a tenth have one of eighteen faults
(benchmarks/shacl_workload.py). Times are means of the CPU time of one process (of Jena, of the validating thread, which
leaves out its collector and compiler), parsing included; medians by the clock stand beside them. The other engines have
every advantage: their shapes are parsed beforehand, and each record comes as N-Triples with the concepts it cites and
nothing else of the taxonomy. Jena (Debian's libapache-jena-java) and the engines from npm are warmed up with as many
records as are timed, and left out with a word where they are not to be had. LEXICORD_LONG=1 streams 1,000,000 records.

    python -m benchmarks.shacl_validation
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import Any

import orjson
import pyoxigraph as ox
import pyshacl
import rdflib

from benchmarks import shacl_jena, shacl_node
from benchmarks import shacl_workload as workload
from benchmarks.shacl_node import Verdicts
from benchmarks.shacl_stream import in_parallel, stream
from registry.model.validation import ValidationReport
from registry.shacl import Background, RecordContext, RecordValidator, compile_shapes
from registry.shacl.compile import CompiledShapes
from registry.shacl.json_text import parse_record
from registry.shacl.records import parse_json_ld
from registry.shacl.repair import Knowledge, Suggestion, advise
from registry.shacl.reports import to_json

LONG = os.environ.get("LEXICORD_LONG") == "1"
STREAM = 1_000_000 if LONG else 100_000
GRAPHS = 3_000
PEER = 400
TIMED = 10_000 if LONG else 3_000
WARM = 2_000


def run() -> dict[str, object]:
    """Return microseconds a record and records a CPU second for each tier, and for the other engines where they are."""
    shapes = compile_shapes(workload.shapes())
    background, building = _timed(lambda: Background(workload.taxonomy()))
    validator = shapes.for_records(RecordContext.from_json_ld(workload.CONTEXT), background)
    for record in workload.records(WARM, seed=99):
        validator.validate(record)
    single = _single(validator)
    graph = _graph_tier(shapes, background, validator.context)
    cold = shapes.for_records(RecordContext.from_json_ld(workload.CONTEXT), background)
    told = stream(STREAM, 7, lambda line: cold.validate(parse_record(line)).conforms)
    advised = stream(STREAM // 4, 7, lambda line: _advised(line, validator))
    return {
        "background_seconds": round(building, 3),
        "single_record_us": round(single["us"], 1),
        "single_record_us_conforming": round(single["conforming"], 1),
        "single_record_us_faulty": round(single["faulty"], 1),
        "graph_tier_us": round(graph["us"], 1),
        **_peers(single["us"], graph["us"], validator),
        "stream_records": STREAM,
        "stream_records_per_cpu_second": round(told["rate"]),
        "stream_faulty": told["faulty"],
        "stream_with_repair_per_cpu_second": round(advised["rate"]),
        "two_processes": in_parallel(STREAM, 2),
    }


def _peers(single: float, graph: float, validator: RecordValidator) -> dict[str, object]:
    """Return what the other engines need for a record as N-Triples, and how many times that is of ours."""
    background = validator.background
    assert background is not None
    records = list(workload.records(2 * TIMED))
    texts = [_n_triples(record, validator.context) + _cited(record, background) for record in records]
    ours = [validator.validate(record).conforms for record in records]
    found: dict[str, object] = {}
    for name, told in _asked(texts):
        if isinstance(told, str):
            found[name] = f"left out: {told}"
            continue
        differing = sum(a != b for a, b in zip(ours, told.conforms, strict=False))
        found[name] = {
            "cpu_us": round(told.cpu_us, 1),
            "median_us": round(told.median_us, 1),
            "times_single_record": round(told.cpu_us / single, 1),
            "times_graph_tier": round(told.cpu_us / graph, 1),
            "verdicts": len(told.conforms),
            "verdicts_differing": differing,
        }
    return found


def _asked(texts: list[bytes]) -> Iterator[tuple[str, Verdicts | str]]:
    """Yield each engine's verdicts, or why it was not asked; the first half of the records is for warming up."""
    yield "pyshacl", _pyshacl(texts[:PEER])
    reason = shacl_jena.absent()
    if reason is None:
        told = shacl_jena.validate(workload.SHAPES, texts, warm=TIMED)
        yield "jena", Verdicts([not each for each in told.results], told.cpu_us, told.median_us)
    else:
        yield "jena", reason
    with shacl_node.installed() as folder:
        for engine in shacl_node.ENGINES:
            if isinstance(folder, str):
                yield engine, folder
            else:
                fewer = texts[: 2 * (TIMED // 3)]
                yield engine, shacl_node.validate(engine, folder, workload.SHAPES, fewer, warm=TIMED // 3)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _lines(count: int, seed: int = 7) -> list[bytes]:
    return [orjson.dumps(record) for record in workload.records(count, seed=seed)]


def _single(validator: RecordValidator, count: int = 20_000) -> dict[str, float]:
    """Return the mean CPU time of parsing and validating one record, over all, conforming and faulty ones."""
    lines = _lines(count)
    verdicts = [validator.validate(orjson.loads(line)).conforms for line in lines]
    good = [line for line, conforms in zip(lines, verdicts, strict=True) if conforms]
    bad = [line for line, conforms in zip(lines, verdicts, strict=True) if not conforms]

    def mean(chosen: Sequence[bytes]) -> float:
        return min(_pass(chosen, lambda line: validator.validate(parse_record(line))) for _ in range(3)) * 1e6

    return {"us": mean(lines), "conforming": mean(good), "faulty": mean(bad)}


def _pass(items: Sequence[Any], work: Callable[[Any], object]) -> float:
    start = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - start) / len(items)


def _advised(line: bytes, validator: RecordValidator) -> bool:
    """Validate one line and, where it is faulty, write out its results with pointers, messages and repairs."""
    record = parse_record(line)
    report = validator.validate(record)
    if not report.conforms:
        orjson.dumps(to_json(advise(record, report, validator, Knowledge(_nearest))))
    return report.conforms


def _nearest(text: str, _: str | None) -> list[Suggestion]:
    return [Suggestion(ox.NamedNode(workload.concept(len(text))), text, 0.9)]


def _graph_tier(shapes: CompiledShapes, background: Background, context: RecordContext) -> dict[str, float]:
    texts = [_n_triples(record, context) for record in workload.records(GRAPHS)]

    def validate(text: bytes) -> ValidationReport:
        return shapes.validate_graph(ox.parse(text, format=ox.RdfFormat.N_TRIPLES), background)

    return {"us": _pass(texts, validate) * 1e6}


def _n_triples(record: dict[str, Any], context: RecordContext) -> bytes:
    text = ox.serialize(parse_json_ld(record, context), format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    return text


def _pyshacl(texts: Sequence[bytes]) -> Verdicts:
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # it would print each ill-typed value
    shapes = rdflib.Graph().parse(data=workload.SHAPES, format="turtle")
    verdicts: list[bool] = []
    clock: list[float] = []

    def validate(text: bytes) -> None:
        began = time.perf_counter()
        data = rdflib.Graph().parse(data=text, format="nt")
        conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
        verdicts.append(bool(conforms))
        clock.append((time.perf_counter() - began) * 1e6)

    validate(texts[0])
    verdicts.clear()
    clock.clear()
    return Verdicts(verdicts, cpu_us=_pass(texts, validate) * 1e6, median_us=median(clock))


def _cited(record: dict[str, Any], background: Background) -> bytes:
    themes: Iterable[Any] = record["theme"] if isinstance(record["theme"], list) else [record["theme"]]
    nodes = [ox.NamedNode(theme) for theme in themes if isinstance(theme, str)]
    quads = [
        ox.Quad(node, predicate, each)
        for node in nodes
        for predicate, objects in background.forward.get(node, {}).items()
        for each in objects
    ]
    text = ox.serialize(quads, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    return text


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name:40} {value}")
