"""Notice of a new email address of an account, to its inbox and to the old address."""

from __future__ import annotations

from django.db import transaction

from cpc.accounts.models import User
from cpc.people import mail, notifications
from cpc.queue import enqueue


def notify_of_new_address(user: User, old_address: str, *, actor: User) -> None:
    """Notify an account in its inbox and, once the transaction is through, at its old address.

    Whoever takes over an account by a new address can't prevent the email to the old one.
    """
    notifications.notify_of_new_address(user, actor=actor)
    if old_address:
        transaction.on_commit(lambda: _send_later(user.pk, old_address), robust=True)


def _send_later(user_id: int, old_address: str) -> None:
    if not enqueue("accounts.send_address_notice", user_id, old_address):
        deliver(user_id, old_address)


def deliver(user_id: int, old_address: str) -> None:
    mail.send_address_notice(User.objects.get(pk=user_id), old_address)
