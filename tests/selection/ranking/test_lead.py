"""Lead of a ranking with all-in draws in each of its states."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from selection.model_definition.criteria_table import ModelTable
from selection.ranking.presenters import folds
from selection.ranking.presenters.lead import finding_of, newest_overdue
from selection.ranking.queries.listing import PROVISIONAL, RANKED
from selection.runs.queries.all_in import (
    AllInFindings,
    GroupOutcome,
    OverdueEdition,
    Unconfirmed,
    UnpublishedStatement,
)
from selection.runs.rows import Ranking
from selection.runs.verdicts import Fact
from tests.support.fragments import bold_and_rest, fragment_text
from tests.support.rows import former_table, ranking, ranking_row

NAMES = ("Uganda", "Nigeria", "Malawi", "Zambia", "Tanzania", "Ghana", "Angola")
"""Names of the first countries by rank; a sentence names them by alphabet."""


def ranked(count: int = 81) -> Ranking:
    rows = [
        ranking_row(f"C{n:02d}", NAMES[n - 1] if n <= len(NAMES) else "", rank=n, group="open", p20=0.5)
        for n in range(1, count + 1)
    ]
    return ranking(rows)


def outcome(inside: int, open_: int, out: int, width: float | None = 47.0) -> GroupOutcome:
    """Return an outcome in which the first `inside` countries by rank are firmly in."""
    return GroupOutcome(
        {"in": inside, "open": open_, "out": out}, tuple(f"C{n:02d}" for n in range(1, inside + 1)), width
    )


def report(year: int, source: str = "tip", title: str = "Trafficking in Persons Report") -> OverdueEdition:
    return OverdueEdition("tier", source, title, str(year), dt.date(year, 6, 30))


def findings(
    now: GroupOutcome,
    settled: GroupOutcome | None = None,
    overdue: Sequence[OverdueEdition] = (),
    statements: Sequence[UnpublishedStatement] = (),
) -> AllInFindings:
    return AllInFindings(tuple(overdue), tuple(statements), now, settled, Unconfirmed(0, 81, 0, 20))


def told(finding: dict[str, Any]) -> tuple[str, str]:
    return bold_and_rest("ranking/_finding.html", finding=finding)


def lead_of(found: AllInFindings) -> tuple[str, str, list[Fact]]:
    """Return the bold sentence, the rest of the finding, and the figures beside it."""
    finding = finding_of(RANKED, ranked(), found)
    return *told(finding), finding["figures"]


ONE_REPORT = "The report has been due since Jun 30, 2026 and is not loaded, so every tier may have changed."
LIMITS = "Firmly in means in the first 20 in at least 80% of draws of data, weights, and method."
STATED = UnpublishedStatement("tier", "tip", "TIP", "2026", dt.date(2026, 7, 3), "Ana Analyst", 7)


def test_an_overdue_report_leads_with_what_loading_it_would_give() -> None:
    finding, context, figures = lead_of(findings(outcome(0, 58, 23, 55.0), outcome(4, 49, 28, 47.0), [report(2026)]))
    assert finding == "No country is firmly in the first 20 while the 2026 TIP Report is missing."
    assert context == (
        f"{ONE_REPORT} If it changes none, Malawi, Nigeria, Uganda and Zambia are firmly in, and the typical range of "
        "ranks shrinks from 55 places to 47."
    )
    assert [(one.term, one.value, one.note, one.group) for one in figures] == [
        ("Firmly in", "0", "4 if no tier changes", "in"),
        ("Open", "58", "49 if no tier changes", "open"),
        ("Firmly out", "23", "28 if no tier changes", "out"),
    ]


def test_a_count_that_would_not_change_has_no_second_figure() -> None:
    *_, figures = lead_of(findings(outcome(1, 57, 23), outcome(2, 56, 23), [report(2026)]))
    assert [fact.note for fact in figures] == ["2 if no tier changes", "56 if no tier changes", ""]


def test_two_overdue_reports_are_both_named() -> None:
    finding, context, _ = lead_of(
        findings(outcome(1, 57, 23, 60), outcome(1, 57, 23, 60), [report(2026), report(2027)])
    )
    assert finding == ("1 country is firmly in the first 20 while the 2026 and 2027 TIP Reports are missing: Uganda.")
    assert context == (
        "The reports have been due since Jun 30, 2026 and Jun 30, 2027 and are not loaded, so every tier may have "
        "changed. If they change none, Uganda is firmly in."
    )


@pytest.mark.parametrize(
    ("settled", "sentence"),
    [
        (
            outcome(0, 58, 23, 54),
            "still no country is firmly in, and the typical range of ranks shrinks from 55 places",
        ),
        (outcome(1, 58, 22, 55.4), "Uganda is firmly in."),
        (outcome(6, 53, 22, 55), "Ghana, Malawi, Nigeria, Tanzania, Uganda and Zambia are firmly in."),
        (outcome(7, 52, 22, 55), "7 countries are firmly in."),
        (outcome(1, 58, 22, 57), "Uganda is firmly in, and the typical range of ranks grows from 55 places to 57."),
        (outcome(1, 58, 22, None), "Uganda is firmly in."),
    ],
)
def test_what_holds_if_no_tier_changes(settled: GroupOutcome, sentence: str) -> None:
    _, context, _ = lead_of(findings(outcome(0, 58, 23, 55.0), settled, [report(2026)]))
    assert f"If it changes none, {sentence}" in context


@pytest.mark.parametrize(
    ("inside", "finding"),
    [
        (0, "No country is firmly in the first 20."),
        (1, "1 country is firmly in the first 20: Uganda."),
        (6, "6 countries are firmly in the first 20: Ghana, Malawi, Nigeria, Tanzania, Uganda and Zambia."),
        (7, "7 countries are firmly in the first 20."),
    ],
)
def test_with_every_report_loaded_at_most_six_firmly_in_are_named(inside: int, finding: str) -> None:
    bold, context, figures = lead_of(findings(outcome(inside, 53 - inside, 28)))
    assert bold == finding
    assert context == f"{LIMITS} 28 are firmly out, in under 5%, and {53 - inside} are open."
    assert [fact.note for fact in figures] == ["", "", ""]


def test_a_statement_is_named_with_its_day_and_person() -> None:
    finding, context, _ = lead_of(findings(outcome(4, 49, 28), statements=[STATED]))
    assert finding == "4 countries are firmly in the first 20: Malawi, Nigeria, Uganda and Zambia."
    assert context.endswith(
        "By a statement of Ana Analyst, the 2026 TIP Report had not been published as of Jul 3, 2026, so it does not "
        "count as overdue."
    )


def test_a_statement_and_a_later_overdue_report_are_both_there() -> None:
    finding, context, _ = lead_of(findings(outcome(0, 58, 23), outcome(0, 58, 23), [report(2027)], [STATED]))
    assert "while the 2027 TIP Report is missing" in finding
    assert "By a statement of Ana Analyst, the 2026 TIP Report" in context
    nameless = dataclasses.replace(STATED, who="")
    assert "The 2026 TIP Report had not been" in lead_of(findings(outcome(4, 49, 28), statements=[nameless]))[1]


def test_an_edition_of_another_source_has_its_title_and_no_tiers() -> None:
    other = report(2026, "walk_free", "Global Slavery Index")
    finding, context, figures = lead_of(findings(outcome(0, 58, 23), outcome(1, 57, 23), [other]))
    assert finding == "No country is firmly in the first 20 while the 2026 Global Slavery Index is missing."
    assert "so every value from it may have changed" in context
    assert figures[0].note == "1 if no value changes"


def test_without_ranks_or_draws_the_lead_claims_no_group() -> None:
    nothing = findings(outcome(0, 0, 0, None), None, [report(2026)])
    assert told(finding_of(RANKED, ranking(), nothing))[0] == "No country is ranked."
    undrawn = ranking([ranking_row("A", rank=1)])
    assert told(finding_of(RANKED, undrawn, nothing))[0] == "1 country is ranked, and no draw was made."


def test_an_earlier_model_keeps_its_own_finding_and_so_do_other_lists() -> None:
    rows = [ranking_row("A", rank=1, group="in")]
    finding, context = told(finding_of(RANKED, ranking(rows, table=former_table()), None))
    assert finding == "1 country is firmly in the first 20: A."
    assert "in at least 80% of draws and 90% of methods" in context
    other = [ranking_row("B", status="provisional", low=5, median=30, high=60)]
    provisional = finding_of(PROVISIONAL, ranking(rows, other), findings(outcome(1, 0, 0)))
    assert told(provisional)[0].startswith("1 of 1 provisional countries reaches the first 20")


def test_the_newest_overdue_report_is_the_one_to_load() -> None:
    newest = newest_overdue(findings(outcome(0, 58, 23), None, [report(2026), report(2027)]))
    assert newest is not None
    assert newest.edition == "2027"
    assert newest_overdue(findings(outcome(0, 58, 23))) is None


# ---- the country below the line ------------------------------------------------------------------------------------


def shares(*values: float | None) -> Ranking:
    return ranking([ranking_row(f"C{n:02d}", rank=n, p20=share) for n, share in enumerate(values, 1)])


@pytest.mark.parametrize(
    ("first", "below", "found"),
    [
        ([0.7, *[0.5] * 18, 0.4], [0.39, 0.2], None),
        ([0.7, *[0.5] * 18, 0.4], [0.40, 0.2], None),
        ([0.7, *[0.5] * 18, 0.4], [0.41, 0.2], ("C21", 1)),
        ([0.7, *[0.5] * 18, 0.4], [0.2, 0.6], ("C22", 19)),
        ([0.7, *[0.5] * 18, 0.4], [0.6, 0.6], ("C21", 19)),
        ([0.7, *[0.5] * 18, 0.4], [], None),
        ([None] * 20, [None], None),
    ],
)
def test_the_likeliest_country_below_the_line_exceeds_one_above_it(
    first: list[float | None], below: list[float | None], found: tuple[str, int] | None
) -> None:
    likeliest = folds.likeliest(shares(*first, *below))
    assert (likeliest and (likeliest.row.code, likeliest.exceeded)) == found


@pytest.mark.parametrize(
    ("table", "varied"),
    [(None, "data, weights, and method together."), (former_table(), "data and weights; the method is not in it.")],
)
def test_note_names_the_covered_share_and_the_likeliest_country_below(table: ModelTable | None, varied: str) -> None:
    found = shares(*[0.5] * 20, 0.6)
    told = fragment_text(
        "ranking/_ranking_note.html",
        has_note=True,
        run={"draws": 10_000},
        first=20,
        ranking=ranking(table=table),
        likeliest=folds.likeliest(found),
    )
    assert told == (
        f"Line: 90% of 10,000 draws of {varied} Dot: rank. Shaded: the first 20. C21 is in the first 20 in 60% of "
        "draws, more often than 20 of the 20 above it."
    )
    assert fragment_text("ranking/_ranking_note.html", has_note=False) == ""
