"""Accounts for tests: one per role, named for the role."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from cpc.accounts.access_changes import is_held_by_two
from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.validation import save_validated
from tests.support.unguarded import owner_rights

PASSWORD = "long enough for a test"


@cache
def _hashed() -> str:
    """Hash the password once, because hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_account(role: Role, *, username: str = "", is_active: bool = True, agency: Agency | None = None) -> User:
    """Save an account with the password `PASSWORD`; a reviewer belongs to Labor unless another agency is given."""
    if role == Role.REVIEWER and agency is None:
        agency, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
    user = User(
        username=username or role.value,
        name=role.label,
        role=role.value,
        agency=agency,
        is_active=is_active,
        password=_hashed(),
    )
    # The second administrator or approver takes two people; a test that needs one has the rights of the owner.
    with owner_rights() if is_held_by_two(role) else nullcontext():
        save_validated(user)
    return user


def set_by_owner(users: QuerySet[User], **values: object) -> None:
    """Set columns of accounts as the owner of the tables, whom the rule of two people does not bind."""
    with owner_rights():
        users.update(**values)
