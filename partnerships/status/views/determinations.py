"""Pages of suspension, termination, and reinstatement: 22 U.S.C. 7103a(d)(6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import formats
from partnerships.models import Correction, Determination, DeterminationKind
from partnerships.page_frame import (
    PartnershipAction,
    get_managed_or_404,
    render_page,
)
from partnerships.states import IN_FORCE
from partnerships.status import determinations as status_determinations
from partnerships.status import presenters
from partnerships.status.forms import (
    CloseForm,
    CorrectionForm,
    DeterminationForm,
    ReinstatementForm,
)
from partnerships.status.services import close_correction, determine, open_correction

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


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def determinations(request: HttpRequest, pk: int) -> HttpResponseBase:
    check_parameters(request, ())
    partnership, user = get_managed_or_404(pk), user_of(request)
    rows = list(status_determinations.determinations_of(partnership))
    may_determine = user.allows(Permission.APPROVE_PARTNERSHIPS) and partnership.status in IN_FORCE
    is_suspended = any(row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement") for row in rows)
    kinds = [kind for kind in DeterminationKind if kind != DeterminationKind.REINSTATEMENT or is_suspended]
    return render_page(
        request,
        "partnerships/status/determinations.html",
        partnership,
        "partnership-determinations",
        here="Determinations",
        rows=[_line(row) for row in rows],
        kinds=[(kind.value, ABOUT[kind][0]) for kind in kinds] if may_determine else [],
        may_open=user.allows(Permission.EDIT_PARTNERSHIPS),
        may_close=user.allows(Permission.APPROVE_PARTNERSHIPS),
    )


def _line(row: Determination) -> dict[str, Any]:
    is_open = row.kind == DeterminationKind.SUSPENSION and not hasattr(row, "reinstatement")
    return {
        "row": row,
        "mark": presenters.determination_badge(row),
        "about": presenters.subject_text(row),
        "grounds": presenters.ground_lines(row),
        "is_open": is_open,
        "missing": presenters.missing(row) if is_open else [],
        "unopened": is_open and len(row.corrections.all()) < len(row.grounds),
    }


class DeterminationAction(PartnershipAction):
    permission = Permission.APPROVE_PARTNERSHIPS
    back = "partnership-determinations"
    above = ("partnership-determinations",)


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
        suspensions = status_determinations.suspensions_open(self.partnership).prefetch_related("corrections")
        facts = [(str(row), presenters.corrected_sentence(row)) for row in suspensions]
        return facts or [("Suspensions", "None is in force.")]

    def perform(self, values: Mapping[str, Any]) -> None:
        determination = Determination(partnership=self.partnership, kind=self.kind, **values)
        determine(determination=determination, actor=self.actor)


class OpenCorrection(DeterminationAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class = CorrectionForm
    heading = "Open a correction"
    button = "Open the correction"
    done = "The correction is open."
    suspension: Determination

    def load(self) -> None:
        super().load()
        open_now = status_determinations.suspensions_open(self.partnership)
        self.suspension = get_object_or_404(open_now, pk=self.kwargs["determination"])
        self.intro = str(self.suspension)

    def form_arguments(self) -> dict[str, Any]:
        lines = presenters.ground_lines(self.suspension)
        without = [(line.ground, line.label) for line in lines if line.correction is None]
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
        rows = status_determinations.corrections_of(self.partnership)
        self.correction = get_object_or_404(rows, pk=self.kwargs["correction"])

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
