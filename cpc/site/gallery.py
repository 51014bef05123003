"""Sample content of the page "States and messages".

Nothing here is a fact about any country.
"""

from __future__ import annotations

from typing import Any

from django import forms

from cpc.web import formats
from cpc.web.charts import (
    SPECIAL,
    Chart,
    Dot,
    Series,
    line_chart,
    pool_strip,
    profile,
    rank_interval,
    scatter_of_first,
    tier_strip,
)

SIX = (40.0, 42.0, 42.0, 41.0, 42.0, 43.0)

IMPORT_STEPS = ("Received", "Recognized", "Read", "Matched", "Checked", "Preview", "Published")

REFUSED_FILES = (
    (
        "CPI2025_Results.xlsx",
        "The workbook has no sheets",
        "It was saved as Strict Open XML. Open it in a spreadsheet program, save it as an Excel workbook (.xlsx), "
        "and upload it again.",
    ),
    (
        "FIW_2026.xlsx",
        "This is a web page, not a workbook",
        "The download returned a sign-in page. Download the file from the publisher again and check its size.",
    ),
    (
        "wgi.xlsx",
        "This is WGI of the World Bank, not an MCC scorecard",
        "Upload it under World Bank, or choose the scorecard file.",
    ),
    (
        "tiers_2026.csv",
        "3 of 188 rows have an unknown tier",
        "C14 “Tier 2WL”, C77 “2 WL”, C102 blank. Use 1, 2, 2WL, 3, or Special Case. Nothing was imported.",
    ),
)


class SampleForm(forms.Form):
    name = forms.CharField(
        label="Display name",
        max_length=20,
        error_messages={
            "max_length": ("This name has %(show_value)d characters; the limit is %(limit_value)d. Shorten it.")
        },
    )
    edition = forms.IntegerField(
        label="Edition",
        help_text="The year the publisher prints on it.",
        max_value=2026,
        error_messages={
            "max_value": ("No edition after %(limit_value)d has been released. Enter %(limit_value)d or earlier.")
        },
    )
    license = forms.ChoiceField(
        label="Can it be shown outside the office?",
        choices=(("yes", "Yes, with attribution"), ("no", "No, only inside the office")),
        widget=forms.RadioSelect,
        initial="yes",
    )


def refused_form() -> SampleForm:
    form = SampleForm({"name": "A name that is far too long", "edition": "2031", "license": "yes"}, auto_id="sample-%s")
    form.full_clean()
    return form


def charts() -> list[tuple[Chart, int]]:
    """Return one chart of each kind, with the columns of twelve that its panel spans."""
    nothing = Series(key="sample-none", name="No series", finding="Nothing is published.", context="", values={})
    return [
        (_scatter(), 12),
        (_yearly_lines(), 4),
        (_survey_points(), 4),
        (_tiers(), 4),
        (_strip(), 4),
        (line_chart(nothing), 4),
    ]


def _scatter() -> Chart:
    dots = [
        Dot(
            f"Country {chr(65 + index % 26)}{index // 26 or ''}",
            "",
            34 + (index * 53) % 37,
            30 + (index * 37) % 41,
            rank=index + 1,
            likely_fail=index % 5 == 4,
        )
        for index in range(48)
    ]
    return scatter_of_first(
        "sample-scatter",
        "High need and high feasibility are rarely found together.",
        "Sample values.",
        dots,
        first=6,
        first_label="Among the first",
    )


def _yearly_lines() -> Chart:
    index = Series(
        key="sample-line",
        name="Sample index",
        finding="Up four points in eleven years.",
        context="Two years are missing.",
        values={2015: 39, 2016: 40, 2017: 41, 2018: None, 2019: None, **dict(zip(range(2020, 2026), SIX, strict=True))},
        reasons={2018: formats.missing("not_collected"), 2019: formats.missing("not_collected")},
    )
    return line_chart(index, intervals={2020 + i: (value - 3.0, value + 3.0) for i, value in enumerate(SIX)})


def _survey_points() -> Chart:
    survey = Series(
        key="sample-survey",
        name="Sample survey",
        finding="Three surveys, each lower.",
        context="The years between are not missing.",
        values={2006: 34.0, 2012: 28.5, 2018: 20.1},
        written=formats.percent,
    )
    return line_chart(survey, yearly=False, reference=("Median of the pool", 24.0))


def _tiers() -> Chart:
    tiers: dict[int, str | None] = dict.fromkeys(range(2005, 2026), "2")
    tiers |= {2005: SPECIAL, 2008: "2WL", 2009: "2WL", 2010: "3", 2016: "1", 2019: None, 2020: None}
    return tier_strip("sample-tiers", "Tier 2 in most years.", "Three are inferred.", tiers, inferred=range(2023, 2026))


def _strip() -> Chart:
    return pool_strip(
        "sample-strip",
        "Sample rate",
        "In the lower half of its peers.",
        "Each tick is a country.",
        own=("Country N", 5.5),
        peers=[(f"Country {letter}", 3.0 + 1.9 * index) for index, letter in enumerate("ABCDEFGHIJKLM")],
        post=("Median", 14.4),
        ends=(0, 30),
        written=formats.percent,
    )


def rows() -> list[dict[str, Any]]:
    sample = (
        ("Country A", 54.8, (3, 1, 9), 0.62),
        ("Country B", 35.5, (22, 14, 31), 0.31),
        ("Country C", None, (None, None, None), None),
    )
    return [
        {
            "name": name,
            "score": score,
            "interval": formats.DASH if low is None else formats.span(str(low), str(high)),
            "rank": rank_interval(rank, low, high, 40),
            "profile": profile(value, 0.5),
        }
        for name, score, (rank, low, high), value in sample
    ]
