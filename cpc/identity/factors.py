"""Services of second factors: add, rename, and remove them, and encrypt their secrets again.

Each runs in the session of the account's owner, who has lately proved who they are; see `check_owner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof
from cpc.audit.services import record
from cpc.identity import encryption, notifications, queries
from cpc.identity.panels import has_other_factor
from cpc.sessions import throttle
from cpc.sessions.throttle_texts import code_wait_text
from cpc.typed import refuse_hidden
from cpc.validation import field_error

LONGEST_NAME = 60
COUNTER = "counter"
"""Key of the data of an authenticator app for the time step of the last code that was used."""
SECRETS = ("secret", "seed")
"""Keys of the data of a factor whose values are encrypted."""

WRONG_CODE = "This code is wrong, has expired, or was used already. Wait for the next one."
KEEP_ONE = "This is your last second factor. Add another one first: without any, you could not sign in."
KEEP_PASSKEY = "This is your last passkey. Add another one first: an approver or administrator must keep one."
PASSKEY_ONLY = "An approver or administrator signs in with a passkey: a false page can pass on a code."


def proofs_to_change(user: User) -> frozenset[Proof]:
    """Return the proofs of which a session needs one lately to change the factors of its account.

    An account without a factor has only its password. One that must use passkeys, and has some, uses one of them.
    """
    other = has_other_factor(user)
    if not other and not queries.factors_of(user).exists():
        return frozenset(Proof)
    if sign_ins.needs_passkey(user) and (other or queries.passkeys_of(user).exists()):
        return sign_ins.PHISHING_RESISTANT
    return sign_ins.TWO_FACTORS


def check_owner(user: User) -> None:
    """Raise `StaleSignIn` unless the session lately gave a proof that its owner changes the factors of an account."""
    sign_ins.check_lately(proofs_to_change(user))


def _lock(user: User) -> User:
    check_owner(user)
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def checked_name(name: str) -> str:
    """Return the name of a passkey without spaces around it. Raises `ValidationError` at `name`."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise field_error("name", f"Enter a name of at most {LONGEST_NAME} characters.", "name")
    try:
        refuse_hidden(name)
    except ValidationError as error:
        raise ValidationError({"name": error.error_list}) from error
    return name


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: Mapping[str, Any]) -> Authenticator:
    """Add a passkey whose registration was verified. Raises `ValidationError` at `name`, and `StaleSignIn`."""
    name = checked_name(name)
    owner = _lock(user)
    passkey: Authenticator = WebAuthn.add(owner, name, dict(credential)).instance
    _record_added(owner, "a passkey", {"passkey": name})
    return passkey


@transaction.atomic
def rename_passkey(*, user: User, passkey_id: int, name: str) -> bool:
    """Give a passkey another name; return False if it has it. Raises as `add_passkey`; `Authenticator.DoesNotExist`."""
    name = checked_name(name)
    owner = _lock(user)
    passkey = queries.passkeys_of(owner).get(pk=passkey_id)
    before = str(passkey.wrap().name)
    if before == name:
        return False
    passkey.wrap().name = name
    passkey.save(update_fields=("data",))
    record(actor=owner, action="renamed a passkey", target=owner, before={"passkey": before}, after={"passkey": name})
    return True


@transaction.atomic
def remove_passkey(*, user: User, passkey_id: int) -> None:
    """Remove a passkey. Raises `ValidationError` for the last one, `StaleSignIn`, and `Authenticator.DoesNotExist`."""
    owner = _lock(user)
    passkey = queries.passkeys_of(owner).get(pk=passkey_id)
    check_removable(owner, passkey)
    name = str(passkey.wrap().name)
    passkey.delete()
    _record_removed(owner, "a passkey", {"passkey": name})


def check_removable(user: User, factor: Authenticator) -> None:
    """Raise `ValidationError` for the last passkey of some accounts, and for the last factor of all."""
    others = queries.factors_of(user).exclude(pk=factor.pk)
    if sign_ins.needs_passkey(user) and not others.filter(type=Authenticator.Type.WEBAUTHN).exists():
        raise ValidationError(KEEP_PASSKEY, code="last_passkey")
    if settings.REQUIRE_SECOND_FACTOR and not others.exists():
        raise ValidationError(KEEP_ONE, code="last_factor")


