"""Configuration of gunicorn: its processes share one folder of counters, so that any of them can report all.

gunicorn cpc.wsgi:application --config python:cpc.serving
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

COUNTERS = "PROMETHEUS_MULTIPROC_DIR"


def share_counters() -> None:
    """Make the folder of the counters, before any process counts."""
    if not os.environ.get(COUNTERS):
        os.environ[COUNTERS] = tempfile.mkdtemp(prefix="cpc-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    """Forget what a process that ended was doing; what it counted stays."""
    from prometheus_client import multiprocess  # reads the folder when it is imported

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the package types a part only


share_counters()
