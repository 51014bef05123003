"""Accounts for tests: one a role, named for the role."""

from __future__ import annotations

from functools import cache

from django.contrib.auth.hashers import make_password

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role

PASSWORD = "long enough for a test"


@cache
def _hashed() -> str:
    """The password hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_account(role: Role, *, username: str = "", is_active: bool = True, agency: Agency | None = None) -> User:
    """A saved account; a reviewer speaks for an agency, Labor unless another is given. The password is `PASSWORD`."""
    if role == Role.REVIEWER and agency is None:
        agency, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
    user = User.objects.create_user(
        username or role.value, name=role.label, role=role.value, agency=agency, is_active=is_active
    )
    user.password = _hashed()
    user.save(update_fields=("password",))
    return user
