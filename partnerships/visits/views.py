"""Pages of site visits, data quality assessments, desk reviews, and their findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.web.actions import ActionForm
from partnerships.form_parts.base import NoteForm, ReasonForm, RowForm
from partnerships.models import FieldCheck, FieldFinding, FindingState, Partnership
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    PartPage,
    TransitionAction,
    Visit,
    available_steps,
    partnership_page,
)
from partnerships.states import FINDING
from partnerships.visits import presenters, queries
from partnerships.visits.forms import CheckForm, EditFindingForm, EvidenceForm, FindingForm
from partnerships.visits.services import add_finding, edit_check, edit_finding, record_check, take_finding_step

WHO_CLOSES = "Whoever is responsible for a finding, or recorded its evidence, can't close it: somebody else checks it."
VISIT_PAGE = PartPage("partnership-visit", "visit", "pk", "partnership-visits")
FINDING_PAGE = PartPage("partnership-finding", "finding", "pk", "partnership-visits")


@partnership_page("visits/visits.html", "partnership-visits", "Visits and findings")
def visits(visit: Visit) -> Context:
    partnership, today, may_edit = visit.partnership, visit.today, visit.may_edit
    findings = queries.in_order(queries.findings_of(partnership))
    return {
        "findings_table": presenters.findings_table(today, may_edit=may_edit),
        "found": findings,
        "open": sum(row.state != FindingState.CLOSED for row in findings),
        "checks_table": presenters.checks_table(may_edit=may_edit),
        "checks": list(queries.checks_of(partnership).annotate(found=Count("findings"))),
        "coverage": presenters.coverage_text(queries.coverage_of(partnership, today)),
        "who_closes": WHO_CLOSES,
        "may_edit": may_edit,
    }


@partnership_page("visits/visit.html", "partnership-visits")
def visit(visit: Visit, **url: int) -> Context:
    row = _check_or_404(visit.partnership, url["check"])
    findings = queries.in_order(queries.findings_of(visit.partnership).filter(field_check=row))
    return {
        "here": str(row),
        "breadcrumbs": VISIT_PAGE.breadcrumbs(row)[:-1],
        "row": row,
        "title": f"{row.get_kind_display()}, {presenters.span_of(row)}",
        "facts": presenters.check_facts(row),
        "findings_table": presenters.findings_table(visit.today, may_edit=visit.may_edit),
        "found": findings,
        "may_edit": visit.may_edit,
    }


def _check_or_404(partnership: Partnership, key: int) -> FieldCheck:
    return get_object_or_404(queries.checks_of(partnership), pk=key)


def _finding_or_404(partnership: Partnership, key: int) -> FieldFinding:
    return get_object_or_404(queries.findings_of(partnership).select_related("partnership__country"), pk=key)


class RecordVisit(PartnershipAction):
    form_class = CheckForm
    heading = "Record a visit or an assessment"
    button = "Record it"
    intro = (
        "A site visit, a data quality assessment of one indicator, or a desk review. Only an assessment has the five "
        "tests."
    )
    done = "Recorded. Add what was found."
    back = "partnership-visits"

    def perform(self, values: Mapping[str, Any]) -> str:
        made = record_check(check=FieldCheck(partnership=self.partnership, **values), actor=self.actor)
        return reverse("partnership-visit", args=[self.partnership.pk, made.pk])


class VisitAction(PartnershipAction):
    back = "partnership-visit"
    part_page = VISIT_PAGE
    check: FieldCheck

    def load(self) -> None:
        super().load()
        self.check = _check_or_404(self.partnership, self.kwargs["check"])

    def get_part(self) -> FieldCheck:
        return self.check


class EditVisit(VisitAction):
    form_class = CheckForm
    form: RowForm
    heading = "Correct a visit or an assessment"
    button = "Save"
    done = "Saved."

    def load(self) -> None:
        super().load()
        self.intro = f"{self.check.get_kind_display()}, {presenters.span_of(self.check)}."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.check}

    def perform(self, values: Mapping[str, Any]) -> None:
        edit_check(check=self.check, values=values, actor=self.actor, expected_revision=self.form.expected_revision)


class AddFinding(VisitAction):
    form_class = FindingForm
    heading = "Add a finding"
    button = "Add the finding"
    intro = f"On an indicator, a finding marks its values until it is closed. {WHO_CLOSES}"
    done = "The finding is added."

    def get_initial(self) -> dict[str, Any]:
        return {"indicator": self.check.indicator_id, "responsible": _recipient_of(self.check)}

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("From", presenters.source_of(self.check))]

    def perform(self, values: Mapping[str, Any]) -> None:
        finding = FieldFinding(partnership=self.partnership, field_check=self.check, **values)
        add_finding(finding=finding, actor=self.actor)


def _recipient_of(check: FieldCheck) -> str:
    return f"award-{check.award_id}" if check.award_id else ""


@partnership_page("visits/finding.html", "partnership-visits")
def finding(visit: Visit, **url: int) -> Context:
    row = _finding_or_404(visit.partnership, url["finding"])
    steps = available_steps(FINDING, row, visit.user)
    return {
        "here": str(row),
        "breadcrumbs": FINDING_PAGE.breadcrumbs(row)[:-1],
        "finding": row,
        "mark": presenters.finding_badge(row, visit.today),
        "facts": presenters.finding_facts(row),
        "comments": [(step, FINDING.transition(step.name).past) for step in queries.steps_of(row)],
        "steps": steps,
        "waits": WHO_CLOSES
        if visit.may_edit and row.state == FindingState.EVIDENCE and not any(step.name == "close" for step in steps)
        else "",
        "may_edit": visit.may_edit and row.state != FindingState.CLOSED,
    }


class FindingAction(PartnershipAction):
    back = "partnership-finding"
    part_page = FINDING_PAGE
    finding: FieldFinding

    def load(self) -> None:
        super().load()
        self.finding = _finding_or_404(self.partnership, self.kwargs["finding"])

    def get_part(self) -> FieldFinding:
        return self.finding


class EditFinding(FindingAction):
    form_class = EditFindingForm
    form: RowForm
    heading = "Edit the finding"
    button = "Save the finding"
    done = "Saved."

    def redirect_reason(self) -> str:
        if self.finding.state != FindingState.CLOSED or self.request.method == "POST":
            return ""
        return "The finding is closed. Reopen it before you edit it."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.finding}

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        edit_finding(finding=self.finding, values=values, actor=self.actor, expected_revision=expected)


class TakeFindingStep(TransitionAction):
    machine = FINDING
    record: FieldFinding
    back = "partnership-finding"
    part_page = FINDING_PAGE

    def get_record(self) -> FieldFinding:
        return _finding_or_404(self.partnership, self.kwargs["finding"])

    def load(self) -> None:
        super().load()
        self.form_class = self._form_class()
        if self.transition.name in ("close", "reopen"):
            self.heading = f"{self.transition.label} the finding"

    def _form_class(self) -> type[ActionForm]:
        if self.transition.name == "give_evidence":
            return EvidenceForm
        return ReasonForm if self.transition.needs_reason else NoteForm

    def facts(self) -> Sequence[tuple[str, Any]]:
        facts = presenters.finding_facts(self.record)
        evidence = next((step for step in queries.steps_of(self.record) if step.name == "give_evidence"), None)
        if evidence is not None:
            facts.append(("Evidence", f"{evidence.reason} ({evidence.actor})"))
        return facts

    def blocked_reason(self) -> str:
        return WHO_CLOSES if super().blocked_reason() else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        take_finding_step(
            finding=self.record,
            name=self.transition.name,
            actor=self.actor,
            reason=values["note"],
            document=values.get("document"),
        )
