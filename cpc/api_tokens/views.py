"""Pages to issue and revoke tokens: one's own, and those of a program.

They are the only pages for accounts of programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import ApiToken, User
from cpc.accounts.permissions import Permission
from cpc.accounts.programs import can_answer
from cpc.api_tokens import services
from cpc.api_tokens.forms import TokenForm
from cpc.api_tokens.presenters import ALL_TOKENS, OWN_TOKENS, TOKENS_LIST, TOKENS_OF_PROGRAM, token_state
from cpc.api_tokens.services import IssuedToken
from cpc.web.actions import ActionView, Breadcrumbs, Page
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format

OWN_HINT = "A token never allows more than your role does. If your role changes, so does what the token can do."
PROGRAM_HINT = "A token never allows more than the account does. If its grant ends, so does what the token can do."


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

    @property
    def owner(self) -> User:
        """Return the account whose tokens these are."""
        return self.actor

    def form_arguments(self) -> dict[str, Any]:
        return {"owner": self.owner, "issuer": self.actor, "request": self.request}

    @classmethod
    def guard(cls, view: Page) -> Page:
        return sensitive_post_parameters("password")(super().guard(view))

    def perform(self, values: Mapping[str, Any]) -> None:
        self.issued = services.issue_token(owner=self.owner, actor=self.actor, **values)

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        if not is_new:
            return super().respond(url, is_new)
        self.form = TokenForm(**self.form_arguments())
        return self.render()

    def get_context(self) -> dict[str, Any]:
        actor, owner = self.actor, self.owner
        return super().get_context() | {
            "issued": self.issued,
            "owner": owner,
            "scope_hint": OWN_HINT if owner == actor else PROGRAM_HINT,
            "table": TOKENS_OF_PROGRAM if owner != actor else OWN_TOKENS,
            "tokens": ApiToken.objects.filter(owner=owner).select_related("owner", "issued_by"),
            "manages": actor.allows(Permission.MANAGE_PEOPLE) and actor.allows(Permission.USE_PAGES),
            "programs": actor.programs.order_by("name", "pk") if owner == actor and can_answer(actor) else (),
        }


class IssueProgramToken(IssueToken):
    """The tokens of a program, for administrators and for the person who answers for it."""

    back = "account-tokens-of"
    program: User

    @property
    def owner(self) -> User:
        return self.program

    def load(self) -> None:
        self.program = get_object_or_404(User.objects.select_related("responsible"), pk=self.kwargs["pk"])
        if not services.issues_for(self.actor, self.program):
            raise Http404

    def back_arguments(self) -> Sequence[Any]:
        return [self.program.pk]

    def blocked_reason(self) -> str:
        return "" if self.program.has_access else "This account can't be used, so it gets no token."


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
            self.back = "account-tokens-all" if self.actor.allows(Permission.MANAGE_PEOPLE) else "account-tokens-of"

    def back_arguments(self) -> Sequence[Any]:
        return [self.token.owner_id] if self.back == "account-tokens-of" else []

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
