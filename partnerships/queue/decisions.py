"""Decisions of another person: a row for each approver who may decide, and one for those who wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cpc.accounts.permissions import Permission
from cpc.audit.authors import deciders, last_written, wrote_part
from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Expression, Row, Shown
from cpc.web import formats
from partnerships.decidable import ORIGIN
from partnerships.lookups.open_clearance import clearance_stop, silences_to_decide
from partnerships.lookups.open_work import exceptions_to_decide
from partnerships.models import (
    Amendment,
    AmendmentState,
    AssessmentState,
    DocumentTemplate,
    LimitPolicy,
    MonitoringPlan,
    Participant,
    Partnership,
    PeriodState,
    PeriodStep,
    PlanState,
    PlanStep,
    ReportingPeriod,
    Status,
    StatusChange,
    TemplateState,
    Withholding,
    WithholdingState,
    YearAssessment,
    YearAssessmentStep,
)
from partnerships.queue.branches import is_sample, label_of, newest, page, run_here
from partnerships.queue.clearance import text_of
from partnerships.states import BEFORE_SIGNATURE

APPROVE = Permission.APPROVE_PARTNERSHIPS
NO_OTHER = "no other approver"
"""With whom a record is of which every approver wrote a part."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A record that waits for a decision of another person, and both its rows: the approver's and the sender's."""

    key: str
    rows: QuerySet[Any]
    noun: Callable[[Row], str]
    show: Callable[[Row], Shown]
    sender: Expression
    since: Expression
    prefix: str | None = "partnership"
    """Lookup of the partnership from the rows: empty for partnerships themselves, None without any."""
    name: str = ""
    facts: dict[str, Expression] | None = None
    together: str = ""
    """Column of rows that one form decides on together: the first of them represents all."""
    record: Callable[[Row], str] | None = None
    """URL of the record for its sender, if the row of the approver leads to a form that only approvers open."""

    def branch(self, *, sent: bool) -> Branch:
        """Return the branch of an account: what it decides on, or with `sent`, what it wrote and others decide on."""
        model = self.rows.model
        own = self.rows.alias(is_own=wrote_part(model, ACCOUNT, name=self.name)).filter(is_own=sent)
        if self.together:
            own = own.filter(~Exists(own.filter(**{self.together: OuterRef(self.together)}, pk__lt=OuterRef("pk"))))
        with_whom = Coalesce(deciders(model, APPROVE, name=self.name), Value(NO_OTHER), output_field=CharField())
        before = "" if not self.prefix else f"{self.prefix}__"
        return Branch(
            self.key,
            Category.APPROVALS,
            own,
            self._show_sent if sent else self.show,
            subject=None if self.prefix is None else f"{before}country__name",
            partnership=None if self.prefix is None else f"{before}pk",
            since=self.since,
            who=with_whom if sent else self.sender,
            facts=(self.facts or {}) | ({} if self.prefix is None else {"is_sample": is_sample(before)}),
        )

    def _show_sent(self, row: Row) -> Shown:
        shown = self.show(row)
        return Shown(self.noun(row), self.record(row) if self.record else shown.url, "", "Open", shown.icon)


def decisions(*, sent: bool) -> list[Branch]:
    """Return the branches of what an account decides on, or of what it sent and others decide on."""
    all_of_them = (
        _amendments(),
        _plans(),
        _periods(),
        _assessments(),
        _origins(),
        _exceptions(),
        _policies(),
        _templates(),
        _silences(),
        _withholdings(),
        _signatures(),
    )
    return [decision.branch(sent=sent) for decision in all_of_them]


def _amendments() -> Decision:
    return Decision(
        "amendment-decide",
        Amendment.objects.filter(run_here(), state=AmendmentState.SUBMITTED),
        lambda row: f"{row.subject}, amendment {row.facts['number']}",
        lambda row: Shown(
            f"Approve or return amendment {row.facts['number']} to {row.subject}",
            page("partnership-amendment", row.partnership, row.facts["number"]),
            _amended(row),
            "Review",
            "edit",
        ),
        sender="requested_by__name",
        since=last_written(Amendment),
        facts={"number": "number", "title": "title", "kind": label_of(Amendment, "kind")},
    )


def _amended(row: Row) -> str:
    """Return kind and title of an amendment; the title alone if it begins with the kind."""
    kind, title = row.text("kind"), row.text("title")
    return f"{title}." if title.lower().startswith(kind.lower()) else f"{kind}: {title}."


