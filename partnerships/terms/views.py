"""Pages of terms: each kind and its forms, the grid of amounts, and national plans."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404

from cpc.parameters import whole_number
from cpc.web import formats
from cpc.web.actions import ActionForm
from indicators.models import NationalPlan
from partnerships.agreements import services as agreements_services
from partnerships.closing import takes_no_new
from partnerships.form_parts.base import RowForm
from partnerships.limit_position import headroom
from partnerships.limit_presenters import limit_label
from partnerships.models import TraffickingFormCode
from partnerships.page_frame import Context, PartnershipAction, Visit, partnership_page
from partnerships.terms import presenters, queries, services
from partnerships.terms.forms import (
    KINDS,
    AmountsForm,
    NationalPlanForm,
    TakeIntoAccountForm,
    TermKind,
)

BY_AMENDMENT = "This partnership is signed. To change its terms, draft an amendment."


@partnership_page("terms/terms.html", "partnership-terms", "Terms")
def terms(visit: Visit) -> Context:
    """Show all terms by kind.

    They are editable before signature; after it, only their progress can be recorded.
    """
    partnership, today, edits = visit.partnership, visit.today, visit.may_edit
    current = queries.terms_of(partnership)
    drafts = edits and not partnership.is_binding
    return {
        "sections": presenters.sections(current, today, presenters.Writer(partnership, drafts=drafts, edits=edits)),
        "chart": presenters.activity_chart(current, today),
        "plans": current.plans,
        "forms": [TraffickingFormCode(key).label for key in partnership.forms],
        "edits": edits,
        "drafts": drafts,
        "adds": drafts and not takes_no_new("objective", partnership.status),
    }


class TermsAction(PartnershipAction):
    """Base of the actions on the page of terms.

    Signature blocks the action, unless `once_signed` is true.
    """

    once_signed = False

    def redirect_reason(self) -> str:
        return BY_AMENDMENT if self.partnership.is_binding and not self.once_signed else ""


class TermAction(TermsAction):
    term: TermKind

    def load(self) -> None:
        super().load()
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        self.term = KINDS[self.kwargs["kind"]]
        self.back = f"partnership-terms#{self.term.slug}"


class AddTerm(TermAction):
    """Add a row of one kind of terms. `?of=` names its parent row."""

    parameters = ("of",)
    intro = "Include nothing about an individual child."

    def load(self) -> None:
        super().load()
        self.form_class = self.term.form
        self.plans = self.term.model._meta.model_name or ""
        noun = self.term.noun
        self.heading = f"Add {formats.with_article(noun)}"
        self.button = f"Add the {noun}"
        self.done = f"The {noun} is added."

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        if self.term.slug == "objective":
            initial["number"] = queries.next_number(self.partnership)
        if self.term.parent:
            initial[self.term.parent] = _number(self.request.GET.get("of"))
        return initial

    def perform(self, values: Mapping[str, Any]) -> None:
        row = self.term.model(**values)
        if self.term.owner == "partnership":
            row.partnership = self.partnership  # type: ignore[attr-defined]  # every kind with this owner has it
        services.add_term(term=row, actor=self.actor)  # type: ignore[type-var]  # KINDS holds the models it takes


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    number = whole_number(text)
    if number is None:
        raise BadRequest(f"“{text}” is not the number of a row. Leave out “of”, or give the number of a row.")
    return number


class EditTerm(TermAction):
    form: RowForm
    row: Model

    def load(self) -> None:
        super().load()
        row = queries.find_row(self.term.model, self.term.owner, self.partnership, self.kwargs["row"])
        if row is None:
            raise Http404
        self.row = row
        self.form_class = self.term.form
        self.once_signed = bool(self.term.recorded)
        self.heading = f"Edit the {self.term.noun}"
        self.button = f"Save the {self.term.noun}"
        self.done = "Saved."
        self.needs_change = "Nothing differs from the record. Change a field, or leave the page."
        if self.partnership.is_binding:
            self.heading, self.button = self.term.asks or self.heading, self.term.button or self.button
            self.intro = "Signed terms change only by amendment. Record progress here."

    def form_arguments(self) -> dict[str, Any]:
        editable = self.term.recorded if self.partnership.is_binding else None
        return super().form_arguments() | {"instance": self.row, "editable": editable}

    def get_form(self) -> ActionForm:
        """Require the day of a milestone that is not reached yet: it is all that a signed one can get."""
        form = super().get_form()
        day = form.fields.get("reached_on")
        if day is not None and len(form.visible_fields()) == 1 and form.initial.get("reached_on") is None:
            day.required = True
            day.error_messages["required"] = "Enter the day on which it was reached, or leave the page."
        return form

    def facts(self) -> list[tuple[str, str]]:
        return self.form.locked_facts

    def perform(self, values: Mapping[str, Any]) -> None:
        expected = self.form.expected_revision
        services.edit_term(  # type: ignore[type-var]  # as above
            term=self.row, actor=self.actor, values=values, expected_revision=expected
        )


class RemoveTerm(TermAction):
    """Remove a row of terms before signature. If it is already gone, show a message."""

    intro = "The audit trail keeps the removed text."
    row: Model | None

    def load(self) -> None:
        super().load()
        row = queries.find_row(self.term.model, self.term.owner, self.partnership, self.kwargs["row"])
        self.row = None if getattr(row, "withdrawn", False) else row
        self.heading = self.button = f"Remove the {self.term.noun}"
        self.done = f"The {self.term.noun} is removed."

    def redirect_reason(self) -> str:
        reason = super().redirect_reason()
        if reason or self.row is not None:
            return reason
        if self.request.method != "POST":
            raise Http404
        return f"The {self.term.noun} was already removed."

    def facts(self) -> list[tuple[str, str]]:
        return self.term.form(partnership=self.partnership, instance=self.row, editable=()).locked_facts

    def perform(self, values: Mapping[str, Any]) -> None:
        services.remove_term(term=self.row, actor=self.actor)  # type: ignore[type-var]  # as above


class SetAmounts(TermsAction):
    plans = "programamount"
    form_class = AmountsForm
    form: AmountsForm
    template_name = "partnerships/terms/amounts.html"
    heading = "Edit amounts for each program"
    button = "Save the amounts"
    intro = "22 U.S.C. 7103a(d)(2)(C): the amount that each government allocates to each program."
    done = "The amounts are saved."
    back = "partnership-terms#program"

    def get_context(self) -> dict[str, Any]:
        partner = [amounts["partner"] for _, amounts in self.form.programs if "partner" in amounts]
        return super().get_context() | {
            "limit_label": limit_label(self.partnership),
            "left": headroom(self.partnership).planned,
            "partner_total": sum(partner, Decimal("0.00")) if partner else None,
        }

    def perform(self, values: Mapping[str, Any]) -> None:
        expected, amounts = self.form.expected_revision, self.form.changed_amounts
        services.set_amounts(
            partnership=self.partnership, amounts=amounts, actor=self.actor, expected_revision=expected
        )


class PlanAction(TermsAction):
    back = "partnership-terms#plans"
    once_signed = True


class TakePlanIntoAccount(PlanAction):
    form_class = TakeIntoAccountForm
    heading = "Take a national plan into account"
    button = "Take the plan into account"
    intro = "Choose a recorded national action plan or child protection strategy of the country."
    done = "The plan is taken into account."

    def perform(self, values: Mapping[str, Any]) -> None:
        agreements_services.record_national_plan(plan=values["plan"], partnership=self.partnership, actor=self.actor)


class RecordPlan(PlanAction):
    form_class = NationalPlanForm
    heading = "Record a national plan"
    button = "Record the plan"
    done = "The plan is recorded and taken into account."

    def load(self) -> None:
        super().load()
        self.intro = f"A plan of {self.partnership.country.name} that is not recorded yet."

    def perform(self, values: Mapping[str, Any]) -> None:
        plan = NationalPlan(country=self.partnership.country, **values)
        agreements_services.record_national_plan(plan=plan, partnership=self.partnership, actor=self.actor)


class LeavePlanOut(PlanAction):
    heading = "Leave out a national plan"
    button = "Leave out the plan"
    intro = "The plan itself stays recorded for the country."
    done = "The plan is left out."
    plan: NationalPlan

    def load(self) -> None:
        super().load()
        self.plan = get_object_or_404(self.partnership.country.national_plans, pk=self.kwargs["row"])

    def facts(self) -> list[tuple[str, str]]:
        return [("Plan", self.plan.title), ("Kind", self.plan.get_kind_display())]

    def perform(self, values: Mapping[str, Any]) -> None:
        agreements_services.leave_out_national_plan(plan=self.plan, partnership=self.partnership, actor=self.actor)
