"""Pages of the inbox and the email preference.

Another account's notification is a 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.notifications import queries, services
from cpc.notifications.kinds import all_kinds
from cpc.notifications.models import Frequency, Notification
from cpc.parameters import check_parameters
from cpc.web.actions import ActionForm, ActionView
from cpc.web.buttons import ButtonAction, ButtonForm
from cpc.web.tables import PAGE, paginate


class InboxFilter(forms.Form):
    show = forms.ChoiceField(required=False, choices=(("", "All"), ("unread", "Unread")))


class ReadForm(ButtonForm):
    then = forms.ChoiceField(required=False, choices=(("", "Stay"), ("open", "Open")))


class ReadAllForm(ButtonForm):
    up_to = forms.IntegerField(min_value=1)


class PreferenceForm(ActionForm):
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, widget=forms.RadioSelect)


PAGE_SIZE = 25


@require_safe
@requires(Permission.USE_PAGES)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show this account's notifications, newest first; `?show=unread` leaves out read ones."""
    check_parameters(request, (*InboxFilter.base_fields, PAGE))
    form = InboxFilter(request.GET)
    if not form.is_valid():
        raise BadRequest(f"The inbox can't show “{request.GET['show']}”. Use “unread”, or leave out “show”.")
    everything = queries.inbox(user_of(request))
    only_unread = form.cleaned_data["show"] == "unread"
    context = {
        "page": paginate(request, everything.unread() if only_unread else everything, PAGE_SIZE),
        "only_unread": only_unread,
        "unread": everything.unread().count(),
        "newest": everything.values_list("pk", flat=True).first(),
        "labels": {kind.key: kind.label for kind in all_kinds()},
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
        count = services.mark_all_read(up_to=values["up_to"], user=self.actor)
        self.done = f"Marked as read: {count}." if count else "Everything was already read."


class Preferences(ActionView):
    """Page to choose how often email is sent, with an example of each kind of notification."""

    permission = Permission.USE_PAGES
    form_class = PreferenceForm
    template_name = "notifications/preferences.html"
    done = "Saved."
    back = "inbox-preferences"

    def get_initial(self) -> dict[str, Any]:
        return {"frequency": queries.frequency_of(self.actor)}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.choose_frequency(frequency=Frequency(values["frequency"]), user=self.actor)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"kinds": [(kind, kind.message(kind.example)) for kind in all_kinds()]}
