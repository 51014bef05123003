"""Services for accounts of programs: what one may write, who answers for it, and until when.

A grant takes two people, as the accounts of approvers and administrators do. To take scopes away and to set an earlier
last day takes one administrator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.accounts.program_triggers import ANSWERS, APPROVES, GRANTED_ALONE
from cpc.accounts.programs import GRANTABLE, LONGEST_DAYS, can_answer
from cpc.database.revisions import check_revision
from cpc.people import notifications
from cpc.people.audited_people import current_revision, require, write
from cpc.validation import field_error
from cpc.web import formats


class Grant(NamedTuple):
    """The scopes of a program besides reading, the person who answers for it, and the last day of its account."""

    granted_scopes: Collection[str]
    responsible: User | None
    last_day: dt.date | None

    def in_order(self) -> Grant:
        return self._replace(granted_scopes=[scope.value for scope in GRANTABLE if scope.value in self.granted_scopes])


def grant_of(user: User) -> Grant:
    return Grant(user.granted_scopes, user.responsible, user.last_day)


def takes_two_people(user: User, grant: Grant) -> bool:
    """Return whether a grant lets a program write more or longer, or gives it to another person."""
    if not grant.granted_scopes:
        return False
    if set(grant.granted_scopes) - set(user.granted_scopes) or grant.responsible != user.responsible:
        return True
    return grant.last_day is None or user.last_day is None or grant.last_day > user.last_day


def check_grant(user: User, grant: Grant, expected_revision: str | None) -> Grant:
    """Return a grant with its scopes in order, as a locked account would have it.

    Raises `EditConflict` if the account no longer has the expected revision, and `ValidationError` for an account that
    is not one of a program, a scope that no program can have, a missing or unfit person, or a day out of range.
    """
    check_revision(current_revision(user), expected_revision)
    if user.role != Role.API_CLIENT:
        raise ValidationError("Only the account of a program has grants.", code="grant_role")
    unknown = sorted(set(grant.granted_scopes) - set(GRANTABLE))
    if unknown:
        message = f"A program can't be granted {', '.join(unknown)}. It can be granted {' and '.join(GRANTABLE)}."
        raise field_error("granted_scopes", message, "grant_scopes")
    person = grant.responsible
    if person is None and grant.granted_scopes:
        raise field_error("responsible", "Choose who answers for what the program writes.", "grant_whole")
    if person is not None and person != user.responsible and not can_answer(person):
        raise field_error("responsible", ANSWERS, "responsible")
    _check_day(user, grant)
    return grant.in_order()


def _check_day(user: User, grant: Grant) -> None:
    if grant.last_day is None:
        if grant.granted_scopes:
            raise field_error("last_day", "Enter the last day on which the program writes.", "grant_whole")
        return
    today = timezone.now().date()
    last = today + dt.timedelta(days=LONGEST_DAYS)
    if takes_two_people(user, grant) and not today <= grant.last_day <= last:
        allowed = f"Enter a day from {formats.day(today)} to {formats.day(last)}."
        raise field_error("last_day", f"{allowed} A grant lasts {LONGEST_DAYS} days at most.", "last_day")


@transaction.atomic
def set_grant(
    *,
    account_id: int,
    grant: Grant,
    expected_revision: str | None,
    actor: User,
    confirmed: AccessChange | None = None,
) -> bool:
    """Set what the account of a program is granted. Return False if nothing differs.

    Raises what `check_grant` raises, and `ValidationError` with code `second_person` for what takes two people, unless
    another person has `confirmed` it; `User.DoesNotExist`.
    """
    if confirmed is None:
        require(actor)
    user = lock_program(account_id, grant)
    grant = check_grant(user, grant, expected_revision)
    if confirmed is None:
        require(User.objects.get(pk=actor.pk))
        if takes_two_people(user, grant):
            raise ValidationError(GRANTED_ALONE, code="second_person")
    before = user.responsible
    changed = write(user, grant._asdict(), actor=actor, action="granted" if confirmed else "changed the grant of")
    if grant.responsible is not None and grant.responsible != before:
        notifications.notify_of_program(user, grant.responsible, actor=actor)
    return changed


def lock_program(account_id: int, grant: Grant) -> User:
    """Return the locked account of a program.

    The person who answers for it is locked with it, so that they don't become an approver meanwhile.
    """
    wanted = {account_id, *([grant.responsible.pk] if grant.responsible else [])}
    rows = User.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True, of=("self",))
    locked = {user.pk: user for user in rows.select_related("responsible")}
    try:
        return locked[account_id]
    except KeyError:
        raise User.DoesNotExist from None


def check_may_approve(user: User) -> None:
    """Raise `ValidationError` if a locked account answers for a program that writes: it can't become an approver."""
    today = timezone.now().date()
    running = user.programs.exclude(granted_scopes=[]).filter(last_day__gte=today).order_by("name")
    names = [str(program) for program in running]
    if names:
        raise field_error("role", f"{APPROVES} Programs: {', '.join(names)}.", "answers_for_program")
