"""The list of partnerships: its picture, its sentence, and the columns of its exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cpc.web import charts, formats
from cpc.web.charts import Chart
from cpc.web.exports import Field
from partnerships.limit_position import Standing
from partnerships.limit_presenters import Line, term_of


def gantt(standings: Sequence[Standing], today: date) -> Chart:
    """The terms of the listed partnerships against their limits."""
    terms = [term_of(standing, today) for standing in standings]
    return charts.gantt(
        "terms", "Terms of the listed partnerships and their limits", *_terms_words(standings, today), terms, today
    )


def _terms_words(standings: Sequence[Standing], today: date) -> tuple[str, str]:
    """What is past the limit; and who cannot be extended without an exception."""
    past = [row for row in standings if row.months_over]
    if not past:
        finding = "No listed term goes past its limit."
    elif len(past) == 1:
        finding = f"Only {past[0].partnership.country.name} goes past the limit, by {past[0].months_over} months."
    else:
        finding = f"{formats.in_words(len(past))} of {len(standings)} listed terms go past the limit."
    full = [
        row.partnership.country.name
        for row in standings
        if row.is_in_force
        and row.partnership.ends_on
        and row.partnership.ends_on >= today
        and row.partnership.ends_on == row.lawful_end
    ]
    if not full:
        return finding, ""
    if len(full) > 6:
        return finding, f"{len(full)} terms use all months there are; extending any needs an exception first."
    verb = "uses" if len(full) == 1 else "use"
    return finding, f"{_joined(full)} {verb} all months there are, so an extension needs an exception first."


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


FIELDS: tuple[Field[Line], ...] = (
    Field("Country", lambda row: row.name, 24),
    Field("Code", lambda row: row.partnership.country.code, 8),
    Field("Title", lambda row: row.partnership.title, 40),
    Field("Record", lambda row: row.partnership.get_kind_display(), 26),
    Field("Status", lambda row: row.status, 16),
    Field("Status as of", lambda row: row.partnership.status_as_of, 14),
    Field("Starts", lambda row: row.partnership.starts_on, 12),
    Field("Planned end", lambda row: row.standing.planned_end, 12),
    Field("Ends", lambda row: row.partnership.ends_on, 12),
    Field("Policy allows until", lambda row: row.standing.policy_end, 16),
    Field("Exception allows until", lambda row: row.standing.exception_end, 16),
    Field("Months over the policy", lambda row: row.standing.months_over, 12),
    Field("Planned, USD", lambda row: row.standing.planned, 16),
    Field("Obligated, USD", lambda row: row.standing.obligated, 16),
    Field("Disbursed, USD", lambda row: row.standing.disbursed, 16),
    Field("Latest stated total, USD", lambda row: row.standing.stated.amount if row.standing.stated else None, 16),
    Field("Stated", lambda row: row.statement, 24),
    Field("Source of the statement", lambda row: row.standing.stated.source if row.standing.stated else "", 40),
    Field("Policy limit, USD", lambda row: row.standing.policy_funding, 16),
    Field("Exception limit, USD", lambda row: row.standing.exception_funding, 16),
    Field("Against the limits", lambda row: row.limits.text, 40),
    Field("Partner's contribution as stated", lambda row: row.contribution, 40),
    Field("Overdue", lambda row: row.standing.overdue, 10),
    Field("Needs attention", lambda row: "; ".join(mark.text for mark in row.marks), 40),
)
