"""Requests a second and caller, by a token bucket; off unless the settings say otherwise."""

from __future__ import annotations

import time
from threading import Lock

from starlette.responses import Response

from api.problems import plain_problem

_CALLERS = 10_000


class RateLimiter:
    """Counts each caller's requests in this process."""

    def __init__(self, per_second: int) -> None:
        self._rate = per_second
        self._buckets: dict[object, tuple[float, float]] = {}
        self._lock = Lock()

    def refusal(self, caller: object, instance: str) -> Response | None:
        """The 429 with Retry-After for a caller who asks too fast; None otherwise."""
        if not self._rate or self._take(caller):
            return None
        return plain_problem(429, f"More than {self._rate} requests a second.", instance, {"Retry-After": "1"})

    def _take(self, caller: object) -> bool:
        now = time.monotonic()
        with self._lock:
            if len(self._buckets) > _CALLERS:
                self._buckets.clear()
            left, at = self._buckets.get(caller, (float(self._rate), now))
            left = min(float(self._rate), left + (now - at) * self._rate)
            self._buckets[caller] = (max(left - 1, 0.0), now) if left >= 1 else (left, now)
        return left >= 1
