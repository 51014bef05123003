"""Pages of deliberation: recommendations, decisions, and freezes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.findings import Finding
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from cpc.web.sheets.actions import SheetAction
from cpc.web.sheets.kinds import Sheet
from selection.decisions import presenters, queries, services
from selection.decisions.decision_checks import decision_findings, grounds_of
from selection.decisions.forms import RecommendationForm
from selection.decisions.handover import sequel_findings, sequels
from selection.decisions.memo.services import issue_memo
from selection.decisions.services import MAY_RECOMMEND
from selection.decisions.sheet import recommendations_sheet
from selection.models import Action, Recommendation, RoundState, SelectionRound
from selection.page_frame import CandidateAction, RoundAction, round_or_404

ISSUE = "issue"


@require_safe
@requires(Permission.VIEW_ROUNDS)
def deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    check_parameters(request, ())
    selection_round, user = round_or_404(request, pk), user_of(request)
    rows = queries.deliberation(selection_round)
    met = _findings(selection_round, rows, timezone.now().date(), user)
    came = sequels([row.candidate for row in rows if row.decision], user)
    can_write = selection_round.state in MAY_RECOMMEND
    frozen = queries.freezes(selection_round)
    touched = services.verify_freezes(frozen, selection_round)
    waiting = sum(row.waits for row in rows)
    may_decide = can_write and user.allows(Permission.APPROVE_SELECTION)
    asked = queries.questions_of(selection_round)
    lines = [
        presenters.row(row, met.get(row.candidate.pk, ()), came.get(row.candidate.pk, ()))
        | {"questions": asked.get(row.candidate.pk, ())}
        for row in rows
    ]
    context = {
        "round": selection_round,
        "tab": "round-consultation",
        "rows": lines,
        "counts": presenters.counts(rows),
        "waiting": waiting,
        "open": can_write,
        "may_recommend": can_write and user.allows(Permission.RUN_ROUNDS),
        "may_decide": may_decide and waiting,
        "may_close": may_decide
        and selection_round.state == RoundState.DELIBERATION
        and not waiting
        and any(row.decision for row in rows),
        "user_id": user.pk,
        "freezes": list(zip(frozen, touched, strict=True)),
        "is_touched": any(touched),
    }
    return render(request, "selection/decisions/deliberation.html", context)


class DeliberationAction(CandidateAction):
    template_name = "selection/decisions/action.html"
    back = "round-deliberation"
    recommendation: Recommendation | None

    def load(self) -> None:
        super().load()
        self.kicker = str(self.round)
        self.recommendation = queries.find_recommendation(self.candidate)

    def above(self) -> Breadcrumbs:
        return [("Recommendations and decisions", self.back_url)]

    def facts(self) -> Sequence[tuple[str, Any]]:
        return presenters.known_of(self.recommendation)

    def findings(self) -> Sequence[Finding]:
        findings = decision_findings(self.candidate, Action.SELECT, self.today)
        return [*sequel_findings(self.candidate, self.actor), *findings]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"earlier": presenters.history(queries.history(self.candidate))}


class Recommend(DeliberationAction):
    permission = Permission.RUN_ROUNDS
    form_class = RecommendationForm
    form: RecommendationForm
    button = "Save the recommendation"
    intro = "What does the office recommend for this candidate, and why?"

    def load(self) -> None:
        super().load()
        self.heading = f"Recommend on {self.candidate.country}"
        self.done = f"Recommended on {self.candidate.country}."

    def get_initial(self) -> dict[str, Any]:
        return RecommendationForm.initial_of(self.recommendation)

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        services.recommend(candidate=self.candidate, actor=self.actor, expected_revision=expected, **values)


class RecommendAll(SheetAction, RoundAction):
    """Recommend on all candidates on one sheet, and send the memo for decision in the same request if asked."""

    permission = Permission.RUN_ROUNDS
    heading = "Recommendations"
    button = "Save the recommendations"
    back = "round-deliberation"
    saves = {ISSUE: "Save and send the memo for decision"}

    def load(self) -> None:
        super().load()
        self.intro = "What does the office recommend for each candidate, and why?"

    def above(self) -> Breadcrumbs:
        return [("Recommendations and decisions", self.back_url)]

    def redirect_reason(self) -> str:
        if self.round.state in MAY_RECOMMEND or self.request.method == "POST":
            return ""
        return f"Recommendations are written in deliberation. The round is {self.round.state_phrase}."

    def make_sheet(self) -> Sheet:
        return recommendations_sheet(self.round, self.actor, self.today)

    def file_name(self) -> str:
        return str(self.round)

    def after_save(self, step: str) -> None:
        issued = issue_memo(selection_round=self.round, actor=self.actor)
        self.done = f"The recommendations are saved, and version {issued.number} of the memo is with the approver."


def _findings(
    selection_round: SelectionRound, rows: Sequence[queries.Deliberated], today: dt.date, reader: User
) -> dict[int, list[Finding]]:
    """Return the findings on each decision that is due, by candidate; runs no query if none is due."""
    waiting = [row for row in rows if row.waits]
    if not waiting:
        return {}
    grounds = grounds_of(selection_round, [row.candidate for row in waiting], today)
    return {
        row.candidate.pk: decision_findings(row.candidate, row.recommendation.action, today, grounds, reader=reader)
        for row in waiting
        if row.recommendation is not None
    }