def _plans() -> Decision:
    return Decision(
        "plan-decide",
        MonitoringPlan.objects.filter(run_here(), state=PlanState.SUBMITTED),
        lambda row: f"{row.subject}, monitoring plan",
        lambda row: Shown(
            f"Approve or return the monitoring plan of {row.subject}",
            page("partnership-monitoring", row.partnership),
            "Results are measured against an approved plan.",
            "Review",
            "assessment",
        ),
        sender=newest(PlanStep, "plan", "actor__name", name="submit"),
        since=newest(PlanStep, "plan", "at", name="submit"),
    )


def _periods() -> Decision:
    return Decision(
        "period-decide",
        ReportingPeriod.objects.filter(run_here(), state=PeriodState.SUBMITTED),
        lambda row: f"{row.subject}, report on {span(row)}",
        lambda row: Shown(
            f"Approve or return the report of {row.subject} on {span(row)}",
            page("partnership-period", row.partnership, row.id),
            "It is locked once it is approved.",
            "Review",
            "assessment",
        ),
        sender=newest(PeriodStep, "period", "actor__name", name="submit"),
        since=newest(PeriodStep, "period", "at", name="submit"),
        facts={"first": "starts_on", "last": "ends_on"},
    )


def _assessments() -> Decision:
    return Decision(
        "assessment-decide",
        YearAssessment.objects.filter(run_here(), state=AssessmentState.SUBMITTED),
        lambda row: f"{row.subject}, assessment of {formats.fiscal_year(row.facts['year'])}",
        lambda row: Shown(
            f"Approve or return the assessment of {formats.fiscal_year(row.facts['year'])}, {row.subject}",
            f"{page('partnership-results', row.partnership)}?year={row.facts['year']}#assessment",
            "The office's own assessment of the year.",
            "Review",
            "assessment",
        ),
        sender=newest(YearAssessmentStep, "assessment", "actor__name", name="submit"),
        since=newest(YearAssessmentStep, "assessment", "at", name="submit"),
        facts={"year": "fiscal_year"},
    )


def _origins() -> Decision:
    rows = Partnership.objects.filter(
        run_here("", BEFORE_SIGNATURE), decision__isnull=True, origin_confirmation__isnull=True
    )
    return Decision(
        "origin-confirm",
        rows,
        lambda row: f"{row.subject}, stated reason",
        lambda row: Shown(
            f"Confirm the stated reason for {row.subject}",
            page("partnership-origin-confirm", row.id),
            f"No decision of a round began this partnership: “{row.text('reason', 100)}”",
            "Review",
            "check_circle",
        ),
        sender="opened_by__name",
        since=last_written(Partnership, name=ORIGIN.name),
        prefix="",
        name=ORIGIN.name,
        facts={"reason": "origin_reason"},
        record=lambda row: page("partnership", row.id),
    )


def _exceptions() -> Decision:
    return Decision(
        "exception-decide",
        exceptions_to_decide().filter(run_here()),
        lambda row: f"{row.subject}, limit exception",
        lambda row: Shown(
            f"Grant or refuse an exception for {row.subject}",
            page("partnership-exception", row.partnership, row.id),
            f"{_new_limit(row)}. “{row.text('reason', 100)}”",
            "Review",
            "lock",
        ),
        sender="requested_by__name",
        since="at",
        facts={"reason": "reason", "months": "term_months", "funding": "funding"},
        record=lambda row: page("partnership-exceptions", row.partnership),
    )


def _new_limit(row: Row) -> str:
    if row.facts["months"]:
        return f"A term of up to {row.facts['months']} months"
    return f"Funding of up to {formats.money(row.facts['funding'])}"


def _policies() -> Decision:
    return Decision(
        "policy-approve",
        LimitPolicy.objects.filter(approval__isnull=True),
        lambda row: f"Limits from {formats.day(row.day('first'))}",
        lambda row: Shown(
            f"Approve the limits from {formats.day(row.day('first'))}",
            page("limit-policy-approve", row.id),
            f"{row.facts['months']} months and {formats.money(row.facts['funding'])}. They take effect once approved.",
            "Review",
            "lock",
        ),
        sender="proposed_by__name",
        since="at",
        prefix=None,
        facts={"first": "effective_from", "months": "term_months", "funding": "funding"},
        record=lambda _: page("limit-policies"),
    )


