"""Services that link identities at providers to accounts, end such links, and find the account of an identity.

An identity leads to an account by its subject. The first time, the provider's verified address may lead there, but only
to an account that was never linked before, and not to that of an approver or administrator. Everyone else is connected
by the owner, who signed in another way, or by an administrator; approvers and administrators, by two people.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.access_changes import AccessChange, is_held_by_two
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.services import record
from cpc.identity.factors import check_owner
from cpc.openid.errors import SignInRefused
from cpc.openid.id_tokens import Identity
from cpc.openid.models import Basis, Ending, LinkedIdentity
from cpc.openid.notifications import ENDED, LINKED, notify_owner
from cpc.openid.queries import account_of, current_identity, label_of, providers
from cpc.validation import save_validated

ALONE = "This takes a second person. Ask for it: nothing changes until another approver or administrator confirms it."


@transaction.atomic
def account_for(identity: Identity) -> User:
    """Return the active account that an identity signs in to; the first time, link it by the verified address.

    Raises `SignInRefused` with code `unknown_account`, `disabled`, `needs_connecting`, or `linked_before`.
    """
    link = account_of(identity.issuer, identity.subject)
    if link is None:
        link = _link_by_address(identity)
    if not link.user.is_active:
        raise SignInRefused("disabled", "This account is disabled. If you still need it, contact the TIP Office.")
    record(
        actor=link.user,
        action="identified by a provider",
        target=link,
        after={"provider": identity.provider, "acr": list(identity.acr), "amr": list(identity.amr)},
    )
    return link.user


def _link_by_address(identity: Identity) -> LinkedIdentity:
    user = User.objects.filter(email__iexact=identity.email, is_active=True).first() if identity.email else None
    if user is None or user.is_for_programs:
        raise SignInRefused(
            "unknown_account",
            "No account here is linked to it, and none has an address that the provider verified. Accounts are "
            "created by an administrator of the TIP Office.",
        )
    if is_held_by_two(user.role):
        raise SignInRefused(
            "needs_connecting",
            "The account of an approver or administrator is not found by its address. Sign in another way and connect "
            "it under Your account, or have two administrators connect it.",
        )
    earlier = LinkedIdentity.objects.filter(issuer=identity.issuer)
    if earlier.filter(user=user).exists() or earlier.filter(subject=identity.subject).exists():
        raise SignInRefused(
            "linked_before",
            "The account with your address is or was linked to another identity. Sign in another way and connect it "
            "under Your account, or ask an administrator to connect it.",
        )
    try:
        return _link(user, identity.provider, identity.issuer, identity.subject, Basis.ADDRESS, None)
    except ValidationError as error:
        # Somebody linked one of them at this moment, or the account became that of an approver.
        raise SignInRefused("linked_before", " ".join(error.messages)) from error


@transaction.atomic
def connect_own(*, identity: Identity, user: User) -> LinkedIdentity:
    """Link an identity to the account of its owner, who is signed in and has just proved it again.

    Returns the link that is there already. Raises `ValidationError` if the identity or the account is linked otherwise,
    and `StaleSignIn`.
    """
    check_owner(user)
    found = account_of(identity.issuer, identity.subject)
    if found is not None and found.user == user:
        return found
    return _link(user, identity.provider, identity.issuer, identity.subject, Basis.OWNER, user)


@transaction.atomic
def connect(
    *, account_id: int, provider: str, subject: str, actor: User, confirmed: AccessChange | None = None
) -> LinkedIdentity:
    """Link the identity that an administrator entered.

    Raises `PermissionDenied`, and `ValidationError` as `connect_own`, for the own account, for an unknown provider, and
    with code `second_person` for an approver or administrator, unless another person has `confirmed` it; `StaleSignIn`.
    """
    if confirmed is None:
        require(actor, Permission.MANAGE_PEOPLE)
    user = User.objects.select_for_update(no_key=True).get(pk=account_id)
    check_connecting(user, provider, subject, actor)
    if confirmed is None and is_held_by_two(user.role):
        raise ValidationError(ALONE, code="second_person")
    return _link(user, provider, providers()[provider].issuer, subject, Basis.ENTERED, actor)


def check_connecting(user: User, provider: str, subject: str, actor: User) -> None:
    """Raise `ValidationError` if an administrator can't link this identity to an account."""
    if provider not in providers():
        raise ValidationError({"provider": ValidationError("Choose a provider that is configured.", code="provider")})
    if user == actor:
        raise ValidationError("Connect your own account on the page of your account.", code="own_account")
    issuer = providers()[provider].issuer
    found = account_of(issuer, subject)
    if found is not None:
        of_whom = "this account" if found.user == user else f"the account {found.user.username}"
        raise ValidationError(
            {"subject": ValidationError(f"This identity is already linked to {of_whom}.", code="linked_already")}
        )
    if current_identity(user, issuer) is not None:
        raise ValidationError(
            "This account is linked to another identity there. End that link first.", code="linked_other"
        )


def _link(user: User, provider: str, issuer: str, subject: str, basis: Basis, actor: User | None) -> LinkedIdentity:
    link = LinkedIdentity(
        user=user, provider=provider, issuer=issuer, subject=subject, basis=basis.value, linked_by=actor
    )
    save_validated(link, unchecked=("linked_at",), force_insert=True)
    link.refresh_from_db()
    record(
        actor=actor,
        action="linked a sign-in",
        target=link,
        after={"account": user.username, "provider": provider, "subject": subject, "basis": basis.value},
    )
    notify_owner(link, LINKED, label_of(link), actor=actor)
    return link


@transaction.atomic
def disconnect(*, link_id: int, actor: User) -> bool:
    """End a link: one's own, or as an administrator. Returns False if it has ended. Sessions go on until they end.

    Raises `LinkedIdentity.DoesNotExist` for another person's link, unless the actor manages accounts; `StaleSignIn`.
    """
    rows = LinkedIdentity.objects.select_for_update(of=("self",)).select_related("user")
    if not actor.allows(Permission.MANAGE_PEOPLE):
        rows = rows.filter(user=actor)
    link = rows.get(pk=link_id)
    is_own = link.user == actor
    if is_own:
        check_owner(actor)
    else:
        require(actor, Permission.MANAGE_PEOPLE)
    if link.ended_at is not None:
        return False
    _end(link, Ending.OWNER if is_own else Ending.ADMINISTRATOR, actor)
    notify_owner(link, ENDED, label_of(link), actor=actor)
    return True


def end_all(*, user: User, actor: User) -> int:
    """End all links of a locked account that two people recover; return how many there were.

    The caller notifies the owner of the recovery.
    """
    links = list(
        LinkedIdentity.objects.current().filter(user=user).select_related("user").select_for_update(of=("self",))
    )
    for link in links:
        _end(link, Ending.RECOVERY, actor)
    return len(links)


def _end(link: LinkedIdentity, because: Ending, actor: User) -> None:
    link.ended_at, link.ended_by, link.ended_because = timezone.now(), actor, because.value
    link.save(update_fields=("ended_at", "ended_by", "ended_because"))
    record(
        actor=actor,
        action="ended a link to a sign-in",
        target=link,
        before={"ended": ""},
        after={"ended": link.ended_because, "account": link.user.username},
    )


def record_refused(provider: str, code: str, identity: Identity | None = None) -> None:
    """Audit a sign-in that was refused, with the reason; the account, if the identity leads to one."""
    link = account_of(identity.issuer, identity.subject) if identity else None
    target = link or LinkedIdentity(user=User(username="(unknown account)"), provider=provider)
    record(actor=None, action="sign-in through a provider refused", target=target, after={"reason": code})
