"""Notifications: preview and send them, mark them read, and choose how often email is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.notifications.kinds import Message, find_kind
from cpc.notifications.models import Frequency, MailPreference, Notification
from cpc.notifications.queries import frequencies, has_inbox, inbox
from cpc.validation import save_validated


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient of a notification; `mail` is how email follows, None for no email."""

    user: User
    mail: Frequency | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A notification before it is sent: message, link, recipients, and accounts left out because they use no pages."""

    message: Message
    link: str
    recipients: tuple[Recipient, ...]
    left_out: tuple[User, ...]


def preview(*, recipients: Iterable[User], kind: str, values: Mapping[str, object], link: str) -> Preview:
    """Return exactly what `notify` with the same arguments would send, without writing anything.

    Raises `LookupError` for an unknown kind, `ValueError` for values that do not fit it or a link to another site.
    """
    registered = find_kind(kind)
    message = registered.message(values)
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"The link {link!r} is not a path on this site. It must start with one slash.")
    users = sorted({user.pk: user for user in recipients}.values(), key=lambda user: (user.name, user.pk))
    readers = [user for user in users if has_inbox(user)]
    wanted = frequencies(readers)
    notified = tuple(
        Recipient(user, _mail(user, wanted[user.pk], registered.urgent), registered.urgent) for user in readers
    )
    return Preview(message, link, notified, tuple(user for user in users if not has_inbox(user)))


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
    """Add a notification to each inbox, once per recipient and `dedupe`.

    Returns the number added. `target` is the record that it is about, `link` the path of the page to settle it.
    Accounts without pages (disabled, or of a program) are left out. Email follows in the digest. Raises what `preview`
    raises.
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
    # A second task that runs at the same time adds nothing: the database allows one per recipient and key.
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    notified = [recipient.user.username for recipient in new]
    record(actor=actor, action="notified", target=target, after={"kind": kind, "recipients": notified})
    return len(new)


@transaction.atomic
def mark_read(*, notification_id: int, user: User) -> Notification:
    """Mark one of the user's notifications as read.

    Raises `Notification.DoesNotExist` for any other.
    """
    notification = inbox(user).select_for_update().get(pk=notification_id)
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=("read_at",))
    return notification


def mark_all_read(*, up_to: int, user: User, only: Collection[int] | None = None) -> int:
    """Mark the user's notifications up to number `up_to` as read, not newer ones; of these, `only` some if given.

    Returns how many.
    """
    rows = inbox(user).unread().filter(pk__lte=up_to)
    return (rows if only is None else rows.filter(pk__in=list(only))).update(read_at=timezone.now())


def mark_done(targets: Iterable[models.Model], kinds: Collection[str]) -> int:
    """Mark notifications that ask for a step as read in every inbox, once somebody did it; return how many.

    They are not emailed afterward either. `targets` are records of one model.
    """
    keys = {str(target.pk): target._meta.label_lower for target in targets}
    rows = Notification.objects.unread().filter(target_type__in=set(keys.values()), target_id__in=list(keys))
    return rows.filter(kind__in=list(kinds)).update(read_at=timezone.now()) if keys else 0


@transaction.atomic
def choose_frequency(*, frequency: Frequency, user: User) -> bool:
    """Set how often an account gets email; return False if unchanged.

    Existing notifications are unchanged.
    """
    preference, _ = MailPreference.objects.select_for_update().get_or_create(user=user)
    before = preference.frequency
    if before == frequency:
        return False
    preference.frequency = frequency
    save_validated(preference, update_fields=("frequency",))
    record(
        actor=user,
        action="chose when mail comes",
        target=user,
        before={"frequency": before},
        after={"frequency": frequency.value},
    )
    return True
