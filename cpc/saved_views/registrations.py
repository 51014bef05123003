"""Registrations of saved views: their storage, for every list, and their notifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cpc.accounts.models import User
from cpc.saved_views import notifications, queries
from cpc.saved_views.forms import SaveViewForm
from cpc.web.lists import ListPage, NamedView, keep_views_in


class SavedViews:
    """Storage of views for `cpc.web.lists`."""

    def views(self, user: User, key: str) -> Sequence[NamedView]:
        return queries.views_of(user, key)

    def form(self, user: User, page: ListPage, initial: Mapping[str, Any]) -> forms.Form:
        return SaveViewForm(user=user, initial=dict(initial))


def register() -> None:
    keep_views_in(SavedViews())
    notifications.register_kinds()
