"""Presentation of a round: figures, rows, and badges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.findings import Finding, errors
from cpc.fiscal_years import fiscal_year
from cpc.lifecycle import Transition, step_findings
from cpc.web import charts, formats
from cpc.web.badges import status
from cpc.web.charts import Chart
from cpc.web.lists import ListPage, declare
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from cpc.web.templatetags.web import when
from selection.candidates.presenters import ANSWERS
from selection.candidates.queries import RoundPage, ScoredCandidate
from selection.model_definition.statutory_criteria import StatutoryAnswer, StatutoryCriterion
from selection.models import Candidate, PoolReason, RoundState, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.ranking.presenters import shared as shared_presenters
from selection.rounds.preconditions import ROUND_CHECKS
from selection.runs.verdicts import Fact

STATE_MARKS: Mapping[str, str] = {
    RoundState.DRAFT: "none",
    RoundState.SCREENING: "info",
    RoundState.SCORING: "info",
    RoundState.CONSULTATION: "info",
    RoundState.DELIBERATION: "info",
    RoundState.DECIDED: "good",
    RoundState.ARCHIVED: "none",
}
BAR_WIDTH = 150


def usual(today: dt.date) -> dict[str, Any]:
    """Return defaults for a new round: the next fiscal year (from October 1) and the usual pool rule."""
    return {"fiscal_year": fiscal_year(today) + 1, "reference_date": today, **PoolRule().to_dict(), "only": ""}


def facts(page: RoundPage) -> list[Fact]:
    size, run = len(page.candidates), page.run
    ranked = sum(1 for scored in page.candidates if scored.row and scored.row.rank is not None)
    return [
        Fact("Candidates", str(size) if size else "None yet", f"{sum(n for _, n in page.left_out)} left out"),
        Fact("With a rank", str(ranked) if run else formats.DASH, _of_score(page)),
        *([Fact("Meet the statute", f"{_meet(page)} of {size}", "both criteria of 7103a(d)(5)")] if run else []),
        Fact(
            "Evidence",
            f"No. {page.round.as_of}",
            formats.count_of(page.newer, "newer publication") if page.newer else "the newest",
        ),
        Fact("Model", f"Version {page.round.model.number}", page.round.model.title),
    ]


def _of_score(page: RoundPage) -> str:
    if page.run is None:
        return "not scored yet"
    provisional = sum(scored.is_provisional for scored in page.candidates)
    return f"score {page.run.number}{f', {provisional} provisional' if provisional else ''}"


def _meet(page: RoundPage) -> int:
    criteria = (page.statutory_criteria.get(scored.candidate.pk, ()) for scored in page.candidates)
    return sum(
        bool(statutory) and all(criterion.answer is StatutoryAnswer.MET for criterion in statutory)
        for statutory in criteria
    )


def blocking_findings(
    selection_round: SelectionRound, steps: Sequence[Transition], on: dt.date
) -> list[tuple[str, list[Finding]]]:
    held = [(step.label, errors(step_findings(ROUND_CHECKS, step.name, selection_round, on))) for step in steps]
    return [(label, findings) for label, findings in held if findings]


class StatutoryBadge(NamedTuple):
    """Badge of a statutory criterion beside a score: `short` fits a row, `text` is the full text."""

    kind: str
    short: str
    text: str


def statutory_badges(criteria: Sequence[StatutoryCriterion]) -> list[StatutoryBadge]:
    return [
        StatutoryBadge(
            kind,
            f"{criterion.key.replace('_', ' ').capitalize()} {answer}",
            f"{criterion.label} ({criterion.citation}): {answer}. {criterion.description}",
        )
        for criterion in criteria
        for kind, answer in [ANSWERS[criterion.answer]]
    ]


def row(scored: ScoredCandidate, page: RoundPage) -> dict[str, Any]:
    score_row, ranking = scored.row, page.ranking
    code = scored.candidate.country.code
    shown: dict[str, Any] = {
        "candidate": scored.candidate,
        "row": score_row,
        "name": scored.name,
        "badges": statutory_badges(page.statutory_criteria.get(scored.candidate.pk, ())),
        "screen": page.screen_ranks.get(code),
    }
    if score_row is None or ranking is None:
        return shown
    return shown | {
        "note": _note(scored),
        "unknown": _unknown(scored),
        "first": scored.doubt.first if scored.doubt else None,
        "tier": shared_presenters.tier(score_row.tier, score_row.tier_quality),
        "interval": _interval(scored),
        "interval_mark": charts.rank_interval(score_row.rank, score_row.low, score_row.high, len(ranking.ranked))
        if score_row.rank is not None
        else "",
        "need_bar": charts.axis_bar(score_row.need, "need"),
        "feasibility_bar": charts.axis_bar(score_row.feasibility, "feas"),
    }


def _interval(scored: ScoredCandidate) -> str:
    score_row, doubt = scored.row, scored.doubt
    low, high = (doubt.low, doubt.high) if doubt else (score_row.low, score_row.high) if score_row else (None, None)
    if low is None:
        return formats.DASH
    span = formats.span(str(low), str(high))
    return f"place {span}" if scored.is_provisional else span


def _note(scored: ScoredCandidate) -> str:
    score_row, doubt = scored.row, scored.doubt
    if score_row is None:
        return ""
    parts = []
    if scored.is_provisional:
        rank_text = f", would rank {doubt.place}" if doubt and doubt.place else ""
        parts.append(f"Provisional{rank_text}: {score_row.reason}")
    elif score_row.rank is None:
        parts.append(score_row.reason)
    if doubt and doubt.apart:
        parts.append(f"Outside the pool of the desk screen: {doubt.apart}")
    return " ".join(parts)


def _unknown(scored: ScoredCandidate) -> str:
    doubt = scored.doubt
    if doubt is None:
        return ""
    counts = [(doubt.unrated, "not rated"), (doubt.filled, "from similar countries")]
    return ", ".join(f"{count} {label}" for count, label in counts if count) or "all known"


def scatter(page: RoundPage) -> Chart | None:
    return shared_presenters.scatter(page.ranking) if page.ranking and len(page.ranking.ranked) > 1 else None


# ---- lists ---------------------------------------------------------------------------------------------------------

ROUNDS_LIST = declare(ListPage("rounds", "Rounds", "round", "rounds", "rounds"))
POOL_LIST = declare(ListPage("pool", "Pool of a round", "country", "countries", "round-pool", filters=("q", "because")))
ROUNDS: Table[SelectionRound] = Table(
    "Rounds",
    [
        Column(
            "Round",
            lambda found: link(reverse("round", args=[found.pk]), found.title),
            detail=lambda found: formats.fiscal_year(found.fiscal_year),
        ),
        Column("State", lambda found: status(STATE_MARKS[found.state], found.get_state_display())),
        Column(
            "Candidates",
            lambda found: None if found.state == RoundState.DRAFT else getattr(found, "pool_size", None),
            "number",
        ),
        Column("Model", lambda found: link(reverse("model", args=[found.model_id]), str(found.model))),
        Column(
            "Evidence",
            lambda found: f"No. {found.as_of}",
            detail=lambda found: when(found.as_of_at, "moment") if found.as_of_at else "",
        ),
        Column("Opened", lambda found: when(found.at), detail=lambda found: str(found.opened_by or "by the system")),
    ],
    caption="Selection rounds",
    css="usa-table--hover",
    per_page=25,
    more=[
        Column("Fiscal year", lambda found: formats.fiscal_year(found.fiscal_year)),
        Column("Day of the rules", lambda found: found.reference_date, "day"),
        Column("Evidence as of", lambda found: found.as_of_at, "moment"),
        Column("Opened by", lambda found: str(found.opened_by or "the system")),
    ],
)


FIXED = (PoolReason.NOT_CANDIDATE, PoolReason.NOT_LISTED)
"""Reasons that no one can change by hand."""


def pool_table(selection_round: SelectionRound, *, may_move: bool) -> Table[Candidate]:
    """Return the table of a round's countries; `may_move` links each to the form that moves it."""

    def country(row: Candidate) -> SafeString:
        return link(reverse("country", args=[row.country.code]), row.country.name)

    def move(candidate: Candidate) -> SafeString | None:
        if candidate.excluded_because in FIXED:
            return None
        url = reverse("round-move", args=[selection_round.pk, candidate.country.code])
        return link(url, "Remove" if candidate.in_pool else "Add", f": {candidate.country.name}")

    columns: list[Column[Candidate]] = [
        Column("Country", country),
        Column("Status", lambda row: status("good" if row.in_pool else "none", row.get_excluded_because_display())),
        Column("Why", lambda row: row.reason or "Meets the rule.", detail=_moved, css="is-wide"),
    ]
    if may_move:
        columns.append(Column("Change", move, is_action=True))
    caption = "Countries of the round, with the reason each other country is left out"
    more: list[Column[Candidate]] = [
        Column("Code", lambda row: row.country.code, width=8),
        Column("Region", lambda row: row.country.region),
        Column("By hand", lambda row: row.by_hand, html=lambda row: format_html("{}", formats.plain(row.by_hand))),
    ]
    return Table("Pool", columns, caption=caption, css="usa-table--hover", per_page=50, more=more)


def _moved(row: Candidate) -> SafeString | str:
    moves = list(row.moves.all())
    if not row.by_hand or not moves:
        return ""
    last = moves[-1]
    return format_html("By hand, {}, {}", last.actor, when(last.at))
