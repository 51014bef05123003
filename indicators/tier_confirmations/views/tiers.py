"""Pages on which one person confirms tiers, a second one reads a sample, and both settle differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.actions import Breadcrumbs
from cpc.web.buttons import ButtonAction
from cpc.web.edit_conflicts import RevisionForm
from indicators.models import TierConfirmation, TierDraw, TierSitting
from indicators.models.tier_confirmations import OWN_ANSWER
from indicators.page_frame import DataAction
from indicators.sources.tip_report import SOURCE
from indicators.tier_confirmations import queries, services
from indicators.tier_confirmations.forms import KEYS, SettleForm, TierAnswerForm
from indicators.tier_confirmations.passages import passage_of, years_with_text
from indicators.tier_confirmations.presenters import (
    FORM_COLUMNS,
    FORM_NOTES,
    case_table,
    list_url,
)
from indicators.tier_confirmations.spot_checks import Case, SpotCheck, spot_check
from indicators.tier_confirmations.views.desk import Desk, list_context


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def tiers(request: HttpRequest) -> HttpResponse:
    """List the tiers of one report, the newest unless another is named, with the passage of one country."""
    check_parameters(request, ("year", "country", "q", "state", "page"))
    years = queries.report_years()
    asked = request.GET.get("year", "")
    if asked and asked not in map(str, years):
        raise BadRequest(f"No tier of the report “{asked}” is on record. Choose a year from the list.")
    if not years:
        return render(request, "indicators/tier_confirmations/none.html", {"source": SOURCE})
    desk = Desk(user_of(request), int(asked) if asked else years[0], request.GET.get("country", ""))
    form = TierAnswerForm(**desk.form_arguments) if desk.may_confirm else None
    return render(request, "indicators/tier_confirmations/tiers.html", list_context(request, desk, form))


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def tier_form(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return the empty tier form; the workbook explains its columns in a second sheet."""
    check_parameters(request, ())
    if kind not in ("csv", "xlsx"):
        raise Http404
    return exports.response(kind, (), FORM_COLUMNS, "tip-tier-form", sheet="Tiers", notes=FORM_NOTES)


class TierAction(DataAction):
    """Base of actions on tiers."""

    permission = Permission.CONFIRM_NARRATIVES
    stylesheet = "css/tiers.css"

    def above(self) -> Breadcrumbs:
        return [(SOURCE.title, reverse("source", args=[SOURCE.key])), ("Tiers", reverse("tier-list"))]


class ConfirmTier(TierAction):
    """Confirm the tier of one country, and go to the next open one."""

    form_class = TierAnswerForm
    form: TierAnswerForm
    template_name = "indicators/tier_confirmations/tiers.html"
    desk: Desk

    def load(self) -> None:
        self.desk = Desk(self.actor, self.kwargs["year"], self.kwargs["code"])
        if not self.desk.rows:
            raise Http404

    @property
    def back_url(self) -> str:
        return list_url(self.kwargs["year"], self.kwargs["code"], "country")

    def form_arguments(self) -> dict[str, Any]:
        return self.desk.form_arguments

    def get_context(self) -> dict[str, Any]:
        form = self.form if self.form.is_bound or self.desk.may_confirm else None
        return super().get_context() | list_context(self.request, self.desk, form)

    def perform(self, values: Mapping[str, Any]) -> str:
        desk = self.desk
        assert desk.country is not None
        services.confirm_tier(
            year=desk.year,
            country=desk.country,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
            **values,
        )
        following = desk.beside(1)
        self.done = f"{desk.country.name}: {values['tier']}, confirmed."
        if following is None:
            return list_url(desk.year, fragment="spot-check")
        return list_url(desk.year, following.country.code, "country")


