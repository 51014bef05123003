"""End of all API tokens of an account: with its password, with its role, and with its access."""

from __future__ import annotations

from cpc.accounts.models import User
from cpc.api_tokens.services import revoke_all
from cpc.people import notifications


def end_tokens(user: User, *, actor: User | None) -> int:
    """Revoke the tokens of a locked account in the caller's transaction, notify it, and return how many there were.

    Call this before the account is saved: the database revokes what is left then, without knowing who acted.
    """
    revoked = revoke_all(owner=user, actor=actor)
    notifications.notify_of_revoked_tokens(user, revoked, actor=actor)
    return len(revoked)
