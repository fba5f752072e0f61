"""Every projection equals fold(journal, cursor): for any patches, any batching, any fault and any kill."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse

from registry.errors import EnvironmentFaultError, RefusedError
from registry.rdf.patch import Patch, apply
from registry.rdf.terms import XSD, canonical_quads
from registry.store import projection
from registry.store.projection import CURSOR_GRAPH, ChainedFeed, Feed, disk, folders
from registry.store.projection.disk import DiskProjection, open_projection
from registry.store.projection.memory import MemoryProjection

SPAWN = multiprocessing.get_context("spawn")
GRAPHS = [NamedNode(f"https://example.org/graph/{name}") for name in ("a", "b", "c")]
OBJECTS: list[NamedNode | Literal] = [
    NamedNode("https://example.org/id/é"),
    Literal("plain"),
    Literal("de", language="de"),
    Literal('a "quoted" \\u0041 \\ back\nline\r\ttab \x7f \U0001f600 } . #'),
    Literal("7", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    Literal("2026-01-01Z", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")),
]
QUADS = [
    Quad(NamedNode(f"https://example.org/id/{subject}"), NamedNode("https://example.org/p"), value, graph)
    for graph in GRAPHS
    for subject in range(2)
    for value in OBJECTS
]


@dataclass
class FakeFeed:
    """A journal of which only the patches are known; None is a record without a patch."""

    records: list[bytes | None] = field(default_factory=list)
    fails_after: int | None = None

    def head(self) -> int:
        return len(self.records)

    def patches(self, after: int, limit: int) -> Iterator[tuple[int, bytes]]:
        given = 0
        for seq, text in enumerate(self.records[after:], after + 1):
            if text is not None and given < limit:
                if self.fails_after is not None and seq > self.fails_after:
                    raise ConnectionError("the journal is gone")
                given += 1
                yield seq, text

    def record(self, *added: Quad, removed: tuple[Quad, ...] = ()) -> None:
        self.records.append(Patch(frozenset(added), frozenset(removed)).serialize())


class HashedFeed(FakeFeed):
    """A fake journal with a chain."""

    def chain(self, seq: int) -> str | None:
        if seq > len(self.records):
            return None
        return sha256(b"|".join(text or b"" for text in self.records[:seq])).hexdigest()


class AnyProjection(Protocol):
    """What the tests need of every projection."""

    @property
    def store(self) -> Store: ...
    @property
    def cursor(self) -> int: ...
    def catch_up(self, feed: Feed, upto: int | None = None) -> int: ...
    def rebuild(self, feed: Feed) -> int: ...


def fold(feed: FakeFeed, cursor: int) -> frozenset[Quad]:
    state: frozenset[Quad] = frozenset()
    for text in feed.records[:cursor]:
        state = apply(state, Patch.parse(text)) if text is not None else state
    return state


def content(store: Store) -> frozenset[Quad]:
    return frozenset(quad for quad in store if quad.graph_name != CURSOR_GRAPH)


def assert_equals_fold(found: AnyProjection, feed: FakeFeed) -> None:
    assert content(found.store) == fold(feed, found.cursor)


def bulk(count: int, graph: NamedNode, word: str) -> tuple[Quad, ...]:
    predicate = NamedNode("https://example.org/label")
    return tuple(
        Quad(NamedNode(f"https://example.org/{word}/{n}"), predicate, Literal(f"{word} {n}", language="en"), graph)
        for n in range(count)
    )


@pytest.fixture(params=["memory", "disk"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], MemoryProjection | DiskProjection]]:
    """Makes projections of one kind; closes those on disk at the end."""
    made: list[DiskProjection] = []

    def make() -> MemoryProjection | DiskProjection:
        if request.param == "memory":
            return MemoryProjection()
        made.append(open_projection(tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()


@st.composite
def feeds(draw: st.DrawFn, kind: type[FakeFeed] = FakeFeed) -> FakeFeed:
    changes = st.dictionaries(st.sampled_from(QUADS), st.booleans(), max_size=8)
    records: list[bytes | None] = []
    for change in draw(st.lists(st.none() | changes, max_size=14)):
        if not change:
            records.append(None)
            continue
        added = frozenset(quad for quad, here in change.items() if here)
        records.append(Patch(added, frozenset(change) - added).serialize())
    return kind(records)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and steps so small that a handful of patches needs several of each, and some go aside."""
    monkeypatch.setattr(projection, "_PATCHES_AT_ONCE", 3)
    monkeypatch.setattr(projection, "_QUADS_AT_ONCE", 6)
    monkeypatch.setattr(disk, "_ASIDE_FROM", 6)


