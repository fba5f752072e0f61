"""How the lines of a stream are worked through: in this process, or in several that were forked from it.

Both answer in the order of the lines, and both hold a bounded number of lines, however slowly answers are taken.
"""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, Protocol, TypeVar

from registry.errors import EnvironmentFaultError

T = TypeVar("T", contravariant=True)
R = TypeVar("R", covariant=True)

BATCH, HEAVIEST = 400, 1 << 20
"""Items, and bytes of them, that one process takes at a time."""
AHEAD = 2
"""Batches in flight for each process: the next one is there when one is done."""


class Executor(Protocol[T, R]):
    """Works through items."""

    def answers(self, items: Iterable[T]) -> Iterator[R]:
        """The answer to each item, in order, made as they are asked for."""


class InProcess(Executor[T, R]):
    """One item after the other, in this process."""

    def __init__(self, work: Callable[[T], R]) -> None:
        self._work = work

    def answers(self, items: Iterable[T]) -> Iterator[R]:
        """The answer to each item, in order."""
        return map(self._work, items)


class ProcessPool(Executor[T, R]):
    """Several processes, forked when the first answer is asked for: what `work` needs is shared, not sent."""

    def __init__(self, work: Callable[[T], R], workers: int, size: Callable[[T], int]) -> None:
        self._work = work
        self._workers = workers
        self._size = size

    def answers(self, items: Iterable[T]) -> Iterator[R]:
        """The answer to each item, in order; EnvironmentFaultError when a process dies."""
        gc.freeze()
        context = multiprocessing.get_context("fork")
        pool = ProcessPoolExecutor(self._workers, context, initializer=_take, initargs=(self._work,))
        try:
            yield from self._in_order(pool, iter(items))
        except BrokenExecutor as error:
            raise EnvironmentFaultError(f"A worker process ended: {error}.", advice="Use fewer --workers.") from error
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()

    def _in_order(self, pool: ProcessPoolExecutor, items: Iterator[T]) -> Iterator[R]:
        waiting: deque[Future[list[R]]] = deque()
        while batch := self._batch(items):
            waiting.append(pool.submit(_work_through, batch))
            if len(waiting) >= self._workers * AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _batch(self, items: Iterator[T]) -> list[T]:
        batch: list[T] = []
        weight = 0
        for item in islice(items, BATCH):
            batch.append(item)
            weight += self._size(item)
            if weight > HEAVIEST:
                break
        return batch


def executor(work: Callable[[T], R], workers: int, size: Callable[[T], int]) -> Executor[T, R]:
    """The executor for that many processes; `size` tells the bytes of an item.

    One process where this one has threads, as forking those is unsafe.
    """
    if workers <= 1 or threading.active_count() > 1:
        return InProcess(work)
    return ProcessPool(work, workers, size)


_WORK: list[Callable[[Any], Any]] = []
"""In a worker process, and only there: its one function."""


def _take(work: Callable[[Any], Any]) -> None:
    _WORK.append(work)


def _work_through(batch: list[Any]) -> list[Any]:
    return [_WORK[-1](item) for item in batch]
