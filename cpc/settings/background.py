"""Redis, background tasks, their schedule, and the cache."""

from __future__ import annotations

from cpc.settings.environment import ENVIRONMENT, env
from cpc.settings.operations import broker_tls, redis_tls, redis_url

REDIS_URL = redis_url(env("REDIS_URL"))
REDIS_TLS = redis_tls(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_USE_SSL = broker_tls(REDIS_URL)
CELERY_BEAT_SCHEDULER = "cpc.site.scheduler:OneScheduler"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    # Without it, a process waits forever for a server that does not answer, such as one without TLS at this port.
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_BEAT_SCHEDULE = {
    # Hourly, so that a scheduler that was down catches up the same day; a second run on a day changes nothing.
    "partnerships.run_due": {"task": "partnerships.run_due", "schedule": 60 * 60},
    "partnerships.remind_offices": {"task": "partnerships.remind_offices", "schedule": 60 * 60},
    "selection.remind": {"task": "selection.remind", "schedule": 60 * 60},
    "selection.follow_the_day": {"task": "selection.follow_the_day", "schedule": 60 * 60},
    "selection.follow_the_data": {"task": "selection.follow_the_data", "schedule": 60 * 60},
    "selection.refresh_evidence": {"task": "selection.refresh_evidence", "schedule": 60 * 60},
    # Does nothing if the package of the newest publication is there.
    "indicators.build_bulk_package": {"task": "indicators.build_bulk_package", "schedule": 60 * 60},
    # Imports whose message was lost. If no worker runs, the messages expire instead of piling up.
    "indicators.requeue_imports": {
        "task": "indicators.requeue_imports",
        "schedule": 5 * 60,
        "options": {"expires": 5 * 60},
    },
    # Every few seconds, so that a change arrives soon. A message that no worker takes expires.
    "webhooks.deliver_due": {"task": "webhooks.deliver_due", "schedule": 10, "options": {"expires": 10}},
    # Every minute, so that an entry can be removed unseen for no longer than that.
    "audit.seal": {"task": "audit.seal", "schedule": 60, "options": {"expires": 60}},
    "audit.verify": {"task": "audit.verify", "schedule": 24 * 60 * 60},
    # Removes what is over by the retention schedule, and no legal hold covers.
    "retention.dispose": {"task": "retention.dispose", "schedule": 60 * 60, "options": {"expires": 60 * 60}},
    # Asks each hour whether a backup is due: see BACKUP_EVERY_HOURS.
    "recovery.back_up": {"task": "recovery.back_up", "schedule": 60 * 60, "options": {"expires": 60 * 60}},
    "accounts.disable_dormant": {"task": "accounts.disable_dormant", "schedule": 60 * 60},
    "notifications.send_digests": {"task": "notifications.send_digests", "schedule": 60 * 60},
}
RANKING_FOLLOWS_DATA = env("RANKING_FOLLOWS_DATA", "0" if ENVIRONMENT == "test" else "1") == "1"
CACHES = {
    "default": {
        "BACKEND": "cpc.cache.FallbackCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2, **REDIS_TLS},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