shared_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.usefixtures("small_steps")
@shared_fixture
@given(feed=feeds(), data=st.data())
def test_memory_equals_fold_for_any_patches_and_batching(feed: FakeFeed, data: st.DataObject) -> None:
    memory = MemoryProjection()
    for upto in data.draw(st.lists(st.integers(0, len(feed.records) + 2))):
        before = memory.cursor
        assert memory.catch_up(feed, upto) == max(before, min(upto, len(feed.records)))
        assert_equals_fold(memory, feed)
    assert memory.catch_up(feed) == len(feed.records)
    assert_equals_fold(memory, feed)


@pytest.mark.usefixtures("small_steps")
@settings(parent=shared_fixture, max_examples=12)
@given(feed=feeds(), data=st.data())
def test_disk_equals_fold_for_any_patches_batching_and_reopening(
    tmp_path_factory: pytest.TempPathFactory, feed: FakeFeed, data: st.DataObject
) -> None:
    folder, reached = tmp_path_factory.mktemp("projection"), 0
    for upto in data.draw(st.lists(st.integers(0, len(feed.records)), max_size=4)):
        with open_projection(folder) as found:
            assert found.cursor == reached
            reached = found.catch_up(feed, upto)
            assert reached >= upto
            assert_equals_fold(found, feed)
            if data.draw(st.booleans()):
                found.checkpoint()
    with open_projection(folder) as found:
        assert found.catch_up(feed) == len(feed.records)
        assert_equals_fold(found, feed)


@pytest.mark.usefixtures("small_steps")
@settings(parent=shared_fixture, max_examples=12)
@given(feed=feeds(), data=st.data())
def test_a_feed_that_fails_anywhere_leaves_a_fold(
    tmp_path_factory: pytest.TempPathFactory, feed: FakeFeed, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(feed.records)))
    with open_projection(tmp_path_factory.mktemp("projection")) as on_disk:
        for found in (on_disk, MemoryProjection()):
            feed.fails_after = None
            found.catch_up(feed, start)
            feed.fails_after = data.draw(st.integers(0, len(feed.records)))
            try:
                assert found.catch_up(feed) == len(feed.records)
            except (ConnectionError, EnvironmentFaultError):
                assert found.cursor >= start
            assert_equals_fold(found, feed)
            feed.fails_after = None
            assert found.catch_up(feed) == len(feed.records)
            assert_equals_fold(found, feed)


def test_starts_empty_and_an_empty_journal_leaves_it_so(
    opened: Callable[[], MemoryProjection | DiskProjection],
) -> None:
    found = opened()
    assert found.cursor == 0
    assert found.catch_up(FakeFeed()) == 0
    assert content(found.store) == frozenset()


def test_records_without_patches_move_the_cursor(opened: Callable[[], MemoryProjection | DiskProjection]) -> None:
    found, feed = opened(), FakeFeed([None, None])
    assert found.catch_up(feed) == 2
    feed.record(QUADS[0])
    feed.records.append(None)
    assert found.catch_up(feed) == 4
    assert content(found.store) == {QUADS[0]}


