"""Reasons for which a sign-in through a provider is refused."""

from __future__ import annotations


class SignInRefused(Exception):
    """A sign-in that is refused. `code` names the reason in log and audit trail; the page shows `message`."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(detail or message)
        self.code, self.message = code, message


FAULTY = (
    "The provider's answer could not be verified, so you are not signed in. Try again; if it happens again, tell an "
    "administrator."
)


def faulty(code: str, detail: str) -> SignInRefused:
    """Return the error of an answer that is forged, damaged, or not meant for this request."""
    return SignInRefused(code, FAULTY, detail)


def unreachable(detail: str) -> SignInRefused:
    return SignInRefused(
        "provider_unreachable",
        "The provider of your account does not respond, so you are not signed in. Try again in a minute, or sign in "
        "with your password.",
        detail,
    )


def too_many() -> SignInRefused:
    return SignInRefused(
        "too_many",
        "There were too many sign-ins through a provider from your network in the last minute, so you are not signed "
        "in. Wait a minute, then try again.",
    )
