"""Texts of the page of an account's security."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.safestring import SafeString

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.identity import queries
from cpc.identity.panels import has_other_factor
from cpc.web.badges import status
from cpc.web.formats import count_of

KINDS = {
    "signed in": ("good", ""),
    "sign-in failed": ("warn", ""),
    "second factor failed": ("warn", ""),
    "recovered": ("warn", ""),
}
SENTENCES = {
    "signed in": "Signed in",
    "signed out": "Signed out",
    "sign-in failed": "A wrong password was entered",
    "changed password": "Password changed",
    "set a new password": "New password set with a link",
    "took up the account": "Account taken up with a link",
    "used a passkey": "Passkey used",
    "used a code": "Code used",
    "second factor failed": "A second factor was refused",
    "added a passkey": "Passkey added",
    "renamed a passkey": "Passkey renamed",
    "removed a passkey": "Passkey removed",
    "added an authenticator app": "Authenticator app added",
    "removed an authenticator app": "Authenticator app removed",
    "made new recovery codes": "New recovery codes made",
    "recovered": "Account recovered by two people",
}
"""Sentence for each action of `queries.ABOUT_SIGNING_IN`."""


@dataclass(frozen=True, slots=True)
class Protection:
    """The protection of an account, as the page shows it."""

    passkeys: list[Authenticator]
    app: Authenticator | None
    codes_left: int
    needs_passkey: bool
    is_required: bool
    is_linked: bool = False
    """True if a sign-in elsewhere protects the account as a factor does."""

    @property
    def heading(self) -> str:
        if self.passkeys:
            count = len(self.passkeys)
            return f"{count_of(count, 'passkey protects', 'passkeys protect')} your account"
        if self.app is not None:
            return "A code from an app protects your account"
        if self.is_linked:
            return "A linked sign-in protects your account"
        return "Only a password protects your account"

    @property
    def lede(self) -> str:
        if self.needs_passkey:
            return (
                "An approver or administrator must keep at least one passkey. A code from an app can't replace it, "
                "because a code can be typed into a false page."
            )
        return "Besides your password, a passkey or a code from an app shows that it is you. A passkey is safer."

    @property
    def is_missing(self) -> bool:
        """Return whether the account lacks what its role needs: one with a linked sign-in confirms with that."""
        return not self.passkeys and not self.is_linked and (self.needs_passkey or self.app is None)

    @property
    def aside(self) -> str:
        return f"{len(self.passkeys)}; you need at least 1" if self.needs_passkey else str(len(self.passkeys))


def protection_of(user: User) -> Protection:
    return Protection(
        list(queries.passkeys_of(user)),
        queries.app_of(user),
        queries.recovery_codes_left(user),
        sign_ins.needs_passkey(user),
        settings.REQUIRE_SECOND_FACTOR,
        has_other_factor(user),
    )


@dataclass(frozen=True, slots=True)
class Event:
    entry: AuditEntry

    @property
    def text(self) -> SafeString:
        after = {**(self.entry.before or {}), **(self.entry.after or {})}
        name = after.get("passkey") or after.get("factor")
        sentence = SENTENCES.get(self.entry.action, self.entry.action.capitalize())
        kind, icon = KINDS.get(self.entry.action, ("none", "info"))
        return status(kind, f"{sentence}: {name}" if name else sentence, icon_name=icon)


def events_of(user: User, count: int = 8) -> list[Event]:
    return [Event(entry) for entry in queries.lately(user, count)]
