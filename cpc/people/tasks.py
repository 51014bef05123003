"""Email about accounts, sent by a Celery worker."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from cpc import request_context
from cpc.people import dormancy, mail
from cpc.people.invitations import deliver


@shared_task(name="accounts.send_invitation", autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=6)
def send_invitation(invitation_id: int) -> bool:
    """Email a link; return False if it was sent before.

    A failing mail server is retried with growing delays.
    """
    with request_context.acting("task"):
        return deliver(invitation_id)


@shared_task(
    name="accounts.send_address_notice", autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=6
)
def send_address_notice(user_id: int, old_address: str) -> None:
    """Email the old address of an account that it has a new one. Retried as above."""
    with request_context.acting("task"):
        mail.send_address_notice(user_id, old_address)


@shared_task(name="accounts.disable_dormant")
def disable_dormant() -> dict[str, int]:
    """Warn and disable accounts that are not used, and return how many of each. A second run changes nothing."""
    with request_context.acting("task"):
        return dormancy.disable_dormant(now=timezone.now())._asdict()
