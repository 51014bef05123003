"""Pages of an account's own security: its factors, and what happened to it lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cpc.accounts import sign_ins
from cpc.accounts.access import user_of
from cpc.accounts.sign_ins import Proof
from cpc.identity import encryption, factors, panels, qr_code, queries
from cpc.identity.forms import AddCodesForm, AddPasskeyForm, RenameForm
from cpc.identity.presenters import events_of, protection_of
from cpc.parameters import check_parameters
from cpc.web.actions import ActionView, Breadcrumbs, Page

NEW_SECRET = "cpc.new_secret"  # noqa: S105  # the name of a key
"""Key of a session for the secret of an authenticator app that is being added, encrypted."""


@require_safe
@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """Show how the account is protected. A limited session sees what it lacks, and nothing else."""
    check_parameters(request, ())
    user = user_of(request)
    is_limited = getattr(request, "is_limited", False)
    context = {
        "protection": protection_of(user),
        "is_limited": is_limited,
        "events": [] if is_limited else events_of(user),
        "ways_in": panels.other_ways_in(request),
        "panels": [] if is_limited else panels.shown_panels(request),
    }
    return render(request, "identity/security.html", context)


class FactorAction(ActionView):
    """An action on the factors of one's own account, open to everyone who is signed in.

    A session whose last proof is too old confirms first who uses it, before it sees the form.
    """

    back = "account-security"
    consequence = "Nothing was changed."
    leave = "Cancel"
    stylesheet = "css/identity.css"

    @classmethod
    def guard(cls, view: Page) -> Page:
        return never_cache(sensitive_post_parameters("credential", "code", "password")(view))

    def load(self) -> None:
        factors.check_owner(self.actor)

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Security", reverse("account-security"))]


class AddPasskey(FactorAction):
    form_class = AddPasskeyForm
    template_name = "identity/passkey_add.html"
    heading = here = "Add a passkey"
    button = "Create the passkey"
    intro = (
        "Your browser asks for a fingerprint, a face, a PIN, or a security key. What proves that it is you never "
        "leaves your device."
    )
    done = "The passkey has been added. You can sign in with it."
    already_done = "This passkey was already added."

    def get_initial(self) -> dict[str, Any]:
        return {"name": "" if queries.passkeys_of(self.actor).exists() else "My first passkey"}

    def perform(self, values: Mapping[str, Any]) -> str | None:
        factors.add_passkey(user=self.actor, name=values["name"], credential=values["credential"])
        sign_ins.prove(self.request.session, self.actor, Proof.PASSKEY)
        return None

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"options": auth.begin_registration(self.actor, passwordless=True)}


class PasskeyAction(FactorAction):
    """An action on one passkey of the account."""

    passkey: Authenticator

    def load(self) -> None:
        super().load()
        self.passkey = get_object_or_404(queries.passkeys_of(self.actor), pk=self.kwargs["pk"])
        self.kicker = str(self.passkey.wrap().name)


class RenamePasskey(PasskeyAction):
    form_class = RenameForm
    heading = here = "Rename a passkey"
    button = "Save the name"
    done = "Saved."

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.passkey.wrap().name}

    def perform(self, values: Mapping[str, Any]) -> None:
        if not factors.rename_passkey(user=self.actor, passkey_id=self.passkey.pk, name=values["name"]):
            self.unchanged = "You made no changes."


class RemovePasskey(PasskeyAction):
    heading = "Remove this passkey?"
    here = "Remove"
    button = "Remove the passkey"
    intro = "It no longer opens your account. Delete it on the device or security key as well."
    done = "The passkey has been removed."
    already_done = "This passkey was already removed."
    consequence = "Nothing was removed."

    def title(self) -> str:
        return "Remove a passkey"

    def blocked_reason(self) -> str:
        try:
            factors.check_removable(self.actor, self.passkey)
        except ValidationError as error:
            return str(error.messages[0])
        return ""

    def perform(self, values: Mapping[str, Any]) -> None:
        factors.remove_passkey(user=self.actor, passkey_id=self.passkey.pk)


class ShowsCodes(FactorAction):
    """An action whose answer shows the recovery codes, once."""

    codes: Sequence[str] = ()

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        if not is_new:
            return super().respond(url, is_new)
        return render(self.request, "identity/recovery_codes.html", {"codes": self.codes})


class AddCodes(ShowsCodes):
    form_class = AddCodesForm
    template_name = "identity/codes_add.html"
    heading = here = "Add an authenticator app"
    button = "Add the app"
    intro = "An app on your telephone shows a new code every 30 seconds. You enter one each time you sign in."
    already_done = "The app was already added. Its recovery codes were shown then."
    consequence = "The app was not added."

    def redirect_reason(self) -> str:
        if sign_ins.needs_passkey(self.actor):
            return factors.PASSKEY_ONLY
        if self.request.method != "POST" and queries.app_of(self.actor) is not None:
            return "Your account already has an authenticator app. Remove it first."
        return ""

    def secret(self) -> str:
        """Return the secret of the app, which stays the same while the form is corrected."""
        stored = self.request.session.get(NEW_SECRET) if self.request.method == "POST" else None
        if stored is not None:
            return encryption.decrypt(stored)
        secret = str(generate_totp_secret())
        self.request.session[NEW_SECRET] = encryption.encrypt(secret)
        return secret

    def perform(self, values: Mapping[str, Any]) -> None:
        self.codes = factors.add_codes(user=self.actor, secret=self.secret(), code=values["code"])
        del self.request.session[NEW_SECRET]
        sign_ins.prove(self.request.session, self.actor, Proof.CODE)

    def get_context(self) -> dict[str, Any]:
        secret = self.secret()
        return super().get_context() | {
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "picture": qr_code.picture(self.actor, secret),
        }


class RemoveCodes(FactorAction):
    heading = "Remove the authenticator app?"
    here = "Remove"
    button = "Remove the app"
    intro = "Its codes and your recovery codes no longer open your account."
    done = "The authenticator app has been removed."
    consequence = "Nothing was removed."

    def redirect_reason(self) -> str:
        missing = self.request.method != "POST" and queries.app_of(self.actor) is None
        return "Your account has no authenticator app." if missing else ""

    def blocked_reason(self) -> str:
        app = queries.app_of(self.actor)
        try:
            if app is not None:
                factors.check_removable(self.actor, app)
        except ValidationError as error:
            return str(error.messages[0])
        return ""

    def perform(self, values: Mapping[str, Any]) -> None:
        if not factors.remove_codes(user=self.actor):
            self.unchanged = "Your account has no authenticator app."


class RenewCodes(ShowsCodes):
    heading = "Make new recovery codes?"
    here = "Recovery codes"
    button = "Make new codes"
    intro = "Each lets you sign in once, instead of a code from your app. The ten you have now stop working."
    already_done = "New codes were already made, and shown then."

    def redirect_reason(self) -> str:
        missing = self.request.method != "POST" and queries.app_of(self.actor) is None
        return "Recovery codes are for accounts with an authenticator app." if missing else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        self.codes = factors.renew_recovery_codes(user=self.actor)
