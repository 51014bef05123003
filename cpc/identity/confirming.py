"""Ways in which the owner of an account confirms that a session is still theirs."""

from __future__ import annotations

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof
from cpc.identity import queries


def ways_to_confirm(user: User) -> list[Proof]:
    """Return the proofs that an account can give here, the strongest first.

    A code is no way for an account that must use passkeys and has one; a password, for one with any factor.
    """
    passkeys = queries.passkeys_of(user).exists()
    ways = [Proof.PASSKEY] if passkeys else []
    if queries.app_of(user) is not None and not (passkeys and sign_ins.needs_passkey(user)):
        ways.append(Proof.CODE)
    return ways or ([Proof.PASSWORD] if user.has_usable_password() else [])
