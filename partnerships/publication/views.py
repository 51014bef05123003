from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.parameters import check_parameters
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.buttons import ButtonAction
from partnerships.form_parts.base import RowForm
from partnerships.models import (
    Document,
    Partnership,
    Program,
    PublishedActivity,
    PublishedDocument,
    SectorSplit,
    Withholding,
    WithholdingKind,
)
from partnerships.page_frame import Context, PartnershipAction, Visit, get_partnership_or_404, partnership_page
from partnerships.publication import presenters, services
from partnerships.publication.assembly import Publication, assemble, portfolio
from partnerships.publication.elements import summary_of
from partnerships.publication.forms import (
    DefaultsForm,
    DescriptionForm,
    DocumentForm,
    OrganizationsForm,
    SectorForm,
    WithholdingDecisionForm,
    WithholdingForm,
)
from partnerships.publication.iati_file import MEDIA_TYPE
from partnerships.publication.queries import determinations_of, organization_names, published_row
from partnerships.withheld import same, sees_withheld

PAGE = "partnership-publication"


@partnership_page("publication/publication.html", PAGE, "Publication", documented=True)
def publication(visit: Visit) -> Context:
    """Show what a publisher would see, element by element, with its checks and what is withheld."""
    partnership, user, today = visit.partnership, visit.user, visit.today
    found = _publication(partnership, today)
    sees, edits = sees_withheld(user), visit.may_edit
    lines, count = _lines(found)
    rows = determinations_of(partnership)
    return {
        "publication": found,
        "heading": presenters.heading(found),
        "lede": presenters.lede(found),
        "summary": summary_of(found.elements),
        "table": presenters.elements_table(partnership, user),
        "checks": presenters.checks(found.checks),
        "determinations": presenters.determinations(
            rows,
            presenters.PageReader(user, sees, edits, user.allows(Permission.APPROVE_PARTNERSHIPS)),
            found.outside,
            today,
        ),
        "withheld_table": presenters.withheld_table(partnership, edits=edits),
        "by_rule": [item for item in found.outside.items if item.determination is None],
        "sees": sees,
        "edits": edits,
        "documents": _documents(partnership) if edits else [],
        "programs": _programs(partnership) if edits else [],
        "next_quarter": presenters.next_quarter(today),
        "lines": lines,
        "line_count": count,
        "first": min(count, presenters.FIRST_LINES),
    }


def _publication(partnership: Partnership, today: date) -> Publication:
    return assemble([partnership], today)[0]


def _lines(found: Publication) -> tuple[str, int]:
    try:
        return presenters.first_lines(found.file())
    except ValidationError as error:
        return " ".join(error.messages), 0


def _programs(partnership: Partnership) -> list[tuple[int, str]]:
    """Return the key and title of each program; key 0 for a partnership of which none is on record."""
    programs = Program.objects.filter(partnership=partnership, withdrawn=False).order_by("pk")
    return list(programs.values_list("pk", "title")) or [(0, "the partnership")]


