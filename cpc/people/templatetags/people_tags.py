"""Template filters that show audit values on the pages of people and agencies."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from cpc.accounts.permissions import Role
from cpc.people import demo
from cpc.web import formats

register = template.Library()

FIELDS = {
    "username": "user name",
    "email": "address",
    "is_contact": "point of contact",
    "is_active": "active",
    "granted_scopes": "may write",
    "responsible": "answers for it",
    "last_day": "last day",
    "short_name": "short name",
    "name": "name",
    "statutory": "named by the statute",
    "on_criteria": "consulted on the criteria",
    "successor_reason": "reason",
}
ROLES = dict(Role.choices)


@register.filter
def field_label(field: str) -> str:
    return FIELDS.get(field, field)


@register.filter
def value_label(value: Any) -> str:
    """Return the text for a field's value: names of roles, yes and no, and a dash for no value."""
    if isinstance(value, list):
        return formats.plain(value)
    return ROLES.get(value) or formats.plain(value)


@register.inclusion_tag("components/demonstration_accounts.html")
def demonstration_accounts() -> dict[str, Any]:
    """Return user names, roles, and the password of the demonstration; empty in production."""
    if settings.PRODUCTION:
        return {}
    return {"accounts": demo.ACCOUNTS, "password": demo.PASSWORD}