@transaction.atomic
def add_codes(*, user: User, secret: str, code: str) -> list[str]:
    """Add an authenticator app by its first code, and return the recovery codes, which are shown once.

    Raises `ValidationError` at `code` for a wrong one, and for an account that may use passkeys only or has an app
    already; `StaleSignIn`.
    """
    owner = _lock(user)
    if sign_ins.needs_passkey(owner):
        raise ValidationError(PASSKEY_ONLY, code="passkey_only")
    if queries.app_of(owner) is not None:
        raise ValidationError("Your account already has an authenticator app. Remove it first.", code="app_already")
    counter = _counter_of(secret, code)
    if counter is None:
        raise field_error("code", WRONG_CODE, "code")
    app = TOTP.activate(owner, secret).instance
    app.data[COUNTER] = counter
    app.save(update_fields=("data",))
    _record_added(owner, "an authenticator app", {"codes": "added"})
    return _new_recovery_codes(owner)


def use_code(*, user: User, code: str) -> Authenticator | None:
    """Return the app or the recovery codes of an account that gave this code, which works once; None if none did.

    Raises `ValidationError` of code `too_many_codes` after too many wrong ones in a row.
    """
    verdict = throttle.begin_code(user)
    if not verdict.allowed:
        raise ValidationError(code_wait_text(verdict), code="too_many_codes")
    factor = _factor_that_gave(user, code)
    if factor is not None:
        throttle.forget_codes(user)
    return factor


@transaction.atomic
def _factor_that_gave(user: User, code: str) -> Authenticator | None:
    """Return the factor of a code, and use the code up.

    A code of an app is older than the last one that was used, or was used itself, unless its counter is higher.
    """
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for factor in factors.select_for_update().order_by("-type"):
        if factor.type == Authenticator.Type.RECOVERY_CODES:
            if factor.wrap().validate_code(code):
                return Authenticator.objects.get(pk=factor.pk)
            continue
        counter = _counter_of(encryption.decrypt(factor.data["secret"]), code)
        if counter is not None and counter > factor.data.get(COUNTER, 0):
            factor.data[COUNTER] = counter
            factor.save(update_fields=("data",))
            return factor
    return None


def _counter_of(secret: str, code: str) -> int | None:
    """Return the counter of the time step whose code this is, among the current one and those next to it."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


@transaction.atomic
def remove_codes(*, user: User) -> bool:
    """Remove the authenticator app and the recovery codes; return False if there was no app. Raises as above."""
    owner = _lock(user)
    app = queries.app_of(owner)
    if app is None:
        return False
    check_removable(owner, app)
    Authenticator.objects.filter(user=owner).exclude(type=Authenticator.Type.WEBAUTHN).delete()
    _record_removed(owner, "an authenticator app", {"codes": "removed"})
    return True


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Make ten new recovery codes and void the old ones. Raises `ValidationError` without an authenticator app."""
    owner = _lock(user)
    if queries.app_of(owner) is None:
        raise ValidationError("Recovery codes are for accounts with an authenticator app.", code="no_app")
    codes = _new_recovery_codes(owner)
    record(actor=owner, action="made new recovery codes", target=owner, after={"recovery_codes": "renewed"})
    return codes


def _new_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return [str(code) for code in RecoveryCodes.activate(user).get_unused_codes()]


def remove_all(user: User) -> dict[str, int]:
    """Remove all factors of a locked account, and return how many of each type there were.

    The caller recovers the account: two people agreed, or the database refuses to remove the last passkey.
    """
    removed: dict[str, int] = {}
    for factor in Authenticator.objects.filter(user=user).order_by("pk"):
        removed[factor.type] = removed.get(factor.type, 0) + 1
    Authenticator.objects.filter(user=user).delete()
    return removed


def encrypt_all_again() -> int:
    """Encrypt the secrets of all factors with the first key; return how many were encrypted with another one.

    Raises `UnreadableFactor` before anything is changed if no key decrypts one of them.
    """
    count = 0
    with transaction.atomic():
        for factor in Authenticator.objects.select_for_update().order_by("pk"):
            old = {name: factor.data[name] for name in SECRETS if name in factor.data}
            if all(encryption.is_current(text) for text in old.values()):
                continue
            factor.data |= {name: encryption.encrypt_again(text) for name, text in old.items()}
            factor.save(update_fields=("data",))
            record(actor=None, action="encrypted a factor again", target=factor.user, after={"factor": factor.type})
            count += 1
    return count


def _record_added(user: User, what: str, after: Mapping[str, Any]) -> None:
    entry = record(actor=user, action=f"added {what}", target=user, after=after)
    notifications.notify_owner(user, notifications.ADDED, entry, actor=user, what=what)


def _record_removed(user: User, what: str, before: Mapping[str, Any]) -> None:
    entry = record(actor=user, action=f"removed {what}", target=user, before=before, after={})
    notifications.notify_owner(user, notifications.REMOVED, entry, actor=user, what=what)
