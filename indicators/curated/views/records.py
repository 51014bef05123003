"""Base pages of programs and plans: add, replace, withdraw, and download the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web.actions import Breadcrumbs
from indicators.curated import services
from indicators.curated.forms import CloseForm, CuratedForm
from indicators.models import NationalPlan, USGProgram
from indicators.page_frame import DataAction

CuratedRow = USGProgram | NationalPlan


@dataclass(frozen=True, slots=True)
class CuratedKind:
    model: type[USGProgram] | type[NationalPlan]
    form: type[CuratedForm]
    noun: str
    plural: str
    url: str
    more: Callable[[], dict[str, Any]] = dict

    def get(self, pk: int) -> CuratedRow:
        rows: QuerySet[Any] = self.model._default_manager.select_related("country", "recorded_by", "superseded_by")
        row: CuratedRow = get_object_or_404(rows, pk=pk)
        return row


class CuratedAction(DataAction):
    permission = Permission.RECORD_PROGRAMS
    kind: CuratedKind

    def above(self) -> Breadcrumbs:
        return [(self.kind.plural.capitalize(), reverse(self.kind.plural))]


class AddRecord(CuratedAction):
    parameters = ("country",)
    template_name = "indicators/curated/record_form.html"
    intro = "It takes effect when you add it. You can replace or withdraw it later; every version stays on file."
    here = "Add"

    def load(self) -> None:
        noun = self.kind.noun
        self.form_class, self.back = self.kind.form, self.kind.plural
        self.heading, self.button = f"Add a {noun}", f"Add the {noun}"
        self.done = f"The {noun} was added."

    def get_initial(self) -> dict[str, Any]:
        return {"country": self.request.GET.get("country", "")}

    def perform(self, values: Mapping[str, Any]) -> str:
        made: CuratedRow = services.record_row(row=self.kind.model(**values), actor=self.actor)
        return reverse(self.kind.url, args=[made.pk])

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | self.kind.more()


class RecordAction(CuratedAction):
    row: CuratedRow

    def load(self) -> None:
        self.row = self.kind.get(self.kwargs["pk"])
        self.back = self.kind.url
        self.kicker = self.row.country.name

    def title(self) -> str:
        return f"{self.here}, {self.row.title}"

    def back_arguments(self) -> Sequence[Any]:
        return [self.kwargs["pk"]]

    def above(self) -> Breadcrumbs:
        return [*super().above(), (self.row.title, self.back_url)]


class ReplaceRecord(RecordAction):
    template_name = "indicators/curated/record_form.html"
    intro = "Your version takes effect when you save it. The earlier version stays on file with your reason."
    here = "Replace"
    done = "Replaced. The earlier version is in the version history below."
    form: CuratedForm
    newest: CuratedRow  # the version that was last recorded, if another one has replaced that of the URL

    def load(self) -> None:
        super().load()
        self.newest = self.row
        while newer := getattr(self.newest, "replaced_by", None):
            self.newest = newer
        self.form_class = self.kind.form
        self.heading = self.button = f"Replace the {self.kind.noun}"

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.row.is_live:
            return ""
        return f"You can replace only the current version of the {self.kind.noun}; this one is no longer current."

    def form_arguments(self) -> dict[str, Any]:
        return {"replaces": self.newest}

    def perform(self, values: Mapping[str, Any]) -> str:
        reason = self.form.cleaned_data["reason"]
        now: CuratedRow = services.replace_row(
            row=self.newest,
            values=values,
            reason=reason,
            actor=self.actor,
            expected_revision=self.form.expected_revision,
        )
        if now.pk == self.newest.pk:
            self.unchanged = "Your values match the recorded version. Nothing was changed."
        return reverse(self.kind.url, args=[now.pk])

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"row": self.row, "kind": self.kind, **self.kind.more()}


class WithdrawRecord(RecordAction):
    form_class = CloseForm
    intro = (
        "It no longer appears in lists and sums, but stays on file with your reason. Earlier decisions based on it "
        "don't change."
    )
    here = "Withdraw"
    leave = "Don't withdraw"
    consequence = "Nothing was withdrawn."

    def load(self) -> None:
        super().load()
        self.heading = f"Withdraw “{self.row.title}”?"
        self.button = f"Withdraw the {self.kind.noun}"
        self.done = f"The {self.kind.noun} was withdrawn. It stays on file with the reason."

    def redirect_reason(self) -> str:
        if self.request.method == "POST" or self.row.is_live:
            return ""
        return f"You can withdraw only the current version of the {self.kind.noun}; this one is no longer current."

    def perform(self, values: Mapping[str, Any]) -> None:
        services.withdraw_row(row=self.row, reason=values["reason"], actor=self.actor)


def document(request: HttpRequest, kind: CuratedKind, pk: int) -> FileResponse:
    """Return a row's document, always as a download. Raises `Http404` if it has none."""
    check_parameters(request, ())
    row = kind.get(pk)
    name = row.document.name or ""
    if not name or not row.document.storage.exists(name):
        raise Http404
    response = FileResponse(
        row.document.open("rb"),
        as_attachment=True,
        filename=PurePath(name).name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