def test_a_restored_backup_is_noticed_and_said(
    opened: Callable[[], MemoryProjection | DiskProjection], caplog: pytest.LogCaptureFixture
) -> None:
    found, feed = opened(), FakeFeed()
    feed.record(QUADS[0])
    feed.record(QUADS[1])
    found.catch_up(feed)
    del feed.records[1:]
    with caplog.at_level(logging.WARNING):
        assert found.catch_up(feed) == 1
    assert content(found.store) == {QUADS[0]}
    assert "another history" in caplog.text
    feed.records.clear()
    assert found.catch_up(feed) == 0
    assert content(found.store) == frozenset()


def test_a_backup_that_grew_again_is_noticed_by_the_chain(
    opened: Callable[[], MemoryProjection | DiskProjection], caplog: pytest.LogCaptureFixture
) -> None:
    found, feed = opened(), HashedFeed()
    assert isinstance(feed, ChainedFeed)
    for quad in QUADS[:3]:
        feed.record(quad)
    found.catch_up(feed)
    del feed.records[1:]
    for quad in QUADS[5:9]:
        feed.record(quad)
    with caplog.at_level(logging.WARNING):
        assert found.catch_up(feed) == 5
    assert content(found.store) == {QUADS[0], *QUADS[5:9]}
    assert "another history" in caplog.text
    feed.record(QUADS[20])
    caplog.clear()
    assert found.catch_up(feed) == 6
    assert caplog.text == ""


def test_a_patch_of_the_private_graph_is_refused(opened: Callable[[], MemoryProjection | DiskProjection]) -> None:
    found, feed = opened(), FakeFeed()
    feed.record(QUADS[0])
    found.catch_up(feed)
    feed.record(Quad(CURSOR_GRAPH, NamedNode("https://example.org/p"), Literal("9"), CURSOR_GRAPH))
    with pytest.raises(RefusedError, match="record 2"):
        found.catch_up(feed)
    assert found.cursor == 1


def test_a_working_copy_is_apart_and_of_the_asked_graphs(
    opened: Callable[[], MemoryProjection | DiskProjection],
) -> None:
    found, feed = opened(), FakeFeed()
    feed.record(*QUADS)
    found.catch_up(feed)
    copy = found.working_copy([GRAPHS[0], GRAPHS[2], GRAPHS[0]])
    assert frozenset(copy) == {quad for quad in QUADS if quad.graph_name != GRAPHS[1]}
    copy.clear()
    assert_equals_fold(found, feed)
    feed.record(removed=tuple(QUADS))
    other = found.working_copy([GRAPHS[1]])
    found.catch_up(feed)
    assert len(other) == len(QUADS) // 3


def test_large_patches_and_rebuild_equal_fold(opened: Callable[[], MemoryProjection | DiskProjection]) -> None:
    found, feed = opened(), FakeFeed()
    first, second = bulk(3_000, GRAPHS[0], "first"), bulk(25_000, GRAPHS[1], "second")
    feed.record(*first)
    found.catch_up(feed)
    held = found.store
    feed.record(*second, removed=first[:1000])
    feed.record(*first[:10], removed=second[:500])
    assert found.catch_up(feed) == 3
    assert_equals_fold(found, feed)
    assert len(content(held)) in (3_000, 26_510)
    assert found.rebuild(feed) == 3
    assert_equals_fold(found, feed)


def test_an_update_that_fails_halfway_changes_nothing(tmp_path: Path) -> None:
    """The store's own promise, on which the cursor relies: an update of several operations is all or nothing."""
    for store in (Store(), Store(tmp_path / "store")):
        store.extend(QUADS[:4])
        before = frozenset(store)
        with pytest.raises((OSError, ValueError, RuntimeError)):
            store.update(
                "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }; INSERT DATA { <urn:a> <urn:b> 1 }; "
                "LOAD <file:///nowhere-at-all.ttl>"
            )
        assert frozenset(store) == before


