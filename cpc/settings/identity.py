"""Settings of signing in with two factors, and of confirming who uses a session."""

from __future__ import annotations

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from cpc.settings.environment import ENVIRONMENT, PRODUCTION, env, env_list, required

__all__ = (
    "MFA_ADAPTER",
    "MFA_FORMS",
    "MFA_KEYS",
    "MFA_PASSKEY_LOGIN_ENABLED",
    "MFA_RECOVERY_CODES_SHOW_ONCE",
    "MFA_RECOVERY_CODE_DIGITS",
    "MFA_SUPPORTED_TYPES",
    "MFA_TOTP_TOLERANCE",
    "MFA_WEBAUTHN_USER_VERIFICATION",
    "REAUTHENTICATION_MINUTES",
    "REQUIRE_SECOND_FACTOR",
)

LONGEST_WINDOW = 30
OF_DEVELOPMENT = "ZGV2ZWxvcG1lbnQtb25seS1rZXktb2YtZmFjdG9ycy4="


def requires_second_factor() -> bool:
    """Return whether a password alone opens no account. Raises `ImproperlyConfigured` if production is without it."""
    is_required = env("REQUIRE_SECOND_FACTOR", "0" if ENVIRONMENT == "test" else "1") == "1"
    if PRODUCTION and not is_required:
        raise ImproperlyConfigured(
            "REQUIRE_SECOND_FACTOR=0 is for the demonstration: anyone with a password could approve. Production does "
            "not start with it. Remove the variable."
        )
    return is_required


def factor_keys() -> list[str]:
    """Return the keys that encrypt the secrets of second factors, the current one first.

    Raises `ImproperlyConfigured` in production without one, and for text that is no key.
    """
    required("MFA_KEYS", OF_DEVELOPMENT)
    keys = env_list("MFA_KEYS", OF_DEVELOPMENT)
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise ImproperlyConfigured(
            "MFA_KEYS has a key that is not valid. Each is 32 random bytes in URL-safe Base64, as `python3 -c 'import "
            "base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'` prints."
        ) from error
    if PRODUCTION and OF_DEVELOPMENT in keys:
        raise ImproperlyConfigured("MFA_KEYS has the key of development, which is public. Make one of your own.")
    return keys


def window() -> int:
    """Return the minutes for which a proof counts. Raises `ImproperlyConfigured` for fewer than 1 or more than 30."""
    text = env("REAUTHENTICATION_MINUTES", "10")
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_WINDOW:
        raise ImproperlyConfigured(f"REAUTHENTICATION_MINUTES={text} is not a number from 1 to {LONGEST_WINDOW}.")
    return int(text)


REQUIRE_SECOND_FACTOR = requires_second_factor()
# Minutes after a sign-in or confirmation in which a session may approve, sign, issue a token, or change access.
REAUTHENTICATION_MINUTES = window()
MFA_KEYS = factor_keys()
MFA_ADAPTER = "cpc.identity.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "cpc.identity.forms.SignInCodeForm",
    "authenticate_webauthn": "cpc.identity.forms.SignInPasskeyForm",
    "login_webauthn": "cpc.identity.forms.PasskeyAloneForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# A PIN, fingerprint, or face at each use: a lost security key alone opens nothing.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # one code before and after the current one, for clocks that differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