def _documents(partnership: Partnership) -> list[tuple[Document, PublishedDocument | None]]:
    return [(row, published_row(row)) for row in partnership.documents.select_related("published")]


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def iati_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the IATI file of a partnership, as the record is now."""
    check_parameters(request, ())
    found = _publication(get_partnership_or_404(pk), timezone.now().date())
    return _download(request, found, f"iati-{found.facts.identifier.lower()}.xml", PAGE, pk)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def portfolio_page(request: HttpRequest) -> HttpResponse:
    check_parameters(request, ())
    file = portfolio(timezone.now().date())
    context = {
        "heading": presenters.portfolio_heading(file),
        "table": presenters.portfolio_table(),
        "rows": [*file.left_out, *file.included],
        "file": file,
    }
    return render(request, "partnerships/publication/portfolio.html", context)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def portfolio_file(request: HttpRequest) -> HttpResponseBase:
    check_parameters(request, ())
    return _download(request, portfolio(timezone.now().date()), "iati-portfolio.xml", "publication")


def _download(request: HttpRequest, source: Any, name: str, back: str, *keys: int) -> HttpResponseBase:
    """Send the file of a publication, or lead back with the reason why there is none."""
    try:
        data = source.file()
    except ValidationError as error:
        messages.error(request, formats.as_shown(" ".join(error.messages)))
        return redirect(back, *keys)
    response = HttpResponse(data, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class PublicationAction(PartnershipAction):
    """Base of the actions of publication, which documented partnerships have, too."""

    back = PAGE

    def load(self) -> None:
        self.partnership = get_partnership_or_404(self.kwargs["pk"])
        self.kicker = f"{self.partnership.country.name}{' (sample)' if self.partnership.is_sample else ''}"

    def blocked_reason(self) -> str:
        return ""


class PublicationEntryAction(PublicationAction):
    """Base of the forms of one row, which may not be there yet."""

    form: RowForm

    def get_row(self) -> Any:
        raise NotImplementedError

    def form_arguments(self) -> dict[str, Any]:
        return super().form_arguments() | {"instance": self.get_row()}


class Describe(PublicationEntryAction):
    form_class = DescriptionForm
    heading = "Describe the activity for the public"
    button = "Save the description"
    done = "The description is saved."
    intro = "It goes out as written, with names and locations that are withheld replaced."

    def get_row(self) -> PublishedActivity:
        found = PublishedActivity.objects.filter(partnership=self.partnership).first()
        return found or PublishedActivity(partnership=self.partnership)

    def perform(self, values: Mapping[str, Any]) -> None:
        services.edit_activity(
            partnership=self.partnership,
            values=values,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class ConfirmDefaults(Describe):
    form_class = DefaultsForm
    heading = "Confirm the defaults"
    button = "Confirm the defaults"
    done = "The defaults are confirmed."
    intro = "They hold for every transaction. Usual are ODA, standard grant, project, untied, and bilateral."

    def get_initial(self) -> dict[str, Any]:
        row = self.get_row()
        usual = {"flow_type": "10", "finance_type": "110", "aid_type": "C01", "tied_status": "5"}
        return {} if row.confirmed_on else usual | {"collaboration_type": "1"}


class ChooseSectors(PublicationEntryAction):
    form_class = SectorForm
    heading = "Choose the sectors"
    button = "Confirm the sectors"
    done = "The sectors are confirmed."
    intro = (
        "Up to three sectors, in percent of the program's money; they add up to 100. Usual are 15130 for prosecution, "
        "16010 or 15160 for protection, and 16070 or 15160 for prevention."
    )
    program: Program | None = None

    def load(self) -> None:
        super().load()
        key = self.kwargs["program"]
        programs = Program.objects.filter(partnership=self.partnership, withdrawn=False)
        if key:
            self.program = get_object_or_404(programs, pk=key)
            self.heading = f"Choose the sectors of “{self.program.title}”"
        elif programs.exists():
            raise Http404
        self.here = "Sectors"

    def get_row(self) -> SectorSplit:
        found = SectorSplit.objects.filter(partnership=self.partnership, program=self.program).first()
        return found or SectorSplit(partnership=self.partnership, program=self.program, percent=services.HUNDRED)

    def perform(self, values: Mapping[str, Any]) -> None:
        services.set_sectors(
            partnership=self.partnership,
            program=self.program,
            values=values,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class ChooseOrganizations(PublicationAction):
    form_class = OrganizationsForm
    form: OrganizationsForm
    heading = "Choose the types of organizations"
    button = "Save the types"
    done = "The types are saved."
    intro = "Partner bodies are governments unless you choose another type. An identifier goes out only with the name."

    def form_arguments(self) -> dict[str, Any]:
        names = organization_names(self.partnership)
        rows = {same(row.name): row for row in self.partnership.published_organizations.all()}
        entered = {name: rows[same(name)] for name in names if same(name) in rows}
        return super().form_arguments() | {"names": names, "entered": entered}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.set_organizations(
            partnership=self.partnership,
            chosen=self.form.chosen,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )


class PublishDocument(PublicationEntryAction):
    form_class = DocumentForm
    button = "Save"
    done = "Saved."
    here = "Document"
    document: Document

    def load(self) -> None:
        super().load()
        self.document = get_object_or_404(self.partnership.documents, pk=self.kwargs["document"])
        self.heading = f"Publish “{self.document.title}”"
        self.intro = "The file stays here. What goes out is a link to the public address, with the title and the day."

    def get_row(self) -> PublishedDocument:
        return published_row(self.document) or PublishedDocument(document=self.document)

    def perform(self, values: Mapping[str, Any]) -> None:
        services.publish_document(
            document=self.document, values=values, actor=self.actor, expected_revision=self.form.expected_revision
        )


class ProposeWithholding(PublicationAction):
    form_class = WithholdingForm
    parameters = ("kind", "item")
    heading = "Propose a determination"
    button = "Propose it"
    done = "It is proposed. An approver decides."
    intro = (
        "Names of civil society and other expert recipients, of sub-awards, and of other implementers, and locations "
        "nearer than a region are withheld without a determination. What you propose to withhold is withheld at once."
    )

    def get_initial(self) -> dict[str, Any]:
        kind, item = self.request.GET.get("kind", ""), self.request.GET.get("item", "")
        if kind not in WithholdingKind.values or not item:
            return {}
        return {"kind": kind, "item": item, "effect": "release"}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.propose_withholding(partnership=self.partnership, actor=self.actor, **values)


class OneWithholding(PublicationAction):
    """Base of the actions on a proposal."""

    withholding: Withholding

    def load(self) -> None:
        super().load()
        self.withholding = get_object_or_404(self.partnership.withholdings, pk=self.kwargs["withholding"])

    def redirect_reason(self) -> str:
        is_open = self.request.method == "POST" or self.withholding.is_open
        return "" if is_open else f"It is decided: {self.withholding.get_state_display().lower()}."


class DecideWithholding(OneWithholding):
    """Determine or reject a proposal. Whoever proposed it can do neither."""

    permission = Permission.APPROVE_PARTNERSHIPS
    form_class = WithholdingDecisionForm
    heading = "Decide what leaves the office"
    button = "Record the decision"
    done = "The decision is recorded."
    intro = "A determination holds at once in the IATI file, in REST, and in documents for readers outside."
    here = "Decision"

    def facts(self) -> Sequence[tuple[str, Any]]:
        row = self.withholding
        return [
            ("Proposed", f"{row.get_effect_display()}: {row.get_kind_display().lower()}, “{row.item}”"),
            ("Ground", row.get_ground_display() or formats.DASH),
            ("Reason", row.reason),
            ("Prints instead", row.prints_instead or formats.DASH),
            ("Review by", formats.day(row.review_on)),
            ("By", f"{row.proposed_by}, {formats.day(row.at)}"),
        ]

    def blocked_reason(self) -> str:
        return why_not_decide(self.withholding, self.actor) if self.withholding.is_open else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        services.take_withholding_step(
            withholding=self.withholding, name=values["decision"], reason=values["reason"], actor=self.actor
        )


class RetractWithholding(OneWithholding, ButtonAction):
    permission = Permission.EDIT_PARTNERSHIPS
    form_class: type[ActionForm] = ButtonAction.form_class
    done = "The proposal is retracted."

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def perform(self, values: Mapping[str, Any]) -> None:
        services.take_withholding_step(withholding=self.withholding, name="retract", actor=self.actor)
