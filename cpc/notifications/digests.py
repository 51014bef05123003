"""Daily digests: at most one email per person per day, even if a worker crashes.

The day's email is claimed in the database before it is sent and marked as sent afterward. A worker that crashes in
between leaves a claim without a known outcome; no other email is sent on that day, and the next day's email repeats its
notifications.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from smtplib import SMTPDataError, SMTPHeloError, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.base_url import absolute, host
from cpc.notifications.agenda import Agenda, agenda_of
from cpc.notifications.models import Digest, Frequency, Notification
from cpc.notifications.queries import frequency_of, to_be_mailed
from cpc.workdays import is_workday

MORNING = 7
"""Hour in the site's time zone from which daily emails are sent, on workdays."""
LISTED = 30
"""Number of notifications that an email lists in full; it only counts the others."""
REFUSED = (SMTPHeloError, SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
"""Errors of a mail server which prove that the email was not sent."""

log = logging.getLogger(__name__)


def _compose(items: Sequence[Notification], agenda: Agenda | None) -> tuple[str, str]:
    """Return subject and body of the email: how much waits and the worst news, then the news and what presses."""
    urgent = [item for item in items if item.urgent]
    news = (urgent or items)[0].subject
    if len(items) > 1 and not urgent:
        news = f"{len(items)} notifications in CPC Partnerships"
    subject = f"{agenda.title}; {news}" if agenda else news
    context = {
        "agenda": agenda,
        "parts": [(part, [(title, absolute(url)) for title, url in part.lines]) for part in agenda.parts]
        if agenda
        else [],
        "queue": absolute(agenda.url) if agenda else "",
        "items": [(item, absolute(item.link)) for item in items[:LISTED]],
        "count": len(items),
        "more": len(items) - LISTED,
        "inbox": absolute(reverse("inbox")),
        "preferences": absolute(reverse("account-settings")),
    }
    return subject, render_to_string("notifications/digest.txt", context)


def _agenda_of(user: User, today: dt.date) -> Agenda | None:
    try:
        return agenda_of(user, today)
    except Exception:
        # The day's email is claimed already, and its notifications matter more than the list of what waits.
        log.exception("The queue of account %s could not be read for its digest.", user.pk)
        return None


def send_digests(*, now: dt.datetime) -> int:
    """Send the emails due at `now`; return the number handed to the mail server.

    Run this every hour. If the mail server can't be reached, nothing is claimed: the error is raised, and the next run
    tries again.
    """
    waiting = list(User.objects.filter(pk__in=to_be_mailed().values("recipient")).order_by("pk"))
    if not waiting:
        return 0
    sent = 0
    with get_connection() as server:
        for user in waiting:
            sent += _send_one(user, now, server)
    return sent


def _send_one(user: User, now: dt.datetime, server: BaseEmailBackend) -> bool:
    """Claim the day's email of one person, send it once the claim is committed, and mark it as sent."""
    delivered: list[bool] = []
    with transaction.atomic():
        digest = _claim(user, now)
        items = list(to_be_mailed().filter(recipient=user).order_by("pk")) if digest is not None else []
        if digest is None or not items:
            transaction.set_rollback(True)  # no claim without a mail
        else:
            Digest.objects.filter(pk=digest.pk).update(count=len(items), refused_at=None, claimed_at=now)
            transaction.on_commit(lambda: delivered.append(_deliver(digest, items, server)))
    return any(delivered)


def _claim(user: User, now: dt.datetime) -> Digest | None:
    """Return the person's email of the day, locked.

    Returns None if already sent, not yet due, or claimed by another run.
    """
    here = timezone.localtime(now)
    waiting = to_be_mailed().filter(recipient=user)
    if not waiting.exists():
        return None
    is_time = here.hour >= MORNING and is_workday(here.date())
    if frequency_of(user) == Frequency.DAILY and not is_time and not waiting.filter(urgent=True).exists():
        return None
    # Runs may overlap: the unique (recipient, day) lets one of them create the claim. Any other gets the row only if
    # the mail server rejected that email, and leaves it if a third run is retrying it at this moment.
    digest, created = Digest.objects.get_or_create(
        recipient=user, day=here.date(), defaults={"claimed_at": now, "count": 0}
    )
    if created:
        return digest
    return Digest.objects.select_for_update(skip_locked=True).filter(pk=digest.pk, refused_at__isnull=False).first()


def _deliver(digest: Digest, items: Sequence[Notification], server: BaseEmailBackend) -> bool:
    """Send a claimed email and mark it as sent; if the mail server certainly rejected it, release the claim."""
    user = digest.recipient
    subject, body = _compose(items, _agenda_of(user, digest.day))
    message = EmailMessage(
        subject=subject,
        body=body,
        to=[user.email],
        connection=server,
        # The same id if an email is accidentally sent twice, so that a mail program shows it once.
        headers={"Message-ID": f"<digest-{user.pk}-{digest.day:%Y%m%d}@{host()}>"},
    )
    rows = Digest.objects.filter(pk=digest.pk, sent_at=None)
    try:
        message.send()
    except REFUSED:
        log.exception("The mail server rejected the digest of account %s for %s.", user.pk, digest.day)
        rows.update(refused_at=timezone.now())
        return False
    with transaction.atomic():
        rows.update(sent_at=timezone.now())
        unmarked = Notification.objects.filter(pk__in=[item.pk for item in items], mailed_at=None)
        unmarked.update(mailed_at=timezone.now())
    return True
