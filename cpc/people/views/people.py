"""The pages on which administrators invite people, say what they may do, and end and restore their access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.api.run_once import run_once
from cpc.parameters import check_parameters
from cpc.people import invitations, queries, services
from cpc.people.audited_people import changes_since, current_revision, history
from cpc.people.forms import (
    AccountForm,
    InviteForm,
    PeopleFilter,
    ReasonForm,
)
from cpc.people.presenters import ACCOUNTS, ROLES, account_state
from cpc.people.queries import AccountState
from cpc.web.forms import add_service_errors
from cpc.web.tables import PAGE

METHODS = ("GET", "HEAD", "POST")
EXPORT = "export"


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponseBase:
    """All accounts, narrowed by the filters; `?export=csv` gives those of all pages as a file."""
    check_parameters(request, (*PeopleFilter.base_fields, PAGE, EXPORT))
    form = PeopleFilter(request.GET)
    valid = form.is_valid()
    rows = form.narrow(queries.accounts()) if valid else User.objects.none()
    if valid and EXPORT in request.GET:
        if request.GET[EXPORT] != "csv":
            raise BadRequest(f"There is no export as “{request.GET[EXPORT]}”. Ask for csv.")
        return ACCOUNTS.export("csv", rows.iterator(2000), f"accounts {timezone.now():%Y-%m-%d}")
    context = {
        "form": form,
        "narrowed": any(form.cleaned_data.values()) if valid else True,
        "table": ACCOUNTS,
        "page": ACCOUNTS.page(request, rows),
    }
    return render(request, "account/people/people.html", context, status=200 if valid else 400)


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do: the table that pages and REST interface read."""
    check_parameters(request, ())
    context = {"table": ROLES, "permissions": list(Permission)}
    return render(request, "account/people/roles.html", context)


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account and mail its link; the same form sent twice leads to the one account."""
    check_parameters(request, ())
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actor, key = user_of(request), form.cleaned_data["key"]

        def work() -> str:
            values: dict[str, Any] = form.values | {"role": Role(form.cleaned_data["role"])}
            made = services.invite(username=form.cleaned_data["username"], actor=actor, **values)
            return reverse("person", args=(made.pk,))

        try:
            url, now = run_once(actor, key, request.path, work)
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, "The invitation is on its way." if now else "This person was invited already.")
            return redirect(url)
    return _page(request, "account/people/invite.html", form)


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what it is and may do, its history, and the form to change it.

    Whoever saves after somebody else gets what changed meanwhile, and keeps what they typed.
    """
    check_parameters(request, ())
    account = get_object_or_404(queries.accounts(), pk=pk)
    current = current_revision(account)
    if request.method != "POST":
        return _person(request, account, AccountForm.of(account, current))
    sent = request.POST.copy()
    expected, sent["revision"] = sent.get("revision", ""), current
    form = AccountForm(sent, keep=account.agency)
    if form.is_valid():
        try:
            changed = services.change_account(
                account_id=pk, values=form.values, expected_revision=expected, actor=user_of(request)
            )
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, "Saved. It counts from now on." if changed else "Nothing was different.")
            return redirect("person", pk)
    return _person(request, account, form, expected=expected)


def _person(request: HttpRequest, account: User, form: AccountForm, *, expected: str | None = None) -> HttpResponse:
    state = queries.state_of(account)
    more = {
        "account": account,
        "state": account_state(account),
        "invitation": queries.open_invitation_of(account),
        "now": timezone.now(),
        "steps": [name for name, step in STEPS.items() if step.offered(account, state)],
        "tokens": account.api_tokens.filter(revoked_at=None, expires_at__gt=timezone.now()).count(),
        "entries": history(account),
        "meanwhile": changes_since(account, expected),
        "is_last": services.is_last_administrator(account),
    }
    return _page(request, "account/people/person.html", form, more)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that an administrator takes with an account: its words, where it is offered, and what it does."""

    label: str
    question: str
    lede: str
    offered: Callable[[User, AccountState], bool]
    take: Callable[[int, str, User], str]
    needs_reason: bool = False


def _disable(pk: int, reason: str, actor: User) -> str:
    ended = services.disable(account_id=pk, reason=reason, actor=actor)
    return "The account is disabled. Its sessions and API tokens have ended." if ended else "It is disabled already."


def _enable(pk: int, _reason: str, actor: User) -> str:
    enabled = services.enable(account_id=pk, actor=actor)
    return "The account is active again." if enabled else "It is active already."


def _send(pk: int, _reason: str, actor: User) -> str:
    services.send_link(account_id=pk, actor=actor)
    return "The link is on its way. A link sent before opens nothing any more."


def _withdraw(pk: int, _reason: str, actor: User) -> str:
    withdrawn = invitations.withdraw(account_id=pk, actor=actor)
    return "The link is withdrawn; it opens nothing any more." if withdrawn else "There is no open link."


STEPS = {
    "send": Step(
        "Send a link",
        "Send {name} a link to set a password?",
        "It goes to the address of the account, can be used once, and expires after 7 days. A link sent before becomes "
        "void; the password stays as it is until the new one is set.",
        lambda account, _: account.is_active or not account.has_usable_password(),
        _send,
    ),
    "withdraw": Step(
        "Withdraw the link",
        "Withdraw the link of {name}?",
        "The link that was mailed opens nothing any more. You can send another one at any time.",
        lambda account, _: queries.open_invitation_of(account) is not None,
        _withdraw,
    ),
    "disable": Step(
        "Disable the account",
        "Disable the account of {name}?",
        "All its sessions end at once, and its API tokens are revoked for good. What it wrote stays with its name. "
        "You can enable it again; its tokens have to be issued anew.",
        lambda _, state: state == AccountState.ACTIVE,
        _disable,
        needs_reason=True,
    ),
    "enable": Step(
        "Enable the account",
        "Enable the account of {name}?",
        "It can sign in again with the password it had. Its former sessions and tokens stay ended.",
        lambda account, state: state == AccountState.DISABLED and account.has_usable_password(),
        _enable,
    ),
}


@require_http_methods(METHODS)
@requires(Permission.MANAGE_PEOPLE)
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Ask before one step with an account, and take it."""
    check_parameters(request, ())
    account = get_object_or_404(queries.accounts(), pk=pk)
    if step not in STEPS:
        raise Http404
    chosen = STEPS[step]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not chosen.needs_reason:
        del form.fields["reason"]
    if form.is_valid():
        try:
            done = chosen.take(pk, form.cleaned_data.get("reason", ""), user_of(request))
        except ValidationError as error:
            add_service_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("person", pk)
    if not form.is_bound and not chosen.offered(account, queries.state_of(account)):
        messages.info(request, f"“{chosen.label}” is no step for this account as it stands.")
        return redirect("person", pk)
    more = {"account": account, "step": chosen, "question": chosen.question.format(name=account)}
    return _page(request, "account/people/step.html", form, more)


def _page(
    request: HttpRequest,
    template: str,
    form: InviteForm | AccountForm | ReasonForm,
    more: dict[str, object] | None = None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, template, {"form": form, **(more or {})}, status=status)
