"""Scheduler of Celery beat: any number may be started, and one of them sends.

The one that sends holds a lease in the database and renews it every few seconds. If it dies, hangs, or loses the
database, the lease ends, and the next one continues where it stopped: the moments of the last messages are in the lease
as well, so that beat needs no file. A message that can't be sent is due again at once instead of after its interval.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import time
import uuid
from typing import Any

from celery.beat import Scheduler, SchedulingError
from django.db import Error, connection
from django.db.models import Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from cpc.site.models import SchedulerLease

NAME = "beat"
LEASE = dt.timedelta(seconds=30)
"""Time without renewal after which another scheduler takes over."""
RENEWED_EVERY = 5.0
"""Seconds between two renewals, and between two tries to get the lease."""

log = logging.getLogger(__name__)


class OneScheduler(Scheduler):
    """A scheduler that sends only while it holds the lease."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self.holds = False
        self._renew_at = float("-inf")
        self._unsent: list[Any] = []
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send one task that is due, if this scheduler holds the lease; return the seconds until the next call."""
        if not self._is_ours() or not self._reaches_broker():
            return RENEWED_EVERY
        pause = min(float(super().tick(*args, **kwargs)), RENEWED_EVERY)
        if self._unsent:
            for entry in self._unsent:
                self.schedule[entry.name].last_run_at = entry.last_run_at
            self._unsent.clear()
            self._heap = None
            return RENEWED_EVERY
        return pause

    def reserve(self, entry: Any) -> Any:
        self._before = entry
        return super().reserve(entry)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        # The wait for the broker may have been longer than the lease.
        if not self._is_ours():
            self._unsent.append(self._before)
            return
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            log.warning("The scheduled task %s was not sent and is tried again: %s", entry.task, error)
            self._unsent.append(self._before)
            return
        log.info("Sent the scheduled task %s.", entry.task)
        self._store_sent()

    def close(self) -> None:
        """Let another scheduler take over at once."""
        super().close()
        if self.holds:
            try:
                SchedulerLease.objects.filter(pk=NAME, holder=self.holder).update(until=Now())
            except Error:
                log.warning("The lease of the scheduler could not be given back; it ends by itself.")
        self.holds = False

    def _is_ours(self) -> bool:
        """Renew the lease if it is time, or try to get it. A clock that stood still does not count as time left."""
        if self.holds and time.monotonic() < self._renew_at:
            return True
        held = self.holds
        try:
            self.holds = self._acquire()
            if self.holds and not held:
                self._continue()
        except Error as error:
            self.holds = False
            log.warning("The scheduler waits for the database: %s", error)
            connection.close()
        if held != self.holds:
            log.info("This scheduler %s.", "sends now" if self.holds else "no longer sends; another one may")
        self._renew_at = time.monotonic() + RENEWED_EVERY
        return self.holds

    def _acquire(self) -> bool:
        mine = SchedulerLease.objects.filter(Q(holder=self.holder) | Q(until__lte=Now()), pk=NAME)
        values = {"holder": self.holder, "until": Now() + LEASE, "ticked_at": Now()}
        if mine.update(**values):
            return True
        if SchedulerLease.objects.filter(pk=NAME).exists():
            return False
        SchedulerLease.objects.bulk_create([SchedulerLease(name=NAME, until=Now())], ignore_conflicts=True)
        return bool(mine.update(**values))

    def _continue(self) -> None:
        """Take over the moments at which the one before sent each task."""
        sent = SchedulerLease.objects.values_list("sent", flat=True).get(pk=NAME)
        for name, entry in self.schedule.items():
            if name in sent:
                entry.last_run_at = dt.datetime.fromisoformat(sent[name])
        self._heap = None

    def _store_sent(self) -> None:
        sent = {name: entry.last_run_at.isoformat() for name, entry in self.schedule.items() if entry.last_run_at}
        try:
            SchedulerLease.objects.filter(pk=NAME, holder=self.holder).update(sent=sent)
        except Error as error:
            log.warning("What the scheduler sent could not be stored: %s", error)
            connection.close()
            self.holds = False

    def _reaches_broker(self) -> bool:
        try:
            broker: Any = self.producer.connection
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=int(RENEWED_EVERY))
        except (OperationalError, RedisError, OSError) as error:
            log.warning("The scheduler waits for the broker: %s", error)
            for name in ("producer", "connection"):
                self.__dict__.pop(name, None)
            return False
        return True

    def _ensure_connected(self) -> Any:
        return self.connection.ensure_connection(max_retries=1, interval_start=0, timeout=int(RENEWED_EVERY))
