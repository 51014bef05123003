"""Metrics for Prometheus: requests of this web server, and what all processes share.

Requests are counted in each process and added up over the processes of one web server (`cpc.serving`); every web server
is scraped by itself. Tasks, the queue, and connections are read from the database and the broker, so that each server
reports the same of them. No label has the id or the name of a record or a person: only names from the code.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric

from cpc.parameters import check_parameters
from cpc.site import background_tasks, disk, task_queue
from cpc.site.models import FailedTask, SchedulerLease
from cpc.site.monitoring import may_see_details

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
REQUESTS = Counter("cpc_requests", "Requests by route and status.", ("method", "route", "status"))
SECONDS = Histogram("cpc_request_seconds", "Time until a response began, by route.", ("route",), buckets=BUCKETS)
SHARED_FOR = 5
"""Seconds for which what all processes share is not read again."""
CONNECTIONS = """
SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


@require_safe
@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics to the bearer of the token of the settings, and to administrators; closed to others.

    Raises `Http404` without a token in the settings, so that the page is not there by default.
    """
    check_parameters(request, ())
    if not may_see_details(request):
        if not settings.METRICS_TOKEN:
            raise Http404
        response = HttpResponse(status=401)
        response["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return response
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # partly typed
    own = generate_latest(registry)
    return HttpResponse(own + shared(int(time.monotonic() / SHARED_FOR)), content_type=CONTENT_TYPE_LATEST)


@lru_cache(maxsize=1)
def shared(_period: int) -> bytes:
    """Return what all processes share, read once in a period."""
    registry = CollectorRegistry()
    registry.register(Shared())
    return generate_latest(registry)


class Shared:
    """Collector of tasks, the queue, the scheduler, connections, and disk space.

    What can't be read is left out, and `cpc_reachable` is 0 for where it would be read.
    """

    def collect(self) -> Iterator[Metric]:
        reachable = GaugeMetricFamily("cpc_reachable", "1 if it answered when it was asked last.", labels=("service",))
        try:
            yield from [*_tasks(), *_scheduler(), *_connections()]
            reachable.add_metric(("database",), 1)
        except Error:
            connection.close()
            reachable.add_metric(("database",), 0)
        if settings.REDIS_URL:
            backlog = task_queue.backlog()
            reachable.add_metric(("broker",), int(backlog.is_known))
            if backlog.is_known:
                yield from _queue(backlog)
        free, total = disk.space()
        yield GaugeMetricFamily("cpc_disk_free_bytes", "Free space for files being written.", value=free)
        yield GaugeMetricFamily("cpc_disk_size_bytes", "Size of that disk.", value=total)
        yield reachable


def _tasks() -> list[Metric]:
    runs = CounterMetricFamily("cpc_task_runs", "Runs of a task that ended, by outcome.", labels=("task", "outcome"))
    seconds = CounterMetricFamily("cpc_task_seconds", "Time that the runs of a task took.", labels=("task",))
    failing = GaugeMetricFamily("cpc_task_failures", "Failures of a task since its last success.", labels=("task",))
    success = GaugeMetricFamily("cpc_task_last_success_timestamp_seconds", "Last success of a task.", labels=("task",))
    for task in background_tasks.known():
        runs.add_metric((task.name, "succeeded"), task.runs_succeeded)
        runs.add_metric((task.name, "failed"), task.runs_failed)
        seconds.add_metric((task.name,), task.seconds)
        failing.add_metric((task.name,), task.failures)
        if task.succeeded_at:
            success.add_metric((task.name,), task.succeeded_at.timestamp())
    open_rows = FailedTask.objects.filter(state="failed").count()
    waiting = GaugeMetricFamily("cpc_failed_tasks", "Failed tasks that wait for an administrator.", value=open_rows)
    return [runs, seconds, failing, success, waiting]


def _scheduler() -> list[Metric]:
    ticked = SchedulerLease.objects.exclude(ticked_at=None).values_list("ticked_at", flat=True).first()
    name = "cpc_scheduler_last_tick_timestamp_seconds"
    return [GaugeMetricFamily(name, "Last sign of life of the scheduler.", value=ticked.timestamp())] if ticked else []


def _connections() -> list[Metric]:
    found = GaugeMetricFamily("cpc_database_connections", "Connections to this database, by state.", labels=("state",))
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        for state, number in cursor.fetchall():
            found.add_metric((state,), number)
        cursor.execute("SELECT current_setting('max_connections')::int")
        most = cursor.fetchone()[0]
    return [found, GaugeMetricFamily("cpc_database_connections_max", "Connections the server allows.", value=most)]


def _queue(backlog: task_queue.Backlog) -> list[Metric]:
    age = time.time() - backlog.oldest.timestamp() if backlog.oldest else 0
    return [
        GaugeMetricFamily("cpc_queue_waiting", "Tasks that wait for a worker.", value=backlog.waiting),
        GaugeMetricFamily("cpc_queue_taken", "Tasks that workers have taken.", value=backlog.taken),
        GaugeMetricFamily("cpc_queue_oldest_seconds", "Time that the oldest task has waited.", value=age),
    ]
