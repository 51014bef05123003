"""Pages of the pool: the countries in it, those outside with the reason, and the actions that change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from indicators.models import Country
from selection.lookups import pool as lookups
from selection.models import Admission, PoolDecision, PoolPolicy
from selection.page_frame import (
    SelectionAction,
)
from selection.pool import presenters, services
from selection.pool.forms import (
    AdmitForm,
    EndForm,
    PolicyForm,
    PoolDecisionForm,
)
from selection.pool_rules.policy import (
    NOT_A_STATE,
    REASONS,
    Reason,
    describe_rule,
)

NOT_ADMITTED = frozenset({Reason.UNITED_STATES.value, NOT_A_STATE})
"""Reasons that no admission overrides."""
DECIDED = "Someone has already decided on this proposal."


@require_safe
@requires(Permission.VIEW_RANKINGS)
def pool(request: HttpRequest) -> HttpResponseBase:
    """Show the countries in the pool today, those outside with the rule, and who decided the rules."""
    check_parameters(request, ())
    today, user = timezone.now().date(), user_of(request)
    found = lookups.pool_on(today)
    lines = presenters.countries(found, Country.objects.in_bulk(list(found.entries), field_name="code"))
    policies, admissions = list(lookups.policies()), list(lookups.admissions())
    open_policies = [row for row in policies if row.is_open]
    context = {
        "today": today,
        "pool": found,
        "facts": presenters.facts(found),
        "members": [line for line in lines if line.entry.is_in],
        "rules": presenters.rules(lines, policies, today),
        "not_states": [line for line in lines if line.entry.reason_code == NOT_A_STATE],
        "open_policies": [(row, presenters.policy_facts(row, None)) for row in open_policies],
        "open_admissions": [row for row in admissions if row.is_open],
        "history": presenters.policy_history(policies, today),
        "admissions": presenters.admission_lines(admissions, today),
        "not_admitted": NOT_ADMITTED,
        "may_propose": user.allows(Permission.RUN_ROUNDS),
        "may_decide": user.allows(Permission.APPROVE_SELECTION),
        "user": user,
    }
    return render(request, "selection/pool/pool.html", context)


class PoolAction(SelectionAction):
    back = "pool"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("The pool", reverse("pool"))]


# ---- rules ---------------------------------------------------------------------------------------------------------


class ProposePolicy(PoolAction):
    permission = Permission.RUN_ROUNDS
    form_class = PolicyForm
    button = "Propose the rule"
    done = "The rule is proposed. Another person must decide on it."
    intro = "The rule takes effect when another person, an approver, approves it. The current rule remains on record."
    reason: Reason
    before: PoolPolicy | None

    def load(self) -> None:
        asked = self.kwargs["reason"]
        known = next((one for one, rule in REASONS.items() if one.value == asked and not rule.fixed), None)
        if known is None:
            raise Http404
        self.reason, self.before = known, lookups.policy_in_force(known, self.today)
        self.heading = f"Change the rule: {REASONS[known].label}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Rule now", describe_rule(self.before.reason, self.before.puts_outside))] if self.before else []

    def get_initial(self) -> dict[str, Any]:
        return {"puts_outside": self.before.puts_outside if self.before else [], "in_force_from": self.today}

    def form_arguments(self) -> dict[str, Any]:
        return {"reason": self.reason}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.propose_policy(reason=self.reason.value, actor=self.actor, **values)


class DecisionAction(PoolAction):
    """Approve or reject a proposal. The person who made it cannot decide on it."""

    permission = Permission.APPROVE_SELECTION
    form_class = PoolDecisionForm
    button = "Record the decision"
    done = "The decision is recorded."
    proposal: PoolPolicy | Admission

    def redirect_reason(self) -> str:
        return "" if self.request.method == "POST" or self.proposal.is_open else DECIDED

    def blocked_reason(self) -> str:
        return why_not_decide(self.proposal, self.actor) if self.proposal.is_open else ""


class DecidePolicy(DecisionAction):
    intro = (
        "If you approve it, the rule replaces the current one from its first day. You can't take back a decision, "
        "but anyone who runs rounds can propose another rule."
    )
    proposal: PoolPolicy

    def load(self) -> None:
        self.proposal = get_object_or_404(lookups.policies(), pk=self.kwargs["pk"], proposed_by__isnull=False)
        self.heading = f"Decide on a rule: {REASONS[Reason(self.proposal.reason)].label}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        return presenters.policy_facts(self.proposal, lookups.policy_in_force(self.proposal.reason, self.today))

    def perform(self, values: Mapping[str, Any]) -> None:
        approve = values["decision"] == "approve"
        services.decide_policy(policy=self.proposal, approve=approve, note=values["note"], actor=self.actor)


# ---- admissions ----------------------------------------------------------------------------------------------------


class ProposeAdmission(PoolAction):
    """Propose to admit a country (`?country=ROU`) that is outside the pool."""

    permission = Permission.RUN_ROUNDS
    parameters = ("country",)
    form_class = AdmitForm
    heading = "Admit a country to the pool"
    button = "Propose the admission"
    done = "The admission is proposed. Another person must decide on it."
    intro = (
        "An admitted country is ranked with the others until its last day. It changes no other country's score. "
        "The admission takes effect when another person, an approver, approves it."
    )

    def load(self) -> None:
        self.pool = lookups.pool_on(self.today)
        self.outside = [code for code, entry in self.pool.outside.items() if entry.reason_code not in NOT_ADMITTED]
        self.asked = self.request.GET.get("country", "")
        if self.asked and self.asked not in self.outside:
            raise BadRequest(f"“{self.asked}” is not outside the pool. Choose a country from the list.")

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Outside because", self.pool.entries[self.asked].sentence)] if self.asked else []

    def get_initial(self) -> dict[str, Any]:
        return {"country": self.asked}

    def form_arguments(self) -> dict[str, Any]:
        return {"outside": self.outside}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.propose_admission(actor=self.actor, **values)


class DecideAdmission(DecisionAction):
    intro = "If you approve it, the country is in the pool from today until its last day."
    proposal: Admission

    def load(self) -> None:
        self.proposal = get_object_or_404(lookups.admissions(), pk=self.kwargs["pk"])
        self.heading = f"Decide on an admission: {self.proposal.country.name}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        entry = lookups.pool_on(self.today).entries.get(self.proposal.country.code)
        sentence = entry.sentence if entry is not None and not entry.is_in else ""
        return presenters.admission_facts(self.proposal, sentence)

    def perform(self, values: Mapping[str, Any]) -> None:
        approve = values["decision"] == "approve"
        services.decide_admission(admission=self.proposal, approve=approve, note=values["note"], actor=self.actor)


class EndAdmission(PoolAction):
    permission = Permission.APPROVE_SELECTION
    form_class = EndForm
    button = "End the admission"
    done = "The admission has ended."
    intro = "The country is outside the pool again from today. The admission remains on record."
    admission: Admission

    def load(self) -> None:
        approved = lookups.admissions().filter(decision=PoolDecision.APPROVED)
        self.admission = get_object_or_404(approved, pk=self.kwargs["pk"])
        self.heading = f"End an admission: {self.admission.country.name}"

    def redirect_reason(self) -> str:
        is_over = self.request.method != "POST" and self.admission.ended_on is not None
        return "This admission has already ended." if is_over else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        return presenters.admission_facts(self.admission, "")

    def perform(self, values: Mapping[str, Any]) -> None:
        services.end_admission(admission=self.admission, reason=values["reason"], actor=self.actor)
