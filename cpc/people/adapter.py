"""Settings of django-allauth: people are invited and can't register themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import salted_hmac

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.openid import flows, queries
from cpc.people.token_endings import end_tokens
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

    def set_password(self, user: User, password: str) -> None:
        """Set the password that a person chose, and revoke the tokens issued under the old one."""
        with transaction.atomic():
            end_tokens(user, actor=user)
            super().set_password(user, password)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return the key under which failed sign-ins are counted.

        The cache may be written to disk, and a password typed as user name could be guessed from its plain digest.
        """
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return salted_hmac("cpc.people.sign-ins", key, algorithm="sha256").hexdigest()
