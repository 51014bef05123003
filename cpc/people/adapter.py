"""Settings of django-allauth: people are invited and can't register themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.openid import flows, queries
from cpc.people.token_endings import end_tokens
from cpc.sessions import services, throttle, unsent_forms
from cpc.sessions.devices import remember_device
from cpc.sessions.throttle_texts import wait_text
from cpc.web.pages import all_pages


def _opens_for_programs(url: str) -> bool:
    """Return whether an account without pages may open a URL: one of the account, of REST, or open to everyone."""
    try:
        name = resolve(urlsplit(url).path).view_name
    except Resolver404:
        return False
    permissions = {page.permission for page in all_pages() if page.name == name}
    return permissions <= {None, Permission.USE_API}


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Adapter that disables self-registration and explains in plain language why a sign-in failed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The user name or password is incorrect.",
        "enter_current_password": "This is not your current password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an administrator creates every account."""
        return False

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **details: Any) -> HttpResponse:
        """Redirect to the page that was asked for, unless an account of a program could not open it."""
        if redirect_url and user.is_for_programs and not _opens_for_programs(redirect_url):
            redirect_url = reverse("api-documentation")
        answer: HttpResponse = super().post_login(request, user, redirect_url=redirect_url, **details)
        methods = {entry["method"] for entry in get_authentication_records(request, user)}
        if throttle.signed_in(user, by_second_factor=bool(methods - {"password"})):
            record(actor=user, action="lifted the cap on failed sign-ins", target=user)
        remember_device(request, answer, user)
        unsent_forms.offer(request, user)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the page after sign-in: for an account without pages, the REST documentation."""
        if user_of(request).is_for_programs:
            return reverse("api-documentation")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return the page after sign-out, which offers to sign out at the provider of the session, too."""
        if flows.SIGNED_IN in request.session:
            return reverse("openid-signed-out")
        url: str = super().get_logout_redirect_url(request)
        return url

    def logout(self, request: HttpRequest) -> None:
        address = flows.sign_out_address(request, queries.providers())
        super().logout(request)
        if address:
            request.session[flows.SIGN_OUT_ADDRESS] = address

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try. Raises `ValidationError` with the wait if a password may not be tried now."""
        self._attempt = throttle.begin(request, str(credentials.get("username") or ""))
        if not self._attempt.verdict.allowed:
            raise ValidationError(wait_text(self._attempt.verdict), code="too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the account of the right password, which takes the counted failure back."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            throttle.take_back(self._attempt)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Notify the owner of the account, if others fail to sign in to it."""
        services.notify_of_failure(self._attempt)

    def set_password(self, user: User, password: str) -> None:
        """Set the password that a person chose, and revoke the tokens issued under the old one."""
        with transaction.atomic():
            end_tokens(user, actor=user)
            super().set_password(user, password)
