"""Pages of retention: the schedule and the legal holds, and the forms to issue and to lift one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.parameters import check_parameters
from cpc.retention import scopes, services
from cpc.retention.models import LONGEST_REASON, Disposal, LegalHold
from cpc.retention.presenters import CLASS_TABLE, DISPOSALS, LIFTED, holds_in_force
from cpc.retention.schedule import CLASSES
from cpc.web.actions import ActionForm, ActionView, Breadcrumbs
from cpc.web.pages import breadcrumb

SHOWN_DISPOSALS = 20


@require_safe
@requires(services.PERMISSION)
def retention(request: HttpRequest) -> HttpResponse:
    """Show the legal holds, the schedule of retention, and what was removed by it."""
    check_parameters(request, ())
    holds = LegalHold.objects.select_related("issued_by", "lifted_by").order_by("-lifted_at", "-id")
    user = user_of(request)
    context = {
        "holds_table": holds_in_force(user),
        "lifted_table": LIFTED,
        "in_force": [hold for hold in holds if hold.is_in_force],
        "lifted": [hold for hold in holds if not hold.is_in_force],
        "class_table": CLASS_TABLE,
        "classes": list(CLASSES),
        "disposals_table": DISPOSALS,
        "disposals": list(Disposal.objects.all()[:SHOWN_DISPOSALS]),
    }
    return render(request, "retention/retention.html", context)


class HoldForm(ActionForm):
    """A hold: what it covers, and the reason."""

    covers = forms.ChoiceField(label="What it covers")
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        help_text="The matter, and who asked for it. Every administrator sees it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        covers = self.fields["covers"]
        assert isinstance(covers, forms.ChoiceField)
        covers.choices = [("", "Choose"), *scopes.choices()]


class LiftForm(ActionForm):
    """The reason to lift a hold."""

    error_fields = {"lifted_because": "reason"}

    reason = forms.CharField(label="Reason", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class RetentionAction(ActionView):
    """A form about legal holds."""

    permission = services.PERMISSION
    back = "retention"
    leave = "Cancel"

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), breadcrumb("system"), breadcrumb("retention")]


class IssueHold(RetentionAction):
    form_class = HoldForm
    heading = "Issue a legal hold"
    button = "Issue the hold"
    intro = (
        "Nothing that it covers is removed until another administrator lifts it, whatever the schedule allows. It "
        "takes effect at once."
    )
    done = "The legal hold is in force."
    consequence = "No hold was issued."

    def perform(self, values: Mapping[str, Any]) -> None:
        services.issue_hold(actor=self.actor, **values)


class LiftHold(RetentionAction):
    form_class = LiftForm
    heading = "Lift the legal hold?"
    here = "Lift"
    button = "Lift the hold"
    done = "The legal hold is lifted."
    consequence = "The hold is still in force."
    hold: LegalHold

    def load(self) -> None:
        self.hold = get_object_or_404(LegalHold.objects.select_related("issued_by"), pk=self.kwargs["pk"])
        self.kicker = str(self.hold)

    def facts(self) -> list[tuple[str, str]]:
        return [("Covers", self.hold.label), ("Reason", self.hold.reason), ("Issued by", str(self.hold.issued_by))]

    def blocked_reason(self) -> str:
        if not self.hold.is_in_force:
            return "This hold was lifted already."
        return services.TWO_PEOPLE if self.hold.issued_by_id == self.actor.pk else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        services.lift_hold(hold=self.hold, actor=self.actor, **values)
