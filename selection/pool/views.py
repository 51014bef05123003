"""The pool of the ranking: who is in, who is outside and why, and the acts that change it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from indicators.models import Country
from selection.models import Admission, PoolDecision
from selection.page_frame import (
    METHODS,
    Act,
    Trail,
    answer,
    sent,
)
from selection.pool import presenters, queries, services
from selection.pool.forms import (
    AdmitForm,
    DecisionForm,
    EndForm,
    PolicyForm,
)
from selection.pool_rules.policy import (
    NOT_A_STATE,
    REASONS,
    Reason,
    rule_in_words,
)
from selection.pool_rules.pools import Pool

NOT_ADMITTED = frozenset({Reason.UNITED_STATES.value, NOT_A_STATE})
"""Reasons that no admission overrides."""
DECIDED = "Somebody has decided on this proposal already."


def _trail() -> Trail:
    return [("Home", reverse("home")), ("Ranking", reverse("ranking")), ("The pool", reverse("pool"))]


@require_safe
@requires(Permission.VIEW_RANKINGS)
def pool(request: HttpRequest) -> HttpResponseBase:
    """Show who is in the pool today, who is outside by which rule, and who decided that."""
    check_parameters(request, ())
    today, user = timezone.now().date(), user_of(request)
    found = queries.pool_on(today)
    lines = presenters.countries(found, Country.objects.in_bulk(list(found.entries), field_name="code"))
    policies, admissions = list(queries.policies()), list(queries.admissions())
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


# ---- rules ---------------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def propose_policy(request: HttpRequest, reason: str) -> HttpResponse:
    """Propose another rule for one reason."""
    check_parameters(request, ())
    known = next((one for one, rule in REASONS.items() if one.value == reason and not rule.fixed), None)
    if known is None:
        raise Http404
    today = timezone.now().date()
    before = queries.policy_in_force(known, today)
    form = PolicyForm(
        known,
        sent(request),
        initial={"puts_outside": before.puts_outside if before else [], "in_force_from": today},
    )

    def work() -> None:
        asked = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
        services.propose_policy(reason=known.value, actor=user_of(request), **asked)

    act = Act(
        f"Change the rule: {REASONS[known].label}",
        "Propose the rule",
        reverse("pool"),
        _trail(),
        "",
        "It counts once an approver, who is another person, approves it. The rule before it stays on record.",
        facts=[("Rule now", rule_in_words(before.reason, before.puts_outside))] if before else [],
    )
    return answer(request, form, act, work, "The rule is proposed. Another person decides on it.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def decide_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a proposed rule, as another person than who proposed it."""
    check_parameters(request, ())
    row = queries.find_policy(pk)
    if row is None or row.proposed_by is None:
        raise Http404
    if request.method != "POST" and not row.is_open:
        return _decided_already(request)
    form = DecisionForm(sent(request))

    def work() -> None:
        asked = form.cleaned_data
        services.decide_policy(
            policy=row, approve=asked["decision"] == "approve", note=asked["note"], actor=user_of(request)
        )

    act = Act(
        f"Decide on a rule: {REASONS[Reason(row.reason)].label}",
        "Record the decision",
        reverse("pool"),
        _trail(),
        "",
        "Once approved, it takes the place of the rule before it from its first day. A decision is not taken back; "
        "another rule can be proposed.",
        facts=presenters.policy_facts(row, queries.policy_in_force(row.reason, timezone.now().date())),
    )
    return answer(request, form, act, work, "The decision is recorded.")


# ---- admissions ----------------------------------------------------------------------------------------------------


@require_http_methods(METHODS)
@requires(Permission.RUN_ROUNDS)
def admit(request: HttpRequest) -> HttpResponse:
    """Propose to admit a country (`?country=ROU`) that is outside the pool."""
    check_parameters(request, ("country",))
    found = queries.pool_on(timezone.now().date())
    outside = [code for code, entry in found.outside.items() if entry.reason_code not in NOT_ADMITTED]
    asked = request.GET.get("country", "")
    if asked and asked not in outside:
        raise BadRequest(f"“{asked}” is not outside the pool. Choose a country from the list.")
    form = AdmitForm(outside, sent(request), initial={"country": asked})

    def work() -> None:
        data = form.cleaned_data
        services.propose_admission(
            country=data["country"],
            why=data["why"],
            legal_note=data["legal_note"],
            until=data["until"],
            actor=user_of(request),
        )

    act = Act(
        "Admit to the pool",
        "Propose the admission",
        reverse("pool"),
        _trail(),
        "",
        "An admitted country is ranked beside the others until its last day. It changes no other country's score. It "
        "counts once an approver, who is another person, approves it.",
        facts=[("Outside because", found.entries[asked].sentence)] if asked else [],
    )
    return answer(request, form, act, work, "The admission is proposed. Another person decides on it.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def decide_admission(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a proposed admission, as another person than who proposed it."""
    check_parameters(request, ())
    row = _admission(pk)
    if request.method != "POST" and not row.is_open:
        return _decided_already(request)
    form = DecisionForm(sent(request))

    def work() -> None:
        asked = form.cleaned_data
        services.decide_admission(
            admission=row, approve=asked["decision"] == "approve", note=asked["note"], actor=user_of(request)
        )

    act = Act(
        f"Decide on an admission: {row.country.name}",
        "Record the decision",
        reverse("pool"),
        _trail(),
        "",
        "Once approved, the country is in the pool from today until its last day.",
        facts=presenters.admission_facts(row, _sentence(queries.pool_on(timezone.now().date()), row)),
    )
    return answer(request, form, act, work, "The decision is recorded.")


@require_http_methods(METHODS)
@requires(Permission.APPROVE_SELECTION)
def end_admission(request: HttpRequest, pk: int) -> HttpResponse:
    """End an admission today, before its last day."""
    check_parameters(request, ())
    row = _admission(pk)
    if row.decision != PoolDecision.APPROVED:
        raise Http404
    if request.method != "POST" and row.ended_on is not None:
        messages.info(request, "This admission has ended already.")
        return redirect("pool")
    form = EndForm(sent(request))

    def work() -> None:
        services.end_admission(admission=row, reason=form.cleaned_data["reason"], actor=user_of(request))

    act = Act(
        f"End an admission: {row.country.name}",
        "End the admission",
        reverse("pool"),
        _trail(),
        "",
        "The country is outside the pool again from today. The admission stays on record.",
        facts=presenters.admission_facts(row, ""),
    )
    return answer(request, form, act, work, "The admission has ended.")


def _admission(pk: int) -> Admission:
    row = queries.find_admission(pk)
    if row is None:
        raise Http404
    return row


def _sentence(found: Pool, row: Admission) -> str:
    entry = found.entries.get(row.country.code)
    return entry.sentence if entry is not None and not entry.is_in else ""


def _decided_already(request: HttpRequest) -> HttpResponse:
    messages.info(request, DECIDED)
    return redirect("pool")


def open_proposals(user: User) -> list[tuple[str, str, str]]:
    """Return what an account may decide about the pool: a title, its address and the reason of the proposal."""
    found = [
        (f"Decide on a rule of the pool: {row.get_reason_display()}", reverse("pool-policy-decide", args=[row.pk]), row)
        for row in queries.policies().filter(decision=PoolDecision.OPEN)
    ] + [
        (f"Decide on admitting {row.country} to the pool", reverse("pool-admission-decide", args=[row.pk]), row)
        for row in queries.admissions().filter(decision=PoolDecision.OPEN)
    ]
    return [(title, url, row.why) for title, url, row in found if row.proposed_by_id != user.pk]
