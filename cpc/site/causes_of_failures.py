"""Pages on which an administrator removes the cause of a failed task of the kernel."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.accounts.models import Invitation
from cpc.site.failed_tasks import CAUSES, Cause


def register() -> None:
    CAUSES.add(Cause("accounts.send_invitation", "Open the account", _account))
    CAUSES.add(Cause("webhooks.deliver", "Open the webhook", _webhook))


def _account(arguments: dict[str, Any]) -> str:
    known = Invitation.objects.filter(pk=_first(arguments)).values_list("user_id", flat=True).first()
    return reverse("person", args=[known]) if known else reverse("people")


def _webhook(arguments: dict[str, Any]) -> str:
    key = _first(arguments)
    return reverse("webhook", args=[key]) if isinstance(key, int) else reverse("webhooks-all")


def _first(arguments: dict[str, Any]) -> Any:
    """Return the key of the record, which such a task has as its only argument."""
    return next(iter([*arguments["args"], *arguments["kwargs"].values()]), None)
