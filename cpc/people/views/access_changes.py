"""Pages on which a second person decides on changes to the accounts of approvers and administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.access_changes import AccessChange
from cpc.accounts.permissions import Permission
from cpc.people import access_changes, queries
from cpc.people.forms import AccessDecisionForm
from cpc.people.presenters import ACCESS_CHANGES, CHANGES_LIST, access_change_facts
from cpc.people.views import role_differences
from cpc.web import formats
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format

DECIDED = {
    "confirm": (access_changes.confirm, "The change has been confirmed and applies now."),
    "refuse": (access_changes.refuse, "The change has been refused. Nothing was changed."),
    "withdraw": (access_changes.withdraw, "The change has been withdrawn. Nothing was changed."),
}


@require_safe
@requires(Permission.CONFIRM_ACCESS)
@listing(CHANGES_LIST)
def changes(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    table, rows = shown.table(ACCESS_CHANGES), queries.access_changes()
    if kind := export_format(request):
        return shown.export(kind, rows, "changes-of-access")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    context = {"shown": shown, "table": table, "page": page}
    return render(request, "account/people/access_changes.html", context)


class DecideAccessChange(ActionView):
    """One change: what it does, who asked for it, and the form to decide on it or withdraw it."""

    permission = Permission.CONFIRM_ACCESS
    form_class = AccessDecisionForm
    template_name = "account/people/access_change.html"
    consequence = "Nothing was decided."
    already_done = "This change was already decided."
    back = "access-changes"
    change: AccessChange

    def load(self) -> None:
        self.change = get_object_or_404(queries.access_changes(), pk=self.kwargs["pk"])
        self.is_own = self.change.asked_by_id == self.actor.pk
        self.kicker = "Change of access"
        self.heading = f"{self.change.get_kind_display()}: {self.change.name}"
        self.button = "Withdraw the change" if self.is_own else "Record the decision"
        self.intro = "" if self.blocked_reason() else self._what_is_asked()

    def _what_is_asked(self) -> str:
        return (
            "You asked for this. Nothing changes until another approver or administrator confirms it."
            if self.is_own
            else f"{self.change.asked_by} asked for this. Nothing changes unless you or another person confirms it. "
            "Speak with the person concerned first, in person or by telephone."
            + (
                f" Once it is confirmed, the present password of {self.change.name} stops working, and a link to set "
                "another one goes to the address below."
                if access_changes.ends_password(self.change)
                else ""
            )
        )

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Changes of access", self.back_url)]

    def form_arguments(self) -> dict[str, Any]:
        return {"is_own": self.is_own}

    def facts(self) -> Sequence[tuple[str, Any]]:
        change = self.change
        return [
            *access_change_facts(change),
            ("Asked for", f"{change.asked_by}, {formats.moment(change.asked_at)}"),
            ("Expires", formats.moment(change.expires_at)),
        ]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "change": self.change,
            "is_own": self.is_own,
            "after": role_differences.after(self.change),
            "rights": role_differences.rights_of(self.change),
            "table": role_differences.RIGHTS,
            "person": role_differences.person_facts(self.change),
        }

    def blocked_reason(self) -> str:
        change = self.change
        if change.outcome:
            return f"{change.get_outcome_display()} by {change.decided_by}, {formats.moment(change.decided_at)}."
        if not change.is_open(timezone.now()):
            return "This change has expired. Ask for it again."
        is_subject = change.account_id == self.actor.pk and not self.is_own
        return (
            "This changes your own account. Another approver or administrator must decide on it." if is_subject else ""
        )

    def perform(self, values: Mapping[str, Any]) -> None:
        decide, self.done = DECIDED[values["decision"]]
        decide(change_id=self.change.pk, actor=self.actor)
