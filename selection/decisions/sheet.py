"""The sheet of recommendations: one row for each candidate, with action, reason, money, and term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django import forms

from cpc.accounts.models import User
from cpc.database.revisions import EditConflict
from cpc.web import formats
from cpc.web.actions import ActionForm
from cpc.web.sheets.kinds import FormData, RowKind, Sheet, SheetSection, Slot
from selection.decisions.forms import RecommendationForm
from selection.decisions.limits import limits_on
from selection.decisions.queries import Deliberated, deliberation, revision_of
from selection.decisions.services import recommend
from selection.models import Candidate, Recommendation, SelectionRound

FIXED = ("country", "score_and_rank")


class ColumnsForm(RecommendationForm):
    """The columns of the sheet: what names a candidate, and what the office recommends."""

    country = forms.CharField(label="Candidate", required=False)
    score_and_rank = forms.CharField(label="Score, rank", required=False)

    field_order = ("country", "score_and_rank", "action", "proposed_amount", "proposed_months", "place", "rationale")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("proposed_amount", "Amount, USD"), ("proposed_months", "Months"), ("place", "Order")):
            self.fields[name].label = label
        self.fields["rationale"].label = "Why"
        self.fields["funding"].label = "Source of funds"


class CandidateRows(RowKind):
    """One row for each candidate. Saving it supersedes the recommendation before, if there is one."""

    key, noun, plural = "candidate", "candidate", "candidates"
    adds = removes = False
    named_by = title_column = "country"
    slots = (
        Slot("score_and_rank"),
        Slot("action"),
        Slot("proposed_amount"),
        Slot("proposed_months"),
        Slot("place"),
        Slot("rationale", style="w-long"),
        Slot("funding"),
    )

    def __init__(self, selection_round: SelectionRound, actor: User) -> None:
        self.round, self.actor = selection_round, actor

    @cached_property
    def lines(self) -> dict[int, Deliberated]:
        return {line.candidate.pk: line for line in deliberation(self.round)}

    def records(self) -> Sequence[Candidate]:
        return [line.candidate for line in self.lines.values()]

    def current(self, record: Candidate) -> Recommendation | None:
        return self.lines[record.pk].recommendation

    def revision(self, record: Candidate) -> str:
        return revision_of(self.current(record))

    def names(self, record: Candidate) -> Sequence[str]:
        return (record.country.name,)

    def make_form(self, record: Candidate | None, data: FormData | None) -> ActionForm:
        if record is None:
            return ColumnsForm(data)
        return ColumnsForm(data, initial=RecommendationForm.initial_of(self.current(record)))

    def locked(self, record: Candidate) -> Mapping[str, str]:
        row = self.lines[record.pk].scored.row
        rank = f", rank {row.rank}" if row and row.rank is not None else ""
        score_and_rank = f"{formats.number(row.score, 1)}{rank}" if row else "Not scored"
        return {"country": record.country.name, "score_and_rank": score_and_rank}

    def change(self, record: Candidate, values: Mapping[str, Any], expected_revision: str) -> Recommendation:
        given = {name: value for name, value in values.items() if name not in FIXED}
        try:
            return recommend(candidate=record, actor=self.actor, expected_revision=expected_revision, **given)
        except EditConflict:
            del self.lines  # read again what counts now
            raise


def recommendations_sheet(selection_round: SelectionRound, actor: User, today: date) -> Sheet:
    limits = limits_on(today)
    note = (
        f"The policy allows up to {formats.dollars(limits.funding)} over {limits.months} months. A selection needs an "
        "amount and a term; a shortlist may have them. Leave a row empty to recommend nothing yet. The reasons print "
        "in the memo: enter nothing about an individual child."
    )
    section = SheetSection("Candidates", [CandidateRows(selection_round, actor)], note=note)
    return Sheet("recommendations", f"round {selection_round.pk}", "Recommendations", [section])
