"""Presentation of the head of a dossier."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.markup import fragment, link
from cpc.web.tables import Column, Table
from indicators.models import Country, USGProgram
from indicators.queries import program_status
from selection.candidates.queries import CandidateDoubt
from selection.countries.presenters.country import (
    known_facts,
)
from selection.countries.queries.country import CountryPage
from selection.models import Candidate
from selection.runs import labels
from selection.runs.rows import Ranking, RankingRow
from selection.runs.verdicts import Fact


def facts(candidate: Candidate, page: CountryPage, doubt: CandidateDoubt | None, *, sees_rank: bool) -> list[Fact]:
    """Return the candidate's figures: rank and score for the office, the score for a reviewer.

    `doubt` is the uncertainty of the score; None before there is one.
    """
    if doubt is not None and page.row is not None and page.row.score is not None:
        return _scored(candidate, page.row, doubt, page.ranking, sees_rank)
    return known_facts(page)


def _scored(
    candidate: Candidate, row: RankingRow, doubt: CandidateDoubt, ranking: Ranking | None, sees_rank: bool
) -> list[Fact]:
    ranked = len(ranking.ranked) if ranking else 0
    draws = f"draws of {labels.varied(ranking.table)}" if ranking else "draws"
    span = f"{formats.span(str(doubt.low), str(doubt.high), prose=True)} in 90% of {draws}" if doubt.low else ""
    if row.rank is None:
        rank_fact = Fact("No rank", "Provisional", f"place {doubt.place}; {span}" if span else row.reason)
    else:
        rank_fact = Fact("Rank in the round", f"{row.rank} of {ranked}", span)
    gaps = [(doubt.unrated, "not rated, drawn from 0 to 4"), (doubt.filled, "from similar countries")]
    note = ", ".join(f"{count} {label}" for count, label in gaps if count)
    return [
        *([rank_fact] if sees_rank else []),
        Fact("Score", formats.number(row.score, 1), "" if sees_rank else f"round {candidate.round.title}"),
        Fact("Need", formats.number(row.need, 1)),
        Fact("Feasibility", formats.number(row.feasibility, 1)),
        Fact("Criteria not known", str(doubt.unrated + doubt.filled), note or "all criteria are known"),
        *([Fact("Pool of the desk screen", "Outside", doubt.apart)] if doubt.apart and sees_rank else []),
    ]


def programs_table(country: Country, today: dt.date, *, sees_assessment: bool) -> Table[USGProgram]:
    def days(row: USGProgram) -> SafeString:
        return fragment("indicators/curated/_program_days.html", row=row, program_status=program_status(row, today))

    columns: list[Column[USGProgram]] = [
        Column("Program", lambda row: link(reverse("program", args=[row.pk]), row.title)),
        Column("Sector", lambda row: row.get_sector_display()),
        Column("Agency and implementer", lambda row: row.agency, detail=lambda row: row.implementer, phone="Agency"),
        Column("Days", days),
        Column("Amount", lambda row: "Not known" if row.amount is None else row.amount, "money"),
    ]
    if sees_assessment:
        columns.append(Column("Overlap", lambda row: row.assessment, css="is-wide"))
    return Table("Programs", columns, caption=f"U.S. programs in {country.name}")
