"""The places of a round, as far as the reader sees them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from selection.models import SelectionRound

register = template.Library()

PLACES = (
    ("round", "Round", "round", Permission.VIEW_ROUNDS),
    ("pool", "Pool", "round-pool", Permission.VIEW_ROUNDS),
    ("ratings", "Ratings", "round-ratings", Permission.VIEW_ROUNDS),
    ("restrictions", "Restrictions", "round-restrictions", Permission.VIEW_ROUNDS),
    ("requests", "Consultation", "round-requests", Permission.VIEW_ROUNDS),
    ("matrix", "Comment matrix", "round-matrix", Permission.VIEW_NOTES),
    ("deliberation", "Deliberation", "round-deliberation", Permission.VIEW_ROUNDS),
    ("memo", "Memo", "round-memos", Permission.VIEW_NOTES),
)
"""Key, words, name of the address and the permission that the page asks for."""


@register.inclusion_tag("selection/rounds/_tabs.html", takes_context=True)
def round_places(context: Context, selection_round: SelectionRound, current: str) -> dict[str, Any]:
    """Links to the places of a round; `current` is the key of the one that is shown."""
    user = user_of(context["request"])
    places = [
        {"label": label, "url": reverse(name, args=[selection_round.pk]), "current": key == current}
        for key, label, name, permission in PLACES
        if user.allows(permission)
    ]
    return {"places": places}
