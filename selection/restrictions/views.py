"""Pages of restrictions: a country's checklist, recording a review, and a round's overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import exports
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import COLUMNS, FILE, OpenList, filter_error, listing
from cpc.web.tables import export_format
from indicators.models import Country
from selection.countries.queries.country import find_country
from selection.page_frame import SelectionAction, or_404, round_or_404
from selection.restrictions import presenters, queries, services
from selection.restrictions.checklist import by_code
from selection.restrictions.forms import RestrictionsFilter, ReviewForm, ReviewListForm
from selection.runs.rows import plain


@require_safe
@requires(Permission.VIEW_ROUNDS)
@listing(presenters.RESTRICTIONS)
def overview(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    selection_round, today = round_or_404(request, pk), timezone.now().date()
    form = shown.form(lambda given: RestrictionsFilter(given, auto_id="f-%s"))
    if not form.is_valid():
        raise BadRequest(filter_error(form))
    candidates = list(selection_round.candidates.in_pool().select_related("country").order_by("country__name"))
    everybody = list(zip(candidates, queries.reviewed([row.country for row in candidates], today), strict=True))
    wanted, show = plain(form.cleaned_data["q"]), form.cleaned_data["show"]
    rows = [row for row in everybody if wanted in plain(row[0].country.name) and presenters.fits(row, show)]
    table, name = shown.table(presenters.ROUND_TABLE), f"restrictions round {pk}"
    if kind := export_format(request):
        if request.GET.get(COLUMNS) != FILE:
            return shown.export(kind, rows, name)
        # One row for each restriction, which is more than the list shows.
        return exports.response(kind, presenters.flat(rows), presenters.FILE, name, sheet="Restrictions")
    page = table.page(request, rows)
    shown.counted(len(rows), len(everybody))
    context = {
        "shown": shown,
        "round": selection_round,
        "tab": "round-restrictions",
        "form": form,
        "page": page,
        "table": table,
        "facts": presenters.round_facts(everybody),
        "count": len(rows),
        "total": len(everybody),
    }
    return render(request, "selection/restrictions/round.html", context)


@require_safe
@requires(Permission.VIEW_ROUNDS)
def country(request: HttpRequest, code: str) -> HttpResponseBase:
    check_parameters(request, ())
    country = or_404(find_country(code))
    if country.code != code:
        return redirect("restrictions", country.code)
    (reviewed,) = queries.reviewed([country], timezone.now().date())
    context = {
        "country": country,
        "reviewed": reviewed,
        "lines": presenters.lines(reviewed),
        "facts": presenters.facts(reviewed),
        "may_review": user_of(request).allows(Permission.RATE),
    }
    return render(request, "selection/restrictions/country.html", context)


class ReviewAction(SelectionAction):
    """Base of the forms that record reviews of the restrictions on a country."""

    permission = Permission.RATE
    back = "restrictions"
    country: Country

    def load(self) -> None:
        self.country = or_404(find_country(self.kwargs["code"]))
        self.kicker = self.country.name

    def back_arguments(self) -> Sequence[Any]:
        return [self.country.code]

    def breadcrumbs(self) -> Breadcrumbs:
        return [
            ("Home", reverse("home")),
            ("Countries", reverse("countries")),
            (self.country.name, reverse("country", args=[self.country.code])),
            ("Restrictions", self.back_url),
        ]

    def reviewed(self) -> queries.ReviewedCountry:
        (reviewed,) = queries.reviewed([self.country], self.today)
        return reviewed


class ReviewList(ReviewAction):
    """Record one review of the whole list, with a result for each restriction."""

    form_class = ReviewListForm
    form: ReviewListForm
    template_name = "components/action_group.html"
    heading = "Review the list of restrictions"
    button = "Record the review"
    done = "Review recorded."
    intro = "One office, one day, and a result for each restriction that it reviewed. All are recorded, or none."

    def get_initial(self) -> dict[str, Any]:
        return {"revision": str(self.reviewed().newest)}

    def form_arguments(self) -> dict[str, Any]:
        return {"known": presenters.known_results(self.reviewed())}

    def perform(self, values: Mapping[str, Any]) -> None:
        self.form.require_one("Choose the result of at least one restriction.")
        services.review_list(
            country=self.country,
            results=self.form.results,
            reviewer=values["reviewer"],
            reviewed_on=values["reviewed_on"],
            expires_on=values["expires_on"],
            expected_revision=self.form.expected_revision,
            actor=self.actor,
        )


class RecordReview(ReviewAction):
    """Record a review of one restriction (`?code=tier_3`) or several."""

    parameters = ("code",)
    form_class = ReviewForm
    form: ReviewForm
    template_name = "selection/restrictions/review.html"
    heading = "Record a review of restrictions"
    button = "Record the review"
    done = "Review recorded."
    intro = "Which office reviewed the restrictions, what is the result and its basis, and when does it expire?"

    def load(self) -> None:
        super().load()
        self.asked = self.request.GET.get("code", "")
        if self.asked and self.asked not in by_code():
            raise BadRequest(f"“{self.asked}” is not on the list of restrictions.")

    def get_initial(self) -> dict[str, Any]:
        return {"codes": [self.asked] if self.asked else [], "revision": str(self.reviewed().newest)}

    def perform(self, values: Mapping[str, Any]) -> str:
        expected = self.form.expected_revision
        services.review_restrictions(country=self.country, expected_revision=expected, actor=self.actor, **values)
        return f"{self.back_url}#{values['codes'][0]}"

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"restriction": by_code().get(self.asked)}