class UndoConfirmation(ButtonAction):
    """Button to take back one's own confirmation."""

    permission = Permission.CONFIRM_NARRATIVES
    confirmation: TierConfirmation

    def load(self) -> None:
        rows = TierConfirmation.objects.filter(
            sitting__report_year=self.kwargs["year"], sitting__batch__isnull=True, country__code=self.kwargs["code"]
        )
        newest = rows.select_related("country").order_by("-pk").first()
        if newest is None:
            raise Http404
        self.confirmation = newest

    @property
    def back_url(self) -> str:
        return list_url(self.kwargs["year"], self.kwargs["code"], "country")

    def perform(self, values: Mapping[str, Any]) -> None:
        services.undo_confirmation(confirmation=self.confirmation, actor=self.actor)
        self.done = f"{self.confirmation.country.name} is not confirmed."


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def spot_check_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the drawn tiers of a sitting, and to each reader what waits for them."""
    check_parameters(request, ())
    check = spot_check(get_object_or_404(TierSitting.objects.select_related("batch"), pk=pk))
    user = user_of(request)
    may_confirm = user.allows(Permission.CONFIRM_NARRATIVES)
    context = {
        "check": check,
        "year": check.sitting.report_year,
        "table": case_table(check, user, may_confirm=may_confirm),
        "next": check.next_for(user) if may_confirm else None,
        "to_read": check.to_read_by(user) if may_confirm else [],
        "source": SOURCE,
    }
    return render(request, "indicators/tier_confirmations/spot_check.html", context)


class CaseAction(TierAction):
    """Base of actions on a drawn tier of a spot check."""

    check: SpotCheck
    case: Case

    def load(self) -> None:
        self.check = spot_check(get_object_or_404(TierSitting, pk=self.kwargs["pk"]))
        draw = get_object_or_404(TierDraw, pk=self.kwargs["draw"], drawing__sitting=self.check.sitting)
        self.case = self.check.case(draw)
        self.heading = self.case.confirmation.country.name

    @property
    def year(self) -> int:
        return self.check.sitting.report_year

    @property
    def back_url(self) -> str:
        return reverse("tier-spot-check", args=[self.kwargs["pk"]])

    def above(self) -> Breadcrumbs:
        return [*super().above(), (f"Spot check of {self.year}", self.back_url)]

    def get_context(self) -> dict[str, Any]:
        country = self.case.confirmation.country
        return super().get_context() | {
            "check": self.check,
            "case": self.case,
            "country": country,
            "year": self.year,
            "passage": passage_of(country.pk, self.year),
            "has_texts": self.year in years_with_text(),
            "keys": KEYS,
            "source": SOURCE,
        }


class ReadTier(CaseAction):
    """Read a drawn tier in the report as the second person, who does not see the first answer."""

    form_class = TierAnswerForm
    form: TierAnswerForm
    template_name = "indicators/tier_confirmations/read.html"
    leave = "Back to the spot check"

    def redirect_reason(self) -> str:
        if self.case.reading is not None:
            return f"{self.heading} has been read again. Nothing is left to answer."
        return ""

    def blocked_reason(self) -> str:
        return OWN_ANSWER if self.case.is_of(self.actor) else ""

    def form_arguments(self) -> dict[str, Any]:
        text = passage_of(self.case.confirmation.country_id, self.year)
        origin = queries.origin_of(text.narrative) if text else ""
        return {"revision": str(self.case.draw.pk), "has_text": text is not None, "origin": origin}

    def get_context(self) -> dict[str, Any]:
        mine = self.check.to_read_by(self.actor)
        after = self.check.next_for(self.actor, self.case.draw.pk)
        return super().get_context() | {
            "left": len(mine),
            "next": after if after and after.draw.pk != self.case.draw.pk else None,
            "previous": self.check.before_for(self.actor, self.case.draw.pk),
        }

    def perform(self, values: Mapping[str, Any]) -> str:
        given = {name: values[name] for name in ("tier", "page", "origin") if name in values}
        services.record_reading(draw=self.case.draw, text=values["note"], actor=self.actor, **given)
        self.done = f"{self.heading}: your answer is on record."
        check = spot_check(TierSitting.objects.get(pk=self.kwargs["pk"]))
        following = check.next_for(self.actor, self.case.draw.pk)
        if following is None:
            return self.back_url
        return f"{reverse('tier-read', args=[self.kwargs['pk'], following.draw.pk])}#country"


class SettleTier(CaseAction):
    """Write what settles a difference, as one of the two people who differ."""

    form_class = SettleForm
    form: RevisionForm
    template_name = "indicators/tier_confirmations/settle.html"
    button = "Put it on record"
    done = "What you wrote is on record."

    def redirect_reason(self) -> str:
        if not self.case.is_different:
            return f"There is no difference on {self.heading}."
        return f"The difference on {self.heading} is settled." if self.case.is_settled else ""

    def blocked_reason(self) -> str:
        return "" if self.case.shows_first_answer_to(self.actor) else services.NOT_OF_THE_TWO

    def form_arguments(self) -> dict[str, Any]:
        return {"revision": self.case.revision}

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"may_see": self.case.shows_first_answer_to(self.actor)}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.settle(draw=self.case.draw, actor=self.actor, expected_revision=self.form.expected_revision, **values)
