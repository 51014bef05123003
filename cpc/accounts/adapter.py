"""How django-allauth behaves here: people are invited, nobody registers."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Refuses self-registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator makes every account."""
        return False
