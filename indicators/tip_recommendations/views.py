"""Pages that compare a country's recommendations in consecutive editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.database.revisions import EditConflict
from cpc.parameters import check_parameters, whole_number
from cpc.web.buttons import ButtonAction, ButtonForm
from cpc.web.edit_conflicts import RevisionForm
from indicators.cross_app_links import country_url
from indicators.models import Country, MatchKind, Narrative, Recommendation
from indicators.tip_recommendations import queries, services
from indicators.tip_recommendations.queries import ComparedRow, Comparison
from indicators.tip_recommendations.services import CHANGED

ALL = "all"


class MatchForm(ButtonForm, RevisionForm):
    """Form with a row's number, or `all`; the revision of the row or of the comparison; and the answer."""

    number = forms.CharField(required=False)
    answer = forms.CharField(required=False)


@require_safe
@requires(Permission.VIEW_OBSERVATIONS)
def recommendations(request: HttpRequest, code: str) -> HttpResponse:
    """Show each pair of consecutive editions, the newest first.

    `?editions=2018-2023` shows an earlier one.
    """
    check_parameters(request, ("editions",))
    country = get_object_or_404(Country, code=code)
    recommendations = queries.recommendations_of(country)
    asked = request.GET.get("editions", "")
    shown = next((item for item in recommendations if asked in ("", key_of(item))), None)
    if asked and shown is None:
        raise BadRequest(f"“{asked}” does not name two consecutive editions for {country.name}.")
    user = user_of(request)
    context = {
        "country": country,
        "comparisons": [(item, key_of(item)) for item in recommendations],
        "shown": shown,
        "key": key_of(shown) if shown else "",
        "narratives": Narrative.objects.live().of_reports().filter(country=country).order_by("-report_year"),
        "country_url": country_url(country.code, user),
        "may_confirm": user.allows(Permission.CONFIRM_NARRATIVES),
        "may_import": user.allows(Permission.IMPORT_DATA),
        "kinds": MatchKind,
    }
    return render(request, "indicators/tip_recommendations/recommendations.html", context)


def key_of(item: Comparison) -> str:
    return f"{item.older.report_year}-{item.newer.report_year}"


class ConfirmMatches(ButtonAction):
    """Button to confirm or correct one row as it was seen.

    `number=all` confirms every proposal as it was seen.
    """

    permission = Permission.CONFIRM_NARRATIVES
    form_class = MatchForm
    form: MatchForm
    country: Country
    comparison: Comparison

    def load(self) -> None:
        self.country = get_object_or_404(Country, code=self.kwargs["code"])
        self.comparison = _comparison(self.country, self.kwargs["editions"])

    @property
    def back_url(self) -> str:
        return f"{reverse('recommendations', args=[self.country.code])}?editions={self.kwargs['editions']}"

    @property
    def years(self) -> tuple[int, int]:
        return self.comparison.older.report_year, self.comparison.newer.report_year

    def perform(self, values: Mapping[str, Any]) -> str:
        expected = self.form.expected_revision
        if values["number"] == ALL:
            count = services.confirm_proposals(
                country=self.country, years=self.years, reviewer=self.actor, expected_revision=expected
            )
            self.done = f"Confirmed: {count:,}."
            return self.back_url
        row = _row(self.comparison, values["number"], expected)
        kind, older, newer = _answer(self.comparison, row, values["answer"])
        services.confirm_match(
            country=self.country,
            years=self.years,
            older=older,
            newer=newer,
            kind=kind,
            reviewer=self.actor,
            similarity=row.similarity if (older, newer) == (row.older, row.newer) else None,
            expected_revision=expected,
        )
        self.done = f"Row {row.number}: {MatchKind(kind).label.lower()}, confirmed."
        return f"{self.back_url}#row-{row.number}"


def _comparison(country: Country, editions: str) -> Comparison:
    years = editions.split("-")
    if len(years) != 2 or not all(year.isdecimal() and len(year) == 4 for year in years):
        raise Http404
    item = queries.comparison(country, int(years[0]), int(years[1]))
    if item is None:
        raise Http404
    return item


def _row(item: Comparison, number: str, expected_revision: str) -> ComparedRow:
    """Return the row that the page showed. Raises `EditConflict` if it has changed."""
    row = next((row for row in item.rows if str(row.number) == number), None)
    if row is None or row.revision != expected_revision:
        raise EditConflict(CHANGED)
    return row


def _answer(
    item: Comparison, row: ComparedRow, answer: str
) -> tuple[str, Recommendation | None, Recommendation | None]:
    """Resolve an answer of the form.

    Answers are "as-proposed", "new", "dropped", or "repeated:ID" and "reworded:ID". The ID is that of the counterpart
    in the other edition than that of the row's own text.
    """
    kind, _, counterpart = answer.partition(":")
    if answer == "as-proposed" and row.kind in MatchKind.values:
        return row.kind, row.older, row.newer
    if answer == MatchKind.NEW and row.newer is not None:
        return kind, None, row.newer
    if answer == MatchKind.DROPPED and row.older is not None:
        return kind, row.older, None
    if kind in (MatchKind.REPEATED, MatchKind.REWORDED):
        listed = item.older_list if row.newer is not None else item.newer_list
        other = next((text for text in listed if text.pk == whole_number(counterpart)), None)
        if other is not None:
            return (kind, other, row.newer) if row.newer is not None else (kind, row.older, other)
    raise BadRequest(f"“{answer}” is not an answer for this row. Choose one that the page lists.")
