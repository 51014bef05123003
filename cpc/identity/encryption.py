"""Encryption of the secrets of second factors, with keys that can be replaced.

The first key of `MFA_KEYS` encrypts, and all of them decrypt: put a new key first, run `manage.py encrypt_factors`, and
then remove the old one.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class UnreadableFactor(RuntimeError):
    """No key of `MFA_KEYS` decrypts a stored secret: its key was removed before the secret was encrypted again."""


def _keys() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.MFA_KEYS])
    except ValueError as error:
        raise ImproperlyConfigured(
            "A key in MFA_KEYS is not valid. Each is 32 random bytes in URL-safe Base64, as "
            "`python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'` prints."
        ) from error


def encrypt(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Return the text of an encrypted one. Raises `UnreadableFactor`."""
    try:
        return _keys().decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise UnreadableFactor("No key in MFA_KEYS decrypts this secret. Add the key that encrypted it.") from error


def encrypt_again(encrypted: str) -> str:
    """Return the same secret encrypted with the first key. Raises `UnreadableFactor`."""
    try:
        return _keys().rotate(encrypted.encode()).decode()
    except InvalidToken as error:
        raise UnreadableFactor("No key in MFA_KEYS decrypts this secret. Add the key that encrypted it.") from error


def is_current(encrypted: str) -> bool:
    """Return whether a secret is encrypted with the first key."""
    try:
        Fernet(settings.MFA_KEYS[0]).decrypt(encrypted.encode())
    except InvalidToken:
        return False
    return True