def test_readers_never_see_patch_and_cursor_apart(opened: Callable[[], MemoryProjection | DiskProjection]) -> None:
    found, feed = opened(), FakeFeed([None])
    found.catch_up(feed)
    predicate = NamedNode("https://example.org/at")
    previous: tuple[Quad, ...] = ()
    for seq in range(2, 120):
        now = tuple(
            Quad(NamedNode(f"urn:{n}"), predicate, Literal(str(seq), datatype=XSD.integer), GRAPHS[0]) for n in range(5)
        )
        feed.record(*now, removed=previous)
        previous = now
    torn: list[str] = []
    done: list[bool] = []

    def watch() -> None:
        query = (
            f"SELECT ?c ?o {{ GRAPH {CURSOR_GRAPH} {{ ?x ?y ?c }} OPTIONAL {{ GRAPH {GRAPHS[0]} {{ ?s ?p ?o }} }} }}"
        )
        while not done:
            rows = [(row["c"], row["o"]) for row in found.store.query(query)]  # type: ignore[union-attr]
            torn.extend(f"{cursor} {value}" for cursor, value in rows if value is not None and cursor != value)

    thread = Thread(target=watch)
    thread.start()
    try:
        for seq in range(2, 120):
            found.catch_up(feed, seq)
    finally:
        done.append(True)
        thread.join()
    assert torn == []
    assert found.cursor == 119


def test_an_empty_slot_starts_from_the_newest_checkpoint(tmp_path: Path) -> None:
    feed = FakeFeed()
    with open_projection(tmp_path) as first:
        for number, quad in enumerate(QUADS[:5], 1):
            feed.record(quad)
            first.catch_up(feed)
            assert first.checkpoint().name == f"checkpoint-{number}"
        assert first.checkpoint().name == "checkpoint-5"
        assert sorted(path.name for path in tmp_path.glob("checkpoint-*")) == ["checkpoint-4", "checkpoint-5"]
        feed.record(QUADS[6])
        first.catch_up(feed)
        with open_projection(tmp_path) as second:
            assert second.cursor == 5
            assert_equals_fold(second, feed)
            second.catch_up(feed)
            assert_equals_fold(second, feed)
        assert_equals_fold(first, feed)
        assert [path for path in tmp_path.iterdir() if path.name.startswith(("draft", "doomed"))] == []


def corrupt(store: Path, how: str) -> None:
    if how == "no CURRENT":
        (store / "CURRENT").unlink()
    elif how == "short manifest":
        os.truncate(next(store.glob("MANIFEST-*")), 20)
    elif how == "short table":
        # Written anew, not truncated: a checkpoint shares the file itself.
        table = max(store.glob("*.sst"), key=lambda path: path.stat().st_size)
        start = table.read_bytes()[:50]
        table.unlink()
        table.write_bytes(start)
    elif how == "empty folder":
        for path in store.iterdir():
            path.unlink()
    else:
        found = Store(store)
        found.remove_graph(CURSOR_GRAPH)


@pytest.mark.parametrize("how", ["no CURRENT", "short manifest", "short table", "empty folder", "no cursor"])
@pytest.mark.parametrize("checkpointed", [True, False])
def test_a_corrupt_slot_is_replaced_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str, checkpointed: bool
) -> None:
    feed = FakeFeed()
    feed.record(*QUADS)
    with open_projection(tmp_path) as found:
        found.catch_up(feed)
        if checkpointed:
            found.checkpoint()
    corrupt(max((tmp_path / "slot-0").glob("store-*")), how)
    with caplog.at_level(logging.WARNING), open_projection(tmp_path) as again:
        assert again.cursor == (1 if checkpointed else 0)
        again.catch_up(feed)
        assert_equals_fold(again, feed)
    assert "unusable projection replaced" in caplog.text


def test_a_slot_found_corrupt_while_catching_up_is_rebuilt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    feed = FakeFeed()
    feed.record(*QUADS[:9])
    with open_projection(tmp_path) as found:
        found.catch_up(feed)
        found.store.remove_graph(CURSOR_GRAPH)
        feed.record(*QUADS[9:])
        with caplog.at_level(logging.WARNING):
            assert found.catch_up(feed) == 2
        assert_equals_fold(found, feed)
    assert "corrupt projection rebuilt" in caplog.text


