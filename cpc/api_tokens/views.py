"""Pages to issue and revoke tokens.

They are the only pages for accounts of programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import ApiToken
from cpc.accounts.permissions import Permission
from cpc.api_tokens import services
from cpc.api_tokens.forms import TokenForm
from cpc.api_tokens.presenters import ALL_TOKENS, OWN_TOKENS, TOKENS_LIST, token_state
from cpc.api_tokens.services import IssuedToken
from cpc.web.actions import ActionView, Breadcrumbs, Page
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format


class TokenAction(ActionView):
    """An action on tokens, open to every account of the REST interface, including accounts of programs."""

    permission = Permission.USE_API
    back = "account-tokens"

    @classmethod
    def guard(cls, view: Page) -> Page:
        return never_cache(requires(cls.permission, pages=False)(view))


class IssueToken(TokenAction):
    """The account's own tokens, and the form to issue another.

    The response to the form shows the secret once.
    """

    form_class = TokenForm
    template_name = "account/tokens.html"
    consequence = "No token was issued."
    already_done = (
        "This token was already issued, and its secret was shown then. If you lost the secret, revoke the token."
    )
    issued: IssuedToken | None = None

    def form_arguments(self) -> dict[str, Any]:
        return {"owner": self.actor, "request": self.request}

    @classmethod
    def guard(cls, view: Page) -> Page:
        return sensitive_post_parameters("password")(super().guard(view))

    def perform(self, values: Mapping[str, Any]) -> None:
        self.issued = services.issue_token(owner=self.actor, **values)

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        if not is_new:
            return super().respond(url, is_new)
        self.form = TokenForm(**self.form_arguments())
        return self.render()

    def get_context(self) -> dict[str, Any]:
        owner = self.actor
        return super().get_context() | {
            "issued": self.issued,
            "table": OWN_TOKENS,
            "tokens": ApiToken.objects.filter(owner=owner).select_related("owner"),
            "manages": owner.allows(Permission.MANAGE_PEOPLE) and owner.allows(Permission.USE_PAGES),
        }


@require_safe
@requires(Permission.MANAGE_PEOPLE)
@listing(TOKENS_LIST)
def all_tokens(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    tokens = ApiToken.objects.visible_to(user_of(request)).select_related("owner")
    table = shown.table(ALL_TOKENS)
    if kind := export_format(request):
        return shown.export(kind, tokens, "api-tokens")
    page = table.page(request, tokens)
    shown.counted(page.paginator.count)
    context = {"shown": shown, "table": table, "page": page}
    return render(request, "account/tokens_all.html", context)


class RevokeToken(TokenAction):
    template_name = "account/tokens_revoke.html"
    button = "Revoke the token"
    intro = (
        "The program that uses it is denied from the next request on. You can't undo this. If the program still "
        "needs access, issue another token."
    )
    here = "Revoke"
    leave = "Cancel"
    consequence = "Nothing was revoked."
    token: ApiToken

    def load(self) -> None:
        tokens = ApiToken.objects.visible_to(self.actor).select_related("owner", "revoked_by")
        self.token = token = get_object_or_404(tokens, pk=self.kwargs["pk"])
        self.kicker = format_html("Token <code>{}…</code>", token.prefix)
        self.heading = f"Revoke “{token.name}”?"
        self.done = f"The token “{token.name}” has been revoked. Requests with it now get a 401 response."
        if token.owner != self.actor:
            self.back = "account-tokens-all"

    def title(self) -> str:
        return "Revoke a token"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("API tokens", self.back_url)]

    def blocked_reason(self) -> str:
        if self.token.revoked_at is None:
            return ""
        if self.token.revoked_by is None:
            return "This token was revoked when its account changed."
        return f"{self.token.revoked_by} already revoked this token."

    def perform(self, values: Mapping[str, Any]) -> None:
        services.revoke_token(token_id=self.token.pk, actor=self.actor)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"token": self.token, "state": token_state(self.token)}
