"""Recovery of an account whose owner lost every second factor: asked for by one person, confirmed by another."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.access_changes import AccessChange, AccessChangeKind
from cpc.accounts.models import User
from cpc.audit.services import record
from cpc.identity import notifications
from cpc.identity.factors import remove_all
from cpc.openid.services import end_all
from cpc.people import invitations, services
from cpc.people.token_endings import end_tokens


def check_recovering(user: User, actor: User) -> None:
    """Raise `ValidationError` for one's own account, and one that gets no link: without an address, or disabled."""
    if user == actor:
        raise ValidationError("Another administrator must ask for the recovery of your account.", code="own_account")
    if not user.is_active:
        raise ValidationError("This account is disabled. Enable it first.", code="disabled")
    services.check_linking(user)


@transaction.atomic
def recover(*, account_id: int, actor: User, confirmed: AccessChange) -> None:
    """Remove all second factors of an account, end its sessions and tokens, and email a link to set a new password.

    The old password ends as well: without a second factor, whoever knows it could add one of their own. So do its links
    to providers, which count as a factor: the owner could add no passkey, and a thief might have made one. The caller
    confirms a change of kind "recover". Raises as `check_recovering`, and `ValidationError` for another change.
    """
    if confirmed.kind != AccessChangeKind.RECOVER or confirmed.account_id != account_id:
        raise ValidationError(services.ALONE, code="second_person")
    user = services.lock_account(account_id)
    check_recovering(user, actor)
    removed = remove_all(user)
    links = end_all(user=user, actor=actor)
    end_tokens(user, actor=actor)
    user.set_unusable_password()
    user.sessions_ended += 1
    user.save(update_fields=("password", "sessions_ended"))
    entry = record(
        actor=actor,
        action="recovered",
        target=user,
        before={"factors": removed, "linked_sign_ins": links},
        after={"factors": {}, "linked_sign_ins": 0, "password": "changed", "asked_by": confirmed.asked_by.username},
    )
    notifications.notify_owner(user, notifications.RECOVERED, entry, actor=actor, who=actor)
    invitations.open_invitation(user=user, actor=actor)
