"""Creation of accounts and agencies without an invitation, for commands, the demonstration, and tests."""

from __future__ import annotations

from contextlib import nullcontext

from django.db import transaction

from cpc.accounts.access_changes import is_held_by_two
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.services import record
from cpc.database.roles import as_owner
from cpc.validation import save_validated


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
    """Create an account; an approver or administrator with the rights of the owner of the tables.

    Raises `ValidationError` for a taken name, an unknown role or a reviewer without an agency; `ImproperlyConfigured`
    for an approver or administrator if this process does not have the owner's URL.
    """
    with as_owner() if is_held_by_two(role) else nullcontext(), transaction.atomic():
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
def create_agency(
    *, code: str, name: str, statutory: bool, actor: User | None, short_name: str = "", on_criteria: bool = False
) -> Agency:
    agency = Agency(code=code, short_name=short_name, name=name, statutory=statutory, on_criteria=on_criteria)
    save_validated(agency)
    record(actor=actor, action="created", target=agency, after={"code": code, "statutory": statutory})
    return agency
