"""Pages to manage the list of agencies that are consulted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.people import agencies as people_agencies
from cpc.people import queries, succession
from cpc.people.forms import AgencyForm, CloseForm, NewAgencyForm
from cpc.people.presenters import ACCOUNTS_OF_AGENCY, AGENCIES, AGENCIES_LIST
from cpc.people.views.frame import EditAction, PeopleAction
from cpc.web.actions import Breadcrumbs
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format


@require_safe
@requires(Permission.MANAGE_PEOPLE)
@listing(AGENCIES_LIST)
def agencies(request: HttpRequest, shown: OpenList) -> HttpResponseBase:
    table, rows = shown.table(AGENCIES), queries.agencies()
    if kind := export_format(request):
        return shown.export(kind, rows, "agencies")
    page = table.page(request, rows)
    shown.counted(page.paginator.count)
    return render(request, "account/people/agencies.html", {"shown": shown, "table": table, "page": page})


class AddAgency(PeopleAction):
    form_class = NewAgencyForm
    heading = "Add an agency"
    button = "Add the agency"
    intro = "A bureau, office, or agency that the TIP Office consults."
    here = "Add"
    consequence = "No agency was added."
    done = "The agency has been added. Invite its reviewers."
    already_done = "This agency was already added."
    back = "agencies"

    def above(self) -> Breadcrumbs:
        return [("Agencies", reverse("agencies"))]

    def perform(self, values: Mapping[str, Any]) -> str:
        return reverse("agency", args=[people_agencies.add_agency(actor=self.actor, **values).code])


class EditAgency(EditAction):
    form_class = AgencyForm
    template_name = "account/people/agency.html"
    done = "Saved."
    back = "agency"
    row: Agency

    def load(self) -> None:
        self.row = get_object_or_404(queries.agencies(), code=self.kwargs["code"])

    def back_arguments(self) -> Sequence[Any]:
        return [self.row.code]

    def values(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in people_agencies.EDITED}

    def perform(self, values: Mapping[str, Any]) -> None:
        code = self.kwargs["code"]
        if not people_agencies.change_agency(
            code=code, values=values, expected_revision=self.form.expected_revision, actor=self.actor
        ):
            self.unchanged = "You made no changes."

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {
            "agency": self.row,
            "table": ACCOUNTS_OF_AGENCY,
            "accounts": queries.accounts().filter(agency=self.row),
            "predecessors": self.row.predecessors.order_by("name"),
        }


class AgencyAction(PeopleAction):
    back = "agency"
    agency: Agency

    def load(self) -> None:
        self.agency = get_object_or_404(queries.agencies(), code=self.kwargs["code"])
        self.kicker = self.agency.short

    def title(self) -> str:
        return f"{self.here} {self.agency.short}"

    def back_arguments(self) -> Sequence[Any]:
        return [self.agency.code]

    def above(self) -> Breadcrumbs:
        return [("Agencies", reverse("agencies")), (self.agency.short, self.back_url)]


class CloseAgency(AgencyAction):
    form_class = CloseForm
    template_name = "account/people/agency_close.html"
    button = "Close the agency"
    intro = (
        "The TIP Office will no longer consult this agency. Open work moves to its successor. Its positions, and "
        "decisions on them, stay under its name."
    )
    here = "Close"
    consequence = "Nothing was closed."

    def load(self) -> None:
        super().load()
        self.heading = f"Close {self.agency.name}?"

    def redirect_reason(self) -> str:
        # A form that was sent is shown again with its error, so that nothing typed is lost.
        return "" if self.agency.is_active or self.request.method == "POST" else f"{self.agency} is already closed."

    def form_arguments(self) -> dict[str, Any]:
        return {"agency": self.agency}

    def perform(self, values: Mapping[str, Any]) -> None:
        moved = people_agencies.close_agency(agency=self.agency, actor=self.actor, **values)
        counts = ", ".join(f"{kind.label}: {kind.count}" for kind in moved)
        self.done = f"{self.agency} has been closed. Moved to {values['successor']}: {counts}."

    def get_context(self) -> dict[str, Any]:
        accounts = queries.accounts().filter(agency=self.agency)
        return super().get_context() | {"accounts": accounts, "labels": succession.labels()}


class ReopenAgency(AgencyAction):
    button = "Reopen the agency"
    here = "Reopen"
    consequence = "Nothing was reopened."

    def load(self) -> None:
        super().load()
        self.kicker = f"{self.agency.short}, closed"
        self.heading = f"Reopen {self.agency.name}?"
        self.intro = (
            f"The TIP Office can consult this agency again. What moved to {self.agency.successor} stays there, so "
            "invite its reviewers or move them back yourself."
        )
        self.done = f"{self.agency} has been reopened. Invite its reviewers."

    def redirect_reason(self) -> str:
        return f"{self.agency} is already open." if self.agency.is_active else ""

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("Why it was closed", self.agency.successor_reason)]

    def perform(self, values: Mapping[str, Any]) -> None:
        if not people_agencies.reopen_agency(code=self.agency.code, actor=self.actor):
            self.unchanged = f"{self.agency} is already open."
