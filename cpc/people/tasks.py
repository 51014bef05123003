"""Mail about accounts, sent by a Celery worker."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from cpc import request_context
from cpc.people.invitations import deliver


@shared_task(name="accounts.send_invitation", autoretry_for=(OSError, SMTPException), retry_backoff=30, max_retries=6)
def send_invitation(invitation_id: int) -> bool:
    """Mail a link; False where that was done before. A mail server that is away is asked again, ever less often."""
    with request_context.acting("task"):
        return deliver(invitation_id)
