"""The pages on which tokens are issued and revoked. Accounts of programs have no other page, and have these."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import check, requires, user_of
from cpc.accounts.models import ApiToken
from cpc.accounts.permissions import Permission
from cpc.api_tokens import services
from cpc.api_tokens.forms import TokenForm
from cpc.api_tokens.presenters import ALL_TOKENS, OWN_TOKENS, token_state
from cpc.api_tokens.services import IssuedToken
from cpc.parameters import check_parameters

Page = Callable[..., HttpResponse]


def _uses_api(view: Page) -> Page:
    """Decorate a page that every account of the REST interface may open."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        check(user_of(request), Permission.USE_API)
        return view(request, *args, **kwargs)

    guarded.required_permission = Permission.USE_API  # type: ignore[attr-defined]  # read by navigation and tests
    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@_uses_api
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The account's own tokens, and the form for another. The answer to the form shows the secret, once."""
    check_parameters(request, ())
    owner = user_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, owner=owner)
    issued = _issue(request, form) if form.is_bound else None
    if issued is not None:
        form = TokenForm(owner=owner)
    context = {
        "form": form,
        "issued": issued,
        "table": OWN_TOKENS,
        "tokens": ApiToken.objects.filter(owner=owner).select_related("owner"),
        "manages": owner.allows(Permission.MANAGE_PEOPLE) and owner.allows(Permission.USE_PAGES),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "account/tokens.html", context, status=status)


def _issue(request: HttpRequest, form: TokenForm) -> IssuedToken | None:
    if not form.is_valid():
        return None
    try:
        return services.issue_token(owner=user_of(request), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def all_tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of all accounts, newest first, for whoever manages accounts."""
    check_parameters(request, ALL_TOKENS.parameters)
    tokens = ApiToken.objects.visible_to(user_of(request)).select_related("owner")
    context = {"table": ALL_TOKENS, "page": ALL_TOKENS.page(request, tokens)}
    return render(request, "account/tokens_all.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@_uses_api
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before a token is stopped, and stop it."""
    check_parameters(request, ())
    user = user_of(request)
    token = get_object_or_404(ApiToken.objects.visible_to(user).select_related("owner", "revoked_by"), pk=pk)
    back = "account-tokens" if token.owner == user else "account-tokens-all"
    if request.method == "POST":
        services.revoke_token(token_id=pk, actor=user)
        messages.success(request, f"The token “{token.name}” is revoked. Requests with it answer 401 from now on.")
        return redirect(back)
    return render(request, "account/tokens_revoke.html", {"token": token, "back": back, "state": token_state(token)})
