"""The inbox, and how often mail comes. Nobody sees another account's: it is as if it were not there."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.notifications import queries, services
from cpc.notifications.forms import InboxFilter, PreferenceForm, ReadAllForm, ReadForm
from cpc.notifications.kinds import all_kinds
from cpc.notifications.models import Frequency, Notification
from cpc.parameters import check_parameters
from cpc.web.tables import PAGE, paginate

PAGE_SIZE = 25


@require_safe
@requires(Permission.USE_PAGES)
def inbox(request: HttpRequest) -> HttpResponse:
    """What this account was told, newest first; `?show=unread` leaves out what was read."""
    check_parameters(request, (*InboxFilter.base_fields, PAGE))
    form = InboxFilter(request.GET)
    if not form.is_valid():
        raise BadRequest(f"The inbox cannot show “{request.GET['show']}”. It shows all, or “unread”.")
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


@require_POST
@requires(Permission.USE_PAGES)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read, and stay, or go where it leads."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise BadRequest("After reading, the inbox stays or opens the thing.")
    try:
        notification = services.mark_read(notification_id=pk, user=user_of(request))
    except Notification.DoesNotExist as error:
        raise Http404 from error
    return redirect(notification.link if form.cleaned_data["then"] == "open" else "inbox")


@require_POST
@requires(Permission.USE_PAGES)
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what was there when the page was opened."""
    form = ReadAllForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Open the inbox and press the button there: it says up to which notification you have read.")
    count = services.mark_all_read(up_to=form.cleaned_data["up_to"], user=user_of(request))
    messages.success(request, f"Marked as read: {count}." if count else "Everything was read already.")
    return redirect("inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.USE_PAGES)
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose how often mail comes, and see what kinds of notification there are, with an example of each."""
    check_parameters(request, ())
    user = user_of(request)
    form = PreferenceForm(request.POST if request.method == "POST" else None, frequency=queries.frequency_of(user))
    if form.is_valid():
        services.choose_frequency(frequency=Frequency(form.cleaned_data["frequency"]), user=user)
        messages.success(request, "Saved.")
        return redirect("inbox-preferences")
    context = {"form": form, "kinds": [(kind, kind.message(kind.example)) for kind in all_kinds()]}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "notifications/preferences.html", context, status=status)
