from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.findings import Finding, errors
from cpc.lifecycle import step_findings
from cpc.web import formats
from partnerships.amendable import (
    ADDED_WITH,
    AMENDABLE,
    FIRST_DAY_FROZEN,
)
from partnerships.amendments import decision, presenters, queries
from partnerships.amendments.forms import AmendedAmountsForm, DraftWithChangesForm, EffectForm
from partnerships.amendments.preconditions import AMENDMENT_CHECKS, amendment_findings, clearance_warnings
from partnerships.amendments.services.drafting import (
    draft_amendment,
    drop_change,
    propose_addition,
    propose_amounts,
    propose_values,
)
from partnerships.amendments.services.steps import put_into_effect, take_amendment_step
from partnerships.form_parts.base import (
    NoteForm,
    PartnershipForm,
    ReasonForm,
    RowForm,
    row_form,
)
from partnerships.limit_presenters import allowance_facts
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Amendment, AmendmentChange, AmendmentState, Partnership
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    PartPage,
    TransitionAction,
    Visit,
    available_steps,
    partnership_page,
    why_another_decides,
)
from partnerships.states import AMENDMENT


@partnership_page("amendments/amendments.html", "partnership-amendments", "Amendments")
def amendments(visit: Visit) -> Context:
    partnership = visit.partnership
    return {
        "table": presenters.AMENDMENTS,
        "rows": list(queries.amendments_of(partnership)),
        "may_draft": partnership.is_binding and visit.may_add("amendment"),
    }


@partnership_page("amendments/amendment.html", "partnership-amendments")
def amendment(visit: Visit, number: int) -> Context:
    partnership, user, today = visit.partnership, visit.user, visit.today
    row = _get_amendment_or_404(partnership, number)
    changes = list(row.changes.all())
    findings: Sequence[Finding] = ()
    pending = row.state in decision.OPEN
    is_draft = row.state == AmendmentState.DRAFT and visit.may_edit
    if pending and changes:
        findings = amendment_findings(amendment=row, on=today)
    still_decides = may_still_decide(row, user)
    clearance = clearance_of(partnership, row)
    cautions = clearance_warnings(row, today, clearance) if pending and changes else []
    is_stopped = bool(findings or (cautions and errors(clearance.findings(today))))
    steps = [
        step
        for step in available_steps(AMENDMENT, row, user)
        if not (step.name in ("submit", "apply") and (findings or not changes))
    ]
    quiet = {"withdraw", *(("submit",) if still_decides else ())}
    return {
        "here": f"Amendment {row.number}",
        "breadcrumbs": AMENDMENT_PAGE.breadcrumbs(row)[:-1],
        "amendment": row,
        "mark": presenters.amendment_badge(row),
        "changes_table": presenters.changes_table(row, is_draft=is_draft and not still_decides),
        "lines": presenters.differences(changes),
        "text_change": decision.text_change(clearance, today),
        "findings": findings,
        "pending": pending,
        "also_open": queries.also_open(partnership, row) if pending else (),
        "facts": [
            *(allowance_facts(partnership, today) if pending else ()),
            *decision.decision_facts(row, clearance, today),
        ],
        "cautions": cautions,
        "record_keys": AMENDMENT_PAGE.record_keys(row),
        "steps": sorted((step for step in steps if step.name not in quiet), key=lambda step: step.name in NOT_FIRST),
        "quiet_steps": [step for step in steps if step.name in quiet],
        "primary": () if is_stopped else ("submit", "approve", "apply"),
        "waits_for_clearance": bool(is_stopped and clearance.versions and not findings),
        "still_decides": still_decides,
        "waits": why_another_decides(AMENDMENT, row, user),
        "terms": [
            (name, presenters.KINDS[name], rows)
            for name in AMENDABLE
            if is_draft and (rows := list(queries.terms_of(partnership, name)))
        ],
        "kinds": [(name, presenters.SINGULAR[name]) for name in ADDED_WITH] if is_draft else [],
        "is_draft": is_draft,
    }


NOT_FIRST = ("return", "reject")
"""Decisions that the page offers after the approval."""


def may_still_decide(amendment: Amendment, user: User) -> bool:
    """Return whether an account could decide on a draft, which changing or submitting it would end."""
    may_approve = user.allows(Permission.APPROVE_PARTNERSHIPS)
    return amendment.state == AmendmentState.DRAFT and may_approve and not why_not_decide(amendment, user)


