"""The page to take a step of a partnership."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from cpc.findings import Finding
from cpc.lifecycle import step_findings
from partnerships.agreements.forms import (
    StepForm,
)
from partnerships.lookups.steps import step_named
from partnerships.models import Partnership, Status
from partnerships.page_frame import (
    TransitionAction,
)
from partnerships.states import BY_DETERMINATION, PARTNERSHIP
from partnerships.status.preconditions import PARTNERSHIP_CHECKS
from partnerships.status.services import take_step


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
        self.transition = step_named(self.partnership, self.transition.name)
        final = self.transition.irreversible_because
        self.intro = (
            f"You can't undo this step. {final}" if final else "You can undo this step later with another step."
        )
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

    def findings(self) -> list[Finding]:
        return step_findings(PARTNERSHIP_CHECKS, self.transition.name, self.partnership, self.today)

    def perform(self, values: Mapping[str, Any]) -> None:
        name, on, reason = self.transition.name, values["on"], values["reason"]
        take_step(partnership=self.partnership, name=name, actor=self.actor, on=on, reason=reason)
