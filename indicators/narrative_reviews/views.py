"""Page of one narrative: its text, and the form with which analysts confirm what was read in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse

from cpc.accounts.access import check
from cpc.accounts.permissions import Permission
from cpc.web.actions import ActionView
from cpc.web.formats import count_of
from indicators.cross_app_links import country_url
from indicators.narrative_reviews.forms import ReadingForm
from indicators.narrative_reviews.services import confirm_reading
from indicators.narratives import queries


class ReadNarrative(ActionView):
    """A narrative with what was read in it. Anybody who sees data reads it; analysts confirm on the same page."""

    permission = Permission.VIEW_OBSERVATIONS
    form_class = ReadingForm
    template_name = "indicators/narratives/narrative.html"
    form: ReadingForm
    page: queries.NarrativePage

    def load(self) -> None:
        page = queries.narrative_page(self.kwargs["pk"])
        if page is None:
            raise Http404
        if self.request.method == "POST":
            check(self.actor, Permission.CONFIRM_NARRATIVES)
        self.page = page

    @property
    def may_confirm(self) -> bool:
        narrative = self.page.narrative
        is_current = narrative.valid_to is None and not narrative.is_sample
        return is_current and self.actor.allows(Permission.CONFIRM_NARRATIVES)

    @property
    def back_url(self) -> str:
        return reverse("narrative", args=[self.page.narrative.pk])

    def get_initial(self) -> dict[str, Any]:
        return {"revision": queries.reading_revision(self.page.narrative)}

    def form_arguments(self) -> dict[str, Any]:
        return {"suggested": self.page.forms, "figures": self.page.figures}

    def perform(self, values: Mapping[str, Any]) -> str:
        confirmed = confirm_reading(
            narrative=self.page.narrative,
            verdicts=self.form.verdicts,
            added=self.form.added,
            figures=self.form.answers,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
        name = self.page.narrative.country.name
        if confirmed.is_empty:
            self.unchanged = f"{name}: everything was confirmed before. Nothing changed."
        parts = [
            count_of(number, noun)
            for number, noun in (
                (confirmed.verdicts, "verdict"),
                (confirmed.added, "added form"),
                (confirmed.figures, "figure"),
            )
            if number
        ]
        self.done = f"{name}: {' and '.join((', '.join(parts[:-1]), parts[-1]) if parts[1:] else parts)} recorded."
        following = queries.next_to_confirm(self.page.narrative) if self.then == "next" else None
        return reverse("narrative", args=[following.pk]) if following else self.back_url

    def get_context(self) -> dict[str, Any]:
        narrative = self.page.narrative
        following = queries.next_to_confirm(narrative) if self.may_confirm else None
        return super().get_context() | {
            "page": self.page,
            "narrative": narrative,
            "country_url": country_url(narrative.country.code, self.actor),
            "may_confirm": self.may_confirm,
            "following": following,
        }
