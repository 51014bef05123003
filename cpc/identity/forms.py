"""Forms of second factors. What the browser signed arrives in a hidden field, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof
from cpc.identity import factors
from cpc.identity.confirming import ways_to_confirm
from cpc.web.actions import ActionForm

NOT_VERIFIED = "The browser's answer could not be verified. Reload the page and try again."
MISSING = "The browser sent no passkey. It takes JavaScript and a browser that knows passkeys."
CODE_HINT = "Six digits; a new one every 30 seconds. A recovery code works too, once."
CODE_WIDGET = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "c-code", "maxlength": "12"}


class OneWay(forms.CharField):
    """A field for one of several ways: required of whoever takes it, and empty in the form of another way."""

    def validate(self, value: Any) -> None:
        """Accept an empty text, which the form as a whole refuses."""


def code_field(hint: str = CODE_HINT, kind: type[forms.CharField] = forms.CharField) -> forms.CharField:
    return kind(
        label="Code from your authenticator app",
        help_text=hint,
        max_length=12,
        widget=forms.TextInput(attrs=CODE_WIDGET),
        error_messages={"required": "Enter the code that your app shows."},
    )


def credential_field(*, required: bool = True) -> forms.JSONField:
    return forms.JSONField(
        required=required,
        widget=forms.HiddenInput(),
        error_messages={"required": MISSING, "invalid": NOT_VERIFIED},
    )


def report_failure(user: User | None, kind: str, *, confirming: bool) -> None:
    """Announce that a factor of this kind was wrong; of a passkey alone, it is not known whose it is."""
    authentication_failed.send(
        sender=Authenticator,
        request=context.request,
        user=user,
        authenticator=Authenticator(type=kind),
        reauthentication=confirming,
    )


class SignInCodeForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code of the second step. It works once, and not for an account that must use its passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"] = code_field()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Proof.CODE not in ways_to_confirm(self.user):
            raise ValidationError(factors.PASSKEY_ONLY, code="passkey_only")
        factor = factors.use_code(user=self.user, code=code)
        if factor is None:
            report_failure(self.user, Authenticator.Type.TOTP, confirming=False)
            raise ValidationError(factors.WRONG_CODE, code="code")
        self.authenticator = factor
        return code


@contextmanager
def passkey_errors(user: User | None, *, confirming: bool) -> Iterator[None]:
    """Raise `ValidationError` for whatever is wrong with a passkey, which the packages report in many ways."""
    try:
        yield
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        report_failure(user, Authenticator.Type.WEBAUTHN, confirming=confirming)
        raise ValidationError(NOT_VERIFIED, code="passkey") from error


def verified_passkey(user: User, credential: Any) -> Authenticator:
    """Return the passkey of an account that signed the challenge of its session. Raises `ValidationError`."""
    with passkey_errors(user, confirming=True):
        auth.parse_authentication_response(credential)
        return cast(Authenticator, auth.complete_authentication(user, credential))


class SignInPasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """The passkey of the second step."""

    def clean_credential(self) -> Authenticator:
        with passkey_errors(self.user, confirming=False):
            return super().clean_credential()


class PasskeyAloneForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey that names its account."""

    def clean_credential(self) -> Authenticator:
        with passkey_errors(None, confirming=False):
            return super().clean_credential()


class AddPasskeyForm(ActionForm):
    name = forms.CharField(
        label="Name",
        max_length=factors.LONGEST_NAME,
        help_text="So that you can tell it from others, such as “Security key on my key ring”.",
        error_messages={"required": "Enter a name."},
    )
    credential = credential_field()

    def clean_credential(self) -> Any:
        """Check what the browser created against the challenge of the session, which is used up by it."""
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_registration_response(credential)
            auth.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValidationError(NOT_VERIFIED, code="passkey") from error
        return credential


class RenameForm(ActionForm):
    name = forms.CharField(label="Name", max_length=factors.LONGEST_NAME, error_messages={"required": "Enter a name."})


class AddCodesForm(ActionForm):
    code = code_field("Six digits, as the app shows them after it has read the picture.")


class ConfirmForm(ActionForm):
    """Proof that the session is still its owner's: a passkey, a code, or for an account without either its password."""

    credential = credential_field(required=False)
    code = code_field(kind=OneWay)
    password = OneWay(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.request = user, request
        self.factor: Authenticator | None = None
        ways = ways_to_confirm(user)
        for proof, name in ((Proof.PASSKEY, "credential"), (Proof.CODE, "code"), (Proof.PASSWORD, "password")):
            if proof not in ways:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Check the proof last, under the limits of a sign-in, before the transaction of the action begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned.get("credential"):
            self.factor = verified_passkey(self.user, cleaned["credential"])
        elif cleaned.get("code"):
            self._check_code(cleaned["code"])
        elif cleaned.get("password"):
            self._check_password(cleaned.pop("password"))
        else:
            raise ValidationError("Use one of the ways on this page.", code="no_proof")
        return cleaned

    def _check_code(self, code: str) -> None:
        try:
            self.factor = factors.use_code(user=self.user, code=code)
        except ValidationError as error:
            self.add_error("code", error)
            return
        if self.factor is None:
            report_failure(self.user, Authenticator.Type.TOTP, confirming=True)
            self.add_error("code", ValidationError(factors.WRONG_CODE, code="code"))

    def _check_password(self, password: str) -> None:
        account = get_adapter(self.request).authenticate(self.request, username=self.user.username, password=password)
        if account != self.user:
            self.add_error("password", ValidationError("This is not your password.", code="password"))
