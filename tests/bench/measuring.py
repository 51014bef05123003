"""Measuring: calls that take turns, requests of the test client, and the rows of the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TypedDict

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

WARM_UPS = 3


class Row(TypedDict):
    """One measured ratio, and the largest that is wanted."""

    name: str
    ratio: float
    goal: float
    detail: str


def row(name: str, ours: float, floor: float, goal: float, detail: str) -> Row:
    return {"name": name, "ratio": ours / floor, "goal": goal, "detail": detail}


def milliseconds(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    call()
    return (clock() - start) * 1e3


def medians(*calls: Callable[[], object], rounds: int) -> list[float]:
    """Return the median milliseconds of each call. They take turns, so that other work slows all of them alike."""
    return medians_of(*(lambda call=call: milliseconds(call) for call in calls), rounds=rounds, warm_ups=WARM_UPS)


def medians_of(*measures: Callable[[], float], rounds: int, warm_ups: int = 0) -> list[float]:
    """Return the median of each measure, which times itself; the first rounds are not counted."""
    times = [[measure() for measure in measures] for _ in range(warm_ups + rounds)][warm_ups:]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def getting(client: Client, url: str, status: int = 200, **headers: str) -> Callable[[], HttpResponseBase]:
    """Return a call that gets a URL and checks the status of its response."""

    def get() -> HttpResponseBase:
        response = client.get(url, headers=headers)
        assert response.status_code == status, f"{url} answers {response.status_code}"
        return response

    return get


def query_count(call: Callable[[], object]) -> int:
    """Return the number of database queries of a call, after another has filled the caches."""
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)
