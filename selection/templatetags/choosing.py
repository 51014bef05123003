"""The pages about choosing countries, linked under the title of each."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.web.parts import Tab

register = template.Library()

PAGES = (
    ("Ranking", "ranking"),
    ("What if", "what-if"),
    ("Compare", "compare-countries"),
    ("How sure", "how-sure"),
    ("Backtest", "backtest"),
    ("Model versions", "models"),
    ("The pool", "pool"),
    ("Runs", "runs"),
    ("Method", "method"),
)
"""Words and the name of the address, in the order of the questions an analyst asks."""


OPEN_TO_ALL = ("method",)
"""Those of them that an account may open which does not see rankings."""


@register.inclusion_tag("components/sub_nav.html", takes_context=True)
def choosing_nav(context: Context, current: str) -> dict[str, Any]:
    """Show the links between these pages; `current` is the address name of the page, or of the one above it.

    Only those that the account may open are linked, and none where it may open no other.
    """
    sees = user_of(context["request"]).allows(Permission.VIEW_RANKINGS)
    pages = [(label, name) for label, name in PAGES if sees or name in OPEN_TO_ALL]
    tabs = [Tab(label, reverse(name), current=name == current) for label, name in pages]
    return {"tabs": tabs if len(tabs) > 1 else [], "label": "Choosing countries"}
