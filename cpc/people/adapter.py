"""Settings of django-allauth: people are invited and can't register themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Adapter that disables self-registration and explains in plain language why a sign-in failed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The user name or password is incorrect.",
        "enter_current_password": "This is not your current password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an administrator creates every account."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the page after sign-in: for an account without pages, the REST documentation."""
        if not user_of(request).allows(Permission.USE_PAGES):
            return reverse("api-documentation")
        url: str = super().get_login_redirect_url(request)
        return url
