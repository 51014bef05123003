"""Telling people, showing beforehand what they will be told, reading, and choosing how often mail comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.notifications.kinds import Message, named
from cpc.notifications.models import Frequency, MailPreference, Notification
from cpc.notifications.queries import frequencies, has_inbox, inbox


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who will be told; `mail` says how a mail follows, None that none does."""

    user: User
    mail: Frequency | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent: the words, where they lead, to whom; and who is left out because they read no pages."""

    message: Message
    link: str
    recipients: tuple[Recipient, ...]
    left_out: tuple[User, ...]


def preview(*, recipients: Iterable[User], kind: str, values: Mapping[str, object], link: str) -> Preview:
    """Exactly what `notify` with the same arguments would send, and to whom; nothing is written.

    Raises `LookupError` for an unknown kind, `ValueError` for values that do not fit it or a link elsewhere.
    """
    found = named(kind)
    message = found.message(values)
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"The link {link!r} is no path of this site; it starts with one slash.")
    users = sorted({user.pk: user for user in recipients}.values(), key=lambda user: (user.name, user.pk))
    readers = [user for user in users if has_inbox(user)]
    wanted = frequencies(readers)
    told = tuple(Recipient(user, _mail(user, wanted[user.pk], found.urgent), found.urgent) for user in readers)
    return Preview(message, link, told, tuple(user for user in users if not has_inbox(user)))


def _mail(user: User, frequency: Frequency, urgent: bool) -> Frequency | None:
    if not user.email or (frequency == Frequency.NONE and not urgent):
        return None
    return Frequency.EACH if urgent else frequency


@transaction.atomic
def notify(
    *,
    recipients: Iterable[User],
    kind: str,
    values: Mapping[str, object],
    link: str,
    target: models.Model,
    dedupe: str,
    actor: User | None,
) -> int:
    """Put a notification into each inbox, once for each recipient and `dedupe`; returns how many are new.

    `target` is the thing that it is about, `link` the path where it is dealt with. Whoever reads no pages (disabled,
    or an account of a program) is left out. Mail follows by the digest. Raises what `preview` raises.
    """
    shown = preview(recipients=recipients, kind=kind, values=values, link=link)
    keys = [recipient.user.pk for recipient in shown.recipients]
    before = set(Notification.objects.filter(recipient__in=keys, dedupe=dedupe).values_list("recipient_id", flat=True))
    new = [recipient for recipient in shown.recipients if recipient.user.pk not in before]
    if not new:
        return 0
    rows = [
        Notification(
            recipient=recipient.user,
            kind=kind,
            urgent=recipient.urgent,
            subject=shown.message.subject,
            text=shown.message.text,
            link=link,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            dedupe=dedupe,
            by_mail=recipient.mail is not None,
        )
        for recipient in new
    ]
    for row in rows:
        row.clean_fields()
    # A second task that runs at the same moment adds nothing: the database keeps one for each recipient and key.
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    told = [recipient.user.username for recipient in new]
    record(actor=actor, action="notified", target=target, after={"kind": kind, "recipients": told})
    return len(new)


@transaction.atomic
def mark_read(*, notification_id: int, user: User) -> Notification:
    """Note that somebody has read one of theirs, the first time. Raises `Notification.DoesNotExist` for any other."""
    notification = inbox(user).select_for_update().get(pk=notification_id)
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=("read_at",))
    return notification


def mark_all_read(*, up_to: int, user: User) -> int:
    """Mark as read what somebody saw: theirs up to the number `up_to`, not what came in since. How many there were."""
    return inbox(user).unread().filter(pk__lte=up_to).update(read_at=timezone.now())


@transaction.atomic
def choose_frequency(*, frequency: Frequency, user: User) -> bool:
    """Set how often an account gets mail; False where it is so already. What was written before stays as it is."""
    preference, _ = MailPreference.objects.select_for_update().get_or_create(user=user)
    before = preference.frequency
    if before == frequency:
        return False
    preference.frequency = frequency
    preference.full_clean()
    preference.save(update_fields=("frequency",))
    record(
        actor=user,
        action="chose when mail comes",
        target=user,
        before={"frequency": before},
        after={"frequency": frequency.value},
    )
    return True
