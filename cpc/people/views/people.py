"""Pages to invite people, set their roles, and end and restore their access."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.access_changes import AccessChange, is_held_by_two
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.openid import queries as openid_queries
from cpc.parameters import check_parameters
from cpc.people import access_changes, invitations, queries, services
from cpc.people.forms import (
    AccountForm,
    InviteForm,
    PeopleFilter,
    ReasonForm,
)
from cpc.people.presenters import ACCOUNTS, ACCOUNTS_LIST, ROLES, account_state, writing_state
from cpc.people.queries import AccountState
from cpc.people.views.frame import EditAction, PeopleAction
from cpc.sessions.presenters import session_rows
from cpc.sessions.queries import open_sessions
from cpc.web.actions import ActionForm, Breadcrumbs
from cpc.web.formats import count_of
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format

ASKED = "Nothing has changed yet. The other approvers and administrators have been asked to confirm it."


def _page_of(change: AccessChange) -> str:
    return reverse("access-change", args=[change.pk])


@require_safe
@requires(Permission.MANAGE_PEOPLE)
@listing(ACCOUNTS_LIST)
def people(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    """Show the accounts that match the filters; `?format=csv|xlsx` downloads those of all pages."""
    form = shown.form(PeopleFilter)
    valid = form.is_valid()
    rows = form.narrow(queries.accounts()) if valid else User.objects.none()
    table = shown.table(ACCOUNTS)
    if valid and (kind := export_format(request)):
        return shown.export(kind, rows.iterator(2000), f"accounts {timezone.now():%Y-%m-%d}")
    page = table.page(request, rows)

    def counter(given: QueryDict) -> int:
        wanted = PeopleFilter(given)
        return (wanted.narrow(queries.accounts()) if wanted.is_valid() else User.objects.none()).count()

    shown.counted(page.paginator.count, counter=counter)
    context = {
        "shown": shown,
        "form": form,
        "narrowed": any(form.cleaned_data.values()) if valid else True,
        "table": table,
        "page": page,
    }
    return render(request, "account/people/people.html", context, status=200 if valid else 400)


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def roles(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ())
    context = {"table": ROLES, "permissions": list(Permission)}
    return render(request, "account/people/roles.html", context)


class Invite(PeopleAction):
    form_class = InviteForm
    template_name = "account/people/invite.html"
    heading = "Invite a person"
    button = "Send the invitation"
    intro = "They get an email with a link to set their password. The link can be used once, within 7 days."
    here = "Invite"
    consequence = "No one was invited."
    done = "The invitation will be emailed shortly."
    already_done = "This person was already invited."
    back = "people"

    def perform(self, values: Mapping[str, Any]) -> str:
        role = Role(values["role"])
        account = {**values, "role": role}
        if is_held_by_two(role):
            self.done = ASKED
            return _page_of(access_changes.ask_to_invite(actor=self.actor, **account))
        made = services.invite(actor=self.actor, **account)
        return reverse("person", args=[made.pk])


class EditPerson(EditAction):
    form_class = AccountForm
    template_name = "account/people/person.html"
    done = "Saved. The change applies now."
    back = "person"
    row: User

    def load(self) -> None:
        self.row = get_object_or_404(queries.accounts(), pk=self.kwargs["pk"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.row.pk]

    def form_arguments(self) -> dict[str, Any]:
        return {"current_agency": self.row.agency}

    def values(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in services.EDITED}

    def perform(self, values: Mapping[str, Any]) -> str | None:
        change: dict[str, Any] = {
            "account_id": self.row.pk,
            "values": values,
            "expected_revision": self.form.expected_revision,
        }
        if services.takes_two_people(self.row, values):
            self.done = ASKED
            return _page_of(access_changes.ask_to_change(actor=self.actor, **change))
        had_link = queries.open_invitation_of(self.row) is not None
        if not services.change_account(actor=self.actor, **change):
            self.unchanged = "You made no changes."
        elif had_link and queries.open_invitation_of(self.row) is None:
            self.done = "Saved. The link that was sent before no longer works. Send a new one."
        return None

    def get_context(self) -> dict[str, Any]:
        account, now = self.row, timezone.now()
        state = queries.state_of(account)
        return super().get_context() | {
            "account": account,
            "state": account_state(account),
            "invitation": queries.open_invitation_of(account),
            "now": now,
            "steps": [name for name, step in STEPS.items() if step.offered(account, state)],
            "open_sessions": session_rows(open_sessions(account), None),
            "tokens": account.api_tokens.filter(revoked_at=None, expires_at__gt=now).count(),
            "waiting": queries.waiting_change_of(account),
            "is_last": services.is_last_administrator(account),
            "identities": openid_queries.identities_of(account).current().count(),
            "has_providers": bool(openid_queries.providers()),
            "writing": writing_state(account) if account.role == Role.API_CLIENT else None,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A step on an account by an administrator: its texts, the condition to offer it, and `take`.

    `ask` asks a second person for it, which an account of an approver or administrator takes; None for a step that only
    takes rights away.
    """

    label: str
    question: str
    lede: str
    offered: Callable[[User, AccountState], bool]
    take: Callable[[int, str, User], str]
    ask: Callable[..., AccessChange] | None = None
    needs_reason: bool = False
    always_two: bool = False


