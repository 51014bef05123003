"""The frame of the pages of the selection: the round or a 404, breadcrumbs, and the bases of its actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.finding_targets import RecordKeys
from cpc.web.actions import ActionView, Breadcrumbs
from cpc.web.pages import TabRow
from selection.lookups.rounds import candidate_of, rounds
from selection.models import Candidate, SelectionRound

ROUND_TABS = TabRow("round")


Record = TypeVar("Record")


def or_404(record: Record | None) -> Record:
    """Return a record. Raise `Http404` for None: it does not exist, or this account does not see it."""
    if record is None:
        raise Http404
    return record


def round_or_404(request: HttpRequest, pk: int) -> SelectionRound:
    return get_object_or_404(rounds(user_of(request)), pk=pk)


def candidate_or_404(request: HttpRequest, pk: int, code: str) -> Candidate:
    return or_404(candidate_of(user_of(request), pk, code.upper()))


def record_keys_of(selection_round: SelectionRound, candidate: Candidate | None = None) -> RecordKeys:
    """Return the keys of a page of a round, or of one candidate, for the links from findings."""
    keys: dict[str, Any] = {"round": selection_round.pk}
    return keys | {"country": candidate.country.code} if candidate else keys


def breadcrumbs(selection_round: SelectionRound, *above: tuple[str, str]) -> Breadcrumbs:
    own = (selection_round.title, reverse("round", args=[selection_round.pk]))
    return [("Home", reverse("home")), ("Rounds", reverse("rounds")), own, *above]


class SelectionAction(ActionView):
    stylesheet = "css/selection.css"


class RoundAction(SelectionAction):
    back = "round"
    round: SelectionRound

    def load(self) -> None:
        self.round = round_or_404(self.request, self.kwargs["pk"])
        self.kicker = str(self.round)

    def back_arguments(self) -> Sequence[Any]:
        return [self.round.pk]

    def record_keys(self) -> RecordKeys:
        return record_keys_of(self.round)

    def breadcrumbs(self) -> Breadcrumbs:
        return breadcrumbs(self.round, *self.above())

    def above(self) -> Breadcrumbs:
        return ()

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"round": self.round}


class CandidateAction(RoundAction):
    candidate: Candidate

    def load(self) -> None:
        self.candidate = candidate_or_404(self.request, self.kwargs["pk"], self.kwargs["code"])
        self.round = self.candidate.round

    def record_keys(self) -> RecordKeys:
        return record_keys_of(self.round, self.candidate)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"candidate": self.candidate}
