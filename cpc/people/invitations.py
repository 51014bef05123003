"""Links to set the password of an account: created, sent, withdrawn, and used once."""

from __future__ import annotations

import datetime as dt
import secrets

from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.functions import TransactionNow
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import Invitation, InvitationPurpose, User
from cpc.api_tokens.services import digest
from cpc.audit.services import record
from cpc.people import mail
from cpc.people.audited_people import require
from cpc.people.token_endings import end_tokens
from cpc.queue import enqueue
from cpc.sessions import throttle
from cpc.validation import save_validated

VALID_FOR = dt.timedelta(days=7)


def open_invitation(*, user: User, actor: User) -> Invitation:
    """Make a link for a locked account and have it sent once the transaction is through; an earlier one is void.

    An account that is not active is joined by it, an active one gets a new password.
    """
    withdraw_open(user=user)
    now = timezone.now()
    invitation = Invitation(
        user=user,
        purpose=InvitationPurpose.RESET if user.is_active else InvitationPurpose.JOIN,
        created_at=now,
        created_by=actor,
        expires_at=now + VALID_FOR,
    )
    save_validated(invitation)
    record(
        actor=actor,
        action="sent a link",
        target=user,
        after={"link": invitation.get_purpose_display(), "to": user.email, "expires_at": invitation.expires_at},
    )
    transaction.on_commit(lambda: _send_later(invitation.pk), robust=True)
    return invitation


def _send_later(invitation_id: int) -> None:
    if not enqueue("accounts.send_invitation", invitation_id):
        # No scheduled task retries an invitation: without a broker the request itself sends it to the mail server.
        deliver(invitation_id)


def has_open(user: User) -> bool:
    return Invitation.objects.open().filter(user=user).exists()


def withdraw_open(*, user: User) -> int:
    """Make the open link of a locked account void; how many there were: none or one."""
    return Invitation.objects.open().filter(user=user).update(withdrawn_at=timezone.now())


def deliver(invitation_id: int) -> bool:
    """Create the secret of a link and email it.

    Returns False if it was sent already or is void. Only the digest of the secret is stored, so a retry after a crash
    sends another secret and voids the first.
    """
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(of=("self",)).select_related("user", "created_by")
        invitation = rows.get(pk=invitation_id)
        if invitation.sent_at is not None or not invitation.is_valid(timezone.now()):
            return False
        secret = secrets.token_urlsafe(32)
        invitation.digest = digest(secret)
        invitation.save(update_fields=("digest",))
    mail.send_invitation(invitation, secret)
    Invitation.objects.open().filter(pk=invitation_id, sent_at=None).update(sent_at=timezone.now())
    return True


def find_invitation(secret: str, now: dt.datetime, *, lock: bool = False) -> Invitation | None:
    """Return the invitation that this secret opens at `now`; None if it opens none.

    With `lock`, the account is locked before the invitation, in the same order as when an account is disabled.
    """
    rows = Invitation.objects.select_related("user__agency").filter(digest=digest(secret))
    invitation = rows.first()
    if invitation is not None and lock:
        User.objects.select_for_update(no_key=True).get(pk=invitation.user_id)
        invitation = rows.select_for_update(of=("self",)).get()
    if invitation is None or not invitation.is_valid(now):
        return None
    joins = invitation.purpose == InvitationPurpose.JOIN
    return invitation if joins is not invitation.user.is_active else None


@transaction.atomic
def use(*, secret: str, password: str) -> User | None:
    """Set the password with a link, which is used up; the account is active from then on. None for a void link.

    Raises `ValidationError` at `password1` for a weak password; the link can be used again then.
    """
    now = timezone.now()
    invitation = find_invitation(secret, now, lock=True)
    if invitation is None:
        return None
    user = invitation.user
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password1": error.error_list}) from error
    end_tokens(user, actor=user)
    user.set_password(password)
    joins = not user.is_active
    user.is_active = True
    user.sessions_ended += 1
    # First, since the database lets an approver or administrator become active by a link that this transaction uses up.
    invitation.used_at = TransactionNow()
    invitation.save(update_fields=("used_at",))
    user.save(update_fields=("password", "is_active", "sessions_ended"))
    if joins:
        after = {"is_active": True, "password": "changed"}
        record(actor=user, action="took up the account", target=user, before={"is_active": False}, after=after)
    else:
        record(actor=user, action="set a new password", target=user, after={"password": "changed"})
    throttle.forget(user)
    return user


@transaction.atomic
def withdraw(*, account_id: int, actor: User) -> bool:
    """Void the open link of an account; return False if there was none.

    Raises `User.DoesNotExist`.
    """
    require(actor)
    user = User.objects.select_for_update(no_key=True).get(pk=account_id)
    withdrawn = bool(withdraw_open(user=user))
    if withdrawn:
        record(actor=actor, action="withdrew the link", target=user, after={"link": None})
    return withdrawn
