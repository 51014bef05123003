"""Creation of accounts and agencies without an invitation, for commands, the demonstration, and tests."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.services import record
from cpc.validation import save_validated


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
    is_contact: bool = False,
) -> User:
    """Create an account.

    Raises `ValidationError` for a taken name, a weak role or a reviewer without an agency.
    """
    user = User.objects.create_user(
        username, password, name=name, role=role.value, agency=agency, email=email, is_contact=is_contact
    )
    record(
        actor=actor,
        action="created",
        target=user,
        after={"username": username, "role": role.value, "agency": agency.code if agency else None},
    )
    return user


@transaction.atomic
def create_agency(*, code: str, name: str, statutory: bool, actor: User | None, short_name: str = "") -> Agency:
    """Create an agency that can be consulted."""
    agency = Agency(code=code, short_name=short_name, name=name, statutory=statutory)
    save_validated(agency)
    record(actor=actor, action="created", target=agency, after={"code": code, "statutory": statutory})
    return agency
