from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from cpc import request_context
from partnerships.clearance.services.reminders import remind
from partnerships.deadlines.services import run_due


@shared_task(name="partnerships.remind_offices")
def remind_offices_today() -> int:
    """Remind offices of texts to clear, and return the number of reminders. A second call on a day sends nothing."""
    with request_context.acting("task"):
        return remind(today=timezone.now().date())


@shared_task(name="partnerships.run_due")
def run_due_today() -> dict[str, int]:
    with request_context.acting("task"):
        summary = run_due(today=timezone.now().date())
    return {"started": summary.started, "renewed": summary.renewed, "notices": summary.notices}
