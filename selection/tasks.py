"""Work that a Celery worker does: by the clock, and after something was published."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc import request_context
from selection.consultation.services.reminders import remind
from selection.evidence.services import fresh_evidence_of_open_rounds
from selection.runs.queries import computing
from selection.runs.services import follow_the_data, follow_the_day
from selection.update_effect.services import compute

log = logging.getLogger(__name__)


@shared_task(name="selection.remind")
def remind_today() -> dict[str, int]:
    """Remind agencies of due requests, and return the counts. A second call on the same day sends nothing."""
    with request_context.acting("task"):
        return remind(today=timezone.now().date())


@shared_task(name="selection.follow_the_day")
def follow_today() -> int | None:
    """Compute today's ranking in addition to the default one, if only the date changes it.

    Return the key of the new run, if any.
    """
    with request_context.acting("task"):
        made = follow_the_day(today=timezone.now().date())
    return made.pk if made else None


@shared_task(name="selection.follow_the_data")
def follow_newest() -> int | None:
    """Compute the default ranking again if it does not count the newest data. Return the key of the new run, if any.

    If a value or the model does not fit, pages keep the earlier ranking, and computing it by hand shows the reason.
    """
    try:
        with request_context.acting("task"):
            made = follow_the_data()
    except ValidationError as error:
        log.warning("The newest data gives no ranking: %s", " ".join(error.messages))
        return None
    finally:
        computing.end()
    return made.pk if made else None


@shared_task(name="selection.refresh_evidence")
def refresh_open_rounds() -> int:
    """Update the evidence of every open round. Return how many candidates changed; a repeated call changes nothing."""
    with request_context.acting("task"):
        return fresh_evidence_of_open_rounds()


@shared_task(name="selection.update_effect")
def compute_effect(*, effect_id: int, ready: list[int]) -> str:
    """Compute the effect of an update on the ranking, and return its state.

    If a worker dies, the message stays with the broker, and the next worker begins it again.
    """
    with request_context.acting("task"):
        return compute(effect_id, ready).state