AMENDMENT_PAGE = PartPage(
    "partnership-amendment", "amendment", "number", "partnership-amendments", lambda row: f"Amendment {row.number}"
)


def _get_amendment_or_404(partnership: Partnership, number: int) -> Amendment:
    return get_object_or_404(queries.amendments_of(partnership), number=number)


class DraftAmendment(PartnershipAction):
    plans = "amendment"
    form_class = DraftWithChangesForm
    form: DraftWithChangesForm
    template_name = "components/action_group.html"
    heading = "Draft an amendment"
    button = "Draft the amendment"
    also = ("submit", "Draft and submit for approval")
    intro = "Enter the first changes here, or add changes to the draft later. Another person decides on the amendment."
    done = "The draft is open."
    back = "partnership-amendments"

    def redirect_reason(self) -> str:
        return "" if self.partnership.is_binding else "This partnership isn't signed yet. Edit its terms instead."

    def facts(self) -> Sequence[tuple[str, Any]]:
        others = queries.also_open(self.partnership)
        shown = ", ".join(f"{row} ({row.get_state_display().lower()})" for row in others)
        return [*allowance_facts(self.partnership, self.today), *([("Also open", shown)] if shown else [])]

    def perform(self, values: Mapping[str, Any]) -> str:
        form, actor = self.form, self.actor
        made = draft_amendment(partnership=self.partnership, actor=actor, **values)
        term, amounts = form.named("term"), form.named("amounts")
        if term.is_filled:
            with form.errors_at(term):
                expected = term.form.expected_revision
                row = self.partnership
                propose_values(
                    amendment=made, row=row, values=term.form.values, actor=actor, expected_revision=expected
                )
        if amounts.is_filled:
            with form.errors_at(amounts):
                lines, expected = amounts.form.new_amounts, amounts.form.expected_revision
                propose_amounts(amendment=made, amounts=lines, actor=actor, expected_revision=expected)
        form.refuse_errors()
        if self.then == "submit":
            take_amendment_step(amendment=made, name="submit", actor=actor, on=self.today)
            self.done = DONE["submit"].format(made.number)
        return reverse("partnership-amendment", args=[self.partnership.pk, made.number])


class DraftAction(PartnershipAction):
    part_page = AMENDMENT_PAGE
    back = "partnership-amendment"
    amendment: Amendment

    def load(self) -> None:
        super().load()
        self.amendment = _get_amendment_or_404(self.partnership, self.kwargs["number"])
        if self.amendment.state != AmendmentState.DRAFT:
            raise Http404

    def get_part(self) -> Amendment:
        return self.amendment


class ChangeTerm(DraftAction):
    """Propose new values for one row of terms. A field left as it is changes nothing."""

    form: RowForm
    button = "Add the changes to the draft"
    done = "The changes are added to the draft."
    kind: str
    row: Any

    def load(self) -> None:
        super().load()
        self.kind = self.kwargs["kind"]
        if self.kind not in AMENDABLE:
            raise Http404
        self.row = get_object_or_404(queries.terms_of(self.partnership, self.kind), pk=self.kwargs["row"])
        self.form_class = row_form(type(self.row), AMENDABLE[self.kind], labels=presenters.LABELS)
        is_partnership = self.kind == "partnership"
        self.heading = (
            "Change the dates or the description" if is_partnership else f"Change a {presenters.SINGULAR[self.kind]}"
        )
        self.intro = FIRST_DAY_FROZEN if is_partnership else str(self.row)

    def get_initial(self) -> dict[str, Any]:
        proposed = queries.proposed_of(self.amendment, self.row)
        columns = [self.row._meta.get_field(name) for name in AMENDABLE[self.kind]]
        values = {column.name: proposed.get(column.attname, column.value_from_object(self.row)) for column in columns}
        return values | {"revision": queries.row_revision(self.amendment, self.row)}

    def facts(self) -> Sequence[tuple[str, Any]]:
        return allowance_facts(self.partnership, self.today) if self.kind == "partnership" else ()

    def perform(self, values: Mapping[str, Any]) -> None:
        before = queries.proposed_of(self.amendment, self.row)
        expected = self.form.expected_revision
        propose_values(
            amendment=self.amendment, row=self.row, values=values, actor=self.actor, expected_revision=expected
        )
        if not before and not queries.proposed_of(self.amendment, self.row):
            raise ValidationError("Nothing differs from the current terms.", code="amendment_empty")