def _templates() -> Decision:
    return Decision(
        "template-release",
        DocumentTemplate.objects.filter(state=TemplateState.DRAFT),
        lambda row: f"{row.text('what')}, template version {row.facts['number']}",
        lambda row: Shown(
            f"Release or reject version {row.facts['number']} of a template: {row.text('what').lower()}",
            page("document-template-decide", row.text("kind"), row.facts["number"]),
            f"“{row.text('note', 100)}”" if row.facts["note"] else "Every later document of its kind is made with it.",
            "Review",
            "file_present",
        ),
        sender="uploaded_by__name",
        since="at",
        prefix=None,
        facts={"kind": "kind", "what": label_of(DocumentTemplate, "kind"), "number": "number", "note": "note"},
        record=lambda _: page("document-templates"),
    )


def _silences() -> Decision:
    return Decision(
        "silence-decide",
        silences_to_decide().filter(run_here("version__partnership")),
        lambda row: f"{row.subject}, {text_of(row)} without an answer",
        lambda row: Shown(
            f"Agree or refuse to go on with {text_of(row)} of {row.subject} without an answer",
            page("partnership-clearance-consent", row.partnership, row.facts["number"] or 0),
            f"{row.text('agency')} has not answered. “{row.text('reason', 100)}”",
            "Review",
            "schedule",
        ),
        sender="asked_by__name",
        since="at",
        prefix="version__partnership",
        facts={"number": "version__amendment__number", "agency": "agency__name", "reason": "reason"},
        together="version",
        record=lambda row: (
            page("partnership-clearance", row.partnership)
            if not row.facts["number"]
            else page("partnership-clearance-text", row.partnership, row.facts["number"])
        ),
    )


def _withholdings() -> Decision:
    return Decision(
        "withholding-decide",
        Withholding.objects.filter(state=WithholdingState.PROPOSED),
        lambda row: f"{row.subject}, {_effect(row)} outside the office",
        lambda row: Shown(
            f"Decide whether to {_effect(row)} outside the office, {row.subject}",
            page("partnership-withholding", row.partnership, row.id),
            f"“{row.text('item', 60)}”: {row.text('reason', 100)}",
            "Review",
            "lock",
        ),
        sender="proposed_by__name",
        since="at",
        facts={"effect": "effect", "kind": label_of(Withholding, "kind"), "item": "item", "reason": "reason"},
        record=lambda row: page("partnership-publication", row.partnership),
    )


def _effect(row: Row) -> str:
    """Return the determination as the rest of a sentence, without what it is about: titles are mailed."""
    return f"{row.text('effect')} the {row.text('kind').lower()}"


def _signatures() -> Decision:
    return Decision(
        "sign",
        to_sign(),
        lambda row: f"{row.subject}, signature",
        lambda row: Shown(
            f"Record the signature of {row.subject}",
            page("partnership-step", row.id, "sign"),
            "It is in clearance. The form checks terms, limits, and restrictions once more.",
            "Review",
            "edit",
        ),
        sender=newest(StatusChange, "partnership", "actor__name", transition="submit_for_clearance"),
        since=newest(StatusChange, "partnership", "at", transition="submit_for_clearance"),
        prefix="",
        record=lambda row: page("partnership", row.id),
    )


def to_sign(*, ready: bool = True) -> QuerySet[Partnership]:
    """Return the partnerships in clearance that can be signed, or those that lack something the office records.

    A term in days, which can be past, a cleared text, and a leading office of each government: this is where further
    conditions of a signature go. Limits, restrictions, and the elements of the statute are left to the form.
    """
    leads = Participant.objects.filter(partnership=OuterRef("pk"), is_lead=True)
    condition = (
        Q(starts_on__isnull=False, ends_on__isnull=False)
        & Q(clearance_stop__isnull=True)
        & (Q(decision__isnull=False) | Q(origin_confirmation__isnull=False))
        & Exists(leads.filter(government="us"))
        & Exists(leads.filter(government="partner"))
    )
    rows = Partnership.objects.filter(run_here(""), status=Status.IN_CLEARANCE).alias(
        clearance_stop=clearance_stop("pk")
    )
    complete = Case(When(condition, then=Value(True)), default=Value(False))
    return rows.alias(can_be_signed=complete).filter(can_be_signed=ready)


def span(row: Row) -> str:
    """Return the days of a reporting period, from its facts."""
    return f"{formats.day(row.day('first'))} to {formats.day(row.day('last'))}"
