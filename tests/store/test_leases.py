"""Slots: exclusive between threads and processes, given back by death, and telling how the last holder left."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from registry.errors import EnvironmentFaultError
from registry.store.leases import lease, lease_slot

SPAWN = multiprocessing.get_context("spawn")


def hold_until_killed(folder: Path, told: Connection) -> None:
    held = lease(folder, "slot", 2)
    told.send(held.slot)
    signal.pause()


def test_slots_are_given_in_order_and_come_free_again(tmp_path: Path) -> None:
    first, second = lease(tmp_path, "slot", 2), lease(tmp_path, "slot", 2)
    assert (first.label, second.label) == ("slot-0", "slot-1")
    with pytest.raises(EnvironmentFaultError, match="All 2 slots"):
        lease(tmp_path, "slot", 2)
    first.release()
    first.release()
    with lease(tmp_path, "slot", 2) as again:
        assert again.slot == 0
        assert not again.abandoned


def test_names_do_not_share_slots(tmp_path: Path) -> None:
    with lease(tmp_path, "slot", 1), lease(tmp_path, "worker", 1) as other:
        assert other.slot == 0


def test_threads_never_hold_one_slot_together(tmp_path: Path) -> None:
    holders: list[int] = []

    def work(_: int) -> bool:
        with lease(tmp_path, "slot", 1, patience=30):
            holders.append(1)
            alone = len(holders) == 1
            holders.pop()
            return alone

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_a_killed_holder_gives_back_its_slot_and_leaves_its_mark(tmp_path: Path) -> None:
    ours, theirs = SPAWN.Pipe()
    holder = SPAWN.Process(target=hold_until_killed, args=(tmp_path, theirs))
    holder.start()
    assert ours.recv() == 0
    assert lease_slot(tmp_path, "slot", 0) is None
    holder.kill()
    holder.join()
    with lease(tmp_path, "slot", 2) as next_one:
        assert next_one.slot == 0
        assert next_one.abandoned
    with lease(tmp_path, "slot", 2) as after:
        assert not after.abandoned


def test_a_mark_left_on_purpose_is_found(tmp_path: Path) -> None:
    with lease(tmp_path, "slot", 1) as held:
        held.leave_mark()
    with lease(tmp_path, "slot", 1) as next_one:
        assert next_one.abandoned


def test_marks_add_up_until_they_are_acknowledged(tmp_path: Path) -> None:
    for found in (0, 1, 2):
        with lease(tmp_path, "slot", 1) as held:
            assert held.abandoned == found
            held.leave_mark()
    with lease(tmp_path, "slot", 1) as held:
        held.pass_on()
    with lease(tmp_path, "slot", 1) as held:
        assert held.abandoned == 3
        held.acknowledge()
        held.leave_mark()
    with lease(tmp_path, "slot", 1) as held:
        assert held.abandoned == 1


def test_a_forked_child_neither_holds_nor_releases_the_parents_slot(tmp_path: Path) -> None:
    with lease(tmp_path, "slot", 1) as held:
        child = os.fork()
        if child == 0:
            was_held = held.held
            held.release()
            os._exit(1 if was_held else 0)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert lease_slot(tmp_path, "slot", 0) is None
        assert held.held


def test_a_folder_that_is_a_file_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFaultError, match="No slot can be locked"):
        lease(tmp_path / "file", "slot", 1)
