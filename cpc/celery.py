"""Celery application: eager without a broker, Redis in production."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
app = Celery("cpc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from cpc.logs import worker  # noqa: E402,F401  # connects its receivers, which need the settings named above