class AddToTerms(DraftAction):
    button = "Add it to the draft"
    done = "The addition is saved in the draft."

    def load(self) -> None:
        super().load()
        kind = self.kwargs["kind"]
        if kind not in ADDED_WITH:
            raise Http404
        self.form_class = row_form(queries.model_named(kind), ADDED_WITH[kind], labels=presenters.LABELS)
        self.heading = f"Add {formats.with_article(presenters.SINGULAR[kind])}"

    def perform(self, values: Mapping[str, Any]) -> None:
        kind = self.kwargs["kind"]
        owner = {} if kind == "milestone" else {"partnership": self.partnership}
        row = queries.model_named(kind)(**owner, **values)
        propose_addition(amendment=self.amendment, row=row, actor=self.actor)


class ChangeAmounts(DraftAction):
    form_class = AmendedAmountsForm
    form: AmendedAmountsForm
    heading = "Change the amounts"
    button = "Change the amounts in the draft"
    intro = "Enter new totals, not increases. An empty field leaves the amount unchanged."
    done = "The amounts are changed in the draft."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"amendment": self.amendment}

    def facts(self) -> Sequence[tuple[str, Any]]:
        return allowance_facts(self.partnership, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        amounts, expected = self.form.new_amounts, self.form.expected_revision
        propose_amounts(amendment=self.amendment, amounts=amounts, actor=self.actor, expected_revision=expected)


class DropChange(DraftAction):
    heading = "Remove a change"
    button = "Remove the change"
    done = "The change is removed from the draft."
    change: AmendmentChange

    def load(self) -> None:
        super().load()
        self.change = get_object_or_404(self.amendment.changes, pk=self.kwargs["change"])

    def facts(self) -> Sequence[tuple[str, Any]]:
        (line,) = presenters.differences([self.change])
        return [("Item", f"{line.what} {line.field}".strip()), ("From", line.old), ("To", line.new)]

    def perform(self, values: Mapping[str, Any]) -> None:
        drop_change(change=self.change, actor=self.actor)


DONE = {
    "submit": "Amendment {} is submitted. Another person must approve it.",
    "return": "Amendment {} is returned for changes.",
    "approve": "Amendment {} is approved. Its changes apply only after it is put into effect.",
    "reject": "Amendment {} is rejected.",
    "apply": "Amendment {} is in effect.",
    "withdraw": "Amendment {} is withdrawn.",
}


class TakeAmendmentStep(TransitionAction):
    machine = AMENDMENT
    part_page = AMENDMENT_PAGE
    back = "partnership-amendment"
    record: Amendment

    def get_record(self) -> Amendment:
        return _get_amendment_or_404(self.partnership, self.kwargs["number"])

    def load(self) -> None:
        super().load()
        name = self.transition.name
        self.done = DONE[name].format(self.record.number)
        without_note = NoteForm if name == "approve" else PartnershipForm
        self.form_class = ReasonForm if self.transition.needs_reason else without_note
        if name == "apply":
            self.form_class = EffectForm

    def facts(self) -> Sequence[tuple[str, Any]]:
        requester = f"{self.record.requested_by}, {formats.day(self.record.requested_at)}"
        facts = [("Amendment", str(self.record)), ("Requested by", requester)]
        clearance = clearance_of(self.partnership, self.record)
        return [*facts, *decision.decision_facts(self.record, clearance, self.today)]

    def findings(self) -> Sequence[Finding]:
        match self.transition.name:
            case "apply":
                return step_findings(AMENDMENT_CHECKS, "apply", self.record, self.today)
            case "approve":
                cautions = clearance_warnings(self.record, self.today)
                return [*amendment_findings(amendment=self.record, on=self.today), *cautions]
            case "submit":
                return amendment_findings(amendment=self.record, on=self.today)
        return ()

    def perform(self, values: Mapping[str, Any]) -> None:
        if self.transition.name == "apply":
            put_into_effect(amendment=self.record, actor=self.actor, on=self.today, **values)
            return
        take_amendment_step(
            amendment=self.record,
            name=self.transition.name,
            actor=self.actor,
            on=self.today,
            reason=values.get("note", ""),
        )
