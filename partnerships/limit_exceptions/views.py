from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.findings import Finding
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.pages import breadcrumb
from partnerships.closing import takes_none
from partnerships.limit_exceptions import presenters, queries
from partnerships.limit_exceptions.forms import DecisionForm, ExceptionForm, PolicyForm
from partnerships.limit_exceptions.presenters import exception_mark, exception_summary, money_chart, term_chart
from partnerships.limit_exceptions.services import (
    approve_policy,
    grant_exception,
    propose_policy,
    refuse_exception,
    request_exception,
)
from partnerships.limit_position import LimitPosition, limit_positions
from partnerships.limit_presenters import allowance_facts
from partnerships.lookups.limit_policies import policy_in_force
from partnerships.models import LimitException, LimitPolicy
from partnerships.page_frame import (
    STYLESHEET,
    Context,
    PartnershipAction,
    Visit,
    partnership_page,
)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def policies(request: HttpRequest) -> HttpResponseBase:
    check_parameters(request, ())
    today, user = timezone.now().date(), user_of(request)
    context = {
        "table": presenters.policies_table(user),
        "lines": presenters.policy_lines(queries.policies(), today),
        "current": policy_in_force(today),
        "may_propose": user.allows(Permission.EDIT_PARTNERSHIPS),
    }
    return render(request, "partnerships/limit_exceptions/policies.html", context)


class PolicyAction(ActionView):
    stylesheet = STYLESHEET
    back = "limit-policies"

    def breadcrumbs(self) -> Breadcrumbs:
        return [breadcrumb("home"), breadcrumb("partnerships"), breadcrumb("limit-policies")]


class ProposePolicy(PolicyAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = PolicyForm
    heading = "Propose limits"
    button = "Propose the limits"
    intro = (
        "They take effect after another person approves them. Partnerships signed before they take effect keep "
        "their own limits."
    )
    done = "The limits are proposed. Another person must approve them."

    def perform(self, values: Mapping[str, Any]) -> None:
        propose_policy(actor=self.actor, **values)


class ApprovePolicy(PolicyAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    heading = "Approve limits"
    button = "Approve the limits"
    intro = "They apply from their effective date to partnerships that are not signed."
    done = "The limits are approved."
    policy: LimitPolicy

    def load(self) -> None:
        self.policy = get_object_or_404(queries.policies(), approval__isnull=True, pk=self.kwargs["policy"])

    def facts(self) -> Sequence[tuple[str, Any]]:
        return presenters.policy_facts(self.policy)

    def blocked_reason(self) -> str:
        return why_not_decide(self.policy, self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        approve_policy(policy=self.policy, actor=self.actor)


@partnership_page("limit_exceptions/exceptions.html", "partnership-exceptions", "Exceptions", documented=True)
def exceptions(visit: Visit) -> Context:
    partnership, today, user = visit.partnership, visit.today, visit.user
    (position,) = limit_positions([partnership])
    return {
        "position": position,
        "term": term_chart(position, today),
        "money": money_chart(position, today),
        "rows": [_exception_row(row, position, today, user) for row in queries.exceptions_of(partnership)],
        "may_ask": visit.may_add("limitexception"),
        "may_decide": user.allows(Permission.APPROVE_PARTNERSHIPS),
    }


def _exception_row(row: LimitException, position: LimitPosition, today: date, user: User) -> tuple[Any, ...]:
    is_open = presenters.is_open(row)
    not_yours = why_not_decide(row, user) if is_open else ""
    return row, exception_mark(row, position, today), exception_summary(row, position), is_open, not_yours


class ExceptionAction(PartnershipAction):
    back = "partnership-exceptions"


class RequestException(ExceptionAction):
    plans = "limitexception"
    form_class = ExceptionForm
    heading = "Request an exception"
    button = "Request the exception"
    intro = "A request changes nothing until another person grants it with an authority and a document."
    done = "The exception is requested. Another person decides on it."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return allowance_facts(self.partnership, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        request_exception(partnership=self.partnership, actor=self.actor, **values)


class DecideException(ExceptionAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = DecisionForm
    heading = "Decide on the exception"
    button = "Record the decision"
    intro = "If you grant it, the partnership's limits change immediately. You can't undo either decision."
    done = "The decision is recorded."
    exception: LimitException

    def load(self) -> None:
        super().load()
        self.exception = get_object_or_404(queries.exceptions_of(self.partnership), pk=self.kwargs["exception"])

    def facts(self) -> list[tuple[str, str]]:
        row = self.exception
        (position,) = limit_positions([self.partnership])
        return [
            ("Requested", exception_summary(row, position)),
            ("Reason", row.reason),
            ("By", f"{row.requested_by}, {formats.day(row.at)}"),
            ("Usable until", formats.day(row.expires_on)),
        ]

    def findings(self) -> Sequence[Finding]:
        row = self.partnership
        if not takes_none("limitexceptiongrant", row.status):
            return ()
        message = f"The partnership is {row.get_status_display().lower()}. The request can only be rejected."
        return [Finding.warning("partnership_status", message)]

    def blocked_reason(self) -> str:
        return why_not_decide(self.exception, self.actor)

    def perform(self, values: Mapping[str, Any]) -> None:
        row, actor = self.exception, self.actor
        if values["decision"] == "grant":
            grant_exception(exception=row, authority=values["authority"], document=values["document"], actor=actor)
        else:
            refuse_exception(exception=row, reason=values["reason"], actor=actor)