def test_a_corrupt_checkpoint_is_passed_over(tmp_path: Path) -> None:
    feed = FakeFeed()
    with open_projection(tmp_path) as first:
        for quad in QUADS[:2]:
            feed.record(quad)
            first.catch_up(feed)
            first.checkpoint()
        (tmp_path / "checkpoint-2" / "CURRENT").write_text("nonsense")
        with open_projection(tmp_path) as second:
            assert second.cursor == 1
            assert_equals_fold(second, feed)


def test_half_made_stores_are_cleared(tmp_path: Path) -> None:
    feed = FakeFeed()
    feed.record(*QUADS)
    building = tmp_path / "slot-0" / "building"
    building.mkdir(parents=True)
    (building / "000001.sst").write_bytes(b"half")
    with open_projection(tmp_path) as found:
        found.catch_up(feed)
        assert_equals_fold(found, feed)
        found.rebuild(feed)
        found.rebuild(feed)
        assert len(folders.SlotFolder(tmp_path / "slot-0").generations()) == 2
    with open_projection(tmp_path) as found:
        assert [path.name for path in (tmp_path / "slot-0").iterdir()] == ["store-4"]


def test_all_slots_in_use_is_said(tmp_path: Path) -> None:
    with open_projection(tmp_path, slots=1), pytest.raises(EnvironmentFaultError, match="All 1 projection slots"):
        open_projection(tmp_path, slots=1)


def test_a_slot_whose_store_is_still_held_by_a_reader_is_passed_over(tmp_path: Path) -> None:
    first = open_projection(tmp_path)
    reader = first.store
    first.close()
    with pytest.raises(RuntimeError, match="closed"):
        first.catch_up(FakeFeed())
    with open_projection(tmp_path) as second:
        assert second.cursor == 0
        assert (tmp_path / "slot-1").exists()
    assert len(reader) == 1


def test_an_unwritable_disk_is_the_environments_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = FakeFeed()
    feed.record(*QUADS)
    with open_projection(tmp_path) as found:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(disk, "_load", full)
        with pytest.raises(EnvironmentFaultError, match="No space left"):
            found.catch_up(feed)
        assert found.cursor == 0
        monkeypatch.undo()
        assert found.catch_up(feed) == 1
        assert_equals_fold(found, feed)


SHARED = Path(os.environ.get("LEXICORD_SHARED") or Path(__file__).resolve().parents[2] / ".." / "shared")


@pytest.mark.shared
def test_a_real_vocabulary_equals_fold(opened: Callable[[], MemoryProjection | DiskProjection]) -> None:
    path = SHARED / "data" / "vocabularies" / "unesco-thesaurus-2019-10.ttl"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    found, feed = opened(), FakeFeed()
    named = (quad for quad in parse(path=path, format=RdfFormat.TURTLE) if not has_blank_node(quad))
    quads = sorted(canonical_quads(named, GRAPHS[0]), key=str)
    feed.record(*quads[::2])
    found.catch_up(feed)
    for start in range(1, 2_000, 100):
        feed.record(*quads[start : start + 100 : 2], removed=tuple(quads[start - 1 : start + 5 : 2]))
    feed.record(*quads)
    found.catch_up(feed)
    assert len(quads) > 50_000
    assert content(found.store) == set(quads)


