"""Grants to accounts of programs, for tests: asked for by an administrator, and confirmed by another person."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.people import access_changes
from cpc.people.account_services import create_account
from cpc.people.programs import Grant
from tests.support.accounts import make_account

WRITE, MONEY = "partnerships:write", "partnerships:money"


def day(after: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=after)


def account_of(role: Role) -> User:
    return User.objects.filter(role=role, is_active=True).first() or make_account(role)


def granted(program: User, *scopes: str, responsible: User, last_day: dt.date | None = None) -> User:
    """Let a program write, by two people, and return its account as it is then."""
    change = ask_to_grant(program, Grant(scopes, responsible, last_day or day(30)))
    access_changes.confirm(change_id=change.pk, actor=account_of(Role.APPROVER))
    return User.objects.get(pk=program.pk)


def ask_to_grant(program: User, grant: Grant) -> AccessChange:
    asker = account_of(Role.ADMINISTRATOR)
    return access_changes.ask_to_grant(account_id=program.pk, grant=grant, expected_revision=None, actor=asker)


def granted_and_asking() -> tuple[User, AccessChange]:
    """Create a program that writes, and ask that it may write more. Returns its account and the change that waits."""
    program = create_account(
        username="ledger-feed",
        name="Ledger feed",
        role=Role.API_CLIENT,
        password=None,
        actor=account_of(Role.ADMINISTRATOR),
    )
    analyst = account_of(Role.ANALYST)
    granted(program, MONEY, responsible=analyst, last_day=day(90))
    return program, ask_to_grant(program, Grant([MONEY, WRITE], analyst, day(90)))
