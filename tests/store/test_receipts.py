"""Receipts: chained, in time order, counted when they repeat, kept through full disks, and honest about crashes."""

from __future__ import annotations

import errno
import gzip
import json
import logging
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import EnvironmentFaultError, InvalidInputError
from registry.store import segments
from registry.store.leases import lease
from registry.store.receipts import (
    ReceiptLimits,
    ReceiptWriter,
    SegmentClosed,
    expire,
    read_receipts,
    verify_receipts,
)

SPAWN = multiprocessing.get_context("spawn")
START = int(datetime(2026, 11, 20, 10, tzinfo=UTC).timestamp()) * 1_000_000_000
SECOND = 1_000_000_000


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


def answer(number: int, **more: Any) -> dict[str, Any]:
    return {"kind": "answer", "number": number, **more}


@contextmanager
def writing(folder: Path, **options: Any) -> Iterator[ReceiptWriter]:
    """A writer of the first free slot that writes only when it is told to, unless `options` say otherwise."""
    with lease(folder, "worker", 8) as slot, ReceiptWriter(folder, slot, **{"background": False, **options}) as writer:
        yield writer


def numbers(folder: Path) -> list[int]:
    return [receipt["number"] for receipt in read_receipts(folder) if "number" in receipt]


def kinds(folder: Path) -> list[str]:
    return [receipt["kind"] for receipt in read_receipts(folder)]


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START / 1e9, UTC) + timedelta(seconds=seconds)


def files(folder: Path, pattern: str = "worker-*/*") -> list[Path]:
    return sorted(folder.glob(pattern))


def test_what_is_written_is_read_with_its_time(tmp_path: Path) -> None:
    clock = Clock()
    with writing(tmp_path, clock=clock) as writer:
        writer.write(answer(1, term="Rechnung"))
        clock.pass_seconds(1.5)
        writer.write(answer(2))
    assert list(read_receipts(tmp_path)) == [
        {"kind": "answer", "number": 1, "term": "Rechnung", "at": "2026-11-20T10:00:00.000000Z"},
        {"kind": "answer", "number": 2, "at": "2026-11-20T10:00:01.500000Z"},
    ]


def test_lines_are_canonical_and_name_the_line_before(tmp_path: Path) -> None:
    with writing(tmp_path) as writer:
        writer.write({"z": 1, "a": "é", "kind": "answer"})
        writer.write(answer(2))
    lines = files(tmp_path)[0].read_bytes().splitlines()
    for before, line in pairwise(lines):
        assert json.loads(line)["previous"] == sha256(before).hexdigest()
        expected = json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert line.decode() == expected


def test_short_lived_processes_continue_one_chain(tmp_path: Path) -> None:
    for number in range(20):
        with writing(tmp_path) as writer:
            writer.write(answer(number))
    assert numbers(tmp_path) == list(range(20))
    assert len(files(tmp_path)) == 1
    found = verify_receipts(tmp_path, {})
    assert (found.intact, found.segments, found.receipts, found.first_bad, found.lost_open_batch) == (
        True, 1, 20, None, 0,
    )  # fmt: skip


def test_a_writer_that_writes_nothing_leaves_nothing(tmp_path: Path) -> None:
    with writing(tmp_path) as writer:
        writer.flush()
    assert files(tmp_path) == []
    assert list(read_receipts(tmp_path / "absent")) == []


