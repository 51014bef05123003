"""Scorecards of the Millennium Challenge Corporation, from the product's own form.

The Corporation publishes each card as a page and gives no data file, so the product defines a table
(docs/forms.md): one row for each country, fiscal year and indicator, and optionally one for the card as a whole.
What the card states is kept; what the rules of the year give (`indicators.sources.mcc_rules`) is compared with it, and
fills in what the card does not state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from indicators.sources.base import (
    Direction,
    IndicatorSpec,
    Missing,
    Problem,
    Quality,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.form_table import Form, FormRow, heading, is_blank, opened, tables
from indicators.sources.mcc_rules import (
    FIRST_YEAR,
    IndicatorRule,
    Outcome,
    Tally,
    YearRule,
    categories,
    find,
    indicators,
    judge,
    tally_card,
    year_rule,
)

SOURCE = SourceSpec(
    key="mcc",
    title="MCC Scorecards",
    publisher="Millennium Challenge Corporation",
    licence="U.S. Government work, public domain",
    attribution="Millennium Challenge Corporation, country scorecards",
    homepage="https://www.mcc.gov/who-we-select/scorecards",
    note="The publisher gives no data file; scorecards come through the product's own form. Countries above the "
    "income ceiling have no scorecard.",
    dating=Dating(
        "The scorecards of a fiscal year appear by the end of November before it.",
        years_after=-1,
        month=11,
        day=30,
        edition_years_after=-1,
    ),
)

COLUMNS = "fiscal_year, country, iso3, indicator, category, score, percentile, median and pass"
FORM = Form(
    columns={
        "fiscal_year": ("fiscal_year",),
        "country": ("country",),
        "iso3": ("iso3",),
        "indicator": ("indicator",),
        "category": ("category",),
        "score": ("score",),
        "percentile": ("percentile",),
        "median": ("median",),
        "pass": ("pass",),
    },
    required=("fiscal_year", "indicator", "score"),
    one_of=(("iso3", "country"),),
)

WHOLE_CARD = frozenset({"scorecard", "overall", "overall_result", "whole_card"})

_YEAR = re.compile(r"(?:fy\s*)?(\d{2}|\d{4})", re.I)
_NUMBER = re.compile(r"[-\u2212]?\d+(?:\.\d+)?(?:e-?\d+)?", re.I)
_PASSES = {"pass": Outcome.PASS, "passed": Outcome.PASS, "yes": Outcome.PASS, "true": Outcome.PASS}
_FAILS = {"fail": Outcome.FAIL, "failed": Outcome.FAIL, "no": Outcome.FAIL, "false": Outcome.FAIL}

PASSED = IndicatorSpec(
    code="mcc.passed",
    name="MCC indicators passed",
    unit="indicators",
    wording="How many indicators of the scorecard the country passes.",
    direction=Direction.HIGHER,
    minimum=0,
    maximum=30,
)
SCORECARD = IndicatorSpec(
    code="mcc.scorecard",
    name="MCC scorecard",
    unit="result",
    wording="Whether the whole scorecard passes: the number of indicators the fiscal year asks for, and its hurdles.",
    labels=tuple(str(outcome) for outcome in Outcome),
)


def _specs() -> tuple[IndicatorSpec, ...]:
    found = [SCORECARD, PASSED]
    for slug, name in categories().items():
        wording = f"Share of the indicators in the category {name} that the country passes, computed from its card."
        found.append(
            IndicatorSpec(
                f"mcc.{slug}", f"MCC {name}", "%", wording, Direction.HIGHER, minimum=0, maximum=100, decimals=1
            )
        )
    for rule in indicators().values():
        code, name = f"mcc.{rule.slug}", f"MCC {rule.name}"
        better = Direction.HIGHER if rule.higher_is_better else Direction.LOWER
        found += [
            IndicatorSpec(code, name, rule.unit, f"Score of {rule.name} on the card.", better, decimals=2),
            IndicatorSpec(
                f"{code}.percentile",
                f"{name}, percentile",
                "percentile",
                "Rank of the score within the country's income group, as a percentile.",
                Direction.HIGHER,
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
                labels=(str(Outcome.PASS), str(Outcome.FAIL)),
            ),
        ]
    return tuple(found)


@dataclass(slots=True)
class _Card:
    """The rows of one country and fiscal year."""

    rule: YearRule
    name: str
    code: str
    rows: list[FormRow] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)
    whole: FormRow | None = None

    def reading(self, indicator: str, locator: str) -> Reading:
        year = self.rule.year
        return Reading(
            indicator=indicator,
            country=self.name,
            code=self.code,
            period=f"FY{year}",
            locator=locator,
            edition=f"FY{year}",
            edition_rank=year * 10_000,
        )

    @property
    def place(self) -> str:
        """From the first row to the last."""
        first, last = self.rows[0].locator("indicator"), self.rows[-1].locator("indicator")
        return first if first == last else f"{first} to {last}"


class MccScorecards:
    """Reads the scorecard form, CSV or workbook, one or many fiscal years."""

    key = "mcc_scorecards"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = _specs()

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a table that has fiscal_year, indicator, score and a country column."""
        found = tables(document, FORM)
        if not found:
            return None
        years = [year for table in found for row in table.rows() if (year := fiscal_year(row)) is not None]
        where = ", ".join(f"sheet {table.sheet}" if table.sheet else "the first table" for table in found)
        return Recognition(f"FY{max(years)}" if years else "", f"the header of the MCC scorecard form in {where}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every row, then every card. Rows state their own edition; `edition` is that of the file."""
        found, result = opened(document, FORM, title="MCC scorecard form", columns=COLUMNS, edition=edition)
        cards: dict[tuple[int, str], _Card] = {}
        for table in found:
            unknown = table.unknown_columns()
            result.problems += unknown
            for row in table.rows():
                result.rows_read += 1
                if not unknown:
                    _file_row(row, cards, result)
        for card in cards.values():
            _whole_card(card, result)
        latest = max((reading.edition_rank for reading in result.readings), default=0)
        result.edition_rank = result.edition_rank or latest
        result.edition = edition or (f"FY{latest // 10_000}" if latest else "")
        return result


def fiscal_year(row: FormRow) -> int | None:
    """The fiscal year of a row ("FY2025", "FY25", "2025"), or None."""
    match = _YEAR.fullmatch(row.text("fiscal_year"))
    if match is None:
        return None
    year = int(match.group(1))
    return year if year >= 100 else 2000 + year


def _file_row(row: FormRow, cards: dict[tuple[int, str], _Card], result: ReadResult) -> None:
    """Read one row into its card, or say why it is rejected."""
    code, name = row.text("iso3").upper(), row.text("country")
    country = name or code

    def reject(reason: Reason, message: str, column: str) -> None:
        result.problems.append(row.problem(Severity.REJECTED, reason, message, column, country))

    if not country:
        return reject(Reason.UNKNOWN_COUNTRY, "The row names no country.", "iso3")
    year = fiscal_year(row)
    if year is None:
        return reject(Reason.UNREADABLE_YEAR, f"{row.text('fiscal_year')!r} is no fiscal year.", "fiscal_year")
    if year < FIRST_YEAR:
        return reject(Reason.OUT_OF_RANGE, f"Cards are read from FY{FIRST_YEAR} on.", "fiscal_year")
    text = row.text("indicator")
    whole, rule, year_ = heading(text) in WHOLE_CARD, find(text), year_rule(year)
    if not whole and (rule is None or not _on_card(rule, year_)):
        return reject(Reason.UNKNOWN_LABEL, f"{text!r} is no indicator of the FY{year} scorecard.", "indicator")
    card = cards.setdefault((year, code or name.casefold()), _Card(year_, name, code))
    slot = ("",) if whole or rule is None else year_.slot_of(rule.slug)
    if slot in card.places:
        return reject(Reason.DUPLICATE_KEY, f"The card has this indicator already at {card.places[slot]}.", "indicator")
    card.places[slot] = row.locator("indicator")
    card.rows.append(row)
    if whole or rule is None:
        card.whole = row
    else:
        _indicator(row, rule, card, result)
    return None


def _on_card(rule: IndicatorRule, year: YearRule) -> bool:
    return not year.slots or any(rule.slug in slot for slot in year.slots)


def _indicator(row: FormRow, rule: IndicatorRule, card: _Card, result: ReadResult) -> None:
    """Score, percentile, median and result of one indicator, and its outcome for the card."""
    country = card.name or card.code
    category = row.text("category")
    expected = categories()[rule.category]
    if category and heading(category) not in (rule.category, heading(expected), f"encouraging_{rule.category}"):
        message = f"{rule.name} belongs to {expected}, the row says {category}; {expected} is taken."
        result.problems.append(row.problem(Severity.WARNING, Reason.INCONSISTENT, message, "category", country))
    values: dict[str, float | None] = {}
    readable = True
    for column, suffix in (("score", ""), ("percentile", ".percentile"), ("median", ".median")):
        value = _number(row, column, country, result)
        readable = readable and not isinstance(value, Problem)
        if isinstance(value, Problem) or column not in row.table.positions:
            values[column] = None
            continue
        values[column] = value
        reading = card.reading(f"mcc.{rule.slug}{suffix}", row.locator(column))
        reading.value, reading.raw = value, row.raw(column)
        reading.missing = Missing.NOT_COLLECTED if value is None else None
        result.readings.append(reading)
    computed = Outcome.UNKNOWN
    if card.rule.complete and readable:
        computed = judge(rule, values["score"], values["median"])
    stated = _stated(row, country, result)
    if stated is not None and Outcome.UNKNOWN not in (stated, computed) and stated is not computed:
        message = (
            f"The card says {stated}, the rule of FY{card.rule.year} gives {computed} "
            f"(score {row.text('score') or 'none'}, median {row.text('median') or 'none'}); the card is taken."
        )
        result.problems.append(row.problem(Severity.WARNING, Reason.INCONSISTENT, message, "pass", country))
    outcome = stated or computed
    card.outcomes[rule.slug] = outcome
    reading = card.reading(f"mcc.{rule.slug}.pass", row.locator("pass" if stated else "score"))
    reading.raw = row.raw("pass")
    _say(reading, outcome, stated is not None, card.rule)
    result.readings.append(reading)


def _whole_card(card: _Card, result: ReadResult) -> None:
    """Count and result of the card, and the share of each category."""
    country = card.name or card.code
    row = card.whole
    stated = _stated(row, country, result) if row else None
    stated_count = _number(row, "score", country, result) if row else None
    computed = tally_card(card.rule, card.outcomes) if card.rule.complete else None
    outcome = computed.outcome if computed else Outcome.UNKNOWN
    if row and stated and Outcome.UNKNOWN not in (stated, outcome) and stated is not outcome:
        message = f"The card says {stated}, its indicators and the rule of FY{card.rule.year} give {outcome}."
        result.problems.append(row.problem(Severity.WARNING, Reason.INCONSISTENT, message, "pass", country))
    reading = card.reading(SCORECARD.code, row.locator("pass") if row and stated else card.place)
    reading.raw = row.raw("pass") if row else ""
    reading.label = str(stated or outcome)
    reading.quality = Quality.STATED if stated else Quality.COMPUTED
    reading.note = _card_note(card, computed.total if computed else None, stated is not None)
    result.readings.append(reading)

    total = computed.total if computed else None
    count = total.passed if total and not total.unknown else None
    passed = card.reading(PASSED.code, row.locator("score") if row and isinstance(stated_count, float) else card.place)
    if isinstance(stated_count, float):
        if row and count is not None and count != stated_count:
            message = f"The card says {stated_count:g} passed, its rows give {count}."
            result.problems.append(row.problem(Severity.WARNING, Reason.INCONSISTENT, message, "score", country))
        passed.value, passed.raw = stated_count, row.raw("score") if row else ""
    else:
        passed.value, passed.quality = count, Quality.COMPUTED
    passed.missing = Missing.NOT_COLLECTED if passed.value is None else None
    passed.note = reading.note
    result.readings.append(passed)

    for slug in categories():
        share = card.reading(f"mcc.{slug}", card.place)
        tally = computed.categories[slug] if computed else None
        share.value = tally.share() if tally else None
        share.quality = Quality.COMPUTED
        share.missing = Missing.NOT_COLLECTED if share.value is None else None
        share.note = _card_note(card, tally, stated=False)
        result.readings.append(share)


def _say(reading: Reading, outcome: Outcome, stated: bool, year: YearRule) -> None:
    """Put an indicator's outcome into its reading."""
    if outcome is Outcome.UNKNOWN:
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


def _stated(row: FormRow, country: str, result: ReadResult) -> Outcome | None:
    """The result the card states, or None."""
    text = row.text("pass").casefold()
    if is_blank(text):
        return None
    outcome = _PASSES.get(text) or _FAILS.get(text)
    if outcome is None:
        message = f"{row.text('pass')!r} is no result; write Pass or Fail."
        result.problems.append(row.problem(Severity.REJECTED, Reason.UNKNOWN_LABEL, message, "pass", country))
    return outcome


def _number(row: FormRow, column: str, country: str, result: ReadResult) -> float | Problem | None:
    """The number in a cell; None for an empty one; a problem, already in the result, for anything else."""
    text = row.text(column)
    if is_blank(text):
        return None
    if not _NUMBER.fullmatch(text):
        message = f"{text!r} is no plain number."
        problem = row.problem(Severity.REJECTED, Reason.UNREADABLE_NUMBER, message, column, country)
        result.problems.append(problem)
        return problem
    value = float(text.replace("\u2212", "-"))
    if column == "percentile" and not 0 <= value <= 100:
        message = f"{text} is no percentile from 0 to 100."
        problem = row.problem(Severity.REJECTED, Reason.OUT_OF_RANGE, message, column, country)
        result.problems.append(problem)
        return problem
    return value


MCC_SCORECARDS = MccScorecards()
