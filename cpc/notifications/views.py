"""Pages of the inbox.

Another account's notification is a 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.core.validators import validate_comma_separated_integer_list
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.notifications import lines, queries, services
from cpc.notifications.models import Notification
from cpc.parameters import check_parameters
from cpc.web.buttons import ButtonAction, ButtonForm
from cpc.web.tables import PAGE, paginate

SHOWN = (
    ("", "Everything"),
    ("unread", "Unread"),
    ("rounds", "Rounds"),
    ("partnerships", "Partnerships"),
    ("data", "Data"),
    ("account", "Your account"),
    ("archive", "Archive"),
)


class InboxFilter(forms.Form):
    show = forms.ChoiceField(required=False, choices=SHOWN)


class _Keys(forms.CharField):
    """Keys of notifications with commas between them, as a button of the inbox sends them."""

    default_validators = [validate_comma_separated_integer_list]

    def clean(self, value: Any) -> list[int] | None:
        text = super().clean(value)
        return [int(key) for key in text.split(",")] if text else None


class ReadForm(ButtonForm):
    then = forms.ChoiceField(required=False, choices=(("", "Stay"), ("open", "Open")))
    others = _Keys(required=False, max_length=2000)


class ReadAllForm(ButtonForm):
    up_to = forms.IntegerField(min_value=1)
    only = _Keys(required=False, max_length=2000)


PAGE_SIZE = 25


@require_safe
@requires(Permission.USE_PAGES)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what happened, by round or subject and by who did it, the newest first; `?show=` narrows it."""
    check_parameters(request, (*InboxFilter.base_fields, PAGE))
    form = InboxFilter(request.GET)
    if not form.is_valid():
        raise BadRequest(f"The inbox can't show “{request.GET['show']}”. Use “unread”, or leave out “show”.")
    user, now, show = user_of(request), timezone.now(), form.cleaned_data["show"]
    counts = queries.inbox_counts(user, now)
    rows = queries.inbox(user)
    conditions = {"": queries.shown_now(now), "unread": Q(read_at=None), "archive": ~queries.shown_now(now)}
    condition = conditions[show] if show in conditions else queries.shown_now(now) & queries.about(show)
    page = paginate(request, rows.filter(condition), PAGE_SIZE)
    numbers = {key: getattr(counts, key or "everything") for key, _ in SHOWN}
    context = {
        "page": page,
        "sections": lines.sections_of(page.object_list, user),
        "rail": [(key, label, numbers[key]) for key, label in SHOWN if numbers[key] or key in ("", "unread", show)],
        "show": show,
        "counts": counts,
        "newest": rows.values_list("pk", flat=True).first(),
        "frequency": queries.frequency_of(user).label,
    }
    return render(request, "notifications/inbox.html", context)


class Read(ButtonAction):
    """Mark one notification as read, and stay, or open the page it links to."""

    permission = Permission.USE_PAGES
    form_class = ReadForm
    invalid = "After marking a notification as read, the inbox either stays or opens its link."
    back = "inbox"

    def perform(self, values: Mapping[str, Any]) -> str | None:
        try:
            notification = services.mark_read(notification_id=self.kwargs["pk"], user=self.actor)
            if values["others"]:
                services.mark_all_read(up_to=notification.pk, only=values["others"], user=self.actor)
        except Notification.DoesNotExist as error:
            raise Http404 from error
        return notification.link if values["then"] == "open" else None


class ReadAll(ButtonAction):
    """Mark the notifications that were there when the page was opened as read."""

    permission = Permission.USE_PAGES
    form_class = ReadAllForm
    invalid = "Open the inbox and use the button there. It sends the number of the newest notification you have seen."
    back = "inbox"

    def perform(self, values: Mapping[str, Any]) -> None:
        count = services.mark_all_read(up_to=values["up_to"], only=values["only"], user=self.actor)
        self.done = f"Marked as read: {count}." if count else "Everything was already read."
