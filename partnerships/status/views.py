"""The page to take a step of a partnership, and those of determinations: 22 U.S.C. 7103a(d)(6)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.findings import Finding
from cpc.lifecycle import Transition, step_findings
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.form_groups import was_sent
from partnerships.agreements.forms import SignForm, StepForm
from partnerships.models import Correction, Determination, DeterminationKind, Partnership, Status
from partnerships.page_frame import (
    Context,
    PartnershipAction,
    TransitionAction,
    Visit,
    partnership_page,
)
from partnerships.states import BY_DETERMINATION, IN_FORCE, PARTNERSHIP
from partnerships.status import presenters
from partnerships.status.forms import (
    CloseForm,
    CloseSeveralForm,
    CorrectionForm,
    CorrectionsForm,
    DeterminationForm,
    ReinstatementForm,
    StepsForm,
    suspensions_open,
)
from partnerships.status.preconditions import PARTNERSHIP_CHECKS
from partnerships.status.services import close_correction, determine, open_correction, take_step
from partnerships.status.signing import sign


class TakeStep(TransitionAction):
    """Take one step of the lifecycle. Blocking findings are listed before and after an attempt."""

    machine = PARTNERSHIP
    form_class = StepForm

    def get_record(self) -> Partnership:
        if self.kwargs["name"] in BY_DETERMINATION:
            raise Http404
        return self.partnership

    def load(self) -> None:
        super().load()
        final = self.transition.irreversible_because
        self.intro = (
            f"You can't undo this step. {final}" if final else "You can undo this step later with another step."
        )
        self.done = f"The partnership is {Status(self.transition.target).label.lower()}."
        if self.transition.name == "sign":
            self.form_class = SignForm
        if self.transition.back_to:
            self.intro += f" The partnership becomes {Status(self.transition.target).label.lower()} again."

    @property
    def state(self) -> tuple[str, str]:
        return self.partnership.status, self.partnership.get_status_display()

    def redirect_reason(self) -> str:
        status, label = self.state
        sent = self.request.POST
        if sent and status == self.transition.target and sent.get("source") != status and not sent.get("reason"):
            return f"The partnership is already {label.lower()}. Nothing changed."
        return super().redirect_reason()

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.today, "source": self.partnership.status}

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"needs_reason": self.transition.needs_reason}

    def facts(self) -> list[tuple[str, Any]]:
        return presenters.signature_facts(self.partnership, self.today) if self.transition.name == "sign" else []

    def findings(self) -> list[Finding]:
        return step_findings(PARTNERSHIP_CHECKS, self.transition.name, self.partnership, self.today)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the step, or for a text that is still to be sent, the form that sends it and takes the step."""
        is_first = self.transition.name == "submit_for_clearance" and not self.partnership.text_versions.exists()
        if is_first and self.actor.allows(Permission.EDIT_PARTNERSHIPS):
            return redirect("partnership-clearance-ask", self.partnership.pk, 0)
        return super().get(request, *args, **kwargs)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, on, reason = self.transition.name, values["on"], values["reason"]
        if name == "sign":
            sign(
                partnership=self.partnership,
                actor=self.actor,
                on=on,
                us_signed_on=values["us_signed_on"] or on,
                partner_signed_on=values["partner_signed_on"] or on,
                in_effect_on=values["in_effect_on"],
            )
            return
        take_step(partnership=self.partnership, name=name, actor=self.actor, on=on, reason=reason)


def steps_ahead(partnership: Partnership, user: User) -> list[Transition]:
    """Return the steps that an account may record together; none that another person must take."""
    together = presenters.steps_together(partnership.status, user)
    return list(takewhile(lambda step: not (step.by_another and why_not_decide(partnership, user)), together))