def has_blank_node(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


@contextmanager
def child(target: Callable[..., None], *arguments: object) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process and the pipe to it; reading the pipe of one that died raises EOFError. It never outlives the test."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        ours.close()


@lru_cache(maxsize=1)
def scripted(seed: int, length: int) -> FakeFeed:
    """A journal that every process makes alike from its seed: small patches, and now and then a large one."""
    chosen = random.Random(seed)
    feed = FakeFeed()
    for seq in range(length):
        if chosen.random() < 0.1:
            feed.records.append(None)
        elif chosen.random() < 0.03:
            feed.record(*bulk(300, GRAPHS[1], f"large-{seq}"), removed=bulk(200, GRAPHS[1], f"large-{seq - 20}"))
        else:
            picked = chosen.sample(QUADS, 10)
            feed.record(*picked[:5], removed=tuple(picked[5:]))
    return feed


def catch_up_until_killed(folder: Path, seed: int, length: int, told: Connection) -> None:
    disk._ASIDE_FROM = 100
    feed, chosen = scripted(seed, length), random.Random()
    found = open_projection(folder)
    while True:
        cursor = found.catch_up(feed, found.cursor + chosen.randint(1, 3))
        told.send(cursor)
        if chosen.random() < 0.05:
            found.checkpoint()
        if chosen.random() < 0.02:
            found.rebuild(FakeFeed(feed.records[:cursor]))


def killed_soon(folder: Path, seed: int, length: int, after: float) -> int:
    """The last cursor that one of two processes on the folder reported before both were killed."""
    with (
        child(catch_up_until_killed, folder, seed, length) as (first, from_first),
        child(catch_up_until_killed, folder, seed, length) as (second, from_second),
    ):
        last = max(from_first.recv(), from_second.recv())
        time.sleep(after)
        for process, told in ((first, from_first), (second, from_second)):
            process.kill()
            process.join()
            with suppress(EOFError):
                while True:
                    last = max(last, told.recv())
    return int(last)


def fill_the_disk(folder: Path, told: Connection) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    feed = FakeFeed()
    feed.record(*bulk(1_000, GRAPHS[0], "first"))
    with open_projection(folder) as found:
        found.catch_up(feed)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
        refused = 0
        for word in ("a", "b", "c", "d"):
            feed.record(*bulk(1_000, GRAPHS[1], word))
            try:
                found.catch_up(feed)
            except EnvironmentFaultError:
                refused += 1
            assert_equals_fold(found, feed)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        reached = found.catch_up(feed)
        assert_equals_fold(found, feed)
        feed.record(*QUADS)
        assert_equals_fold(found, feed)
        told.send((refused, reached, found.catch_up(feed)))


@pytest.mark.torture
def test_a_full_disk_stops_the_projection_and_room_lets_it_go_on(tmp_path: Path) -> None:
    with child(fill_the_disk, tmp_path) as (_, told):
        refused, reached, after = told.recv()
    assert refused > 0
    assert (reached, after) == (5, 6)


@pytest.mark.torture
def test_kill_9_at_any_instant_leaves_a_fold(tmp_path: Path) -> None:
    length, rounds = 2_000, 40 if os.environ.get("LEXICORD_LONG") else 5
    feed, chosen = scripted(7, length), random.Random()
    for _ in range(rounds):
        reported = killed_soon(tmp_path, 7, length, chosen.random() * 0.4)
        with open_projection(tmp_path) as first, open_projection(tmp_path) as second:
            assert_equals_fold(first, feed)
            assert_equals_fold(second, feed)
            assert max(first.cursor, second.cursor) >= reported > 0
    with open_projection(tmp_path) as found:
        assert found.catch_up(feed) == length
        assert_equals_fold(found, feed)


def hold_and_report(folder: Path, seed: int, length: int, told: Connection) -> None:
    with open_projection(folder) as found:
        found.catch_up(scripted(seed, length))
        told.send(len(content(found.store)))
        told.recv()


def test_two_processes_share_a_folder(tmp_path: Path) -> None:
    feed = scripted(3, 100)
    with (
        child(hold_and_report, tmp_path, 3, 100) as (first, from_first),
        child(hold_and_report, tmp_path, 3, 100) as (second, from_second),
    ):
        counts = {from_first.recv(), from_second.recv()}
        with open_projection(tmp_path) as third:
            third.catch_up(feed)
            assert_equals_fold(third, feed)
            assert counts == {len(content(third.store))}
            assert (tmp_path / "slot-2").exists()
        for process, told in ((first, from_first), (second, from_second)):
            told.send("leave")
            process.join()
            assert process.exitcode == 0
