"""Services to issue, recognize, and revoke API tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Permission, Role
from cpc.accounts.programs import can_answer
from cpc.accounts.scopes import Scope, scopes_for
from cpc.accounts.sign_ins import check_recent
from cpc.audit.services import record
from cpc.validation import field_error, save_validated

LONGEST_DAYS = 365
# The last use is approximate and not a log: saving it on every request would make each read a write.
LAST_USE_EVERY = dt.timedelta(minutes=1)
_SHAPE = re.compile(r"cpc_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


class IssuedToken(NamedTuple):
    """A new token and its secret, which is not stored and can be shown only once."""

    token: ApiToken
    secret: str


def digest(secret: str) -> str:
    """Return the SHA-256 as hexadecimal; the secret has 256 random bits, so no slow hash is needed against guessing."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *, owner: User, name: str, scopes: Collection[str], days: int, actor: User | None = None
) -> IssuedToken:
    """Issue a token to `owner`, valid for `days` days (1 to 365) from now on, or until the last day of the account.

    `actor` is the owner, or somebody who may issue tokens of this program. Raises `ValidationError` if the name is
    empty, no scope is given, a scope is unknown or exceeds the account, or the days are out of range;
    `PermissionDenied` if the account may not use the REST interface, or the actor may not issue its tokens;
    `StaleSignIn` in a session that confirmed too long ago who uses it, since the token works without it.
    """
    check_recent()
    actor = actor or owner
    owner = User.objects.select_related("responsible").select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
    if actor != owner and not issues_for(actor, owner):
        raise PermissionDenied("Only administrators and the person who answers for a program issue its tokens.")
    if not owner.allows(Permission.USE_API):
        raise PermissionDenied(f"This account does not have permission to {Permission.USE_API}.")
    check_scopes(owner, scopes)
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": ValidationError(f"Choose 1 to {LONGEST_DAYS} days.", code="days")})
    prefix = f"cpc_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    now = timezone.now()
    end = now + dt.timedelta(days=days)
    token = ApiToken(
        owner=owner,
        issued_by=actor,
        name=name.strip(),
        prefix=prefix,
        digest=digest(secret),
        scopes=[scope.value for scope in Scope if scope.value in scopes],
        created_at=now,
        expires_at=min(end, owner.ends_at or end),
    )
    save_validated(token)
    after = {"owner": owner.username, "scopes": token.scopes, "expires_at": token.expires_at}
    record(actor=actor, action="issued a token", target=token, after=after)
    return IssuedToken(token, secret)


def issues_for(actor: User, owner: User) -> bool:
    """Return whether a person may issue tokens of this account: of a program that they answer for or administer."""
    if owner.role != Role.API_CLIENT:
        return False
    return actor.allows(Permission.MANAGE_PEOPLE) or (owner.responsible_id == actor.pk and can_answer(actor))


def check_scopes(owner: User, scopes: Collection[str]) -> None:
    """Raise `ValidationError` at the field `scopes` unless there are some, and the account has all of them."""
    allowed = scopes_for(owner.permissions)
    beyond = sorted(set(scopes) - set(allowed))
    message = ""
    if not scopes:
        message = "Choose at least one scope."
    elif beyond:
        names = ", ".join(beyond)
        message = f"This account can't use {names}. It can use {', '.join(allowed)}."
    if message:
        raise field_error("scopes", message, "scopes")


@transaction.atomic
def revoke_token(*, token_id: int, actor: User) -> ApiToken:
    """Revoke a token at once and permanently; a revoked token is left unchanged.

    The owner and accounts that manage accounts can revoke it. Raises `ApiToken.DoesNotExist` for any other account, as
    if the token did not exist.
    """
    token = ApiToken.objects.visible_to(actor).select_for_update(of=("self",)).select_related("owner").get(pk=token_id)
    if token.revoked_at is None:
        _revoke(token, actor)
    return token


@transaction.atomic
def revoke_all(*, owner: User, actor: User | None) -> list[ApiToken]:
    """Revoke every token of an account that can still be used, and return them.

    The caller has checked that `actor` may change the account; None if a scheduled task does.
    """
    tokens = ApiToken.objects.filter(owner=owner, revoked_at=None).order_by("pk").select_for_update(of=("self",))
    revoked = list(tokens.select_related("owner"))
    for token in revoked:
        _revoke(token, actor)
    return revoked


def _revoke(token: ApiToken, actor: User | None) -> None:
    token.revoked_at, token.revoked_by = timezone.now(), actor
    token.save(update_fields=("revoked_at", "revoked_by"))
    record(
        actor=actor,
        action="revoked a token",
        target=token,
        before={"revoked_at": None},
        after={"revoked_at": token.revoked_at, "owner": token.owner.username},
    )


def recognize(secret: str, now: dt.datetime) -> ApiToken | None:
    """Return the token of this secret if it is valid at `now` and its account can be used; else None.

    The token's owner is narrowed to the scopes of the token. The last use is recorded at most once a minute.
    """
    if not _SHAPE.fullmatch(secret):
        return None
    token = ApiToken.objects.select_related("owner").filter(digest=digest(secret)).order_by().first()
    if token is None or not token.is_valid(now) or not token.owner.has_access:
        return None
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - LAST_USE_EVERY)
    if token.last_used_at is None or token.last_used_at < now - LAST_USE_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    token.owner.narrow(token.permissions)
    return token