class TakeSteps(PartnershipAction):
    """Record several steps that were taken one after another, each on its own day."""

    permission = Permission.EDIT_PARTNERSHIPS
    form_class = StepsForm
    form: StepsForm
    template_name = "components/action_group.html"
    heading = "Record several steps"
    button = "Record the steps"
    intro = (
        "Enter the date on which each step was taken, in order. Leave out the steps that are still to come. All are "
        "recorded, or none."
    )
    done = "The steps are recorded."
    steps: list[Transition]

    def load(self) -> None:
        super().load()
        ahead, sent = steps_ahead(self.partnership, self.actor), self.request.POST
        path = [step for steps in presenters.PATH for step in steps]
        self.steps = [step for step in path if step in ahead or was_sent(sent, step.name)]

    def redirect_reason(self) -> str:
        if self.steps or self.request.method == "POST":
            return ""
        return "You can take no step of this partnership now."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"steps": self.steps}

    def findings(self) -> list[Finding]:
        if not self.steps:
            return []
        return step_findings(PARTNERSHIP_CHECKS, self.steps[0].name, self.partnership, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        for part in self.form.taken:
            with self.form.errors_at(part):
                take_step(partnership=self.partnership, name=part.prefix, actor=self.actor, **part.form.values)
            self.form.refuse_errors()


ABOUT = {
    DeterminationKind.SUSPENSION: (
        "Record a suspension",
        (
            "A suspension of the whole country suspends the partnership at once. A suspension of a part or an entity "
            "stops obligations under it. The term keeps running."
        ),
    ),
    DeterminationKind.TERMINATION: (
        "Record a termination",
        "A termination for the whole country ends the partnership on the date of the determination. You can't undo it.",
    ),
    DeterminationKind.REINSTATEMENT: (
        "Record a reinstatement",
        "First, each ground of the suspension must have a closed correction (22 U.S.C. 7103a(d)(6)(B)).",
    ),
}


@partnership_page("status/determinations.html", "partnership-determinations", "Determinations")
def determinations(visit: Visit) -> Context:
    partnership, user = visit.partnership, visit.user
    related = ("award", "document__document", "recorded_by", "suspension", "reinstatement")
    of_partnership = partnership.determinations.select_related(*related).prefetch_related("corrections__closed_by")
    rows = list(of_partnership.order_by("-determined_on", "-pk"))
    may_determine = user.allows(Permission.APPROVE_PARTNERSHIPS) and partnership.status in IN_FORCE
    is_suspended = any(row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement") for row in rows)
    kinds = [kind for kind in DeterminationKind if kind != DeterminationKind.REINSTATEMENT or is_suspended]
    return {
        "rows": [_line(row) for row in rows],
        "kinds": [(kind.value, ABOUT[kind][0]) for kind in kinds] if may_determine else [],
        "may_open": visit.may_edit,
        "may_close": user.allows(Permission.APPROVE_PARTNERSHIPS),
    }


def _line(row: Determination) -> dict[str, Any]:
    is_open = row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement")
    return {
        "row": row,
        "mark": presenters.determination_badge(row),
        "about": presenters.subject_text(row),
        "grounds": presenters.ground_lines(row),
        "is_open": is_open,
        "missing": presenters.missing(row) if is_open else [],
        "unopened": len(row.grounds) - len(row.corrections.all()) if is_open else 0,
        "to_close": sum(correction.closed_on is None for correction in row.corrections.all()),
    }


class DeterminationAction(PartnershipAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    back = "partnership-determinations"


class RecordDetermination(DeterminationAction):
    """Record a determination, with the step of the lifecycle that follows from it."""

    kind: DeterminationKind

    def load(self) -> None:
        super().load()
        if self.kwargs["kind"] not in DeterminationKind.values:
            raise Http404
        self.kind = DeterminationKind(self.kwargs["kind"])
        self.heading, self.intro = ABOUT[self.kind]
        self.button = self.heading
        self.done = f"Recorded: {self.kind.label.lower()}."
        self.form_class = ReinstatementForm if self.is_reinstatement else DeterminationForm

    @property
    def is_reinstatement(self) -> bool:
        return self.kind == DeterminationKind.REINSTATEMENT

    def redirect_reason(self) -> str:
        return (
            ""
            if self.partnership.status in IN_FORCE
            else "You can record determinations only for partnerships in force."
        )

    def get_initial(self) -> dict[str, Any]:
        about = {} if self.is_reinstatement else {"subject": "country", "scope": "whole"}
        return {"determined_on": self.today, **about}

    def facts(self) -> list[tuple[str, str]]:
        if not self.is_reinstatement:
            return []
        suspensions = suspensions_open(self.partnership).prefetch_related("corrections")
        facts = [(str(row), presenters.corrected_sentence(row)) for row in suspensions]
        return facts or [("Suspensions", "None is in force.")]

    def perform(self, values: Mapping[str, Any]) -> None:
        determination = Determination(partnership=self.partnership, kind=self.kind, **values)
        determine(determination=determination, actor=self.actor)


class OpenCorrection(DeterminationAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class: type[ActionForm] = CorrectionForm
    heading = "Open a correction"
    button = "Open the correction"
    done = "The correction is open."
    suspension: Determination

    def load(self) -> None:
        super().load()
        open_now = suspensions_open(self.partnership)
        self.suspension = get_object_or_404(open_now, pk=self.kwargs["determination"])
        self.intro = str(self.suspension)

    def form_arguments(self) -> dict[str, Any]:
        lines = presenters.ground_lines(self.suspension)
        sent = self.request.POST
        without = [
            (line.ground, line.label) for line in lines if line.correction is None or was_sent(sent, line.ground)
        ]
        return super().form_arguments() | {"grounds": without}

    def perform(self, values: Mapping[str, Any]) -> None:
        open_correction(determination=self.suspension, actor=self.actor, **values)


class CloseCorrection(DeterminationAction):
    form_class = CloseForm
    heading = "Close a correction"
    button = "Close the correction"
    intro = "You can't reopen a closed correction."
    done = "The correction is closed."
    correction: Correction

    def load(self) -> None:
        super().load()
        rows = Correction.objects.select_related("determination", "closed_by")
        own = rows.filter(determination__partnership=self.partnership)
        self.correction = get_object_or_404(own, pk=self.kwargs["correction"])

    def facts(self) -> list[tuple[str, str]]:
        return [
            ("Determination", str(self.correction.determination)),
            ("Ground", self.correction.get_ground_display()),
            ("Corrective action", self.correction.description),
        ]

    def blocked_reason(self) -> str:
        closed_on = self.correction.closed_on
        return f"The correction was closed on {formats.day(closed_on)}." if closed_on else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        close_correction(correction=self.correction, actor=self.actor, **values)


class OpenCorrections(OpenCorrection):
    """Open a correction for each ground that has none."""

    form_class = CorrectionsForm
    form: CorrectionsForm
    template_name = "components/action_group.html"
    heading = "Open corrections"
    button = "Open the corrections"
    done = "The corrections are open."

    def perform(self, values: Mapping[str, Any]) -> None:
        self.form.require_one("Describe at least one corrective action.")
        for part in self.form.filled():
            with self.form.errors_at(part):
                open_correction(determination=self.suspension, ground=part.prefix, actor=self.actor, **part.form.values)
        self.form.refuse_errors()


class CloseCorrections(DeterminationAction):
    """Close several corrections of a suspension, each with its evidence and day."""

    form_class = CloseSeveralForm
    form: CloseSeveralForm
    template_name = "components/action_group.html"
    heading = "Close corrections"
    button = "Close the corrections"
    intro = "Leave a correction blank to keep it open. You can't reopen a closed one."
    done = "The corrections are closed."
    corrections: list[Correction]

    def load(self) -> None:
        super().load()
        suspension = get_object_or_404(self.partnership.determinations, pk=self.kwargs["determination"])
        rows, sent = suspension.corrections.select_related("determination").order_by("pk"), self.request.POST
        self.corrections = [row for row in rows if row.closed_on is None or was_sent(sent, f"correction{row.pk}")]

    def redirect_reason(self) -> str:
        if self.corrections or self.request.method == "POST":
            return ""
        return "No correction is open."

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"corrections": self.corrections}

    def perform(self, values: Mapping[str, Any]) -> None:
        self.form.require_one("Enter the evidence of at least one correction.")
        for part in self.form.filled():
            with self.form.errors_at(part):
                close_correction(correction=part.record, actor=self.actor, **part.form.values)
        self.form.refuse_errors()
