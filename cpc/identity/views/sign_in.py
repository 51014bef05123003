"""Pages of signing in with a second factor or a passkey alone, and of confirming that a session is still one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cpc.accounts.sign_ins import SUSPENDED, Proof
from cpc.identity.confirming import ways_to_confirm
from cpc.identity.forms import ConfirmForm
from cpc.web.actions import ActionView, Page


class SecondStep(AuthenticateView):  # type: ignore[misc]  # allauth ships no types
    """The second step of a sign-in, after the password."""

    template_name = "identity/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        ways = ways_to_confirm(user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "account": user,
            "offers_passkey": Proof.PASSKEY in ways,
            "offers_code": Proof.CODE in ways,
        }


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]  # allauth ships no types
    """Sign-in with a passkey alone: the browser knows whose it is, and it takes a PIN, a fingerprint, or a face."""

    def form_valid(self, form: Any) -> HttpResponse:
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        answer: HttpResponse = flows.perform_passwordless_login(self.request, passkey, login)
        return answer


second_step = SecondStep.as_view()
passkey_sign_in = PasskeySignIn.as_view()


class Confirm(ActionView):
    """The page that asks again who uses the session, before it approves, signs, issues a token, or changes access."""

    form_class = ConfirmForm
    template_name = "identity/confirm.html"
    stylesheet = "css/identity.css"
    parameters = ("next",)
    heading = "Confirm that it is you"
    button = "Confirm"
    consequence = "Nothing was confirmed."
    back = "home"
    done = "Confirmed."

    @classmethod
    def guard(cls, view: Page) -> Page:
        return never_cache(sensitive_post_parameters("credential", "code", "password")(view))

    def load(self) -> None:
        if SUSPENDED in self.request.session:
            self.done = "Confirmed. Your entries are still there: check them, and send the form again."

    @property
    def after(self) -> str:
        """Return the page that asked, or home if it is none of this site."""
        asked = self.request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            asked, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return asked if asked and is_ours else resolve_url("home")

    def form_arguments(self) -> dict[str, Any]:
        return {"user": self.actor, "request": self.request}

    def perform(self, values: Mapping[str, Any]) -> str:
        assert isinstance(self.form, ConfirmForm)
        if self.form.factor is None:
            reauthenticate_by_password(self.request)
        else:
            post_authentication(self.request, self.form.factor, reauthenticated=True)
        return self.after

    def get_context(self) -> dict[str, Any]:
        ways = ways_to_confirm(self.actor)
        options = auth.begin_authentication(self.actor) if Proof.PASSKEY in ways else None
        return super().get_context() | {"ways": ways, "options": options, "after": self.after}