def test_segments_close_at_a_size_and_their_hashes_verify(tmp_path: Path) -> None:
    closed: list[SegmentClosed] = []
    with writing(tmp_path, on_closed=closed.append, limits=ReceiptLimits(segment_bytes=2_000)) as writer:
        for number in range(100):
            writer.write(answer(number))
            writer.flush()
    assert len(closed) > 3
    assert numbers(tmp_path) == list(range(100))
    for segment in closed:
        content = gzip.decompress((tmp_path / f"{segment.name}.jsonl.gz").read_bytes())
        assert segment.sha256 == sha256(content).hexdigest()
        assert segment.count == len(content.splitlines()) - 1
        assert segment.first <= segment.last
    assert len(files(tmp_path, "worker-*/*.jsonl")) <= 1
    known = {segment.name: segment.sha256 for segment in closed}
    found = verify_receipts(tmp_path, known)
    assert found.intact
    assert found.receipts == 100
    assert found.unrecorded == ()
    assert verify_receipts(tmp_path, {}).unrecorded == tuple(sorted(known))
    assert {path.stat().st_mode & 0o777 for path in files(tmp_path)} == {0o600}


def test_a_segment_closes_at_an_age_also_for_the_next_holder(tmp_path: Path) -> None:
    clock, closed = Clock(), list[SegmentClosed]()
    options: dict[str, Any] = {"clock": clock, "on_closed": closed.append, "limits": ReceiptLimits(segment_seconds=60)}
    with writing(tmp_path, **options) as writer:
        writer.write(answer(1))
    clock.pass_seconds(61)
    with writing(tmp_path, **options) as writer:
        writer.write(answer(2))
        writer.flush()
        clock.pass_seconds(61)
        writer.write(answer(3))
    assert [(segment.first, segment.count) for segment in closed] == [
        ("2026-11-20T10:00:00.000000Z", 1),
        ("2026-11-20T10:01:01.000000Z", 1),
    ]
    assert numbers(tmp_path) == [1, 2, 3]
    assert verify_receipts(tmp_path, {segment.name: segment.sha256 for segment in closed}).intact


def test_a_closed_segment_is_announced_until_it_is_acknowledged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[SegmentClosed] = []

    def refuse(_: SegmentClosed) -> None:
        raise EnvironmentFaultError("the database is locked")

    limits = ReceiptLimits(segment_bytes=1)
    with caplog.at_level(logging.WARNING), writing(tmp_path, on_closed=refuse, limits=limits) as writer:
        writer.write(answer(1))
    assert "closed segment not acknowledged" in caplog.text
    assert numbers(tmp_path) == [1]
    with writing(tmp_path, on_closed=closed.append) as writer:
        writer.write(answer(2))
    assert [segment.count for segment in closed] == [1]
    assert numbers(tmp_path) == [1, 2]
    with writing(tmp_path, on_closed=closed.append) as writer:
        writer.write(answer(3))
    assert len(closed) == 1
    assert verify_receipts(tmp_path, {closed[0].name: closed[0].sha256}).intact


def test_receipts_of_many_workers_are_read_in_time_order(tmp_path: Path) -> None:
    clock = Clock()
    limits = ReceiptLimits(segment_bytes=900)
    with writing(tmp_path, clock=clock, limits=limits) as one, writing(tmp_path, clock=clock, limits=limits) as two:
        for number in range(60):
            (one, two)[number * 7 % 3 == 0].write(answer(number))
            clock.pass_seconds(1)
            if number % 5 == 0:
                one.flush()
            if number % 8 == 0:
                two.flush()
    assert len(files(tmp_path, "worker-1/*")) > 1
    assert numbers(tmp_path) == list(range(60))
    some = [receipt["number"] for receipt in read_receipts(tmp_path, since=at(10), until=at(20))]
    assert some == list(range(10, 20))


@settings(max_examples=25, deadline=None)
@given(since=st.integers(-10, 700), length=st.integers(0, 700))
def test_a_time_range_is_exact(receipts_over_time: Path, since: int, length: int) -> None:
    found = [r["number"] for r in read_receipts(receipts_over_time, since=at(since), until=at(since + length))]
    assert found == [number for number in range(60) if since <= number * 10 < since + length]


