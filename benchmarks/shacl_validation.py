"""What validating a record costs in each tier, beside pySHACL in the same run.

The workload is 20,000 concepts and records of thirteen fields of which a tenth have one of eighteen faults
(benchmarks/shacl_workload.py). Times are CPU times of one process, parsing included. pySHACL has every advantage: its
shapes graph is parsed beforehand, and each record comes with the concepts it cites and nothing else of the taxonomy.

    python -m benchmarks.shacl_validation
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
import pyoxigraph as ox
import pyshacl
import rdflib

from benchmarks import shacl_workload as workload
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
WARM = 2_000


def run() -> dict[str, object]:
    """Return microseconds a record and records a CPU second for each tier and for pySHACL, with the ratios."""
    shapes = compile_shapes(workload.shapes())
    background, building = _timed(lambda: Background(workload.taxonomy()))
    validator = shapes.for_records(RecordContext.from_json_ld(workload.CONTEXT), background)
    for record in workload.records(WARM, seed=99):
        validator.validate(record)
    single = _single(validator)
    graph = _graph_tier(shapes, background, validator.context)
    peer = _pyshacl(background, validator.context)
    cold = shapes.for_records(RecordContext.from_json_ld(workload.CONTEXT), background)
    stream = _stream(STREAM, lambda line: cold.validate(parse_record(line)).conforms)
    advised = _stream(STREAM // 4, lambda line: _advised(line, validator))
    return {
        "background_seconds": round(building, 3),
        "single_record_us": round(single["us"], 1),
        "single_record_us_conforming": round(single["conforming"], 1),
        "single_record_us_faulty": round(single["faulty"], 1),
        "graph_tier_us": round(graph["us"], 1),
        "pyshacl_us": round(peer["us"], 1),
        "ratio_single_to_pyshacl": round(peer["us"] / single["us"], 1),
        "ratio_graph_to_pyshacl": round(peer["us"] / graph["us"], 1),
        "stream_records": STREAM,
        "stream_records_per_cpu_second": round(stream["rate"]),
        "stream_faulty": stream["faulty"],
        "stream_with_repair_per_cpu_second": round(advised["rate"]),
        "verdicts_differing_from_pyshacl": peer["differing"],
    }


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


def _stream(count: int, conforms: Callable[[bytes], bool]) -> dict[str, float]:
    """Return the rate over records made one by one: nothing is kept, and only validating is timed."""
    spent, faulty = 0.0, 0
    batch = 5_000
    for start in range(0, count, batch):
        lines = _lines(min(batch, count - start), seed=start)
        begin = time.process_time()
        faulty += sum(not conforms(line) for line in lines)
        spent += time.process_time() - begin
    return {"rate": count / spent, "faulty": faulty}


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


def _pyshacl(background: Background, context: RecordContext) -> dict[str, float]:
    """Return pySHACL's mean CPU time over the same records as N-Triples, and how often the verdicts differ."""
    records = list(workload.records(PEER))
    texts = [_n_triples(record, context) + _cited(record, background) for record in records]
    shapes = rdflib.Graph().parse(data=workload.SHAPES, format="turtle")

    def validate(text: bytes) -> bool:
        data = rdflib.Graph().parse(data=text, format="nt")
        conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
        return bool(conforms)

    compiled = compile_shapes(workload.shapes())
    ours = [compiled.validate_graph(ox.parse(text, format=ox.RdfFormat.N_TRIPLES)).conforms for text in texts]
    validate(texts[0])
    theirs: list[bool] = []
    spent = _pass(texts, lambda text: theirs.append(validate(text)))
    differing = sum(a != b for a, b in zip(ours, theirs, strict=True))
    return {"us": spent * 1e6, "differing": differing}


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
