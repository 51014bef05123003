"""Pages on which an approver signs one line or all lines of a memo, and on which the office answers a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide, written_by
from cpc.findings import Finding, errors
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from selection.decisions import queries as queries_of_decisions
from selection.decisions.decision_checks import decision_findings
from selection.decisions.handover import sequel_findings
from selection.decisions.presenters import history
from selection.decisions.queries import find_recommendation
from selection.models import Discussion, Memo, Recommendation, RoundState
from selection.page_frame import CandidateAction, RoundAction, or_404
from selection.rounds.services import take_round_step
from selection.signing import presenters, queries, services
from selection.signing.forms import AnswerForm, SignForm
from selection.signing.missing import missing_for

CLOSE = "decide"
"""The step that closes a round as decided."""


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
        return [("Recommendations and decisions", self.back_url)]

    def form_arguments(self) -> dict[str, Any]:
        return {
            "recommendations": self.recommendations,
            "missing": missing_for(self.round, self.recommendations, self.today),
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

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"memo": self.memo, "signer": self.actor, "today": self.today}

    def perform(self, values: Mapping[str, Any]) -> None:
        acknowledged = values.get("acknowledged", ())
        number = int(self.form.expected_revision or 0)
        memo = or_404(self.round.memos.select_related("round").filter(number=number).first())
        signed = services.sign(
            memo=memo, lines=self.form.lines(), actor=self.actor, acknowledged=acknowledged, on=self.today
        )
        self.done = self.summary(signed)
        if values.get("close"):
            take_round_step(selection_round=self.round, name=CLOSE, actor=self.actor, on=self.today)
            self.done += " The round is closed as decided, and its record is frozen."

    def summary(self, signed: services.Signed) -> str:
        parts = []
        if count := len(signed.decisions):
            parts.append(f"{formats.spell_out(count, 'decision is', 'decisions are')} signed.")
        if count := len(signed.discussions):
            parts.append(f"{formats.spell_out(count, 'line goes', 'lines go')} back to the office with your question.")
        return " ".join(parts)


class Decide(Signing, CandidateAction):
    """Decide on one recommendation, with all that is behind it beside the form."""

    template_name = "selection/signing/decide.html"
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
        if queries.has_open_question(self.candidate):
            return "Your office has asked about this recommendation. You can decide once the answer is there."
        return why_not_decide(self.recommendation, self.actor) or super().blocked_reason()

    def findings(self) -> Sequence[Finding]:
        """Return what stops the decision; the form lists what the memo prints, to be acknowledged one by one."""
        found = decision_findings(self.candidate, self.recommendation.action, self.today)
        return [*sequel_findings(self.candidate, self.actor), *errors(found)]

    def next_line(self) -> Recommendation | None:
        """Return the next line of the memo that waits, from this one on and then from the first."""
        lines = queries.to_sign(self.round)
        after = [row for row in lines if (row.place, row.pk) > (self.recommendation.place, self.recommendation.pk)]
        return next((row for row in [*after, *lines] if row.pk != self.recommendation.pk), None)

    def get_context(self) -> dict[str, Any]:
        cases = queries.cases_of(self.round, self.recommendations, self.actor, self.today)
        return super().get_context() | {
            "case": presenters.case(cases.cases[0], cases),
            "earlier": history(queries_of_decisions.history(self.candidate)),
            "next": self.next_line(),
        }


class SignAll(Signing):
    """Sign all lines that wait on one page."""

    template_name = "selection/signing/sign.html"
    heading = "Sign the decisions"
    button = "Sign the decisions"

    def load(self) -> None:
        super().load()
        posted = self.request.POST
        sent = {name.partition("-")[0] for name in posted if name.endswith(("-choice", "-remarks")) and posted[name]}
        waiting = queries.to_sign(self.round, sent=sent)
        own = written_by(Recommendation, [row.pk for row in waiting], self.actor)
        self.waiting = waiting
        self.recommendations = [row for row in waiting if row.pk not in own]

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"may_close": self.round.state == RoundState.DELIBERATION}

    def get_context(self) -> dict[str, Any]:
        cases = queries.cases_of(self.round, self.waiting, self.actor, self.today)
        parts = {part.prefix: part for part in self.form.parts}
        lines = [
            presenters.line(case)
            | {
                "part": parts.get(case.candidate.country.code),
                "reason": "" if case.candidate.country.code in parts else "You drafted it. Another approver decides.",
            }
            for case in cases.cases
        ]
        return (
            super().get_context()
            | presenters.signing(lines, cases, self.memo)
            | {
                "with_office": queries.open_questions(recommendation__candidate__round=self.round).select_related(
                    "recommendation__candidate__country", "asked_by"
                ),
            }
        )


class AnswerQuestion(CandidateAction):
    """Answer the approver's question about a recommendation."""

    permission = Permission.RUN_ROUNDS
    form_class = AnswerForm
    button = "Send the answer"
    done = "Your answer is with the approver."
    back = "round-deliberation"
    discussion: Discussion

    def load(self) -> None:
        super().load()
        found = queries.newest_question(self.candidate)
        # An answer that a colleague was faster to send is refused by the service, which keeps what was typed.
        if found is None or (found.answered_at is not None and self.request.method != "POST"):
            raise Http404
        self.discussion = found
        self.kicker = str(self.round)
        self.heading = f"Answer the approver on {self.candidate.country}"
        self.intro = "Your answer goes back with the recommendation. To change it, recommend again instead."

    def above(self) -> Breadcrumbs:
        return [("Recommendations and decisions", reverse("round-deliberation", args=[self.round.pk]))]

    def facts(self) -> Sequence[tuple[str, Any]]:
        asked = self.discussion
        return [
            ("Question", asked.question),
            ("Asked by", f"{asked.asked_by}, {formats.day(asked.at.date())}"),
            ("Recommended", asked.recommendation.get_action_display()),
        ]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.answer_discussion(discussion=self.discussion, actor=self.actor, **values)
