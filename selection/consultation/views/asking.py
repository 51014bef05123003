"""Page on which the office asks several agencies at once, with a preview of what each receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from cpc.accounts.models import Agency
from cpc.web import formats
from selection.consultation import forms, queries
from selection.consultation.services import asking
from selection.consultation.views.requests import ConsultationAction
from selection.models import RoundState

PREVIEW = "preview"
"""Button that shows what would be sent; the other button sends it."""


class AskAgencies(ConsultationAction):
    form_class = forms.AskForm
    form: forms.AskForm
    template_name = "selection/consultation/ask.html"
    heading = "Ask agencies"
    button = "Send the requests"
    intro = "One submission writes and sends a request to each agency that you choose."
    shown: asking.Asked | None = None

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.round.state == RoundState.CONSULTATION:
            return ""
        return f"The round is {self.round.state_phrase}. You can send requests only in consultation."

    @cached_property
    def agencies(self) -> list[Agency]:
        return list(queries.agencies_to_ask(self.round).order_by("-statutory", "name"))

    @cached_property
    def statutory(self) -> frozenset[int]:
        """Return the keys of the agencies that need a reason if they are not asked."""
        return frozenset(queries.to_leave_out(self.round).values_list("pk", flat=True))

    def form_arguments(self) -> dict[str, Any]:
        pool = queries.pool_of(self.round).order_by("country__name")
        return {"pool": pool, "agencies": self.agencies, "statutory": self.statutory}

    def given(self) -> dict[str, Any]:
        form = self.form
        return {
            "selection_round": self.round,
            "asks": form.asks,
            "candidates": form.chosen_candidates,
            "questions": form.cleaned_data["questions"],
            "left_out": form.left_out,
            "actor": self.actor,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.POST.get("act") != PREVIEW or not self.form.is_valid():
            return super().post(request, *args, **kwargs)
        try:
            self.shown = asking.preview_of(**self.given())
        except ValidationError as error:
            self.form.add_service_errors(error)
        return self.render()

    def perform(self, values: Mapping[str, Any]) -> None:
        asked = asking.ask_agencies(**self.given())
        self.done = f"{formats.count_of(len(asked.requests), 'request')} sent."
        if asked.left_out:
            self.done += f" {formats.count_of(len(asked.left_out), 'agency', 'agencies')} recorded as not applicable."

    def rows(self) -> Sequence[dict[str, Any]]:
        contacts = {agency.pk: queries.contacts_of(agency) for agency in self.agencies}
        return [
            {
                "agency": agency,
                "is_statutory": agency.statutory,
                "contacts": [str(user) for user in contacts[agency.pk]],
                "fields": {
                    name: self.form[f"{name}-{agency.code}"]
                    for name in ("ask", "role", "due", "questions", "reason")
                    if f"{name}-{agency.code}" in self.form.fields
                },
            }
            for agency in self.agencies
        ]

    def silent(self) -> list[str]:
        """Return the names of the agencies that the statute names and that the preview neither asks nor leaves out."""
        if self.shown is None:
            return []
        settled = {request.agency_id for request, _ in self.shown.requests if request.owes}
        settled |= {row.agency_id for row in self.shown.left_out}
        return [agency.name for agency in self.agencies if agency.pk in self.statutory - settled]

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "rows": self.rows(),
            "shown": self.shown,
            "silent": self.silent(),
            "pool_size": len(self.form.pool),
            "one_url": reverse("round-request-new", args=[self.round.pk]),
        }
