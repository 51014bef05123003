"""Pages on which an approver signs one line or all lines of a memo, and on which the office answers a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.decisions.handover import sequel_findings
from selection.decisions.queries import find_recommendation
from selection.models import Discussion, Memo, Recommendation
from selection.page_frame import CandidateAction, RoundAction, or_404
from selection.signing import queries, services
from selection.signing.forms import AnswerForm, SignForm
from selection.signing.missing import to_acknowledge


class Signing(RoundAction):
    """Base of the pages on which an approver signs lines of the newest memo."""

    permission = Permission.APPROVE_SELECTION
    form_class = SignForm
    form: SignForm
    back = "round-deliberation"
    memo: Memo | None
    recommendations: Sequence[Recommendation] = ()

    def load(self) -> None:
        super().load()
        self.memo = queries.newest_memo(self.round)

    def above(self) -> Breadcrumbs:
        return [("Consultation and decision", self.back_url)]

    def form_arguments(self) -> dict[str, Any]:
        candidates = [row.candidate_id for row in self.recommendations]
        return {
            "recommendations": self.recommendations,
            "missing": to_acknowledge(self.round, candidates, self.today),
        }

    def get_initial(self) -> dict[str, Any]:
        return {"revision": str(self.memo.number if self.memo else 0)}

    def blocked_reason(self) -> str:
        if self.memo is None:
            return "The office has not sent the memo for decision."
        if changed := services.changes(self.memo):
            return (
                f"Since version {self.memo.number} of the memo was issued, {formats.listing(changed)} changed. Ask the "
                "office to send a new version."
            )
        return ""

    def perform(self, values: Mapping[str, Any]) -> None:
        acknowledged = values.get("acknowledged", ())
        number = int(self.form.expected_revision or 0)
        memo = or_404(self.round.memos.select_related("round").filter(number=number).first())
        signed = services.sign(
            memo=memo, lines=self.form.lines(), actor=self.actor, acknowledged=acknowledged, on=self.today
        )
        self.done = self.said(signed)

    def said(self, signed: services.Signed) -> str:
        parts = []
        if count := len(signed.decisions):
            parts.append(f"{formats.spell_out(count, 'decision is', 'decisions are')} signed.")
        if count := len(signed.discussions):
            parts.append(f"{formats.spell_out(count, 'line goes', 'lines go')} back to the office with your question.")
        return " ".join(parts)


class Decide(Signing, CandidateAction):
    """Decide on one recommendation."""

    template_name = "selection/decisions/action.html"
    button = "Record the decision"
    recommendation: Recommendation

    def load(self) -> None:
        CandidateAction.load(self)
        self.kicker = str(self.round)
        self.memo = queries.newest_memo(self.round)
        self.recommendation = or_404(find_recommendation(self.candidate))
        self.recommendations = [self.recommendation]
        self.heading = f"Decide on {self.candidate.country}"

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"is_single": True}

    def blocked_reason(self) -> str:
        return why_not_decide(self.recommendation, self.actor) or super().blocked_reason()

    def findings(self) -> Any:
        return sequel_findings(self.candidate, self.actor)


class SignAll(Signing):
    """Sign all lines that wait on one page."""

    heading = "Sign the decisions"
    button = "Sign the decisions"

    def load(self) -> None:
        super().load()
        self.recommendations = queries.to_sign(self.round)


class Answer(CandidateAction):
    """Answer the approver's question about a recommendation."""

    permission = Permission.RUN_ROUNDS
    form_class = AnswerForm
    button = "Send the answer"
    done = "Your answer is with the approver."
    back = "round-deliberation"
    discussion: Discussion

    def load(self) -> None:
        super().load()
        found = queries.open_question(self.candidate)
        if found is None:
            raise Http404
        self.discussion = found
        self.kicker = str(self.round)
        self.heading = f"Answer the approver on {self.candidate.country}"
        self.intro = "Your answer goes back with the recommendation. To change it, recommend again instead."

    def above(self) -> Breadcrumbs:
        return [("Consultation and decision", reverse("round-deliberation", args=[self.round.pk]))]

    def facts(self) -> Sequence[tuple[str, Any]]:
        asked = self.discussion
        return [
            ("Question", asked.question),
            ("Asked by", f"{asked.asked_by}, {formats.day(asked.at.date())}"),
            ("Recommended", asked.recommendation.get_action_display()),
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.answer_discussion(discussion=self.discussion, actor=self.actor, **values)