def _disable(pk: int, reason: str, actor: User) -> str:
    ended = services.disable(account_id=pk, reason=reason, actor=actor)
    return (
        "The account has been disabled. Its sessions have ended and its API tokens are revoked."
        if ended
        else "The account is already disabled."
    )


def _enable(pk: int, _reason: str, actor: User) -> str:
    enabled = services.enable(account_id=pk, actor=actor)
    return "The account is active again." if enabled else "The account is already active."


def _send(pk: int, _reason: str, actor: User) -> str:
    services.send_link(account_id=pk, actor=actor)
    return "The link will be emailed shortly. Earlier links no longer work."


def _refuse_alone(_pk: int, _reason: str, _actor: User) -> str:
    raise ValidationError(services.ALONE, code="second_person")


def _withdraw(pk: int, _reason: str, actor: User) -> str:
    withdrawn = invitations.withdraw(account_id=pk, actor=actor)
    return "The link has been withdrawn and no longer works." if withdrawn else "This account has no open link."


def _end_sessions(pk: int, _reason: str, actor: User) -> str:
    ended = services.end_sessions(account_id=pk, actor=actor)
    return f"{count_of(ended, 'session')} ended. The browsers in which the account was used are no longer known."


STEPS = {
    "send": Step(
        "Send a link",
        "Send {name} a link to set a password?",
        "The link goes to the account's email address, can be used once, and expires after 7 days. Earlier links "
        "stop working. The current password works until a new one is set.",
        lambda account, _: account.is_active or not account.has_usable_password(),
        _send,
        access_changes.ask_for_link,
    ),
    "withdraw": Step(
        "Withdraw the link",
        "Withdraw the link sent to {name}?",
        "The emailed link stops working. An account without a password stays disabled until you send another link.",
        lambda account, _: queries.open_invitation_of(account) is not None,
        _withdraw,
    ),
    "recover": Step(
        "Recover the account",
        "Recover the account of {name}?",
        "For someone who lost every passkey and code. Speak with them first, in person or by telephone at a number "
        "that you knew before. Their passkeys, codes, linked sign-ins, password, sessions, and API tokens "
        "end, and a link to set a new password goes to the account's email address.",
        lambda account, state: state == AccountState.ACTIVE and bool(account.email),
        _refuse_alone,
        access_changes.ask_to_recover,
        always_two=True,
    ),
    "sessions": Step(
        "End all sessions",
        "End all sessions of {name}?",
        "Each browser in which the account is signed in is refused at its next request, and what is typed there is "
        "lost. The person can sign in again. API tokens stay valid.",
        lambda _, state: state == AccountState.ACTIVE,
        _end_sessions,
    ),
    "disable": Step(
        "Disable the account",
        "Disable the account of {name}?",
        "All its sessions end immediately, and its API tokens are revoked. Its past work keeps its name. You can "
        "enable the account again, but its tokens stay revoked and new ones must be issued.",
        lambda _, state: state == AccountState.ACTIVE,
        _disable,
        needs_reason=True,
    ),
    "enable": Step(
        "Enable the account",
        "Enable the account of {name}?",
        "The person can sign in again with the old password. Ended sessions and revoked tokens are not restored.",
        lambda account, state: state == AccountState.DISABLED and account.has_usable_password(),
        _enable,
        access_changes.ask_to_enable,
    ),
}


class TakeStep(PeopleAction):
    consequence = "Nothing was done."
    back = "person"
    account: User
    step: Step
    takes_two = False

    def load(self) -> None:
        self.account = account = get_object_or_404(queries.accounts(), pk=self.kwargs["pk"])
        if self.kwargs["step"] not in STEPS:
            raise Http404
        self.step = step = STEPS[self.kwargs["step"]]
        self.form_class = ReasonForm if step.needs_reason else ActionForm
        self.kicker = account.get_role_display() + (f", {account.agency}" if account.agency else "")
        self.heading, self.intro = step.question.format(name=account), step.lede
        self.takes_two = step.always_two or (step.ask is not None and is_held_by_two(account.role))
        if self.takes_two:
            self.intro += " Another approver or administrator must confirm this first."
        self.here = self.button = step.label

    def title(self) -> str:
        return self.step.label

    def back_arguments(self) -> Sequence[Any]:
        return [self.account.pk]

    def above(self) -> Breadcrumbs:
        return [(self.account.name, self.back_url)]

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.step.offered(self.account, queries.state_of(self.account)):
            return ""
        return f"“{self.step.label}” is not available for this account in its current state."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("User name", self.account.username), ("Address", self.account.email or "None")]

    def perform(self, values: Mapping[str, Any]) -> str | None:
        if self.takes_two and self.step.ask is not None:
            self.done = ASKED
            return _page_of(self.step.ask(account_id=self.account.pk, actor=self.actor))
        self.done = self.step.take(self.account.pk, values.get("reason", ""), self.actor)
        return None