@pytest.fixture(scope="module")
def receipts_over_time(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty receipts, ten seconds apart, in many segments; each batch is flushed a while after it was given."""
    folder, clock = tmp_path_factory.mktemp("receipts"), Clock()
    with writing(folder, clock=clock, limits=ReceiptLimits(segment_bytes=700)) as writer:
        for number in range(60):
            writer.write(answer(number))
            clock.pass_seconds(10)
            if number % 3 == 0:
                writer.flush()
    return folder


def test_identical_refusals_are_counted_within_the_window(tmp_path: Path) -> None:
    clock = Clock()
    refusal = {"kind": "refusal", "operation": "concept.revise", "principal": "p-1"}
    with writing(tmp_path, clock=clock, limits=ReceiptLimits(repeat_seconds=10)) as writer:
        for _ in range(100):
            writer.write(dict(refusal))
            writer.write(answer(1))
            clock.pass_seconds(0.05)
            writer.drain()
        writer.write({**refusal, "principal": "p-2"})
        clock.pass_seconds(10)
        writer.write(dict(refusal))
    found = [receipt for receipt in read_receipts(tmp_path) if receipt["kind"] == "refusal"]
    assert [(receipt["principal"], receipt.get("count")) for receipt in found] == [
        ("p-1", None), ("p-2", None), ("p-1", 99), ("p-1", None),
    ]  # fmt: skip
    assert found[2]["first_at"] == "2026-11-20T10:00:00.050000Z"
    assert found[2]["last_at"] == "2026-11-20T10:00:04.950000Z"
    assert found[2]["at"] == "2026-11-20T10:00:15.000000Z"
    assert numbers(tmp_path) == [1] * 100


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.floats(0, 8), st.sampled_from(["", "drain", "flush", "reopen"])),
        max_size=20,
    )
)
def test_counts_add_up(tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, float, str]]) -> None:
    folder, clock = tmp_path_factory.mktemp("receipts"), Clock()
    left = list(moves)
    while left:
        with writing(folder, clock=clock) as writer:
            while left:
                who, seconds, then = left.pop(0)
                writer.write({"kind": "refusal", "who": who})
                clock.pass_seconds(seconds)
                if then == "reopen":
                    break
                if then:
                    writer.drain(everything=then == "flush")
    totals = {who: sum(r.get("count", 1) for r in read_receipts(folder) if r["who"] == who) for who in "ab"}
    assert totals == {who: sum(move[0] == who for move in moves) for who in "ab"}
    assert verify_receipts(folder, {}).intact


def test_the_background_flushes_by_itself_and_many_threads_write(tmp_path: Path) -> None:
    with writing(tmp_path, background=True) as writer:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: writer.write(answer(number)), range(5_000)))
        while len(numbers(tmp_path)) < 5_000:
            time.sleep(0.02)
        writer.write(answer(5_000))
    assert sorted(numbers(tmp_path)) == list(range(5_001))
    assert verify_receipts(tmp_path, {}).intact


def test_a_receipt_is_flushed_without_another_one(tmp_path: Path) -> None:
    with writing(tmp_path, background=True) as writer:
        writer.write(answer(1))
        while numbers(tmp_path) != [1]:
            time.sleep(0.02)
        writer.write(answer(2))
        while numbers(tmp_path) != [1, 2]:
            time.sleep(0.02)
        assert verify_receipts(tmp_path, {}).receipts == 2


def test_own_members_are_refused_and_what_is_not_json_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with writing(tmp_path) as writer:
        with pytest.raises(InvalidInputError, match="'at', 'previous'"):
            writer.write({"kind": "answer", "at": "now", "previous": None})
        with caplog.at_level(logging.ERROR):
            writer.write({"kind": "refusal", "what": object()})
            writer.write(answer(1))
            writer.flush()
    assert "receipt is not JSON" in caplog.text
    assert kinds(tmp_path) == ["unwritable", "answer"]
    with pytest.raises(RuntimeError, match="closed"):
        writer.write(answer(2))


def full_disk(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """From now on the disk takes `allowed` more bytes, part of a write included."""
    real, left = os.write, [allowed]

    def write(handle: int, data: Any) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(handle, bytes(data)[: left[0]])
        left[0] -= written
        return written

    monkeypatch.setattr(os, "write", write)


@pytest.mark.torture
@pytest.mark.parametrize("allowed", [0, 1, 60, 250, 900])
def test_a_full_disk_loses_nothing_that_fits_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    with writing(tmp_path) as writer:
        with monkeypatch.context() as patch:
            full_disk(patch, allowed)
            for number in range(100):
                writer.write(answer(number))
            with pytest.raises(EnvironmentFaultError, match="No space left") as caught:
                writer.flush()
            assert caught.value.facts["waiting"] == 100
            writer.write(answer(100))
        writer.flush()
    assert numbers(tmp_path) == list(range(101))
    found = verify_receipts(tmp_path, {})
    assert found.intact
    assert found.lost_open_batch == 0


def test_beyond_the_bound_the_oldest_are_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(tmp_path, limits=ReceiptLimits(kept_in_memory=10)) as writer, monkeypatch.context() as patch:
        full_disk(patch, 0)
        for number in range(10):
            writer.write(answer(number))
        with pytest.raises(EnvironmentFaultError):
            writer.flush()
        for number in range(10, 35):
            writer.write(answer(number))
        with pytest.raises(EnvironmentFaultError) as caught:
            writer.flush()
        assert caught.value.facts["dropped"] == 25
    found = list(read_receipts(tmp_path))
    assert sum(receipt["count"] for receipt in found if receipt["kind"] == "dropped") == 25
    assert numbers(tmp_path) == list(range(25, 35))


def test_the_background_survives_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(tmp_path, background=True) as writer:
        with caplog.at_level(logging.WARNING), monkeypatch.context() as patch:
            full_disk(patch, 0)
            writer.write(answer(1))
            while "receipts not written" not in caplog.text:
                time.sleep(0.02)
            writer.write(answer(2))
        while numbers(tmp_path) != [1, 2]:
            time.sleep(0.02)
    assert caplog.text.count("receipts not written") == 1


def test_closing_on_a_full_disk_is_said_by_the_next_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, lease(tmp_path, "worker", 1) as slot:
        full_disk(patch, 0)
        writer = ReceiptWriter(tmp_path, slot, background=False)
        writer.write(answer(1))
        with pytest.raises(EnvironmentFaultError):
            writer.close()
    with writing(tmp_path):
        pass
    assert kinds(tmp_path) == ["torn"]
    assert verify_receipts(tmp_path, {}).lost_open_batch == 1


@settings(max_examples=40, deadline=None)
@given(data=st.data(), tail=st.sampled_from([b"", b"\0" * 40, b'{"half', b"\n", b"{}\n", b'"previous"\n']))
def test_any_torn_tail_is_cut_said_and_the_chain_goes_on(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("receipts")
    with writing(folder) as writer:
        for number in range(5):
            writer.write(answer(number))
    path = files(folder)[0]
    content = path.read_bytes()
    kept = content[: data.draw(st.integers(0, len(content)))]
    path.write_bytes(kept + tail)
    survivors = max(0, kept.count(b"\n") - 1)
    torn = len(kept + tail) > 0 and not (kept.endswith(b"\n") and not tail)
    with writing(folder) as writer:
        writer.write(answer(99))
    assert numbers(folder) == [*range(survivors), 99]
    assert kinds(folder).count("torn") == int(torn)
    found = verify_receipts(folder, {})
    assert found.intact
    assert found.lost_open_batch == int(torn)


def test_verify_counts_a_tail_that_is_torn_now(tmp_path: Path) -> None:
    with writing(tmp_path) as writer:
        writer.write(answer(1))
    with files(tmp_path)[0].open("ab") as stream:
        stream.write(b'{"half')
    found = verify_receipts(tmp_path, {})
    assert (found.intact, found.lost_open_batch, found.receipts) == (True, 1, 1)
    assert numbers(tmp_path) == [1]


@pytest.fixture
def closed_segments(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Four closed segments and what the log knows of them."""
    closed: list[SegmentClosed] = []
    with writing(tmp_path, on_closed=closed.append, limits=ReceiptLimits(segment_bytes=900)) as writer:
        number = 0
        while len(closed) < 4:
            writer.write(answer(number))
            writer.flush()
            number += 1
    return tmp_path, {segment.name: segment.sha256 for segment in closed}


def rewrite(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [*lines[:2], *lines[3:]], "line 3: does not follow"),
        (lambda lines: [lines[0], lines[1].replace(b'"number":', b'"numbed":'), *lines[2:]], "line 3: does not follow"),
        (lambda lines: [lines[0], b"nonsense\n", *lines[2:]], "line 2: does not follow"),
        (lambda lines: lines[1:], "line 1: no header"),
        (lambda lines: lines[:0], "line 1: no header"),
        (lambda lines: lines[:-1], "line 1: does not follow"),
    ],
)
def test_tampering_is_found_even_without_the_log(
    closed_segments: tuple[Path, dict[str, str]], change: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    folder, known = closed_segments
    rewrite(files(folder)[1], change)
    alone, with_log = verify_receipts(folder, {}), verify_receipts(folder, known)
    assert not alone.intact
    assert alone.first_bad is not None
    assert said in alone.first_bad
    assert not with_log.intact
    assert with_log.first_bad is not None
    assert "not the one that the log knows" in with_log.first_bad


def test_removed_and_damaged_segments_are_found(closed_segments: tuple[Path, dict[str, str]]) -> None:
    folder, known = closed_segments
    newest = files(folder, "worker-*/*.gz")[-1]
    content = newest.read_bytes()
    newest.write_bytes(content[: len(content) // 2])
    damaged = verify_receipts(folder, known)
    assert not damaged.intact
    assert "damaged" in str(damaged.first_bad)
    with pytest.raises(EnvironmentFaultError, match="damaged"):
        list(read_receipts(folder))
    newest.unlink()
    removed = verify_receipts(folder, known)
    assert not removed.intact
    assert removed.first_bad == f"{sorted(known)[-1]}: the log knows this segment, but it is gone"


def test_expiry_removes_whole_old_segments_and_the_rest_verifies(tmp_path: Path) -> None:
    clock, closed = Clock(), list[SegmentClosed]()
    options: dict[str, Any] = {"clock": clock, "on_closed": closed.append, "limits": ReceiptLimits(segment_seconds=100)}
    with writing(tmp_path, **options) as writer:
        for number in range(60):
            writer.write(answer(number))
            clock.pass_seconds(10)
            writer.flush()
        gone = expire(tmp_path, at(250))
        limit = segments.timestamp(START + 250 * SECOND)
        assert gone == tuple(segment.name for segment in closed if segment.last < limit)
        assert len(gone) == 2
        assert min(numbers(tmp_path)) <= 25
        known = {segment.name: segment.sha256 for segment in closed if segment.name not in gone}
        assert verify_receipts(tmp_path, known).intact
        expire(tmp_path, at(10_000))
        assert len(files(tmp_path)) == 1
    assert len(expire(tmp_path, at(10_000))) == 1
    assert files(tmp_path) == []
    assert list(read_receipts(tmp_path)) == []
    with writing(tmp_path, **options) as writer:
        writer.write(answer(60))
    assert numbers(tmp_path) == [60]


def test_only_the_holder_of_the_slot_can_write(tmp_path: Path) -> None:
    slot = lease(tmp_path, "worker", 1)
    writer = ReceiptWriter(tmp_path, slot, background=False)
    writer.write(answer(1))
    slot.release()
    with pytest.raises(RuntimeError, match="holds the slot"):
        writer.flush()
    assert files(tmp_path) == []


def write_until_killed(folder: Path, first: int, told: Connection) -> None:
    with lease(folder, "worker", 8) as slot:
        limits = ReceiptLimits(flush_seconds=0.01, segment_bytes=20_000)
        writer = ReceiptWriter(folder, slot, limits=limits)
        told.send(slot.slot)
        number = first
        while True:
            writer.write(answer(number))
            number += 1
            if number % 100 == 0:
                writer.flush()
                told.send(number)


@contextmanager
def child(target: Callable[..., None], *arguments: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process and the pipe from it; reading the pipe of one that died raises EOFError. It never outlives the test."""
    ours, theirs = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        ours.close()


def last_flushed(process: BaseProcess, told: Connection) -> int:
    """Kill the process; the last number that it reported as flushed, -1 when it reported none."""
    process.kill()
    process.join()
    last = -1
    with suppress(EOFError):
        while True:
            last = told.recv()
    return last


@pytest.mark.torture
def test_kill_9_loses_at_most_the_open_batch_and_the_next_holder_says_so(tmp_path: Path) -> None:
    rounds = 30 if os.environ.get("LEXICORD_LONG") else 4
    flushed: list[tuple[int, int]] = []
    for start in range(0, rounds * 2_000_000, 2_000_000):
        with (
            child(write_until_killed, tmp_path, start) as (one, from_one),
            child(write_until_killed, tmp_path, start + 1_000_000) as (two, from_two),
        ):
            assert {from_one.recv(), from_two.recv()} == {0, 1}
            time.sleep(random.random() * 0.3)
            flushed += [(start, last_flushed(one, from_one)), (start + 1_000_000, last_flushed(two, from_two))]
    with writing(tmp_path), writing(tmp_path):
        pass
    found = numbers(tmp_path)
    on_record = set(found)
    assert len(found) == len(on_record)
    for first, last in flushed:
        assert on_record.issuperset(range(first, last))
    verified = verify_receipts(tmp_path, {})
    assert verified.intact
    assert verified.lost_open_batch >= 2 * rounds


def write_some(folder: Path, first: int, told: Connection) -> None:
    for number in range(first, first + 200):
        with writing(folder) as writer:
            writer.write(answer(number))
    told.send("done")


def test_processes_that_come_and_go_share_the_slots(tmp_path: Path) -> None:
    with (
        child(write_some, tmp_path, 0) as (_, one),
        child(write_some, tmp_path, 1000) as (_, two),
        child(write_some, tmp_path, 2000) as (_, three),
    ):
        assert [told.recv() for told in (one, two, three)] == ["done"] * 3
    assert sorted(numbers(tmp_path)) == [first + number for first in (0, 1000, 2000) for number in range(200)]
    assert verify_receipts(tmp_path, {}).intact


def test_crashes_in_a_row_are_all_said_and_only_once(tmp_path: Path) -> None:
    for _ in range(3):
        with lease(tmp_path, "worker", 1) as slot:
            slot.leave_mark()
    for number in range(2):
        with writing(tmp_path) as writer:
            writer.write(answer(number))
    assert [receipt["crashes"] for receipt in read_receipts(tmp_path) if receipt["kind"] == "torn"] == [3]
    assert verify_receipts(tmp_path, {}).lost_open_batch == 3


def test_reading_goes_on_while_segments_roll(tmp_path: Path) -> None:
    stop = Event()
    with writing(tmp_path, limits=ReceiptLimits(segment_bytes=1_500)) as writer, ThreadPoolExecutor(1) as pool:

        def read() -> int:
            rounds = 0
            while not stop.is_set() or rounds == 0:
                found = numbers(tmp_path)
                assert found == list(range(len(found)))
                rounds += 1
            return rounds

        reading = pool.submit(read)
        for number in range(300):
            writer.write(answer(number))
            writer.flush()
        stop.set()
        assert reading.result() > 0
    assert numbers(tmp_path) == list(range(300))
