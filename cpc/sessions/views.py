"""Pages of one's own sessions and stored forms, and the answers to the script that warns of the end of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.sessions import services, unsent_forms
from cpc.sessions.limits import End
from cpc.sessions.models import UnsentForm
from cpc.sessions.presenters import security_context, signed_out_text
from cpc.sessions.queries import device_name, open_sessions
from cpc.sessions.store import SessionStore
from cpc.web import formats
from cpc.web.actions import ActionView, Breadcrumbs, Page
from cpc.web.buttons import ButtonAction

ANY_ACCOUNT = Permission.USE_API
"""Permission of every role, also of programs, which have no other pages."""


@require_safe
@never_cache
@requires(ANY_ACCOUNT, pages=False)
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where one is signed in, and what happened lately."""
    check_parameters(request, ())
    return render(request, "account/sessions/sessions.html", security_context(request))


class _OwnSessions(ButtonAction):
    permission = ANY_ACCOUNT
    back = "account-sessions"

    @classmethod
    def guard(cls, view: Page) -> Page:
        return requires(cls.permission, pages=False)(view)


class EndSession(_OwnSessions):
    """The button that ends one session."""

    def perform(self, values: Mapping[str, Any]) -> None:
        row = services.end_session(handle=self.kwargs["handle"], user=self.actor)
        self.done = f"Signed out: {device_name(row.device)}. Its next request is refused."


class EndOtherSessions(_OwnSessions):
    """The button that ends all sessions but this one."""

    def perform(self, values: Mapping[str, Any]) -> None:
        ended = services.end_other_sessions(user=self.actor, key=self.request.session.session_key)
        self.done = f"{formats.count_of(ended, 'other session')} ended."
        self.unchanged = "" if ended else "There was no other session."


class ReportSessions(ActionView):
    """Sign out everywhere, since a session is not one's own, and tell the administrators."""

    permission = ANY_ACCOUNT
    kicker = "Your account"
    heading = "Sign out everywhere?"
    button = "Sign out everywhere"
    intro = (
        "All your sessions end, this one too. The administrators are notified that you found a session that is not "
        "yours, and will speak with you. Change your password after you sign in again."
    )
    here = "Sign out everywhere"
    leave = "Cancel"
    back = "account-sessions"

    @classmethod
    def guard(cls, view: Page) -> Page:
        return requires(cls.permission, pages=False)(view)

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Where you are signed in", self.back_url)]

    def facts(self) -> list[tuple[str, Any]]:
        return [(device_name(row.device), row.address or "Unknown address") for row in open_sessions(self.actor)]

    def perform(self, values: Mapping[str, Any]) -> str:
        services.report_sessions(user=self.actor)
        logout(self.request)
        self.done = "You are signed out everywhere, and the administrators have been notified."
        return reverse("account_login")


@require_safe
@never_cache
@requires(ANY_ACCOUNT, pages=False)
def unsent_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was typed into a form before the session ended, to copy it."""
    check_parameters(request, ())
    stored = get_object_or_404(UnsentForm, pk=pk, account=user_of(request))
    context = {"stored": stored, "texts": unsent_forms.texts_of(stored)}
    return render(request, "account/sessions/unsent_form.html", context)


class DiscardUnsentForm(ButtonAction):
    """The button that removes a stored form."""

    permission = ANY_ACCOUNT
    done = "What was stored is removed."
    stored: UnsentForm

    @classmethod
    def guard(cls, view: Page) -> Page:
        return requires(cls.permission, pages=False)(view)

    def load(self) -> None:
        self.stored = get_object_or_404(UnsentForm, pk=self.kwargs["pk"], account=self.actor)

    @property
    def back_url(self) -> str:
        return self.stored.page

    def perform(self, values: Mapping[str, Any]) -> None:
        self.stored.delete()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def session(request: HttpRequest) -> JsonResponse:
    """Return how many seconds the session still has, and whether activity extends it; a POST does.

    None are left if there is no session: a redirect would lead the script to a page.
    """
    check_parameters(request, ())
    if request.method == "POST" and request.user.is_authenticated and isinstance(request.session, SessionStore):
        request.session.note_activity(timezone.now())
    return _state(request)


@require_POST
@never_cache
@login_not_required
def keep_forms(request: HttpRequest) -> HttpResponse:
    """Store the forms of a page whose session just ended by itself, and say so on the sign-in page.

    The response is that of `session`. If the session goes on, perhaps by activity in another window, nothing is stored.
    """
    check_parameters(request, ())
    store = request.session
    if isinstance(store, SessionStore) and not store.get(SESSION_KEY) and store.over is not None:
        stored = store.over.why.keeps_forms and _keep(request, store.over.account_id)
        messages.warning(request, signed_out_text(store.over.why, stored=stored))
    return _state(request)


def _keep(request: HttpRequest, account_id: int) -> bool:
    page = request.POST.get("page", "")
    forms = zip(request.POST.getlist("action"), request.POST.getlist("fields"), strict=False)
    stored = [
        unsent_forms.keep(account_id=account_id, page=page, action=action, data=QueryDict(fields))
        for action, fields in forms
        if unsent_forms.is_path(page) and unsent_forms.is_path(action)
    ]
    return any(stored)


def _state(request: HttpRequest) -> JsonResponse:
    store = request.session
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0, "extends": False})
    if not isinstance(store, SessionStore):  # an engine without limits
        return JsonResponse({"seconds": settings.SESSION_COOKIE_AGE, "extends": True})
    ends_at, reason = store.ends_at
    seconds = max(int((ends_at - timezone.now()).total_seconds()), 0)
    return JsonResponse({"seconds": seconds, "extends": reason is End.IDLE})
