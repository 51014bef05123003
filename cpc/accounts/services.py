"""Making accounts and agencies."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.services import record


@transaction.atomic
def create_account(
    *,
    username: str,
    name: str,
    role: Role,
    password: str | None,
    actor: User | None,
    agency: Agency | None = None,
    email: str = "",
) -> User:
    """Make an account. Raises `ValidationError` for a taken name, a weak role or a reviewer without an agency."""
    user = User.objects.create_user(username, password, name=name, role=role.value, agency=agency, email=email)
    record(
        actor=actor,
        action="created",
        target=user,
        after={"username": username, "role": role.value, "agency": agency.code if agency else None},
    )
    return user


@transaction.atomic
def create_agency(*, code: str, name: str, statutory: bool, actor: User | None) -> Agency:
    """Make an agency that can be consulted."""
    agency = Agency(code=code, name=name, statutory=statutory)
    agency.full_clean()
    agency.save()
    record(actor=actor, action="created", target=agency, after={"code": code, "statutory": statutory})
    return agency


@transaction.atomic
def name_successor(*, agency: Agency, successor: Agency, reason: str, actor: User | None) -> Agency:
    """Record that another agency follows this one, which is then no longer asked."""
    agency.successor, agency.successor_reason, agency.is_active = successor, reason, False
    agency.full_clean()
    agency.save()
    record(
        actor=actor,
        action="named a successor",
        target=agency,
        before={"successor": None},
        after={"successor": successor.code, "reason": reason},
    )
    return agency
