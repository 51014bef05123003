"""Template tag for the tabs of a round."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from cpc.accounts.access import user_of
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
