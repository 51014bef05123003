"""Time of the next backup, and what is wrong with the last one."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from cpc.recovery.destinations import configured
from cpc.recovery.models import Backup
from cpc.recovery.services import back_up
from cpc.web import formats

GRACE = dt.timedelta(hours=2)
"""Time by which a backup may be late: the scheduler asks once an hour, and a backup takes a while."""
TRIED_AGAIN_AFTER = dt.timedelta(hours=1)
"""Time after a failed attempt."""


def is_set_up() -> bool:
    return bool(settings.BACKUP_DIRECTORY or settings.BACKUP_S3_BUCKET)


def every() -> dt.timedelta:
    return dt.timedelta(hours=settings.BACKUP_EVERY_HOURS)


def next_at(now: dt.datetime | None = None) -> dt.datetime | None:
    """Return when the next backup is due, None if no destination is set. It may be in the past."""
    if not is_set_up():
        return None
    last = Backup.objects.order_by("-began_at").first()
    if last is None:
        return now or timezone.now()
    return last.began_at + (TRIED_AGAIN_AFTER if last.error else every())


def back_up_if_due() -> str:
    """Make a backup if one is due by the schedule; return its name, or nothing."""
    now, to = timezone.now(), configured()
    due = next_at(now)
    if to is None or due is None or due > now:
        return ""
    made = back_up(to, made_by="schedule")
    return made.name if made else ""


def backup_problems() -> list[str]:
    """Return a sentence if the last attempt failed, or if there is no backup of the time in which one is made."""
    if not is_set_up():
        return []
    now, problems = timezone.now(), []
    last, stored = Backup.objects.order_by("-began_at").first(), Backup.objects.stored().first()
    if last is not None and last.error:
        problems.append(f"The backup of {formats.moment(last.began_at)} failed: {last.error}")
    if stored is None and last is None:
        problems.append("There is no backup yet. The worker makes one within the hour.")
    elif stored is None or now - stored.began_at > every() + GRACE:
        newest = f"the last one is of {formats.moment(stored.began_at)}" if stored else "there is none"
        problems.append(f"The backup is late: {newest}, and one is made every {settings.BACKUP_EVERY_HOURS} hours.")
    return problems
