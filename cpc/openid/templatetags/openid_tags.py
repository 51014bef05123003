"""Template tags of sign-in through a provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse

from cpc.openid import queries
from cpc.openid.configuration import Provider

register = template.Library()


@register.simple_tag
def department_providers() -> list[Provider]:
    return list(queries.providers().values())


@register.inclusion_tag("account/openid/_buttons.html", takes_context=True)
def department_buttons(context: Context, *, next_url: str = "", confirm: bool = False) -> dict[str, Any]:
    """Show a link to each configured provider: to sign in, or to confirm who uses the session, if linked there."""
    found = list(queries.providers().values())
    if confirm:
        user = context["request"].user
        linked = set(queries.identities_of(user).current().values_list("issuer", flat=True))
        found = [provider for provider in found if provider.issuer in linked]
    query = urlencode(
        {name: value for name, value in (("to", "confirm" if confirm else ""), ("next", next_url)) if value}
    )
    links = [
        (provider.label, reverse("openid-start", args=[provider.key]) + (f"?{query}" if query else ""))
        for provider in found
    ]
    return {"links": links, "confirm": confirm}
