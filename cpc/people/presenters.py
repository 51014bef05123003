"""The list of accounts as a file."""

from __future__ import annotations

from cpc.accounts.models import User
from cpc.people.queries import state_of
from cpc.web.exports import Field

FIELDS: tuple[Field[User], ...] = (
    Field("User name", lambda user: user.username),
    Field("Name", lambda user: user.name),
    Field("Address", lambda user: user.email),
    Field("Role", lambda user: user.get_role_display()),
    Field("Agency", lambda user: user.agency.name if user.agency else None),
    Field("Point of contact", lambda user: user.is_contact),
    Field("State", lambda user: state_of(user).label),
    Field("Last sign-in (UTC)", lambda user: user.last_login),
)
