"""Pages of signing in through a provider, of one's own links, and of signing out there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts import sign_ins
from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.sign_ins import Proof
from cpc.identity import factors
from cpc.openid import flows, queries, services
from cpc.openid.configuration import Provider
from cpc.openid.errors import SignInRefused, too_many
from cpc.openid.flows import Purpose
from cpc.openid.id_tokens import Identity
from cpc.openid.models import LinkedIdentity
from cpc.parameters import check_parameters
from cpc.web.buttons import ButtonAction

logger = logging.getLogger(__name__)

STATUSES = {
    "provider_unreachable": HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
}


def _provider(key: str) -> Provider:
    try:
        return queries.providers()[key]
    except KeyError:
        raise Http404 from None


@require_safe
@never_cache
@login_not_required
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the visitor to a provider: to sign in, or, if signed in, to connect an identity or prove it again."""
    check_parameters(request, ("next", "to"))
    found = _provider(provider)
    if request.method == "HEAD":
        return HttpResponse()  # a look at the link begins nothing
    purpose = {"connect": Purpose.CONNECT, "confirm": Purpose.CONFIRM}.get(request.GET.get("to", ""), Purpose.SIGN_IN)
    next_url = get_next_redirect_url(request) or ""
    # A page elsewhere can't begin a sign-in in the visitor's name.
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return redirect("account_login")
    if purpose is Purpose.SIGN_IN and request.user.is_authenticated:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    if purpose is not Purpose.SIGN_IN and not request.user.is_authenticated:
        return redirect("account_login")
    if _is_limited(request, "openid"):
        return _refused_page(request, found, too_many())
    try:
        if purpose is Purpose.CONNECT:
            factors.check_owner(user_of(request))
        return redirect(flows.begin(request, found, purpose, next_url))
    except SignInRefused as refused:
        return _refused(request, found, refused)


def _is_limited(request: HttpRequest, action: str) -> bool:
    """Count a request, and return whether there were too many from its address in the last minute."""
    rate = f"{settings.OPENID_STARTS_A_MINUTE}/m/ip"
    limited = ratelimit.consume_or_429(request, action=action, config={action: rate}, limit_get=True)
    return limited is not None


@require_safe
@never_cache
@login_not_required
def answer(request: HttpRequest, provider: str) -> HttpResponse:
    """Receive the answer of a provider."""
    found = _provider(provider)
    if request.method == "HEAD":
        return HttpResponse()  # nor does it end anything
    # Each refused answer is an entry of the audit trail, so invented answers would fill it.
    if _is_limited(request, "openid_answer"):
        return _refused_page(request, found, too_many())
    identity = None
    try:
        flow = flows.take(request, found)
        identity = flows.finish(request, found, flow)
        return DONE[flow.purpose](request, found, identity, flow.next_url)
    except SignInRefused as refused:
        return _refused(request, found, refused, identity)


def _sign_in(request: HttpRequest, provider: Provider, identity: Identity, next_url: str) -> HttpResponse:
    user = services.account_for(identity)
    _prove(request, user, identity)
    login = Login(user=user, redirect_url=next_url or None, signal_kwargs={"openid": provider.key})
    if _proof_of(identity) in sign_ins.sufficient_proofs(user):
        login.state["stages"] = {AuthenticateStage.key: {"handled": True}}  # no passkey or code is asked for besides
    signed_in: HttpResponse = perform_login(request, login)
    return signed_in


def _connect(request: HttpRequest, provider: Provider, identity: Identity, next_url: str) -> HttpResponse:
    user = user_of(request)
    try:
        services.connect_own(identity=identity, user=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        _prove(request, user, identity)
        messages.success(request, f"Connected. You can now sign in with your {provider.label}.")
    return redirect(next_url or "department-account")


def _confirm(request: HttpRequest, _provider: Provider, identity: Identity, next_url: str) -> HttpResponse:
    user = user_of(request)
    link = queries.account_of(identity.issuer, identity.subject)
    if link is None or link.user != user:
        raise SignInRefused(
            "other_account", f"You signed in at the provider as somebody else. This session is that of {user}."
        )
    _prove(request, user, identity, reauthenticated=True)
    return redirect(next_url or settings.LOGIN_REDIRECT_URL)


DONE = {Purpose.SIGN_IN: _sign_in, Purpose.CONNECT: _connect, Purpose.CONFIRM: _confirm}


def _proof_of(identity: Identity) -> Proof:
    return Proof.PIV if identity.is_resistant else Proof.DEPARTMENT


def _prove(request: HttpRequest, user: User, identity: Identity, *, reauthenticated: bool | None = None) -> None:
    sign_ins.prove(request.session, user, _proof_of(identity))
    record_authentication(
        request,
        user,
        "openid",
        provider=identity.provider,
        acr=list(identity.acr),
        amr=list(identity.amr),
        reauthenticated=reauthenticated,
    )


def _refused(
    request: HttpRequest, provider: Provider, refused: SignInRefused, identity: Identity | None = None
) -> HttpResponse:
    logger.warning("Sign-in through %s refused: %s (%s)", provider.key, refused.code, refused)
    services.record_refused(provider.key, refused.code, identity)
    return _refused_page(request, provider, refused, identity)


def _refused_page(
    request: HttpRequest, provider: Provider, refused: SignInRefused, identity: Identity | None = None
) -> HttpResponse:
    context = {
        "provider": provider,
        "heading": f"Your {provider.label} was not accepted"
        if request.user.is_authenticated
        else f"You are not signed in with your {provider.label}",
        "message": refused.message,
        # What an administrator needs to connect the identity; shown to its owner alone.
        "identity": identity if refused.code in ("unknown_account", "needs_connecting", "linked_before") else None,
    }
    status = STATUSES.get(refused.code, HTTPStatus.FORBIDDEN)
    return render(request, "account/openid/refused.html", context, status=status)


@require_safe
@never_cache
@requires(Permission.USE_PAGES)
def own(request: HttpRequest) -> HttpResponse:
    """Show the identities that sign in to the own account, and the providers to connect one at."""
    check_parameters(request, ())
    user = user_of(request)
    identities = list(queries.identities_of(user))
    linked = {identity.issuer for identity in identities if identity.ended_at is None}
    context = {
        "rows": [(identity, queries.label_of(identity)) for identity in identities],
        "to_connect": [found for found in queries.providers().values() if found.issuer not in linked],
        "providers": queries.providers(),
    }
    return render(request, "account/openid/own.html", context)


class Disconnect(ButtonAction):
    """The button that ends a link of one's own."""

    permission = Permission.USE_PAGES
    back = "department-account"
    done = "Disconnected. Sign in with your password and a second factor from now on."

    def load(self) -> None:
        self.link = get_object_or_404(LinkedIdentity, pk=self.kwargs["pk"], user=self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:  # the button sends nothing
        if not services.disconnect(link_id=self.link.pk, actor=self.actor):
            self.unchanged = "This link has ended already."


@require_safe
@never_cache
@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session here has ended, and offer to end the one at the provider, too."""
    check_parameters(request, ())
    address = request.session.get(flows.SIGN_OUT_ADDRESS)
    if request.user.is_authenticated or not address:
        return redirect("account_login")
    return render(request, "account/openid/signed_out.html", {"address": address})
