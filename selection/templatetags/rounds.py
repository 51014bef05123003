"""Template tags for the tabs and links of a round."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.urls import resolve, reverse

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.web.pages import all_pages
from selection.models import SelectionRound
from selection.page_frame import ROUND_TABS

register = template.Library()


@register.inclusion_tag("selection/rounds/_tabs.html", takes_context=True)
def round_tabs(context: Context, selection_round: SelectionRound, current: str) -> dict[str, Any]:
    """Show the tabs of a round that the reader may open; `current` is the name of the open page."""
    tabs = [
        {"label": label, "url": reverse(name, args=[selection_round.pk]), "current": name == current}
        for label, name in ROUND_TABS.tabs(user_of(context["request"]))
    ]
    return {"tabs": tabs}


OF_NOTES = ("note", "note-act", "round-matrix")
"""Pages with what agencies wrote; they are guarded record by record."""


@register.simple_tag(takes_context=True)
def may_open(context: Context, url: str) -> bool:
    """Return whether the reader of a round may open the page at a URL."""
    user = user_of(context["request"])
    name = resolve(urlsplit(url).path).url_name
    if name in OF_NOTES and not user.allows(Permission.VIEW_NOTES):
        return False
    return all(page.opens_for(user) for page in all_pages() if page.name == name)
