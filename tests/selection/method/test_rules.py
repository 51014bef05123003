"""Rules of the page of the method as formulas, and sentences on all-in draws, on figures built by hand."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.template.loader import render_to_string

from selection.method.presenters import all_in, recompute, rules
from selection.method.presenters.all_in import ImportanceRow
from selection.method.queries.weak_facts import WeakFact
from selection.model_versions.presenters.method import method_context
from selection.runs.queries.all_in import AllInFindings, GroupOutcome, OverdueEdition, Unconfirmed
from tests.selection.countries.screens import TABLE, criterion
from tests.selection.method.test_method_sentences import figures, text_of

M = "\N{MINUS SIGN}"
PULLED = {"noise": 18.0, "agreement": 166.9091, "mean": -16.9408, "shifts": {"own": 0.0}}
POOLED = {"noise": 0.515211, "agreement": 0.083783, "mean": 1.67182, "shifts": {"gsi_2018": 0.021644, "gsi_2023": 0.0}}
LINE = {"intercept": 0.186801, "slope": 0.964966, "residual": 0.266327}


def rule(key: str, **fits: Any) -> tuple[str, ...]:
    return rules.rule(TABLE.row(key), fits)


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("marriage", (f"L(best) = L(v) {M} 0.022 a", "u = best / 50")),
        ("births", (f"v = 100 {M} published. L(best) = L(v) {M} 0.07 min(a, 5)", "u = best / 60")),
        ("cpi", ("best = v", f"u = (best {M} 10) / 80")),
        ("unemployment", ("best = v", f"u = (25 {M} best) / 25")),
        ("tier", ("u: Tier 1 1; Tier 2 0.7; Tier 2 Watch List 0.35; Tier 3 0.",)),
        (
            "income",
            ("u: Low income 0.8; Lower middle income 1; Upper middle income 0.8; High income 0.3.",),
        ),
    ],
)
def test_a_rule_is_a_formula_with_the_numbers_of_the_model(key: str, lines: tuple[str, ...]) -> None:
    assert rule(key) == lines


def test_a_trend_without_a_limit_counts_every_year() -> None:
    row = criterion("births", estimate={**(TABLE.row("births").estimate or {}), "trend_years": None})
    assert rules.rule(row, {})[0].endswith(f"{M} 0.07 a")


def test_pulled_values_have_the_mean_and_share_of_the_run() -> None:
    assert rule("balance", pooling=PULLED)[0] == (
        f"v cut at {M}100 and 60. best = m + k (v {M} m), m = {M}16.9408, k = 0.34"
    )
    assert rule("prevalence", pooling=POOLED)[0] == (
        "x = mean over the editions of ln v and its shift (Global Slavery Index 2018 + 0.0216; Global Slavery Index "
        f"2023 + 0). ln(best) = m + k (x {M} m), m = 1.6718, k = 0.387 with 2 editions, 0.2399 with 1"
    )
    assert rule("prevalence")[0] == "best: pulled to the mean of the pool, as fitted in the run"


def test_two_surveys_have_bridge_offset_and_weight() -> None:
    first, second, _ = rule("child_labour", bridges={"activity": LINE}, surveys={"offset": 0.340311, "countries": []})
    assert f"L(best) = w (b + o) + (1 {M} w) L(own), b = 0.1868 + 0.965 L(v), o = 0.3403, " in first
    assert "n = 0.29, d = 0.22, r = 0.2663" in first
    assert second.endswith("“UNICEF, economic activity”, L(best) = 0.1868 + 0.965 L(v).")
    assert "as fitted in the run" in rule("child_labour")[0]


def test_without_a_country_every_step_has_its_rule_alone() -> None:
    steps = recompute.lines(TABLE, {}, None)
    assert [step.label for step in steps[-recompute.LAST_STEPS :]] == [
        "Need on its axis, N", "Feasibility on its axis, F", "Score", "Rank",
    ]  # fmt: skip
    assert {step.worked for step in steps} == {""}
    assert len(recompute.table_of(None).columns) == 2


# ---- sentences -----------------------------------------------------------------------------------------------------


def paragraphs(template: str, context: dict[str, Any]) -> list[str]:
    html = render_to_string(f"selection/method/{template}", context)
    return [text_of(text) for text in re.findall(r"<p>.*?</p>", html, re.DOTALL)]


def sentences_of(template: str, *, found: AllInFindings | None = None) -> list[str]:
    context = {"table": TABLE, "method": method_context(TABLE), **all_in.context(TABLE, None, found, None)}
    return paragraphs(template, context)


def importance_sentences(rows: list[ImportanceRow], fact: WeakFact | None = None) -> list[str]:
    return paragraphs("_importance.html", {"importance": rows, **all_in.importance_facts(TABLE, rows, fact)})


def findings(*overdue: OverdueEdition, settled: GroupOutcome | None = None) -> AllInFindings:
    now = GroupOutcome({"in": 0, "open": 58, "out": 23}, (), 55.0)
    parts = {"everyone": {"data": [0.551, 0.729], "weights": [0.138, 0.266], "designs": [0.113, 0.232]}}
    return AllInFindings(overdue, (), now, settled, Unconfirmed(52, 81, 18, 20), parts)


REPORT = OverdueEdition("tier", "tip", "TIP Report", "2026", dt.date(2026, 6, 30))


@pytest.mark.parametrize(
    ("found", "last"),
    [
        (findings(REPORT), "In this run k = 1: the report of 2026 is due and not loaded."),
        (findings(), "In this run k = 0."),
        (
            None,
            "A recorded statement that an edition is not published lowers k by one until it is withdrawn.",
        ),
    ],
)
def test_the_rule_for_overdue_editions_counts_them(found: AllInFindings | None, last: str) -> None:
    sentences = sentences_of("_overdue.html", found=found)
    assert sentences[0].startswith("k counts the June 30 dates after that of the newest complete edition")
    assert sentences[-1] == last


def test_draws_and_groups_have_the_counts_of_the_run_now_and_if_settled() -> None:
    then = GroupOutcome({"in": 4, "open": 49, "out": 28}, (), 47.0)
    drawn, _, *told = sentences_of("_draws.html", found=findings(REPORT, settled=then))
    assert told == [
        "In this run: 0 firmly in, 58 open, 23 firmly out. If the overdue report changes no tier: 4 firmly in, 49 "
        "open, 28 firmly out.",
        "Of the variance of ranks: data 55% (with interactions 73%), weights 14% (with interactions 27%) and method "
        "11% (with interactions 23%).",
    ]
    assert "one of 1,152 designs" in drawn
    assert len(sentences_of("_draws.html")) == 2


ROWS = [
    ImportanceRow("prevalence", "Prevalence of modern slavery", 0.15, 0.04, 0.01),
    ImportanceRow("cpi", "Corruption Perceptions Index", 0.079, 0.0, -0.04),
    ImportanceRow("literacy", "Literacy", 0.015, 0.22, -0.36),
    ImportanceRow("need", "Need, the axis", 0.5, 0.38, 0.59),
    ImportanceRow("feasibility", "Feasibility, the axis", 0.5, 0.39, 0.54),
]


def test_importance_names_prevalence_corruption_and_opposing_criteria() -> None:
    fact = WeakFact(TABLE.row("prevalence"), 0.03, 20, 4.0, 7, 6.2, 15, 78)
    assert importance_sentences(ROWS, fact)[0] == (
        "Axes at 50:50 have an effective importance of need 0.38 and feasibility 0.39."
    )
    text = " ".join(importance_sentences(ROWS, fact))
    assert "0.150 of the total, effective 0.04; 0.03 of the variance of need." in text
    assert "7 of the first 20 have a newest published value below 4, the bound" in text
    assert "15 lie below 6.2, the median of 78 ranked countries." in text
    assert "The Corruption Perceptions Index weighs 7.9% and decides nothing in this list (effective 0.00)." in text
    assert f"Literacy move against the total ({M}0.36)" not in text
    assert f"Literacy moves against the total ({M}0.36)" in text


def test_importance_without_prevalence_or_axes_is_shorter() -> None:
    assert importance_sentences([ROWS[2]._replace(r=0.4)]) == []
    (other,) = importance_sentences([ROWS[2]._replace(key="income", label="Income class")])
    assert other == f"Income class moves against the total ({M}0.36)."
    (little,) = importance_sentences([ROWS[1]._replace(effective=0.03)])
    assert little == "The Corruption Perceptions Index weighs 7.9% and decides little in this list (effective 0.03)."


def test_importance_is_that_of_the_run() -> None:
    found = figures(drawn={"all_in": {"importance": [["cpi", 0.079, None, None], ["need", 0.5, 0.38, 0.59]]}})
    assert [tuple(row) for row in all_in.importance(TABLE, found)] == [
        ("cpi", "Corruption Perceptions Index", 0.079, None, None),
        ("need", "Need, the axis", 0.5, 0.38, 0.59),
    ]
    assert all_in.importance(TABLE, figures()) == []
