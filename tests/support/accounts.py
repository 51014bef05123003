"""Accounts for tests: one a role, named for the role."""

from __future__ import annotations

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role

PASSWORD = "long enough for a test"


def make_account(role: Role, *, password: str | None = None, username: str = "", is_active: bool = True) -> User:
    """A saved account; a reviewer speaks for an agency. Without a password it is signed in by `force_login` only."""
    agency = None
    if role == Role.REVIEWER:
        agency, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
    return User.objects.create_user(
        username or role.value, password, name=role.label, role=role.value, agency=agency, is_active=is_active
    )


def one_of_each() -> dict[Role, User]:
    """An account of every role."""
    return {role: make_account(role) for role in Role}
