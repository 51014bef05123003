"""Pages to record that a publisher has not published an edition, and to withdraw that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from indicators.models import Source, UnpublishedEdition
from indicators.observations import services
from indicators.observations.forms import UnpublishedForm, WithdrawUnpublishedForm
from indicators.observations.presenters import unpublished_sentence
from indicators.observations.published import dating_of
from indicators.observations.unpublished import first_unpublished, newest_year
from indicators.page_frame import DataAction


class SourceAction(DataAction):
    """Base of an action on a source; leads back to its statements."""

    permission = Permission.IMPORT_DATA
    back = "source#not-published"
    source: Source

    def back_arguments(self) -> Sequence[Any]:
        return [self.source.key]

    def above(self) -> Breadcrumbs:
        return [(self.source.title, reverse("source", args=[self.source.key]))]


class RecordUnpublished(SourceAction):
    """Page to record that an edition is not published; `?edition=` names it."""

    parameters = ("edition",)
    form_class = UnpublishedForm
    heading = "Record that an edition is not published"
    button = "Record that it is not published"
    intro = (
        "A ranking can count an edition that is due and not loaded as a doubt. Your statement ends that, until someone "
        "withdraws it: the next ranking takes the newest loaded edition as current, with no new data. Once the edition "
        "is loaded, the statement has no effect."
    )

    def load(self) -> None:
        self.source = get_object_or_404(Source, key=self.kwargs["key"])
        self.kicker = f"{self.source.publisher}, {self.source.title}"

    def facts(self) -> Sequence[tuple[str, Any]]:
        facts = [("Newest values loaded", newest_year(self.source) or "None")]
        rule = dating_of(self.source.key).rule_text
        return [*facts, ("Publication dates", rule)] if rule else facts

    def get_initial(self) -> dict[str, Any]:
        edition = self.request.GET.get("edition", "") or first_unpublished(self.source, self.today)
        return {"edition": edition, "as_of": self.today}

    def perform(self, values: Mapping[str, Any]) -> None:
        made = services.record_unpublished(source=self.source, actor=self.actor, **values)
        day = formats.day(made.as_of)
        self.done = f"It is on record that edition {made.edition} was not published as of {day}."


class WithdrawUnpublished(SourceAction):
    form_class = WithdrawUnpublishedForm
    button = "Withdraw the statement"
    here = "Withdraw"
    leave = "Don't withdraw"
    consequence = "Nothing was withdrawn."
    intro = "Rankings can then count the edition as due and not loaded. Rankings already computed don't change."
    statement: UnpublishedEdition

    def load(self) -> None:
        rows = UnpublishedEdition.objects.get_queryset().select_related("source", "recorded_by")
        self.statement = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.source = self.statement.source
        self.kicker = self.source.title
        self.heading = f"Withdraw the statement on edition {self.statement.edition}?"
        self.done = (
            f"The statement on edition {self.statement.edition} was withdrawn. It stays on file with your reason."
        )

    def title(self) -> str:
        return f"Withdraw the statement on edition {self.statement.edition}, {self.source.title}"

    def redirect_reason(self) -> str:
        if self.statement.is_live:
            return ""
        return "This statement was already withdrawn. Nothing changed."

    def facts(self) -> Sequence[tuple[str, Any]]:
        return [("The statement", unpublished_sentence(self.statement))]

    def perform(self, values: Mapping[str, Any]) -> None:
        services.withdraw_unpublished(statement=self.statement, reason=values["reason"], actor=self.actor)
