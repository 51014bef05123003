from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.finding_targets import RecordKeys
from cpc.findings import Finding
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from partnerships.amendable import (
    ADDED_WITH,
    AMENDABLE,
    FIRST_DAY_FROZEN,
)
from partnerships.amendments import presenters, queries
from partnerships.amendments.forms import AmendedAmountsForm, DraftForm
from partnerships.amendments.preconditions import amendment_findings
from partnerships.amendments.services.drafting import (
    draft_amendment,
    drop_change,
    propose_addition,
    propose_amounts,
    propose_values,
)
from partnerships.amendments.services.steps import take_amendment_step
from partnerships.form_parts.base import (
    NoteForm,
    PartnershipForm,
    ReasonForm,
    RowForm,
    row_form,
)
from partnerships.limit_exceptions.presenters.exceptions import limit_facts
from partnerships.models import Amendment, AmendmentChange, AmendmentState, Partnership
from partnerships.page_frame import (
    PartnershipAction,
    TransitionAction,
    available_steps,
    breadcrumbs,
    get_managed_or_404,
    may_add,
    record_keys_of,
    render_page,
    why_another_decides,
)
from partnerships.states import AMENDMENT


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def amendments(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership = get_managed_or_404(pk)
    return render_page(
        request,
        "partnerships/amendments/amendments.html",
        partnership,
        "partnership-amendments",
        here="Amendments",
        table=presenters.AMENDMENTS,
        rows=list(queries.amendments_of(partnership)),
        may_draft=partnership.is_binding
        and may_add(partnership, "amendment", user_of(request), Permission.EDIT_PARTNERSHIPS),
    )


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def amendment(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, user, today = get_managed_or_404(pk), user_of(request), timezone.now().date()
    row = _get_amendment_or_404(partnership, number)
    changes = list(row.changes.all())
    findings: Sequence[Finding] = ()
    pending = row.state in (AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED)
    is_draft = row.state == AmendmentState.DRAFT and user.allows(Permission.EDIT_PARTNERSHIPS)
    if pending and changes:
        findings = amendment_findings(amendment=row, on=today)
    return render_page(
        request,
        "partnerships/amendments/amendment.html",
        partnership,
        "partnership-amendments",
        here=f"Amendment {row.number}",
        breadcrumbs=breadcrumbs(partnership, "partnership-amendments"),
        amendment=row,
        mark=presenters.amendment_badge(row),
        changes_table=presenters.changes_table(row, is_draft=is_draft),
        lines=presenters.differences(changes),
        findings=findings,
        pending=pending,
        facts=limit_facts(partnership, today) if pending else (),
        record_keys=_record_keys(row),
        steps=[
            step
            for step in available_steps(AMENDMENT, row, user)
            if not (step.name in ("submit", "apply") and (findings or not changes))
        ],
        waits=why_another_decides(AMENDMENT, row, user),
        terms=_terms_to_change(partnership) if is_draft else [],
        kinds=[(name, presenters.SINGULAR[name]) for name in ADDED_WITH] if is_draft else [],
        is_draft=is_draft,
    )


def _terms_to_change(partnership: Partnership) -> list[tuple[str, str, list[Any]]]:
    return [(name, presenters.KINDS[name], rows) for name, rows in queries.all_terms(partnership) if rows]


def _get_amendment_or_404(partnership: Partnership, number: int) -> Amendment:
    return get_object_or_404(queries.amendments_of(partnership), number=number)


def _record_keys(row: Amendment) -> RecordKeys:
    return {**record_keys_of(row.partnership), "amendment": row.number}


def _breadcrumbs(row: Amendment) -> Breadcrumbs:
    own = (f"Amendment {row.number}", reverse("partnership-amendment", args=[row.partnership_id, row.number]))
    return [*breadcrumbs(row.partnership, "partnership-amendments"), own]


class DraftAmendment(PartnershipAction):
    plans = "amendment"
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = DraftForm
    heading = "Draft an amendment"
    button = "Draft the amendment"
    intro = "After this, add the changes. Another person decides on the amendment."
    done = "The draft is open. Add its changes."
    back = "partnership-amendments"
    above = ("partnership-amendments",)

    def redirect_reason(self) -> str:
        return "" if self.partnership.is_binding else "This partnership isn't signed yet. Edit its terms instead."

    def perform(self, values: Mapping[str, Any]) -> str:
        made = draft_amendment(partnership=self.partnership, actor=self.actor, **values)
        return reverse("partnership-amendment", args=[self.partnership.pk, made.number])


class DraftAction(PartnershipAction):
    permission = Permission.EDIT_PARTNERSHIPS
    back = "partnership-amendment"
    amendment: Amendment

    def load(self) -> None:
        super().load()
        self.amendment = _get_amendment_or_404(self.partnership, self.kwargs["number"])
        if self.amendment.state != AmendmentState.DRAFT:
            raise Http404

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.amendment.number]

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.amendment)


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
        return limit_facts(self.partnership, self.today) if self.kind == "partnership" else ()

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
        return limit_facts(self.partnership, self.today)

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
    "submit": "The amendment is submitted. Another person must approve it.",
    "return": "The amendment is returned for changes.",
    "approve": "The amendment is approved. Its changes apply only after it is put into effect.",
    "reject": "The amendment is rejected.",
    "apply": "The amendment is in effect.",
    "withdraw": "The amendment is withdrawn.",
}


class TakeAmendmentStep(TransitionAction):
    machine = AMENDMENT
    back = "partnership-amendment"
    record: Amendment

    def get_record(self) -> Amendment:
        return _get_amendment_or_404(self.partnership, self.kwargs["number"])

    def load(self) -> None:
        super().load()
        name = self.transition.name
        self.done = DONE[name]
        without_note = NoteForm if name == "approve" else PartnershipForm
        self.form_class = ReasonForm if self.transition.needs_reason else without_note

    def back_arguments(self) -> list[int]:
        return [self.partnership.pk, self.record.number]

    def record_keys(self) -> RecordKeys:
        return _record_keys(self.record)

    def breadcrumbs(self) -> Breadcrumbs:
        return _breadcrumbs(self.record)

    def facts(self) -> Sequence[tuple[str, Any]]:
        requester = f"{self.record.requested_by}, {formats.day(self.record.requested_at)}"
        return [("Amendment", str(self.record)), ("Requested by", requester)]

    def findings(self) -> Sequence[Finding]:
        if self.transition.name not in ("submit", "approve", "apply"):
            return ()
        return amendment_findings(amendment=self.record, on=self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        take_amendment_step(
            amendment=self.record,
            name=self.transition.name,
            actor=self.actor,
            on=self.today,
            reason=values.get("note", ""),
        )
