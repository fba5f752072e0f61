"""A stream of records validated by one process: what it costs and how much memory it takes.

    python -m benchmarks.shacl_stream COUNT SEED

Records are made in lots before they are timed, so that nothing of the stream is kept. `in_parallel` runs several of
these processes at the same time, as a feed is split between them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson

from benchmarks import shacl_workload as workload
from benchmarks.measure import process
from registry.shacl import Background, RecordContext, compile_shapes
from registry.shacl.json_text import parse_record

LOT = 5_000


def lots(count: int, seed: int) -> Iterator[list[bytes]]:
    """Yield the lines of a stream of that many records, in lots."""
    for start in range(0, count, LOT):
        records = workload.records(min(LOT, count - start), seed=seed + start)
        yield [orjson.dumps(record) for record in records]


def stream(count: int, seed: int, conforms: Callable[[bytes], bool]) -> dict[str, float]:
    """Return the records a CPU second, of validating alone, and how many do not conform."""
    spent, faulty = 0.0, 0
    for lines in lots(count, seed):
        begin = time.process_time()
        faulty += sum(not conforms(line) for line in lines)
        spent += time.process_time() - begin
    return {"rate": count / spent, "faulty": faulty}


def in_parallel(count: int, processes: int) -> dict[str, object]:
    """Return what a stream costs that is split between processes: the clock's seconds hold their making of records."""
    began = time.perf_counter()
    share = count // processes
    commands = [
        [sys.executable, "-m", "benchmarks.shacl_stream", str(share), str(at * count)] for at in range(processes)
    ]
    with ThreadPoolExecutor(processes) as pool:
        costs = list(pool.map(process, commands))
    told = [json.loads(cost.output) for cost in costs]
    return {
        "records": share * processes,
        "processes": processes,
        "records_per_cpu_second_each": [round(each["rate"]) for each in told],
        "peak_mb_each": [round(cost.peak_mb) for cost in costs],
        "faulty": sum(each["faulty"] for each in told),
        "clock_seconds": round(time.perf_counter() - began, 1),
    }


def main(count: int, seed: int) -> None:
    """Validate a stream and print what it cost."""
    background = Background(workload.taxonomy())
    validator = compile_shapes(workload.shapes()).for_records(RecordContext.from_json_ld(workload.CONTEXT), background)
    print(json.dumps(stream(count, seed, lambda line: validator.validate(parse_record(line)).conforms)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
