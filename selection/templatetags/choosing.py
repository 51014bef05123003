"""The pages about choosing countries, linked under the title of each."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

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


@register.inclusion_tag("components/sub_nav.html")
def choosing_nav(current: str) -> dict[str, Any]:
    """Show the links between these pages; `current` is the address name of the page, or of the one above it."""
    tabs = [Tab(label, reverse(name), current=name == current) for label, name in PAGES]
    return {"tabs": tabs, "label": "Choosing countries"}
