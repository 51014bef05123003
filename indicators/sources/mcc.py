"""Scorecards of the Millennium Challenge Corporation, from this project's own form.

The Corporation publishes each card as a page and gives no data file, so this project defines a table (docs/forms.md):
one row for each country, fiscal year, and indicator, and optionally one for the card as a whole. Values on the card
are stored; they are compared with the results of the year's rules (`indicators.sources.mcc_rules`), which fill in
values that the card does not state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Missing,
    Quality,
    Reading,
    ReadResult,
    Reason,
    SourceSpec,
    take_newest_edition,
)
from indicators.sources.checks import Labels, Numbers, written_as
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.form_reader import BLANKS, FormAdapter, form_header, take_country
from indicators.sources.mcc_rules import (
    FIRST_YEAR,
    IndicatorRule,
    RuleOutcome,
    Tally,
    YearRule,
    categories,
    find,
    indicators,
    judge,
    tally_card,
    year_rule,
)
from indicators.sources.table_finder import SourceTable
from indicators.sources.table_reader import SourceRow, rows_of

SOURCE = SourceSpec(
    key="mcc",
    title="MCC Scorecards",
    publisher="Millennium Challenge Corporation",
    license="U.S. Government work, public domain",
    attribution="Millennium Challenge Corporation, country scorecards",
    homepage="https://www.mcc.gov/who-we-select/scorecards",
    note="The publisher provides no data file, so scorecards come through CPC's own form. Countries above the "
    "income ceiling have no scorecard.",
    dating=Dating(
        "The scorecards of a fiscal year appear by the end of November before it.",
        years_after=-1,
        month=11,
        day=30,
        edition_years_after=-1,
    ),
)

WHOLE_CARD = frozenset({"scorecard", "overall", "overall_result", "whole_card"})
OUTCOMES = {
    **dict.fromkeys(("pass", "passed", "yes", "true"), RuleOutcome.PASS),
    **dict.fromkeys(("fail", "failed", "no", "false"), RuleOutcome.FAIL),
}
RESULTS = Labels(
    lambda text: OUTCOMES.get(text.casefold()), "{text!r} is not a result. Enter Pass or Fail.", blanks=BLANKS
)
NUMBERS = Numbers(
    unreadable="{text!r} is not a plain number.",
    outside="{text} is not a percentile from 0 to 100.",
    parse=written_as(r"[-\u2212]?\d+(?:\.\d+)?(?:[eE]-?\d+)?"),
    blanks=BLANKS,
)
_YEAR = re.compile(r"(?:fy\s*)?(\d{2}|\d{4})", re.I)

PASSED = IndicatorSpec(
    code="mcc.passed",
    name="MCC indicators passed",
    unit="indicators",
    wording="Number of scorecard indicators that the country passes.",
    direction=BetterDirection.HIGHER,
    minimum=0,
    maximum=30,
)
SCORECARD = IndicatorSpec(
    code="mcc.scorecard",
    name="MCC scorecard",
    unit="result",
    wording="Whether the country passes the scorecard: enough indicators for the fiscal year, and its hurdles.",
    labels=tuple(str(outcome) for outcome in RuleOutcome),
)


def _specs() -> tuple[IndicatorSpec, ...]:
    specs = [SCORECARD, PASSED]
    for slug, name in categories().items():
        wording = f"Share of the indicators in the category {name} that the country passes, computed from its card."
        specs.append(
            IndicatorSpec(
                f"mcc.{slug}", f"MCC {name}", "%", wording, BetterDirection.HIGHER, minimum=0, maximum=100, decimals=1
            )
        )
    for rule in indicators().values():
        code, name = f"mcc.{rule.slug}", f"MCC {rule.name}"
        better = BetterDirection.HIGHER if rule.higher_is_better else BetterDirection.LOWER
        specs += [
            IndicatorSpec(code, name, rule.unit, f"Score of {rule.name} on the card.", better, decimals=2),
            IndicatorSpec(
                f"{code}.percentile",
                f"{name}, percentile",
                "percentile",
                "Rank of the score within the country's income group, as a percentile.",
                BetterDirection.HIGHER,
                minimum=0,
                maximum=100,
            ),
            IndicatorSpec(
                f"{code}.median",
                f"{name}, median",
                rule.unit,
                "Median score of the country's income group, which the score must beat.",
                decimals=2,
            ),
            IndicatorSpec(
                f"{code}.pass",
                f"{name}, result",
                "result",
                "Whether the indicator passes.",
                labels=(str(RuleOutcome.PASS), str(RuleOutcome.FAIL)),
            ),
        ]
    return tuple(specs)


SPECS = {spec.code: spec for spec in _specs()}


@dataclass(slots=True)
class _Card:
    rule: YearRule
    name: str
    code: str
    rows: list[SourceRow] = field(default_factory=list)
    outcomes: dict[str, RuleOutcome] = field(default_factory=dict)
    locators: dict[tuple[str, ...], str] = field(default_factory=dict)
    whole: SourceRow | None = None

    @property
    def fields(self) -> dict[str, Any]:
        year = self.rule.year
        return {"period": f"FY{year}", "edition": f"FY{year}", "edition_rank": year * 10_000}

    def reading(self, indicator: str, locator: str) -> Reading:
        return Reading(indicator, self.name, locator=locator, code=self.code, **self.fields)

    @property
    def locator(self) -> str:
        first, last = self.rows[0].locator("indicator"), self.rows[-1].locator("indicator")
        return first if first == last else f"{first} to {last}"


class MccScorecards(FormAdapter):
    key = "mcc_scorecards"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(SPECS.values())
    title = "MCC scorecard form"
    columns = "fiscal_year, country, iso3, indicator, category, score, percentile, median and pass"
    header = form_header(
        *("fiscal_year", "country", "iso3", "indicator", "category", "score", "percentile", "median", "pass"),
        required=("fiscal_year", "indicator", "score"),
        one_of=(("iso3", "country"),),
    )

    def because(self, tables: Sequence[SourceTable]) -> str:
        where = ", ".join(f"sheet {table.sheet}" if table.sheet else "the first table" for table in tables)
        return f"the header row of the {self.title} in {where}"

    def edition_of(self, document: Document, tables: Sequence[SourceTable]) -> str:
        texts = (row.text("fiscal_year") for table in tables for row in rows_of(table, kind=self.row_class))
        newest = max((year for text in texts if (year := fiscal_year(text)) is not None), default=0)
        return f"FY{newest}" if newest else ""

    def read_tables(self, tables: Sequence[SourceTable], result: ReadResult) -> None:
        """Read every row, then every card; rows state their own edition."""
        super().read_tables(tables, result)
        for card in tables[0].seen.values():
            _whole_card(card, result)
        take_newest_edition(result, "FY")

    def read_row(self, row: SourceRow) -> None:
        if not take_country(row):
            return
        year = row.find("fiscal_year", fiscal_year, Reason.UNREADABLE_YEAR, "{text!r} is not a fiscal year.")
        if year is None:
            return
        if year < FIRST_YEAR:
            row.reject(Reason.OUT_OF_RANGE, f"Cards are read from FY{FIRST_YEAR} on.", "fiscal_year")
            return
        text, year_ = row.text("indicator"), year_rule(year)
        rule = None if _heading(text) in WHOLE_CARD else find(text)
        if _heading(text) not in WHOLE_CARD and (rule is None or not _on_card(rule, year_)):
            row.reject(Reason.UNKNOWN_LABEL, f"{text!r} is not an indicator on the FY{year} scorecard.", "indicator")
            return
        card: _Card = row.table.seen.setdefault(
            (year, row.code or row.country.casefold()), _Card(year_, row.country, row.code)
        )
        slot = ("",) if rule is None else year_.slot_of(rule.slug)
        if slot in card.locators:
            message = f"The card already has this indicator at {card.locators[slot]}."
            row.reject(Reason.DUPLICATE_KEY, message, "indicator")
            return
        card.locators[slot] = row.locator("indicator")
        card.rows.append(row)
        row.country, row.code = card.name, card.code
        if rule is None:
            card.whole = row
        else:
            _indicator(row, rule, card)


def fiscal_year(text: str) -> int | None:
    """Return the fiscal year of a text ("FY2025", "FY25", "2025"), or None."""
    match = _YEAR.fullmatch(text)
    if match is None:
        return None
    year = int(match.group(1))
    return year if year >= 100 else 2000 + year


def _heading(text: str) -> str:
    """Return a name as the form compares it: lower case, joined by "_"."""
    return "_".join(text.replace("_", " ").casefold().split())


def _on_card(rule: IndicatorRule, year: YearRule) -> bool:
    return not year.slots or any(rule.slug in slot for slot in year.slots)


def _indicator(row: SourceRow, rule: IndicatorRule, card: _Card) -> None:
    category, expected = row.text("category"), categories()[rule.category]
    if category and _heading(category) not in (rule.category, _heading(expected), f"encouraging_{rule.category}"):
        message = f"{rule.name} belongs to {expected}, but the row gives {category}; {expected} is used."
        row.warn(Reason.INCONSISTENT, message, "category")
    values: dict[str, float | None] = {}
    readable = True
    for column, suffix in (("score", ""), ("percentile", ".percentile"), ("median", ".median")):
        values[column] = None
        if column in row.table.columns:
            reading = row.add_reading(SPECS[f"mcc.{rule.slug}{suffix}"], column, NUMBERS, **card.fields)
            readable = readable and reading is not None
            values[column] = reading.value if reading else None
    # A card without a score counts as not passed; an unreadable score must not count as none.
    computed = RuleOutcome.UNKNOWN
    if card.rule.complete and readable:
        computed = judge(rule, values["score"], values["median"])
    stated = _stated(row)
    if stated is not None and RuleOutcome.UNKNOWN not in (stated, computed) and stated is not computed:
        message = (
            f"The card states {stated}, but the rule of FY{card.rule.year} gives {computed} "
            f"(score {row.text('score') or 'none'}, median {row.text('median') or 'none'}); the card is used."
        )
        row.warn(Reason.INCONSISTENT, message, "pass")
    outcome = stated or computed
    card.outcomes[rule.slug] = outcome
    reading = card.reading(f"mcc.{rule.slug}.pass", row.locator("pass" if stated else "score"))
    reading.raw = row.raw("pass")
    _fill_in(reading, outcome, stated is not None, card.rule)
    row.result.readings.append(reading)


def _whole_card(card: _Card, result: ReadResult) -> None:
    """Add the result and count of the card, and the share of each category."""
    computed = tally_card(card.rule, card.outcomes) if card.rule.complete else None
    total = computed.total if computed else None
    stated = _stated(card.whole) if card.whole else None
    count = card.whole.check("score", NUMBERS) if card.whole else None
    stated_count = count if isinstance(count, float) else None
    reading = _card_result(card, stated, computed.outcome if computed else RuleOutcome.UNKNOWN)
    reading.note = _card_note(card, total, stated is not None)
    passed = _card_count(card, stated_count, total.passed if total and not total.unknown else None)
    passed.note = reading.note
    result.readings += [reading, passed]
    for slug in categories():
        share = card.reading(f"mcc.{slug}", card.locator)
        tally = computed.categories[slug] if computed else None
        share.value = tally.share() if tally else None
        share.quality = Quality.COMPUTED
        share.missing = Missing.NOT_COLLECTED if share.value is None else None
        share.note = _card_note(card, tally, stated=False)
        result.readings.append(share)


def _card_result(card: _Card, stated: RuleOutcome | None, computed: RuleOutcome) -> Reading:
    row = card.whole
    if row and stated and RuleOutcome.UNKNOWN not in (stated, computed) and stated is not computed:
        message = f"The card states {stated}, but its indicators and the rule of FY{card.rule.year} give {computed}."
        row.warn(Reason.INCONSISTENT, message, "pass")
    reading = card.reading(SCORECARD.code, row.locator("pass") if row and stated else card.locator)
    reading.raw = row.raw("pass") if row else ""
    reading.label = str(stated or computed)
    reading.quality = Quality.STATED if stated else Quality.COMPUTED
    return reading


def _card_count(card: _Card, stated: float | None, computed: int | None) -> Reading:
    row = card.whole
    if row is None or stated is None:
        reading = card.reading(PASSED.code, card.locator)
        reading.value, reading.quality = computed, Quality.COMPUTED
    else:
        reading = card.reading(PASSED.code, row.locator("score"))
        reading.value, reading.raw = stated, row.raw("score")
        if computed is not None and computed != stated:
            message = f"The card states that {stated:g} passed, but its rows give {computed}."
            row.warn(Reason.INCONSISTENT, message, "score")
    reading.missing = Missing.NOT_COLLECTED if reading.value is None else None
    return reading


def _fill_in(reading: Reading, outcome: RuleOutcome, stated: bool, year: YearRule) -> None:
    if outcome is RuleOutcome.UNKNOWN:
        reading.missing = Missing.NOT_COLLECTED
        reading.note = "" if year.complete else f"not recomputed: {year.incomplete_because}"
        return
    reading.label = str(outcome)
    reading.quality = Quality.STATED if stated else Quality.COMPUTED
    if not stated:
        reading.note = f"by the rule of FY{year.year}"


def _card_note(card: _Card, tally: Tally | None, stated: bool) -> str:
    if tally is None:
        return f"not recomputed: {card.rule.incomplete_because}"
    unknown = f", {tally.unknown} unknown" if tally.unknown else ""
    return f"{tally.passed} of {tally.of} passed{unknown}" + ("" if stated else f", by the rule of FY{card.rule.year}")


def _stated(row: SourceRow) -> RuleOutcome | None:
    outcome = row.check("pass", RESULTS)
    return outcome if isinstance(outcome, RuleOutcome) else None


MCC_SCORECARDS = MccScorecards()
