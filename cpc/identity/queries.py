"""Queries of second factors."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry

ABOUT_SIGNING_IN = (
    "signed in",
    "signed out",
    "sign-in failed",
    "changed password",
    "set a new password",
    "took up the account",
    "used a passkey",
    "used a code",
    "second factor failed",
    "added a passkey",
    "renamed a passkey",
    "removed a passkey",
    "added an authenticator app",
    "removed an authenticator app",
    "made new recovery codes",
    "recovered",
)
"""Actions of the audit trail that the owner of an account sees on the page of its security."""


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Return the passkeys and the authenticator app of an account, without its recovery codes."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return rows.exclude(type=Authenticator.Type.RECOVERY_CODES)


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return rows.order_by("created_at", "pk")


def app_of(user: User) -> Authenticator | None:
    """Return the authenticator app of an account."""
    app: Authenticator | None = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return app


def recovery_codes_left(user: User) -> int:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def lately(user: User, count: int) -> list[AuditEntry]:
    """Return the newest entries of the trail about signing in as this account."""
    rows = AuditEntry.objects.filter(
        object_type=user._meta.label_lower, object_id=str(user.pk), action__in=ABOUT_SIGNING_IN
    )
    return list(rows[:count])
